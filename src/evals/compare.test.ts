import { describe, expect, it } from 'vitest';
import type { RawScore } from '../records/index.ts';
import { mcnemarP, nonInferiority } from '../stats/index.ts';
import { compareAgents, printComparison } from './compare.ts';
import { pretendEpisode } from './pretend-exam.fixture.ts';
import { rawScore } from './raw-score.ts';

const exam = (rate: number, { seed = 'x', slices = ['base', 'drift'], tasks = 300 } = {}): readonly RawScore[] =>
  slices.flatMap((slice) =>
    Array.from({ length: tasks }, (_, n) => rawScore(pretendEpisode({ slice, n, run: 0 }, { seed, success: { default: rate } }))),
  );

describe('two agents on the same tasks', () => {
  it('are told apart by the tasks on which they differ', () => {
    const [before, after] = [exam(0.97), exam(0.8)];
    const [base] = compareAgents({ before, after });
    const outcomes = (scores: readonly RawScore[]): boolean[] =>
      scores.filter(({ slice }) => slice === 'base').map(({ success }) => success === true);
    const [old, fresh] = [outcomes(before), outcomes(after)];
    const worse = old.filter((passed, i) => passed && !fresh[i]).length;
    const better = old.filter((passed, i) => !passed && fresh[i]).length;
    expect(base).toMatchObject({ slice: 'base', pairs: 300, unresolved: 0, worse, better, isNonInferior: false });
    expect(base?.worseP).toBe(mcnemarP({ worse: better, better: worse }));
    expect(base?.differenceBound).toBe(nonInferiority({ before: old, after: fresh, margin: 0.02, alpha: 0.05 }).lowerBound);
    expect(base?.worseAdjustedP).toBeGreaterThanOrEqual(base?.worseP ?? 1);
    expect(base?.worseP).toBeLessThan(1e-6);
  });

  it('mirror one another', () => {
    const [one, other] = [exam(0.9), exam(0.8)];
    const [forth, back] = [compareAgents({ before: one, after: other }), compareAgents({ before: other, after: one })];
    for (const [i, row] of forth.entries())
      expect([row.worse, row.better, row.worseP]).toEqual([back[i]?.better, back[i]?.worse, back[i]?.betterP]);
  });

  it('leave out tasks without a verdict, repeats and tasks that only one played', () => {
    const before = exam(0.9, { slices: ['base'], tasks: 50 });
    const after = [
      ...before.map((score, i) => (i < 5 ? { ...score, success: null } : score)),
      { ...(before[0] as RawScore), run: 1 },
    ].slice(2);
    expect(compareAgents({ before, after })[0]).toMatchObject({ pairs: 45, unresolved: 3, worse: 0, better: 0 });
    expect(() => compareAgents({ before, after: exam(0.9, { slices: ['other'] }) })).toThrow(/no task that both played/);
  });

  it('come as a table', () => {
    const table = printComparison(compareAgents({ before: exam(0.9), after: exam(0.9) }));
    expect(table.split('\n')).toHaveLength(3);
    expect(table).toMatch(/^slice +tasks +before +after/);
  });
});
