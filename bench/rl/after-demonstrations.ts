/**
 * What learning from the verifier adds to demonstrations: on each slice of countdown, the model before against the same model after, task by task;
 * and how much it makes of few demonstrations.
 */
import { type ReinforceOptions, reinforce } from '../../recipes/factory/reinforce.ts';
import type { Student } from '../../recipes/factory/workshop.ts';
import { compareAgents, rawScore, type SliceComparison } from '../../src/evals/index.ts';
import { type LoadedGym, loadGym } from '../../src/gym/index.ts';
import type { Bench, Measurement } from '../row.ts';
import { tellComparison } from './critics-worth.ts';
import { threeNumbers } from './three-numbers.ts';
import { examine, inWorkshop, type Schooled, school } from './workbench.ts';

const PLAN = {
  algorithm: 'grpo',
  rounds: 6,
  roundEpisodes: 256,
  learningRate: 4e-4,
  imitationShare: 0.2,
  klLimitNats: 1000,
  measured: 0,
} as const satisfies Partial<ReinforceOptions>;
/** Of each slice, the same for both. */
const TASKS = 400;
const SCHOOLED_TOKENS = 1_000_000;

const learned = async (gym: LoadedGym, seed: number, { student, shown }: Schooled): Promise<Student> =>
  (await inWorkshop(gym, seed, (shop) => reinforce(shop, { ...PLAN, student, before: shown }))).student;

/** By slice, on `TASKS` common tasks of each. */
async function compared(gym: LoadedGym, before: Student, after: Student): Promise<readonly SliceComparison[]> {
  const scores = async (student: Student) => (await examine(gym, student, TASKS)).map((record) => rawScore(record));
  return compareAgents({ before: await scores(before), after: await scores(after) });
}

export const againstDemonstrations: Bench = {
  names: ['rl-base', 'rl-five', 'rl-six'],
  async measure({ seed, say }) {
    const gym = await loadGym('countdown');
    const demonstrations = 4000;
    const schooled = await school(gym, seed, { demonstrations, tokens: SCHOOLED_TOKENS });
    say(`  ${demonstrations} demonstrations are imitated`);
    const rows = await compared(gym, schooled.student, await learned(gym, seed, schooled));
    return rows.map(
      (row): Measurement => ({
        name: `rl-${row.slice}`,
        value: (row.after - row.before) / row.pairs,
        unit: 'success gained',
        spread: null,
        seed,
        note: `${PLAN.algorithm}, ${PLAN.rounds * PLAN.roundEpisodes} episodes, after ${demonstrations} demonstrations; temperature 0, ${row.pairs} common tasks: ${tellComparison(row)}`,
      }),
    );
  },
};

const COUNTS = [10, 30, 100, 300, 1000] as const;

/** One bench a count, so that they can be measured one by one. */
export const worthOfDemonstrations: readonly Bench[] = COUNTS.map((demonstrations) => ({
  names: [`demonstrations-${demonstrations}`],
  async measure({ seed }) {
    const schooled = await school(threeNumbers, seed, { demonstrations, tokens: SCHOOLED_TOKENS });
    const [row] = await compared(threeNumbers, schooled.student, await learned(threeNumbers, seed, schooled));
    const { after, pairs } = row as SliceComparison;
    return [
      {
        name: `demonstrations-${demonstrations}`,
        value: after / pairs,
        unit: 'success',
        spread: null,
        seed,
        note: `countdown with three small numbers, ${PLAN.algorithm}, ${PLAN.rounds * PLAN.roundEpisodes} episodes; temperature 0: ${tellComparison(row as SliceComparison)}`,
      },
    ];
  },
}));
