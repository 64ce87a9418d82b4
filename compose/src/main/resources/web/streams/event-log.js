import {element} from '../shell/dom.js';
import {visible} from '../shell/format.js';

const MOST_ROWS = 300;

/** The last events, one a row, the latest first. */
export class EventLog {
  #rows = element('tbody', {});
  #begun = 0;
  node = element('div', {class: 'event-log', tabindex: '0', role: 'region', 'aria-label': 'Events'}, element('table', {},
    element('thead', {}, element('tr', {}, ...['Place', 'Token', 'Text', 'After'].map(name => element('th', {scope: 'col'}, name)))), this.#rows));

  #coming = [];

  clear() {
    this.#coming = [];
    this.#rows.replaceChildren();
    this.#begun = performance.now();
  }

  /** Is seen when it is drawn. */
  add(reading) {
    const row = cells(reading);
    if (row) {
      this.#coming.unshift([...row, `${((performance.now() - this.#begun) / 1000).toFixed(2)} s`]);
      this.#coming.length = Math.min(this.#coming.length, MOST_ROWS);
    }
  }

  draw() {
    this.#rows.prepend(...this.#coming.map(row => element('tr', {}, ...row.map(text => element('td', {}, String(text))))));
    this.#coming = [];
    while (this.#rows.children.length > MOST_ROWS) {
      this.#rows.lastChild.remove();
    }
  }
}

function cells(reading) {
  switch (reading.type) {
    case 'started':
      return ['–', '–', `started, attempt ${reading.attempt}`];
    case 'text':
      return [reading.seq, reading.token, visible(reading.text)];
    case 'ended':
      return ['end', '–', reading.reason];
    default:
      return null;
  }
}
