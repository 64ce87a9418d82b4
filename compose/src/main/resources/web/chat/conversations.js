// Conversations are this browser's: nobody else keeps them.

import {newName} from '../api/names.js';

const PREFIX = 'millrace.conversation.';
const SETTINGS = 'millrace.settings';
const TITLE_CHARACTERS = 60;

/**
 * @typedef {object} Message
 * @property {'user'|'assistant'} role
 * @property {string} content
 * @property {'running'|'complete'|'stopped'|'failed'} [status] of an answer, as all that follows
 * @property {import('../api/generation.js').GenerationState} [generation]
 * @property {string} [model]
 * @property {string} [reason] why it ended
 * @property {{prompt: number, cached: number, completion: number}} [usage]
 * @property {{sent: number, first?: number, ended?: number}} [times] in ms since 1970
 * @property {{title: string, advice: string, needsKey?: boolean}} [failure]
 *
 * @typedef {object} Conversation
 * @property {string} id
 * @property {string} title empty until something was said
 * @property {number} updated in ms since 1970
 * @property {object} settings the system prompt and how text is drawn
 * @property {Message[]} messages
 */

class Conversations extends EventTarget {
  /** @type {Map<string, Conversation>} */
  #known = new Map();
  /** Conversations that this tab is changing; what other tabs say of them comes too late. */
  held = new Set();
  problem = null;

  constructor() {
    super();
    for (let i = 0; i < localStorage.length; i++) {
      this.#read(localStorage.key(i));
    }
    addEventListener('storage', event => this.#changedElsewhere(event.key));
  }

  #read(key) {
    if (!key?.startsWith(PREFIX)) {
      return null;
    }
    const id = key.slice(PREFIX.length);
    const conversation = parse(localStorage.getItem(key));
    if (conversation) {
      this.#known.set(id, conversation);
    } else {
      this.#known.delete(id);
    }
    return id;
  }

  #changedElsewhere(key) {
    if (key?.startsWith(PREFIX) && !this.held.has(key.slice(PREFIX.length))) {
      this.#changed(this.#read(key));
    }
  }

  /** @param {string|null} id of the one that another tab has changed */
  #changed(id) {
    this.dispatchEvent(new CustomEvent('change', {detail: {changedElsewhere: id}}));
  }

  /** The latest first. */
  list() {
    return [...this.#known.values()].sort((a, b) => b.updated - a.updated);
  }

  get(id) {
    return this.#known.get(id) ?? null;
  }

  /** One that is kept once something was said in it. */
  begin() {
    return {id: newName(), title: '', updated: Date.now(), settings: parse(localStorage.getItem(SETTINGS)) ?? {}, messages: []};
  }

  save(conversation) {
    conversation.title ||= titleOf(conversation);
    const isNew = !this.#known.has(conversation.id);
    this.#known.set(conversation.id, conversation);
    try {
      localStorage.setItem(PREFIX + conversation.id, JSON.stringify(conversation));
      this.problem = null;
    } catch {
      this.problem = 'The browser has no room for more: delete conversations, or this one is lost with the tab.';
    }
    if (isNew || this.problem) {
      this.#changed(null);
    }
  }

  /** As {@link save}, unless it was removed in the meantime. */
  update(conversation) {
    if (this.#known.has(conversation.id)) {
      this.save(conversation);
    }
  }

  touch(conversation) {
    conversation.updated = Date.now();
    this.save(conversation);
    this.#changed(null);
  }

  saveSettings(settings) {
    localStorage.setItem(SETTINGS, JSON.stringify(settings));
  }

  remove(id) {
    this.#known.delete(id);
    localStorage.removeItem(PREFIX + id);
    this.#changed(null);
  }
}

function titleOf(conversation) {
  const first = conversation.messages.find(message => message.role === 'user')?.content.trim().replace(/\s+/g, ' ') ?? '';
  return first.length > TITLE_CHARACTERS ? `${first.slice(0, TITLE_CHARACTERS - 1)}…` : first;
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    // somebody else's
    return null;
  }
}

export const conversations = new Conversations();
