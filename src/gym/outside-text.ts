/**
 * Text from outside, made harmless: what pages, documents and tools say may hold anything. Control and direction characters would change what a
 * person sees in a transcript, lone surrogates have no bytes, secrets must not be written down.
 */

/** C0 and C1 controls but tab and newline, zero-width and bidirectional marks, lone surrogates. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const HARMFUL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/gu;

/** Text on one line, without characters that can't be seen; `secrets` become bullets. */
export function cleanText(text: string, secrets: readonly string[] = []): string {
  let clean = text;
  for (const secret of secrets) clean = clean.replaceAll(secret, '•••');
  // Most texts have nothing to clean.
  return /^[ -~]*$/.test(clean) && !clean.includes('  ')
    ? clean.trim()
    : clean.toWellFormed().replace(HARMFUL, '').replace(/\s+/gu, ' ').trim();
}
