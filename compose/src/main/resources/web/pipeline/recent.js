import {element} from '../shell/dom.js';
import {duration, figure} from '../shell/format.js';
import {table} from './tables.js';

/** How a prompt's time is told apart, and from which moment to which. */
const SPANS = [
  {name: 'waiting', label: 'waiting', from: 'received', to: 'started'},
  {name: 'prefill', label: 'reading the prompt', from: 'started', to: 'first_token'},
  {name: 'decode', label: 'generating', from: 'first_token', to: 'ended'},
];

/** The latest prompts with their way through the stages, all on one scale. */
export function recentPrompts(recent, now) {
  if (recent.length === 0) {
    return element('p', {class: 'hint'}, 'No prompt has come since the workers began.');
  }
  const longest = Math.max(1, ...recent.map(prompt => (prompt.ended ?? now) - prompt.received));
  return table('Recent prompts', ['Prompt', 'Stage', 'Way', 'First token', 'Prompt tokens', 'Tokens', 'Worker'], recent.map(prompt => [
    element('a', {class: 'prompt-id', href: `#/streams/${encodeURIComponent(prompt.id)}`, title: prompt.id}, prompt.id),
    element('span', {class: `stage ${prompt.stage}`}, prompt.stage),
    way(prompt, now, longest),
    duration(prompt.first_token === null ? null : prompt.first_token - prompt.received),
    `${figure(prompt.prompt_tokens)}${prompt.cached_tokens > 0 ? `, ${figure(prompt.cached_tokens)} cached` : ''}`,
    figure(prompt.tokens),
    element('code', {}, prompt.worker ?? '–'),
  ]));
}

function way(prompt, now, longest) {
  const end = prompt.ended ?? now;
  const spans = SPANS.map(span => ({...span, millis: lengthOf(span, prompt, end)})).filter(({millis}) => millis > 0);
  const bar = element('span', {class: 'way', role: 'img', 'aria-label': spans.map(({label, millis}) => `${label} ${duration(millis)}`).join(', ') || 'just come'},
    ...spans.map(({name, label, millis}) => {
      const part = element('span', {class: `span ${name}`, title: `${label}: ${duration(millis)}`});
      part.style.width = `${millis / longest * 100}%`;
      return part;
    }));
  return element('span', {class: 'way-cell'}, bar, element('span', {class: 'hint figure'}, duration(end - prompt.received)));
}

function lengthOf({from, to}, prompt, end) {
  if (prompt[from] === null) {
    return 0;
  }
  return Math.max(0, Math.min(prompt[to] ?? end, end) - prompt[from]);
}
