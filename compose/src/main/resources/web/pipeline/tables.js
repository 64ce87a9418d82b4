import {element} from '../shell/dom.js';
import {duration, figure, percent} from '../shell/format.js';

/** The workers that are there. */
export function workersTable(workers) {
  if (workers.length === 0) {
    return element('p', {class: 'notice warn'}, 'No worker is there. Prompts wait on the topic until one comes: ', element('code', {}, './millrace worker'));
  }
  return table('Workers', ['Worker', 'Model', 'Batch', 'Waiting', 'Tokens a second', 'KV cache', 'First token', 'Set back'], workers.map(worker => [
    element('code', {}, worker.id), worker.model, `${worker.running} of ${worker.slots}`, figure(worker.queued + worker.waiting), figure(worker.tokens_per_s),
    percent(worker.kv_blocks.used / Math.max(1, worker.kv_blocks.total)), duration(worker.time_to_first_token_ms?.p50), figure(worker.preemptions),
  ]));
}

export function table(name, heads, rows) {
  return element('div', {class: 'table-frame', tabindex: '0', role: 'region', 'aria-label': name}, element('table', {},
    element('thead', {}, element('tr', {}, ...heads.map(head => element('th', {scope: 'col'}, head)))),
    element('tbody', {}, ...rows.map(cells => element('tr', {}, ...cells.map(cell => element('td', {}, cell)))))));
}

/** How many prompts of each partition are not done, as bars. */
export function lagBars(lag) {
  const most = Math.max(1, ...lag.map(({waiting}) => waiting));
  return element('ul', {class: 'lag'}, ...lag.map(({partition, waiting}) => {
    const bar = element('span', {class: 'lag-bar', 'aria-hidden': 'true'});
    bar.style.width = `${waiting / most * 100}%`;
    return element('li', {}, element('span', {class: 'lag-name'}, `Partition ${partition}`), element('span', {class: 'lag-track'}, bar),
      element('span', {class: 'figure'}, figure(waiting)));
  }));
}
