/** Something went wrong between this page and an answer. */
export class Failure extends Error {
  /**
   * @param {number} status of HTTP; 0 if nobody answered
   * @param {string} code a stable word
   * @param {string} message as the gateway has it
   * @param {number} retryAfterSeconds 0 if nobody said
   */
  constructor(status, code, message, retryAfterSeconds = 0) {
    super(message);
    this.status = status;
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  static unreachable() {
    return new Failure(0, 'unreachable', 'The gateway does not answer.');
  }

  /** From an answer that is an error. */
  static async of(response) {
    let error = {};
    try {
      error = (await response.json()).error ?? {};
    } catch {
      // of a proxy, say: the status has to do
    }
    return new Failure(response.status, String(error.code ?? `http_${response.status}`),
      String(error.message ?? `the answer was ${response.status}`), Number(response.headers.get('retry-after')) || 0);
  }

  /** From the error object of an event. */
  static ofEvent(error) {
    return new Failure(STATUS_OF_CODE[error.code] ?? 500, String(error.code), String(error.message));
  }

  static from(thrown) {
    return thrown instanceof Failure ? thrown : Failure.unreachable();
  }

  /** Whether the same thing may work in a while without anybody doing anything about it here. */
  get isTemporary() {
    return [0, 408, 429, 502, 503].includes(this.status);
  }

  get isCancelled() {
    return this.code === 'cancelled';
  }
}

const STATUS_OF_CODE = {unavailable: 503, cancelled: 409, invalid_prompt: 400, context_length_exceeded: 400, model_not_found: 404};

/**
 * What to tell a person, and what they can do.
 *
 * @returns {{title: string, advice: string, needsKey?: boolean}}
 */
export function explain(failure) {
  if (failure.code === 'context_length_exceeded') {
    return {title: 'This no longer fits into the model’s context.',
      advice: `${sentence(failure.message)} Begin a new conversation, or edit an earlier message to make it shorter.`};
  }
  if (failure.code === 'model_not_found') {
    return {title: 'No worker serves this model.', advice: `${sentence(failure.message)} Choose another in the settings.`};
  }
  const known = BY_STATUS[failure.status];
  return known ? known(failure) : {title: 'This did not work.', advice: sentence(failure.message)};
}

const BY_STATUS = {
  0: () => ({title: 'The gateway does not answer.',
    advice: 'It may be starting again. If it stays away, look where “./millrace up” or “./millrace gateway” runs.'}),
  400: failure => ({title: 'The request was refused.', advice: sentence(failure.message)}),
  401: failure => ({title: 'A key is needed.', needsKey: true,
    advice: failure.message.includes('not known') ? 'The one that was given is not known here: type another.' : 'Type the one you were given.'}),
  403: failure => ({title: 'This is not allowed.', advice: sentence(failure.message), needsKey: true}),
  404: failure => ({title: 'There is nothing there.', advice: sentence(failure.message)}),
  413: failure => ({title: 'This is too large.', advice: `${sentence(failure.message)} Send less at a time.`}),
  429: failure => ({title: 'Too much at a time.', advice: sentence(failure.message)}),
  503: failure => ({title: 'Not now.', advice: `${sentence(failure.message)} Kafka may be away, or starting again.`}),
};

function sentence(text) {
  const trimmed = text.trim();
  return trimmed.charAt(0).toUpperCase() + trimmed.slice(1) + (/[.!?]$/.test(trimmed) ? '' : '.');
}
