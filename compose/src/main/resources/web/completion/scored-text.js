import {element} from '../shell/dom.js';
import {percent, visible} from '../shell/format.js';

/** Probabilities from which on a token is of a class; the first is the most likely one. */
const CLASSES = [[0.8, 'sure'], [0.4, 'likely'], [0.1, 'unsure'], [0, 'surprising']];

/**
 * Generated text, token by token. The tokens are one stop for the Tab key; arrows go from one to the next, and whichever is pointed at or has the focus is
 * shown by whoever listens.
 */
export class ScoredText {
  #listeners;
  #tokens = [];

  /** @param {{show: function(object, HTMLElement), hide: function(), choose: function(object, HTMLElement)}} listeners */
  constructor(listeners) {
    this.#listeners = listeners;
    this.node = element('span', {class: 'tokens', role: 'group', 'aria-label': 'Generated tokens: arrow keys move, Enter goes to the alternatives'});
    this.node.addEventListener('keydown', event => this.#key(event));
    this.node.addEventListener('mouseleave', () => this.#listeners.hide());
  }

  clear() {
    this.#tokens = [];
    this.node.replaceChildren();
  }

  /** @param {{text: string, score: object|null}} piece */
  add(piece) {
    const index = this.#tokens.length;
    const token = {...piece, index};
    // no button element, which would be a box that lines cannot break
    const made = element('span', {role: 'button', class: `token ${classOf(piece.score)}`, tabindex: index === 0 ? '0' : '-1', 'aria-label': label(piece)},
      piece.text || '◦');
    made.addEventListener('mouseenter', () => this.#listeners.show(token, made));
    made.addEventListener('focus', () => this.#focused(token, made));
    made.addEventListener('click', () => this.#listeners.choose(token, made));
    this.#tokens.push(token);
    this.node.append(made);
  }

  #focused(token, node) {
    this.node.querySelector('[tabindex="0"]')?.setAttribute('tabindex', '-1');
    node.setAttribute('tabindex', '0');
    this.#listeners.show(token, node);
  }

  #key(event) {
    const at = [...this.node.children].indexOf(document.activeElement);
    if (at >= 0 && (event.key === 'Enter' || event.key === ' ')) {
      event.preventDefault();
      document.activeElement.click();
      return;
    }
    const to = {ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: this.node.children.length - 1}[event.key];
    if (at >= 0 && to !== undefined && this.node.children[to]) {
      event.preventDefault();
      this.node.children[to].focus();
    }
  }

  /** The text before a token. */
  before({index}) {
    return this.#tokens.slice(0, index).map(token => token.text).join('');
  }

  get text() {
    return this.#tokens.map(token => token.text).join('');
  }
}

function classOf(score) {
  return score ? CLASSES.find(([least]) => Math.exp(score.logprob) >= least)[1] : '';
}

function label({text, score}) {
  return score ? `${visible(text)}, ${percent(Math.exp(score.logprob))}` : visible(text);
}
