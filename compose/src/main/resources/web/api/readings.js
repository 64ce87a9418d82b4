// What events say, whichever form they have.

import {Failure} from './failure.js';

/**
 * @typedef {object} Reading
 * @property {'accepted'|'started'|'text'|'ended'|'over'|'failed'} type `ended` tells why, `over` is the last
 * @property {string} [model] of started
 * @property {string} [text] of text
 * @property {{text: string, logprob: number, top: {text: string, logprob: number}[]}|null} [score] of text
 * @property {string} [reason] of ended: stop, length or cancelled
 * @property {{prompt: number, cached: number, completion: number}} [usage] of ended or over
 * @property {Failure} [failure] of failed
 */

/**
 * A chunk of OpenAI's API, of a chat or a text.
 *
 * @returns {Iterable<Reading>}
 */
export function* readChunk(data) {
  if (data === '[DONE]') {
    yield {type: 'over'};
    return;
  }
  const chunk = JSON.parse(data);
  if (chunk.error) {
    yield {type: 'failed', failure: Failure.ofEvent(chunk.error)};
    return;
  }
  if (chunk.usage) {
    yield {type: 'ended', usage: {prompt: chunk.usage.prompt_tokens, completion: chunk.usage.completion_tokens,
      cached: chunk.usage.prompt_tokens_details?.cached_tokens ?? 0}};
  }
  const choice = chunk.choices?.[0];
  if (!choice) {
    return;
  }
  if (choice.delta?.role) {
    yield {type: 'started', model: chunk.model};
  }
  const text = choice.delta ? choice.delta.content ?? '' : choice.text ?? '';
  const score = scoreOfChunk(choice.logprobs);
  if (text || score) {
    yield {type: 'text', text, score, model: chunk.model};
  }
  if (choice.finish_reason) {
    yield {type: 'ended', reason: choice.finish_reason, model: chunk.model};
  }
}

function scoreOfChunk(logprobs) {
  if (!logprobs?.tokens?.length) {
    return null;
  }
  const top = Object.entries(logprobs.top_logprobs?.[0] ?? {}).map(([text, logprob]) => ({text, logprob}));
  return {text: logprobs.tokens[0], logprob: logprobs.token_logprobs[0], top};
}

/**
 * An event of a stream, as it is on the topic.
 *
 * @returns {Iterable<Reading>}
 */
export function* readTokenEvent(data) {
  const event = JSON.parse(data);
  if (event.error) {
    yield {type: 'failed', failure: Failure.ofEvent(event.error)};
  } else if (event.type === 'started') {
    yield {type: 'started', model: event.model, attempt: event.attempt};
  } else if (event.type === 'token') {
    yield {type: 'text', text: event.text, score: scoreOfEvent(event.logprobs), token: event.token, seq: event.seq, attempt: event.attempt};
  } else if (event.type === 'completed') {
    yield {type: 'ended', reason: event.finish_reason, timings: event.timings, usage: {prompt: event.usage.prompt_tokens,
      completion: event.usage.completion_tokens, cached: event.usage.cached_tokens}};
    yield {type: 'over'};
  }
}

function scoreOfEvent(logprobs) {
  if (!logprobs) {
    return null;
  }
  return {...scored(logprobs.chosen), top: logprobs.top.map(scored)};
}

function scored(token) {
  return {text: new TextDecoder().decode(new Uint8Array(token.bytes)), logprob: token.logprob};
}
