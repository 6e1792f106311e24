/**
 * Practice on a task without end: fresh episodes through the trainer until unseen ones are right. The rate stays up until
 * they nearly are, then falls over a fixed number of steps; a curriculum goes to its next level when the present one is
 * nearly right. Both depend on what was measured and on nothing else, so the same seed gives the same run.
 */
import { Random } from '../../src/base/index.ts';
import { initializeWeights, type ModelConfig, type Weights } from '../../src/model/index.ts';
import type { Batch, Episode } from '../../src/records/index.ts';
import { type BatchSize, packEpisodes, Trainer } from '../../src/train/index.ts';

/** An episode, and which of its tokens must be right together: unit numbers, −1 for none. */
export interface TaskEpisode {
  readonly episode: Episode;
  readonly units: Int32Array;
}

export interface Practice {
  readonly config: ModelConfig;
  readonly size: BatchSize;
  /** Levels of the curriculum; the last is the task itself. */
  readonly levels: number;
  /** Episode `number` of a level, always the same; numbers that start with `unseen` are never trained on. */
  readonly episode: (number: string, level: number) => TaskEpisode;
  readonly peakRate: number;
  /** Steps at most. */
  readonly steps: number;
  /** Over so many steps the rate falls, once this share of the task's units is right. */
  readonly coolDown: { readonly from: number; readonly steps: number };
  readonly seed: number;
  readonly say: (line: string) => void;
}

export interface PracticeResult {
  readonly weights: Weights;
  /** One point every `MEASURED_EVERY` steps: share of units right on unseen episodes of the task itself. */
  readonly curve: readonly { readonly step: number; readonly tokens: number; readonly seconds: number; readonly right: number }[];
  /** Seconds of training, measuring left out. */
  readonly seconds: number;
  readonly tokens: number;
}

const WARM_UP = 50;
const MEASURED_EVERY = 50;
const MEASURED_EPISODES = 32;
/** From here a level of the curriculum is nearly right. */
const NEARLY = 0.9;
/** What is left of the rate at the end. */
const FLOOR = 0.02;

export async function practise({ config, size, levels, episode, peakRate, steps, coolDown, seed, say }: Practice): Promise<PracticeResult> {
  const trainer = new Trainer(config, { weights: initializeWeights(config, new Random(seed)) });
  const curve: PracticeResult['curve'][number][] = [];
  let [level, next, tokens, seconds] = [0, 0, 0, 0];
  let falling: number | undefined;
  for (let step = 1; step <= steps && (falling === undefined || step <= falling + coolDown.steps); step++) {
    const start = performance.now();
    const { batch, used } = packEpisodes(freshEpisodes(episode, level, `${seed}/`, next), size);
    const left = falling === undefined ? 1 : Math.max(FLOOR, 1 - (step - falling) / coolDown.steps);
    const { loss } = await trainer.step([batch], peakRate * Math.min(1, step / WARM_UP) * left);
    seconds += (performance.now() - start) / 1000;
    next += used;
    tokens += batch.tokenCount;
    if (step % MEASURED_EVERY !== 0) continue;

    const right = await measure(trainer, size, episode, levels - 1);
    curve.push({ step, tokens, seconds, right });
    say(
      `  step ${step}, ${(tokens / 1e6).toFixed(2)} M tokens, ${seconds.toFixed(0)} s, level ${level + 1}/${levels}: loss ${loss.toFixed(3)}, right ${right.toFixed(3)}`,
    );
    if (level + 1 < levels) {
      if ((await measure(trainer, size, episode, level)) >= NEARLY) level++;
    } else if (falling === undefined && right >= coolDown.from) falling = step;
  }
  const { weights } = trainer.state;
  await trainer.dispose();
  return { weights, curve, seconds, tokens };
}

function* freshEpisodes(episode: Practice['episode'], level: number, prefix: string, from: number): Generator<Episode> {
  for (let number = from; ; number++) yield episode(prefix + number, level).episode;
}

/** Share of units of unseen episodes whose every token has more than half of the probability, given the right ones before. */
async function measure(trainer: Trainer, size: BatchSize, episode: Practice['episode'], level: number): Promise<number> {
  let waiting = Array.from({ length: MEASURED_EPISODES }, (_, i) => episode(`unseen/${i}`, level));
  let [right, all] = [0, 0];
  while (waiting.length > 0) {
    const { batch, used } = packEpisodes(
      waiting.map((task) => task.episode),
      size,
    );
    const units = unitsRight(batch, waiting.slice(0, used), await natsByPlace(trainer, batch));
    right += units.filter((ok) => ok).length;
    all += units.length;
    waiting = waiting.slice(used);
  }
  return right / all;
}

/** [T·B]: nats of each target, under the pointer mixture where it was pointed at. */
export async function natsByPlace(trainer: Trainer, batch: Batch): Promise<Float32Array> {
  const { tokenNats, pointedNats } = await trainer.evaluate(batch);
  const nats = tokenNats.slice();
  if (pointedNats.length > 0)
    batch.pointing.deciding.forEach((at, m) => {
      nats[at] = pointedNats[m] as number;
    });
  return nats;
}

function unitsRight(batch: Batch, tasks: readonly TaskEpisode[], nats: Float32Array): readonly boolean[] {
  const units = new Map<string, boolean>();
  batch.episodes.forEach((number, at) => {
    const unit = tasks[number]?.units[(batch.positions[at] as number) + 1] ?? -1;
    if (unit < 0) return;
    const key = `${number}/${unit}`;
    units.set(key, (units.get(key) ?? true) && (nats[at] as number) < Math.LN2);
  });
  return [...units.values()];
}
