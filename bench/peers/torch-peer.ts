/**
 * Client of `torch_peer.py`: PyTorch in a process of its own, asked over JSON lines, so that a benchmark can interleave
 * its own measurements with the peer's. One request at a time, answers in order; a peer that is late, dead or talks
 * nonsense rejects with `RuntimeError` and is of no further use.
 *
 * PyTorch is no dependency of the project: where it is missing, opening yields `unavailable` with the reason. The
 * interpreter is `JOURNEYMAN_PYTHON`, by default `python3`; its threads are `JOURNEYMAN_THREADS`, by default 2.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { RuntimeError } from '../../src/base/index.ts';
import type { ModelConfig } from '../../src/model/index.ts';

const helloAnswer = z.object({
  torch: z.string(),
  python: z.string(),
  threads: z.int().positive(),
  /** The C++ compiler that `compile: true` needs, or null. */
  compiler: z.string().nullable(),
  config: z.string(),
});
const matmulAnswer = z.object({ gigaflops: z.number().positive(), best: z.number().positive() });
const trainInitAnswer = z.object({ parameters: z.int().positive(), warmUpSeconds: z.number() });
/** One entry a step; losses are nats a token. */
const trainAnswer = z.object({ seconds: z.array(z.number()), losses: z.array(z.number()), peakMemoryBytes: z.number() });
const decodeInitAnswer = z.object({ warmUpSeconds: z.number() });
/** `seconds` has one entry a step of all lanes; `tokens` is the last step's, one a lane. */
const decodeAnswer = z.object({ seconds: z.array(z.number()), tokens: z.array(z.int()), peakMemoryBytes: z.number() });

export type TorchHello = z.infer<typeof helloAnswer>;
export type TorchMatmul = z.infer<typeof matmulAnswer>;
export type TorchTraining = z.infer<typeof trainAnswer>;
export type TorchDecoding = z.infer<typeof decodeAnswer>;

export interface TorchTrainOptions {
  readonly batch: number;
  /** Tokens a sequence. */
  readonly length: number;
  readonly learningRate: number;
  readonly seed: number;
  /** Whether to go through torch.compile; default false (eager). */
  readonly compile?: boolean;
}

export interface TorchDecodeOptions {
  /** Lanes decoded side by side. */
  readonly batch: number;
  /** Tokens already in the cache at every step. */
  readonly context: number;
  readonly seed: number;
  /** Whether to go through torch.compile; default false (eager). */
  readonly compile?: boolean;
}

export interface TorchPeer {
  readonly hello: TorchHello;
  /** Median and best rate of n×n float32 products. */
  matmul(n: number, repeats: number): Promise<TorchMatmul>;
  /** Builds a model and takes one step as warm-up (compiling, where asked for). */
  initTraining(config: ModelConfig, options: TorchTrainOptions): Promise<z.infer<typeof trainInitAnswer>>;
  train(steps: number): Promise<TorchTraining>;
  /** Builds a model with a filled cache and takes one step as warm-up. */
  initDecoding(config: ModelConfig, options: TorchDecodeOptions): Promise<z.infer<typeof decodeInitAnswer>>;
  decode(steps: number): Promise<TorchDecoding>;
  /** Ends the process. */
  dispose(): Promise<void>;
}

export interface TorchUnavailable {
  readonly unavailable: string;
}

export interface TorchPeerOptions {
  /** Default `JOURNEYMAN_PYTHON`, else `python3`. */
  readonly python?: string;
  /** Longest wait for one answer; compiling can take a minute. Default 300 000. */
  readonly timeoutMs?: number;
}

/** Starts the peer and greets it. Never throws for want of Python or PyTorch: that is the `unavailable` value. */
export async function openTorchPeer(options: TorchPeerOptions = {}): Promise<TorchPeer | TorchUnavailable> {
  const python = options.python ?? (process.env.JOURNEYMAN_PYTHON || 'python3');
  const line = new PeerLine(spawn(python, [fileURLToPath(new URL('./torch_peer.py', import.meta.url))]), options.timeoutMs ?? 300_000);
  try {
    const hello = await line.ask({ op: 'hello' }, helloAnswer);
    return {
      hello,
      matmul: (n, repeats) => line.ask({ op: 'matmul', n, repeats }, matmulAnswer),
      initTraining: (config, { compile = false, ...rest }) => line.ask({ op: 'train_init', config, compile, ...rest }, trainInitAnswer),
      train: (steps) => line.ask({ op: 'train', steps }, trainAnswer),
      initDecoding: (config, { compile = false, ...rest }) => line.ask({ op: 'decode_init', config, compile, ...rest }, decodeInitAnswer),
      decode: (steps) => line.ask({ op: 'decode', steps }, decodeAnswer),
      dispose: () => line.dispose(),
    };
  } catch (error) {
    await line.dispose();
    return { unavailable: (error as Error).message };
  }
}

interface Waiting {
  readonly operation: string;
  readonly settle: (line: string) => void;
  readonly fail: (got: string, cause?: unknown) => void;
}

/** One question in flight over a child's stdin and stdout. */
class PeerLine {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #timeoutMs: number;
  readonly #exited: Promise<void>;
  #waiting: Waiting | null = null;
  #dead: string | null = null;
  #complaints = '';

  constructor(child: ChildProcessWithoutNullStreams, timeoutMs: number) {
    this.#child = child;
    this.#timeoutMs = timeoutMs;
    createInterface({ input: child.stdout }).on('line', (line) => this.#waiting?.settle(line));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#complaints = (this.#complaints + text).slice(-2000);
    });
    // Writing to a process that has gone: its end reports the reason.
    child.stdin.on('error', () => {});
    this.#exited = new Promise((resolve) => {
      child.on('error', (error) => {
        this.#end(error.message, error);
        resolve();
      });
      child.on('close', (code, signal) => {
        this.#end(`a process that ended (${signal ?? `status ${code}`}): ${this.#complaints.trim() || 'nothing on stderr'}`);
        resolve();
      });
    });
  }

  async ask<T>(request: Readonly<Record<string, unknown>> & { readonly op: string }, schema: z.ZodType<T>): Promise<T> {
    const operation = `PyTorch peer, ${request.op}`;
    if (this.#dead !== null) throw failure(operation, this.#dead);
    if (this.#waiting !== null) throw failure(operation, `a request while ${this.#waiting.operation} is in flight`);
    const line = await new Promise<string>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#end(`no answer in ${this.#timeoutMs} ms`);
        this.#child.kill('SIGKILL');
      }, this.#timeoutMs);
      const finish = () => {
        clearTimeout(timer);
        this.#waiting = null;
      };
      this.#waiting = {
        operation,
        settle: (answer) => {
          finish();
          resolve(answer);
        },
        fail: (got, cause) => {
          finish();
          reject(failure(operation, got, cause));
        },
      };
      this.#child.stdin.write(`${JSON.stringify(request)}\n`);
    });
    const answer = parseAnswer(line, operation);
    const refused = z.object({ error: z.string() }).safeParse(answer);
    if (refused.success) throw failure(operation, refused.data.error);
    const parsed = schema.safeParse(answer);
    if (!parsed.success) throw failure(operation, `an answer of another shape: ${z.prettifyError(parsed.error)}`, parsed.error);
    return parsed.data;
  }

  async dispose(): Promise<void> {
    this.#end('a peer that was disposed');
    this.#child.kill('SIGKILL');
    await this.#exited;
  }

  #end(reason: string, cause?: unknown): void {
    this.#dead ??= reason;
    this.#waiting?.fail(this.#dead, cause);
  }
}

function parseAnswer(line: string, operation: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw failure(operation, `a line that is not JSON: ${line.slice(0, 200)}`, cause);
  }
}

function failure(operation: string, got: string, cause?: unknown): RuntimeError {
  const fix = 'set JOURNEYMAN_PYTHON to an interpreter that has PyTorch, or leave the peer out';
  return new RuntimeError({ operation, got, expected: 'an answer', fix, cause });
}
