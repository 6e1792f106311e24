/**
 * The 256 bytes as 256 printable characters, which is how byte-level vocabularies are spelled in `tokenizer.json`.
 * Printable Latin-1 bytes stand for themselves; the other 68 take the code points from U+0100 on, in byte order
 * (GPT-2, Radford et al. 2019). A space is `Ġ`, a line feed `Ċ`.
 */

const isPrintable = (byte: number): boolean =>
  (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || (byte >= 0xae && byte <= 0xff);

/** The character of each byte. */
export const BYTE_CHARACTERS: readonly string[] = spellBytes();

/** The same 256 characters in the order of their code points: the order of their ids. */
export const BYTE_ALPHABET: readonly string[] = [...BYTE_CHARACTERS].sort();

const bytes = new Map<string, number>(BYTE_CHARACTERS.map((character, byte) => [character, byte]));

/** The bytes that a token's spelling stands for; `undefined` where a character stands for none. */
export function bytesOfSpelling(spelling: string): Uint8Array | undefined {
  const found = Array.from(spelling, (character) => bytes.get(character) ?? -1);
  return found.includes(-1) ? undefined : Uint8Array.from(found);
}

function spellBytes(): string[] {
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(isPrintable(byte) ? byte : next++));
}
