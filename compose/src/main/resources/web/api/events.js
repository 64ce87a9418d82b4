// Server-Sent Events by fetch, as EventSource can send no key.

import {Failure} from './failure.js';

/** The gateway gives a sign of life every 15 seconds. */
const LONGEST_SILENCE_MILLIS = 45_000;

/**
 * The events of an answer, as they come, until it ends.
 *
 * @param {Response} response
 * @returns {AsyncGenerator<{id: string|null, data: string}>}
 * @throws {Failure} if the connection is lost
 */
export async function* events(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  try {
    while (true) {
      const {done, value} = await nextChunk(reader);
      if (done) {
        return;
      }
      const blocks = (rest + value).split('\n\n');
      rest = blocks.pop();
      for (const block of blocks) {
        const event = parse(block);
        if (event) {
          yield event;
        }
      }
    }
  } finally {
    // whoever stops listening closes the connection; that it is broken already says nothing new
    reader.cancel().catch(() => {});
  }
}

async function nextChunk(reader) {
  let timer;
  const silence = new Promise((_, reject) => {
    timer = setTimeout(() => reject(Failure.unreachable()), LONGEST_SILENCE_MILLIS);
  });
  try {
    return await Promise.race([reader.read(), silence]);
  } finally {
    clearTimeout(timer);
  }
}

/** Null for a comment. */
function parse(block) {
  let id = null;
  const data = [];
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'id') {
      id = value;
    } else if (field === 'data') {
      data.push(value);
    }
  }
  return data.length === 0 ? null : {id, data: data.join('\n')};
}
