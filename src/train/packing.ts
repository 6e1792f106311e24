/**
 * Packs episodes into batches. Each lane holds whole episodes one after the other; they don't attend to each other and
 * each starts at position 0. Deterministic: the same episodes in the same order give the same batch. Spans are dense rows
 * over the batch, so that their number times its size is bounded.
 */
import { DataError } from '../base/index.ts';
import { ANCHORS, type Anchors, HIDDEN_SCORE, MARKS, PointerTrail, type TrailPlace, trailBucket } from '../model/index.ts';
import type { Batch, Episode, Pointing } from '../records/index.ts';

export interface BatchSize {
  /** T: tokens a lane. */
  readonly time: number;
  /** B: lanes. */
  readonly lanes: number;
}

/** Floats of all spans of a batch: 1 GiB. */
const LARGEST_SPANS = 2 ** 28;

export interface Packed {
  readonly batch: Batch;
  /** How many of the given episodes went in. */
  readonly used: number;
}

/** Takes episodes from the front, each into the first lane with room, until one does not fit. */
export function packEpisodes(episodes: Iterable<Episode>, size: BatchSize): Packed {
  const { time, lanes } = size;
  const free = new Int32Array(lanes).fill(time);
  const placed: Placement[] = [];
  for (const episode of episodes) {
    const length = episode.tokens.length;
    if (length === 0)
      throw new DataError({
        operation: 'pack episodes',
        got: 'an episode of no tokens',
        expected: 'at least one',
        fix: 'leave it out: a source of such episodes would never fill a batch',
      });
    if (length > time)
      throw new DataError({
        operation: 'pack episodes',
        got: `an episode of ${length} tokens`,
        expected: `at most ${time}`,
        fix: 'shorten the episode, or train with longer lanes (and a model whose context is as long)',
      });
    const lane = free.findIndex((room) => room >= length);
    if (lane < 0) break;
    placed.push({ episode, lane, start: time - (free[lane] as number) });
    free[lane] = (free[lane] as number) - length;
    if (free.every((room) => room === 0)) break;
  }
  return { batch: layOut(placed, size), used: placed.length };
}

interface Placement {
  readonly episode: Episode;
  readonly lane: number;
  readonly start: number;
}

function layOut(placed: readonly Placement[], { time, lanes }: BatchSize): Batch {
  const count = time * lanes;
  const tokens = new Int32Array(count);
  const targets = new Int32Array(count);
  const weights = new Float32Array(count);
  const positions = new Int32Array(count);
  const episodes = new Float32Array(count).fill(-1);
  const deciding: Decision[] = [];
  const references: ReferencePlace[] = [];
  let tokenCount = 0;

  placed.forEach(({ episode, lane, start }, number) => {
    const length = episode.tokens.length;
    tokenCount += length;
    let spanStart = 0;
    const trail = new PointerTrail();
    for (let i = 0; i < length; i++) {
      const at = (start + i) * lanes + lane;
      const token = episode.tokens[i] as number;
      tokens[at] = token;
      positions[at] = i;
      episodes[at] = number;
      const spanLength = i + 1 - spanStart;
      const trailPlace = trail.read(token);
      if (trailPlace) {
        references.push({ at, episode: number, position: i, token, spanLength, trailPlace });
        spanStart = i + 1;
      }
      if (i + 1 === length) continue;
      const target = episode.tokens[i + 1] as number;
      const weight = episode.weights[i + 1] as number;
      targets[at] = target;
      if (episode.pointed[i + 1] === 1)
        deciding.push({ at, episode: number, position: i, token: target, weight, spanLength, anchors: trail.anchors });
      else weights[at] = weight;
    }
  });
  return { time, lanes, tokens, targets, weights, positions, episodes, pointing: point(deciding, references, { time, lanes }), tokenCount };
}

interface Place {
  readonly at: number;
  readonly episode: number;
  readonly position: number;
  readonly token: number;
  /** Tokens since the reference before it, itself included. */
  readonly spanLength: number;
}
interface ReferencePlace extends Place {
  readonly trailPlace: TrailPlace;
}
interface Decision extends Place {
  readonly weight: number;
  readonly anchors: Anchors;
}

const DUMMY = {
  at: 0,
  episode: -1,
  position: 0,
  token: -1,
  weight: 0,
  spanLength: 1,
  anchors: [-1, -1, -1],
  trailPlace: { home: -1, marks: [0, 0, 0] },
} as const;

function point(decisions: readonly Decision[], places: readonly ReferencePlace[], size: BatchSize): Pointing {
  const deciding: readonly Decision[] = decisions.length > 0 ? decisions : [DUMMY];
  const references: readonly ReferencePlace[] = places.length > 0 && decisions.length > 0 ? places : [{ ...DUMMY, episode: -2 }];
  const R = references.length;
  const spanFloats = (deciding.length + R) * size.time * size.lanes;
  if (spanFloats > LARGEST_SPANS)
    throw new DataError({
      operation: 'pack episodes',
      got: `${deciding.length} decisions and ${R} references among ${size.time} × ${size.lanes} tokens: ${spanFloats} floats of spans`,
      expected: `at most ${LARGEST_SPANS}`,
      fix: 'take fewer lanes, shorter lanes, or episodes with fewer references',
    });
  const visibility = new Float32Array(deciding.length * R).fill(HIDDEN_SCORE);
  const chosen = new Float32Array(deciding.length * R);
  const buckets = ANCHORS.map(() => new Int32Array(deciding.length * R));
  deciding.forEach((decision, m) => {
    references.forEach((reference, r) => {
      for (const [a, bucket] of buckets.entries())
        bucket[m * R + r] = trailBucket(reference.trailPlace.home, decision.anchors[a] as number);
      if (reference.episode !== decision.episode || reference.position > decision.position) return;
      visibility[m * R + r] = 0;
      if (reference.token === decision.token) chosen[m * R + r] = 1;
    });
  });
  return {
    deciding: Int32Array.from(deciding, ({ at }) => at),
    weights: Float32Array.from(deciding, ({ weight }) => weight),
    references: Int32Array.from(references, ({ at }) => at),
    decidingSpans: averageSpans(deciding, size),
    referenceSpans: averageSpans(references, size),
    visibility,
    buckets,
    marks: Float32Array.from({ length: R * MARKS }, (_, i) => references[Math.floor(i / MARKS)]?.trailPlace.marks[i % MARKS] ?? 0),
    chosen,
  };
}

/** [places · T·B]: row by row, 1/length on the tokens of the place's span. */
function averageSpans(places: readonly Place[], { time, lanes }: BatchSize): Float32Array {
  const count = time * lanes;
  const weights = new Float32Array(places.length * count);
  places.forEach(({ at, spanLength }, row) => {
    for (let back = 0; back < spanLength; back++) weights[row * count + at - back * lanes] = 1 / spanLength;
  });
  return weights;
}
