/** How what is there differs from what should be: a verifier's usual last step. Order doesn't matter, number does. */
import { canonicalJson, type Json } from '../../base/index.ts';

/** One line for each row that is missing or should not be there; none where the two are the same. */
export function differences(expected: readonly unknown[], actual: unknown): string[] {
  if (!Array.isArray(actual)) return [`a list was expected, not ${JSON.stringify(actual)?.slice(0, 200)}`];
  const left = new Map<string, number>();
  for (const row of expected) left.set(jsonOf(row), (left.get(jsonOf(row)) ?? 0) + 1);
  const unexpected: string[] = [];
  for (const row of actual) {
    const json = jsonOf(row);
    const count = left.get(json) ?? 0;
    if (count === 0) unexpected.push(`unexpected: ${json}`);
    else left.set(json, count - 1);
  }
  return [...[...left].flatMap(([json, count]) => Array.from({ length: count }, () => `missing: ${json}`)), ...unexpected];
}

const jsonOf = (row: unknown): string => canonicalJson(row as Json);
