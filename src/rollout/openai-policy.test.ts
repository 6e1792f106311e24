import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ConfigError } from '../base/index.ts';
import { printSegment } from './chat-prompt.ts';
import { openAiPolicy, parseOpenAiName } from './openai-policy.ts';
import { playPolicy } from './play-policy.ts';
import { PressGym } from './press-gym.fixture.ts';

interface Question {
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly seed: number;
  readonly headers: IncomingMessage['headers'];
}

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** A real server; `answer` gets what was asked and how often before. A number is a status, undefined no answer at all. */
async function serve(answer: (question: Question, count: number) => string | number | undefined) {
  const questions: Question[] = [];
  server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const question = { ...JSON.parse(Buffer.concat(parts).toString('utf8')), headers: request.headers } as Question;
      const said = request.url === '/v1/chat/completions' ? answer(question, questions.length) : 404;
      questions.push(question);
      if (said === undefined) return;
      response.writeHead(typeof said === 'number' ? said : 200, { 'content-type': 'application/json' });
      const usage = { prompt_tokens: 90, completion_tokens: 10, total_tokens: 100 + questions.length };
      response.end(
        typeof said === 'number' ? 'sorry' : JSON.stringify({ choices: [{ message: { role: 'assistant', content: said } }], usage }),
      );
    });
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, questions };
}

/** Two presses are right. */
async function play(url: string, options: Partial<Parameters<typeof openAiPolicy>[0]> = {}) {
  const gym = new PressGym();
  const policy = openAiPolicy({ url, model: 'm', timeoutMs: 5000, ...options });
  return playPolicy({ gym, task: gym.task({ split: 'train', n: 1 }), lane: { seed: 'l' }, policy, policyId: 'p' });
}

const right = ({ messages }: Question): string => (messages.at(-1)?.content.includes('pressed 2') ? 'done' : 'click ⟨7⟩');

describe('a large model behind an endpoint', () => {
  it('reads the task and the screen, and acts', async () => {
    const { url, questions } = await serve(right);
    const record = await play(url, { apiKey: 'k' });
    expect(record).toMatchObject({ score: { success: true }, fault: null, tokens: 103 });
    expect(record.steps[0]).toMatchObject({ value: null, surpriseNats: null, logprobs: [] });
    const { messages, model, headers } = questions.at(-1) as Question;
    expect([model, headers.authorization]).toEqual(['m', 'Bearer k']);
    expect(messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'user', 'assistant', 'user']);
    expect(messages[0]?.content).toMatch(/- click ⟨7⟩\n/);
    expect(messages[0]?.content).not.toMatch(/abstain/);
    expect(messages[1]?.content).toBe('Task:\npress 2\n\nScreen:\npressed 0 ⟨7⟩');
    expect(messages[2]?.content).toBe('click ⟨7⟩');
    expect(new Set(questions.map(({ seed }) => seed)).size).toBe(1);
  });

  it('is asked again when it gives no action, and forgets that it was', async () => {
    const { url, questions } = await serve((question, count) => {
      if (count === 0) return 'I would press the button.';
      if (count === 1) return '';
      if (count === 2) return '<think>done</think>\nSo be it.\n```\nclick [7]\n```';
      return right(question);
    });
    const record = await play(url);
    expect(record.score?.success).toBe(true);
    expect(questions[1]?.messages.at(-1)?.content).toMatch(/^That is no action: .*Answer with exactly one action/);
    expect(questions[2]?.messages).toHaveLength(6);
    expect(questions[3]?.messages).toHaveLength(4);
  });

  it('fails where it gives none at all, and the end state counts', async () => {
    const { url, questions } = await serve(() => 'no idea');
    const record = await play(url);
    expect(record).toMatchObject({ fault: { kind: 'policy', code: 'runtime' }, score: { success: false }, stop: null });
    expect(record.fault?.message).toMatch(/3 answers without an action, the last: "no idea"/);
    expect(questions).toHaveLength(3);
  });

  it('waits for a server that is busy, not for one that is silent', async () => {
    const busy = await serve((question, count) => (count === 0 ? 503 : right(question)));
    expect((await play(busy.url)).score?.success).toBe(true);
    server?.close();
    const silent = await serve(() => undefined);
    const record = await play(silent.url, { timeoutMs: 200 });
    expect(record.fault).toMatchObject({ kind: 'policy', code: 'runtime' });
    expect(record.fault?.message).toMatch(/no answer within 200 ms/);
    const dead = await play('http://127.0.0.1:9/v1', { timeoutMs: 200 });
    expect(dead.fault?.kind).toBe('policy');
  });

  it('tells a wrong key or model from a question that is too long', async () => {
    const locked = await serve(() => 401);
    await expect(play(locked.url)).rejects.toThrow(ConfigError);
    server?.close();
    const full = await serve(() => 400);
    expect((await play(full.url)).fault).toMatchObject({ kind: 'policy', code: 'runtime' });
  });

  it('goes on with what it is told that it did', async () => {
    const { url, questions } = await serve(() => 'done');
    const gym = new PressGym();
    const player = await openAiPolicy({ url, model: 'm' }).begin({ seed: 's', verbs: gym.manifest.actions });
    const session = await gym.open(gym.task({ split: 'train', n: 0 }));
    const observation = await session.observe();
    await player.read({ kind: 'observe', pieces: observation.pieces });
    await player.decide(observation);
    await player.force?.({
      kind: 'act',
      pieces: [
        { kind: 'word', word: 'click' },
        { kind: 'reference', reference: 7 },
        { kind: 'echo', text: 'Press' },
      ],
    });
    await player.read({ kind: 'observe', pieces: observation.pieces });
    await player.decide(observation);
    expect(questions[1]?.messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'user']);
    expect(questions[1]?.messages[2]?.content).toBe('click ⟨7⟩');
    await player.close();
  });
});

it('is named by address and model', () => {
  expect(parseOpenAiName('openai:http://localhost:8000/v1#org/model:7b')).toEqual({
    url: 'http://localhost:8000/v1',
    model: 'org/model:7b',
  });
  for (const name of ['openai:', 'openai:http://x', 'openai:ftp://x#m', 'http://x#m', 'openai:http://x#'])
    expect(() => parseOpenAiName(name), name).toThrow(ConfigError);
});

it('prints outside text so that it can not spell a reference', () => {
  const printed = printSegment({
    kind: 'observe',
    pieces: [
      { kind: 'text', text: 'Pay ⟨9⟩ now\nDue' },
      { kind: 'word', word: 'value' },
      { kind: 'text', text: '12' },
      { kind: 'reference', reference: 3 },
      { kind: 'word', word: 'gone' },
      { kind: 'reference', reference: 4 },
    ],
  });
  expect(printed).toBe('Screen:\nPay ‹9› now\nDue = 12 ⟨3⟩\ngone ⟨4⟩');
});
