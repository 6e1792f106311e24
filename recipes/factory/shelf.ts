/**
 * Where the best agent so far lies: each new student is measured on the same validation tasks, and the folder `agent/` has the best of them. So
 * whenever a run is stopped there is something usable, and what is said of it was measured.
 */
import { existsSync } from 'node:fs';
import { hashJson } from '../../src/base/index.ts';
import { computeSourceHash } from '../../src/gym/index.ts';
import { countParameters } from '../../src/model/index.ts';
import type { CertificationPlan, EpisodeRecord, Lineage, Stage } from '../../src/records/index.ts';

import { addToAgent, agentBytes, hashWeights, loadAgent, saveAgent } from './agent.ts';
import type { WarmedCritic } from './critic.ts';
import { type Examined, examine } from './exam.ts';
import { measure } from './measure.ts';
import { identityOf, type Student, startClock, type Workshop, type WorkshopOptions, withPolicy } from './workshop.ts';

/** Validation tasks of each point of the learning curve. */
const MEASURED = 40;

export interface ShelfOptions {
  readonly beginner: Student;
  readonly shown: readonly EpisodeRecord[];
  readonly options: WorkshopOptions;
}

interface Best {
  readonly student: Student;
  readonly success: number;
}

export class Shelf {
  readonly folder: string;
  readonly #shop: Workshop;
  readonly #context: ShelfOptions;
  readonly #clock = startClock();
  #best: Best | undefined;
  readonly #stages: Lineage['stages'][number][] = [];

  constructor(shop: Workshop, context: ShelfOptions) {
    this.#shop = shop;
    this.#context = context;
    this.folder = shop.run.path('agent');
  }

  /** The best student that was offered. */
  get best(): Student {
    return (this.#best as Best).student;
  }

  /** Measures the student; the folder gets it if no better one was there. Of equals the later one is taken. */
  async offer({ stage, round, student }: { readonly stage: Stage; readonly round: number; readonly student: Student }): Promise<void> {
    const { run } = this.#shop;
    const { success } = await measure(this.#shop, { stage, round, student, episodes: MEASURED, trainedTokens: 0, seconds: this.#clock() });
    this.#stages.push({ stage: `${stage} ${round}`, episodes: MEASURED, tokens: 0, seconds: this.#clock() });
    if (this.#best && success < this.#best.success) return;
    this.#best = { student, success };
    this.#save(student);
    run.tell({ kind: 'best', agent: this.folder, success });
  }

  /** The best student with a critic. */
  finish({ student, report, isUseful }: WarmedCritic): void {
    const { brier, baseRateBrier } = report;
    this.#best = { student, success: this.#best?.success ?? 0 };
    this.#save(student);
    this.#shop.run.tell({
      kind: 'note',
      text: `critic: Brier score ${brier?.toFixed(4) ?? '–'} against ${baseRateBrier?.toFixed(4) ?? '–'} of the base rate${isUseful ? '' : ': it knows no more than how often episodes end well'}`,
    });
  }

  async examine(plan: CertificationPlan): Promise<Examined> {
    const { run, gym, lanes, signal } = this.#shop;
    const agent = loadAgent(this.folder);
    const student = this.best;
    const examined = await withPolicy(student, { temperature: agent.settings.temperature }, (policy) =>
      examine({
        run,
        gym,
        gymSource: computeSourceHash(gym.folder),
        runId: this.#runId,
        policy,
        policyId: identityOf(student),
        agent: {
          name: agent.settings.name,
          policy: identityOf(student),
          parameters: countParameters(student.config),
          bytes: agentBytes(this.folder),
        },
        lineage: agent.lineage,
        plan,
        lanes,
        signal,
        learnedFrom: ['demonstrations.jsonl', 'critic.jsonl', ...Array.from({ length: 100 }, (_, round) => `rounds/round-${round}.jsonl`)]
          .map((name) => run.path(name))
          .filter(existsSync),
      }),
    );
    addToAgent(this.folder, { 'certificate.json': examined.certificatePath, 'scores.jsonl': examined.scoresPath });
    return examined;
  }

  /** Fixed by what was asked for and by the seeds committed to: the same run gone on with is the same attempt. */
  get #runId(): string {
    return hashJson({ folder: this.#context.options.folder, seed: this.#shop.seed }).slice(0, 16);
  }

  #save(student: Student): void {
    const { gym, seed } = this.#shop;
    const { beginner, shown, options } = this.#context;
    const { name, version, limits } = gym.manifest;
    saveAgent(this.folder, {
      settings: {
        name: `${name}-${this.#runId.slice(0, 6)}`,
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
        stages: this.#stages,
        compartment: 'default',
        seed,
        runtime: { node: process.version, platform: `${process.platform}-${process.arch}` },
        madeBy: `npx journeyman make ${name} --seed ${seed} --start ${options.start}`,
      },
    });
  }
}
