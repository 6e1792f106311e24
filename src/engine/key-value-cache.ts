/**
 * Keys and values of all lanes: for each layer one buffer [B, K, rows, D] for keys and one for values. Row t of a lane is its
 * token t. Each head's rows lie together, so that attention streams through them; a lane that is shorter than `rows`
 * leaves holes at its end only, which the mask hides. Every row holds finite numbers.
 */
import type { ModelConfig } from '../model/index.ts';

/** Rows come in multiples of this. */
const ROW_STEP = 128;
/** Growing, the cache takes this much more than it must, so that it is seldom copied. */
const HEADROOM = 1.25;

export interface CacheSize {
  /** B: columns. */
  readonly lanes: number;
  readonly rows: number;
}

/** Which old column goes to which new one. */
export interface ColumnMove {
  readonly from: number;
  readonly to: number;
}

export interface LayerCache {
  readonly keys: Float32Array;
  readonly values: Float32Array;
}

/** What a step computed: [2·layers, tokens, count, K, D] for the columns from `first` on. */
export interface StepRows {
  readonly data: Float32Array;
  readonly tokens: number;
  /** Default: all columns. */
  readonly columns?: { readonly first: number; readonly count: number };
}

export class KeyValueCache {
  readonly #heads: number;
  readonly #width: number;
  readonly #layers: number;
  #size: CacheSize = { lanes: 1, rows: ROW_STEP };
  /** Keys of layer 0, values of layer 0, keys of layer 1, … */
  #buffers: readonly Float32Array[];

  constructor(config: ModelConfig) {
    this.#heads = config.keyValueHeads;
    this.#width = config.headWidth;
    this.#layers = config.layers;
    this.#buffers = this.#allocate(this.#size);
  }

  get size(): CacheSize {
    return this.#size;
  }

  /** The buffers by layer, each [B, K, rows, D]. */
  get layers(): readonly LayerCache[] {
    return this.#byLayer((i) => this.#buffers[i] as Float32Array);
  }

  /** Of `count` columns from `first` on, each [count, K, rows, D]: views, no copies. */
  part(first: number, count: number): readonly LayerCache[] {
    const column = this.#heads * this.#size.rows * this.#width;
    const view = (i: number): Float32Array => (this.#buffers[i] as Float32Array).subarray(first * column, (first + count) * column);
    return this.#byLayer(view);
  }

  #byLayer(buffer: (i: number) => Float32Array): readonly LayerCache[] {
    return Array.from({ length: this.#layers }, (_, layer) => ({ keys: buffer(2 * layer), values: buffer(2 * layer + 1) }));
  }

  /** Makes room for `rows` rows, or gives room back where at most half of it is asked for. The first `rows` rows stay. */
  fitRows(rows: number): void {
    const { lanes, rows: present } = this.#size;
    const next = Math.ceil((rows * HEADROOM) / ROW_STEP) * ROW_STEP;
    if ((rows <= present && rows * 2 > present) || next === present) return;
    const columns = Array.from({ length: lanes }, (_, column) => ({ from: column, to: column }));
    this.#relayOut({ lanes, rows: next }, columns);
  }

  /** Changes the number of columns and which lane has which. */
  moveColumns(lanes: number, moves: readonly ColumnMove[]): void {
    this.#relayOut({ lanes, rows: this.#size.rows }, moves);
  }

  /** Copies `count` tokens of a column from a step's output to its rows from `start` on. */
  write(column: number, start: number, count: number, step: StepRows): void {
    const { rows, lanes: all } = this.#size;
    const [K, D, { data, tokens, columns }] = [this.#heads, this.#width, step];
    const { first, count: lanes } = columns ?? { first: 0, count: all };
    for (let i = 0; i < this.#buffers.length; i++) {
      const buffer = this.#buffers[i] as Float32Array;
      for (let t = 0; t < count; t++) {
        const from = ((i * tokens + t) * lanes + column - first) * K * D;
        const to = (column * K * rows + start + t) * D;
        // Some hundred short runs a step: a loop is faster than as many views.
        for (let head = 0; head < K; head++)
          for (let d = 0; d < D; d++) buffer[to + head * rows * D + d] = data[from + head * D + d] as number;
      }
    }
  }

  /** Copies the first `count` rows of one column over those of another. */
  copyColumn({ from, to }: ColumnMove, count: number): void {
    const [K, D, { rows }] = [this.#heads, this.#width, this.#size];
    for (const buffer of this.#buffers)
      for (let head = 0; head < K; head++) {
        const start = (from * K + head) * rows * D;
        buffer.copyWithin((to * K + head) * rows * D, start, start + count * D);
      }
  }

  /** Exchanges the first `count` rows of two columns. */
  swapColumns({ from, to }: ColumnMove, count: number): void {
    const [K, D, { rows }] = [this.#heads, this.#width, this.#size];
    for (const buffer of this.#buffers)
      for (let head = 0; head < K; head++) {
        const [a, b] = [(from * K + head) * rows * D, (to * K + head) * rows * D];
        const kept = buffer.slice(b, b + count * D);
        buffer.copyWithin(b, a, a + count * D);
        buffer.set(kept, a);
      }
  }

  #relayOut(size: CacheSize, moves: readonly ColumnMove[]): void {
    const [K, D] = [this.#heads, this.#width];
    const old = this.#size;
    const kept = Math.min(old.rows, size.rows) * D;
    const buffers = this.#allocate(size);
    this.#buffers.forEach((buffer, i) => {
      for (const { from, to } of moves)
        for (let head = 0; head < K; head++) {
          const start = (from * K + head) * old.rows * D;
          (buffers[i] as Float32Array).set(buffer.subarray(start, start + kept), (to * K + head) * size.rows * D);
        }
    });
    this.#buffers = buffers;
    this.#size = size;
  }

  #allocate({ lanes, rows }: CacheSize): readonly Float32Array[] {
    return Array.from({ length: 2 * this.#layers }, () => new Float32Array(lanes * this.#heads * rows * this.#width));
  }
}
