// What OpenAI's own client for Node gets from a gateway, a worker with the built-in model, and Kafka between them. NodeClientIT starts these and this.
import assert from 'node:assert/strict';
import test from 'node:test';
import OpenAI from 'openai';
import { makeParseableResponseFormat } from 'openai/lib/parser';

const baseURL = process.env.MILLRACE_URL;
const model = process.env.MILLRACE_MODEL;
const client = new OpenAI({ baseURL, apiKey: 'none', maxRetries: 0, timeout: 30_000 });
const messages = [{ role: 'user', content: 'Tell me a story about a boat' }];
const chat = { model, messages, max_completion_tokens: 12, seed: 7 };
const parameters = {
  type: 'object',
  properties: { kind: { enum: ['boat', 'ship'] }, count: { type: 'integer', minimum: 1, maximum: 9 } },
  required: ['kind', 'count'],
  additionalProperties: false,
};
const build = { type: 'function', function: { name: 'build', description: 'Builds.', parameters } };

test('a chat is answered, and streamed the same', async () => {
  const whole = await client.chat.completions.create(chat);
  assert.equal(whole.choices[0].finish_reason, 'length');
  const stream = await client.chat.completions.create({ ...chat, stream: true, stream_options: { include_usage: true } });
  let text = '';
  let usage;
  for await (const chunk of stream) {
    text += chunk.choices[0]?.delta.content ?? '';
    usage = chunk.usage ?? usage;
  }
  assert.equal(text, whole.choices[0].message.content);
  assert.deepEqual(usage.completion_tokens, 12);
});

test('the stream helper puts it together', async () => {
  const pieces = [];
  const stream = client.chat.completions.stream(chat).on('content', (piece) => pieces.push(piece));
  const final = await stream.finalChatCompletion();
  assert.equal(pieces.join(''), final.choices[0].message.content);
  assert.equal(final.choices[0].message.role, 'assistant');
});

test('the stream helper puts a call together', async () => {
  const stream = client.chat.completions.stream({
    ...chat, max_completion_tokens: 60, tools: [build], tool_choice: 'required', parallel_tool_calls: false,
  });
  const deltas = [];
  stream.on('tool_calls.function.arguments.delta', (event) => deltas.push(event.arguments_delta));
  const choice = (await stream.finalChatCompletion()).choices[0];
  assert.equal(choice.finish_reason, 'tool_calls');
  const call = choice.message.tool_calls[0];
  assert.equal(call.function.name, 'build');
  assert.ok(['boat', 'ship'].includes(JSON.parse(call.function.arguments).kind));
  assert.equal(deltas.join(''), call.function.arguments);
});

for (const stream of [false, true]) {
  test(`runTools calls the function and goes on, stream ${stream}`, async () => {
    const calls = [];
    const tool = {
      type: 'function',
      function: {
        ...build.function,
        parse: JSON.parse,
        function: (args) => {
          calls.push(args);
          return 'It floats.';
        },
      },
    };
    const runner = client.chat.completions.runTools({
      ...chat, stream, max_completion_tokens: 60, tools: [tool], parallel_tool_calls: false,
      tool_choice: { type: 'function', function: { name: 'build' } },
    });
    // with a function that is named, it ends when that was called
    await runner.done();
    assert.equal(calls.length, 1);
    assert.ok(calls[0].count >= 1 && calls[0].count <= 9);
    assert.deepEqual(runner.messages.map((message) => message.role), ['user', 'assistant', 'tool']);
    const answer = await client.chat.completions.create({ ...chat, messages: runner.messages, tools: [build], tool_choice: 'none' });
    assert.ok(answer.choices[0].message.content.length > 0);
  });
}

test('runTools goes on by itself until the model talks', async () => {
  const runner = client.chat.completions.runTools({
    // one sentence: an answer that is cut short is an error to the helper
    ...chat, max_completion_tokens: 400, stop: '.',
    tools: [{ type: 'function', function: { ...build.function, parse: JSON.parse, function: () => 'x' } }],
  });
  assert.ok((await runner.finalContent()).length > 0);
});

test('parse reads what a schema keeps', async () => {
  const completion = await client.chat.completions.parse({
    ...chat, max_completion_tokens: 60,
    response_format: makeParseableResponseFormat(
      { type: 'json_schema', json_schema: { name: 'vessel', strict: true, schema: parameters } }, JSON.parse),
  });
  const { parsed } = completion.choices[0].message;
  assert.ok(['boat', 'ship'].includes(parsed.kind));
});

test('parse reads a strict call', async () => {
  const completion = await client.chat.completions.parse({
    ...chat, max_completion_tokens: 60, tool_choice: 'required', parallel_tool_calls: false,
    tools: [{ type: 'function', function: { ...build.function, strict: true } }],
  });
  assert.ok(completion.choices[0].message.tool_calls[0].function.parsed_arguments.count >= 1);
});

test('embeddings are asked for as base64, and are the same as floats', async () => {
  const unset = await client.embeddings.create({ model, input: ['A boat', 'A ship'] });
  const floats = await client.embeddings.create({ model, input: ['A boat', 'A ship'], encoding_format: 'float' });
  assert.equal(unset.data.length, 2);
  unset.data.forEach((entry, i) => {
    assert.deepEqual(entry.embedding.map(Math.fround), floats.data[i].embedding.map(Math.fround));
    assert.ok(Math.abs(Math.hypot(...entry.embedding) - 1) < 1e-5);
  });
  assert.ok(unset.usage.prompt_tokens > 0);
});

test('an aborted stream is a cancelled generation', async () => {
  const stream = await client.chat.completions.create({ ...chat, max_completion_tokens: 400, stream: true });
  let id;
  for await (const chunk of stream) {
    id = chunk.id;
    break;
  }
  const response = await fetch(`${baseURL}/streams/${id}`);
  const last = (await response.text()).trim().split('\n').filter((line) => line.startsWith('data: ')).at(-1);
  assert.equal(JSON.parse(last.slice(6)).finish_reason, 'cancelled');
});

test('errors have their classes, codes and fields', async () => {
  const refused = client.chat.completions.create({ ...chat, temperature: -1 });
  await assert.rejects(refused, (error) => {
    assert.ok(error instanceof OpenAI.BadRequestError);
    assert.equal(error.param, 'temperature');
    assert.equal(error.code, 'invalid_prompt');
    assert.ok(error.requestID);
    return true;
  });
  await assert.rejects(client.chat.completions.create({ ...chat, model: 'other' }), OpenAI.NotFoundError);
  await assert.rejects(client.embeddings.create({ model, input: '' }), OpenAI.BadRequestError);
  await assert.rejects(client.embeddings.create({ model, input: 'a', dimensions: 3 }), OpenAI.BadRequestError);
  await assert.rejects(client.chat.completions.create({ ...chat, response_format: {
    type: 'json_schema', json_schema: { name: 'x', schema: { type: 'object', minProperties: 1 } } } }),
  OpenAI.BadRequestError);
  await assert.rejects(client.models.retrieve('other'), OpenAI.NotFoundError);
});

test('models are those that workers serve', async () => {
  const names = [];
  for await (const entry of client.models.list()) {
    names.push(entry.id);
  }
  assert.deepEqual(names, [model]);
});
