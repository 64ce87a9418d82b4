// Complaints about what the page shows at the moment: names, landmarks, contrast.
() => {
  const complaints = [];
  const isShown = node => node.checkVisibility({visibilityProperty: true});
  const describe = node => node.outerHTML.slice(0, 120);

  const text = id => document.getElementById(id)?.textContent ?? '';
  const name = node => node.getAttribute('aria-label') || (node.getAttribute('aria-labelledby') ?? '').split(' ').map(text).join(' ').trim()
    || [...(node.labels ?? [])].map(label => label.textContent).join(' ').trim() || node.textContent.trim() || node.getAttribute('alt');
  for (const node of document.querySelectorAll('button, a[href], input, textarea, select, summary, [role=region], [role=log], [role=group], nav, aside')) {
    if (isShown(node) && !name(node)) {
      complaints.push(`no name: ${describe(node)}`);
    }
  }
  for (const node of document.querySelectorAll('input, textarea, select')) {
    if (isShown(node) && !node.getAttribute('aria-label') && !(node.labels?.length > 0)) {
      complaints.push(`no label: ${describe(node)}`);
    }
  }
  for (const node of document.querySelectorAll('img:not([alt]), [tabindex]:not([tabindex="0"]):not([tabindex="-1"])')) {
    complaints.push(`no alternative text, or an order of its own: ${describe(node)}`);
  }
  const ids = [...document.querySelectorAll('[id]')].map(node => node.id);
  ids.filter((id, index) => ids.indexOf(id) !== index).forEach(id => complaints.push(`twice: #${id}`));
  for (const node of document.querySelectorAll('[aria-controls], [aria-describedby], [aria-labelledby]')) {
    for (const reference of ['aria-controls', 'aria-describedby', 'aria-labelledby']) {
      (node.getAttribute(reference) ?? '').split(' ').filter(id => id && !ids.includes(id)).forEach(id => complaints.push(`${reference} of nothing: ${id}`));
    }
  }
  for (const [selector, count] of [['main', 1], ['h1', 1], ['header.masthead', 1], ['html[lang]', 1]]) {
    if (document.querySelectorAll(selector).length !== count) {
      complaints.push(`not ${count} of ${selector}`);
    }
  }

  // of every text, against what is painted behind it: 4.5 to 1, or 3 to 1 for large letters
  const canvas = new OffscreenCanvas(1, 1).getContext('2d', {willReadFrequently: true});
  const rgba = colour => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const behind = node => {
    for (let at = node; at; at = at.parentElement) {
      const colour = rgba(getComputedStyle(at).backgroundColor);
      if (colour[3] > 200) {
        return colour;
      }
    }
    return [255, 255, 255, 255];
  };
  const luminance = ([r, g, b]) => [r, g, b].map(value => value / 255).map(value => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
    .reduce((sum, value, index) => sum + value * [0.2126, 0.7152, 0.0722][index], 0);
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const seen = new Set();
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || seen.has(node) || !isShown(node) || node.closest('.visually-hidden, .skip-link, noscript, script')) {
      continue;
    }
    seen.add(node);
    const style = getComputedStyle(node);
    const [light, dark] = [luminance(rgba(style.color)), luminance(behind(node))].sort((a, b) => b - a);
    const contrast = (light + 0.05) / (dark + 0.05);
    if (contrast < (parseFloat(style.fontSize) >= 24 ? 3 : 4.5)) {
      complaints.push(`contrast of ${contrast.toFixed(2)}: ${describe(node)}`);
    }
  }
  return complaints;
}
