import {Failure} from './failure.js';
import {key} from './key.js';

/**
 * Asks the gateway that this page came from.
 *
 * @param {string} path below where the page is
 * @throws {Failure} if it is not answered, or with an error
 */
export async function request(path, {method = 'GET', headers = {}, body = null, signal = null} = {}) {
  const all = {...headers};
  if (key.get()) {
    all.authorization = `Bearer ${key.get()}`;
  }
  if (body !== null) {
    all['content-type'] = 'application/json';
  }
  let response;
  try {
    response = await fetch(new URL(path, document.baseURI), {method, headers: all, body, signal, cache: 'no-store'});
  } catch (error) {
    if (signal?.aborted) {
      throw error;
    }
    throw Failure.unreachable();
  }
  if (!response.ok) {
    throw await Failure.of(response);
  }
  return response;
}

export async function fetchJson(path, options) {
  return (await request(path, options)).json();
}

export function streamPath(id) {
  return `v1/streams/${encodeURIComponent(id)}`;
}
