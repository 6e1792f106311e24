/// <reference lib="dom" />
/**
 * Keys of items: an element keeps its key for as long as it lives. What was rendered anew takes over the key of what has gone, if role, name and place
 * say that it is the same, and only where exactly as many have come as have gone. Plain text does so only behind something that was there before: on
 * another page of a document a "2" is another one, and who is told of the page must be told of all of it, in its order.
 */
import type { Item } from './items.ts';

export interface KeyTable {
  next: number;
  readonly ofElement: WeakMap<Element, Map<string, string>>;
  /** Of the last look. */
  shown: Map<string, Item>;
  /** Of the document before this one: key, role, name. */
  inherited: readonly (readonly [key: string, role: string, name: string])[];
}

export const makeKeyTable = (): KeyTable => ({ next: 0, ofElement: new WeakMap(), shown: new Map(), inherited: [] });

const signatureOf = (item: Item): string => `${item.role}\u0000${item.name}\u0000${item.context}`;

/** Keys of `items`, one each, in their order. */
export function assignKeys(table: KeyTable, items: readonly Item[]): string[] {
  const keys: string[] = new Array(items.length);
  const shown = new Map<string, Item>();
  const fresh: number[] = [];
  for (let i = 0; i < items.length; i++) {
    const item = items[i] as Item;
    const known = table.ofElement.get(item.element)?.get(item.suffix);
    if (known === undefined || shown.has(known)) fresh.push(i);
    else {
      keys[i] = known;
      shown.set(known, item);
    }
  }
  if (fresh.length > 0) {
    const gone = new Map<string, string[]>();
    const put = (signature: string, key: string): void => {
      const keys = gone.get(signature);
      if (keys) keys.push(key);
      else gone.set(signature, [key]);
    };
    const isInherited = table.inherited.length > 0;
    const identify = isInherited ? (item: Item): string => `${item.role}\u0000${item.name}` : signatureOf;
    if (isInherited) for (const [key, role, name] of table.inherited) put(`${role}\u0000${name}`, key);
    else for (const [key, item] of table.shown) if (!shown.has(key)) put(signatureOf(item), key);
    const counts = new Map<string, number>();
    if (gone.size > 0)
      for (const i of fresh) {
        const signature = identify(items[i] as Item);
        counts.set(signature, (counts.get(signature) ?? 0) + 1);
      }
    for (const i of fresh) {
      const item = items[i] as Item;
      const signature = gone.size > 0 ? identify(item) : '';
      const candidates = gone.size > 0 ? gone.get(signature) : undefined;
      const expected = counts.get(signature);
      let key: string | undefined;
      const isBehindKnown = i === 0 || table.shown.has(keys[i - 1] as string);
      if (candidates && expected !== undefined && candidates.length === expected && (isInherited || item.role !== '' || isBehindKnown)) {
        key = candidates.shift();
        counts.set(signature, expected - 1);
      }
      key ??= `e${++table.next}`;
      keys[i] = key;
      shown.set(key, item);
      let bySuffix = table.ofElement.get(item.element);
      if (!bySuffix) {
        bySuffix = new Map();
        table.ofElement.set(item.element, bySuffix);
      }
      bySuffix.set(item.suffix, key);
    }
  }
  table.inherited = [];
  table.shown = shown;
  return keys;
}
