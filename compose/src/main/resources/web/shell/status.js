// What the gateway says of itself, asked every few seconds while somebody looks.

import {fetchJson} from '../api/request.js';
import {key} from '../api/key.js';

const INTERVAL_MILLIS = 5000;

/**
 * @typedef {object} Status
 * @property {boolean|null} gateway whether it answers; null while that is not known
 * @property {boolean} broker whether it can reach Kafka
 * @property {boolean} keyNeeded
 * @property {string[]} models that workers serve
 */

class StatusWatch extends EventTarget {
  #timer = null;
  /** @type {Status} */
  current = {gateway: null, broker: true, keyNeeded: false, models: []};

  start() {
    document.addEventListener('visibilitychange', () => this.refresh());
    key.addEventListener('change', () => this.refresh());
    this.refresh();
  }

  async refresh() {
    clearTimeout(this.#timer);
    if (document.hidden) {
      return;
    }
    const next = await ask();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.refresh(), INTERVAL_MILLIS);
    if (JSON.stringify(next) !== JSON.stringify(this.current)) {
      this.current = next;
      this.dispatchEvent(new Event('change'));
    }
  }
}

async function ask() {
  try {
    const models = await fetchJson('v1/models');
    return {gateway: true, broker: await isBrokerThere(), keyNeeded: false, models: models.data.map(model => model.id)};
  } catch (failure) {
    return {gateway: failure.status !== 0, broker: true, keyNeeded: failure.status === 401, models: []};
  }
}

async function isBrokerThere() {
  try {
    await fetchJson('health');
    return true;
  } catch (failure) {
    return failure.status !== 503;
  }
}

export const status = new StatusWatch();

export function showStatus(place) {
  const show = () => {
    const {level, text} = words(status.current);
    place.dataset.level = level;
    place.textContent = text;
    place.title = text;
  };
  status.addEventListener('change', show);
  show();
}

function words({gateway, broker, keyNeeded, models}) {
  if (gateway === null) {
    return {level: 'unknown', text: 'Connecting'};
  }
  if (!gateway) {
    return {level: 'bad', text: 'Gateway away'};
  }
  if (keyNeeded) {
    return {level: 'warn', text: 'Key needed'};
  }
  if (!broker) {
    return {level: 'bad', text: 'Kafka away'};
  }
  return models.length === 0 ? {level: 'warn', text: 'No worker'} : {level: 'good', text: models.join(', ')};
}
