/**
 * A session runs one traced graph on ONNX Runtime. The only importer of ONNX Runtime.
 *
 * Buffers are fed and fetched in place: a fetch may alias a feed, which is how weights and optimizer state are updated.
 * `run` blocks its thread while the graph computes: where that hurts, put the session into a worker thread.
 */
import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { RuntimeError, ShapeError } from '../base/index.ts';
import type { DataOf, Graph, TensorData } from './graph.ts';
import { type NamedTensors, writeOnnx } from './onnx-writer.ts';
import { type Dim, type DType, formatType, sizeOf, type TensorType } from './types.ts';

/** Data with its sizes at this run. */
export interface Value {
  readonly data: TensorData;
  readonly shape: readonly number[];
}
export type Values = Readonly<Record<string, Value>>;

export interface SessionOptions {
  /** Threads of the runtime; default: `JOURNEYMAN_THREADS`, else 2. */
  readonly threads?: number;
}

const DEFAULT_THREADS = Number(process.env.JOURNEYMAN_THREADS) || 2;

type Runtime = typeof import('onnxruntime-node');
let runtime: Promise<Runtime> | undefined;

async function loadRuntime(): Promise<Runtime> {
  runtime ??= import('onnxruntime-node').then((module) => ('default' in module ? (module.default as Runtime) : module));
  try {
    return await runtime;
  } catch (cause) {
    runtime = undefined;
    throw new RuntimeError({
      operation: 'load ONNX Runtime',
      got: (cause as Error).message,
      expected: `the package onnxruntime-node with a library for ${process.platform}-${process.arch}`,
      fix: 'run `npm ci`; the package carries libraries for Linux, macOS and Windows on x64 and arm64 (with glibc, not musl)',
      cause,
    });
  }
}

export class Session {
  readonly #session: InferenceSession;
  readonly #runtime: Runtime;
  readonly #inputs: ReadonlyMap<string, TensorType>;
  readonly #outputs: ReadonlyMap<string, TensorType>;
  #state: 'ready' | 'running' | 'disposed' = 'ready';

  private constructor(
    library: Runtime,
    session: InferenceSession,
    inputs: ReadonlyMap<string, TensorType>,
    outputs: ReadonlyMap<string, TensorType>,
  ) {
    this.#runtime = library;
    this.#session = session;
    this.#inputs = inputs;
    this.#outputs = outputs;
  }

  /** Compiles the part of `graph` that `outputs` need. */
  static async create(graph: Graph, outputs: NamedTensors, options: SessionOptions = {}): Promise<Session> {
    const model = writeOnnx(graph, outputs);
    const library = await loadRuntime();
    try {
      const session = await library.InferenceSession.create(model, {
        intraOpNumThreads: options.threads ?? DEFAULT_THREADS,
        interOpNumThreads: 1,
        logSeverityLevel: 3,
        extra: { session: { set_denormal_as_zero: '1' } },
      });
      const used = graph.inputs.filter(({ name }) => session.inputNames.includes(name));
      return new Session(library, session, new Map(used.map(({ name, tensor }) => [name, tensor])), new Map(Object.entries(outputs)));
    } catch (cause) {
      throw new RuntimeError({
        operation: 'create session',
        got: (cause as Error).message,
        expected: 'a graph that ONNX Runtime accepts',
        cause,
      });
    }
  }

  /** Names of the inputs that the outputs depend on. */
  get inputNames(): readonly string[] {
    return [...this.#inputs.keys()];
  }

  /**
   * Runs once. Every input is fed; every output named in `into` is written to that buffer, every other one to a new one.
   * Feeds must not change while it runs.
   */
  async run(feeds: Values, into: Values = {}): Promise<Readonly<Record<string, Value>>> {
    if (this.#state !== 'ready')
      throw new RuntimeError({
        operation: 'run session',
        got: `a session that is ${this.#state}`,
        expected: 'a session that is ready, one run at a time',
      });
    const fed: Record<string, OrtTensor> = {};
    const named = new Map<string, number>();
    for (const [name, type] of this.#inputs) fed[name] = this.#wrap(name, type, feeds[name], named);
    const fetched: Record<string, OrtTensor | null> = {};
    for (const [name, type] of this.#outputs) fetched[name] = into[name] ? this.#wrap(name, type, into[name], named) : null;
    this.#state = 'running';
    try {
      const results = await this.#session.run(fed, fetched);
      return Object.fromEntries(Object.entries(results).map(([name, { data, dims }]) => [name, { data: data as TensorData, shape: dims }]));
    } catch (cause) {
      throw new RuntimeError({ operation: 'run session', got: (cause as Error).message, expected: 'a run without errors', cause });
    } finally {
      if (this.#state === 'running') this.#state = 'ready';
    }
  }

  /** Frees the runtime's memory. A disposed session refuses to run. */
  async dispose(): Promise<void> {
    if (this.#state === 'disposed') return;
    this.#state = 'disposed';
    await this.#session.release();
  }

  /** `named`: the sizes that names have had in this run. No size is 0: ONNX Runtime's products would end the process. */
  #wrap(name: string, type: TensorType, value: Value | undefined, named: Map<string, number>): OrtTensor {
    const agrees = (dim: Dim, size: number): boolean => {
      if (typeof dim === 'number') return dim === size;
      named.set(dim, named.get(dim) ?? size);
      return named.get(dim) === size;
    };
    const fits =
      value !== undefined &&
      value.data instanceof ARRAYS[type.dtype] &&
      value.shape.length === type.shape.length &&
      value.shape.every((size, i) => size > 0 && agrees(type.shape[i] as Dim, size)) &&
      value.data.length === sizeOf(value.shape);
    if (!fits) {
      const got = value ? `${value.data.constructor.name}[${value.data.length}] as [${value.shape.join(', ')}]` : 'nothing';
      const sizes = Array.from(named, ([dim, size]) => `${dim} = ${size}`).join(', ');
      throw new ShapeError({
        operation: `run session: ${name}`,
        got,
        expected: `${formatType(type)} without empty axes${sizes && `, ${sizes}`}`,
      });
    }
    return new this.#runtime.Tensor(type.dtype, value.data as Float32Array, value.shape) as OrtTensor;
  }
}

const ARRAYS: { readonly [T in DType]: abstract new (...args: never) => DataOf[T] } = {
  float32: Float32Array,
  int32: Int32Array,
  int64: BigInt64Array,
  bool: Uint8Array,
  uint8: Uint8Array,
};
