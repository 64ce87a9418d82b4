import {element} from '../shell/dom.js';
import {duration, figure, percent} from '../shell/format.js';

/** A prompt's course as a row of gates, with how many are before each. */
export class Course {
  #figures = new Map();
  #details = new Map();
  node = element('ol', {class: 'course', 'aria-label': 'Where prompts are'},
    this.#gate('onTopic', 'On the topic', 'nobody has taken them'),
    this.#gate('inRooms', 'Waiting rooms', 'taken by a worker'),
    this.#gate('inQueues', 'Engine queues', 'admitted, not begun'),
    this.#gate('running', 'In the batch', ''));
  measures = element('dl', {class: 'measures'},
    this.#measure('generated', 'Tokens a second'),
    this.#measure('firstToken', 'To the first token'),
    this.#measure('blocks', 'KV cache in use'),
    this.#measure('cached', 'Prompts from the cache'));

  #gate(name, label, detail) {
    return element('li', {class: 'gate'}, element('span', {class: 'gate-label'}, label), this.#figure(name), this.#detail(name, 'span', detail));
  }

  #measure(name, label) {
    return element('div', {class: 'measure'}, element('dt', {}, label), element('dd', {}, this.#figure(name)), this.#detail(name, 'dd', ''));
  }

  #figure(name) {
    const made = element('span', {class: 'big figure'}, '–');
    this.#figures.set(name, made);
    return made;
  }

  #detail(name, tag, text) {
    const made = element(tag, {class: 'hint figure'}, text);
    this.#details.set(name, made);
    return made;
  }

  /** @param {import('./summary.js').Summary} summary */
  show(summary, snapshot) {
    const set = (name, text, detail) => {
      this.#figures.get(name).textContent = text;
      if (detail !== undefined) {
        this.#details.get(name).textContent = detail;
      }
    };
    for (const name of ['onTopic', 'inRooms', 'inQueues']) {
      set(name, figure(summary[name]));
    }
    set('running', figure(summary.running), `of ${figure(summary.slots)} places, ${percent(summary.running / Math.max(1, summary.slots))}`);
    set('generated', figure(summary.generated), `${figure(summary.read)} of prompts read`);
    set('firstToken', duration(summary.firstToken), `95 of 100 within ${duration(summary.firstTokenLate)}`);
    const blocks = snapshot.workers.reduce((all, {kv_blocks}) => ({used: all.used + kv_blocks.used, total: all.total + kv_blocks.total}), {used: 0, total: 0});
    set('blocks', percent(summary.blocks), `${figure(blocks.used)} of ${figure(blocks.total)} blocks`);
    const read = snapshot.workers.reduce((all, worker) => all + worker.prompt_tokens, 0);
    set('cached', percent(summary.cached), `of ${figure(read)} tokens`);
  }
}
