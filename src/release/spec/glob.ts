/**
 * Simple patterns: text in which * stands for any text, also none. Nothing else has a meaning, and matching takes no longer than
 * looking for the parts one after the other.
 *
 * Pattern and text are compared folded, so that spelling alone evades no rule: compatibility forms are made plain, case doesn't count, what
 * can't be seen is taken out, white space is one space. Letters of other alphabets that look alike stay different.
 */

export interface Glob {
  /** As it was written. */
  readonly pattern: string;
  /** Folded, between the stars; one more than there are stars. */
  readonly parts: readonly string[];
}

/** Characters of a pattern. */
export const LONGEST_PATTERN = 200;
/** Stars of a pattern. */
export const MOST_STARS = 8;

export function compileGlob(pattern: string): Glob {
  return { pattern, parts: fold(pattern).split('*') };
}

/** Whether the whole of `folded`, a text that `fold` gave, is what the pattern says. */
export function matchesGlob({ parts }: Glob, folded: string): boolean {
  const first = parts[0] as string;
  if (parts.length === 1) return folded === first;
  const last = parts[parts.length - 1] as string;
  const end = folded.length - last.length;
  if (end < first.length || !folded.startsWith(first) || !folded.endsWith(last)) return false;
  let at = first.length;
  for (let i = 1; i < parts.length - 1; i++) {
    const part = parts[i] as string;
    // The first place is as good as any: it leaves most for what follows.
    const found = folded.indexOf(part, at);
    if (found < 0 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}

export const matchesAny = (globs: readonly Glob[], folded: string): boolean => globs.some((glob) => matchesGlob(glob, folded));

/** Capitals, because small letters depend on what stands beside them (σ and ς). */
export function fold(text: string): string {
  const plain = /^[ -~]*$/.test(text) ? text : text.normalize('NFKC').replace(/(?!\s)\p{Cc}|\p{Cf}|\p{Default_Ignorable_Code_Point}/gu, '');
  return plain.toUpperCase().replace(/\s+/gu, ' ').trim();
}
