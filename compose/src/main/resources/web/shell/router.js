// Views by the address's hash: #/chat/ID shows the view "chat" with the path ["ID"].

/**
 * Shows the view that the address names, now and whenever it changes.
 *
 * @param {Object<string, function(): Promise<{title: string, open: function(HTMLElement, string[]): {move?: function(string[]), close?: function()}}>>} views
 */
export function startRouter(main, views, fallback) {
  let shown = null;
  let name = null;

  async function show() {
    const [wanted, ...path] = location.hash.replace(/^#\/?/, '').split('/').map(decode);
    if (!Object.hasOwn(views, wanted)) {
      location.replace(`#/${fallback}`);
      return;
    }
    if (name === wanted && shown?.move) {
      shown.move(path);
      return;
    }
    const isFirst = name === null;
    shown?.close?.();
    shown = null;
    name = wanted;
    const view = await views[wanted]();
    if (name !== wanted) {
      return;
    }
    main.replaceChildren();
    main.dataset.view = wanted;
    document.title = `${view.title} · Millrace`;
    mark(wanted);
    shown = view.open(main, path);
    if (!isFirst && !main.contains(document.activeElement)) {
      main.focus();
    }
  }

  addEventListener('hashchange', show);
  show();
}

function decode(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    // whatever a person typed there
    return part;
  }
}

function mark(name) {
  for (const link of document.querySelectorAll('[data-view]')) {
    if (link.dataset.view === name && link.tagName === 'A') {
      link.setAttribute('aria-current', 'page');
    } else {
      link.removeAttribute('aria-current');
    }
  }
}
