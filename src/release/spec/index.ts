/**
 * The spec: what an agent may do, must ask about, must never do. It is read from `spec.yaml`:
 *
 *     schemaVersion: 1
 *     name: tiny
 *     otherwise: { read: allow, reversible: allow, compensable: allow, irreversible: ask }
 *     rules:
 *       - id: large-bills
 *         authority: operator            # platform above operator above user
 *         effect: ask                    # forbid above ask above allow, within one authority
 *         because: A person signs for large sums.
 *         when:                          # every predicate must hold; all, any and not combine them
 *           verb: click
 *           target: { role: button, name: Save bill }
 *           screen: { role: field, name: Total, amount: { above: 10000 } }
 *         # atMost: 200 per day          # ask and forbid begin beyond it, an allow ends there
 *
 * Predicates: always, verb, risk, target, source, value (from, text, amount, date), screen, predicted, all, any, not. Patterns know one sign: *.
 */
export { type ActionContext, type ActionContextOptions, actedOn, actionContext, copiedFrom, type PutValue } from './action-context.ts';
export { joinSpecs } from './join-specs.ts';
export { type ActionJudgement, type Explanation, explain, judgeAction } from './judge-action.ts';
export { KNOWN_ROLES, type LintOptions, type LintWarning, lintSpec } from './lint-spec.ts';
export { loadSpec, type ParseSpecOptions, parseSpec } from './parse-spec.ts';
export { countsOf, EMPTY_LEDGER, parseRateLedger, type RateLedger, recordAction } from './rate-ledger.ts';
export {
  AUTHORITIES,
  type Authority,
  type Condition,
  type Content,
  EFFECTS,
  type Effect,
  type Naming,
  PROVENANCES,
  type Provenance,
  type RateLimit,
  type Spec,
  type SpecRule,
} from './spec-rule.ts';
