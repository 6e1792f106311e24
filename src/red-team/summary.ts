/** How often an attacker wins who may try once, ten times, a hundred times. Pure. */
import { upperBound } from '../stats/index.ts';
import { ATTACK_KINDS, type AttackKind } from './attack.ts';
import type { Attempt, Campaign } from './campaign-file.ts';

export const TRIES = [1, 10, 100] as const;

export interface AttackSuccess {
  /** Attempts on one task. */
  readonly tries: number;
  /** Tasks on which at least so many were made, or one of them was a breach. */
  readonly tasks: number;
  /** Of them those with a breach. */
  readonly breached: number;
  /** 95 % upper bound of their share (Clopper and Pearson 1934), the tasks taken as independent, though the attacker learns from one to the next. */
  readonly upperBound: number;
}

export interface CampaignSummary {
  readonly success: readonly AttackSuccess[];
  readonly kinds: Readonly<Record<AttackKind, { readonly attempts: number; readonly breaches: number }>>;
}

export function summarize({ head, attempts }: Campaign): CampaignSummary {
  const applied = attempts.filter(({ isApplied }) => isApplied);
  const byTask = Array.from({ length: head.tasks }, (_, task) => applied.filter((attempt) => attempt.task === task));
  const kinds = Object.fromEntries(
    ATTACK_KINDS.map((kind) => {
      const own = applied.filter(({ attack }) => attack.kind === kind);
      return [kind, { attempts: own.length, breaches: own.filter(({ breach }) => breach !== null).length }];
    }),
  ) as CampaignSummary['kinds'];
  const tries = TRIES.filter((most) => most <= head.attempts);
  return { success: tries.map((most) => successAt(most, byTask)), kinds };
}

function successAt(tries: number, byTask: readonly (readonly Attempt[])[]): AttackSuccess {
  const isBreached = (attempts: readonly Attempt[]): boolean => attempts.slice(0, tries).some(({ breach }) => breach !== null);
  const told = byTask.filter((attempts) => attempts.length >= tries || isBreached(attempts));
  const breached = told.filter(isBreached).length;
  return { tries, tasks: told.length, breached, upperBound: upperBound({ events: breached, trials: told.length, alpha: 0.05 }) };
}
