/**
 * The invoices gym in Chromium: steps a second over two browsers and the time from one episode to the next; a thousand episodes of the expert
 * over all slices, with no wrong score and nothing left behind; and the same with a model of preset micro deciding.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { withGym } from '../../recipes/factory/with-gym.ts';
import { Random } from '../../src/base/index.ts';
import { Engine, enginePolicy } from '../../src/engine/index.ts';
import { SPECIAL_TOKENS } from '../../src/grammar/index.ts';
import { type LoadedGym, runInLanes } from '../../src/gym/index.ts';
import { initializeWeights, presetConfig, trainTokenizer } from '../../src/model/index.ts';
import type { Segment } from '../../src/records/index.ts';
import { textsOf } from '../../src/train/index.ts';
import { type Bench, median, spreadOf } from '../row.ts';
import { assertSuccess, playMany, quantile } from './episodes.ts';

const ROUNDS = 3;
/** Of the speed row: browsers and Node compile what is used often for some hundred episodes. */
const [WARM_UP, MEASURED] = [3, 5];
const EPISODES = 40;

export const invoicesSpeed: Bench = {
  names: ['invoices-steps-per-s', 'invoices-reset-ms'],
  measure: ({ seed, say }) =>
    withGym('invoices', async (gym) => {
      const speeds: number[] = [];
      for (let round = 0; round < WARM_UP + MEASURED; round++) {
        const played = await playMany(gym, {
          count: EPISODES,
          split: 'train',
          from: 1000 * seed + 100 * round,
          slices: ['base'],
          lanes: 2,
        });
        assertSuccess(played);
        say(`  round ${round}: ${(played.steps / played.seconds).toFixed(0)} steps/s`);
        if (round >= WARM_UP) speeds.push(played.steps / played.seconds);
      }
      const resets = await measureResets(gym, seed);
      return [
        {
          name: 'invoices-steps-per-s',
          value: median(speeds),
          unit: 'steps/s',
          spread: spreadOf(speeds),
          seed,
          note: 'two browsers, whole episodes of the expert, resets and verdicts included',
        },
        {
          name: 'invoices-reset-ms',
          value: median(resets),
          unit: 'ms',
          spread: spreadOf(resets),
          seed,
          note: `from one session to the first observation of the next, one lane; 95th percentile ${quantile(resets, 0.95).toFixed(0)}`,
        },
      ];
    }),
};

async function measureResets({ module: { gym } }: LoadedGym, seed: number): Promise<number[]> {
  const times: number[] = [];
  for (let n = 0; n < 40; n++) {
    const task = gym.task({ split: 'train', n: 2000 * seed + n });
    const startedMs = performance.now();
    const session = await gym.open(task, { seed: 'reset' });
    await session.observe();
    if (n >= 5) times.push(performance.now() - startedMs);
    await session.close();
  }
  return times;
}

export const invoicesThousand: Bench = {
  names: ['invoices-oracle-1000'],
  measure: ({ seed, say }) =>
    measureLeaks(async () =>
      withGym('invoices', async (gym) => {
        const slices = Object.keys(gym.manifest.slices);
        const played = await playMany(gym, {
          count: 1000,
          split: 'validate',
          from: 10_000 * seed,
          slices,
          lanes: 2,
          audited: true,
          onEpisode: (_, done) => done % 100 === 0 && say(`  ${done} of 1000`),
        });
        const wrong = played.episodes.filter(({ score, audit }) => score?.success !== true || audit?.success !== true);
        for (const { task, score, audit, error } of wrong.slice(0, 10))
          say(`  ${task.slice}/${task.seed.n}: ${error?.message ?? [...(score?.reasons ?? []), ...(audit?.reasons ?? [])].join('; ')}`);
        return { wrong: wrong.length, episodesPerSecond: 1000 / played.seconds };
      }),
    ).then(({ result, leaks }) => [
      {
        name: 'invoices-oracle-1000',
        value: result.wrong,
        unit: 'wrong',
        spread: null,
        seed,
        note: `of 1,000 episodes of the expert over all slices, both verifiers; ${result.episodesPerSecond.toFixed(2)} episodes/s; left behind: ${leaks.length === 0 ? 'no process, no file' : leaks.join(', ')}`,
      },
    ]),
};

/** Browser processes and temporary files that were not there before. */
async function measureLeaks<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly leaks: readonly string[] }> {
  const seen = (): string[] => [
    ...readdirSync(tmpdir()).filter((name) => /journeyman|playwright|chrom/i.test(name)),
    ...execFileSync('ps', ['-eo', 'stat,pid,args', '--no-headers'], { encoding: 'utf8' })
      .split('\n')
      // What has ended and only waits for its parent to notice is no process any more.
      .filter((line) => /chrom/i.test(line) && !line.startsWith('Z'))
      .map((line) => line.trim().slice(0, 60)),
  ];
  const before = new Set(seen());
  const result = await work();
  await new Promise((resolve) => setTimeout(resolve, 1000));
  return { result, leaks: seen().filter((line) => !before.has(line)) };
}

const LANES = 8;
const POLICY_STEPS = 40;

export const invoicesWithPolicy: Bench = {
  names: ['invoices-steps-per-s-with-policy'],
  measure: ({ seed, say }) =>
    withGym('invoices', async (gym) => {
      const demonstrations = await playMany(gym, { count: 30, split: 'train', from: 1000 * seed, slices: ['base'], lanes: 2 });
      const config = presetConfig('micro');
      const codec = trainTokenizer(
        demonstrations.episodes.flatMap(({ transcript }) => textsOf(transcript)),
        {
          vocabularySize: config.vocabularySize,
          specialTokens: SPECIAL_TOKENS,
        },
      );
      // A second thread of the engine's would only wait for what the browsers need.
      const engine = await Engine.start(config, initializeWeights(config, new Random(seed)), { threads: 1 });
      try {
        const speeds: number[] = [];
        for (let round = 0; round <= ROUNDS; round++) {
          const startedMs = performance.now();
          const steps = await runInLanes(
            Array.from({ length: LANES * 3 }, (_, i) => i),
            LANES,
            (i) => playFollowed(gym, { engine, codec, n: 3000 * seed + 100 * round + i }),
          );
          const speed = (1000 * steps.reduce((sum, n) => sum + n, 0)) / (performance.now() - startedMs);
          say(`  round ${round}: ${speed.toFixed(1)} steps/s`);
          if (round > 0) speeds.push(speed);
        }
        return [
          {
            name: 'invoices-steps-per-s-with-policy',
            value: median(speeds),
            unit: 'steps/s',
            spread: spreadOf(speeds),
            seed,
            note: `preset micro decides every step (float32, one thread, ${LANES} lanes, two browsers); the expert's action is then taken, so that the episodes are real ones`,
          },
        ];
      } finally {
        await engine.dispose();
      }
    }),
};

/** An episode in which the model decides at every step, and the expert's move is carried out. Returns the steps. */
async function playFollowed(
  { module }: LoadedGym,
  { engine, codec, n }: { readonly engine: Engine; readonly codec: ReturnType<typeof trainTokenizer>; readonly n: number },
): Promise<number> {
  const task = module.gym.task({ split: 'train', n });
  const player = await enginePolicy({ engine, codec, temperature: 1 }).begin({ seed: String(n), verbs: module.gym.manifest.actions });
  const expert = module.expert(task, { random: new Random(n) });
  let steps = 0;
  try {
    const session = await module.gym.open(task, { seed: 'policy' });
    try {
      const read = (segment: Segment): Promise<unknown> => player.read(segment);
      await read({ kind: 'goal', pieces: session.goal });
      let observation = await session.observe();
      while (observation.stop === null && steps < POLICY_STEPS) {
        await read({ kind: 'observe', pieces: observation.pieces });
        await player.decide(observation);
        observation = await session.act(expert.next(observation).action);
        steps++;
      }
    } finally {
      await session.close();
    }
  } finally {
    await player.close();
  }
  return steps;
}
