/**
 * The main job: a gym in, an agent out whose reliability is measured.
 *
 *   check the gym ─▶ demonstrations ─▶ imitate ─▶ practise beside the expert ─▶ critic ─▶ exam ─▶ certificate
 *
 * Each stage keeps what it found in the run's folder, so a run that is stopped or killed goes on where it stood. After every stage the best agent so
 * far lies in `agent/`, with what is known of it; nothing is called certified that the exam has not shown.
 */
import type { EpisodeRecord } from '../src/records/index.ts';
import { warmCritic } from './factory/critic.ts';
import { commitSeeds, countTasks, type Examined, everydayPlan } from './factory/exam.ts';
import { imitate } from './factory/imitate.ts';
import { practise } from './factory/practise.ts';
import { Shelf } from './factory/shelf.ts';
import { checkMachine, gatherDemonstrations } from './factory/show.ts';
import { freshStudent, openWorkshop, startClock, startingPoint, type WorkshopOptions } from './factory/workshop.ts';

export interface MakeOptions extends WorkshopOptions {
  /** Seconds for everything, the exam included. */
  readonly seconds: number;
  readonly demonstrations: number;
  /** Every slice in full, and pass^8. */
  readonly isFull: boolean;
}

export interface Made extends Examined {
  readonly agentFolder: string;
}

/** Throws what stops it, after what was finished is on the disk: `Stopped` by the signal, errors that say what to do. The same call goes on. */
export async function make(options: MakeOptions): Promise<Made> {
  const { seed, preset } = options;
  const shop = await openWorkshop(options);
  const clock = startClock();
  try {
    // The exam's seeds are fixed now, before anything is learned, and opened when nothing more is.
    commitSeeds(shop.run);
    const plan = everydayPlan(shop.gym, options.isFull);

    // 1. What can be done in the time there is, and somebody who shows how the work goes.
    const start = startingPoint(options);
    const budget = await checkMachine(shop, start, { ...options, examEpisodes: countTasks(plan) });
    const shown = await gatherDemonstrations(shop, budget.demonstrations);

    // 2. Imitation. Whatever comes after, there is an agent from here on.
    const beginner = start ?? freshStudent({ preset, seed, transcripts: shown.map(({ transcript }) => transcript) });
    const shelf = new Shelf(shop, { beginner, shown, options });
    let student = await imitate(shop, { student: beginner, shown, tokens: budget.sftTokens });
    await shelf.offer({ stage: 'sft', round: 0, student });

    // 3. Practice beside somebody who knows better: its own mistakes are what it learns from.
    let before = shown;
    let last: readonly EpisodeRecord[] = [];
    for (let round = 1; round <= budget.rounds; round++) {
      const practised = await practise(shop, { round, budget, student, before, last });
      student = practised.student;
      before = [...before, ...practised.played];
      last = practised.played;
      await shelf.offer({ stage: 'rl', round, student });
    }

    // 4. The critic: how likely is it that this ends well? Fitted to what the best policy does by itself.
    const critic = await warmCritic(shop, shelf.best, budget.criticEpisodes);
    shelf.finish(critic);

    // 5. The exam, and what is to be said of it.
    const examined = await shelf.examine(plan);
    shop.run.tell({ kind: 'ended', reason: 'finished', seconds: clock(), certificate: examined.certificatePath });
    return { agentFolder: shelf.folder, ...examined };
  } catch (cause) {
    shop.run.tell({ kind: 'ended', reason: shop.signal.aborted ? 'interrupted' : 'failed', seconds: clock(), certificate: null });
    throw cause;
  } finally {
    shop.run.close();
    await shop.gym.module.gym.dispose?.();
  }
}
