import {announce} from '../shell/announce.js';
import {button, element} from '../shell/dom.js';
import {figure} from '../shell/format.js';
import {EventLog} from './event-log.js';
import {Watch} from './watch.js';

export const title = 'Streams';

const RECENT = 'millrace.recent-streams';
const MOST_RECENT = 12;
const REASONS = {stop: 'the model ended it', length: 'cut off at its limit', cancelled: 'cancelled', error: 'failed'};

export function open(main, path) {
  const view = new StreamsView(main);
  view.move(path);
  return view;
}

class StreamsView {
  #watch = null;
  #frame = 0;
  #coming = '';
  #id = element('input', {id: 'stream-id', type: 'text', autocomplete: 'off', spellcheck: 'false', placeholder: 'chatcmpl-…', required: true, maxlength: 256});
  #from = element('input', {id: 'stream-from', type: 'number', min: 0, step: 1, value: 0});
  #recent = element('div', {});
  #state = element('p', {class: 'stream-state', role: 'status'});
  #text = element('div', {class: 'stream-text', tabindex: '0', role: 'region', 'aria-label': 'Text'});
  #log = new EventLog();
  #again = button('From the beginning', () => this.#start(this.#watch.id, 0), {class: 'small'});
  #leave = button('Leave', () => this.#watch.leave(), {class: 'small'});
  #cancel = button('Cancel the generation', () => this.#watch.cancel(), {class: 'small'});
  #shown = element('section', {class: 'stream', 'aria-label': 'Stream', hidden: true},
    this.#state, element('div', {class: 'row'}, this.#again, this.#leave, this.#cancel), element('div', {class: 'stream-panes'}, this.#text, this.#log.node));

  constructor(main) {
    const form = element('form', {class: 'stream-form'},
      element('div', {class: 'field'}, element('label', {for: 'stream-id'}, 'Stream'), this.#id),
      element('div', {class: 'field'}, element('label', {for: 'stream-from'}, 'From token'), this.#from),
      element('button', {type: 'submit', class: 'primary'}, 'Watch'));
    form.addEventListener('submit', event => {
      event.preventDefault();
      const id = this.#id.value.trim();
      const place = `#/streams/${encodeURIComponent(id)}${this.#from.valueAsNumber > 0 ? `/${this.#from.valueAsNumber}` : ''}`;
      if (location.hash === place) {
        this.#start(id, this.#from.valueAsNumber || 0);
      } else {
        location.hash = place;
      }
    });
    main.append(element('div', {class: 'streams column'}, element('h1', {}, 'Streams'),
      element('p', {class: 'hint'}, 'Every answer is a stream on a topic, under an id. Whoever may see it can follow it, from any of its tokens on, while it comes and afterwards.'),
      form, this.#recent, this.#shown));
  }

  move([id, from]) {
    this.#id.value = id ?? '';
    this.#from.value = /^\d{1,9}$/.test(from ?? '') ? from : 0;
    if (id) {
      this.#start(id, Number(this.#from.value));
    } else {
      this.#watch?.leave();
      this.#shown.hidden = true;
      this.#showRecent();
      this.#id.focus();
    }
  }

  #start(id, from) {
    this.#watch?.leave();
    remember(id);
    this.#showRecent();
    this.#text.textContent = '';
    this.#coming = '';
    this.#log.clear();
    this.#shown.hidden = false;
    const watch = new Watch(id, from);
    this.#watch = watch;
    watch.addEventListener('change', () => {
      if (watch === this.#watch) {
        this.#show(watch);
      }
    });
    this.#show(watch);
    watch.addEventListener('reading', event => {
      if (watch === this.#watch) {
        this.#take(event.detail);
      }
    });
    watch.run();
  }

  /** A replay brings thousands at once: what is drawn is drawn once a frame. */
  #take(reading) {
    this.#log.add(reading);
    this.#coming += reading.text ?? '';
    this.#frame ||= requestAnimationFrame(() => this.#draw());
  }

  #draw() {
    this.#frame = 0;
    const follows = this.#text.scrollHeight - this.#text.scrollTop - this.#text.clientHeight < 60;
    this.#text.append(this.#coming);
    this.#coming = '';
    // one text, not thousands of pieces
    this.#text.normalize();
    if (follows) {
      this.#text.scrollTop = this.#text.scrollHeight;
    }
    this.#log.draw();
    this.#show(this.#watch);
  }

  #show(watch) {
    const {phase, trouble, model, attempt, tokens, rate, ended, failure} = watch;
    const count = `${figure(tokens)} tokens${phase === 'live' && rate ? `, ${figure(rate)} a second` : ''}`;
    const takenOver = attempt > 1 ? `worker no. ${attempt}, which took it over` : null;
    const words = {
      waiting: 'Nobody has begun this stream yet, or it is not there. This page waits for it.',
      live: 'Live.',
      trouble: trouble,
      left: 'Left.',
      ended: `Ended: ${REASONS[ended?.reason] ?? 'seen to its end'}.`,
      failed: failure ? `${failure.title} ${failure.advice}` : '',
    }[phase];
    this.#state.dataset.phase = phase;
    this.#state.textContent = [words, model, takenOver, tokens > 0 ? count : null].filter(Boolean).join(' · ');
    const isOver = ['left', 'ended', 'failed'].includes(phase);
    this.#leave.hidden = isOver;
    this.#cancel.hidden = isOver;
    if (phase === 'ended' || phase === 'failed') {
      announce(words);
    }
    if (failure?.needsKey) {
      this.#state.append(' ', button('Enter a key', () => document.dispatchEvent(new Event('key-needed')), {class: 'small primary'}));
    }
  }

  #showRecent() {
    const ids = recent().filter(id => id !== this.#id.value);
    this.#recent.replaceChildren(...(ids.length === 0 ? [] : [element('nav', {class: 'recent', 'aria-label': 'Watched lately'},
      element('h2', {class: 'label'}, 'Watched lately'),
      element('ul', {}, ...ids.map(id => element('li', {}, element('a', {href: `#/streams/${encodeURIComponent(id)}`}, id)))))]));
  }

  close() {
    cancelAnimationFrame(this.#frame);
    this.#watch?.leave();
  }
}

function recent() {
  try {
    return JSON.parse(sessionStorage.getItem(RECENT)) ?? [];
  } catch {
    return [];
  }
}

function remember(id) {
  sessionStorage.setItem(RECENT, JSON.stringify([id, ...recent().filter(other => other !== id)].slice(0, MOST_RECENT)));
}
