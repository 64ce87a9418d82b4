// Answers go on while other views are looked at.

import {announce} from '../shell/announce.js';
import {explain, Failure} from '../api/failure.js';
import {newGeneration} from '../api/generation.js';
import {Running} from '../api/running.js';
import {samplingRequest} from '../sampling/fields.js';
import {conversations} from './conversations.js';

const SAVE_EVERY_MILLIS = 400;
const MOST_ANNOUNCED_CHARACTERS = 600;

/** @type {Map<string, RunningAnswer>} by the conversation's id */
const running = new Map();

export function runningAnswer(conversation) {
  return running.get(conversation.id) ?? null;
}

/** Asks for the answer to what a conversation holds. */
export function askForAnswer(conversation) {
  const message = {role: 'assistant', content: '', status: 'running', times: {sent: Date.now()},
    generation: newGeneration('v1/chat/completions', chatRequest(conversation))};
  conversation.messages.push(message);
  conversations.touch(conversation);
  return run(conversation, message);
}

/** Goes on with an answer that was left when the page was. */
export function resumeAnswer(conversation) {
  const last = conversation.messages.at(-1);
  if (last?.status === 'running' && !running.has(conversation.id)) {
    run(conversation, last);
  }
}

function run(conversation, message) {
  const answer = new RunningAnswer(conversation, message);
  running.set(conversation.id, answer);
  conversations.held.add(conversation.id);
  answer.run().finally(() => {
    running.delete(conversation.id);
    conversations.held.delete(conversation.id);
    answer.dispatchEvent(new Event('end'));
  });
  return answer;
}

function chatRequest(conversation) {
  const {system, ...sampling} = conversation.settings;
  const said = conversation.messages.filter(message => message.content).map(({role, content}) => ({role, content}));
  return {messages: system ? [{role: 'system', content: system}, ...said] : said, stream: true, stream_options: {include_usage: true},
    ...samplingRequest(sampling)};
}

/** Dispatches "change" whenever there is something to show, and "end" once. */
export class RunningAnswer extends EventTarget {
  #running;
  #saved = 0;
  /** @type {'sending'|'waiting'|'running'|'stopping'} */
  phase = 'sending';
  /** What is being waited for, when the connection is lost or there is no room: a failure, and how many seconds. */
  trouble = null;

  constructor(conversation, message) {
    super();
    this.conversation = conversation;
    this.message = message;
    this.#running = new Running(message.generation, (failure, seconds) => this.#inTrouble(failure, seconds));
  }

  async run() {
    const leaving = () => conversations.update(this.conversation);
    addEventListener('pagehide', leaving);
    try {
      for await (const reading of this.#running.readings()) {
        this.#take(reading);
      }
      this.#end(this.#running.isStopped || this.message.reason === 'cancelled' ? 'stopped' : 'complete');
    } catch (thrown) {
      this.#failed(thrown);
    } finally {
      removeEventListener('pagehide', leaving);
    }
  }

  #take(reading) {
    const message = this.message;
    this.trouble = null;
    switch (reading.type) {
      case 'accepted':
        this.phase = message.content ? 'running' : 'waiting';
        break;
      case 'started':
        message.model = reading.model;
        this.phase = 'running';
        break;
      case 'text':
        message.times.first ??= Date.now();
        message.content += reading.text;
        break;
      case 'ended':
        message.reason = reading.reason ?? message.reason;
        message.usage = reading.usage ?? message.usage;
        break;
    }
    this.#changed();
  }

  #changed() {
    if (Date.now() - this.#saved > SAVE_EVERY_MILLIS) {
      this.#saved = Date.now();
      conversations.update(this.conversation);
    }
    this.dispatchEvent(new Event('change'));
  }

  #inTrouble(failure, seconds) {
    this.trouble = {failure, seconds};
    this.#changed();
  }

  #failed(thrown) {
    const failure = Failure.from(thrown);
    if (this.#running.isStopped || failure.isCancelled) {
      this.#end('stopped');
    } else {
      this.message.failure = explain(failure);
      announce(`${this.message.failure.title} ${this.message.failure.advice}`);
      this.#end('failed');
    }
  }

  #end(status) {
    const message = this.message;
    message.status = status;
    message.times.ended = Date.now();
    // the question is in the conversation already
    message.generation = {...message.generation, ended: true, body: ''};
    this.conversation.updated = message.times.ended;
    conversations.update(this.conversation);
    if (status !== 'failed') {
      const text = message.content;
      announce(`${status === 'stopped' ? 'Stopped' : 'The answer'}: ${text.slice(0, MOST_ANNOUNCED_CHARACTERS)}`);
    }
  }

  /** Ends it here and wherever it runs. */
  stop() {
    if (!this.#running.isStopped) {
      this.phase = 'stopping';
      this.#running.stop();
      this.dispatchEvent(new Event('change'));
    }
  }
}
