/**
 * Keys and values of all lanes, time-major: one buffer [capacity, B, K·D] for keys and one for values of each layer. Row t
 * of a lane is its token t, so the first S rows are one contiguous tensor that a step reads without a copy, and a lane
 * that is shorter than the longest leaves holes at its end only, which the mask hides.
 */
import type { ModelConfig } from '../model/index.ts';

export class KeyValueCache {
  readonly #layers: number;
  /** K·D: floats that one token of one lane takes in one buffer. */
  readonly #width: number;
  readonly #limit: number;
  #lanes: number;
  #capacity: number;
  /** Keys of layer 0, values of layer 0, keys of layer 1, … */
  #buffers: Float32Array[];

  constructor(config: ModelConfig, lanes: number) {
    this.#layers = config.layers;
    this.#width = config.keyValueHeads * config.headWidth;
    this.#limit = config.contextLength;
    this.#lanes = lanes;
    this.#capacity = Math.min(256, this.#limit);
    this.#buffers = this.#allocate(lanes, this.#capacity);
  }

  /** B: columns. */
  get lanes(): number {
    return this.#lanes;
  }

  get memoryBytes(): number {
    return this.#buffers.reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  /** The first `rows` rows, as they lie: keys and values by layer, each [rows, B, K·D]. */
  prefix(rows: number): readonly { readonly keys: Float32Array; readonly values: Float32Array }[] {
    const end = rows * this.#lanes * this.#width;
    return Array.from({ length: this.#layers }, (_, layer) => ({
      keys: (this.#buffers[2 * layer] as Float32Array).subarray(0, end),
      values: (this.#buffers[2 * layer + 1] as Float32Array).subarray(0, end),
    }));
  }

  /** Makes room for `rows` rows; what is there stays. */
  reserve(rows: number): void {
    if (rows <= this.#capacity) return;
    let capacity = this.#capacity;
    while (capacity < rows) capacity *= 2;
    this.#capacity = Math.min(capacity, Math.max(rows, this.#limit));
    const grown = this.#allocate(this.#lanes, this.#capacity);
    for (const [i, buffer] of this.#buffers.entries()) (grown[i] as Float32Array).set(buffer);
    this.#buffers = grown;
  }

  /** Copies `count` tokens of `lane` from a step's output [2·layers, n, B, K·D] to its rows from `start` on. */
  write(lane: number, start: number, count: number, step: { readonly data: Float32Array; readonly tokens: number }): void {
    const [B, width] = [this.#lanes, this.#width];
    this.#buffers.forEach((buffer, i) => {
      for (let t = 0; t < count; t++) {
        const from = ((i * step.tokens + t) * B + lane) * width;
        buffer.set(step.data.subarray(from, from + width), ((start + t) * B + lane) * width);
      }
    });
  }

  /** Changes the number of columns. `moves`: which old column, and how many of its rows, go to which new one. */
  relayOut(lanes: number, moves: readonly { readonly from: number; readonly to: number; readonly rows: number }[]): void {
    const [oldLanes, width] = [this.#lanes, this.#width];
    const buffers = this.#allocate(lanes, this.#capacity);
    this.#buffers.forEach((buffer, i) => {
      const target = buffers[i] as Float32Array;
      for (const { from, to, rows } of moves)
        for (let t = 0; t < rows; t++) {
          const start = (t * oldLanes + from) * width;
          target.set(buffer.subarray(start, start + width), (t * lanes + to) * width);
        }
    });
    this.#buffers = buffers;
    this.#lanes = lanes;
  }

  #allocate(lanes: number, rows: number): Float32Array[] {
    return Array.from({ length: 2 * this.#layers }, () => new Float32Array(rows * lanes * this.#width));
  }
}
