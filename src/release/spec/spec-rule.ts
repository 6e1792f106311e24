/**
 * The spec: rules on what an agent may do, must ask about, must never do. A record without behaviour; `spec.yaml` is its form on the disk.
 *
 * A rule speaks about one typed action and what is known when it is proposed. What happened before counts only through `atMost`.
 */
import type { Risk, Verb } from '../../records/index.ts';
import type { Glob } from './glob.ts';

/** Who wrote a rule; the first decides over the others. */
export const AUTHORITIES = ['platform', 'operator', 'user'] as const;
export type Authority = (typeof AUTHORITIES)[number];

/** In rising strictness. */
export const EFFECTS = ['allow', 'ask', 'forbid'] as const;
export type Effect = (typeof EFFECTS)[number];

/** Where a value comes from: the goal's wording, the text of a page or document, the policy's own words. */
export const PROVENANCES = ['goal', 'page', 'policy'] as const;
export type Provenance = (typeof PROVENANCES)[number];

/** Of a list, one is enough. */
export interface Naming {
  readonly role?: readonly Glob[];
  readonly name?: readonly Glob[];
}

/** What a text says. `amount` and `date` are read as the grammar's normalisers read them; bounds are exclusive. */
export interface Content {
  readonly text?: readonly Glob[];
  readonly amount?: { readonly above?: number; readonly below?: number };
  /** ISO 8601 days. */
  readonly date?: { readonly after?: string; readonly before?: string };
}

/** All predicates that are given must hold. */
export interface Condition {
  readonly always?: true;
  readonly verb?: readonly Verb[];
  readonly risk?: readonly Risk[];
  /** What the action is done to: its target, the tool it calls, either end of a drag. One is enough. */
  readonly target?: Naming;
  /** What the action copies from. One is enough. */
  readonly source?: Naming;
  /** A value that the action puts in. */
  readonly value?: Content & { readonly from?: readonly Provenance[] };
  /** Something on the screen: role and name say which, the rest what it holds. */
  readonly screen?: Naming & Content;
  /** What is expected to be seen after the action. */
  readonly predicted?: { readonly contains: readonly Glob[] };
  readonly all?: readonly Condition[];
  readonly any?: readonly Condition[];
  readonly not?: Condition;
}

export interface RateLimit {
  readonly count: number;
  readonly per: 'hour' | 'day';
}

/** The lengths of a `RateLimit`'s windows, which slide. */
export const WINDOWS_MS: Readonly<Record<RateLimit['per'], number>> = { hour: 3_600_000, day: 86_400_000 };

export interface SpecRule {
  readonly id: string;
  readonly authority: Authority;
  readonly effect: Effect;
  /** One sentence for people. */
  readonly because: string;
  readonly when: Condition;
  /** An `allow` holds within these limits, an `ask` or `forbid` beyond one of them. Counted are earlier actions for which `when` held. */
  readonly atMost?: readonly RateLimit[];
}

export interface Spec {
  readonly schemaVersion: 1;
  readonly name: string;
  /** What is done where no rule holds. */
  readonly otherwise: Readonly<Record<Risk, Effect>>;
  readonly rules: readonly SpecRule[];
}

export const strictness = (effect: Effect): number => EFFECTS.indexOf(effect);

/** The strictest of `effects`; `allow` if there is none. */
export const strictest = (effects: readonly Effect[]): Effect =>
  effects.reduce<Effect>((most, effect) => (strictness(effect) > strictness(most) ? effect : most), 'allow');
