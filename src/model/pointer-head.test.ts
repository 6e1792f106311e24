/** The pointer head's nats against the same in float64 and plain loops, on hidden rows that are made up. */
import { describe, expect, it } from 'vitest';
import { dot, plus, softmax, times } from '../../test/plain-llama.ts';
import { randomModel } from '../../test/random-model.ts';
import { Random } from '../base/index.ts';
import { Graph, Session } from '../tensor/index.ts';
import { HIDDEN_SCORE } from './causal-attention.ts';
import { parameterSpecs } from './config.ts';
import { pointerNats, SMALLEST_PROBABILITY } from './pointer-head.ts';
import { ANCHORS, MARKS, TRAIL_BUCKETS } from './pointer-trail.ts';

const { config, weights } = randomModel('pointer', { width: 12, pointerWidth: 5 });
const { width: C, pointerWidth: P } = config;
const random = new Random('rows');
const N = 9;
const rows = Array.from({ length: N }, () => Array.from({ length: C }, () => random.normal()));
const tokenNats = Array.from({ length: N }, () => 3 * random.uniform());

/** Places as [first of its span … itself]; `visible` and `chosen` by decision and reference. */
interface Case {
  readonly deciding: readonly (readonly [number, number])[];
  readonly references: readonly (readonly [number, number])[];
  readonly visible: readonly (readonly number[])[];
  readonly chosen: readonly (readonly number[])[];
  readonly nats?: readonly number[];
  readonly gateBias?: number;
}

const averages = (spans: Case['deciding']): Float32Array =>
  Float32Array.from(spans.flatMap(([first, last]) => rows.map((_, n) => (n >= first && n <= last ? 1 / (last - first + 1) : 0))));

/** Made-up places on the trail. */
const bucketOf = (anchor: number, m: number, r: number): number => (7 * anchor + 3 * m + 5 * r) % TRAIL_BUCKETS;
const markOf = (r: number, g: number): number => ((2 * r + g) % 4) / 4;

async function run({ deciding, references, visible, chosen, nats = tokenNats, gateBias = 0 }: Case): Promise<number[]> {
  const graph = new Graph();
  const parameters = new Map(
    parameterSpecs(config).map(({ name, shape }) => [
      name,
      graph.constant(name === 'pointer.gateBias' ? Float32Array.of(gateBias) : (weights.get(name) as Float32Array), shape, 'float32'),
    ]),
  );
  const [M, R] = [deciding.length, references.length];
  const floats = (data: Float32Array | readonly number[], shape: readonly number[]) =>
    graph.constant(Float32Array.from(data), shape, 'float32');
  const output = pointerNats(config, parameters, floats(rows.flat(), [N, C]), floats(nats, [N]), {
    deciding: graph.constant(
      Int32Array.from(deciding, ([, last]) => last),
      [M],
      'int32',
    ),
    references: graph.constant(
      Int32Array.from(references, ([, last]) => last),
      [R],
      'int32',
    ),
    decidingSpans: floats(averages(deciding), [M, N]),
    referenceSpans: floats(averages(references), [R, N]),
    visibility: floats(
      visible.flat().map((seen) => (seen ? 0 : HIDDEN_SCORE)),
      [M, R],
    ),
    buckets: ANCHORS.map((_, a) =>
      graph.constant(
        Int32Array.from({ length: M * R }, (_, i) => bucketOf(a, Math.floor(i / R), i % R)),
        [M, R],
        'int32',
      ),
    ),
    marks: floats(
      Array.from({ length: R * MARKS }, (_, i) => markOf(Math.floor(i / MARKS), i % MARKS)),
      [R, MARKS],
    ),
    chosen: floats(chosen.flat(), [M, R]),
  });
  const session = await Session.create(graph, { output }, { threads: 1 });
  const result = await session.run({});
  await session.dispose();
  return Array.from(result.output?.data as Float32Array);
}

function plainly({ deciding, references, visible, chosen, nats = tokenNats, gateBias = 0 }: Case): number[] {
  const project = (name: string, row: readonly number[]): number[] => times(weights.get(`pointer.${name}`) as Float32Array, row);
  const mean = ([first, last]: readonly [number, number]): number[] =>
    rows
      .slice(first, last + 1)
      .reduce(plus)
      .map((sum) => sum / (last - first + 1));
  return deciding.map((place, m) => {
    const row = rows[place[1]] as number[];
    const query = plus(project('query', row), project('spanQuery', mean(place)));
    const seen = references.map((_, r) => r).filter((r) => visible[m]?.[r]);
    const scores = seen.map((r) => {
      const reference = references[r] as readonly [number, number];
      const steps = plus(project('trail', row), project('spanTrail', mean(place)));
      const along = ANCHORS.map((_, a) => steps[a * TRAIL_BUCKETS + bucketOf(a, m, r)] as number);
      const marked = Array.from({ length: MARKS }, (_, g) => (steps[ANCHORS.length * TRAIL_BUCKETS + g] as number) * markOf(r, g));
      const matched = dot(query, plus(project('key', rows[reference[1]] as number[]), project('spanKey', mean(reference)))) / Math.sqrt(P);
      return [...along, ...marked].reduce((a, b) => a + b, matched);
    });
    const probabilities = softmax(scores);
    const pointed = seen.reduce((sum, r, i) => sum + (probabilities[i] as number) * (chosen[m]?.[r] as number), 0);
    const gate = 1 / (1 + Math.exp(-dot([...(weights.get('pointer.gate') as Float32Array)], row) - gateBias));
    return -Math.log(Math.max(SMALLEST_PROBABILITY, gate * pointed + (1 - gate) * Math.exp(-(nats[place[1]] as number))));
  });
}

const close = (got: readonly number[], expected: readonly number[]): void => {
  expect(got.length).toBe(expected.length);
  for (const [i, x] of expected.entries()) expect(Math.abs((got[i] as number) - x)).toBeLessThan(1e-5);
};

describe('pointer nats', () => {
  const references = [
    [0, 1],
    [2, 2],
    [3, 5],
    [6, 6],
  ] as const;

  it('mix pointing and speaking; a reference that stands twice counts twice; what is hidden counts for nothing', async () => {
    const given: Case = {
      deciding: [
        [2, 2],
        [3, 4],
        [7, 8],
      ],
      references,
      visible: [
        [1, 0, 0, 0],
        [1, 1, 0, 0],
        [1, 1, 1, 1],
      ],
      chosen: [
        [1, 0, 0, 0],
        [0, 1, 0, 0],
        [0, 1, 0, 1],
      ],
    };
    close(await run(given), plainly(given));
  });

  it('speak where nothing that is visible was chosen', async () => {
    const given: Case = { deciding: [[7, 8]], references, visible: [[1, 1, 1, 1]], chosen: [[0, 0, 0, 0]] };
    close(await run(given), plainly(given));
  });

  it('are cut off at the smallest probability', async () => {
    const given: Case = { deciding: [[7, 8]], references, visible: [[1, 1, 1, 1]], chosen: [[0, 0, 0, 0]], nats: tokenNats.map(() => 60) };
    close(await run(given), [-Math.log(SMALLEST_PROBABILITY)]);
  });

  it('are those of pointing alone behind an open gate, and of speaking alone behind a closed one', async () => {
    const given: Case = { deciding: [[7, 8]], references, visible: [[1, 1, 1, 1]], chosen: [[0, 1, 0, 0]] };
    const [open] = await run({ ...given, gateBias: 60 });
    const [shut] = await run({ ...given, gateBias: -60 });
    expect(shut).toBeCloseTo(tokenNats[8] as number, 5);
    close([open as number], plainly({ ...given, gateBias: 60 }));
  });
});
