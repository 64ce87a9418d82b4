import {element} from '../shell/dom.js';

/** What others can read: no part of how it was got. */
export function asJson(conversation) {
  const messages = conversation.messages.map(({role, content, model, reason, usage, times}) => ({role, content, model, finish_reason: reason, usage, times}));
  return JSON.stringify({title: conversation.title, updated: new Date(conversation.updated).toISOString(), settings: conversation.settings, messages}, null, 2);
}

export function asMarkdown(conversation) {
  const system = conversation.settings.system ? [`> ${conversation.settings.system.replaceAll('\n', '\n> ')}`] : [];
  const messages = conversation.messages.map(({role, content, model}) => `## ${role === 'user' ? 'You' : model ?? 'Answer'}\n\n${content.trim()}`);
  return [`# ${conversation.title}`, ...system, ...messages].join('\n\n') + '\n';
}

/** Lets the browser save a text as a file. */
export function saveAs(name, type, text) {
  const address = URL.createObjectURL(new Blob([text], {type}));
  element('a', {href: address, download: name}).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

export function fileName(conversation, ending) {
  const words = conversation.title.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '').slice(0, 40);
  return `${words || 'conversation'}.${ending}`;
}
