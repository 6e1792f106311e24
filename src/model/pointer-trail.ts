/**
 * The trail of an episode's pointing: where each reference stands on the screen, and where was pointed last. What a person's finger knows: the next
 * field is the one below, the next cell the one to the right, and this option is spelled just like something further up.
 *
 * It follows the tokens one by one and knows nothing of a network. The pointer head scores a candidate by how far it stands from the anchors, and by
 * whether its text stands elsewhere (docs/decisions/pointer-follows-a-trail.md).
 */
import { boundaryId, FIRST_REFERENCE, isReferenceId, SPECIAL_TOKENS, wordId } from '../grammar/index.ts';

/** What distances are measured from: what was copied last, what it was put into, and what this action has named already. */
export const ANCHORS = ['source', 'target', 'current'] as const;
/** Distances −8 … 16 in elements, then: further back, further on, no element of the screen, no anchor. */
const [LEAST, MOST] = [-8, 16];
export const TRAIL_BUCKETS: number = MOST - LEAST + 1 + 4;
const [BEFORE, AFTER, ELSEWHERE, NO_ANCHOR] = [0, 1, 2, 3].map((i) => MOST - LEAST + 1 + i) as [number, number, number, number];

/** How much of its text stands in one element further up, how much of that element this is, and whether all of it does. */
export const MARKS = 3;
/** T: scores that a decision gives: one a bucket and anchor, one a mark. */
export const TRAIL_WIDTH: number = ANCHORS.length * TRAIL_BUCKETS + MARKS;

/** A place where a reference stands. */
export interface TrailPlace {
  /** Number of the element on the screen, −1 where it is only named. */
  readonly home: number;
  /** [MARKS], each 0 … 1. */
  readonly marks: readonly number[];
}

/** Homes of the anchors, −1 for none, in the order of `ANCHORS`. */
export type Anchors = readonly [number, number, number];

const NAMED: TrailPlace = { home: -1, marks: [0, 0, 0] };
const OBSERVED: readonly number[] = [boundaryId('observe'), boundaryId('goal')];
const [ACT, END, ECHO, UNECHO] = [boundaryId('act'), boundaryId('end'), boundaryId('echo'), boundaryId('unecho')];
const VALUE = wordId('value');
const FIRST_TEXT = SPECIAL_TOKENS.length;

/** The bucket of a candidate's home at an anchor's. */
export function trailBucket(home: number, anchor: number): number {
  if (home < 0) return ELSEWHERE;
  if (anchor < 0) return NO_ANCHOR;
  const distance = home - anchor;
  return distance < LEAST ? BEFORE : distance > MOST ? AFTER : distance - LEAST;
}

interface Element {
  readonly first: number;
  readonly size: number;
}

export class PointerTrail {
  #segment = 0;
  #isEcho = false;
  /** Text since the last reference, and what the span began with. */
  #text: number[] = [];
  #begins = -1;
  #elements: Element[] = [];
  /** Homes by reference, and by token of their text. */
  #homes = new Map<number, number>();
  #holders = new Map<number, number[]>();
  /** Homes that this action has named. */
  #named: number[] = [];
  #source = -1;
  #target = -1;

  /** Takes in the next token; a place where it is a reference. */
  read(token: number): TrailPlace | undefined {
    if (isReferenceId(token)) return this.#reference(token - FIRST_REFERENCE);
    if (token === ECHO || token === UNECHO) {
      this.#isEcho = token === ECHO;
      return undefined;
    }
    if (this.#isEcho) return undefined;
    if (token === ACT || token === END || OBSERVED.includes(token) || token < FIRST_REFERENCE) this.#boundary(token);
    else {
      if (this.#begins < 0) this.#begins = token;
      if (token >= FIRST_TEXT) this.#text.push(token);
    }
    return undefined;
  }

  get anchors(): Anchors {
    return [this.#source, this.#target, this.#named[0] ?? -1];
  }

  /** A copy that goes its own way. */
  clone(): PointerTrail {
    const twin = new PointerTrail();
    twin.#segment = this.#segment;
    twin.#isEcho = this.#isEcho;
    twin.#text = [...this.#text];
    twin.#begins = this.#begins;
    twin.#elements = [...this.#elements];
    twin.#homes = new Map(this.#homes);
    twin.#holders = new Map([...this.#holders].map(([token, homes]) => [token, [...homes]]));
    twin.#named = [...this.#named];
    twin.#source = this.#source;
    twin.#target = this.#target;
    return twin;
  }

  #boundary(token: number): void {
    if (token === END && this.#named.length > 0) {
      this.#target = this.#named[0] as number;
      if (this.#named.length > 1) this.#source = this.#named[1] as number;
    }
    if (token === ACT || token === END) this.#named = [];
    this.#segment = token;
    this.#clearSpan();
  }

  #clearSpan(): void {
    this.#text = [];
    this.#begins = -1;
  }

  #reference(reference: number): TrailPlace {
    if (this.#segment === ACT) {
      this.#named.push(this.#homes.get(reference) ?? -1);
      this.#clearSpan();
      return NAMED;
    }
    // A value that changed, and what has left the screen, are named without being listed.
    const isListed = OBSERVED.includes(this.#segment) && this.#text.length > 0 && this.#begins !== VALUE;
    const place = isListed ? this.#list(reference) : NAMED;
    this.#clearSpan();
    return place;
  }

  #list(reference: number): TrailPlace {
    const [first = -1, ...rest] = this.#text;
    const tail = new Set(rest);
    const all = new Set(this.#text);
    const marks = this.#compare(first, tail);
    const home = this.#elements.length;
    this.#elements.push({ first, size: all.size });
    this.#homes.set(reference, home);
    for (const token of all) {
      const holders = this.#holders.get(token);
      if (holders) holders.push(home);
      else this.#holders.set(token, [home]);
    }
    return { home, marks };
  }

  /** The text behind its first token, which is the role where there is one, against elements of other roles. */
  #compare(first: number, tail: ReadonlySet<number>): readonly number[] {
    if (tail.size === 0) return [0, 0, 0];
    const shared = new Map<number, number>();
    for (const token of tail) for (const home of this.#holders.get(token) ?? []) shared.set(home, (shared.get(home) ?? 0) + 1);
    let [best, extent] = [0, 0];
    for (const [home, count] of shared) {
      const element = this.#elements[home] as Element;
      if (element.first === first) continue;
      const ofThat = count / element.size;
      if (count > best || (count === best && ofThat > extent)) [best, extent] = [count, ofThat];
    }
    return [best / tail.size, extent, best === tail.size ? 1 : 0];
  }
}
