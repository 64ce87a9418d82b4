import {button, element} from '../shell/dom.js';
import {percent, visible} from '../shell/format.js';

/** What else a token could have been, beside the token. Choosing one continues the text from there with it. */
export class Alternatives {
  #at = null;
  #isPinned = false;

  /** @param {function(object, string)} branch called with a token and the text to put in its place */
  constructor(branch) {
    this.branch = branch;
    this.node = element('div', {class: 'alternatives', role: 'dialog', 'aria-label': 'Alternatives', hidden: true});
    this.node.addEventListener('keydown', event => this.#key(event));
    this.node.addEventListener('focusout', event => {
      if (!this.node.contains(event.relatedTarget) && event.relatedTarget !== this.#at) {
        this.close();
      }
    });
  }

  show(token, beside) {
    if (this.#isPinned && document.activeElement && this.node.contains(document.activeElement)) {
      return;
    }
    this.#isPinned = false;
    if (!token.score) {
      this.close();
      return;
    }
    this.#at = beside;
    this.node.replaceChildren(
      element('p', {class: 'alternatives-head'}, element('code', {}, visible(token.score.text)), element('span', {class: 'figure'}, percent(Math.exp(token.score.logprob)))),
      element('ul', {}, ...token.score.top.map(other => element('li', {}, this.#choice(token, other)))),
      token.score.top.length > 0 ? element('p', {class: 'hint'}, 'Choose one to go on from here with it.') : element('p', {class: 'hint'}, 'Nothing else was asked for.'));
    this.node.hidden = false;
    this.#place(beside);
  }

  #choice(token, other) {
    const share = Math.exp(other.logprob);
    const bar = element('span', {class: 'bar', 'aria-hidden': 'true'});
    bar.style.width = `${Math.max(1, share * 100)}%`;
    const choice = button('', () => this.branch(token, other.text), {class: other.text === token.score.text ? 'choice taken' : 'choice',
      'aria-label': `${visible(other.text)}, ${percent(share)}`});
    choice.append(bar, element('code', {}, visible(other.text)), element('span', {class: 'figure'}, percent(share)));
    return choice;
  }

  #place(beside) {
    const frame = this.node.offsetParent.getBoundingClientRect();
    const token = beside.getClientRects()[0] ?? beside.getBoundingClientRect();
    const left = Math.min(token.left - frame.left, frame.width - this.node.offsetWidth - 8);
    this.node.style.left = `${Math.max(0, left)}px`;
    this.node.style.top = `${token.bottom - frame.top + 4}px`;
  }

  /** Stays until it is left, so that a choice can be made. */
  pin(token, beside) {
    this.show(token, beside);
    this.#isPinned = true;
    this.node.querySelector('button')?.focus();
  }

  #key(event) {
    const choices = [...this.node.querySelectorAll('button')];
    const at = choices.indexOf(document.activeElement);
    if (event.key === 'Escape') {
      event.stopPropagation();
      this.#at?.focus();
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      choices.at((at + (event.key === 'ArrowDown' ? 1 : -1)) % choices.length).focus();
    }
  }

  /** Unless somebody is in it. */
  hide() {
    if (!this.#isPinned && !this.node.matches(':hover')) {
      this.node.hidden = true;
    }
  }

  close() {
    this.#isPinned = false;
    this.node.hidden = true;
  }
}
