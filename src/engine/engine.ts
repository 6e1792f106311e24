/**
 * The engine as everybody uses it: a `LaneEngine` in a worker thread, so that the caller's event loop stays responsive
 * while a step computes. Every call is a message; many may be under way at once.
 *
 * @example
 * const engine = await Engine.start(config, weights);
 * const lane = await engine.open('seed');
 * await engine.append(lane, prompt);
 * const { tokens, logprobs, value } = await engine.decode(lane, { maxTokens: 32, temperature: 0 });
 * await engine.dispose();
 */
import { Worker } from 'node:worker_threads';
import { ConfigError, JourneymanError, RuntimeError } from '../base/index.ts';
import type { TokenGrammar } from '../grammar/index.ts';
import { checkConfig, type ModelConfig, type Weights } from '../model/index.ts';
import type { DecodeOptions } from './decoding.ts';
import type { AppendResult, DecodeResult, PredictOptions, PredictResult } from './lane.ts';
import type { EngineOptions } from './lane-engine.ts';
import type { Answer, EngineCall, EngineCalls, EngineSetup, Request, SentError } from './messages.ts';

interface Waiting {
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
}

export class Engine {
  readonly config: ModelConfig;
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #grammars = new WeakMap<TokenGrammar, number>();
  readonly #forgotten = new FinalizationRegistry((grammar: number) => {
    if (!this.#ended) void this.#call('forget', { grammar }).catch(() => undefined);
  });
  #grammarCount = 0;
  #count = 0;
  #ended: Error | undefined;
  #disposal: Promise<void> | undefined;

  private constructor(config: ModelConfig, worker: Worker) {
    this.config = config;
    this.#worker = worker;
    worker.on('message', (answer: Answer) => this.#settle(answer));
    worker.on('error', (error) => this.#end(error as Error));
    worker.on('exit', (code) =>
      this.#end(new RuntimeError({ operation: 'engine', got: `a worker that ended with code ${code}`, expected: 'a live engine' })),
    );
  }

  /** Starts a worker with a copy of the weights. */
  static async start(config: ModelConfig, weights: Weights, options: EngineOptions = {}): Promise<Engine> {
    checkConfig(config);
    const setup: EngineSetup = { config, weights, options };
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: setup });
    await new Promise<void>((resolve, reject) => {
      worker.once('online', resolve);
      worker.once('error', reject);
    });
    return new Engine(config, worker);
  }

  /** A new lane, at rest and empty; `seed` alone decides what it draws. */
  open(seed: number | string): Promise<number> {
    return this.#call('open', { seed });
  }

  /** Reads tokens into the lane; resolves with the surprise of each, in nats. */
  append(lane: number, tokens: Int32Array): Promise<AppendResult> {
    return this.#call('append', { lane, tokens });
  }

  /** Samples from the lane until its grammar, a stop token or a limit ends it. */
  async decode(lane: number, { grammar, ...options }: DecodeOptions = {}): Promise<DecodeResult> {
    if (!grammar) return this.#post('decode', { lane, options });
    const known = this.#grammars.get(grammar);
    if (known !== undefined) return this.#post('decode', { lane, options, grammar: { number: known } });
    // A grammar crosses once; the worker keeps it, compiled, for as long as the caller does.
    const number = this.#grammarCount++;
    const answer = this.#post('decode', { lane, options, grammar: { number, grammar } });
    this.#grammars.set(grammar, number);
    this.#forgotten.register(grammar, number);
    return answer;
  }

  /** What the lane says of what comes next; nothing is sampled and nothing changes. The lane is at rest, and the last thing that it did was to read. */
  predict(lane: number, asked: PredictOptions): Promise<PredictResult> {
    return this.#call('predict', { lane, ...asked });
  }

  /** Remembers where the lane stands, which is at rest; `rewind` goes back there. */
  async mark(lane: number): Promise<void> {
    await this.#call('mark', { lane });
  }

  async rewind(lane: number): Promise<void> {
    await this.#call('rewind', { lane });
  }

  /** Another lane that has read the same, and draws by `seed`. */
  fork(lane: number, seed: number | string): Promise<number> {
    return this.#call('fork', { lane, seed });
  }

  /** Closes a lane that is at rest. */
  async close(lane: number): Promise<void> {
    await this.#call('close', { lane });
  }

  /** Replaces the weights by a copy of these. Every lane must be closed. */
  async updateWeights(weights: Weights): Promise<void> {
    await this.#call('updateWeights', { weights });
  }

  /** Ends the worker; calls under way reject. Disposing twice is nothing. */
  dispose(): Promise<void> {
    this.#disposal ??= this.#dispose();
    return this.#disposal;
  }

  async #dispose(): Promise<void> {
    if (this.#ended) return;
    try {
      await this.#call('dispose', {});
    } catch (error) {
      // A worker that died meanwhile has nothing left to free.
      if (!this.#ended) throw error;
    }
    this.#end(new RuntimeError({ operation: 'engine', got: 'an engine that was disposed', expected: 'a live engine' }));
    await this.#worker.terminate();
  }

  /** As `#post`, but what can't be sent rejects. */
  async #call<K extends EngineCall>(call: K, input: EngineCalls[K]['takes']): Promise<EngineCalls[K]['gives']> {
    return this.#post(call, input);
  }

  /** Sends a call at once. Throws `ConfigError`, with nothing sent, where the input holds what can't cross threads. */
  #post<K extends EngineCall>(call: K, input: EngineCalls[K]['takes']): Promise<EngineCalls[K]['gives']> {
    if (this.#ended) return Promise.reject(this.#ended);
    const number = this.#count++;
    const request: Request<K> = { number, call, input };
    try {
      this.#worker.postMessage(request);
    } catch (cause) {
      throw new ConfigError({
        operation: `engine ${call}`,
        got: (cause as Error).message,
        expected: 'plain data, which can cross to another thread',
        cause,
      });
    }
    return new Promise((resolve, reject) => this.#waiting.set(number, { resolve: resolve as (result: never) => void, reject }));
  }

  #settle(answer: Answer): void {
    const waiting = this.#waiting.get(answer.number);
    this.#waiting.delete(answer.number);
    if ('error' in answer) waiting?.reject(new EngineError(answer.error));
    else waiting?.resolve(answer.result as never);
  }

  #end(error: Error): void {
    this.#ended ??= error;
    for (const { reject } of this.#waiting.values()) reject(this.#ended);
    this.#waiting.clear();
  }
}

/** An error of the worker thread, with its own code, name and message. */
class EngineError extends JourneymanError {
  constructor({ code, name, message }: SentError) {
    super(code, { operation: 'engine', got: message, expected: 'a call that succeeds' });
    this.name = name;
    this.message = message;
  }
}
