// Text of models, and of anybody, as markup that can do nothing but be read.

import './library/markdown-it.js';
import DOMPurify from './library/dompurify.js';
import {button, element} from './shell/dom.js';

// tags in the text stay text; links to scripts are no links
const markdown = globalThis.markdownit({html: false, linkify: true, breaks: true});

// pictures would tell others who reads; they are links here
markdown.renderer.rules.image = (tokens, index) => {
  const [source, text] = [tokens[index].attrGet('src'), tokens[index].content].map(markdown.utils.escapeHtml);
  return `<a href="${source}">${text || source}</a>`;
};

// the page's policy allows no styles in markup
for (const cell of ['th_open', 'td_open']) {
  markdown.renderer.rules[cell] = (tokens, index, options, _, renderer) => {
    const style = tokens[index].attrGet('style');
    if (style) {
      tokens[index].attrs = [['class', style.replace('text-align:', 'align-')]];
    }
    return renderer.renderToken(tokens, index, options);
  };
}

// and what is left of markup has to pass here, whatever the other library believed
const HARMLESS = {
  ALLOWED_TAGS: ['a', 'blockquote', 'br', 'code', 'del', 'em', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'hr', 'li', 'ol', 'p', 'pre', 's', 'strong',
    'table', 'tbody', 'td', 'th', 'thead', 'tr', 'ul'],
  ALLOWED_ATTR: ['href', 'class', 'start'],
  ALLOWED_URI_REGEXP: /^(?:https?|mailto):/i,
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  RETURN_DOM_FRAGMENT: true,
};

/** @returns {DocumentFragment} */
export function renderMarkdown(text) {
  const fragment = DOMPurify.sanitize(markdown.render(text), HARMLESS);
  for (const link of fragment.querySelectorAll('a')) {
    link.target = '_blank';
    link.rel = 'noopener noreferrer nofollow';
  }
  for (const block of fragment.querySelectorAll('pre')) {
    block.replaceWith(codeBlock(block));
  }
  for (const table of fragment.querySelectorAll('table')) {
    const frame = element('div', {class: 'table-frame', tabindex: '0', role: 'region', 'aria-label': 'Table'});
    table.replaceWith(frame);
    frame.append(table);
  }
  return fragment;
}

/** The button's work is done by {@link copyCodeOnClick}, so that blocks that are drawn again need no listeners. */
function codeBlock(block) {
  const language = /language-([\w+#-]{1,20})/.exec(block.querySelector('code')?.className ?? '')?.[1] ?? '';
  const text = element('pre', {tabindex: '0'}, element('code', {}, block.textContent));
  return element('div', {class: 'code-block'},
    element('div', {class: 'code-head'}, element('span', {}, language || 'code'), button('Copy', null, {class: 'quiet small', 'data-copies': 'code'})),
    text);
}

/** Lets the copy buttons within a node do their work. */
export function copyCodeOnClick(node) {
  node.addEventListener('click', event => {
    const copies = event.target.closest('[data-copies="code"]');
    if (copies) {
      copy(copies.closest('.code-block').querySelector('code').textContent, copies);
    }
  });
}

/** Puts text on the clipboard, and says so on the button for a moment. */
export async function copy(text, pressed) {
  const name = pressed.textContent;
  pressed.textContent = await write(text) ? 'Copied' : 'Not allowed';
  setTimeout(() => { pressed.textContent = name; }, 1500);
}

async function write(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // without TLS there is no such clipboard, and some ask their user: the old way
    const area = element('textarea', {class: 'visually-hidden', 'aria-hidden': 'true', tabindex: '-1'});
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand('copy');
    area.remove();
    return done;
  }
}
