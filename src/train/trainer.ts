/**
 * The embedded trainer: weights and AdamW state in plain buffers, one compiled graph that updates them in place.
 *
 * With gradient accumulation there are two graphs: one adds a micro-batch's gradients to accumulators, one applies them.
 * Everything that a step depends on is in `weights`, `moments` and `step`, so saving these three resumes exactly.
 */
import { TrainingError } from '../base/index.ts';
import { type ModelConfig, parameterSpecs, type Weights } from '../model/index.ts';
import type { Batch } from '../records/index.ts';
import {
  type AdamWOptions,
  adamWFeeds,
  adamWStep,
  clipByGlobalNorm,
  differentiate,
  Graph,
  ops,
  Session,
  sizeOf,
  type Tensor,
  type Values,
} from '../tensor/index.ts';
import { batchFeeds, batchWeight, type LanguageModelOptions, traceLanguageModel, trainedParameters } from './language-model.ts';

export interface TrainerOptions extends LanguageModelOptions {
  readonly optimizer?: AdamWOptions;
  /** Largest global gradient norm; default 1. */
  readonly clipNorm?: number;
  /** Micro-batches a step; default 1. */
  readonly accumulate?: number;
  readonly threads?: number;
}

/** Everything that training has changed. */
export interface TrainState {
  readonly weights: Weights;
  /** `<parameter>:m` and `<parameter>:v` of each trained parameter. */
  readonly moments: Weights;
  /** Steps done. */
  readonly step: number;
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
  readonly #weights: ReadonlyMap<string, Float32Array>;
  readonly #moments: ReadonlyMap<string, Float32Array>;
  readonly #shapes: ReadonlyMap<string, readonly number[]>;
  #step: number;
  #update: Session | undefined;
  #accumulate: { readonly session: Session; readonly gradients: ReadonlyMap<string, Float32Array> } | undefined;
  #forward: Session | undefined;

  /** Takes over the state's buffers and changes them. Missing moments start at zero. */
  constructor(
    config: ModelConfig,
    state: { readonly weights: Weights; readonly moments?: Weights; readonly step?: number },
    options: TrainerOptions,
  ) {
    this.config = config;
    this.#options = options;
    this.#weights = state.weights;
    this.#step = state.step ?? 0;
    this.#shapes = new Map(parameterSpecs(config).map(({ name, shape }) => [name, shape]));
    const names = trainedParameters(config).flatMap((name) => [`${name}:m`, `${name}:v`]);
    this.#moments = new Map(names.map((name) => [name, state.moments?.get(name) ?? new Float32Array(sizeOf(this.#shapeOf(name)))]));
  }

  get state(): TrainState {
    return { weights: this.#weights, moments: this.#moments, step: this.#step };
  }

  /** One optimizer step over `accumulate` batches. Throws `TrainingError` where loss or gradient is not a number: the weights are then spoilt. */
  async step(batches: readonly Batch[], learningRate: number): Promise<StepReport> {
    const expected = this.#options.accumulate ?? 1;
    if (batches.length !== expected)
      throw new TrainingError({ operation: 'train step', got: `${batches.length} batches`, expected: `${expected} (accumulate)` });
    const totalWeight = batches.reduce((sum, batch) => sum + batchWeight(batch), 0);
    const scalars = adamWFeeds(this.#step + 1, learningRate, this.#options.optimizer);
    const { loss, gradientNorm } =
      expected === 1
        ? await this.#fusedStep(batches[0] as Batch, totalWeight, scalars)
        : await this.#accumulatedStep(batches, totalWeight, scalars);
    if (!Number.isFinite(loss) || !Number.isFinite(gradientNorm))
      throw new TrainingError({
        operation: `train step ${this.#step + 1}`,
        got: `loss ${loss}, gradient norm ${gradientNorm}`,
        expected: 'finite numbers',
        fix: 'go back to the last checkpoint with a lower learning rate, or look at the batch of this step',
        details: { step: this.#step + 1, loss, gradientNorm },
      });
    this.#step++;
    return { step: this.#step, loss, gradientNorm, tokens: batches.reduce((sum, { tokenCount }) => sum + tokenCount, 0) };
  }

  /** The nats of every prediction under the present weights, which stay as they are. */
  async evaluate(batch: Batch): Promise<BatchNats> {
    if (!this.#forward) {
      const { graph, tokenNats, pointedNats } = traceLanguageModel(this.config, this.#options);
      this.#forward = await Session.create(graph, { tokenNats, ...(pointedNats ? { pointedNats } : {}) }, this.#sessionOptions);
    }
    const { tokenNats, pointedNats } = await this.#forward.run({ ...this.#buffers(this.#weights), ...batchFeeds(this.config, batch) });
    return { tokenNats: tokenNats?.data as Float32Array, pointedNats: (pointedNats?.data as Float32Array) ?? new Float32Array(0) };
  }

  async dispose(): Promise<void> {
    await Promise.all([this.#update?.dispose(), this.#accumulate?.session.dispose(), this.#forward?.dispose()]);
  }

  async #fusedStep(
    batch: Batch,
    totalWeight: number,
    scalars: Readonly<Record<string, number>>,
  ): Promise<{ loss: number; gradientNorm: number }> {
    if (!this.#update) {
      const { graph, parameters, loss, trained } = traceLanguageModel(this.config, this.#options);
      const gradients = differentiate(
        loss,
        trained.map((name) => parameters.get(name) as Tensor),
      );
      this.#update = await this.#compileUpdate(graph, parameters, new Map(trained.map((name, i) => [name, gradients[i] as Tensor])), {
        loss,
      });
    }
    const results = await this.#runUpdate(this.#update, { ...batchFeeds(this.config, batch, totalWeight) }, scalars);
    return { loss: scalarOf(results.loss), gradientNorm: scalarOf(results.gradientNorm) };
  }

  async #accumulatedStep(
    batches: readonly Batch[],
    totalWeight: number,
    scalars: Readonly<Record<string, number>>,
  ): Promise<{ loss: number; gradientNorm: number }> {
    this.#accumulate ??= await this.#compileAccumulation();
    const { session, gradients } = this.#accumulate;
    for (const gradient of gradients.values()) gradient.fill(0);
    const sums = this.#buffers(gradients);
    let loss = 0;
    for (const batch of batches) {
      const results = await session.run(
        { ...this.#buffers(this.#weights), ...sums, ...batchFeeds(this.config, batch, totalWeight) },
        renamed(sums, 'next'),
      );
      loss += scalarOf(results.loss);
    }
    if (!this.#update) {
      const graph = new Graph();
      const names = [...gradients.keys()].map((name) => name.slice(0, -':sum'.length));
      const inputs = (suffix: string): Map<string, Tensor> =>
        new Map(names.map((name) => [name, graph.input(`${name}${suffix}`, this.#shapeOf(name))]));
      this.#update = await this.#compileUpdate(graph, inputs(''), inputs(':sum'), {});
    }
    const results = await this.#runUpdate(this.#update, sums, scalars);
    return { loss, gradientNorm: scalarOf(results.gradientNorm) };
  }

  async #compileAccumulation(): Promise<{ readonly session: Session; readonly gradients: ReadonlyMap<string, Float32Array> }> {
    const { graph, parameters, loss, trained } = traceLanguageModel(this.config, this.#options);
    const gradients = differentiate(
      loss,
      trained.map((name) => parameters.get(name) as Tensor),
    );
    // Nothing else reads a sum: it may be written over its own input while other gradients are still computed.
    const sums = trained.map((name, i) => {
      const sum = graph.input(`${name}:sum`, this.#shapeOf(name));
      return [`${name}:sum:next`, ops.add(sum, gradients[i] as Tensor)] as const;
    });
    return {
      session: await Session.create(graph, { loss, ...Object.fromEntries(sums) }, this.#sessionOptions),
      gradients: new Map(trained.map((name) => [`${name}:sum`, new Float32Array(sizeOf(this.#shapeOf(name)))])),
    };
  }

  async #compileUpdate(
    graph: Graph,
    parameters: ReadonlyMap<string, Tensor>,
    gradients: ReadonlyMap<string, Tensor>,
    outputs: Readonly<Record<string, Tensor>>,
  ): Promise<Session> {
    const decays = new Map(parameterSpecs(this.config).map((spec) => [spec.name, spec.decays]));
    const names = [...gradients.keys()];
    const { clipped, norm } = clipByGlobalNorm([...gradients.values()], this.#options.clipNorm ?? 1);
    const optimized = names.map((name, i) => ({
      name,
      value: parameters.get(name) as Tensor,
      gradient: clipped[i] as Tensor,
      decays: decays.get(name) ?? false,
    }));
    const next = Object.entries(adamWStep(graph, optimized, this.#options.optimizer)).map(([name, tensor]) => [`${name}:next`, tensor]);
    return Session.create(graph, { ...outputs, gradientNorm: norm, ...Object.fromEntries(next) }, this.#sessionOptions);
  }

  #runUpdate(session: Session, feeds: Values, scalars: Readonly<Record<string, number>>): Promise<Values> {
    const rates = Object.fromEntries(Object.entries(scalars).map(([name, value]) => [name, { data: Float32Array.of(value), shape: [] }]));
    const trained = new Set([...this.#moments.keys()].map((name) => name.slice(0, -2)));
    const changing = this.#buffers(new Map([...[...this.#weights].filter(([name]) => trained.has(name)), ...this.#moments]));
    return session.run({ ...this.#buffers(this.#weights), ...changing, ...feeds, ...rates }, renamed(changing, 'next'));
  }

  #buffers(buffers: ReadonlyMap<string, Float32Array>): Values {
    return Object.fromEntries([...buffers].map(([name, data]) => [name, { data, shape: this.#shapeOf(name) }]));
  }

  /** The shape of a parameter, of its moments and of its gradient sum. */
  #shapeOf(name: string): readonly number[] {
    return this.#shapes.get(name.replace(/:(m|v|sum)$/, '')) as readonly number[];
  }

  get #sessionOptions(): { threads?: number } {
    return this.#options.threads === undefined ? {} : { threads: this.#options.threads };
  }
}

function renamed(values: Values, suffix: string): Values {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`${name}:${suffix}`, value]));
}

const scalarOf = (value: Values[string] | undefined): number => Number(value?.data[0]);
