import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigError, Random } from '../../src/base/index.ts';
import { initializeWeights, presetConfig } from '../../src/model/index.ts';
import type { EpisodeRecord, RunEvent } from '../../src/records/index.ts';
import { hashWeights } from './agent.ts';
import { type Colour, colourGym } from './colour-gym.fixture.ts';
import { imitate } from './imitate.ts';
import { loadLearner } from './learner.ts';
import { criticReport } from './policy-round.ts';
import { type Algorithm, type Reinforced, type ReinforceOptions, reinforce } from './reinforce.ts';
import { openRun } from './run-folder.ts';
import { gatherDemonstrations } from './show.ts';
import { beginnerOf, Stopped, type Student, type Workshop } from './workshop.ts';

const root = mkdtempSync(join(tmpdir(), 'journeyman-reinforce-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const freshFolder = (): string => mkdtempSync(join(root, 'run-'));

interface ShopOptions {
  readonly right?: readonly Colour[];
  /** May end the run. */
  readonly onEvent?: (event: RunEvent, stop: () => void) => void;
}

function openShop(folder: string, { right = ['red'], onEvent = () => undefined }: ShopOptions = {}): Workshop {
  const stopper = new AbortController();
  const run = openRun({ folder, settings: {}, onEvent: (event) => onEvent(event, () => stopper.abort()) });
  return { gym: colourGym(right), run, seed: 1, lanes: 16, signal: stopper.signal };
}

/** Has learned that some colour is to be answered: right one time in three. */
async function beginner(): Promise<{ readonly student: Student; readonly shown: readonly EpisodeRecord[] }> {
  const shop = openShop(freshFolder(), { right: ['red', 'green', 'blue'] });
  const shown = await gatherDemonstrations(shop, 60);
  const fresh = beginnerOf({ start: 'cold', preset: 'nano', seed: 1, transcripts: shown.map(({ transcript }) => transcript) });
  const config = presetConfig('nano', {
    vocabularySize: fresh.config.vocabularySize,
    contextLength: 128,
    width: 32,
    layers: 1,
    heads: 1,
    keyValueHeads: 1,
    feedForwardWidth: 64,
    pointerWidth: 16,
  });
  const weights = initializeWeights(config, new Random(1).fork('weights'));
  const { student } = await imitate(shop, { student: { ...fresh, config, weights }, shown, tokens: 250_000 });
  shop.run.close();
  return { student, shown };
}

let begun: Awaited<ReturnType<typeof beginner>>;
beforeAll(async () => {
  begun = await beginner();
}, 180_000);

const ALGORITHMS: readonly Algorithm[] = ['ppo', 'grpo', 'expert-iteration'];
const small = { rounds: 2, roundEpisodes: 32, criticEpisodes: 32, groupSize: 4, measured: 8 };

async function learnIn(folder: string, options: ReinforceOptions): Promise<Reinforced> {
  const shop = openShop(folder);
  try {
    return await reinforce(shop, options);
  } finally {
    shop.run.close();
  }
}

describe('learning from the verifier', () => {
  it.each(ALGORITHMS)('%s: from a third to nearly all, without a demonstration', { timeout: 180_000 }, async (algorithm) => {
    const { student } = begun;
    const before = hashWeights(student.weights);
    const { points, records } = await learnIn(freshFolder(), {
      algorithm,
      student,
      before: [],
      rounds: 5,
      roundEpisodes: 96,
      learningRate: 3e-3,
      epochs: algorithm === 'expert-iteration' ? 4 : 3,
      klLimitNats: 0.3,
      measured: 0,
    });
    expect(points[0]?.ownSuccess).toBeGreaterThan(0.15);
    expect(points[0]?.ownSuccess).toBeLessThan(0.55);
    expect(points.at(-1)?.ownSuccess).toBeGreaterThan(0.7);
    expect(points.at(-1)?.episodes).toBe(5 * 96 + (algorithm === 'ppo' ? 48 : 0));
    expect(records).toHaveLength(5 * 96);
    // What it was given stays as it was.
    expect(hashWeights(student.weights)).toBe(before);
  });

  it.each(ALGORITHMS)('%s: goes on after the last finished round, in the same bytes', { timeout: 180_000 }, async (algorithm) => {
    const { student, shown } = begun;
    const options: ReinforceOptions = { ...small, algorithm, student, before: shown };
    const whole = freshFolder();
    const learned = await learnIn(whole, options);
    expect(hashWeights(learned.student.weights)).not.toBe(hashWeights(student.weights));
    for (const { success, brier } of learned.points) {
      expect(success).not.toBeNull();
      expect(brier === null).toBe(algorithm !== 'ppo');
    }
    if (algorithm === 'grpo') {
      const firstRound = learned.records.slice(0, 32);
      expect(new Set(firstRound.map(({ slice, seed }) => `${slice}/${seed.n}`)).size).toBe(8);
      expect(new Set(firstRound.map(({ id }) => id)).size).toBe(32);
    }

    // As if it had been killed while it learned from the second round.
    const broken = join(freshFolder(), 'copy');
    cpSync(whole, broken, { recursive: true });
    for (const part of ['stages/rl-round-2.json', 'rl/round-2', 'rl/learning-2'])
      rmSync(join(broken, part), { recursive: true, force: true });
    const journals = (): string => [1, 2].map((round) => readFileSync(join(broken, 'rl', `round-${round}.jsonl`), 'utf8')).join();
    const before = journals();
    const resumed = await learnIn(broken, options);
    expect(journals()).toBe(before);
    expect(resumed.points).toEqual(learned.points);
    expect(resumed.records).toEqual(learned.records);
    expect(hashWeights(resumed.student.weights)).toBe(hashWeights(learned.student.weights));
    const { step } = loadLearner(join(broken, 'rl', 'round-2'));
    expect(step).toBe(learned.points.reduce((sum, { steps }) => sum + steps, 0));
  });

  it('plays what is left of a round in which it was stopped', { timeout: 180_000 }, async () => {
    const { student, shown } = begun;
    const options: ReinforceOptions = { ...small, algorithm: 'ppo', student, before: shown, measured: 0 };
    const folder = freshFolder();
    for (const round of [1, 2]) {
      let seen = 0;
      const shop = openShop(folder, {
        onEvent(event, stop) {
          if (event.kind === 'progress' && readdirSync(join(folder, 'rl')).includes(`round-${round}.jsonl`) && seen++ === 20) stop();
        },
      });
      await expect(reinforce(shop, options)).rejects.toThrow(Stopped);
      shop.run.close();
    }
    const { records, points } = await learnIn(folder, options);
    expect(points.map(({ episodes }) => episodes)).toEqual([64, 96]);
    expect(new Set(records.map(({ id }) => id)).size).toBe(64);
    for (const round of [1, 2])
      expect(
        readFileSync(join(folder, 'rl', `round-${round}.jsonl`), 'utf8')
          .trim()
          .split('\n'),
      ).toHaveLength(32);
  });

  it('refuses what can’t be', async () => {
    const { student, shown } = begun;
    const shop = openShop(freshFolder());
    const options: ReinforceOptions = { ...small, algorithm: 'grpo', student, before: shown };
    for (const wrong of [{ groupSize: 1 }, { groupSize: 64 }, { imitationShare: 1 }, { rounds: 100 }, { roundEpisodes: 0 }])
      await expect(reinforce(shop, { ...options, ...wrong })).rejects.toThrow(ConfigError);
    shop.run.close();
  });
});

describe('what the critic foresaw', () => {
  const episode = (success: boolean | null, values: readonly (number | null)[]): EpisodeRecord =>
    ({
      score: success === null ? null : { success, credit: 0, broken: [], reasons: [] },
      steps: values.map((value) => ({ value, logprobs: [], surpriseNats: null, milliseconds: 0 })),
    }) as unknown as EpisodeRecord;

  it('is measured against the base rate, decision by decision', () => {
    const { brier, baseRateBrier } = criticReport([episode(true, [0.5, 1]), episode(false, [0.5, null, 0]), episode(null, [0.9])]);
    expect(brier).toBeCloseTo((0.25 + 0 + 0.25 + 0) / 4, 12);
    expect(baseRateBrier).toBeCloseTo(0.25, 12);
    expect(criticReport([episode(null, [1])])).toEqual({ brier: null, baseRateBrier: null });
  });
});
