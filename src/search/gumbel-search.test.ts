import { describe, expect, it } from 'vitest';
import { ConfigError, Random } from '../base/index.ts';
import { gumbelSearch } from './gumbel-search.ts';
import { consideredVisits } from './sequential-halving.ts';
import { arithmeticProblem, type Toy, treeProblem } from './toy-problems.fixture.ts';

describe('sequential halving', () => {
  // mctx 0.0.71: [list(mctx._src.seq_halving.get_sequence_of_considered_visits(m, n)) for m, n in …]
  it.each([
    [1, 3, [0, 1, 2]],
    [2, 5, [0, 0, 1, 1, 2]],
    [4, 8, [0, 0, 0, 0, 1, 1, 2, 2]],
    [3, 12, [0, 0, 0, 1, 1, 1, 2, 2, 3, 3, 4, 4]],
    [8, 20, [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]],
    [16, 10, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
    [5, 16, [0, 0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6]],
  ])('deals %d moves %d simulations as mctx does', (considered, simulations, expected) => {
    expect(consideredVisits(considered, simulations)).toEqual(expected);
  });
});

describe('against mctx', () => {
  // mctx 0.0.71 on jax 0.10.2: gumbel_muzero_policy over the arithmetic problem (logits ((17·id + 29·move) mod 13)/6, value ((37·id) mod 101)/101,
  // next id (4·id + move + 1) mod 10007, reward 0, discount 1) with gumbel_scale=0 and
  // qtransform_completed_by_mix_value(value_scale=0.1, maxvisit_init=50, rescale_values=False); action, visit_counts, action_weights, value of
  // search_tree.summary(). It computes in float32.
  it.each([
    { start: 1, simulations: 8, m: 4, action: 3, visits: [3, 1, 1, 3], weights: [0.16321, 0.0468, 0.53777, 0.25223], value: 0.54675 },
    { start: 5, simulations: 16, m: 4, action: 0, visits: [6, 6, 2, 2], weights: [0.56759, 0.32937, 0.01458, 0.08847], value: 0.60454 },
    { start: 77, simulations: 32, m: 3, action: 1, visits: [13, 14, 0, 5], weights: [0.19035, 0.61388, 0.08177, 0.114], value: 0.46505 },
    { start: 1234, simulations: 50, m: 2, action: 1, visits: [25, 25, 0, 0], weights: [0.28316, 0.48957, 0.0858, 0.14147], value: 0.43758 },
    { start: 9, simulations: 64, m: 4, action: 0, visits: [24, 8, 8, 24], weights: [0.5748, 0.02904, 0.12523, 0.27093], value: 0.50129 },
  ])('from $start with $simulations simulations of $m moves', async ({ start, simulations, m, action, visits, weights, value }) => {
    const result = await gumbelSearch(arithmeticProblem, start, { simulations, maxConsidered: m, gumbelScale: 0 });
    expect(result.moves[0]).toBe(action);
    expect(result.root.map((move) => move.visits)).toEqual(visits);
    for (const [i, weight] of weights.entries()) expect(result.root[i]?.weight).toBeCloseTo(weight, 4);
    expect(result.value).toBeCloseTo(value, 4);
    expect(result.nodes).toBe(simulations);
  });
});

describe('by hand', () => {
  it('completes what was not visited by the mixed value', async () => {
    // One simulation visits b (q = .8): v_mix = (.4 + 1·.8)/2 = .6; σ(q) = (50 + 1)·.1·q; a and b have equal priors:
    // π′(b) = 1 / (1 + e^(5.1·(.6 − .8))) = 1 / (1 + e^−1.02).
    const toy: Toy = { value: 0.4, branches: { b: { prior: 0.5, to: { value: 0.8 } }, a: { prior: 0.5, to: { value: 0.9 } } } };
    for (let seed = 0; ; seed++) {
      const { root, moves } = await gumbelSearch(treeProblem, toy, { simulations: 1, seed });
      if (root[0]?.visits !== 1) continue;
      expect(root[0].weight).toBeCloseTo(1 / (1 + Math.exp(-1.02)), 12);
      expect(root[1]).toMatchObject({ visits: 0, qvalue: null });
      expect(moves).toEqual(['b']);
      break;
    }
  });

  it('without simulations draws the first move from the prior', async () => {
    // The Gumbel-max trick. 4000 draws of probability .3: 5 standard deviations are .036.
    const toy: Toy = { value: 0, branches: { a: { prior: 0.3, to: { value: 0 } }, b: { prior: 0.7, to: { value: 0 } } } };
    let drawn = 0;
    for (let seed = 0; seed < 4000; seed++) if ((await gumbelSearch(treeProblem, toy, { simulations: 0, seed })).moves[0] === 'a') drawn++;
    expect(Math.abs(drawn / 4000 - 0.3)).toBeLessThan(0.036);
  });

  it('its policy target is better than the prior, on average over random values', async () => {
    // Policy improvement (section 3): the expected value of the move that it takes is no less than the prior's. With 4 simulations of 8 moves.
    const random = new Random('improvement');
    let gain = 0;
    for (let run = 0; run < 300; run++) {
      const values = Array.from({ length: 8 }, () => random.uniform());
      const branches = Object.fromEntries(values.map((value, i) => [`${i}`, { prior: 1 / 8, to: { value: value * 0.99 } }]));
      const { moves } = await gumbelSearch(treeProblem, { value: 0.5, branches }, { simulations: 4, seed: run, maxConsidered: 4 });
      gain += (values[Number(moves[0])] as number) - values.reduce((a, b) => a + b, 0) / 8;
    }
    expect(gain / 300).toBeGreaterThan(0.15);
  });
});

it('refuses to consider no moves', async () => {
  await expect(gumbelSearch(treeProblem, { value: 0 }, { simulations: 1, maxConsidered: 0 })).rejects.toThrow(ConfigError);
});
