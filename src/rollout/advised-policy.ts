/**
 * A policy that learns on its own ways: at every step it and an adviser decide, and where they differ the adviser's action is done instead, so
 * that what is recorded shows the right action in the places that the policy itself gets into. DAgger (Ross, Gordon and Bagnell 2011) by
 * intervention, as HG-DAgger (Kelly et al. 2019) has it, with a program in the place of the person.
 *
 * With a probability the policy's wrong action is let through: it is marked as not to be imitated, and the adviser goes on from there, so that
 * the repair is learned. What can't be repaired never is: an end of the episode, an irreversible action.
 */
import { ConfigError, JourneymanError, Random } from '../base/index.ts';
import { actSegment, referencesOf } from '../grammar/index.ts';
import type { Action, Decision, Observation, Player, Policy, Risk, Verb } from '../records/index.ts';
import { sameEffect } from './same-effect.ts';

/** Advises one episode; a gym's expert is one. */
export interface Adviser {
  next(observation: Observation): {
    readonly action: Action;
    /** Done on purpose so that its repair can be shown; left out of what is imitated. */
    readonly mistake?: boolean;
  };
  /** Tells what was done in the place of its last move, where that does something else. */
  instead?(action: Action): void;
}

export interface AdvisedPolicyOptions {
  /** Its players must be able to `force`. */
  readonly policy: Policy;
  /** A fresh one for the episode that begins. */
  readonly adviser: () => Adviser;
  /** Probability that a wrong action of the policy's own is done. Default 0. */
  readonly letThrough?: number;
}

/** Plays one task; begun again, it asks for another adviser. Begins with a `ConfigError` where `policy` can't be advised. */
export function advisedPolicy({ policy, adviser, letThrough = 0 }: AdvisedPolicyOptions): Policy {
  return {
    async begin(options) {
      const player = await policy.begin(options);
      const { force } = player;
      if (force === undefined) {
        await player.close();
        throw new ConfigError({
          operation: 'advise a policy',
          got: 'one whose players have no force()',
          expected: 'a policy that can go on with an action that it did not choose',
        });
      }
      const random = new Random(options.seed).fork('let through');
      const advice = adviser();
      const isLetThrough = (action: Action, observation: Observation): boolean =>
        // Drawn always: whether one is let through doesn't depend on how often they differed before.
        random.uniform() < letThrough && isRepairable(action, options.verbs, observation);
      return {
        read: (segment) => player.read(segment),
        close: () => player.close(),
        ...(player.tokens ? { tokens: () => (player.tokens as NonNullable<Player['tokens']>)() } : {}),
        async decide(observation): Promise<Decision> {
          const own = await decideIfAble(player, observation);
          const { action, mistake = false } = advice.next(observation);
          const advised = actSegment(action, observation, mistake);
          const lets = own !== null && isLetThrough(own.action, observation);
          if (own !== null && sameEffect(own.action, action, observation))
            return { ...own, segment: mistake ? { ...own.segment, imitate: false } : own.segment, advice: advised };
          if (lets) {
            advice.instead?.(own.action);
            return { ...own, segment: { ...own.segment, imitate: false }, advice: advised };
          }
          await force.call(player, advised);
          return { action, segment: advised, value: own?.value ?? Number.NaN, logprobs: [], advice: advised };
        },
      };
    },
  };
}

/** null where the policy comes to no decision, as one does that rambles before it has learned anything: then it is advised too. */
async function decideIfAble(player: Player, observation: Observation): Promise<Decision | null> {
  try {
    return await player.decide(observation);
  } catch (error) {
    if (error instanceof JourneymanError && error.code !== 'config') return null;
    throw error;
  }
}

const ENDS: readonly Verb[] = ['done', 'answer', 'ask', 'abstain'];

function isRepairable(action: Action, verbs: Readonly<Partial<Record<Verb, Risk>>>, { targets }: Observation): boolean {
  if (ENDS.includes(action.kind) || verbs[action.kind] === 'irreversible') return false;
  const named = referencesOf(action);
  return !targets.some(({ reference, risk }) => risk === 'irreversible' && named.includes(reference));
}
