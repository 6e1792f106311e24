/**
 * What has anything in common serves one purpose. Entries are known here by their keys; the purpose of one binds its keys, those of the entries that share
 * one, and so on.
 *
 * Invariant: a key that is bound stays bound to the same purpose. An entry may serve a purpose only while none of its keys is bound to the other one, so two
 * that serve different purposes share no key, whatever came in which order. One that has something in common with both may serve neither.
 */
import { PURPOSES, type Purpose } from './triage-entry.ts';

export class TriageGroups {
  readonly #purposes = new Map<string, Purpose>();
  /** By key, the keys of each entry that has it. */
  readonly #members = new Map<string, (readonly string[])[]>();

  /** Adds an entry. It takes over the purpose of those that it has something in common with. */
  add(keys: readonly string[]): void {
    for (const key of keys) {
      const members = this.#members.get(key);
      if (members) members.push(keys);
      else this.#members.set(key, [keys]);
    }
    const bound = new Set(keys.flatMap((key) => this.#purposes.get(key) ?? []));
    const [purpose] = bound;
    if (bound.size === 1 && purpose) this.bind(keys, purpose);
  }

  /** Purposes that an entry with these keys may still serve. */
  open(keys: readonly string[]): readonly Purpose[] {
    return PURPOSES.filter((purpose) => keys.every((key) => (this.#purposes.get(key) ?? purpose) === purpose));
  }

  /** Binds the keys, and those of everything that they are connected with, as far as nothing bound them before. */
  bind(keys: readonly string[], purpose: Purpose): void {
    const found = [keys];
    for (let some = found.pop(); some; some = found.pop())
      for (const key of some) {
        if (this.#purposes.has(key)) continue;
        this.#purposes.set(key, purpose);
        found.push(...(this.#members.get(key) ?? []));
      }
  }
}
