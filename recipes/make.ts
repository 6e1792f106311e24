/**
 * The main job: a gym in, an agent out whose reliability is measured.
 *
 *   check the gym ─▶ demonstrations ─▶ rehearse ─▶ imitate ─▶ practise beside the expert (─▶ reinforce) ─▶ critic ─▶ exam ─▶ certificate
 *
 * Each stage keeps what it found in the run's folder, so a run that is stopped or killed goes on where it stood. After every stage the best agent so
 * far lies in `agent/`, with what is known of it in `report.html`; nothing is called certified that the exam has not shown.
 */
import { countParameters, presetConfig } from '../src/model/index.ts';
import type { CertificationPlan, EpisodeRecord } from '../src/records/index.ts';
import { addToAgent } from './factory/agent.ts';
import type { Contestant } from './factory/contestant.ts';
import { warmCritic } from './factory/critic.ts';
import { commitSeeds, countTasks, type Examined, everydayPlan, examine } from './factory/exam.ts';
import { assertHeldBack, type Origin, originOf, originStages, type ProductionSource, withProduction } from './factory/from-production.ts';
import { imitate } from './factory/imitate.ts';
import { practise } from './factory/practise.ts';
import { examineProduction, type ProductionExam } from './factory/production-exam.ts';
import { rehearse } from './factory/rehearse.ts';
import { type Algorithm, reinforce } from './factory/reinforce.ts';
import { TASKS_A_ROUND } from './factory/reinforce-plan.ts';
import { agentFolder, finishedAgent, Shelf } from './factory/shelf.ts';
import { checkMachine, gatherDemonstrations } from './factory/show.ts';
import { beginnerOf, openWorkshop, startClock, startingPoint, type Workshop, type WorkshopOptions } from './factory/workshop.ts';

/** Where a run may pause: after imitation, after practice, before the exam. */
export const PAUSES = ['sft', 'rl', 'critic'] as const;
export type Pause = (typeof PAUSES)[number];

export interface MakeOptions extends WorkshopOptions {
  /** Seconds for everything, the exam included. */
  readonly seconds: number;
  readonly demonstrations: number;
  /** Every slice in full, and pass^8. */
  readonly isFull: boolean;
  /** The last stage for now; the same call without it goes on. Default: to the certificate. */
  readonly until?: Pause | undefined;
  /** After practice, learning from the verifier alone. Default: none. */
  readonly reinforcement?: { readonly algorithm: Algorithm; readonly rounds: number } | undefined;
  /** What to learn from beside the gym: what released agents met at work. Default: nothing. */
  readonly production?: ProductionSource | undefined;
}

export interface Made {
  readonly agentFolder: string;
  /** What the exam says; null where the run pauses before it. */
  readonly examined: Examined | null;
  /** What it makes of exam tasks that came from production; null where there are none. */
  readonly production: ProductionExam | null;
}

/** Throws what stops it, after what was finished is on the disk: `Stopped` by the signal, errors that say what to do. The same call goes on. */
export async function make(options: MakeOptions): Promise<Made> {
  const origin = originOf({ ...options, source: options.production });
  const shop = await openWorkshop({ ...options, settings: { ...options.settings, ...origin.settings } });
  const clock = startClock();
  const end = (reason: 'finished' | 'interrupted' | 'failed', certificate: string | null = null): void =>
    shop.run.tell({ kind: 'ended', reason, seconds: clock(), certificate });
  try {
    // The exam's seeds are fixed now, before anything is learned, and opened when nothing more is.
    commitSeeds(shop.run);
    const plan = everydayPlan(shop.gym, options);

    // 1 to 4. An agent that is finished learns no more: its exam is for it as it is.
    const contestant = finishedAgent(shop) ?? (await teach(shop, { plan, options, origin }));

    // 5. The exam, and what is to be said of it.
    const examined = contestant === undefined || options.until !== undefined ? null : await examine({ ...shop, contestant, plan });
    if (examined) addToAgent(agentFolder(shop), { 'certificate.json': examined.certificatePath, 'scores.jsonl': examined.scoresPath });
    const production = contestant && examined ? await examineProduction(shop, origin, { contestant, start: options.start }) : null;
    end('finished', examined?.certificatePath);
    return { agentFolder: agentFolder(shop), examined, production };
  } catch (cause) {
    try {
      end(shop.signal.aborted ? 'interrupted' : 'failed');
    } catch {
      // Where the disk is full, what filled it is what is to be told.
    }
    throw cause;
  } finally {
    shop.run.close();
    await shop.gym.module.gym.dispose?.();
  }
}

interface Teaching {
  readonly plan: CertificationPlan;
  readonly options: MakeOptions;
  readonly origin: Origin;
}

/** Everything that is learned. undefined where the run pauses before the agent is finished. */
async function teach(shop: Workshop, { plan, options, origin }: Teaching): Promise<Contestant | undefined> {
  const { preset, until, reinforcement } = options;

  // 1. What can be done in the time there is, and somebody who shows how the work goes: the expert, and people at work.
  assertHeldBack(shop, origin);
  const parameters = countParameters(startingPoint(options)?.config ?? presetConfig(preset));
  const budget = await checkMachine(shop, parameters, { ...options, examEpisodes: countTasks(plan) });
  const ofExpert = await gatherDemonstrations(shop, budget.demonstrations);
  const shown = await withProduction(shop, origin, ofExpert);

  const beginner = beginnerOf({ ...options, transcripts: shown.map(({ transcript }) => transcript) });
  const shelf = new Shelf(shop, {
    beginner,
    shown,
    options,
    origin,
    stages: originStages(origin, shown.length - ofExpert.length),
  });

  // 2. What can be counted is learned first, and quickly; then imitation. Whatever comes after, there is an agent from here on.
  const rehearsed = await rehearse(shop, { student: beginner, shown, episodes: budget.rehearsedEpisodes });
  let before = [...shown, ...rehearsed.played];
  const imitated = await imitate(shop, { student: rehearsed.student, shown: before, tokens: budget.sftTokens });
  let { student } = imitated;
  await shelf.offer({ stage: 'sft', round: 0, student, tokens: imitated.tokens, episodes: before.length });
  if (until === 'sft') return undefined;

  // 3. Practice beside somebody who knows better: its own mistakes are what it learns from.
  let last: readonly EpisodeRecord[] = [];
  for (let round = 1; round <= budget.rounds; round++) {
    const practised = await practise(shop, { round, budget, student, before, last });
    student = practised.student;
    before = [...before, ...practised.played];
    last = practised.played;
    await shelf.offer({ stage: 'rl', round, student, tokens: practised.trainedTokens, episodes: before.length });
  }
  if (reinforcement) {
    const { rounds } = budget;
    const roundEpisodes = Math.min(budget.roundEpisodes, TASKS_A_ROUND);
    // A gradient along the network's own chances must come from what the network alone has done.
    const { wide, ...network } = student;
    const reinforced = await reinforce(shop, {
      ...reinforcement,
      student: network,
      before,
      roundEpisodes,
      roundsBefore: rounds,
      measured: 0,
    });
    student = { ...reinforced.student, wide };
    await shelf.offer({ stage: 'rl', round: rounds + reinforcement.rounds, student, tokens: 0, episodes: reinforced.records.length });
  }
  if (until === 'rl') return undefined;

  // 4. The critic: how likely is it that this ends well? Fitted to what the best policy does by itself.
  await shelf.finish(await warmCritic(shop, shelf.best, budget.criticEpisodes));
  return finishedAgent(shop);
}
