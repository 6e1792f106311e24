/**
 * Which reference stands for which element: it stays with its element for as long as that is on the screen, and what has left gives its number
 * back. Numbers are dealt in an order of the episode's own, so that they mean nothing by themselves.
 *
 * A number that was given back waits behind all that were free before: nothing that was seen a moment ago is renamed at once.
 */
import { Random } from '../base/index.ts';
import { REFERENCE_COUNT } from '../grammar/index.ts';

export interface ReferenceState {
  readonly live: readonly (readonly [key: string, reference: number])[];
  readonly free: readonly number[];
}

export class References {
  #live = new Map<string, number>();
  #free: number[];

  constructor(seed: string) {
    this.#free = new Random(seed).shuffle(Array.from({ length: REFERENCE_COUNT }, (_, r) => r));
  }

  get(key: string): number | undefined {
    return this.#live.get(key);
  }

  /** The reference of `key`, a new one if it has none; undefined when all are in use. */
  assign(key: string): number | undefined {
    const known = this.#live.get(key);
    if (known !== undefined) return known;
    const reference = this.#free.shift();
    if (reference !== undefined) this.#live.set(key, reference);
    return reference;
  }

  release(key: string): void {
    const reference = this.#live.get(key);
    if (reference === undefined) return;
    this.#live.delete(key);
    this.#free.push(reference);
  }

  save(): ReferenceState {
    return { live: [...this.#live], free: [...this.#free] };
  }

  load({ live, free }: ReferenceState): void {
    this.#live = new Map(live);
    this.#free = [...free];
  }
}
