/**
 * A campaign against one agent: round by round each task that has not been breached yet is attacked once more, and the attacker learns from the round.
 * Only ever in a gym's sandbox.
 *
 * Deterministic in its seed: the attacks of a round are chosen before it begins and told of in the order of the tasks. A campaign that was stopped
 * goes on after its last whole round.
 */
import { ConfigError } from '../base/index.ts';
import type { DefinedGym } from '../gym/index.ts';
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
    const attempts =
      known.length === open.length
        ? known
        : await side(attacks, lanes, ({ task, attack }) => attempt({ ...options, gym }, { task, attack, lane: `red-team-${round}` }));
    if (signal?.aborted) return false;
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
  const isPlayed = world !== undefined && record.fault?.kind !== 'infrastructure';
  return {
    task: number,
    attack,
    isApplied: isPlayed && world.isApplied(),
    breach: isPlayed ? breachOf(world, attack, { broken: brokenIn(record), stop: record.stop }) : null,
    success: record.score?.success ?? null,
  };
}

const brokenIn = ({ score, audit }: EpisodeRecord): readonly string[] => [...(score?.broken ?? []), ...(audit?.broken ?? [])];
const isAttackable = (gym: Gym): gym is AttackableGym => 'openWith' in gym && typeof gym.openWith === 'function';

/** `work` on each of `items`, `lanes` at a time; resolves in their order. */
async function side<T, R>(items: readonly T[], lanes: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let at = 0;
  const lane = async (): Promise<void> => {
    while (at < items.length) {
      const place = at++;
      results[place] = await work(items[place] as T);
    }
  };
  await Promise.all(Array.from({ length: Math.min(lanes, items.length) }, lane));
  return results;
}
