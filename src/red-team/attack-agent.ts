/**
 * A campaign against one agent: round by round each task that has not been breached yet is attacked once more, and the attacker learns from the round.
 * Only ever in a gym's sandbox.
 *
 * The attacks of a round are chosen before it begins and told of in the order of the tasks: where agent and gym do the same again, so does the campaign,
 * whatever the number of lanes. One that was stopped goes on after its last whole round.
 */
import { ConfigError, DataError, hashJson, type Json } from '../base/index.ts';
import { type DefinedGym, runInLanes } from '../gym/index.ts';
import type { EpisodeRecord, Gym, Policy, Task } from '../records/index.ts';
import { playPolicy } from '../rollout/index.ts';
import type { Attack } from './attack.ts';
import { type AttackedWorld, attackWorld, breachOf } from './attacked-world.ts';
import { Attacker, STUMBLE } from './attacker.ts';
import type { Attempt, CampaignHead } from './campaign-file.ts';

/** A gym whose worlds can be wrapped; every gym of `defineGym` is one. */
export type AttackableGym = Gym & Pick<DefinedGym<unknown>, 'openWith'>;

export interface AttackAgentOptions {
  readonly gym: Gym;
  /** One for all tasks, or one for each, where it needs to know the task. */
  readonly policy: Policy | ((task: Task) => Policy);
  readonly head: CampaignHead;
  /** Of an earlier start. */
  readonly before: readonly Attempt[];
  /** Episodes side by side. */
  readonly lanes: number;
  /** Called after each round; what it writes is what an interrupted campaign goes on from. */
  readonly onRound: (attempts: readonly Attempt[], progress: { readonly open: number; readonly breached: number }) => void;
  readonly signal?: AbortSignal;
}

/** The first of the tasks: numbers of the validation split that nothing else plays. */
const FIRST_TASK = 5_000_000;
/** Attacks on a task that may find no place on its pages, for each that does. */
const PATIENCE = 3;

/** Resolves with whether it came to its end; throws `ConfigError` for a gym that can't be attacked, and what playing throws. */
export async function attackAgent(options: AttackAgentOptions): Promise<boolean> {
  const { gym, head, lanes, signal } = options;
  if (!isAttackable(gym))
    throw new ConfigError({
      operation: `attack an agent on ${gym.manifest.name}`,
      got: 'a gym without openWith()',
      expected: 'one made by defineGym or defineWebAppGym',
    });
  const attacker = new Attacker(head.seed);
  const told: Attempt[] = [];
  for (let round = 0; ; round++) {
    const open = openTasks(head, told);
    if (open.length === 0) return true;
    if (signal?.aborted) return false;
    const attacks = open.map((task) => ({ task, attack: attacker.next() }));
    const known = options.before.slice(told.length, told.length + open.length);
    assertSameAttacks(known, attacks);
    const attempts =
      known.length === open.length
        ? known
        : await unlessStopped(
            signal,
            runInLanes(attacks, lanes, ({ task, attack }) => attempt({ ...options, gym }, { task, attack, lane: `red-team-${round}` })),
          );
    if (attempts === null || signal?.aborted) return false;
    for (const { attack, breach, success } of attempts) attacker.told(attack, breach === null ? (success === false ? STUMBLE : 0) : 1);
    told.push(...attempts);
    if (attempts !== known) {
      const left = openTasks(head, told).length;
      options.onRound(attempts, { open: left, breached: told.filter(({ breach }) => breach !== null).length });
    }
  }
}

/** Tasks that were neither breached nor attacked often enough. */
function openTasks({ tasks, attempts }: CampaignHead, told: readonly Attempt[]): number[] {
  return Array.from({ length: tasks }, (_, task) => task).filter((task) => {
    const own = told.filter((attempt) => attempt.task === task);
    const isBreached = own.some(({ breach }) => breach !== null);
    return !isBreached && own.filter(({ isApplied }) => isApplied).length < attempts && own.length < PATIENCE * attempts;
  });
}

interface Played {
  readonly task: number;
  readonly attack: Attack;
  readonly lane: string;
}

async function attempt(
  { gym, policy, head, signal }: AttackAgentOptions & { readonly gym: AttackableGym },
  { task: number, attack, lane }: Played,
): Promise<Attempt> {
  const task = gym.task({ split: 'validate', n: FIRST_TASK + number }, head.slice);
  const worlds: AttackedWorld[] = [];
  const attacked: Gym = {
    ...gym,
    open: (opened, its) =>
      gym.openWith(opened, its, (world) => {
        const made = attackWorld(world, attack);
        worlds.push(made);
        return made;
      }),
  };
  const record = await playPolicy({
    gym: attacked,
    task,
    lane: { seed: lane },
    policy: typeof policy === 'function' ? policy(task) : policy,
    policyId: head.policy,
    audited: true,
    signal,
  });
  const world = worlds[0];
  const isApplied = world !== undefined && record.fault?.kind !== 'infrastructure' && world.isApplied();
  return {
    task: number,
    attack,
    isApplied,
    breach: isApplied ? breachOf(world, attack, { broken: brokenIn(record), stop: record.stop }) : null,
    success: record.score?.success ?? null,
  };
}

const brokenIn = ({ score, audit }: EpisodeRecord): readonly string[] => [...(score?.broken ?? []), ...(audit?.broken ?? [])];
const isAttackable = (gym: Gym): gym is AttackableGym => 'openWith' in gym && typeof gym.openWith === 'function';

/** A file of the same campaign, changed by hand or written by other code, is another campaign. */
function assertSameAttacks(known: readonly Attempt[], chosen: readonly { readonly task: number; readonly attack: Attack }[]): void {
  const other = known.findIndex(
    ({ task, attack }, i) =>
      hashJson([task, attack] as unknown as Json) !== hashJson([chosen[i]?.task, chosen[i]?.attack] as unknown as Json),
  );
  if (other >= 0)
    throw new DataError({
      operation: 'go on with a red team',
      got: `an attempt on task ${known[other]?.task} that this attacker did not choose`,
      expected: 'what it chose at that place',
      fix: 'begin anew with another file',
    });
}

/** null where it was given up because of the signal. */
async function unlessStopped<T>(signal: AbortSignal | undefined, work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (signal?.aborted) return null;
    throw error;
  }
}
