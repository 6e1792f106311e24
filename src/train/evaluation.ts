/**
 * How well a model predicts episodes that it is not trained on: mean nats a token, and of the tokens of actions alone.
 *
 * Every token with a positive loss weight counts once, whatever its weight; a chosen reference counts under the pointer
 * mixture. It changes nothing in the trainer.
 */
import { ConfigError } from '../base/index.ts';
import { boundaryId } from '../grammar/index.ts';
import type { Batch } from '../records/index.ts';
import type { EpisodeSource } from './episode-source.ts';
import { type BatchSize, packEpisodes } from './packing.ts';
import type { BatchNats, Trainer } from './trainer.ts';

export interface EvaluationReport {
  /** Mean nats of the tokens that are trained on; null where there are none. */
  readonly nats: number | null;
  readonly tokens: number;
  /** Mean nats of those that follow an `act`, up to its `end`; null where there are none. */
  readonly actNats: number | null;
  readonly actTokens: number;
}

export interface EvaluateOptions {
  readonly size: BatchSize;
  /** Batches at most, from the first episode on; default all, which a source without end has not. */
  readonly batches?: number;
}

/**
 * Mean nats a token (natural logarithm, 0 or more) over the episodes of `source`, read once and in order, packed into
 * batches of `size` ([T·B] tokens). Draws nothing and changes nothing. Throws `ConfigError` for a source without end
 * and no `batches`, and what packing throws for an episode longer than a lane.
 */
export async function evaluate(trainer: Trainer, source: EpisodeSource, { size, batches }: EvaluateOptions): Promise<EvaluationReport> {
  checkEnds(source, batches);
  const limit = batches ?? Number.POSITIVE_INFINITY;
  const sums: Sums = { nats: 0, tokens: 0, actNats: 0, actTokens: 0 };
  let next = 0;
  for (let count = 0; next < source.length && count < limit; count++) {
    const { batch, used } = packEpisodes(episodesFrom(source, next), size);
    addBatch(sums, batch, await trainer.evaluate(batch));
    next += used;
  }
  return {
    nats: sums.tokens === 0 ? null : sums.nats / sums.tokens,
    tokens: sums.tokens,
    actNats: sums.actTokens === 0 ? null : sums.actNats / sums.actTokens,
    actTokens: sums.actTokens,
  };
}

/** Throws `ConfigError` for an evaluation that would never end. */
export function checkEnds({ length }: EpisodeSource, batches: number | undefined): void {
  if (Number.isFinite(length) || (batches !== undefined && Number.isFinite(batches))) return;
  throw new ConfigError({
    operation: 'evaluate',
    got: 'episodes without end, and no number of batches',
    expected: 'episodes or batches that end',
    fix: 'say how many batches to evaluate (`batches`)',
  });
}

interface Sums {
  nats: number;
  tokens: number;
  actNats: number;
  actTokens: number;
}

function addBatch(sums: Sums, batch: Batch, { tokenNats, pointedNats }: BatchNats): void {
  const acting = actTargets(batch);
  const add = (at: number, nats: number): void => {
    sums.nats += nats;
    sums.tokens++;
    if (!acting[at]) return;
    sums.actNats += nats;
    sums.actTokens++;
  };
  batch.weights.forEach((weight, at) => {
    if (weight > 0) add(at, tokenNats[at] as number);
  });
  batch.pointing.deciding.forEach((at, m) => {
    // Without a pointer head a chosen reference is a token like others.
    if ((batch.pointing.weights[m] as number) > 0) add(at, (pointedNats[m] ?? tokenNats[at]) as number);
  });
}

/** [T·B]: 1 where the target belongs to an action. Text can't spell the boundaries, so reading them off the tokens is exact. */
function actTargets({ time, lanes, tokens, positions }: Batch): Uint8Array {
  const [act, end] = [boundaryId('act'), boundaryId('end')];
  const acting = new Uint8Array(time * lanes);
  for (let lane = 0; lane < lanes; lane++) {
    let inside = false;
    for (let t = 0; t < time; t++) {
      const at = t * lanes + lane;
      if (positions[at] === 0 || tokens[at] === end) inside = false;
      if (tokens[at] === act) inside = true;
      acting[at] = inside ? 1 : 0;
    }
  }
  return acting;
}

function* episodesFrom(source: EpisodeSource, start: number): Generator<ReturnType<EpisodeSource['episode']>> {
  for (let index = start; index < source.length; index++) yield source.episode(index);
}
