import {element} from '../shell/dom.js';
import {samplingFields, textField} from '../sampling/fields.js';

/** How a conversation is answered from its next message on. */
export class SettingsPanel {
  #form = element('form', {class: 'settings-form'});

  constructor(changed) {
    this.changed = changed;
    this.#form.addEventListener('submit', event => event.preventDefault());
    this.node = element('aside', {class: 'settings', id: 'settings', 'aria-label': 'Settings', hidden: true}, element('h2', {}, 'Settings'),
      element('p', {class: 'hint'}, 'They hold from the next message on. What is empty is left to the worker.'), this.#form);
  }

  show(conversation) {
    const values = conversation.settings;
    const changed = () => this.changed(values);
    this.#form.replaceChildren(textField('system', 'System prompt', 'What the model is told before all else.', 4, values, changed),
      ...samplingFields(values, changed));
  }
}
