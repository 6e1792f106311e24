/**
 * What a judgement reads: one proposed action and what is known of it before it is done.
 *
 * Where a value comes from is told by references, not by roles: the goal's own references are the session's, and no page can forge one.
 */
import { normalise } from '../../grammar/index.ts';
import { type Action, type GymManifest, type Piece, RISKS, type Risk, type Target } from '../../records/index.ts';
import type { Provenance } from './spec-rule.ts';

export interface PutValue {
  /** As it would be put in; null where that can't be read: a secret, or a text that its normaliser refuses. */
  readonly text: string | null;
  readonly from: Provenance;
}

export interface ActionContext {
  readonly action: Action;
  /** Of the observation that the action answers. */
  readonly targets: readonly Target[];
  /** What the action puts in or gives out; several for a call with several arguments. */
  readonly values: readonly PutValue[];
  readonly risk: Risk;
  /** Text of the observation that is expected after the action; null where nothing was predicted. */
  readonly predicted: string | null;
  /** How many earlier actions of the last `windowMs` were counted for the rule. */
  readonly countEarlier: (rule: string, windowMs: number) => number;
}

export interface ActionContextOptions {
  readonly targets: readonly Target[];
  /** The session's, with its references. */
  readonly goal: readonly Piece[];
  /** The gym's verbs and their risks. */
  readonly actions: GymManifest['actions'];
  readonly countEarlier: ActionContext['countEarlier'];
  /** Default null. */
  readonly predicted?: string | null;
}

/** The context of `action` in a session: values as the session would put them in, the risk of the target or else of the verb. */
export function actionContext(action: Action, options: ActionContextOptions): ActionContext {
  const { targets, goal, actions, countEarlier, predicted = null } = options;
  const goalReferences = new Set(goal.flatMap((piece) => (piece.kind === 'reference' ? [piece.reference] : [])));
  const values = valuesOf(action, new Map(targets.map((target) => [target.reference, target])), goalReferences);
  return { action, targets, values, risk: riskOf(action, targets, actions), predicted, countEarlier };
}

/** What an action is done to. */
export function actedOn(action: Action): readonly number[] {
  switch (action.kind) {
    case 'click':
    case 'clear':
    case 'hover':
    case 'fill':
    case 'type':
    case 'select':
      return [action.target];
    case 'scroll':
      return action.target === undefined ? [] : [action.target];
    case 'drag':
      return [action.target, action.to];
    case 'call':
      return [action.tool];
    case 'ask':
      return action.about === undefined ? [] : [action.about];
    default:
      return [];
  }
}

/** What an action copies from. */
export function copiedFrom(action: Action): readonly number[] {
  if ('source' in action) return [action.source];
  return action.kind === 'call' ? action.arguments : [];
}

function valuesOf(action: Action, targets: ReadonlyMap<number, Target>, goal: ReadonlySet<number>): PutValue[] {
  if ('text' in action) return [{ text: action.text, from: 'policy' }];
  return copiedFrom(action).map((reference): PutValue => {
    const from = goal.has(reference) ? 'goal' : 'page';
    const source = targets.get(reference);
    if (source === undefined || source.role === 'secret') return { text: null, from };
    if (action.kind === 'select' && source.offers.includes('option')) return { text: source.name, from };
    if (action.kind !== 'fill' || action.as === undefined) return { text: source.text, from };
    const normalised = normalise(source.text, action.as);
    return { text: normalised.ok ? normalised.text : null, from };
  });
}

/** The greatest of what the action is done to; a verb that the gym doesn't have counts as irreversible. */
function riskOf(action: Action, targets: readonly Target[], actions: GymManifest['actions']): Risk {
  const otherwise = actions[action.kind] ?? 'irreversible';
  const risks = actedOn(action).map((reference) => targets.find((target) => target.reference === reference)?.risk ?? otherwise);
  return RISKS[Math.max(...(risks.length > 0 ? risks : [otherwise]).map((risk) => RISKS.indexOf(risk)))] as Risk;
}
