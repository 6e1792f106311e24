/**
 * Where the best agent so far lies: each new student is measured on the same validation tasks, and the folder `agent/` has the last one that did not fall
 * behind. So whenever a run is stopped there is something usable, and what is said of it was measured.
 *
 * Invariant: what was measured is not measured again, and a run that goes on never puts a clearly worse agent in the place of a better one.
 */
import { CheckpointError, hashJson, type Json } from '../../src/base/index.ts';
import { computeSourceHash } from '../../src/gym/index.ts';
import type { EpisodeRecord, Lineage, Stage } from '../../src/records/index.ts';
import { hashWeights, saveAgent } from './agent.ts';
import { MEASURED } from './budget.ts';
import { agentIn, type Contestant } from './contestant.ts';
import type { WarmedCritic } from './critic.ts';
import { flagsOf, type Origin } from './from-production.ts';
import { measure } from './measure.ts';
import { saveReport } from './report.ts';
import { identityOf, type Student, startClock, type Workshop, type WorkshopOptions } from './workshop.ts';

/**
 * A later student has learned more, and a point of the curve is few tasks: it takes the place of an earlier one unless it does worse by more than such a
 * point errs (one standard error).
 */
const SLACK = 0.5 / Math.sqrt(MEASURED);

export interface ShelfOptions {
  readonly beginner: Student;
  readonly shown: readonly EpisodeRecord[];
  readonly options: WorkshopOptions;
  readonly origin: Origin;
  /** What the lineage has before the first stage. Default: nothing. */
  readonly stages?: Lineage['stages'];
}

export interface Offer {
  readonly stage: Stage;
  readonly round: number;
  readonly student: Student;
  /** That this stage trained on. */
  readonly tokens: number;
  readonly episodes: number;
}

interface Best {
  readonly student: Student;
  /** The highest that any of them had. */
  readonly success: number;
}

export class Shelf {
  readonly folder: string;
  readonly #shop: Workshop;
  readonly #context: ShelfOptions;
  readonly #clock = startClock();
  #best: Best | undefined;
  #trainedTokens = 0;
  readonly #stages: Lineage['stages'][number][];

  constructor(shop: Workshop, context: ShelfOptions) {
    this.#shop = shop;
    this.#context = context;
    this.#stages = [...(context.stages ?? [])];
    this.folder = agentFolder(shop);
  }

  /** The best student that was offered. */
  get best(): Student {
    return (this.#best as Best).student;
  }

  /** Measures the student; the folder gets it if no clearly better one was there. */
  async offer({ stage, round, student, tokens, episodes }: Offer): Promise<void> {
    const { run } = this.#shop;
    this.#trainedTokens += tokens;
    const { success, seconds } = await run.stage(`offer-${stage}-${round}`, async () => {
      const seconds = this.#clock();
      const { success } = await measure(this.#shop, {
        stage,
        round,
        student,
        trainedTokens: this.#trainedTokens,
        seconds,
      });
      if (this.#isBest(success)) {
        this.#save(student, [...this.#stages, { stage: `${stage} ${round}`, episodes, tokens, seconds }]);
        run.tell({ kind: 'best', agent: this.folder, success });
      }
      return { success, seconds };
    });
    this.#stages.push({ stage: `${stage} ${round}`, episodes, tokens, seconds });
    if (this.#isBest(success)) this.#best = { student, success: Math.max(success, this.#best?.success ?? 0) };
    saveReport(run.folder);
  }

  /** The best student with a critic: the agent that is examined, from now on always this one. */
  async finish({ student, report, isUseful, records }: WarmedCritic): Promise<void> {
    const { run } = this.#shop;
    const { brier, baseRateBrier } = report;
    this.#save(student, [...this.#stages, { stage: 'critic', episodes: records.length, tokens: 0, seconds: this.#clock() }]);
    run.tell({
      kind: 'note',
      text: `critic: Brier score ${brier?.toFixed(4) ?? '–'} against ${baseRateBrier?.toFixed(4) ?? '–'} of the base rate${isUseful ? '' : ': it knows no more than how often episodes end well'}`,
    });
    await run.stage(FINISHED, async (): Promise<Json> => ({ policy: identityOf(student) }));
  }

  #isBest(success: number): boolean {
    return this.#best === undefined || success >= this.#best.success - SLACK;
  }

  #save(student: Student, stages: Lineage['stages']): void {
    const { gym, seed } = this.#shop;
    const { beginner, shown, options, origin } = this.#context;
    const { name, version, limits } = gym.manifest;
    saveAgent(this.folder, {
      settings: {
        name: `${name}-${hashJson({ folder: options.folder, seed }).slice(0, 6)}`,
        gym: name,
        gymVersion: version,
        temperature: 0,
        abstainBelow: null,
        surpriseAbove: null,
        limits,
      },
      ...student,
      lineage: {
        schemaVersion: 1,
        base:
          options.start === 'cold'
            ? null
            : { name: options.start === 'warm' ? 'base/micro' : options.start, weights: hashWeights(beginner.weights) },
        gym: { name, version, source: computeSourceHash(gym.folder) },
        demonstrations: { count: shown.length, hash: hashJson(shown.map(({ id }) => id)) },
        stages,
        compartment: origin.compartment,
        seed,
        runtime: { node: process.version, platform: `${process.platform}-${process.arch}` },
        madeBy: `npx journeyman make ${name} --seed ${seed} ${['warm', 'cold'].includes(options.start) ? '--start' : '--from'} ${options.start}${flagsOf(origin)}`,
      },
    });
  }
}

const FINISHED = 'agent';

export const agentFolder = ({ run }: Workshop): string => run.path('agent');

/** The agent that the run has finished; undefined where it is still learning. Throws `CheckpointError` where it was altered since. */
export function finishedAgent(shop: Workshop): Contestant | undefined {
  const finished = shop.run.result<{ readonly policy: string }>(FINISHED);
  if (finished === undefined) return undefined;
  const contestant = agentIn(agentFolder(shop));
  if (contestant.agent.policy === finished.policy) return contestant;
  throw new CheckpointError({
    operation: `go on with ${shop.run.folder}`,
    got: `the agent ${contestant.agent.policy} in its folder`,
    expected: `${finished.policy}, which it finished: its exam is for that one`,
    fix: `put the agent back, or examine this one by itself: npx journeyman certify ${agentFolder(shop)}`,
  });
}
