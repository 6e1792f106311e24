/** A run so small that it takes a second: one layer of width 8 that learns to point at one of the references shown. */
import { Random } from '../src/base/index.ts';
import { boundaryId, FIRST_REFERENCE } from '../src/grammar/index.ts';
import { presetConfig } from '../src/model/index.ts';
import type { Episode } from '../src/records/index.ts';
import { type EpisodeSource, listSource, type TrainRunOptions } from '../src/train/index.ts';

export const tinyConfig = presetConfig('nano', {
  vocabularySize: 330,
  contextLength: 64,
  layers: 1,
  width: 8,
  heads: 1,
  keyValueHeads: 1,
  headWidth: 8,
  feedForwardWidth: 8,
  pointerWidth: 4,
});

/** `begin observe ⟨a⟩ ⟨b⟩ … act ⟨b⟩ x end`: weight 1 on the last four, of which three follow the `act`. */
export function tinyEpisode(number: number): Episode {
  const random = new Random(`tiny/${number}`);
  const shown = Array.from({ length: 2 + random.below(6) }, () => FIRST_REFERENCE + random.below(256));
  const act = shown.length + 2;
  const tokens = [
    boundaryId('begin'),
    boundaryId('observe'),
    ...shown,
    boundaryId('act'),
    random.pick(shown),
    320 + random.below(10),
    boundaryId('end'),
  ];
  return {
    tokens: Int32Array.from(tokens),
    weights: Float32Array.from(tokens, (_, i) => (i >= act ? 1 : 0)),
    pointed: Uint8Array.from(tokens, (_, i) => (i === act + 1 ? 1 : 0)),
  };
}

export const tinySource = (count = 23): EpisodeSource => listSource(Array.from({ length: count }, (_, i) => tinyEpisode(i)));

export function tinyRun(folder: string, changes: Partial<TrainRunOptions> = {}): TrainRunOptions {
  return {
    folder,
    config: tinyConfig,
    source: tinySource(),
    permuteReferences: true,
    batch: { time: 32, lanes: 2 },
    steps: 40,
    schedule: { peak: 0.01 },
    seed: 'tiny',
    threads: 1,
    ...changes,
  };
}
