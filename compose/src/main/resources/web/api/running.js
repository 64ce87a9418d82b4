import {cancel, generate} from './generation.js';

/** A generation that is followed here, until it ends, is stopped or is left. */
export class Running {
  #abort = new AbortController();
  #isInTrouble = false;
  #tell;
  isStopped = false;

  /**
   * @param {import('./generation.js').GenerationState} state
   * @param {function(import('./failure.js').Failure, number)} tell called while a failure is waited for to pass, with the seconds until the next attempt
   */
  constructor(state, tell) {
    this.state = state;
    this.#tell = tell;
  }

  /** @returns {AsyncGenerator<import('./readings.js').Reading>} */
  async* readings() {
    const control = {
      signal: this.#abort.signal,
      stopWanted: () => this.isStopped,
      waiting: (failure, seconds) => {
        this.#isInTrouble = true;
        this.#tell(failure, seconds);
      },
    };
    for await (const reading of generate(this.state, control)) {
      this.#isInTrouble = false;
      yield reading;
    }
  }

  /** Ends it here and wherever it runs. */
  stop() {
    this.isStopped = true;
    cancel(this.state);
    // what was sent a moment ago has no name to be cancelled by before the gateway answers
    if (this.state.streamId !== null || this.#isInTrouble) {
      this.leave();
    }
  }

  /** Looks no longer; what runs goes on. */
  leave() {
    this.#abort.abort();
  }

  get isLeft() {
    return this.#abort.signal.aborted;
  }
}
