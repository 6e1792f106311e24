/** What buttons and signs are called: a fixed stock of words by purpose, so that some of them can be learned by heart. */
import { Random } from '../../../src/base/index.ts';
import { noun } from './label.ts';
import { capitalised, coinWord, TONGUES } from './tongue.ts';

export const PURPOSES = [
  'save',
  'previous',
  'next',
  'leave',
  'log-in',
  'yes',
  'no',
  'saved',
  'failed',
  'done',
  'user',
  'secret',
  'page',
  'of',
  'agrees',
  'differs',
  'count',
  'picture',
  'arrivals',
  'fresh',
] as const;
export type Purpose = (typeof PURPOSES)[number];

const STOCK = 6;

/** By tongue, in the order of `TONGUES`. */
export const PURPOSE_WORDS: readonly Readonly<Record<Purpose, readonly string[]>>[] = TONGUES.map((tongue) => {
  const random = new Random(`lessons/purposes/${tongue.name}`);
  const words = (): string[] =>
    Array.from(
      { length: STOCK },
      (_, i) => capitalised(coinWord(tongue, random)) + (i % 3 === 2 ? ` ${noun(coinWord(tongue, random, 1), tongue)}` : ''),
    );
  return Object.fromEntries(PURPOSES.map((purpose) => [purpose, words()])) as Record<Purpose, string[]>;
});
