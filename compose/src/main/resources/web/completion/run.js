import {explain, Failure} from '../api/failure.js';
import {newGeneration} from '../api/generation.js';
import {whenAgain} from '../api/patience.js';
import {Running} from '../api/running.js';
import {samplingRequest} from '../sampling/fields.js';

const DEFAULT_TOKENS = 60;

/** Continues a text, once. */
export class Continuation {
  #running;

  /** @param {{piece: function(object), trouble: function(string|null), end: function({failure?: object, reason?: string, usage?: object})}} listeners */
  constructor(text, values, listeners) {
    const {alternatives, ...sampling} = values;
    this.listeners = listeners;
    const state = newGeneration('v1/completions', {prompt: text, stream: true, stream_options: {include_usage: true}, logprobs: alternatives ?? 5,
      max_tokens: DEFAULT_TOKENS, ...samplingRequest(sampling)});
    this.#running = new Running(state, (failure, seconds) => listeners.trouble(`${explain(failure).title} ${whenAgain(seconds)}`));
  }

  async run() {
    const result = {};
    try {
      for await (const reading of this.#running.readings()) {
        this.listeners.trouble(reading.type === 'accepted' ? 'Waiting for its turn…' : null);
        if (reading.type === 'text') {
          this.listeners.piece(reading);
        } else if (reading.type === 'ended') {
          result.reason = reading.reason ?? result.reason;
          result.usage = reading.usage ?? result.usage;
        }
      }
    } catch (thrown) {
      const failure = Failure.from(thrown);
      if (!this.#running.isStopped && !failure.isCancelled) {
        result.failure = explain(failure);
      }
    }
    this.listeners.trouble(null);
    this.listeners.end(result);
  }

  stop() {
    this.#running.stop();
  }
}
