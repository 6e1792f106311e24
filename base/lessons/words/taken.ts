/**
 * Whether a gym uses a word. Known by hash only: about one free word in a thousand is refused with the taken ones, which harms nothing.
 */
import { TAKEN_WORDS } from './taken-words.ts';

/** Lower case, without accents. */
export const foldWord = (word: string): string => word.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/** FNV-1a of the UTF-16 units, folded to 24 bits. */
export function hashWord(folded: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < folded.length; i++) hash = Math.imul(hash ^ folded.charCodeAt(i), 0x01000193) >>> 0;
  return (hash ^ (hash >>> 24)) & 0xffffff;
}

const taken = new Set<number>();
{
  const bytes = Buffer.from(TAKEN_WORDS, 'base64');
  for (let i = 0; i + 2 < bytes.length; i += 3)
    taken.add(((bytes[i] as number) << 16) | ((bytes[i + 1] as number) << 8) | (bytes[i + 2] as number));
}

/** Whether one of the words in `text` is. Those of fewer than four letters are free: every short string is a word somewhere. */
export const isTaken = (text: string): boolean => (foldWord(text).match(/\p{L}{4,}/gu) ?? []).some((word) => taken.has(hashWord(word)));
