/** Whether a condition holds for a proposed action. Pure; one row for every predicate, so that a missing one does not compile. */
import type { Target } from '../../records/index.ts';
import { type ActionContext, actedOn, copiedFrom } from './action-context.ts';
import { checkContent, checkText, LONGEST_TEXT, showGlobs } from './check-content.ts';
import { allOf, anyOf, type Finding, finding, negate, showText } from './finding.ts';
import { fold, matchesAny } from './glob.ts';
import type { Condition, Naming } from './spec-rule.ts';

type Predicates = { readonly [P in keyof Condition]-?: (part: Required<Condition>[P], context: ActionContext) => Finding };

/** What is cheap comes first. */
const PREDICATES: Predicates = {
  always: () => finding(true, 'it is about every action'),
  verb: (verbs, { action }) => {
    const holds = verbs.includes(action.kind);
    return finding(holds, `the verb is ${action.kind}${holds ? '' : `, not ${verbs.join(' or ')}`}`);
  },
  risk: (risks, { risk }) => {
    const holds = risks.includes(risk);
    return finding(holds, `the action is ${risk}${holds ? '' : `, not ${risks.join(' or ')}`}`);
  },
  target: (naming, context) => checkNamed(naming, actedOn(context.action), context, 'target'),
  source: (naming, context) => checkNamed(naming, copiedFrom(context.action), context, 'source'),
  value: ({ from, ...content }, { action, values }) =>
    values.length === 0
      ? finding(false, `${action.kind} puts no value in`)
      : anyOf(
          values.map((value) => () => {
            const isFrom = from === undefined || from.includes(value.from);
            const origin = `the value comes from the ${value.from}${isFrom ? '' : `, not the ${from.join(' or ')}`}`;
            if (!isFrom) return finding(false, origin);
            return allOf([
              ...(from === undefined ? [] : [() => finding(true, origin)]),
              ...(Object.keys(content).length === 0 ? [] : [() => checkContent(content, value.text, 'the value')]),
            ]);
          }),
        ),
  predicted: ({ contains }, { predicted }) => {
    if (predicted === null) return finding(null, 'nothing was predicted');
    const found = checkText(contains, predicted, 'the prediction');
    const what = showGlobs(contains);
    return found.truth === null ? found : finding(found.truth, `the prediction ${found.truth ? 'contains' : 'does not contain'} ${what}`);
  },
  screen: ({ role, name, ...content }, { targets }) => {
    const naming = { ...(role && { role }), ...(name && { name }) };
    const named = targets.map((target) => ({ target, truth: isNamed(naming, target) })).filter(({ truth }) => truth !== false);
    const isRead = Object.keys(content).length > 0;
    // A field that is not there can't be read; that nothing of a name is there can be seen.
    if (named.length === 0) return finding(isRead && (role || name) ? null : false, `the screen shows no ${showNaming(naming)}`);
    return anyOf(
      named.map(({ target, truth }) => () => {
        const shown = showTarget(target);
        if (truth === null) return finding(null, `${shown} has too long a name`);
        return isRead
          ? checkContent(content, target.value ?? (target.text || target.name), shown)
          : finding(true, `the screen shows ${shown}`);
      }),
    );
  },
  all: (conditions, context) => allOf(conditions.map((condition) => () => checkCondition(condition, context))),
  any: (conditions, context) => anyOf(conditions.map((condition) => () => checkCondition(condition, context))),
  not: (condition, context) => negate(checkCondition(condition, context)),
};

const ORDER = Object.keys(PREDICATES) as (keyof Condition)[];

export function checkCondition(condition: Condition, context: ActionContext): Finding {
  const given = ORDER.filter((predicate) => condition[predicate] !== undefined);
  return allOf(
    given.map((predicate) => () => {
      const check = PREDICATES[predicate] as (part: unknown, context: ActionContext) => Finding;
      return check(condition[predicate], context);
    }),
  );
}

function checkNamed(naming: Naming, references: readonly number[], context: ActionContext, what: 'target' | 'source'): Finding {
  if (references.length === 0) return finding(false, `${context.action.kind} names no ${what}`);
  return anyOf(
    references.map((reference) => () => {
      const target = context.targets.find((one) => one.reference === reference);
      if (target === undefined) return finding(null, `the ${what} is not on the screen`);
      const truth = isNamed(naming, target);
      return finding(truth, `the ${what} is ${showTarget(target)}${truth === false ? `, not ${showNaming(naming)}` : ''}`);
    }),
  );
}

/** Null where the name is too long to be compared. */
function isNamed({ role, name }: Naming, target: Target): boolean | null {
  if (role !== undefined && !matchesAny(role, fold(target.role))) return false;
  if (name === undefined) return true;
  return target.name.length > LONGEST_TEXT ? null : matchesAny(name, fold(target.name));
}

const showTarget = ({ role, name }: Target): string => `${role === '' ? 'text' : showText(role).slice(1, -1)} ${showText(name)}`;

function showNaming({ role, name }: Naming): string {
  const what = role === undefined ? 'element' : role.map(({ pattern }) => (pattern === '' ? 'text' : pattern)).join(' or ');
  return name === undefined ? what : `${what} named ${showGlobs(name)}`;
}
