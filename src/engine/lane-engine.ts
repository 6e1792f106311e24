/**
 * Batched generation in one thread: lanes join and leave while others run, each with a cache that it keeps across turns.
 *
 * A loop takes steps while any lane has something to read or to sample. A step reads up to n tokens of every lane at
 * once; n is the one that reads most per unit of estimated cost. Nothing is computed twice: a sampled token is read
 * together with what follows it. What a lane gets does not depend on what runs beside it, but for float32 rounding.
 */
import { ConfigError, DataError, Random, RuntimeError } from '../base/index.ts';
import { compileGrammar, SPECIAL_TOKENS, type TokenGrammar } from '../grammar/index.ts';
import type { ModelConfig, Weights } from '../model/index.ts';
import { type ColumnRange, gatherColumns, LARGEST_LANE_COUNT, placeLanes } from './columns.ts';
import { advance, type DecodeOptions, newDecode, tooLong } from './decoding.ts';
import { compileStep } from './incremental-graph.ts';
import { KeyValueCache, LONGEST_REWIND } from './key-value-cache.ts';
import {
  type AppendResult,
  type DecodeResult,
  failLane,
  type Lane,
  laneState,
  type PredictOptions,
  type PredictResult,
  pendingCount,
  pendingTokens,
  restoreLane,
} from './lane.ts';
import { modelLogprobs, PointerMemory } from './prediction.ts';
import { stepFeeds, takeIn, windowsOf } from './step.ts';
import { bestWidth } from './step-plan.ts';
import { StepSessions } from './step-sessions.ts';

export interface EngineOptions {
  /** Threads of the runtime; default as `Session`'s. */
  readonly threads?: number;
  /** int8 weights: about half the latency of a single lane, a little accuracy lost. Default false. */
  readonly int8?: boolean;
  /**
   * Whether a step computes only columns near those of lanes that wait: for a search, most of whose lanes are at rest. Costs more compiled steps,
   * each with the weights. Default false: every open lane takes part in every step.
   */
  readonly leaveOutResting?: boolean;
}

/** Layouts kept for an engine that leaves out lanes at rest: the parts that a step can be of, and the whole. */
const PART_LAYOUTS = 5;

export class LaneEngine {
  readonly config: ModelConfig;
  readonly #lanes = new Map<number, Lane>();
  readonly #sessions: StepSessions;
  readonly #leavesOutResting: boolean;
  /** The step under way. */
  #stepping: Promise<void> | undefined;
  readonly #grammars = new WeakMap<TokenGrammar, ReturnType<typeof compileGrammar>>();
  #weights: Weights;
  #cache: KeyValueCache;
  #nextLane = 0;
  #loop: Promise<void> | undefined;
  #disposed = false;

  constructor(config: ModelConfig, weights: Weights, options: EngineOptions = {}) {
    this.config = config;
    this.#weights = weights;
    const compiling = { threads: options.threads, int8: options.int8 ?? false };
    this.#leavesOutResting = options.leaveOutResting ?? false;
    this.#sessions = new StepSessions(
      (shape) => compileStep(config, this.#weights, shape, compiling),
      this.#leavesOutResting ? PART_LAYOUTS : undefined,
    );
    this.#cache = new KeyValueCache(config);
  }

  /** A new lane; `seed` alone decides what it draws. */
  open(seed: number | string): number {
    this.#checkAlive('open lane');
    if (this.#lanes.size === LARGEST_LANE_COUNT)
      throw new ConfigError({
        operation: 'open lane',
        got: `lane ${this.#lanes.size + 1}`,
        expected: `at most ${LARGEST_LANE_COUNT}`,
        fix: 'close lanes that are done, or use a second engine',
      });
    return this.#newLane(seed).id;
  }

  #newLane(seed: number | string): Lane {
    const lane: Lane = {
      id: this.#nextLane++,
      column: -1,
      length: 0,
      unread: undefined,
      prediction: undefined,
      pointer: this.config.pointerWidth > 0 ? new PointerMemory(this.config.pointerWidth) : undefined,
      mark: undefined,
      random: new Random(seed),
      jobs: [],
      failure: undefined,
    };
    this.#lanes.set(lane.id, lane);
    return lane;
  }

  /** Closes a lane that is at rest. Its column is free for the next. */
  close(id: number): void {
    this.#restingLaneOf(id, 'close lane');
    this.#lanes.delete(id);
  }

  /** Remembers where the lane stands, for `rewind`; a later mark replaces it. The lane is at rest. */
  mark(id: number): void {
    const lane = this.#soundRestingLaneOf(id, 'mark lane');
    lane.mark = laneState(lane);
  }

  /** What the lane has read and sampled since its mark never was; what it draws goes on. The lane is at rest. */
  rewind(id: number): void {
    const lane = this.#soundRestingLaneOf(id, 'rewind lane');
    if (!lane.mark)
      throw new RuntimeError({ operation: `rewind lane ${id}`, got: 'a lane without a mark', expected: 'one that was marked before' });
    if (lane.length - lane.mark.length > LONGEST_REWIND && windowsOf(this.config).length > 0)
      throw new RuntimeError({
        operation: `rewind lane ${id}`,
        got: `${lane.length - lane.mark.length} tokens back to its mark`,
        expected: `at most ${LONGEST_REWIND} in a model with windows`,
        fix: 'mark later, or fork the lane',
      });
    restoreLane(lane, lane.mark);
  }

  /** Another lane that has read the same, and draws by `seed`. The lane is at rest, and stays as it is. */
  async fork(id: number, seed: number | string): Promise<number> {
    this.#soundRestingLaneOf(id, 'fork lane');
    // Columns may only be laid out between steps. Whether the step succeeds concerns the lanes that are in it.
    while (this.#stepping) await this.#stepping.catch(() => undefined);
    const lane = this.#soundRestingLaneOf(id, 'fork lane');
    const twin = this.#lanes.get(this.open(seed)) as Lane;
    placeLanes([...this.#lanes.values()], this.#cache);
    restoreLane(twin, laneState(lane));
    this.#cache.copyColumn({ from: lane.column, to: twin.column }, lane.length);
    return twin.id;
  }

  /** Reads tokens into the lane. Resolves when all are read, with the nats of each. */
  append(id: number, tokens: Int32Array): Promise<AppendResult> {
    const lane = this.#soundLaneOf(id, 'append');
    const unknown = tokens.find((token) => !(token >= 0 && token < this.config.vocabularySize));
    if (unknown !== undefined)
      throw new DataError({
        operation: 'append',
        got: `token ${unknown}`,
        expected: `an id below ${this.config.vocabularySize}`,
        fix: 'use the tokenizer of this model',
      });
    const ahead =
      lane.length +
      (lane.unread === undefined ? 0 : 1) +
      lane.jobs.reduce((sum, job) => sum + (job.kind === 'append' ? job.tokens.length - job.read : 0), 0);
    if (ahead + tokens.length > this.config.contextLength) throw tooLong(tokens.length, ahead, this.config.contextLength);
    return new Promise((resolve, reject) => {
      if (tokens.length === 0) return resolve({ nats: new Float64Array(0) });
      lane.jobs.push({ kind: 'append', tokens, nats: new Float64Array(tokens.length), read: 0, resolve, reject });
      this.#wake();
    });
  }

  /** Samples tokens from the lane until the grammar, a stop token or the limit ends it. */
  decode(id: number, options: DecodeOptions = {}): Promise<DecodeResult> {
    const lane = this.#soundLaneOf(id, 'decode');
    if (lane.length === 0 && lane.jobs.length === 0)
      throw new RuntimeError({
        operation: 'decode',
        got: 'an empty lane',
        expected: 'a lane with at least one token',
        fix: 'append the beginning of the transcript first',
      });
    const decode = newDecode(options, options.grammar && this.#compiled(options.grammar));
    return new Promise((resolve, reject) => {
      lane.jobs.push({ ...decode, resolve, reject });
      this.#wake();
    });
  }

  /** What the lane says of what comes next; nothing is sampled and nothing changes. The lane is at rest, and the last thing that it did was to read. */
  predict(id: number, { tokens, pointing = false }: PredictOptions): PredictResult {
    const lane = this.#soundRestingLaneOf(id, 'predict');
    const { prediction } = lane;
    if (!prediction || lane.unread !== undefined)
      throw new RuntimeError({
        operation: `predict ${id}`,
        got: prediction ? 'a lane whose last token was sampled and not read' : 'an empty lane',
        expected: 'one that has read what is to be continued',
        fix: 'append first',
      });
    const logprobs = modelLogprobs(prediction, pointing && prediction.pointer ? lane.pointer : undefined);
    return { logprobs: Float64Array.from(tokens, (token) => logprobs[token] as number), value: prediction.value };
  }

  /** Replaces the weights. Every lane must be closed: what it has cached was computed with the old ones. */
  async updateWeights(weights: Weights): Promise<void> {
    this.#checkAlive('update weights');
    if (this.#lanes.size > 0)
      throw new RuntimeError({
        operation: 'update weights',
        got: `${this.#lanes.size} open lanes`,
        expected: 'none',
        fix: 'close them first',
      });
    this.#weights = weights;
    // Not a row of the old weights stays: a mask can't hide what is not a number.
    this.#cache = new KeyValueCache(this.config);
    // Without open lanes no step is under way.
    await this.#sessions.dispose();
  }

  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    await this.#loop;
    await this.#sessions.dispose();
    this.#lanes.clear();
  }

  #wake(): void {
    this.#loop ??= this.#run();
  }

  /** Takes steps until nothing waits. It ends in the same turn in which it finds so: whoever wakes it later starts a new one. */
  async #run(): Promise<void> {
    for (;;) {
      // Lanes that were woken in this turn of the event loop join the same step.
      await new Promise(setImmediate);
      try {
        if (this.#disposed) throw disposedError('engine at work');
        for (const lane of this.#lanes.values()) advance(lane, this.config.contextLength);
        const waiting = [...this.#lanes.values()].filter((lane) => pendingCount(lane) > 0);
        if (waiting.length === 0) break;
        this.#stepping = this.#step(waiting);
        try {
          await this.#stepping;
        } finally {
          this.#stepping = undefined;
        }
      } catch (error) {
        this.#failAll(error as Error);
        break;
      }
    }
    this.#loop = undefined;
  }

  /** One step: reads up to n pending tokens of each waiting lane. */
  async #step(waiting: readonly Lane[]): Promise<void> {
    const lanes = [...this.#lanes.values()];
    placeLanes(lanes, this.#cache);
    const { config } = this;
    const columns: ColumnRange = this.#leavesOutResting
      ? gatherColumns(waiting, lanes, this.#cache)
      : { first: 0, count: this.#cache.size.lanes };
    const n = bestWidth(waiting.map(pendingCount), columns.count);
    const reads = waiting.map((lane) => ({ lane, tokens: pendingTokens(lane, n) }));
    const lengths = [...lanes.map(({ length }) => length), ...reads.map(({ lane, tokens: read }) => lane.length + read.length)];
    this.#cache.fitRows(Math.max(...lengths));
    const session = await this.#sessions.get({ tokens: n, lanes: columns.count });
    const results = await session.run(stepFeeds(config, this.#cache, reads, { columns, width: n }));
    for (const read of reads) takeIn(config, this.#cache, read, { results, columns, width: n });
  }

  #compiled(grammar: TokenGrammar): ReturnType<typeof compileGrammar> {
    let states = this.#grammars.get(grammar);
    if (!states) {
      states = compileGrammar(grammar, this.config.vocabularySize, SPECIAL_TOKENS.length);
      this.#grammars.set(grammar, states);
    }
    return states;
  }

  #laneOf(id: number, operation: string): Lane {
    this.#checkAlive(operation);
    const lane = this.#lanes.get(id);
    if (!lane) throw new RuntimeError({ operation, got: `lane ${id}, which is not open`, expected: 'an open lane' });
    return lane;
  }

  /** A lane that can still do more than be closed. */
  #soundLaneOf(id: number, operation: string): Lane {
    const lane = this.#laneOf(id, operation);
    if (lane.failure)
      throw new RuntimeError({
        operation,
        got: `lane ${id}, which failed half-way (${lane.failure.message})`,
        expected: 'a lane whose state is what its caller was told',
        fix: 'close it, and begin again in a new one',
        cause: lane.failure,
      });
    return lane;
  }

  #soundRestingLaneOf(id: number, operation: string): Lane {
    this.#soundLaneOf(id, operation);
    return this.#restingLaneOf(id, operation);
  }

  #restingLaneOf(id: number, operation: string): Lane {
    const lane = this.#laneOf(id, operation);
    if (lane.jobs.length > 0)
      throw new RuntimeError({
        operation: `${operation} ${id}`,
        got: 'a lane at work',
        expected: 'a lane at rest',
        fix: 'await its appends and decodes first',
      });
    return lane;
  }

  #checkAlive(operation: string): void {
    if (this.#disposed) throw disposedError(operation);
  }

  /** Lanes at rest are as their callers know them, and live on. */
  #failAll(error: Error): void {
    for (const lane of this.#lanes.values()) if (lane.jobs.length > 0) failLane(lane, error);
  }
}

function disposedError(operation: string): RuntimeError {
  return new RuntimeError({ operation, got: 'an engine that was disposed', expected: 'a live engine' });
}
