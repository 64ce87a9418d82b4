import {announce} from '../shell/announce.js';
import {button, element} from '../shell/dom.js';
import {askForAnswer, resumeAnswer, runningAnswer} from './answers.js';
import {Composer} from './composer.js';
import {conversations} from './conversations.js';
import {asJson, asMarkdown, fileName, saveAs} from './export.js';
import {SettingsPanel} from './settings-panel.js';
import {Sidebar} from './sidebar.js';
import {Title} from './title.js';
import {Transcript} from './transcript.js';

export const title = 'Chat';

export function open(main, [id]) {
  const view = new ChatView(main);
  view.move([id]);
  return view;
}

class ChatView {
  #conversation = null;
  #listeners = new AbortController();
  #sidebar = new Sidebar(() => this.#begin(), () => this.#closeSidebar());
  #title = new Title(name => this.#rename(name));
  #settings = new SettingsPanel(() => this.#settingsChanged());
  #composer = new Composer({send: text => this.#send(text), stop: () => this.#stop()});
  #transcript = new Transcript({
    regenerate: () => this.#regenerate(),
    resend: (message, text) => this.#resend(message, text),
    askForKey: () => document.dispatchEvent(new Event('key-needed')),
    suggest: text => this.#send(text),
  });
  #tools = new Map();

  constructor(main) {
    main.append(element('div', {class: 'chat'}, this.#sidebar.node,
      element('section', {class: 'talk', 'aria-label': 'Conversation'}, this.#head(), this.#transcript.node, this.#composer.node), this.#settings.node));
    const {signal} = this.#listeners;
    conversations.addEventListener('change', event => this.#changed(event.detail.changedElsewhere), {signal});
    main.addEventListener('keydown', event => {
      if (event.key === 'Escape') {
        this.#stop();
      }
    }, {signal});
  }

  #head() {
    const toggle = (name, label, panel, className = '') => {
      const made = button(label, () => {
        const isOpen = made.getAttribute('aria-expanded') !== 'true';
        made.setAttribute('aria-expanded', String(isOpen));
        panel.hidden = name === 'settings' && !isOpen;
        panel.classList.toggle('open', isOpen);
      }, {class: `quiet small ${className}`, 'aria-expanded': 'false', 'aria-controls': panel.id});
      this.#tools.set(name, made);
      return made;
    };
    const tool = (name, label, listener) => {
      const made = button(label, listener, {class: 'quiet small'});
      this.#tools.set(name, made);
      return made;
    };
    return element('header', {class: 'talk-head'},
      toggle('sidebar', 'Conversations', this.#sidebar.node, 'narrow-only'), this.#title.node,
      element('div', {class: 'talk-tools'},
        tool('rename', 'Rename', () => this.#title.edit()),
        tool('markdown', 'Save as Markdown', () => saveAs(fileName(this.#conversation, 'md'), 'text/markdown', asMarkdown(this.#conversation))),
        tool('json', 'Save as JSON', () => saveAs(fileName(this.#conversation, 'json'), 'application/json', asJson(this.#conversation))),
        tool('delete', 'Delete', () => this.#remove()),
        toggle('settings', 'Settings', this.#settings.node)));
  }

  /** Shows the conversation of this id, or a new one. */
  move([id]) {
    this.#closeSidebar();
    this.#conversation = conversations.get(id) ?? conversations.begin();
    resumeAnswer(this.#conversation);
    this.#settings.show(this.#conversation);
    this.#show();
    this.#composer.focus();
  }

  /** Where the screen is narrow, it lies above the conversation. */
  #closeSidebar() {
    this.#sidebar.node.classList.remove('open');
    this.#tools.get('sidebar').setAttribute('aria-expanded', 'false');
  }

  #show() {
    const running = runningAnswer(this.#conversation);
    const isKept = this.#conversation.messages.length > 0;
    this.#title.show(this.#conversation.title);
    this.#sidebar.show(this.#conversation.id);
    this.#transcript.show(this.#conversation, running);
    this.#composer.running = running !== null;
    ['rename', 'markdown', 'json', 'delete'].forEach(name => { this.#tools.get(name).hidden = !isKept; });
    running?.addEventListener('end', () => {
      if (running.conversation === this.#conversation) {
        this.#show();
      }
    }, {once: true, signal: this.#listeners.signal});
  }

  #changed(idElsewhere) {
    if (idElsewhere !== null && idElsewhere === this.#conversation.id) {
      this.#conversation = conversations.get(idElsewhere) ?? conversations.begin();
      this.#show();
    } else {
      this.#sidebar.show(this.#conversation.id);
    }
  }

  #begin() {
    if (location.hash === '#/chat') {
      this.move([]);
    } else {
      location.hash = '#/chat';
    }
  }

  #send(text) {
    if (runningAnswer(this.#conversation)) {
      return;
    }
    this.#conversation.messages.push({role: 'user', content: text});
    this.#ask();
    const place = `#/chat/${encodeURIComponent(this.#conversation.id)}`;
    if (location.hash !== place) {
      // the view is this one already
      history.replaceState(null, '', place);
    }
    announce('Sent.');
  }

  #ask() {
    askForAnswer(this.#conversation);
    this.#show();
    this.#composer.focus();
  }

  #stop() {
    runningAnswer(this.#conversation)?.stop();
  }

  #regenerate() {
    if (!runningAnswer(this.#conversation)) {
      this.#conversation.messages.pop();
      this.#ask();
    }
  }

  #resend(message, text) {
    if (!runningAnswer(this.#conversation)) {
      this.#conversation.messages.splice(this.#conversation.messages.indexOf(message));
      this.#send(text);
    }
  }

  #rename(name) {
    this.#conversation.title = name;
    conversations.touch(this.#conversation);
    this.#tools.get('rename').focus();
  }

  #settingsChanged() {
    conversations.saveSettings(this.#conversation.settings);
    if (this.#conversation.messages.length > 0) {
      conversations.save(this.#conversation);
    }
  }

  #remove() {
    const removed = this.#conversation;
    runningAnswer(removed)?.stop();
    conversations.remove(removed.id);
    this.#sidebar.offerUndo(removed);
    this.#begin();
  }

  close() {
    this.#listeners.abort();
    this.#transcript.close();
  }
}
