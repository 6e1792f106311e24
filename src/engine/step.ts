/** One engine step at the level of numbers: what is fed for the tokens that lanes read, and what its results mean to them. */
import { HIDDEN_SCORE, type ModelConfig, TRAIL_WIDTH, windowOf } from '../model/index.ts';
import type { Value, Values } from '../tensor/index.ts';
import type { ColumnRange } from './columns.ts';
import { type KeyValueCache, ringRows } from './key-value-cache.ts';
import type { Lane } from './lane.ts';
import { natsOf } from './prediction.ts';
import { logSumExp } from './sampling.ts';
import { freshMask } from './step-plan.ts';

/** A lane and the tokens that it reads in this step, at most n. */
export interface LaneRead {
  readonly lane: Lane;
  readonly tokens: readonly number[];
}

/** Which part of the cache a step computes: its columns, which hold every lane that reads, and n. */
export interface StepPart {
  /** B of them. */
  readonly columns: ColumnRange;
  readonly width: number;
}

export interface StepOutcome extends StepPart {
  /** As `compileStep` names them. */
  readonly results: Values;
}

/** The windows of the layers, each once; none for layers that see all. */
export const windowsOf = (config: ModelConfig): readonly number[] => [
  ...new Set(Array.from({ length: config.layers }, (_, layer) => windowOf(config, layer)).filter((window) => window > 0)),
];

/** The feeds of a step, shapes as in `compileStep`. */
export function stepFeeds(config: ModelConfig, cache: KeyValueCache, reads: readonly LaneRead[], { columns, width: n }: StepPart): Values {
  const { rows } = cache.size;
  const { first, count: B } = columns;

  const tokens = new Int32Array(n * B);
  const positions = new Int32Array(n * B);
  const targets = new Int32Array(n * B);
  const last = Int32Array.from({ length: B }, (_, lane) => lane);
  const cachedMask = new Float32Array(B * rows).fill(HIDDEN_SCORE);
  const groups = config.heads / config.keyValueHeads;
  const windowMasks = new Map(
    windowsOf(config).map((window) => [window, new Float32Array(B * n * groups * ringRows(window)).fill(HIDDEN_SCORE)]),
  );
  for (const { lane, tokens: read } of reads) {
    const column = lane.column - first;
    cachedMask.fill(0, column * rows, column * rows + lane.length);
    for (const [window, mask] of windowMasks) showWindow(mask, { window, column, length: lane.length, n, groups });
    last[column] = (read.length - 1) * B + column;
    for (let t = 0; t < read.length; t++) {
      const at = t * B + column;
      tokens[at] = read[t] as number;
      positions[at] = lane.length + t;
      targets[at] = read[t + 1] ?? 0;
    }
  }

  const feeds: Record<string, Value> = {
    tokens: { data: tokens, shape: [n * B] },
    positions: { data: positions, shape: [n * B] },
    cachedMask: { data: cachedMask, shape: [B, 1, 1, rows] },
    freshMask: { data: freshMask(B, n, groups), shape: [B, 1, n * groups, n] },
    last: { data: last, shape: [B] },
    targets: { data: targets, shape: [n * B] },
  };
  for (const [window, data] of windowMasks) feeds[`cachedMask.${window}`] = { data, shape: [B, 1, n * groups, ringRows(window)] };
  cache.part(first, B).forEach(({ keys, values }, layer) => {
    const shape = [B, config.keyValueHeads, cache.rowsOf(layer), config.headWidth];
    feeds[`keys.${layer}`] = { data: keys, shape };
    feeds[`values.${layer}`] = { data: values, shape };
  });
  return feeds;
}

interface WindowMask {
  readonly window: number;
  /** In the step. */
  readonly column: number;
  /** Cached rows of its lane. */
  readonly length: number;
  readonly n: number;
  readonly groups: number;
}

/** [B, 1, n·groups, R], R rows in a ring: new token t of the lane sees, besides itself and those before it in this step, the `window` − 1 − t last tokens before. */
function showWindow(mask: Float32Array, { window, column, length, n, groups }: WindowMask): void {
  const R = ringRows(window);
  for (let t = 0; t < n; t++)
    for (let group = 0; group < groups; group++) {
      const row = ((column * n + t) * groups + group) * R;
      for (let seen = Math.max(0, length + t - window + 1); seen < length; seen++) mask[row + (seen % R)] = 0;
    }
}

/** Moves a step's results into the lane: cache rows, pointer memory, nats, the prediction after its last token. */
export function takeIn(
  config: ModelConfig,
  cache: KeyValueCache,
  { lane, tokens: read }: LaneRead,
  { results, columns, width: n }: StepOutcome,
): void {
  const { vocabularySize: V, pointerWidth: P } = config;
  const B = columns.count;
  const column = lane.column - columns.first;
  const floats = (name: string): Float32Array | undefined => results[name]?.data as Float32Array | undefined;
  cache.write(lane.column, lane.length, read.length, { data: floats('cache') as Float32Array, tokens: n, columns });
  const projections = floats('pointer');
  const width = 4 * P + 2 * TRAIL_WIDTH;
  const projectionsOf = (t: number): Float32Array =>
    (projections as Float32Array).subarray((t * B + column) * width, (t * B + column + 1) * width);
  if (lane.pointer) for (const [t, token] of read.entries()) lane.pointer.read(token, projectionsOf(t));

  const nats = floats('nats');
  const job = lane.jobs[0];
  // 1 when the first token is the one sampled before, which no append brought.
  const carried = lane.unread === undefined ? 0 : 1;
  if (job?.kind === 'append') {
    const given = read.length - carried;
    // The first given token was predicted by what stood before; every later one by this step.
    if (carried === 0 && lane.prediction) job.nats[job.read] = natsOf(lane.prediction, read[0] as number);
    for (let t = 0; t < read.length; t++) {
      const predicted = job.read + t - carried + 1;
      if (t + 1 < read.length && nats) job.nats[predicted] = nats[t * B + column] as number;
    }
    job.read += given;
  }
  lane.unread = undefined;
  lane.length += read.length;

  const logits = (floats('logits') as Float32Array).slice(column * V, (column + 1) * V);
  lane.prediction = {
    logits,
    logSumExp: logSumExp(logits),
    value: floats('value')?.[column] ?? Number.NaN,
    pointer: lane.pointer && {
      ...lane.pointer.queryAfter(projectionsOf(read.length - 1)),
      gate: floats('pointerGate')?.[column] as number,
    },
  };
  if (job?.kind === 'append' && job.read === job.tokens.length) {
    lane.jobs.shift();
    job.resolve({ nats: job.nats });
  }
}
