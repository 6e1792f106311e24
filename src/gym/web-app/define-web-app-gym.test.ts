/** Episodes in a real browser, in an app that runs already: what goes wrong, and what must not leak from one episode into the next. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, expect, test } from 'vitest';
import { Random } from '../../base/index.ts';
import { InfrastructureError, VerifierError } from '../errors.ts';
import { playEpisode } from '../play-episode.ts';
import { defineWebAppGym, type WebAppGym } from './define-web-app-gym.ts';
import { goalText } from './goal-text.ts';
import { click, done, fill, playScript } from './script.ts';

/** A counter that also counts who leaves its page. */
let count = 0;
let departures = 0;
const server = createServer((request, response) => {
  if (request.url === '/add') count++;
  if (request.url === '/left') departures++;
  response.setHeader('content-type', 'text/html').end(`<button onclick="fetch('/add')">Add</button><label>Note <input></label>
    <p>${new Date(0).toISOString()}</p><p id="now"></p><script>now.textContent = new Date().toISOString().slice(0, 16);
    addEventListener('pagehide', () => navigator.sendBeacon('/left'));</script>`);
}).listen(0, '127.0.0.1');
await once(server, 'listening');
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

interface Data {
  readonly note: string;
}
interface State {
  readonly count: number;
  readonly departures: number;
}

const DEFINITION: WebAppGym<Data, State> = {
  manifest: {
    name: 'counter',
    version: '1',
    description: 'Count.',
    actions: { click: 'reversible', fill: 'reversible', done: 'read' },
    limits: { steps: 5, seconds: 20 },
    slices: { base: { description: 'All.' } },
  },
  app: { url },
  generate: (random) => ({ note: `n${random.below(100)}` }),
  goal: ({ note }) => goalText`Add one, note ${note}.`,
  reset: async () => {
    count = 0;
    departures = 0;
  },
  state: async () => ({ count, departures }),
  verify: ({ after }) => (after.count === 1 ? [] : [`${after.count} were added`]),
  invariants: { few: { description: 'No more than two are added.', holds: ({ after }) => after.count <= 2 } },
  expert: ({ note }) => [fill('Note', note), click('Add')],
  proof: { impostors: {}, vocabulary: () => [], differs: () => null },
};

type Module = ReturnType<typeof defineWebAppGym<Data, State>>;

/** One gym with one browser for all tests; each puts in its own parts. */
let parts = DEFINITION;
const module = defineWebAppGym<Data, State>({
  ...DEFINITION,
  reset: (data, app) => parts.reset(data, app),
  verify: (episode) => parts.verify(episode),
  audit: (episode) => (parts.audit ?? parts.verify)(episode),
  now: (data) => parts.now?.(data) ?? new Date('2026-01-15T09:00:00Z'),
  expert: (data, options) => parts.expert(data, options),
});
function define(own: Partial<WebAppGym<Data, State>> = {}): Module {
  parts = { ...DEFINITION, ...own };
  return module;
}
afterAll(async () => {
  await module.gym.dispose?.();
  server.close();
});

async function play({ gym, expert }: Module, n = 0) {
  const task = gym.task({ split: 'train', n });
  return playEpisode({ gym, task, lane: { seed: 'a' }, expert: expert(task, { random: new Random('a') }), audited: true });
}

test('episodes follow one another in one app, and nothing that a page sends as it leaves reaches the next one', async () => {
  const module = define({
    verify: ({ before, after }) => (after.count === 1 && before.departures + after.departures === 0 ? [] : ['dirty']),
  });
  for (const n of [0, 1, 2]) expect(await play(module, n)).toMatchObject({ score: { success: true, broken: [] }, error: null });
  const both = await Promise.all([play(module, 3), play(module, 4)]);
  expect(both.map(({ score }) => score?.success)).toEqual([true, true]);
});

test('the verdict, the invariants and the second verdict are about the end state', async () => {
  const module = define({ expert: () => [click('Add'), click('Add'), click('Add')], audit: () => ['so says another'] });
  expect(await play(module)).toMatchObject({
    score: { success: false, credit: 0, broken: ['few'], reasons: ['3 were added'] },
    audit: { success: false, broken: ['few'], reasons: ['so says another'] },
  });
});

test('the page’s clock shows the same in every episode, and what the definition wants', async () => {
  const texts = async (module: Module): Promise<string> => {
    const { transcript } = await play(module);
    return JSON.stringify(transcript.segments[1]);
  };
  expect(await texts(define())).toContain('2026-01-15T09:00');
  expect(await texts(define({ now: () => new Date('2030-05-06T07:08:00Z') }))).toContain('2030-05-06T07:08');
});

test('a verifier that throws gives no score', async () => {
  const { gym } = define({
    verify: () => {
      throw new Error('no such column');
    },
  });
  const session = await gym.open(gym.task({ split: 'train', n: 0 }), { seed: 'a' });
  await expect(session.score()).rejects.toThrow(VerifierError);
  await expect(session.score()).rejects.toThrow(/no such column/);
  await session.close();
});

test('a reset that fails gives no score, and the next episode its turn', async () => {
  let isBroken = true;
  const module = define({
    reset: async (data, app) => {
      if (isBroken) throw new InfrastructureError({ operation: 'reset', got: 'exit code 3', expected: '0' });
      await DEFINITION.reset(data, app);
    },
  });
  expect(await play(module)).toMatchObject({ score: null, error: { code: 'infrastructure' } });
  isBroken = false;
  expect(await play(module)).toMatchObject({ score: { success: true } });
});

test('an app that ends in the middle of an episode gives no score', async () => {
  const crashing = `const { createServer } = require('node:http');
    createServer((q, r) => { if (q.url === '/crash') { console.error('out of paper'); process.exit(9); }
      r.setHeader('content-type', 'text/html').end('<a href="/crash">Print</a>'); }).listen(+process.argv[1], '127.0.0.1')`;
  const other = defineWebAppGym<Data, State>({
    ...DEFINITION,
    app: { url: 'http://127.0.0.1:{port}', start: { command: ['node', '-e', crashing, '{port}'] } },
    expert: () => [click('Print')],
  });
  try {
    const { score, error } = await play(other);
    expect(score).toBeNull();
    expect(error?.message).toMatch(/exit code 9.*out of paper/s);
  } finally {
    await other.gym.dispose?.();
  }
});

test('without a browser the message says how to get one', async () => {
  const before = process.env.JOURNEYMAN_CHROMIUM;
  process.env.JOURNEYMAN_CHROMIUM = '/no/such/chromium';
  const other = defineWebAppGym<Data, State>(DEFINITION);
  try {
    await expect(play(other)).rejects.toThrow(/\/no\/such\/chromium.*apt-get install chromium/);
  } finally {
    await other.gym.dispose?.();
    if (before === undefined) delete process.env.JOURNEYMAN_CHROMIUM;
    else process.env.JOURNEYMAN_CHROMIUM = before;
  }
});

test('a live app is looked at and worked in, but neither reset nor judged', async () => {
  count = 7;
  const { gym } = define();
  const session = await gym.attach?.({ url }, goalText`Add one.`);
  const player = playScript([click('Add'), done], { random: new Random('a') });
  let observation = await session?.observe();
  while (observation && observation.stop === null) observation = await session?.act(player.next(observation).action);
  expect(await session?.score()).toMatchObject({ success: null });
  await session?.close();
  expect(count).toBe(8);
});

test('an expert that has nothing to do is an error of the gym', () => {
  const { gym, expert } = define({ expert: () => null });
  expect(() => expert(gym.task({ split: 'train', n: 0 }), { random: new Random('a') })).toThrow(/plays every task/);
});
