import { describe, expect, it } from 'vitest';
import { Random } from '../../src/base/index.ts';
import { presetConfig } from '../../src/model/index.ts';
import { countdownPuzzle } from './countdown-puzzle.ts';
import { guidedEpisode } from './guided-episode.ts';
import { trainSearcher } from './train-searcher.ts';
import { warehousePuzzle } from './warehouse-puzzle.ts';

describe.each([
  ['countdown', countdownPuzzle, 'base'],
  ['warehouse', warehousePuzzle, 'small'],
] as const)('guided episodes of %s', (_, puzzle, slice) => {
  const play = (n: number, options: { readonly detours?: number; readonly slips?: number } = {}) =>
    guidedEpisode(puzzle, puzzle.gym.task({ split: 'train', n }, slice), { random: new Random(n), ...options });

  it('show successes and failures, and say where the task was lost', async () => {
    const [ends, lost]: [Set<boolean>, boolean[]] = [new Set(), []];
    for (let n = 0; n < 60; n++) {
      const { success, returns, transcript } = await play(n);
      ends.add(success);
      expect(returns.length).toBe(transcript.segments.filter(({ kind }) => kind === 'act').length);
      // Who succeeded was never lost, and what is lost stays lost.
      if (success) expect(returns.every((each) => each === 1)).toBe(true);
      expect(returns).toEqual(returns.toSorted((a, b) => b - a));
      lost.push(returns.at(-1) === 0);
      // Only what an expert does is imitated.
      const imitated = transcript.segments.filter(({ kind, imitate }) => kind === 'act' && imitate !== false).length;
      expect(imitated).toBeLessThanOrEqual(returns.filter((each) => each === 1).length);
    }
    expect(ends.size).toBe(2);
    expect(new Set(lost).size).toBe(2);
  });

  it('are all solved without detours, and the same for the same numbers', async () => {
    for (let n = 0; n < 5; n++) expect((await play(n, { detours: 0 })).success).toBe(true);
    expect(await play(3)).toEqual(await play(3));
  });
});

it('a searcher learns from them within seconds, the same from the same', async () => {
  const losses: number[][] = [];
  for (let run = 0; run < 2; run++) {
    const seen: number[] = [];
    await trainSearcher({
      puzzle: countdownPuzzle,
      config: (vocabularySize) =>
        presetConfig('nano', { vocabularySize, layers: 2, width: 32, heads: 1, keyValueHeads: 1, feedForwardWidth: 64 }),
      slices: ['base'],
      batch: { time: 256, lanes: 4 },
      steps: 30,
      peak: 0.01,
      onStep: ({ imitationLoss }) => seen.push(imitationLoss),
    });
    losses.push(seen);
  }
  expect(losses[0]).toEqual(losses[1]);
  expect(losses[0]?.at(-1)).toBeLessThan(0.75 * (losses[0]?.[0] as number));
});
