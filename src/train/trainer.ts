/**
 * The embedded trainer of the language-model loss: batches in, updated weights out; how a step is taken is `Updater`'s.
 *
 * Everything that a step depends on is in `weights`, `moments` and `step`, so saving these three resumes exactly.
 */
import { TrainingError } from '../base/index.ts';
import type { ModelConfig } from '../model/index.ts';
import type { Batch } from '../records/index.ts';
import { type AdamWOptions, Session } from '../tensor/index.ts';
import { batchFeeds, batchWeight, type LanguageModelOptions, traceLanguageModel, trainedParameters } from './language-model.ts';
import type { BatchSize } from './packing.ts';
import { type InitialState, type Objective, type TrainState, Updater } from './updater.ts';

export interface TrainerOptions extends Pick<LanguageModelOptions, 'block'> {
  readonly optimizer?: AdamWOptions;
  /** Largest global gradient norm; default 1. */
  readonly clipNorm?: number;
  /** Micro-batches a step; default 1. */
  readonly accumulate?: number;
  readonly threads?: number;
}

export interface StepReport {
  readonly step: number;
  /** Weighted mean nats. */
  readonly loss: number;
  /** Global gradient norm before clipping. */
  readonly gradientNorm: number;
  readonly tokens: number;
}

/** Nats of every prediction of a batch. */
export interface BatchNats {
  /** [T·B], under the ordinary softmax. */
  readonly tokenNats: Float32Array;
  /** [M], under the pointer mixture; empty without a pointer head. */
  readonly pointedNats: Float32Array;
}

export class Trainer {
  readonly config: ModelConfig;
  readonly #options: TrainerOptions;
  readonly #updater: Updater;
  /** One graph for each size of batch that comes, by its name. */
  readonly #sizes = new Map<string, BatchSize>();
  readonly #forward = new Map<string, Session>();

  /** Takes over the state's buffers and changes them. Missing moments start at zero. */
  constructor(config: ModelConfig, state: InitialState, options: TrainerOptions = {}) {
    this.config = config;
    this.#options = options;
    const trace = (shape: string): Objective => {
      const { graph, parameters, loss, trained } = traceLanguageModel(config, { ...options, ...this.#sizeOf(shape) });
      return { graph, parameters, terms: [{ loss, trained }], sums: { loss } };
    };
    const { optimizer, clipNorm, threads } = options;
    this.#updater = new Updater(config, state, { trace, trained: trainedParameters(config), optimizer, clipNorm, threads });
  }

  get state(): TrainState {
    return this.#updater.state;
  }

  /** One optimizer step over `accumulate` batches of one size. Throws `TrainingError` where loss or gradient is not a number: the weights are then spoilt. */
  async step(batches: readonly Batch[], learningRate: number): Promise<StepReport> {
    const expected = this.#options.accumulate ?? 1;
    if (batches.length !== expected)
      throw new TrainingError({ operation: 'train step', got: `${batches.length} batches`, expected: `${expected} (accumulate)` });
    const shapes = new Set(batches.map((batch) => this.#shapeOf(batch)));
    if (shapes.size !== 1)
      throw new TrainingError({ operation: 'train step', got: `batches of ${[...shapes].join(' and ')} tokens`, expected: 'one size' });
    const totalWeight = batches.reduce((sum, batch) => sum + batchWeight(batch), 0);
    const { sums, gradientNorm } = await this.#updater.step(
      batches.map((batch) => batchFeeds(this.config, batch, totalWeight)),
      learningRate,
      [...shapes][0],
    );
    const tokens = batches.reduce((sum, { tokenCount }) => sum + tokenCount, 0);
    return { step: this.state.step, loss: sums.loss, gradientNorm, tokens };
  }

  /** The nats of every prediction under the present weights, which stay as they are. */
  async evaluate(batch: Batch): Promise<BatchNats> {
    const shape = this.#shapeOf(batch);
    let forward = this.#forward.get(shape);
    if (!forward) {
      const { graph, tokenNats, pointedNats } = traceLanguageModel(this.config, { ...this.#options, ...this.#sizeOf(shape) });
      forward = await Session.create(graph, { tokenNats, ...(pointedNats ? { pointedNats } : {}) }, this.#updater.sessionOptions);
      this.#forward.set(shape, forward);
    }
    const { tokenNats, pointedNats } = await forward.run({ ...this.#updater.weightFeeds(), ...batchFeeds(this.config, batch) });
    return { tokenNats: tokenNats?.data as Float32Array, pointedNats: (pointedNats?.data as Float32Array) ?? new Float32Array(0) };
  }

  async dispose(): Promise<void> {
    await Promise.all([this.#updater.dispose(), ...[...this.#forward.values()].map((session) => session.dispose())]);
  }

  #shapeOf({ time, lanes }: Batch): string {
    const shape = `${time} × ${lanes}`;
    this.#sizes.set(shape, { time, lanes });
    return shape;
  }

  #sizeOf = (shape: string): BatchSize => this.#sizes.get(shape) as BatchSize;
}
