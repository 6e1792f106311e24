/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/**
 * Text of a page as a policy may see it: one line, whitespace normalised, no control characters, no lone surrogates.
 *
 * Runs in the page's isolated world and in Node alike; touches no document.
 */

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL_CHARACTERS = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/gu;
const PLAIN_TEXT = /^[!-~]+(?: [!-~]+)*$/;

/** Longest text of one element, in characters; longer ones are split. */
export const LONGEST_TEXT = 400;

export function tidy(text: string): string {
  if (text === '' || PLAIN_TEXT.test(text)) return text;
  return text
    .toWellFormed()
    .replace(CONTROL_CHARACTERS, (character) =>
      character < ' ' || (character >= '\u007f' && character <= '\u00a0') || character === '\u2028' || character === '\u2029' ? ' ' : '',
    )
    .replace(/\s+/gu, ' ')
    .trim();
}

/** Parts of at most `longest` characters, cut at spaces where there are any; joined (with a space at each cut at one) they are `text`. */
export function splitLong(text: string, longest = LONGEST_TEXT): string[] {
  const parts: string[] = [];
  let rest = text;
  while (rest.length > longest) {
    let cut = rest.lastIndexOf(' ', longest);
    if (cut <= 0) {
      cut = longest;
      // Never between the halves of a surrogate pair.
      const code = rest.charCodeAt(cut - 1);
      if (code >= 0xd800 && code < 0xdc00) cut--;
    }
    parts.push(rest.slice(0, cut));
    rest = rest.slice(cut).trimStart();
  }
  if (rest !== '' || parts.length === 0) parts.push(rest);
  return parts;
}
