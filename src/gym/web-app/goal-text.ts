/**
 * A goal's wording from a template: what is put in becomes a part that can be named by reference and copied, what stands around it does not.
 *
 * @example goalText`Add a task called ${title}, due on ${due}.`
 */
import type { GoalPart } from '../../records/index.ts';

/** Keys are the positions, `1` first; a part that brings its own key (a secret) keeps it. */
export function goalText(words: TemplateStringsArray, ...values: readonly (string | number | GoalPart)[]): GoalPart[] {
  return words
    .flatMap((text, i): GoalPart[] => {
      const value = values[i];
      if (value === undefined) return [{ text }];
      return [{ text }, typeof value === 'object' ? value : { text: String(value), key: String(i + 1) }];
    })
    .filter(({ text }) => text !== '');
}
