/**
 * Batched generation in one thread: lanes join and leave while others run, each with a cache that it keeps across turns.
 *
 * A loop takes steps while any lane has something to read or to sample. A step reads up to n tokens of every lane at
 * once; n is the one that reads most per unit of estimated cost. Nothing is computed twice: a sampled token is read
 * together with what follows it. What a lane gets does not depend on what runs beside it, but for float32 rounding.
 */
import { ConfigError, DataError, Random, RuntimeError } from '../base/index.ts';
import { compileGrammar, isReferenceId, SPECIAL_TOKENS, type TokenGrammar } from '../grammar/index.ts';
import { HIDDEN_SCORE, type ModelConfig, type Weights } from '../model/index.ts';
import type { Session, Value } from '../tensor/index.ts';
import { type CompileOptions, compileStep } from './incremental-graph.ts';
import { KeyValueCache } from './key-value-cache.ts';
import { type AppendResult, type DecodeJob, type DecodeResult, type Lane, pendingCount, pendingTokens, type StopReason } from './lane.ts';
import { modelLogprobs, natsOf, PointerMemory } from './prediction.ts';
import { checkSampling, logSumExp, type SamplingOptions, sampleToken } from './sampling.ts';
import { bestWidth, freshMask } from './step-plan.ts';

export interface EngineOptions {
  /** Threads of the runtime; default as `Session`'s. */
  readonly threads?: number;
  /** int8 weights: about half the latency of a single lane, a little accuracy lost. Default false. */
  readonly int8?: boolean;
}

export interface DecodeOptions extends SamplingOptions {
  /** Default 64. */
  readonly maxTokens?: number;
  readonly stopTokens?: readonly number[];
  readonly grammar?: TokenGrammar;
  /** Where in the grammar to start; default 0. */
  readonly state?: number;
}

/** Lane counts that the cache and the sessions are laid out for. */
const LANE_COUNTS = [1, 2, 4, 8, 16, 32, 64, 128] as const;
export class LaneEngine {
  readonly config: ModelConfig;
  readonly #options: CompileOptions;
  readonly #lanes = new Map<number, Lane>();
  readonly #sessions = new Map<string, Promise<Session>>();
  readonly #grammars = new WeakMap<TokenGrammar, ReturnType<typeof compileGrammar>>();
  #weights: Weights;
  #cache: KeyValueCache;
  #nextLane = 0;
  #loop: Promise<void> | undefined;
  #disposed = false;

  constructor(config: ModelConfig, weights: Weights, options: EngineOptions = {}) {
    this.config = config;
    this.#weights = weights;
    this.#options = { threads: options.threads, int8: options.int8 ?? false };
    this.#cache = new KeyValueCache(config);
  }

  /** A new lane; `seed` alone decides what it draws. */
  open(seed: number | string): number {
    this.#checkAlive('open lane');
    if (this.#lanes.size === LANE_COUNTS.at(-1))
      throw new ConfigError({
        operation: 'open lane',
        got: `lane ${this.#lanes.size + 1}`,
        expected: `at most ${LANE_COUNTS.at(-1)}`,
        fix: 'close lanes that are done, or use a second engine',
      });
    const id = this.#nextLane++;
    const pointer = this.config.pointerWidth > 0 ? new PointerMemory(this.config.pointerWidth) : undefined;
    this.#lanes.set(id, {
      id,
      column: -1,
      length: 0,
      unread: undefined,
      prediction: undefined,
      pointer,
      random: new Random(seed),
      jobs: [],
    });
    return id;
  }

  /** Closes a lane that is at rest. Its column is free for the next. */
  close(id: number): void {
    const lane = this.#laneOf(id, 'close lane');
    if (lane.jobs.length > 0)
      throw new RuntimeError({
        operation: `close lane ${id}`,
        got: 'a lane at work',
        expected: 'a lane at rest',
        fix: 'await its appends and decodes first',
      });
    this.#lanes.delete(id);
  }

  /** Reads tokens into the lane. Resolves when all are read, with the nats of each. */
  append(id: number, tokens: Int32Array): Promise<AppendResult> {
    const lane = this.#laneOf(id, 'append');
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
    const lane = this.#laneOf(id, 'decode');
    if (lane.length === 0 && lane.jobs.length === 0)
      throw new RuntimeError({
        operation: 'decode',
        got: 'an empty lane',
        expected: 'a lane with at least one token',
        fix: 'append the beginning of the transcript first',
      });
    const sampling = checkSampling(options);
    const states = options.grammar && this.#compiled(options.grammar);
    const maxTokens = options.maxTokens ?? 64;
    if (!(Number.isInteger(maxTokens) && maxTokens > 0))
      throw new ConfigError({ operation: 'decode', got: `maxTokens ${maxTokens}`, expected: 'a positive integer' });
    const state = options.state ?? 0;
    if (states && !states[state])
      throw new ConfigError({ operation: 'decode', got: `grammar state ${state}`, expected: `a state below ${states.length}` });
    return new Promise((resolve, reject) => {
      lane.jobs.push({
        kind: 'decode',
        sampling,
        states,
        stopTokens: new Set(options.stopTokens),
        maxTokens,
        state,
        value: Number.NaN,
        tokens: [],
        logprobs: [],
        sampledLogprobs: [],
        pointed: [],
        resolve,
        reject,
      });
      this.#wake();
    });
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
    await this.#disposeSessions();
  }

  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    await this.#loop;
    await this.#disposeSessions();
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
        for (const lane of this.#lanes.values()) this.#advance(lane);
        const waiting = [...this.#lanes.values()].filter((lane) => pendingCount(lane) > 0);
        if (waiting.length > 0) await this.#step(waiting);
        else break;
      } catch (error) {
        this.#failAll(error as Error);
        break;
      }
    }
    this.#loop = undefined;
  }

  /** One step: reads up to n pending tokens of each waiting lane. */
  async #step(waiting: readonly Lane[]): Promise<void> {
    this.#placeLanes();
    const { config } = this;
    const B = this.#cache.size.lanes;
    const n = bestWidth(waiting.map(pendingCount), B);
    const reads = waiting.map((lane) => ({ lane, tokens: pendingTokens(lane, n) }));
    const lengths = [
      ...[...this.#lanes.values()].map(({ length }) => length),
      ...reads.map(({ lane, tokens: read }) => lane.length + read.length),
    ];
    this.#cache.fitRows(Math.max(...lengths));
    const { rows } = this.#cache.size;

    const tokens = new Int32Array(n * B);
    const positions = new Int32Array(n * B);
    const targets = new Int32Array(n * B);
    const last = Int32Array.from({ length: B }, (_, lane) => lane);
    const cachedMask = new Float32Array(B * rows).fill(HIDDEN_SCORE);
    const groups = config.heads / config.keyValueHeads;
    for (const { lane, tokens: read } of reads) {
      cachedMask.fill(0, lane.column * rows, lane.column * rows + lane.length);
      last[lane.column] = (read.length - 1) * B + lane.column;
      for (let t = 0; t < read.length; t++) {
        const at = t * B + lane.column;
        tokens[at] = read[t] as number;
        positions[at] = lane.length + t;
        targets[at] = read[t + 1] ?? 0;
      }
    }

    const session = await this.#sessionFor(n, B);
    const feeds: Record<string, Value> = {
      tokens: { data: tokens, shape: [n * B] },
      positions: { data: positions, shape: [n * B] },
      cachedMask: { data: cachedMask, shape: [B, 1, 1, rows] },
      freshMask: { data: freshMask(B, n, groups), shape: [B, 1, n * groups, n] },
      last: { data: last, shape: [B] },
      targets: { data: targets, shape: [n * B] },
    };
    const shape = [B, config.keyValueHeads, rows, config.headWidth];
    this.#cache.layers.forEach(({ keys, values }, layer) => {
      feeds[`keys.${layer}`] = { data: keys, shape };
      feeds[`values.${layer}`] = { data: values, shape };
    });
    const results = await session.run(feeds);
    for (const { lane, tokens: read } of reads) this.#takeIn(lane, read, results, n);
  }

  /** Moves a step's results into the lane: cache rows, pointer memory, nats, the prediction after its last token. */
  #takeIn(lane: Lane, read: readonly number[], results: Readonly<Record<string, Value>>, n: number): void {
    const { vocabularySize: V, pointerWidth: P } = this.config;
    const B = this.#cache.size.lanes;
    const floats = (name: string): Float32Array | undefined => results[name]?.data as Float32Array | undefined;
    this.#cache.write(lane.column, lane.length, read.length, { data: floats('cache') as Float32Array, tokens: n });
    const projections = floats('pointer');
    const projectionsOf = (t: number): Float32Array =>
      (projections as Float32Array).subarray((t * B + lane.column) * 4 * P, (t * B + lane.column + 1) * 4 * P);
    if (lane.pointer) for (const [t, token] of read.entries()) lane.pointer.read(token, isReferenceId(token), projectionsOf(t));

    const nats = floats('nats');
    const job = lane.jobs[0];
    const fromJob = lane.unread === undefined ? 0 : 1;
    if (job?.kind === 'append') {
      const given = read.length - fromJob;
      // The first given token was predicted by what stood before; every later one by this step.
      if (fromJob === 0 && lane.prediction) job.nats[job.read] = natsOf(lane.prediction, read[0] as number);
      for (let t = 0; t < read.length; t++) {
        const predicted = job.read + t - fromJob + 1;
        if (t + 1 < read.length && nats) job.nats[predicted] = nats[t * B + lane.column] as number;
      }
      job.read += given;
    }
    lane.unread = undefined;
    lane.length += read.length;

    const logits = (floats('logits') as Float32Array).slice(lane.column * V, (lane.column + 1) * V);
    lane.prediction = {
      logits,
      logSumExp: logSumExp(logits),
      value: floats('value')?.[lane.column] ?? Number.NaN,
      pointer: lane.pointer && {
        query: lane.pointer.queryAfter(projectionsOf(read.length - 1)),
        gate: floats('pointerGate')?.[lane.column] as number,
      },
    };
    if (job?.kind === 'append' && job.read === job.tokens.length) {
      lane.jobs.shift();
      job.resolve({ nats: job.nats });
    }
  }

  /** Does what needs no step: samples the next token where the lane's prediction is fresh, ends what has no room left. */
  #advance(lane: Lane): void {
    const { contextLength } = this.config;
    for (let [job] = lane.jobs; job; [job] = lane.jobs) {
      if (job.kind === 'append') {
        // A decode before it may have used the room that it had when it came.
        const ahead = lane.length + (lane.unread === undefined ? 0 : 1);
        const left = job.tokens.length - job.read;
        if (ahead + left <= contextLength) return;
        lane.jobs.shift();
        job.reject(tooLong(left, ahead, contextLength));
        continue;
      }
      const { prediction } = lane;
      if (!prediction || lane.unread !== undefined) return;
      if (job.tokens.length === 0) job.value = prediction.value;
      if (lane.length >= contextLength) {
        lane.jobs.shift();
        job.resolve(decodeResult(job, 'context'));
        continue;
      }
      if (!Number.isFinite(prediction.logSumExp)) {
        lane.jobs.shift();
        job.reject(
          new RuntimeError({
            operation: 'decode',
            got: `logits with log Σ exp = ${prediction.logSumExp}`,
            expected: 'finite ones',
            fix: 'look for weights that are not numbers',
          }),
        );
        continue;
      }
      const state = job.states?.[job.state];
      const pointing = state?.pointing === true && prediction.pointer !== undefined;
      const logprobs = modelLogprobs(prediction, pointing ? lane.pointer : undefined);
      const sampled = sampleToken(logprobs, job.sampling, lane.random, state?.next);
      if (!sampled) {
        lane.jobs.shift();
        job.reject(
          new RuntimeError({ operation: 'decode', got: `grammar state ${job.state} without a next token`, expected: 'a state with edges' }),
        );
        continue;
      }
      job.tokens.push(sampled.token);
      job.logprobs.push(sampled.logprob);
      job.sampledLogprobs.push(sampled.sampledLogprob);
      job.pointed.push(pointing ? 1 : 0);
      job.state = state ? (state.next[sampled.token] as number) : 0;
      lane.unread = sampled.token;
      const stopReason = this.#stopReason(lane, job, sampled.token);
      if (!stopReason) return;
      lane.jobs.shift();
      job.resolve(decodeResult(job, stopReason));
    }
  }

  #stopReason(lane: Lane, job: DecodeJob, token: number): StopReason | undefined {
    const stop = job.states?.[job.state]?.stop;
    if (stop) return stop;
    if (job.stopTokens.has(token)) return 'stop token';
    if (job.tokens.length >= job.maxTokens) return 'length';
    if (lane.length + 1 >= this.config.contextLength) return 'context';
    return undefined;
  }

  #compiled(grammar: TokenGrammar): ReturnType<typeof compileGrammar> {
    let states = this.#grammars.get(grammar);
    if (!states) {
      states = compileGrammar(grammar, this.config.vocabularySize, SPECIAL_TOKENS.length);
      this.#grammars.set(grammar, states);
    }
    return states;
  }

  #sessionFor(n: number, B: number): Promise<Session> {
    const key = `${n}x${B}`;
    let session = this.#sessions.get(key);
    if (!session) {
      session = compileStep(this.config, this.#weights, { tokens: n, lanes: B }, this.#options);
      this.#sessions.set(key, session);
    }
    return session;
  }

  /** Gives new lanes a column; lays the cache out anew where they don't fit, or where at most half of it is in use. */
  #placeLanes(): void {
    const lanes = [...this.#lanes.values()];
    const present = this.#cache.size.lanes;
    const wanted = LANE_COUNTS.find((count) => count >= lanes.length) as number;
    if (wanted !== present && (lanes.length > present || lanes.length * 2 <= present)) {
      const moves = lanes.map((lane, to) => ({ lane, from: lane.column, to }));
      this.#cache.moveColumns(
        wanted,
        moves.filter(({ from }) => from >= 0),
      );
      for (const { lane, to } of moves) lane.column = to;
    }
    const free = new Set(Array.from({ length: this.#cache.size.lanes }, (_, column) => column));
    for (const { column } of lanes) free.delete(column);
    for (const lane of lanes)
      if (lane.column < 0) {
        const column = free.values().next().value as number;
        lane.column = column;
        free.delete(column);
      }
  }

  #laneOf(id: number, operation: string): Lane {
    this.#checkAlive(operation);
    const lane = this.#lanes.get(id);
    if (!lane) throw new RuntimeError({ operation, got: `lane ${id}, which is not open`, expected: 'an open lane' });
    return lane;
  }

  #checkAlive(operation: string): void {
    if (this.#disposed) throw disposedError(operation);
  }

  #failAll(error: Error): void {
    for (const lane of this.#lanes.values()) {
      for (const job of lane.jobs) job.reject(error);
      lane.jobs.length = 0;
    }
  }

  async #disposeSessions(): Promise<void> {
    const sessions = [...this.#sessions.values()];
    this.#sessions.clear();
    await Promise.all(sessions.map(async (session) => (await session).dispose()));
  }
}

function decodeResult(job: DecodeJob, stopReason: StopReason): DecodeResult {
  return {
    tokens: Int32Array.from(job.tokens),
    logprobs: Float64Array.from(job.logprobs),
    sampledLogprobs: Float64Array.from(job.sampledLogprobs),
    pointed: Uint8Array.from(job.pointed),
    value: job.value,
    stopReason,
    state: job.state,
  };
}

function tooLong(count: number, ahead: number, contextLength: number): DataError {
  return new DataError({
    operation: 'append',
    got: `${count} tokens on top of ${ahead}`,
    expected: `at most ${contextLength} in all (the model's context)`,
    fix: 'shorten the text, or end the episode',
  });
}

function disposedError(operation: string): RuntimeError {
  return new RuntimeError({ operation, got: 'an engine that was disposed', expected: 'a live engine' });
}
