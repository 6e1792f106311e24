/**
 * What a critic is worth: PPO with one against GRPO without, from the same models, with as many episodes an update and the same settings otherwise.
 *
 * Success is the policy's own at temperature 1 on tasks that it has not seen, each round's before it learns from them: what both optimise. The
 * episodes that the critic is fitted to beforehand count as played. A seed is a model, its demonstrations and all tasks; spreads are over three.
 */
import { type ReinforceOptions, type ReinforcePoint, reinforce } from '../../recipes/factory/reinforce.ts';
import { compareAgents, rawScore, type SliceComparison } from '../../src/evals/index.ts';
import type { RawScore } from '../../src/records/index.ts';
import { type Bench, type BenchContext, type Measurement, median, spreadOf } from '../row.ts';
import { threeNumbers } from './three-numbers.ts';
import { examine, inWorkshop, type Schooled, school } from './workbench.ts';

const SEEDS = 3;
export const SCHOOLING = { demonstrations: 4000, tokens: 1_000_000 };
/** The same for both. No task is played again, so that the rounds' successes are of fresh tasks. */
export const PLAN = {
  rounds: 7,
  roundEpisodes: 256,
  criticEpisodes: 128,
  groupSize: 8,
  learningRate: 4e-4,
  epochs: 2,
  imitationShare: 0.1,
  againShare: 0,
  klLimitNats: 1000,
  measured: 0,
} as const satisfies Partial<ReinforceOptions>;
/** Points of success that are to be gained. */
const GAIN = 0.15;
/** Tasks at temperature 0, the same for all of a seed's models. */
const EXAM = 400;

type Contender = 'ppo' | 'grpo';

interface Played {
  readonly points: readonly ReinforcePoint[];
  /** Episodes until the gain, as the rounds' successes show it; NaN: not within the plan. */
  readonly episodes: number;
  /** Of the last two rounds, at temperature 1. */
  readonly end: number;
  /** At temperature 0 after the last round, against the model that it began with, task by task. */
  readonly exam: SliceComparison;
}

export const criticsWorth: Bench = {
  names: [
    'critic-start',
    'critic-ppo-episodes',
    'critic-grpo-episodes',
    'critic-ppo-success',
    'critic-grpo-success',
    'critic-ppo-exam',
    'critic-grpo-exam',
  ],
  async measure({ seed, say }) {
    const starts: number[] = [];
    const played: Record<Contender, Played[]> = { ppo: [], grpo: [] };
    for (let s = seed; s < seed + SEEDS; s++) {
      const schooled = await school(threeNumbers, s, SCHOOLING);
      const before = await examOf(schooled.student);
      starts.push(before.filter(({ success }) => success).length / EXAM);
      say(`  seed ${s}: ${starts.at(-1)?.toFixed(3)} at temperature 0 after ${SCHOOLING.demonstrations} demonstrations`);
      for (const contender of ['ppo', 'grpo'] as const)
        played[contender].push(await play(contender, { ...schooled, before }, { seed: s, say }));
    }
    const note = `seeds ${seed} … ${seed + SEEDS - 1}; countdown with three numbers, preset nano, ${SCHOOLING.demonstrations} demonstrations; rounds of ${PLAN.roundEpisodes} episodes, ${PLAN.rounds} of them`;
    const row = (name: string, values: readonly number[], unit: string, more = ''): Measurement => ({
      name,
      value: median(values),
      unit,
      spread: values.every(Number.isFinite) ? spreadOf(values) : null,
      seed,
      note: more === '' ? note : `${note}; ${more}`,
    });
    return [
      row('critic-start', starts, 'success', `temperature 0, ${EXAM} tasks`),
      ...(['ppo', 'grpo'] as const).flatMap((contender) => {
        const runs = played[contender];
        const curves = runs.map(({ points }) => points.map(({ ownSuccess }) => ownSuccess.toFixed(2)).join(' ')).join('; ');
        const reached = runs.map(({ episodes }) => (Number.isFinite(episodes) ? Math.round(episodes).toString() : 'not')).join(', ');
        return [
          row(
            `critic-${contender}-episodes`,
            // A run that did not get there took more than it was given.
            runs.map(({ episodes }) => (Number.isFinite(episodes) ? episodes : Number.POSITIVE_INFINITY)),
            `episodes to +${100 * GAIN} points`,
            `reached: ${reached}; temperature 1, round by round: ${curves}`,
          ),
          row(
            `critic-${contender}-success`,
            runs.map(({ end }) => end),
            'success',
            'temperature 1, the last two rounds',
          ),
          row(
            `critic-${contender}-exam`,
            runs.map(({ exam }) => exam.after / exam.pairs),
            'success',
            `temperature 0, ${EXAM} tasks; ${runs.map(({ exam }) => tellComparison(exam)).join('; ')}`,
          ),
        ];
      }),
    ];
  },
};

async function play(
  algorithm: Contender,
  { student, shown, before }: Schooled & { readonly before: readonly RawScore[] },
  { seed, say }: BenchContext,
): Promise<Played> {
  const { points, student: learned } = await inWorkshop(threeNumbers, seed, (shop) =>
    reinforce(shop, { ...PLAN, algorithm, student, before: shown }),
  );
  const end = points.slice(-2).reduce((sum, { ownSuccess }) => sum + ownSuccess, 0) / 2;
  const [exam] = compareAgents({ before, after: await examOf(learned) });
  const played = { points, episodes: episodesToGain(points), end, exam: exam as SliceComparison };
  say(`  ${algorithm}: ${points.map(({ ownSuccess }) => ownSuccess.toFixed(3)).join(' ')}, then ${tellComparison(played.exam)}`);
  return played;
}

const examOf = async (student: Schooled['student']): Promise<readonly RawScore[]> =>
  (await examine(threeNumbers, student, EXAM)).map((record) => rawScore(record));

export const tellComparison = ({ before, after, pairs, better, worse, betterP, isNonInferior, differenceBound }: SliceComparison): string =>
  `${(before / pairs).toFixed(3)} → ${(after / pairs).toFixed(3)} (won ${better}, lost ${worse}, p better ${betterP.toPrecision(2)}, ${isNonInferior ? '' : 'not shown '}non-inferior: at least ${differenceBound.toFixed(3)})`;

/**
 * Episodes until success is `gain` above that of the first round, over two rounds in a row (the second counts alone); NaN where it never is. A
 * round's success is of the policy before its update, so what was played until then are the rounds before it.
 */
export function episodesToGain(points: readonly Pick<ReinforcePoint, 'ownSuccess' | 'episodes'>[], gain = GAIN): number {
  const successes = points.map(({ ownSuccess }) => ownSuccess);
  const there = successes.findIndex((now, i) => {
    const last = i > 1 ? (successes[i - 1] as number) : now;
    return i > 0 && (last + now) / 2 >= (successes[0] as number) + gain;
  });
  return points[there - 1]?.episodes ?? Number.NaN;
}
