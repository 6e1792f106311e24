/**
 * Cuts text into the pieces inside which tokens are formed: one digit, a word, a run of symbols, or white space. A word
 * or a run of symbols takes one space before it along. Digits stand alone, so that a number has the same tokens
 * wherever it is copied or compared.
 *
 * Invariant: the pieces joined are the text, and every version of every library cuts alike. GPT-2's classes don't give
 * that: `\p{L}` grows with each Unicode version, and `\s` differs between engines in U+0085 and U+FEFF. So symbols are
 * listed here as ranges, white space is the frozen property `White_Space`, and everything else is a word, combining
 * marks included.
 */

const WHITE = '\\p{White_Space}';
const SYMBOLS = [
  '!-/:-@\\[-`{-~', // ASCII
  '\u00a1-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb-\u00bf\u00d7\u00f7', // Latin-1, without ª µ º
  '\u2010-\u2027\u2030-\u205e', // dashes, quotation marks, bullets
  '\u20a0-\u20cf', // currency
  '\u2100-\u2bff', // letterlike symbols, arrows, mathematics, boxes, dingbats
  '\u3001-\u3003\u3008-\u301f', // CJK punctuation
  '\u{1f000}-\u{1faff}', // pictographs
].join('');

/** The split as a regular expression that ECMAScript (flag `u`) and Oniguruma read alike; part of the file format. */
export const SPLIT_PATTERN: string = [
  '[0-9]',
  ` ?[^${WHITE}0-9${SYMBOLS}]+`,
  ` ?[${SYMBOLS}]+`,
  `${WHITE}+(?!\\P{White_Space})`, // a run leaves its last character to what follows
  `${WHITE}+`,
].join('|');

const split = new RegExp(SPLIT_PATTERN, 'gu');

/** The pieces of well-formed `text`. */
export function splitText(text: string): readonly string[] {
  return text.match(split) ?? [];
}
