// How text is drawn: the fields that both kinds of requests have.

import {element} from '../shell/dom.js';
import {status} from '../shell/status.js';

/** Left empty, the worker's own defaults hold. */
const NUMBERS = [
  {name: 'temperature', label: 'Temperature', min: 0, max: 100, step: 'any', hint: '0 always takes the likeliest token'},
  {name: 'top_k', label: 'Top k', min: 0, step: 1, hint: 'of so many tokens; 0 for all'},
  {name: 'top_p', label: 'Top p', min: 0, max: 1, step: 'any', hint: 'of the likeliest, this share'},
  {name: 'min_p', label: 'Min p', min: 0, max: 1, step: 'any', hint: 'beside the likeliest, at least this share'},
  {name: 'repeat_penalty', label: 'Repeat penalty', min: 0, max: 10, step: 'any', hint: '1 for none'},
  {name: 'max_tokens', label: 'Most tokens', min: 1, step: 1, hint: 'where the text is cut off'},
  {name: 'seed', label: 'Seed', step: 1, hint: 'the same seed, the same text'},
];

/**
 * @param {object} values by name, as typed; absent where nothing is
 * @param {function()} changed called when a person has changed them
 */
export function samplingFields(values, changed) {
  const numbers = element('div', {class: 'field-grid'}, ...NUMBERS.map(field => numberField(field, values, changed)));
  return [modelField(values, changed), numbers,
    textField('stop', 'Stop at', 'One text a line; it is no part of the answer.', 2, values, changed),
    textField('grammar', 'Grammar', 'GBNF: nothing else can be generated.', 3, values, changed)];
}

function labelled(name, label, hint, input) {
  const hintId = `hint-${name}`;
  input.id = `field-${name}`;
  input.setAttribute('aria-describedby', hintId);
  return element('div', {class: 'field'}, element('label', {for: input.id}, label), input, element('p', {class: 'hint', id: hintId}, hint));
}

function numberField({name, label, hint, ...limits}, values, changed) {
  const input = element('input', {type: 'number', name, placeholder: 'default', inputmode: 'decimal', ...limits, value: values[name]});
  input.addEventListener('input', () => {
    keep(values, name, Number.isNaN(input.valueAsNumber) ? undefined : input.valueAsNumber);
    changed();
  });
  return labelled(name, label, hint, input);
}

export function textField(name, label, hint, rows, values, changed) {
  const area = element('textarea', {name, rows, spellcheck: name === 'system' ? 'true' : 'false'});
  area.value = values[name] ?? '';
  area.addEventListener('input', () => {
    keep(values, name, area.value || undefined);
    changed();
  });
  return labelled(name, label, hint, area);
}

function modelField(values, changed) {
  const select = element('select', {name: 'model'});
  const fill = () => {
    const names = new Set([...status.current.models, ...(values.model ? [values.model] : [])]);
    select.replaceChildren(element('option', {value: ''}, 'Whichever is there'), ...[...names].map(name => element('option', {value: name}, name)));
    select.value = values.model ?? '';
  };
  select.addEventListener('focus', fill);
  select.addEventListener('change', () => {
    keep(values, 'model', select.value || undefined);
    changed();
  });
  fill();
  return labelled('model', 'Model', 'Of those that workers serve at the moment.', select);
}

function keep(values, name, value) {
  if (value === undefined) {
    delete values[name];
  } else {
    values[name] = value;
  }
}

/** The request's fields. */
export function samplingRequest(values) {
  const fields = {};
  for (const name of ['model', 'grammar', ...NUMBERS.map(field => field.name)]) {
    if (values[name] !== undefined) {
      fields[name] = values[name];
    }
  }
  const stop = (values.stop ?? '').split('\n').filter(line => line);
  return stop.length > 0 ? {...fields, stop} : fields;
}
