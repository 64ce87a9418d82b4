/** How long to wait before trying again, and how to tell. */

const LONGEST_SECONDS = 8;

/**
 * Waits after a failure that may pass.
 *
 * @param {import('./failure.js').Failure} failure
 * @param {number} failures in a row, 1 or more
 * @param {AbortSignal} signal ends the waiting at once, exceptionally
 * @param {function(import('./failure.js').Failure, number)} tell called with the seconds that are left, each second, and with 0 at the end
 */
export async function waitAfter(failure, failures, signal, tell) {
  const seconds = failure.retryAfterSeconds || Math.min(LONGEST_SECONDS, 2 ** (failures - 1) / 2);
  for (let left = seconds; left > 0; left -= 1) {
    tell(failure, Math.ceil(left));
    await sleep(Math.min(left, 1) * 1000, signal);
  }
  tell(failure, 0);
}

/** What to say of it. */
export function whenAgain(seconds) {
  return seconds > 0 ? `Trying again in ${seconds} s.` : 'Trying again…';
}

export function sleep(millis, signal) {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, millis);
    if (signal.aborted) {
      stop();
    }
    signal.addEventListener('abort', stop, {once: true});
  });
}
