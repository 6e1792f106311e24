/**
 * Whether one condition holds whenever another does, as far as their form shows it. A yes is certain; a no says nothing.
 *
 * Both are conjunctions: every predicate of the wide one must follow from a single predicate of the narrow one, or be a list of alternatives
 * of which one follows from the narrow one.
 */
import { canonicalJson, type Json } from '../../base/index.ts';
import { fold, type Glob, matchesGlob } from './glob.ts';
import type { Condition, Content, Naming } from './spec-rule.ts';

/** Whether `wide` holds for every action for which `narrow` does. */
export function implies(narrow: Condition, wide: Condition): boolean {
  const given = conjuncts(narrow);
  return conjuncts(wide).every(
    (asked) => given.some((one) => impliesOne(one, asked)) || asked.any?.some((alternative) => implies(narrow, alternative)) === true,
  );
}

/** Conditions of one predicate each, which all hold if `condition` does. */
export function conjuncts(condition: Condition): Condition[] {
  const { all = [], ...rest } = condition;
  return [...Object.entries(rest).map(([predicate, part]): Condition => ({ [predicate]: part })), ...all.flatMap(conjuncts)];
}

function impliesOne(one: Condition, asked: Condition): boolean {
  if (asked.always) return true;
  if (one.any) return one.any.every((alternative) => implies(alternative, asked));
  if (one.verb && asked.verb) return isWithin(one.verb, asked.verb);
  if (one.risk && asked.risk) return isWithin(one.risk, asked.risk);
  if (one.target && asked.target) return impliesNaming(one.target, asked.target);
  if (one.source && asked.source) return impliesNaming(one.source, asked.source);
  if (one.value && asked.value)
    return impliesContent(one.value, asked.value) && (!asked.value.from || isWithin(one.value.from, asked.value.from));
  if (one.screen && asked.screen) return impliesNaming(one.screen, asked.screen) && impliesContent(one.screen, asked.screen);
  if (one.predicted && asked.predicted) return areWithin(one.predicted.contains, asked.predicted.contains);
  if (asked.not && (excludes(one.verb, asked.not, 'verb') || excludes(one.risk, asked.not, 'risk'))) return true;
  if (one.not && asked.not) return implies(asked.not, one.not);
  return same(one, asked);
}

/** Whether what is among `given` can't be among what `denied` asks for. */
function excludes(given: readonly string[] | undefined, denied: Condition, predicate: 'verb' | 'risk'): boolean {
  return given !== undefined && conjuncts(denied).some((one) => one[predicate]?.every((value) => !given.includes(value)) === true);
}

const same = (a: Condition, b: Condition): boolean => canonicalJson(a as unknown as Json) === canonicalJson(b as unknown as Json);

const isWithin = <T>(few: readonly T[] | undefined, many: readonly T[]): boolean => few?.every((one) => many.includes(one)) ?? false;

/** A star of the narrow pattern can only be matched by one of the wide pattern, which then matches whatever stands in its place. */
const areWithin = (narrow: readonly Glob[] | undefined, wide: readonly Glob[] | undefined): boolean =>
  wide === undefined || (narrow?.every(({ pattern }) => wide.some((glob) => matchesGlob(glob, fold(pattern)))) ?? false);

const impliesNaming = (one: Naming, asked: Naming): boolean => areWithin(one.role, asked.role) && areWithin(one.name, asked.name);

function impliesContent(one: Content, asked: Content): boolean {
  const [amount, date] = [asked.amount, asked.date];
  return (
    areWithin(one.text, asked.text) &&
    isBound(amount?.above, one.amount?.above, (wide, narrow) => narrow >= wide) &&
    isBound(amount?.below, one.amount?.below, (wide, narrow) => narrow <= wide) &&
    isBound(date?.after, one.date?.after, (wide, narrow) => narrow >= wide) &&
    isBound(date?.before, one.date?.before, (wide, narrow) => narrow <= wide)
  );
}

const isBound = <T>(wide: T | undefined, narrow: T | undefined, isTighter: (wide: T, narrow: T) => boolean): boolean =>
  wide === undefined || (narrow !== undefined && isTighter(wide, narrow));
