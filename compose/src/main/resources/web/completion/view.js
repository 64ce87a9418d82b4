import {announce} from '../shell/announce.js';
import {button, element} from '../shell/dom.js';
import {figure} from '../shell/format.js';
import {samplingFields} from '../sampling/fields.js';
import {Alternatives} from './alternatives.js';
import {Continuation} from './run.js';
import {ScoredText} from './scored-text.js';

export const title = 'Completion';

const KEPT = 'millrace.completion';
const REASONS = {length: 'Cut off at the most tokens, or the end of the context.', stop: 'The model ended it.', cancelled: 'Stopped.'};

export function open(main) {
  return new CompletionView(main);
}

class CompletionView {
  #kept = read();
  #running = null;
  #base = '';
  #input = element('textarea', {id: 'text', rows: 5, placeholder: 'Once upon a time', 'aria-describedby': 'text-hint'});
  #submit = element('button', {type: 'submit', class: 'primary'}, 'Continue');
  #takeOver = button('Edit the whole text', () => this.#edit(), {class: 'quiet', hidden: true});
  #lead = element('span', {class: 'lead'});
  #notice = element('div', {});
  #facts = element('p', {class: 'facts'});
  #alternatives = new Alternatives((token, text) => this.#branch(token, text));
  #tokens = new ScoredText({
    show: (token, node) => this.#alternatives.show(token, node),
    hide: () => this.#alternatives.hide(),
    choose: (token, node) => this.#alternatives.pin(token, node),
  });
  #output = element('section', {class: 'continuation', 'aria-label': 'Continuation', hidden: true},
    element('div', {class: 'continued prose'}, this.#lead, this.#tokens.node), this.#alternatives.node, this.#notice, this.#facts, legend());

  constructor(main) {
    this.#input.value = this.#kept.text ?? '';
    const form = element('form', {class: 'completion-form'},
      element('label', {for: 'text', class: 'visually-hidden'}, 'Text'), this.#input,
      element('p', {class: 'hint', id: 'text-hint'}, 'A base model goes on where the text ends. ', element('kbd', {}, 'Ctrl Enter'), ' continues.'),
      element('div', {class: 'row'}, this.#submit, this.#takeOver), this.#settings());
    form.addEventListener('submit', event => {
      event.preventDefault();
      this.#running ? this.#running.stop() : this.#start(this.#input.value);
    });
    this.#input.addEventListener('keydown', event => {
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
        form.requestSubmit();
      }
    });
    this.#input.addEventListener('input', () => this.#keep());
    main.append(element('div', {class: 'completion column'}, element('h1', {}, 'Completion'), form, this.#output));
  }

  #settings() {
    this.#kept.values ??= {};
    const alternatives = element('input', {type: 'number', id: 'alternatives', min: 0, max: 20, step: 1, value: this.#kept.values.alternatives ?? 5});
    alternatives.addEventListener('input', () => {
      this.#kept.values.alternatives = alternatives.valueAsNumber || 0;
      this.#keep();
    });
    return element('details', {class: 'settings-fold'}, element('summary', {}, 'Settings'), element('div', {class: 'settings-form'},
      element('div', {class: 'field'}, element('label', {for: 'alternatives'}, 'Alternatives'), alternatives,
        element('p', {class: 'hint'}, 'How many others to tell of each token, up to 20.')),
      ...samplingFields(this.#kept.values, () => this.#keep())));
  }

  #keep() {
    this.#kept.text = this.#input.value;
    localStorage.setItem(KEPT, JSON.stringify(this.#kept));
  }

  #start(text) {
    if (!text) {
      this.#input.focus();
      return;
    }
    this.#base = text;
    this.#lead.textContent = text;
    this.#tokens.clear();
    this.#alternatives.close();
    this.#facts.textContent = '';
    this.#notice.replaceChildren();
    this.#output.hidden = false;
    this.#takeOver.hidden = true;
    this.#submit.textContent = 'Stop';
    this.#submit.classList.add('stop');
    const begun = performance.now();
    this.#running = new Continuation(text, this.#kept.values, {
      piece: piece => this.#tokens.add(piece),
      trouble: words => this.#notice.replaceChildren(...(words ? [element('p', {class: 'waiting'}, words)] : [])),
      end: result => this.#ended(result, performance.now() - begun),
    });
    this.#running.run();
  }

  #ended({failure, reason, usage}, millis) {
    this.#running = null;
    this.#submit.textContent = 'Continue';
    this.#submit.classList.remove('stop');
    this.#takeOver.hidden = this.#tokens.text === '';
    if (failure) {
      this.#notice.replaceChildren(element('div', {class: 'notice bad', role: 'alert'}, element('strong', {}, failure.title), ' ', failure.advice,
        failure.needsKey ? element('div', {class: 'row'}, button('Enter a key', () => document.dispatchEvent(new Event('key-needed')), {class: 'primary'})) : null));
      return;
    }
    const tokens = usage ? `${usage.completion} tokens, ${figure(usage.completion / millis * 1000)} a second` : null;
    this.#facts.textContent = [tokens, REASONS[reason]].filter(Boolean).join(' · ');
    announce(`Continued: ${this.#tokens.text}`);
  }

  /** Takes another way at a token. */
  #branch(token, text) {
    if (!this.#running) {
      this.#start(this.#base + this.#tokens.before(token) + text);
      this.#output.focus();
    }
  }

  #edit() {
    this.#input.value = this.#base + this.#tokens.text;
    this.#keep();
    this.#input.focus();
    this.#input.setSelectionRange(this.#input.value.length, this.#input.value.length);
  }

  close() {
    this.#running?.stop();
  }
}

function legend() {
  const marks = [['sure', '80% or more'], ['likely', '40%'], ['unsure', '10%'], ['surprising', 'less']];
  return element('p', {class: 'legend'}, 'How likely the model thought each token: ', ...marks.map(([name, text]) => element('span', {class: `token ${name}`}, text)));
}

function read() {
  try {
    return JSON.parse(localStorage.getItem(KEPT)) ?? {};
  } catch {
    return {};
  }
}
