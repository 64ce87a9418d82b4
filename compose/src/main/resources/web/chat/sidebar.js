import {button, element} from '../shell/dom.js';
import {conversations} from './conversations.js';
import {runningAnswer} from './answers.js';

/** The conversations that there are. */
export class Sidebar {
  #list = element('ul', {class: 'conversation-list'});
  #notice = element('div', {role: 'status'});
  #current = null;

  /**
   * @param {function()} begin
   * @param {function()} chosen called when a person has chosen a conversation, the one that is shown too
   */
  constructor(begin, chosen) {
    this.node = element('nav', {class: 'sidebar', id: 'conversations', 'aria-label': 'Conversations'},
      button('New conversation', begin, {class: 'wide'}), this.#notice, this.#list);
    this.#list.addEventListener('click', event => {
      if (event.target.closest('a')) {
        chosen();
      }
    });
  }

  show(currentId) {
    this.#current = currentId;
    this.#list.replaceChildren(...conversations.list().map(conversation => this.#item(conversation)));
    if (conversations.problem) {
      this.#notice.replaceChildren(element('p', {class: 'notice bad'}, conversations.problem));
    }
  }

  #item(conversation) {
    const isCurrent = conversation.id === this.#current;
    return element('li', {}, element('a', {href: `#/chat/${encodeURIComponent(conversation.id)}`, 'aria-current': isCurrent ? 'true' : null},
      conversation.title || 'Untitled', runningAnswer(conversation) ? element('span', {class: 'live-dot', title: 'being answered'}) : null));
  }

  /** Offers to take a removal back. */
  offerUndo(conversation) {
    const undo = button('Undo', () => {
      this.#notice.replaceChildren();
      conversations.save(conversation);
      location.hash = `#/chat/${encodeURIComponent(conversation.id)}`;
    }, {class: 'quiet small'});
    this.#notice.replaceChildren(element('p', {class: 'notice'}, 'Deleted. ', undo));
    setTimeout(() => this.#notice.replaceChildren(), 10_000);
  }
}
