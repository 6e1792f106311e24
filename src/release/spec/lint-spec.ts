/**
 * Warnings about a spec that can be read and yet may not mean what its author thinks. Sound but not complete: what it says is so, what it doesn't say
 * may be wrong all the same.
 */
import type { GymManifest } from '../../records/index.ts';
import { matchesGlob } from './glob.ts';
import { conjuncts, implies } from './implies.ts';
import { AUTHORITIES, type Condition, type Spec, type SpecRule, strictness } from './spec-rule.ts';

/** Roles that the sessions of `src/gym` tell of; '' is plain text. */
export const KNOWN_ROLES: readonly string[] = [
  ...['', 'button', 'check', 'dialog', 'field', 'file', 'goal', 'heading', 'image', 'item', 'link', 'list', 'option', 'radio', 'secret'],
  ...['slider', 'tab', 'text', 'tool'],
];

export interface LintOptions {
  /** The gym's verbs: others are warned of, and `press` only where it is among them. Default: every verb. */
  readonly actions?: GymManifest['actions'];
  /** Default `KNOWN_ROLES`. */
  readonly roles?: readonly string[];
}

export interface LintWarning {
  readonly kind: 'never-decides' | 'unknown-verb' | 'unknown-role' | 'no-irreversible-rule' | 'keyboard';
  /** Null: about the whole spec. */
  readonly rule: string | null;
  readonly message: string;
}

export function lintSpec(spec: Spec, { actions, roles = KNOWN_ROLES }: LintOptions = {}): readonly LintWarning[] {
  return [
    ...spec.rules.flatMap((rule) => [
      ...warnOfShadow(rule, spec.rules),
      ...warnOfVerbs(rule, actions),
      ...warnOfRoles(rule, roles),
      ...(actions === undefined || actions.press !== undefined ? warnOfKeyboard(rule, spec.rules) : []),
    ]),
    ...warnOfIrreversible(spec),
  ];
}

function warnOfShadow(rule: SpecRule, rules: readonly SpecRule[]): LintWarning[] {
  const shadow = rules.find(
    (other) => other !== rule && other.atMost === undefined && outranks(other, rule) && implies(rule.when, other.when),
  );
  if (shadow === undefined) return [];
  const message = `it never decides: whenever it holds, ${shadow.id} (${shadow.authority}, ${shadow.effect}) holds too and goes before it`;
  return [{ kind: 'never-decides', rule: rule.id, message }];
}

function outranks(other: SpecRule, rule: SpecRule): boolean {
  const difference = AUTHORITIES.indexOf(rule.authority) - AUTHORITIES.indexOf(other.authority);
  return difference > 0 || (difference === 0 && strictness(other.effect) > strictness(rule.effect));
}

function warnOfVerbs(rule: SpecRule, actions: GymManifest['actions'] | undefined): LintWarning[] {
  if (actions === undefined) return [];
  const unknown = new Set(everyPart(rule.when).flatMap(({ verb = [] }) => verb.filter((one) => actions[one] === undefined)));
  return [...unknown].map((verb) => ({ kind: 'unknown-verb', rule: rule.id, message: `the gym has no verb '${verb}'` }));
}

function warnOfRoles(rule: SpecRule, roles: readonly string[]): LintWarning[] {
  const folded = roles.map((role) => role.toUpperCase());
  const globs = everyPart(rule.when).flatMap(({ target, source, screen }) =>
    [target, source, screen].flatMap((naming) => naming?.role ?? []),
  );
  const unknown = new Set(globs.filter((glob) => !folded.some((role) => matchesGlob(glob, role))).map(({ pattern }) => pattern));
  return [...unknown].map((role) => ({ kind: 'unknown-role', rule: rule.id, message: `nothing has the role '${role}'` }));
}

/** A key reaches whatever has the focus and names no target. */
function warnOfKeyboard(rule: SpecRule, rules: readonly SpecRule[]): LintWarning[] {
  const parts = everyPart(rule.when);
  const isAboutClicks = rule.effect !== 'allow' && parts.some(({ target }) => target) && parts.some(({ verb }) => verb?.includes('click'));
  const guards = rules.some(
    (other) =>
      strictness(other.effect) >= strictness(rule.effect) &&
      AUTHORITIES.indexOf(other.authority) <= AUTHORITIES.indexOf(rule.authority) &&
      implies({ verb: ['press'] }, other.when),
  );
  if (!isAboutClicks || guards) return [];
  return [
    { kind: 'keyboard', rule: rule.id, message: 'it is about clicks on a target; a key can do the same, and no rule is about press' },
  ];
}

function warnOfIrreversible({ rules, otherwise }: Spec): LintWarning[] {
  const isGuarded = rules.some(({ effect, when }) => effect !== 'allow' && isAboutIrreversible(when));
  if (isGuarded) return [];
  const message = `no rule asks about or forbids irreversible actions; all that is left is otherwise, which says ${otherwise.irreversible}`;
  return [{ kind: 'no-irreversible-rule', rule: null, message }];
}

const IRREVERSIBLE: Condition = { risk: ['irreversible'] };

/** Whether a part of it, or of an alternative, holds for every irreversible action. */
const isAboutIrreversible = (condition: Condition): boolean =>
  conjuncts(condition).some((one) => implies(IRREVERSIBLE, one) || one.any?.some(isAboutIrreversible) === true);

/** A condition and all conditions within it. */
function everyPart(condition: Condition): Condition[] {
  const { all = [], any = [], not } = condition;
  return [condition, ...[...all, ...any, ...(not ? [not] : [])].flatMap(everyPart)];
}
