// An answer in the making. It is sent once, under a name, and survives lost connections: what is missing is read from its stream.

import {events} from './events.js';
import {Failure} from './failure.js';
import {newName} from './names.js';
import {sleep, waitAfter} from './patience.js';
import {readChunk, readTokenEvent} from './readings.js';
import {request, streamPath} from './request.js';

/**
 * Where an answer stands. Plain data: whoever keeps it together with the text that came so far can go on after a reload, and misses and doubles nothing.
 *
 * @typedef {object} GenerationState
 * @property {string} path of the API
 * @property {string} body as it was sent; a repetition must be the same
 * @property {string} name sent as Idempotency-Key
 * @property {boolean} isSent whether it may have been sent
 * @property {string|null} streamId once the gateway has taken the prompt
 * @property {string|null} seen id of the last event that was taken
 * @property {boolean} ended
 */

/** @returns {GenerationState} */
export function newGeneration(path, request) {
  return {path, body: JSON.stringify(request), name: newName(), isSent: false, streamId: null, seen: null, ended: false};
}

/**
 * Sends what was not sent, follows what was, and tells what comes.
 *
 * @param {GenerationState} state kept up to date: it counts an event as seen before that is told
 * @param {{signal: AbortSignal, waiting: function(Failure, number), stopWanted: function(): boolean}} control `waiting` is told how many seconds until the next attempt
 * @returns {AsyncGenerator<import('./readings.js').Reading>}
 * @throws {Failure} that will not pass by itself
 */
export async function* generate(state, control) {
  let failures = 0;
  while (!state.ended) {
    try {
      const isBegun = state.streamId !== null;
      const response = await (isBegun ? resume(state, control.signal) : begin(state, control));
      if (response === null) {
        state.ended = true;
        return;
      }
      yield {type: 'accepted', streamId: state.streamId};
      const read = isBegun ? readTokenEvent : readChunk;
      for await (const event of events(response)) {
        failures = 0;
        yield* take(state, event, read);
        if (state.ended) {
          return;
        }
      }
      throw Failure.unreachable();
    } catch (thrown) {
      control.signal.throwIfAborted();
      const failure = Failure.from(thrown);
      if (!failure.isTemporary) {
        state.ended = true;
        throw failure;
      }
      failures++;
      await waitAfter(failure, failures, control.signal, control.waiting);
    }
  }
}

function* take(state, event, read) {
  for (const reading of read(event.data)) {
    if (reading.type === 'failed') {
      throw reading.failure;
    }
    state.seen = event.id ?? state.seen;
    state.ended ||= reading.type === 'over';
    yield reading;
  }
}

async function begin(state, control) {
  const headers = {'idempotency-key': state.name, ...(state.isSent ? {} : {'x-first-attempt': 'true'})};
  state.isSent = true;
  const response = await request(state.path, {method: 'POST', body: state.body, signal: control.signal, headers});
  state.streamId = response.headers.get('x-stream-id');
  if (control.stopWanted()) {
    await cancel(state);
    return null;
  }
  return response;
}

/** Null when the end was seen already. */
async function resume(state, signal) {
  const headers = state.seen === null ? {} : {'last-event-id': state.seen};
  const response = await request(streamPath(state.streamId), {headers, signal});
  return response.status === 204 ? null : response;
}

/** Ends it wherever it runs. That nobody hears of it any more must not depend on it. */
export async function cancel(state) {
  if (!state.streamId) {
    return;
  }
  for (let attempt = 1; attempt <= 3; attempt++) {
    try {
      await request(streamPath(state.streamId), {method: 'DELETE'});
      return;
    } catch (thrown) {
      if (!Failure.from(thrown).isTemporary) {
        return;
      }
      await sleep(1000 * attempt, new AbortController().signal);
    }
  }
}
