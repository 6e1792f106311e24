/** The first stages: what the machine can do, and demonstrations by the gym's expert. */
import type { Json } from '../../src/base/index.ts';
import type { EpisodeRecord } from '../../src/records/index.ts';
import { type Budget, type BudgetOptions, planBudget, type Speeds } from './budget.ts';
import { expertPolicy } from './expert-policy.ts';
import { TooFewDemonstrations } from './refusals.ts';
import { freshJobs, plainWeights } from './tasks.ts';
import { isSuccess, play, type Workshop } from './workshop.ts';

/** Share of the steps at which the expert's hand slips, so that repairs are learned. */
const MISTAKES = 0.03;
/** Demonstrations that the estimate is made from; they count. */
const TASTE = 12;
/** Fewer than this teach nothing that would hold. */
export const LEAST_DEMONSTRATIONS = 10;

/** Tells the estimate, for a model of so many parameters. */
export async function checkMachine(shop: Workshop, parameters: number, options: BudgetOptions): Promise<Budget> {
  const result = await shop.run.stage('check', async () => {
    shop.run.tell({ kind: 'stage', stage: 'check', state: 'begun', note: 'the gym is proved; what this machine does in a second' });
    const tasted = await playDemonstrations(shop, Math.min(TASTE, options.demonstrations));
    // The first ones wait for browsers to start, so the quick ones tell.
    const seconds = tasted.map((record) => record.seconds).sort((x, y) => x - y);
    const rate = shop.lanes / Math.max(0.01, seconds[Math.floor(seconds.length / 4)] ?? 1);
    const speeds: Speeds = {
      trainedTokens: TRAINED_TOKENS * Math.min(1, REFERENCE_PARAMETERS / parameters),
      expertEpisodes: rate,
      policyEpisodes: POLICY_SHARE * rate,
    };
    const budget = planBudget(speeds, options);
    shop.run.tell({
      kind: 'stage',
      stage: 'check',
      state: 'finished',
      note: `${budget.demonstrations} demonstrations; ${budget.rounds} rounds of ${budget.roundEpisodes} episodes; about ${Math.round(budget.totalSeconds / 60)} minutes in all`,
    });
    return { ...budget } as unknown as Json;
  });
  return result as unknown as Budget;
}

/** Tokens a second that a model of the reference’s size trains on, on two cores; larger ones fewer in proportion, smaller ones hardly more. */
const TRAINED_TOKENS = 9_000;
const REFERENCE_PARAMETERS = 560_000;
/** How fast a policy plays beside an expert. */
const POLICY_SHARE = 0.16;

/** The expert's episodes, in the journal `demonstrations.jsonl`; what is there already is not played again. */
export async function gatherDemonstrations(shop: Workshop, count: number): Promise<readonly EpisodeRecord[]> {
  shop.run.tell({ kind: 'stage', stage: 'demonstrations', state: 'begun', note: `${count} episodes of the gym’s expert` });
  const records = await playDemonstrations(shop, count);
  const good = records.filter(isSuccess);
  if (good.length < LEAST_DEMONSTRATIONS) throw new TooFewDemonstrations(good.length, LEAST_DEMONSTRATIONS, count);
  shop.run.tell({
    kind: 'stage',
    stage: 'demonstrations',
    state: 'finished',
    note: `${good.length} of ${records.length} accepted by the verifier`,
  });
  return good;
}

function playDemonstrations(shop: Workshop, count: number): Promise<readonly EpisodeRecord[]> {
  const { gym, seed } = shop;
  return play(shop, {
    stage: 'demonstrations',
    journal: 'demonstrations.jsonl',
    policyId: 'expert',
    policy: ({ task }) => expertPolicy(gym.module, { task, seed: `${seed}`, mistakes: MISTAKES }),
    // A shorter list is the beginning of a longer one, so what the estimate has played counts.
    jobs: freshJobs(gym, { split: 'train', count, from: 1_000_000 * seed, weights: plainWeights(gym), seed: `${seed}`, lane: 'shown' }),
  });
}
