/**
 * What was found out about a condition: that it holds, that it doesn't, or that it can't be told, and why. Three values after Kleene ("Introduction
 * to Metamathematics", 1952, § 64): one that fails settles a conjunction, one that holds a disjunction, whatever else can't be told.
 */

export interface Finding {
  /** Null: it can't be told. */
  readonly truth: boolean | null;
  /** What is so; a clause without its full stop. Outside text in it is quoted. */
  readonly why: string;
}

export const finding = (truth: boolean | null, why: string): Finding => ({ truth, why });

/** Looks no further than the first that fails. */
export function allOf(parts: readonly (() => Finding)[]): Finding {
  const findings: Finding[] = [];
  for (const part of parts) {
    const found = part();
    if (found.truth === false) return found;
    findings.push(found);
  }
  return findings.find(({ truth }) => truth === null) ?? finding(true, join(findings, ' and '));
}

/** Looks no further than the first that holds. */
export function anyOf(parts: readonly (() => Finding)[]): Finding {
  const findings: Finding[] = [];
  for (const part of parts) {
    const found = part();
    if (found.truth === true) return found;
    findings.push(found);
  }
  return findings.find(({ truth }) => truth === null) ?? finding(false, join(findings, ', and '));
}

export const negate = ({ truth, why }: Finding): Finding => finding(truth === null ? null : !truth, why);

const SHOWN = 3;

function join(findings: readonly Finding[], word: string): string {
  const shown = findings.slice(0, SHOWN).map(({ why }) => why);
  return shown.join(word) + (findings.length > SHOWN ? ` (and ${findings.length - SHOWN} more)` : '');
}

/** Outside text, quoted, short, on one line, without what can't be seen. Still outside text: a page must escape it like any other. */
export function showText(text: string): string {
  const short = text.slice(0, 60);
  const seen = short.replace(/[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}]+/gu, ' ');
  return JSON.stringify(short.length < text.length ? `${seen}…` : seen);
}
