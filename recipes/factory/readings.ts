/** What was read of things on the disk, read again only where one has changed. */
export interface Readable<T> {
  readonly key: string;
  /** Another one: it has changed. */
  readonly stamp: string;
  readonly read: () => T;
}

export class Readings<T> {
  #known = new Map<string, { readonly stamp: string; readonly value: T }>();

  /** In the order of `all`; what is not among them is forgotten. */
  of(all: readonly Readable<T>[]): readonly T[] {
    this.#known = new Map(
      all.map(({ key, stamp, read }) => {
        const before = this.#known.get(key);
        return [key, before?.stamp === stamp ? before : { stamp, value: read() }];
      }),
    );
    return [...this.#known.values()].map(({ value }) => value);
  }
}
