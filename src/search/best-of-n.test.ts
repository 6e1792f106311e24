import { describe, expect, it } from 'vitest';
import { ConfigError } from '../base/index.ts';
import { bestOfN } from './best-of-n.ts';
import { thresholdRule } from './early-stop.ts';
import { accounted, needleProblem, type Toy, treeProblem } from './toy-problems.fixture.ts';

/** Three lines: a good one, a bad one, one that the critic sees through. */
const TOY: Toy = {
  value: 0.5,
  branches: {
    good: { prior: 0.3, to: { value: 0.6, branches: { end: { prior: 1, to: { value: 0.9 } } } } },
    bad: { prior: 0.3, to: { value: 0.6, branches: { end: { prior: 1, to: { value: 0.2 } } } } },
    lost: {
      prior: 0.3,
      to: { value: 0.01, branches: { on: { prior: 1, to: { value: 0.01, branches: { end: { prior: 1, to: { value: 0 } } } } } } },
    },
  },
};

it('draws whole continuations and ranks them by their ends', async () => {
  const { moves, value, continuations, nodes } = await bestOfN(treeProblem, TOY, { samples: 40, depth: 9 });
  expect({ moves, value }).toEqual({ moves: ['good', 'end'], value: 0.9 });
  const scores = continuations.map(({ score }) => score);
  expect(scores).toEqual(scores.toSorted((a, b) => (b ?? -1) - (a ?? -1)));
  expect(continuations.map(({ sample }) => sample).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, i) => i));
  expect(nodes).toBe(continuations.reduce((sum, each) => sum + each.moves.length, 0));
  expect(new Set(continuations.map((each) => each.moves[0]))).toEqual(new Set(['good', 'bad', 'lost']));
});

it('asks the judge, with the last state, of everything but what was given up', async () => {
  const judged: string[] = [];
  const { moves, continuations } = await bestOfN(treeProblem, TOY, {
    samples: 40,
    depth: 9,
    hopeless: thresholdRule({ threshold: 0.1, patience: 2 }),
    judge: async (continuation, last) => {
      judged.push(continuation.moves.join(' '));
      return 1 - last.value;
    },
  });
  expect(moves).toEqual(['bad', 'end']);
  expect(new Set(judged)).toEqual(new Set(['good end', 'bad end']));
  const lost = continuations.filter((each) => each.moves[0] === 'lost');
  expect(lost.length).toBeGreaterThan(0);
  for (const each of lost)
    expect(each).toMatchObject({ moves: ['lost', 'on'], values: [0.5, 0.01, 0.01], stop: 'hopeless', endValue: null, score: null });
  expect(continuations.slice(-lost.length).every(({ stop }) => stop === 'hopeless')).toBe(true);
});

it('stops at the depth and where the policy has no move, without a score', async () => {
  expect(await bestOfN(treeProblem, TOY, { samples: 3, depth: 1 })).toMatchObject({
    moves: [],
    value: null,
    continuations: [{ stop: 'depth', score: null }, { stop: 'depth' }, { stop: 'depth' }],
    nodes: 3,
  });
  expect(await bestOfN(treeProblem, { value: 0.4, branches: {} }, { samples: 1, depth: 5 })).toMatchObject({
    continuations: [{ moves: [], values: [0.4], stop: 'no-move', score: null }],
    nodes: 0,
  });
});

describe('drawing', () => {
  const toy: Toy = { value: 0, branches: { a: { prior: 0.1, to: { value: 1 } }, b: { prior: 0.3, to: { value: 0 } } } };
  const shareOfA = async (temperature: number): Promise<number> => {
    const { continuations } = await bestOfN(treeProblem, toy, { samples: 4000, depth: 1, temperature });
    return continuations.filter(({ moves }) => moves[0] === 'a').length / 4000;
  };

  it('follows the prior and its temperature', async () => {
    // Shares 1/4, (1/9)/(1 + 1/9) = 1/10 and nearly 0; 5 standard deviations of 4000 draws are at most .034.
    expect(Math.abs((await shareOfA(1)) - 0.25)).toBeLessThan(0.034);
    expect(Math.abs((await shareOfA(0.5)) - 0.1)).toBeLessThan(0.024);
    expect(await shareOfA(0.001)).toBe(0);
  });

  it('finds a needle by chance only', async () => {
    // 27 ends, 9 samples: each needle is found with 1 − (26/27)^9 = .288; over 27·20 searches 5 standard deviations are .098.
    let found = 0;
    for (let needle = 0; needle < 27; needle++)
      for (let seed = 0; seed < 20; seed++)
        if ((await bestOfN(needleProblem({ branching: 3, depth: 3, needle }), [], { samples: 9, depth: 3, seed })).value === 1) found++;
    expect(Math.abs(found / (27 * 20) - 0.288)).toBeLessThan(0.098);
  });
});

it('releases everything when the judge throws', async () => {
  const { problem, root, account } = accounted(treeProblem, TOY);
  const judge = ({ sample }: { readonly sample: number }): number => {
    if (sample === 1) throw new Error('no verdict');
    return 0.5;
  };
  await expect(bestOfN(problem, root, { samples: 5, depth: 9, judge })).rejects.toThrow('no verdict');
  expect(account()).toMatchObject({ isMisused: false });
  expect(new Set(account().releases)).toEqual(new Set([1]));
});

it.each([
  { samples: 0, depth: 1 },
  { samples: 1, depth: 0 },
  { samples: 1, depth: 1, temperature: 0 },
])('refuses %o', async (options) => {
  await expect(bestOfN(treeProblem, TOY, options)).rejects.toThrow(ConfigError);
});
