/**
 * A spec's word on one proposed action. Pure: the same spec, action and counts give the same word, in whatever order the rules stand.
 *
 * 1. The highest authority with a rule that holds decides; among its rules, forbid before ask before allow.
 * 2. Where no rule holds, the spec's `otherwise` for the action's risk decides.
 * 3. A rule that asks or forbids, of at least the deciding authority, and that can't be decided, makes an `allow` an `ask`. It never loosens anything. An `allow`
 *    that can't be decided allows nothing.
 */
import { type ActionContext, actedOn } from './action-context.ts';
import { checkCondition } from './check-condition.ts';
import { allOf, anyOf, type Finding, finding, showText } from './finding.ts';
import { AUTHORITIES, type Authority, type Effect, type Spec, type SpecRule, strictest, WINDOWS_MS } from './spec-rule.ts';

export interface ActionJudgement {
  readonly effect: Effect;
  /** Ids of the rules that decided, sorted; none where the spec's `otherwise` did. */
  readonly decidedBy: readonly string[];
  /** Why, for people. Quotes outside text. */
  readonly sentences: readonly string[];
  /** Ids of the rules for which the action is to be recorded if it is done. */
  readonly counts: readonly string[];
}

export interface Explanation {
  readonly rule: string;
  readonly authority: Authority;
  readonly effect: Effect;
  readonly outcome: 'holds' | 'fails' | 'undecided';
  /** One, with what held or the first predicate that failed. Quotes outside text. */
  readonly sentence: string;
}

interface Judged extends Finding {
  readonly rule: SpecRule;
  readonly isCounted: boolean;
}

export function judgeAction(spec: Spec, context: ActionContext): ActionJudgement {
  const judged = spec.rules.map((rule) => judgeRule(rule, context)).sort((a, b) => (a.rule.id < b.rule.id ? -1 : 1));
  const counts = judged.filter(({ isCounted }) => isCounted).map(({ rule }) => rule.id);
  const holding = judged.filter(({ truth }) => truth === true);
  const rank = Math.min(AUTHORITIES.length, ...holding.map(({ rule }) => AUTHORITIES.indexOf(rule.authority)));
  const highest = holding.filter(({ rule }) => AUTHORITIES.indexOf(rule.authority) === rank);
  const effect = highest.length > 0 ? strictest(highest.map(({ rule }) => rule.effect)) : spec.otherwise[context.risk];
  const unsettled = judged.filter(
    ({ rule, truth }) => truth === null && rule.effect !== 'allow' && AUTHORITIES.indexOf(rule.authority) <= rank,
  );
  const deciding = highest.filter(({ rule }) => rule.effect === effect);
  if (effect !== 'forbid' && unsettled.length > 0) {
    // Whoever is asked is told of all that asks.
    const asking = judged.filter((one) => unsettled.includes(one) || (effect === 'ask' && deciding.includes(one)));
    return { effect: 'ask', decidedBy: idsOf(asking), sentences: asking.map(tell), counts };
  }
  if (deciding.length > 0) return { effect, decidedBy: idsOf(deciding), sentences: deciding.map(tell), counts };
  const sentence = `No rule holds for ${describeAction(context)}; this spec ${OTHERWISE[effect]} what is ${context.risk} and has no rule.`;
  return { effect, decidedBy: [], sentences: [sentence], counts };
}

/** What became of every rule, in the spec's order. */
export function explain(spec: Spec, context: ActionContext): readonly Explanation[] {
  return spec.rules.map((rule) => {
    const { truth, why } = judgeRule(rule, context);
    const outcome = truth === null ? 'undecided' : truth ? 'holds' : 'fails';
    const sentence = `${rule.id} (${rule.authority}, ${rule.effect}) ${OUTCOMES[outcome]}: ${why}.`;
    return { rule: rule.id, authority: rule.authority, effect: rule.effect, outcome, sentence };
  });
}

function judgeRule(rule: SpecRule, context: ActionContext): Judged {
  const when = checkCondition(rule.when, context);
  if (rule.atMost === undefined) return { ...when, rule, isCounted: false };
  const limits = rule.atMost.map(({ count, per }) => (): Finding => {
    const earlier = context.countEarlier(rule.id, WINDOWS_MS[per]);
    const isWithin = earlier < count;
    return finding(isWithin === (rule.effect === 'allow'), `there were ${earlier} of at most ${count} in the last ${per}`);
  });
  const limit = (): Finding => (rule.effect === 'allow' ? allOf(limits) : anyOf(limits));
  return { ...allOf([() => when, limit]), rule, isCounted: when.truth !== false };
}

const OUTCOMES = { holds: 'holds', fails: 'does not hold', undecided: 'can not be decided' } as const;
const DECISIONS: Readonly<Record<Effect, string>> = { allow: 'Allowed', ask: 'To be asked about', forbid: 'Forbidden' };
const OTHERWISE: Readonly<Record<Effect, string>> = { allow: 'allows', ask: 'asks about', forbid: 'forbids' };

const tell = ({ rule: { id, authority, effect, because }, truth, why }: Judged): string =>
  truth === null
    ? `To be asked about, because ${id} (${authority}, ${effect}) can't be decided: ${why}. ${ended(because)}`
    : `${DECISIONS[effect]} by ${id} (${authority}): ${ended(because)} Here ${why}.`;
const ended = (sentence: string): string => (/[.!?…]$/u.test(sentence) ? sentence : `${sentence}.`);
const idsOf = (judged: readonly Judged[]): string[] => judged.map(({ rule }) => rule.id);

function describeAction({ action, targets }: ActionContext): string {
  const named = actedOn(action).flatMap((reference) => targets.find((target) => target.reference === reference)?.name ?? []);
  return named.length === 0 ? `'${action.kind}'` : `'${action.kind}' on ${named.map(showText).join(' and ')}`;
}
