/**
 * One optimizer step on a traced objective: weights and AdamW state in plain buffers, compiled graphs that update them in place.
 *
 * Over one batch a step is one graph; over several there are two: one adds a batch's gradients to accumulators, one applies
 * them. What the objective means is its tracer's business; which numbers it depends on besides its feeds is in `weights`,
 * `moments` and `step`, so saving these three resumes exactly.
 */
import { TrainingError } from '../base/index.ts';
import { type ModelConfig, parameterSpecs, type Weights } from '../model/index.ts';
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

/** A scalar and the parameters that it moves. A parameter of several terms moves by the sum of their gradients. */
export interface ObjectiveTerm {
  readonly loss: Tensor;
  readonly trained: readonly string[];
}

export interface Objective {
  readonly graph: Graph;
  readonly parameters: ReadonlyMap<string, Tensor>;
  readonly terms: readonly ObjectiveTerm[];
  /** Scalars that are told of each step, added up over its batches. */
  readonly sums: Readonly<Record<string, Tensor>> & { readonly loss: Tensor };
}

export interface UpdaterOptions {
  /** A fresh trace for batches of this shape; called once for each graph that is compiled. */
  readonly trace: (shape: string) => Objective;
  /** Everything that the objective's terms train, each once. */
  readonly trained: readonly string[];
  readonly optimizer?: AdamWOptions | undefined;
  /** Largest global gradient norm; default 1. */
  readonly clipNorm?: number | undefined;
  readonly threads?: number | undefined;
}

/** Everything that training has changed. */
export interface TrainState {
  readonly weights: Weights;
  /** `<parameter>:m` and `<parameter>:v` of each trained parameter. */
  readonly moments: Weights;
  /** Steps done. */
  readonly step: number;
}

export type InitialState = Pick<TrainState, 'weights'> & Partial<TrainState>;

export interface UpdateReport {
  readonly sums: Readonly<Record<string, number>> & { readonly loss: number };
  /** Global gradient norm before clipping. */
  readonly gradientNorm: number;
}

export class Updater {
  readonly config: ModelConfig;
  readonly #options: UpdaterOptions;
  readonly #weights: Weights;
  readonly #moments: Weights;
  readonly #shapes: ReadonlyMap<string, readonly number[]>;
  #step: number;
  /** By shape. */
  readonly #fused = new Map<string, Session>();
  readonly #accumulations = new Map<string, Accumulation>();

  /** Takes over the state's buffers and changes them. Missing moments start at zero. */
  constructor(config: ModelConfig, state: InitialState, options: UpdaterOptions) {
    this.config = config;
    this.#options = options;
    this.#weights = state.weights;
    this.#step = state.step ?? 0;
    this.#shapes = new Map(parameterSpecs(config).map(({ name, shape }) => [name, shape]));
    const names = options.trained.flatMap((name) => [`${name}:m`, `${name}:v`]);
    this.#moments = new Map(names.map((name) => [name, state.moments?.get(name) ?? new Float32Array(sizeOf(this.#shapeOf(name)))]));
  }

  get state(): TrainState {
    return { weights: this.#weights, moments: this.#moments, step: this.#step };
  }

  get sessionOptions(): { threads?: number } {
    return this.#options.threads === undefined ? {} : { threads: this.#options.threads };
  }

  /** Weights as feeds: the present ones, or others of the same model. */
  weightFeeds(weights: Weights = this.#weights): Values {
    return this.#buffers(weights);
  }

  /**
   * One step over the batches with these feeds, all of one shape, whose name goes to `trace`. Throws `TrainingError` where loss or gradient is not a
   * number: the weights are then spoilt.
   */
  async step(batches: readonly Values[], learningRate: number, shape = ''): Promise<UpdateReport> {
    const scalars = adamWFeeds(this.#step + 1, learningRate, this.#options.optimizer);
    const [first] = batches;
    if (!first) throw new TrainingError({ operation: 'train step', got: 'no batches', expected: 'at least one' });
    const report =
      batches.length === 1 ? await this.#fusedStep(first, scalars, shape) : await this.#accumulatedStep(batches, scalars, shape);
    const { loss } = report.sums;
    const { gradientNorm } = report;
    if (!Number.isFinite(loss) || !Number.isFinite(gradientNorm))
      throw new TrainingError({
        operation: `train step ${this.#step + 1}`,
        got: `loss ${loss}, gradient norm ${gradientNorm}`,
        expected: 'finite numbers',
        fix: 'go back to the last checkpoint with a lower learning rate, or look at the batch of this step',
        details: { step: this.#step + 1, loss, gradientNorm },
      });
    this.#step++;
    return report;
  }

  async dispose(): Promise<void> {
    const sessions = [...this.#fused.values(), ...[...this.#accumulations.values()].flatMap(({ session, apply }) => [session, apply])];
    await Promise.all(sessions.map((session) => session.dispose()));
  }

  async #fusedStep(feeds: Values, scalars: Readonly<Record<string, number>>, shape: string): Promise<UpdateReport> {
    let session = this.#fused.get(shape);
    if (!session) {
      const objective = this.#options.trace(shape);
      const gradients = this.#gradients(objective);
      session = await this.#compileUpdate(objective.graph, objective.parameters, gradients, objective.sums);
      this.#fused.set(shape, session);
    }
    const results = await this.#runUpdate(session, feeds, scalars);
    return { sums: sumsOf([results]), gradientNorm: scalarOf(results.gradientNorm) };
  }

  async #accumulatedStep(batches: readonly Values[], scalars: Readonly<Record<string, number>>, shape: string): Promise<UpdateReport> {
    let accumulation = this.#accumulations.get(shape);
    if (!accumulation) {
      accumulation = await this.#compileAccumulation(shape);
      this.#accumulations.set(shape, accumulation);
    }
    const { session, apply, gradients } = accumulation;
    for (const gradient of gradients.values()) gradient.fill(0);
    const accumulators = this.#buffers(gradients);
    const fetched = renamed(accumulators, 'next');
    const told: Values[] = [];
    for (const feeds of batches) {
      const results = await session.run({ ...this.#buffers(this.#weights), ...accumulators, ...feeds }, fetched);
      told.push(Object.fromEntries(Object.entries(results).filter(([name]) => !(name in fetched))));
    }
    const results = await this.#runUpdate(apply, accumulators, scalars);
    return { sums: sumsOf(told), gradientNorm: scalarOf(results.gradientNorm) };
  }

  async #compileAccumulation(shape: string): Promise<Accumulation> {
    const objective = this.#options.trace(shape);
    // Nothing else reads a sum: it may be written over its own input while other gradients are still computed.
    const next = [...this.#gradients(objective)].map(([name, gradient]) => {
      const sum = objective.graph.input(`${name}:sum`, this.#shapeOf(name));
      return [`${name}:sum:next`, ops.add(sum, gradient)] as const;
    });
    const session = await Session.create(objective.graph, { ...objective.sums, ...Object.fromEntries(next) }, this.sessionOptions);

    const graph = new Graph();
    const inputs = (suffix: string): Map<string, Tensor> =>
      new Map(this.#options.trained.map((name) => [name, graph.input(`${name}${suffix}`, this.#shapeOf(name))]));
    return {
      session,
      apply: await this.#compileUpdate(graph, inputs(''), inputs(':sum'), {}),
      gradients: new Map(this.#options.trained.map((name) => [`${name}:sum`, new Float32Array(sizeOf(this.#shapeOf(name)))])),
    };
  }

  /** The gradient of each trained parameter, in order. */
  #gradients({ parameters, terms }: Objective): ReadonlyMap<string, Tensor> {
    const sums = new Map<string, Tensor>();
    for (const { loss, trained } of terms) {
      const gradients = differentiate(
        loss,
        trained.map((name) => parameters.get(name) as Tensor),
      );
      for (const [i, name] of trained.entries()) {
        const earlier = sums.get(name);
        sums.set(name, earlier ? ops.add(earlier, gradients[i] as Tensor) : (gradients[i] as Tensor));
      }
    }
    return new Map(this.#options.trained.map((name) => [name, sums.get(name) as Tensor]));
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
    return Session.create(graph, { ...outputs, gradientNorm: norm, ...Object.fromEntries(next) }, this.sessionOptions);
  }

  async #runUpdate(session: Session, feeds: Values, scalars: Readonly<Record<string, number>>): Promise<Values> {
    const rates = Object.fromEntries(Object.entries(scalars).map(([name, value]) => [name, { data: Float32Array.of(value), shape: [] }]));
    const trained = new Set(this.#options.trained);
    const changing = this.#buffers(new Map([...[...this.#weights].filter(([name]) => trained.has(name)), ...this.#moments]));
    const fetched = renamed(changing, 'next');
    const results = await session.run({ ...this.#buffers(this.#weights), ...changing, ...feeds, ...rates }, fetched);
    return Object.fromEntries(Object.entries(results).filter(([name]) => !(name in fetched)));
  }

  #buffers(buffers: ReadonlyMap<string, Float32Array>): Values {
    return Object.fromEntries([...buffers].map(([name, data]) => [name, { data, shape: this.#shapeOf(name) }]));
  }

  /** The shape of a parameter, of its moments and of its gradient sum. */
  #shapeOf(name: string): readonly number[] {
    return this.#shapes.get(name.replace(/:(m|v|sum)$/, '')) as readonly number[];
  }
}

interface Accumulation {
  /** Adds one batch's gradients to `gradients`. */
  readonly session: Session;
  readonly apply: Session;
  readonly gradients: ReadonlyMap<string, Float32Array>;
}

function renamed(values: Values, suffix: string): Values {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`${name}:${suffix}`, value]));
}

/** What each run told, added up by name. */
function sumsOf(results: readonly Values[]): UpdateReport['sums'] {
  const sums: Record<string, number> & { loss: number } = { loss: 0 };
  for (const result of results)
    for (const [name, value] of Object.entries(result)) if (name !== 'gradientNorm') sums[name] = (sums[name] ?? 0) + scalarOf(value);
  return sums;
}

const scalarOf = (value: Values[string] | undefined): number => Number(value?.data[0]);
