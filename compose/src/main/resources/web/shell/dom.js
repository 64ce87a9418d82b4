/**
 * Makes an element. Text is text: nothing here reads markup.
 *
 * @param {string} name
 * @param {object} attributes null, undefined and false for none; `on` holds listeners by event
 * @param {...(Node|string|null)} children
 */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === 'on') {
      Object.entries(value).forEach(([type, listener]) => made.addEventListener(type, listener));
    } else if (value !== null && value !== undefined && value !== false) {
      made.setAttribute(key, value === true ? '' : value);
    }
  }
  made.append(...children.filter(child => child !== null && child !== undefined && child !== false));
  return made;
}

export function button(text, listener, attributes = {}) {
  return element('button', {type: 'button', ...attributes, on: listener ? {click: listener} : {}}, text);
}

/** Makes the children of a node these, but leaves those in place that are the same already: selections survive. */
export function patch(node, fresh) {
  const wanted = [...fresh.childNodes];
  let same = 0;
  while (same < node.childNodes.length && same < wanted.length && node.childNodes[same].isEqualNode(wanted[same])) {
    same++;
  }
  while (node.childNodes.length > same) {
    node.lastChild.remove();
  }
  node.append(...wanted.slice(same));
}
