import {element} from '../shell/dom.js';

/** Where a message is written. Enter sends; with Shift it is a new line. */
export class Composer {
  #input;
  #button;
  #running = false;

  constructor({send, stop}) {
    this.#input = element('textarea', {id: 'message', rows: 1, placeholder: 'Write a message', 'aria-describedby': 'message-hint'});
    this.#button = element('button', {type: 'submit', class: 'primary'}, 'Send');
    this.node = element('form', {class: 'composer'},
      element('label', {for: 'message', class: 'visually-hidden'}, 'Message'), this.#input, this.#button,
      element('p', {class: 'hint', id: 'message-hint'}, element('kbd', {}, 'Enter'), ' sends, ', element('kbd', {}, 'Shift Enter'), ' begins a line, ',
        element('kbd', {}, 'Esc'), ' stops'));
    this.node.addEventListener('submit', event => {
      event.preventDefault();
      if (this.#running) {
        stop();
      } else if (this.#input.value.trim()) {
        const text = this.#input.value;
        this.#input.value = '';
        send(text);
      }
    });
    this.#input.addEventListener('keydown', event => {
      if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        if (!this.#running) {
          this.node.requestSubmit();
        }
      }
    });
  }

  set running(value) {
    this.#running = value;
    this.#button.textContent = value ? 'Stop' : 'Send';
    this.#button.classList.toggle('stop', value);
  }

  focus() {
    this.#input.focus();
  }
}
