/**
 * What a page asks for, as elements whose words can be copied: a quoted phrase or a value that the page itself names is one, any other word too.
 *
 * Invariant: the names, joined, read like the utterance. Outside text: nothing in it is believed beyond its words.
 */
import type { ScreenElement } from '../../src/records/index.ts';

export interface Utterance {
  readonly text: string;
  /** Values that the page itself takes out of its text. */
  readonly phrases: readonly string[];
}

/** Longer ones are cut; no page that people can read asks for so much. */
const LONGEST = 4000;

/** What `core.getUtterance()` gave: text, or an object with `utterance` and `fields` (pairs or an object); null where it is neither. */
export function readUtterance(given: unknown): Utterance | null {
  if (typeof given === 'string') return { text: tidy(given), phrases: [] };
  if (typeof given !== 'object' || given === null || !('utterance' in given) || typeof given.utterance !== 'string') return null;
  const fields = 'fields' in given && typeof given.fields === 'object' && given.fields !== null ? given.fields : {};
  const values = Array.isArray(fields) ? fields.map((field: unknown) => (Array.isArray(field) ? field[1] : field)) : Object.values(fields);
  const phrases = values.filter((value): value is string => typeof value === 'string').map(tidy);
  return { text: tidy(given.utterance), phrases: [...new Set(phrases)].filter((phrase) => phrase.includes(' ')) };
}

/** The elements in reading order. Copying takes a phrase without its quotes and a word without the punctuation around it. */
export function utteranceElements({ text, phrases }: Utterance): ScreenElement[] {
  return splitUtterance(text, phrases).map((part, i) => ({
    key: `utterance/${i}`,
    role: 'goal',
    name: part.name,
    ...(part.text === part.name ? {} : { text: part.text }),
    offers: ['copy'],
  }));
}

interface Part {
  readonly name: string;
  readonly text: string;
}

function splitUtterance(text: string, phrases: readonly string[]): Part[] {
  const known = [...phrases].sort((a, b) => b.length - a.length).map((phrase) => phrase.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const edge = '(?![\\p{L}\\p{N}])';
  const pattern = new RegExp(
    `"(?<quoted>[^"]+)"|“(?<curly>[^”]+)”|${known.length > 0 ? `(?<![\\p{L}\\p{N}])(?<known>${known.join('|')})${edge}|` : ''}(?<word>[^\\s"“]+|["“])`,
    'gu',
  );
  const parts: Part[] = [];
  for (const { groups = {} } of text.matchAll(pattern)) {
    const phrase = groups.quoted ?? groups.curly ?? groups.known;
    const word = groups.word ?? '';
    if (phrase !== undefined) parts.push({ name: phrase.trim(), text: phrase.trim() });
    else if (/[\p{L}\p{N}]/u.test(word)) parts.push({ name: word, text: strip(word) });
    // Punctuation alone stands with what is before it.
    else if (word !== '' && /[^\p{P}\s]/u.test(word)) parts.push({ name: word, text: word });
  }
  return parts.filter(({ name }) => name !== '');
}

/** Without punctuation at the ends that belongs to the sentence; signs that belong to a value stay: `-3`, `#7`, `@ann`, `$5`, `50%`. */
const strip = (word: string): string => word.replace(/^[([{'‘,;:]+|[)\]}'’.,;:!?]+$/gu, '') || word;

const tidy = (text: string): string => text.slice(0, LONGEST).replace(/\s+/gu, ' ').trim();
