import {events} from '../api/events.js';
import {explain, Failure} from '../api/failure.js';
import {waitAfter, whenAgain} from '../api/patience.js';
import {request} from '../api/request.js';

/**
 * Reads how the pipeline is, once a second, while somebody looks: hidden pages would only hold connections.
 */
export class Feed {
  #listeners;
  #abort = null;
  #closed = new AbortController();

  /** @param {{snapshot: function(object), trouble: function({title: string, advice: string, needsKey?: boolean})}} listeners */
  constructor(listeners) {
    this.#listeners = listeners;
    document.addEventListener('visibilitychange', () => this.#begin(), {signal: this.#closed.signal});
    this.#begin();
  }

  #begin() {
    this.#abort?.abort();
    this.#abort = new AbortController();
    if (!document.hidden) {
      this.#follow(this.#abort.signal);
    }
  }

  async #follow(signal) {
    for (let failures = 0; !signal.aborted;) {
      try {
        const response = await request('v1/pipeline', {headers: {accept: 'text/event-stream'}, signal});
        for await (const event of events(response)) {
          failures = 0;
          this.#listeners.snapshot(JSON.parse(event.data));
        }
        throw Failure.unreachable();
      } catch (thrown) {
        if (signal.aborted) {
          return;
        }
        failures++;
        if (!await this.#mayGoOn(Failure.from(thrown), failures, signal)) {
          return;
        }
      }
    }
  }

  async #mayGoOn(failure, failures, signal) {
    if (!failure.isTemporary) {
      this.#listeners.trouble([404, 501].includes(failure.status) ? NOT_OFFERED : explain(failure));
      return false;
    }
    try {
      await waitAfter(failure, failures, signal, (_, seconds) => {
        const {title, advice} = explain(failure);
        this.#listeners.trouble({title, advice: `${advice} ${whenAgain(seconds)}`});
      });
      return true;
    } catch {
      // closed in the meantime
      return false;
    }
  }

  /** After a key was given, say. */
  again() {
    this.#begin();
  }

  close() {
    this.#closed.abort();
    this.#abort.abort();
  }
}

const NOT_OFFERED = {title: 'This gateway does not tell how the pipeline is.', advice: 'It is of an earlier version: chat, completion and streams work all the same.'};
