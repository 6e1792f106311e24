/**
 * Keys and values of all lanes: for each layer one buffer [B, K, rows, D] for keys and one for values. Row t of a lane is its
 * token t. Each head's rows lie together, so that attention streams through them; a lane that is shorter than `rows`
 * leaves holes at its end only, which the mask hides. Every row holds finite numbers.
 *
 * A layer with a window needs its last rows only: they lie in a ring, token t in row t modulo its rows.
 */
import { type ModelConfig, windowOf } from '../model/index.ts';

/** Rows come in multiples of this. */
const ROW_STEP = 128;
/** Growing, the cache takes this much more than it must, so that it is seldom copied. */
const HEADROOM = 1.25;

export interface CacheSize {
  /** B: columns. */
  readonly lanes: number;
  readonly rows: number;
}

/** How far a lane may be rewound: the rows that its later tokens have taken in a ring are lost to it. */
export const LONGEST_REWIND = 256;

/** Rows of a ring: a window, what may be rewound, and a step. 0 for a layer without a window. */
export function ringRows(window: number): number {
  return window === 0 ? 0 : Math.ceil((window + LONGEST_REWIND + 64) / ROW_STEP) * ROW_STEP;
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
  /** By layer: rows of its ring, 0 for a layer that keeps every token. */
  readonly #rings: readonly number[];
  #size: CacheSize = { lanes: 1, rows: ROW_STEP };
  /** Keys of layer 0, values of layer 0, keys of layer 1, … */
  #buffers: readonly Float32Array[];

  constructor(config: ModelConfig) {
    this.#heads = config.keyValueHeads;
    this.#width = config.headWidth;
    this.#layers = config.layers;
    this.#rings = Array.from({ length: config.layers }, (_, layer) => ringRows(windowOf(config, layer)));
    this.#buffers = this.#allocate(this.#size);
  }

  get size(): CacheSize {
    return this.#size;
  }

  /** Of a layer: those of `size`, or of its ring. */
  rowsOf(layer: number): number {
    return this.#rings[layer] || this.#size.rows;
  }

  /** Of buffer `i`: keys or values of layer ⌊i/2⌋. */
  #rows(i: number, { rows }: CacheSize = this.#size): number {
    return this.#rings[i >> 1] || rows;
  }

  /** The buffers by layer, each [B, K, rows of the layer, D]. */
  get layers(): readonly LayerCache[] {
    return this.#byLayer((i) => this.#buffers[i] as Float32Array);
  }

  /** Of `count` columns from `first` on, each [count, K, rows of the layer, D]: views, no copies. */
  part(first: number, count: number): readonly LayerCache[] {
    const view = (i: number): Float32Array => {
      const column = this.#heads * this.#rows(i) * this.#width;
      return (this.#buffers[i] as Float32Array).subarray(first * column, (first + count) * column);
    };
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

  /** Copies `count` tokens of a column from a step's output to its rows from `start` on, round the ring where the layer has one. */
  write(column: number, start: number, count: number, step: StepRows): void {
    const { lanes: all } = this.#size;
    const [K, D, { data, tokens, columns }] = [this.#heads, this.#width, step];
    const { first, count: lanes } = columns ?? { first: 0, count: all };
    for (let i = 0; i < this.#buffers.length; i++) {
      const buffer = this.#buffers[i] as Float32Array;
      const rows = this.#rows(i);
      for (let t = 0; t < count; t++) {
        const from = ((i * tokens + t) * lanes + column - first) * K * D;
        const to = (column * K * rows + ((start + t) % rows)) * D;
        // Some hundred short runs a step: a loop is faster than as many views.
        for (let head = 0; head < K; head++)
          for (let d = 0; d < D; d++) buffer[to + head * rows * D + d] = data[from + head * D + d] as number;
      }
    }
  }

  /** Copies the first `count` rows of one column over those of another. */
  copyColumn({ from, to }: ColumnMove, count: number): void {
    const [K, D] = [this.#heads, this.#width];
    for (const [i, buffer] of this.#buffers.entries()) {
      const rows = this.#rows(i);
      for (let head = 0; head < K; head++) {
        const start = (from * K + head) * rows * D;
        buffer.copyWithin((to * K + head) * rows * D, start, start + Math.min(rows, count) * D);
      }
    }
  }

  /** Exchanges the first `count` rows of two columns. */
  swapColumns({ from, to }: ColumnMove, count: number): void {
    const [K, D] = [this.#heads, this.#width];
    for (const [i, buffer] of this.#buffers.entries()) {
      const rows = this.#rows(i);
      const floats = Math.min(rows, count) * D;
      for (let head = 0; head < K; head++) {
        const [a, b] = [(from * K + head) * rows * D, (to * K + head) * rows * D];
        const kept = buffer.slice(b, b + floats);
        buffer.copyWithin(b, a, a + floats);
        buffer.set(kept, a);
      }
    }
  }

  #relayOut(size: CacheSize, moves: readonly ColumnMove[]): void {
    const [K, D] = [this.#heads, this.#width];
    const old = this.#size;
    const buffers = this.#allocate(size);
    this.#buffers.forEach((buffer, i) => {
      const [before, after] = [this.#rows(i, old), this.#rows(i, size)];
      const kept = Math.min(before, after) * D;
      for (const { from, to } of moves)
        for (let head = 0; head < K; head++) {
          const start = (from * K + head) * before * D;
          (buffers[i] as Float32Array).set(buffer.subarray(start, start + kept), (to * K + head) * after * D);
        }
    });
    this.#buffers = buffers;
    this.#size = size;
  }

  #allocate(size: CacheSize): readonly Float32Array[] {
    return Array.from(
      { length: 2 * this.#layers },
      (_, i) => new Float32Array(size.lanes * this.#heads * this.#rows(i, size) * this.#width),
    );
  }
}
