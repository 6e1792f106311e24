/** What every search must keep, over random trees: one suite for all of them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { beamSearch } from './beam.ts';
import { bestOfN } from './best-of-n.ts';
import { gumbelSearch } from './gumbel-search.ts';
import type { SearchProblem } from './problem.ts';
import {
  accounted,
  arithmeticProblem,
  bestEnd,
  countStates,
  follow,
  needleProblem,
  numberProblem,
  type Toy,
  treeProblem,
  withoutHints,
  withPerfectCritic,
} from './toy-problems.fixture.ts';
import { treeSearch } from './tree-search.ts';

const SEED = process.env.JOURNEYMAN_TEST_SEED === undefined ? Date.now() % 2 ** 31 : Number(process.env.JOURNEYMAN_TEST_SEED);
fc.configureGlobal({ seed: SEED });

interface Found<Move> {
  readonly moves: readonly Move[];
  readonly nodes: number;
}

type Search = <State, Move>(
  problem: SearchProblem<State, Move>,
  root: State,
  options: { readonly budget: number; readonly seed: number },
) => Promise<Found<Move>>;

/** `budget`: states that may be opened. */
const SEARCHES: Readonly<Record<string, Search>> = {
  'tree search, mean': (problem, root, { budget, seed }) => treeSearch(problem, root, { simulations: budget, seed }),
  'tree search, best': (problem, root, { budget, seed }) => treeSearch(problem, root, { simulations: budget, seed, backup: 'best' }),
  'gumbel search': (problem, root, { budget, seed }) => gumbelSearch(problem, root, { simulations: budget, seed, maxConsidered: 4 }),
  'best of n': (problem, root, { budget, seed }) =>
    bestOfN(problem, root, { samples: Math.max(1, Math.floor(budget / 4)), depth: Math.min(4, Math.max(1, budget)), seed }),
  beam: (problem, root, { budget }) => beamSearch(problem, root, { width: 3, depth: 6, nodes: budget }),
};

const value = fc.integer({ min: 0, max: 99 }).map((n) => n / 100);
const { tree } = fc.letrec<{ tree: Toy; node: Toy; leaf: Toy }>((tie) => ({
  leaf: value.map((v) => ({ value: v })),
  node: fc
    .tuple(value, fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), tie('tree')), { minLength: 1, maxLength: 4 }))
    .map(([v, children]) => {
      const sum = children.reduce((total, [weight]) => total + weight, 1);
      return { value: v, branches: Object.fromEntries(children.map(([weight, to], i) => [`m${i}`, { prior: weight / sum, to }])) };
    }),
  tree: fc.oneof({ maxDepth: 4, withCrossShrink: true }, tie('leaf'), tie('node')),
}));
const rooted = tree.filter(({ branches }) => branches !== undefined);

describe.each(Object.entries(SEARCHES))(`%s (replay with JOURNEYMAN_TEST_SEED=${SEED})`, (name, search) => {
  it('keeps its budget, releases every state once, uses none after, and returns a line of the tree', async () => {
    await fc.assert(
      fc.asyncProperty(rooted, fc.integer({ min: 1, max: 60 }), fc.nat(99), async (toy, budget, seed) => {
        const { problem, root, account } = accounted(treeProblem, toy);
        const { moves, nodes } = await search(problem, root, { budget, seed });
        const { steps, releases, isMisused } = account();
        expect(steps).toBe(nodes);
        if (name !== 'best of n' || budget >= 4) expect(steps).toBeLessThanOrEqual(budget);
        expect(releases.every((count) => count === 1)).toBe(true);
        expect(isMisused).toBe(false);
        expect(follow(toy, moves)).toBeDefined();
      }),
    );
  });

  it('releases every state once where positions meet, and where a step fails', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(40), fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 50 }), async (start, goal, failAt) => {
        fc.pre(start !== goal);
        for (const fails of [Number.POSITIVE_INFINITY, failAt]) {
          const { problem, root, account } = accounted(numberProblem({ goal, limit: 48 }), start, fails);
          const outcome = await search(problem, root, { budget: 40, seed: 1 }).catch((error: Error) => error.message);
          if (typeof outcome === 'string') expect(outcome).toBe('the sandbox broke');
          expect(account().releases.every((count) => count === 1)).toBe(true);
          expect(account().isMisused).toBe(false);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('does the same for the same seed', async () => {
    for (let seed = 0; seed < 5; seed++) {
      const options = { budget: 50, seed };
      expect(await search(arithmeticProblem, seed, options)).toEqual(await search(arithmeticProblem, seed, options));
    }
  });

  it('finds a needle no more often than it opens ends', async () => {
    let found = 0;
    const budget = 12;
    for (let needle = 0; needle < 64; needle++) {
      const { problem, root } = accounted(needleProblem({ branching: 4, depth: 3, needle }), []);
      const { moves } = await search(problem, root, { budget, seed: 3 });
      if (moves.length === 3 && moves.reduce((sum, move) => sum * 4 + move, 0) === needle) found++;
    }
    // What it opens before it finds anything does not depend on where the needle is, so that all needles together are at most so many.
    expect(found).toBeLessThanOrEqual(budget);
  });
});

describe('with a perfect critic', () => {
  it.each(['tree search, best', 'beam'] as const)('%s finds a best end', async (name) => {
    await fc.assert(
      fc.asyncProperty(rooted, async (toy) => {
        const known = withPerfectCritic(toy);
        const { moves } = await (SEARCHES[name] as Search)(treeProblem, known, { budget: countStates(known), seed: 0 });
        const end = follow(known, moves);
        expect(end.value).toBe(bestEnd(known));
      }),
    );
  });

  const regret = (toy: Toy, move: string | undefined): number => bestEnd(toy) - (toy.branches?.[move ?? '']?.to.value ?? 0);

  it('searches by averages lose little of the best, and much less than the prior alone', async () => {
    const trees = fc.sample(rooted, { numRuns: 150, seed: 11 }).map(withPerfectCritic);
    let [searched, gumbel, prior] = [0, 0, 0];
    for (const toy of trees) {
      const simulations = 200;
      const likeliest = Object.entries(toy.branches ?? {}).toSorted(([, a], [, b]) => b.prior - a.prior)[0]?.[0];
      searched += regret(toy, (await treeSearch(treeProblem, toy, { simulations })).moves[0]) / trees.length;
      gumbel += regret(toy, (await gumbelSearch(treeProblem, toy, { simulations, gumbelScale: 0 })).moves[0]) / trees.length;
      prior += regret(toy, likeliest) / trees.length;
    }
    // Seen: .0056, .0042 and .1438.
    expect(searched).toBeLessThan(0.02);
    expect(gumbel).toBeLessThan(0.02);
    expect(prior).toBeGreaterThan(0.1);
  });
});

it('with no hints at all, `best` is exhaustive: it finds a best end when its simulations suffice', async () => {
  await fc.assert(
    fc.asyncProperty(rooted, fc.nat(9), async (toy, seed) => {
      const blind = withoutHints(toy);
      const {
        moves,
        stop,
        nodes,
        value: found,
      } = await treeSearch(treeProblem, blind, { simulations: countStates(blind) + 1, backup: 'best', seed });
      expect({ stop, nodes }).toEqual({ stop: 'settled', nodes: countStates(blind) });
      expect(found).toBe(bestEnd(blind));
      expect(follow(blind, moves).value).toBe(bestEnd(blind));
    }),
  );
});

it('policy targets are distributions', async () => {
  await fc.assert(
    fc.asyncProperty(rooted, fc.nat(40), fc.nat(9), async (toy, simulations, seed) => {
      for (const search of [treeSearch, gumbelSearch]) {
        const { root, value: found } = await search(treeProblem, toy, { simulations, seed });
        expect(root.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 9);
        expect(root.every(({ weight }) => weight >= 0)).toBe(true);
        expect(found).toBeGreaterThanOrEqual(0);
        expect(found).toBeLessThanOrEqual(1);
        expect(root.reduce((sum, { visits }) => sum + visits, 0)).toBeLessThanOrEqual(simulations);
      }
    }),
  );
});
