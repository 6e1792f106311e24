/**
 * Plays a puzzle by its shortest derivation, and after a detour by the shortest one from there.
 *
 * A mistake is a legal step that brings the target no nearer but leaves it within reach; where there is none, as on most small
 * tables, a step that the rules refuse.
 */
import type { Random } from '../../src/base/index.ts';
import type { Expert, ExpertOptions } from '../../src/gym/index.ts';
import { after, combine, legalSteps, OPERATIONS, type Step } from './arithmetic.ts';
import type { Instance } from './instance.ts';
import { answerNumber, callStep, valuesOf } from './players.ts';
import { solve } from './solver.ts';

export function openExpert({ target }: Instance, { random, mistakes = 0 }: ExpertOptions): Expert {
  /** What is left of the plan, and the table that it starts from. */
  let plan: { readonly table: string; readonly steps: readonly Step[] } | null = null;
  let made = 0;
  const name = (table: readonly number[]): string => table.toSorted((a, b) => a - b).join(',');
  return {
    next(observation) {
      const table = valuesOf(observation);
      const steps = plan?.table === name(table) ? plan.steps : solve(table, target);
      if (steps === null) return { action: { kind: 'abstain' } };
      const [step, ...rest] = steps;
      if (step === undefined) return { action: answerNumber(observation, target) };
      const errs = made < MOST_MISTAKES && mistakes > 0 && random.uniform() < mistakes;
      const mistake = errs ? findMistake(table, { target, steps, random }) : null;
      const refused = errs && !mistake ? findRefused(table, random) : null;
      if (mistake || refused) made++;
      if (refused) return { action: callStep(observation, refused), mistake: true };
      const chosen = mistake ?? { step, rest };
      plan = { table: name(after(table, chosen.step)), steps: chosen.rest };
      const action = callStep(observation, chosen.step);
      return mistake ? { action, mistake: true } : { action };
    },
  };
}

interface MistakeOptions {
  readonly target: number;
  /** The way that would be right. */
  readonly steps: readonly Step[];
  readonly random: Random;
}

/** Candidates that are tried: each takes a search. */
const TRIES = 24;

/** In an episode, so that its steps suffice. */
const MOST_MISTAKES = 4;

/** A step after which the way is no shorter than before, with that way; null where none was found. */
function findMistake(
  table: readonly number[],
  { target, steps, random }: MistakeOptions,
): { readonly step: Step; readonly rest: readonly Step[] } | null {
  // Fewer numbers than that can't take as many steps as are needed now.
  if (table.length - 2 < steps.length) return null;
  for (const step of random.shuffle(legalSteps(table)).slice(0, TRIES)) {
    const rest = solve(after(table, step), target);
    if (rest && rest.length >= steps.length) return { step, rest };
  }
  return null;
}

/** A step that leaves a remainder or nothing; null on a table that has none. */
function findRefused(table: readonly number[], random: Random): Pick<Step, 'operation' | 'left' | 'right'> | null {
  const [left, right] = random.shuffle(table);
  if (left === undefined || right === undefined) return null;
  const operation = random.shuffle(OPERATIONS).find((each) => combine(each, left, right) === null);
  return operation === undefined ? null : { operation, left, right };
}
