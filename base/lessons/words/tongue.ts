/**
 * Synthetic languages: words that no language has, spelled with the letter statistics of European ones.
 *
 * Invariant: no coined word of four or more letters is one that a gym uses (`taken-words.ts`), so that nothing about a gym can be learned by heart here.
 * Not linguistics: syllables are drawn independently from weighted inventories.
 */
import type { Random } from '../../../src/base/index.ts';
import { isTaken } from './taken.ts';

export interface Tongue {
  readonly name: string;
  /** Repeated entries are more frequent. */
  readonly onsets: readonly string[];
  readonly nuclei: readonly string[];
  readonly codas: readonly string[];
  readonly endings: readonly string[];
  /** Little words between others; three letters at most. */
  readonly links: readonly string[];
  /** Short words for "number" and the like, as they stand behind a label. */
  readonly marks: readonly string[];
  /** Every noun is capitalised. */
  readonly capitalNouns: boolean;
  /** Two nouns become one word. */
  readonly compounds: boolean;
}

const list = (text: string): readonly string[] => text.split(' ').map((entry) => (entry === '_' ? '' : entry));

export const TONGUES: readonly Tongue[] = [
  {
    name: 'harz',
    onsets: list('b br d d dr f fl g gr h h k kl kr l l m m n p pf r r s s sch schl schw sp st st t tr v w w z zw _'),
    nuclei: list('a a a e e e e e e i i i o o u u au ei ei ie ä ö ü'),
    codas: list('_ _ _ n n n r r r l m t s ch ck ng rt nd st lt ft hl'),
    endings: list('ung er er el en e e heit ig ling nis schaft tz'),
    links: list('un fon zu je ob'),
    marks: list('Nb. Zf. Kz. Nmr. Bz.'),
    capitalNouns: true,
    compounds: true,
  },
  {
    name: 'loral',
    onsets: list('b c c c ch d d f fr g gu l l m m n p p pr qu r r s s t t tr v v z _ _'),
    nuclei: list('a a a a e e e e i i i o o o u é ó í ia io ue ie'),
    codas: list('_ _ _ _ _ n n r s l m z nt'),
    endings: list('a o e ción ado anza ura eta ero al ente ida osa'),
    links: list('de du so a lo y'),
    marks: list('nª no núo. cº rf.'),
    capitalNouns: false,
    compounds: false,
  },
  {
    name: 'wick',
    onsets: list('b bl br c c ch cl d d f f g gr h h l l m m n p p pl pr r r s s sh sl st st t th tr v w w wh _ _'),
    nuclei: list('a a a e e e e i i i o o o u ea ee oo ou ai oa y'),
    codas: list('_ _ n n r r l t t s d ck nd nt st ll ss rd mp'),
    endings: list('er er ing ed le y age ment ness ow ish et'),
    links: list('ov ta in pur by'),
    marks: list('Nb. nbr Rf. # cd.'),
    capitalNouns: false,
    compounds: false,
  },
  {
    name: 'fjel',
    onsets: list('b bj br d f fj fr g gr h hv k k kj kl l l m m n n p r r s s sk sk sj st st t tr v v _ _'),
    nuclei: list('a a a e e e e i i o u å ø ö ä y ei'),
    codas: list('_ _ _ n n r r l t s g k d nd ng rd lt sk'),
    endings: list('en er else ing a et het lig ar dom e'),
    links: list('og av pa ti'),
    marks: list('nr. Nm. kd. lb.'),
    capitalNouns: false,
    compounds: true,
  },
  {
    name: 'polder',
    onsets: list('b bl d d dr g g gr h h k k kl kn l l m n p r r s s sch st st t tr v v w w z z _'),
    nuclei: list('a a e e e e i i o o u aa ee oo ij oe ui eu ie ou'),
    codas: list('_ _ _ n n r r l t t k s m cht rd ng nk st lf'),
    endings: list('ing en er e je heid sel ij aar'),
    links: list('va en of te'),
    marks: list('nr. Kn. ref. kd.'),
    capitalNouns: false,
    compounds: true,
  },
  {
    name: 'vesna',
    onsets: list('b br c č d d dr g h k k kr l m m n n p p pl pr r s s sl š st t tr v v vr z ž _'),
    nuclei: list('a a a a e e e i i i o o o u u y á í'),
    codas: list('_ _ _ _ n k l r s t m v st sk'),
    endings: list('a o ost nik ek ka je ov ina nost ba ec'),
    links: list('za na od do'),
    marks: list('č. br. kd. ev.'),
    capitalNouns: false,
    compounds: false,
  },
];

const MOST_TRIES = 60;

/** A fresh word in lower case; `syllables` before the ending. */
export function coinWord(tongue: Tongue, random: Random, syllables = random.below(5) < 3 ? 1 : 2): string {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    let word = '';
    for (let i = 0; i < syllables; i++) word += random.pick(tongue.onsets) + random.pick(tongue.nuclei) + random.pick(tongue.codas);
    const ending = random.pick(tongue.endings);
    if (random.below(4) > 0)
      word += /[aeiouyáéíóúäöüåøø]$/u.test(word) && /^[aeiouy]/u.test(ending) ? random.pick(['n', 'r', 'l', 't', 'd']) + ending : ending;
    if (word.length >= 4 && word.length <= 14 && !/(.)\1\1/u.test(word) && !isTaken(word)) return word;
  }
  // An inventory that can't give a free word would be a bug; three letters are always free.
  return random.pick(['zub', 'kef', 'wol']);
}

export const capitalised = (word: string): string => word.slice(0, 1).toUpperCase() + word.slice(1);

/** Both words as one, where that is free. */
export function joinWords(first: string, second: string): string {
  const joined = first + second;
  return joined.length > 18 || isTaken(joined) ? `${first}-${second}` : joined;
}

/** The beginning of a word and a dot; the word itself where it is too short. */
export function abbreviated(word: string, random: Random): string {
  if (word.length < 5) return word;
  for (let tries = 0; tries < 4; tries++) {
    const short = word.slice(0, 2 + random.below(Math.min(4, word.length - 3)));
    if (!isTaken(short)) return `${short}.`;
  }
  return `${word.slice(0, 3)}.`;
}

const SWAPS: readonly (readonly [RegExp, string])[] = [
  [/c(?=[aou])/u, 'k'],
  [/k/u, 'c'],
  [/qu/u, 'kv'],
  [/f/u, 'ph'],
  [/sch/u, 'sk'],
  [/s(?=[tp])/u, 'z'],
  [/v/u, 'w'],
  [/w/u, 'v'],
  [/z/u, 's'],
  [/t(?=[aeio])/u, 'd'],
  [/y/u, 'i'],
  [/([lnrt])(?=[aeio])/u, '$1$1'],
  [/([lnrst])\1/u, '$1'],
  [/ä|á|å/u, 'a'],
  [/ö|ó|ø/u, 'o'],
  [/e(?=[lnr])/u, 'a'],
  [/o(?=[nr])/u, 'u'],
  [/i(?=[nst])/u, 'e'],
];

/** The same word as a related language has it: a letter or two otherwise, another ending. */
export function relatedWord(word: string, tongue: Tongue, random: Random): string {
  for (let tries = 0; tries < 12; tries++) {
    let other = word;
    for (let i = 1 + random.below(2); i > 0; i--) {
      const [from, to] = random.pick(SWAPS);
      other = other.replace(from, to);
    }
    if (random.below(2) === 0 && other.length > 5) other = other.slice(0, -1 - random.below(2)) + random.pick(tongue.endings);
    if (other !== word && other.length >= 4 && !isTaken(other)) return other;
  }
  return word;
}
