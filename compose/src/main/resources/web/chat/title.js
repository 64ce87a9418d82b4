import {button, element} from '../shell/dom.js';

/** A conversation's name, which can be changed in place. */
export class Title {
  node = element('div', {class: 'title'});

  constructor(renamed) {
    this.renamed = renamed;
  }

  show(text) {
    this.text = text;
    this.node.replaceChildren(element('h1', {}, text || 'New conversation'));
  }

  edit() {
    const input = element('input', {type: 'text', maxlength: 200, 'aria-label': 'Name of this conversation'});
    input.value = this.text;
    const end = name => {
      this.show(name);
      this.renamed(name);
    };
    input.addEventListener('keydown', event => {
      if (event.key === 'Enter') {
        end(input.value.trim() || this.text);
      } else if (event.key === 'Escape') {
        event.stopPropagation();
        end(this.text);
      }
    });
    this.node.replaceChildren(input, button('Save', () => end(input.value.trim() || this.text), {class: 'small'}));
    input.select();
  }
}
