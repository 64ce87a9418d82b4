import {element} from '../shell/dom.js';
import {copyCodeOnClick} from '../markdown.js';
import {status} from '../shell/status.js';
import {AnswerArticle, editor, userMessage} from './message.js';

const NEAR_THE_END_PIXELS = 80;
/** A dozen times a second looks like a stream, and leaves the machine to those who generate. */
const DRAW_EVERY_MILLIS = 80;

/** The messages of a conversation. Follows what comes as long as its reader is at the end. */
export class Transcript {
  #actions;
  #list = element('div', {class: 'messages'});
  #running = null;
  #article = null;
  #timer = 0;
  #listeners = new AbortController();

  /** @param {{regenerate: function(), resend: function(object, string), askForKey: function(), suggest: function(string)}} actions */
  constructor(actions) {
    this.#actions = actions;
    this.node = element('div', {class: 'transcript', role: 'log', 'aria-live': 'off', 'aria-label': 'Messages', tabindex: '0'}, this.#list);
    copyCodeOnClick(this.node);
    status.addEventListener('change', () => this.#soon(), {signal: this.#listeners.signal});
  }

  show(conversation, running) {
    this.#running = running;
    this.#article = null;
    const last = conversation.messages.at(-1);
    const nodes = conversation.messages.map(message => message.role === 'user'
      ? userMessage(message, {edit: () => this.#edit(message, conversation)})
      : this.#answer(message, message === last));
    this.#list.replaceChildren(...(nodes.length > 0 ? nodes : [welcome(this.#actions.suggest)]));
    if (running) {
      running.addEventListener('change', () => this.#soon(), {signal: this.#listeners.signal});
    }
    this.#article?.show(running);
    this.node.scrollTop = this.node.scrollHeight;
  }

  #answer(message, isLast) {
    const article = new AnswerArticle(message, {regenerate: isLast ? this.#actions.regenerate : null, askForKey: this.#actions.askForKey});
    if (isLast) {
      this.#article = article;
    }
    return article.node;
  }

  /** However many tokens come. */
  #soon() {
    this.#timer ||= setTimeout(() => {
      this.#timer = 0;
      if (this.#running && this.#article) {
        const follows = this.node.scrollHeight - this.node.scrollTop - this.node.clientHeight < NEAR_THE_END_PIXELS;
        this.#article.show(this.#running);
        if (follows) {
          this.node.scrollTop = this.node.scrollHeight;
        }
      }
    }, DRAW_EVERY_MILLIS);
  }

  #edit(message, conversation) {
    const index = conversation.messages.indexOf(message);
    const node = this.#list.children[index];
    const {form, focus} = editor(message, {
      send: text => this.#actions.resend(message, text),
      cancel: () => {
        form.replaceWith(node);
        node.querySelector('button').focus();
      },
    });
    node.replaceWith(form);
    focus();
  }

  close() {
    this.#listeners.abort();
    clearTimeout(this.#timer);
  }
}

function welcome(suggest) {
  const suggestions = ['Tell me a story about a boat.', 'Write a short story about a little girl named Lily.', 'Hello!'];
  return element('div', {class: 'welcome'},
    element('h2', {}, 'What goes in comes out as a stream'),
    element('p', {}, 'Your message becomes a record on a topic; a worker answers it, token by token, and this page reads along. What is here is kept in this browser.'),
    element('ul', {class: 'suggestions'}, ...suggestions.map(text => {
      const choice = element('button', {type: 'button'}, text);
      choice.addEventListener('click', () => suggest(text));
      return element('li', {}, choice);
    })));
}
