// One message, as it is drawn.

import {button, element, patch} from '../shell/dom.js';
import {copy, renderMarkdown} from '../markdown.js';
import {status} from '../shell/status.js';
import {explain} from '../api/failure.js';
import {whenAgain} from '../api/patience.js';

const REASONS = {length: 'cut off at its limit', cancelled: 'stopped'};

/** What a person said. */
export function userMessage(message, {edit}) {
  const text = element('div', {class: 'said'}, message.content);
  return element('article', {class: 'message user', 'aria-label': 'You'}, text,
    element('div', {class: 'message-tools'},
      button('Edit', () => edit(message), {class: 'quiet small', 'aria-label': 'Edit this message and send it again'}),
      button('Copy', event => copy(message.content, event.currentTarget), {class: 'quiet small', 'aria-label': 'Copy this message'})));
}

/** A person's message while it is changed. */
export function editor(message, {send, cancel}) {
  const area = element('textarea', {rows: 3, 'aria-label': 'Message'});
  area.value = message.content;
  const form = element('form', {class: 'message user editor'}, area, element('div', {class: 'row end'},
    button('Cancel', cancel, {class: 'quiet'}), element('button', {type: 'submit', class: 'primary'}, 'Send again')));
  form.addEventListener('submit', event => {
    event.preventDefault();
    if (area.value.trim()) {
      send(area.value);
    }
  });
  form.addEventListener('keydown', event => {
    if (event.key === 'Escape') {
      event.stopPropagation();
      cancel();
    }
  });
  return {form, focus: () => area.focus()};
}

/** What a model said, or is about to. */
export class AnswerArticle {
  #text = element('div', {class: 'prose'});
  #notice = element('div', {class: 'notice-place'});
  #facts = element('p', {class: 'facts'});
  #tools = element('div', {class: 'message-tools'});
  #shown = null;

  constructor(message, {regenerate, askForKey}) {
    this.message = message;
    this.regenerate = regenerate;
    this.askForKey = askForKey;
    this.node = element('article', {class: 'message answer', 'aria-label': 'Answer'}, element('span', {class: 'race', 'aria-hidden': 'true'}), this.#text, this.#notice, this.#facts, this.#tools);
    this.show(null);
  }

  /** @param {import('./answers.js').RunningAnswer|null} running */
  show(running) {
    const message = this.message;
    if (message.content !== this.#shown) {
      patch(this.#text, renderMarkdown(message.content));
      this.#shown = message.content;
    }
    this.node.setAttribute('aria-busy', String(running !== null));
    this.node.classList.toggle('flowing', running?.phase === 'running' && !running.trouble);
    this.#show(this.#notice, notice(message, running, this));
    this.#facts.textContent = running ? '' : facts(message);
    this.#show(this.#tools, running ? [] : tools(message, this));
  }

  #show(place, nodes) {
    const fresh = document.createDocumentFragment();
    fresh.append(...nodes);
    // buttons that stay keep the focus
    patch(place, fresh);
  }
}

function notice(message, running, actions) {
  if (message.failure) {
    return [element('div', {class: 'notice bad', role: 'alert'}, element('strong', {}, message.failure.title), ' ', message.failure.advice,
      element('div', {class: 'row'}, actions.regenerate ? button('Try again', actions.regenerate) : null,
        message.failure.needsKey ? button('Enter a key', actions.askForKey, {class: 'primary'}) : null))];
  }
  const words = running ? waitingWords(running) : null;
  return words ? [element('p', {class: words.isTrouble ? 'notice warn' : 'waiting'}, words.text)] : [];
}

function waitingWords({phase, trouble, message}) {
  if (trouble) {
    const {title, advice} = explain(trouble.failure);
    const begun = message.content ? 'The answer goes on where it is.' : advice;
    return {text: `${title} ${begun} ${whenAgain(trouble.seconds)}`, isTrouble: true};
  }
  if (phase === 'stopping') {
    return {text: 'Stopping…'};
  }
  if (phase === 'running') {
    return message.content ? null : {text: 'Reading…'};
  }
  if (phase === 'waiting' && !status.current.broker) {
    return {text: 'The gateway cannot reach Kafka. The answer comes when it is back.', isTrouble: true};
  }
  if (phase === 'waiting' && status.current.models.length === 0) {
    return {text: 'No worker is there. Your message is safe on the topic, and answered as soon as one comes: ./millrace worker', isTrouble: true};
  }
  return {text: 'Waiting for its turn…'};
}

function facts({model, usage, times, reason}) {
  const known = [model, REASONS[reason]];
  if (usage) {
    known.push(`${usage.completion} tokens`);
    const seconds = (times.ended - times.first) / 1000;
    if (usage.completion > 1 && seconds > 0.05) {
      known.push(`${Math.round((usage.completion - 1) / seconds)} a second`);
    }
  }
  if (times?.first) {
    known.push(`first after ${((times.first - times.sent) / 1000).toFixed(2)} s`);
  }
  if (usage?.cached) {
    known.push(`${usage.cached} of the prompt’s ${usage.prompt} from the cache`);
  }
  return known.filter(Boolean).join(' · ');
}

function tools(message, actions) {
  const id = message.generation?.streamId;
  return [
    message.content ? button('Copy', event => copy(message.content, event.currentTarget), {class: 'quiet small', 'aria-label': 'Copy this answer'}) : null,
    actions.regenerate && !message.failure ? button('Regenerate', actions.regenerate, {class: 'quiet small'}) : null,
    id ? element('a', {class: 'quiet small', href: `#/streams/${encodeURIComponent(id)}`}, 'Stream') : null,
  ].filter(Boolean);
}
