import {explain, Failure} from '../api/failure.js';
import {cancel} from '../api/generation.js';
import {whenAgain} from '../api/patience.js';
import {Running} from '../api/running.js';

const RATE_WINDOW_MILLIS = 2000;

/** Follows a stream that somebody has begun. Dispatches "reading" for each thing it reads, and "change" when its own state changes. */
export class Watch extends EventTarget {
  #running;
  #times = [];
  /** @type {'waiting'|'live'|'trouble'|'left'|'ended'|'failed'} */
  phase = 'waiting';
  trouble = null;
  model = null;
  attempt = 1;
  tokens = 0;
  ended = null;
  failure = null;

  constructor(id, from) {
    super();
    this.id = id;
    this.#running = new Running({streamId: id, seen: from > 0 ? String(from - 1) : null, ended: false}, (failure, seconds) => {
      this.trouble = `${explain(failure).title} ${whenAgain(seconds)} Nothing will be missing.`;
      this.#to('trouble');
    });
  }

  async run() {
    try {
      for await (const reading of this.#running.readings()) {
        this.#take(reading);
      }
      this.#to('ended');
    } catch (thrown) {
      if (!this.#running.isLeft) {
        this.failure = explain(Failure.from(thrown));
        this.#to('failed');
      }
    }
  }

  #take(reading) {
    if (reading.type === 'started') {
      this.model = reading.model;
      this.attempt = reading.attempt;
    } else if (reading.type === 'text') {
      this.tokens++;
      this.#times.push(performance.now());
    } else if (reading.type === 'ended') {
      this.ended = reading;
    }
    this.dispatchEvent(new CustomEvent('reading', {detail: reading}));
    const next = reading.type === 'accepted' && this.tokens === 0 ? 'waiting' : 'live';
    if (next !== this.phase) {
      this.#to(next);
    }
  }

  /** Tokens a second, lately. */
  get rate() {
    const since = performance.now() - RATE_WINDOW_MILLIS;
    this.#times = this.#times.filter(time => time > since);
    return this.#times.length / RATE_WINDOW_MILLIS * 1000;
  }

  #to(phase) {
    this.phase = phase;
    this.dispatchEvent(new Event('change'));
  }

  /** Looks no longer; the stream goes on. */
  leave() {
    if (!['ended', 'failed', 'left'].includes(this.phase)) {
      this.#running.leave();
      this.#to('left');
    }
  }

  cancel() {
    cancel(this.#running.state);
  }
}
