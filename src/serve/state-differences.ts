/** Where two states of an app differ, in plain sentences, each with its place. Objects are compared member by member; anything else as a whole. */
import { canonicalJson, type Json } from '../base/index.ts';

export interface Difference {
  /** Names from the top of the state down. */
  readonly place: readonly string[];
  /** `arrivals 1 status is "rejected"; before it was "new"` */
  readonly sentence: string;
}

/** In the order of the names. `ignored`: names at the top that are not compared. Throws `DataError` for what is no JSON. */
export function stateDifferences(before: Json, now: Json, ignored: readonly string[] = []): readonly Difference[] {
  return [...differencesAt([], { before, now })].filter(({ place: [top = ''] }) => !ignored.includes(top));
}

/** What stands at a place; undefined where there is none. */
export function valueAt(state: Json, place: readonly string[]): Json | undefined {
  return place.reduce<Json | undefined>((value, name) => (isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined), state);
}

/** Whether two states hold the same at a place. */
export function isSameAt(place: readonly string[], one: Json, other: Json): boolean {
  const [a, b] = [valueAt(one, place), valueAt(other, place)];
  return a === undefined || b === undefined ? a === b : canonicalJson(a) === canonicalJson(b);
}

/** Characters of a value that are quoted. */
const QUOTED = 200;

function* differencesAt(
  place: readonly string[],
  { before, now }: { readonly before: Json | undefined; readonly now: Json | undefined },
): Generator<Difference> {
  if (isRecord(before) && isRecord(now)) {
    for (const name of new Set([...Object.keys(before), ...Object.keys(now)].sort(byNumberThenName)))
      yield* differencesAt([...place, name], { before: valueAt(before, [name]), now: valueAt(now, [name]) });
    return;
  }
  const what = place.length === 0 ? 'the whole state' : place.join(' ');
  if (before === undefined && now !== undefined) yield { place, sentence: `${what} was not there before; it is ${quote(now)}` };
  else if (now === undefined && before !== undefined) yield { place, sentence: `${what} is gone; before it was ${quote(before)}` };
  else if (before !== undefined && now !== undefined && canonicalJson(before) !== canonicalJson(now))
    yield { place, sentence: `${what} is ${quote(now)}; before it was ${quote(before)}` };
}

function isRecord(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function quote(value: Json): string {
  const text = canonicalJson(value);
  return text.length > QUOTED ? `${text.slice(0, QUOTED)} …` : text;
}

const byNumberThenName = (a: string, b: string): number => Number(a) - Number(b) || (a < b ? -1 : a > b ? 1 : 0);
