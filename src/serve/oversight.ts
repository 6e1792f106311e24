/**
 * What becomes of a proposed action: done, asked about, or the job handed over. The strictest word counts: of the spec, of the thresholds that the
 * certificate stands for, of the monitors' mode, and of what was done before in this job.
 */
import type { Observation, Risk } from '../records/index.ts';
import type { ActionContext, ActionJudgement } from '../release/index.ts';

export interface Thresholds {
  /** The critic's expectation below which the agent hands over; null where none was certified. */
  readonly abstainBelow: number | null;
  /** Mean nats a token of an observation above which the world counts as another one; null where none was measured. */
  readonly surpriseAbove: number | null;
}

export interface Proposed {
  readonly context: ActionContext;
  readonly judgement: ActionJudgement;
  /** The critic's expectation before the decision; NaN without one. */
  readonly value: number;
  /** Of the observation that it answers, nats a token; NaN where the agent can't tell. */
  readonly surpriseNats: number;
  readonly mode: 'by-certificate' | 'ask-always';
  /** Whether an action like it was done before, in an earlier attempt at this job. */
  readonly isRepeated: boolean;
}

export interface Word {
  readonly effect: 'act' | 'ask' | 'hand-over';
  /** Why, for people; none for what is simply done. */
  readonly because: readonly string[];
}

/** What changes something that a new page doesn't forget. */
export const isLasting = (risk: Risk): boolean => risk === 'compensable' || risk === 'irreversible';

/** Ends the job, or leaves it as it is: needs no leave. */
const HARMLESS: readonly string[] = ['done', 'abstain', 'ask', 'answer', 'wait', 'note', 'scroll', 'hover'];

export function oversee({ context, judgement, value, surpriseNats, mode, isRepeated }: Proposed, thresholds: Thresholds): Word {
  if (judgement.effect === 'forbid') return { effect: 'hand-over', because: judgement.sentences };
  if (HARMLESS.includes(context.action.kind) && judgement.effect === 'allow') return { effect: 'act', because: [] };
  const { abstainBelow, surpriseAbove } = thresholds;
  if (abstainBelow !== null && value < abstainBelow)
    return {
      effect: 'hand-over',
      because: [`The agent expects to succeed with ${value.toFixed(2)}; it was certified to hand over below ${abstainBelow}.`],
    };
  const doubts = [
    ...(judgement.effect === 'ask' ? judgement.sentences : []),
    ...(surpriseAbove !== null && surpriseNats > surpriseAbove
      ? [`The page is not what the agent expected: ${surpriseNats.toFixed(2)} nats a token, above ${surpriseAbove}.`]
      : []),
    ...(mode === 'ask-always' && isLasting(context.risk)
      ? ['A monitor has raised an alarm: whatever lasts is asked about until a person has cleared it.']
      : []),
    ...(isRepeated ? ['The same was done in this job before the server was started again.'] : []),
  ];
  return doubts.length > 0 ? { effect: 'ask', because: doubts } : { effect: 'act', because: [] };
}

/** The action as people read it: `fill Total from 1.204,50 as amount`. Quotes outside text. */
export function actionInWords({ action, targets }: Pick<ActionContext, 'action'> & Pick<Observation, 'targets'>): string {
  const nameOf = (reference: number): string => {
    const target = targets.find((one) => one.reference === reference);
    return target === undefined
      ? 'what is not on the screen'
      : `${target.role === '' ? 'text' : target.role} ${JSON.stringify((target.name || target.text).slice(0, 200))}`;
  };
  const parts = [
    action.kind,
    ...('target' in action && action.target !== undefined ? [nameOf(action.target)] : []),
    ...('to' in action ? ['to', nameOf(action.to)] : []),
    ...('tool' in action ? [nameOf(action.tool), ...action.arguments.map(nameOf)] : []),
    ...('about' in action && action.about !== undefined ? ['about', nameOf(action.about)] : []),
    ...('source' in action && action.source !== undefined ? ['from', nameOf(action.source)] : []),
    ...('text' in action ? [JSON.stringify(action.text.slice(0, 200))] : []),
    ...('as' in action && action.as !== undefined ? ['as', action.as] : []),
    ...('key' in action ? [action.key] : []),
    ...('direction' in action ? [action.direction] : []),
  ];
  return parts.join(' ');
}
