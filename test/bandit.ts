/**
 * A toy for policy optimisation: after one of a few contexts the model says one of a few words, and a table says what that was worth.
 * It samples from the model's own probabilities among the words, as a grammar would have it.
 */
import { Random } from '../src/base/index.ts';
import { boundaryId } from '../src/grammar/index.ts';
import { initializeWeights, type ModelConfig, presetConfig, type Weights } from '../src/model/index.ts';
import type { Episode } from '../src/records/index.ts';
import { type PolicyTrainer, packEpisodes, type ScoredEpisode, Trainer } from '../src/train/index.ts';

const FIRST_CONTEXT = 330;
const FIRST_WORD = 340;
export const CONTEXTS = 4;
export const WORDS = 4;

export const banditConfig: ModelConfig = presetConfig('nano', {
  vocabularySize: 352,
  contextLength: 16,
  width: 32,
  layers: 1,
  heads: 2,
  keyValueHeads: 2,
  headWidth: 16,
  feedForwardWidth: 64,
  pointerWidth: 0,
});
export const banditSize = { time: 6, lanes: 32 };

export interface Pull {
  readonly context: number;
  readonly word: number;
  readonly reward: number;
  readonly episode: ScoredEpisode;
}

/** 1 for the context's word, else 0. */
export const rewardOf = (context: number, word: number): number => (word === (3 * context + 1) % WORDS ? 1 : 0);

/** `begin context act word end`, as yet without scores. */
export function banditEpisode(context: number, word: number): ScoredEpisode {
  const tokens = Int32Array.of(boundaryId('begin'), FIRST_CONTEXT + context, boundaryId('act'), FIRST_WORD + word, boundaryId('end'));
  const zeros = (): Float32Array => new Float32Array(tokens.length);
  return {
    tokens,
    weights: zeros(),
    pointed: new Uint8Array(tokens.length),
    own: Uint8Array.of(0, 0, 0, 1, 1),
    behaviourLogprobs: zeros(),
    advantages: zeros(),
    decisions: Float32Array.of(0, 0, 1, 0, 0),
    returns: zeros(),
  };
}

/** Weights that have learned to say any word anywhere: practice begins with a policy that knows the grammar. */
export async function schooledWeights(seed: number): Promise<Weights> {
  const weights = initializeWeights(banditConfig, new Random(seed));
  const trainer = new Trainer(banditConfig, { weights }, { ...banditSize, threads: 1, optimizer: { weightDecay: 0 } });
  const random = new Random(`school ${seed}`);
  const weightsOf = Float32Array.of(0, 0, 0, 1, 1);
  const any = (): Episode => ({ ...banditEpisode(random.below(CONTEXTS), random.below(WORDS)), weights: weightsOf });
  for (let step = 0; step < 40; step++) {
    const { batch } = packEpisodes(Array.from({ length: banditSize.lanes }, any), banditSize);
    await trainer.step([batch], 5e-3 * (1 - step / 40));
  }
  await trainer.dispose();
  return weights;
}

const allEpisodes = (): ScoredEpisode[] =>
  Array.from({ length: CONTEXTS * WORDS }, (_, i) => banditEpisode(Math.floor(i / WORDS), i % WORDS));

/** [CONTEXTS][WORDS]: log p of each word in each context. */
async function wordLogprobs(trainer: PolicyTrainer): Promise<{ readonly all: ScoredEpisode[]; readonly logprobs: Float32Array[] }> {
  const all = allEpisodes();
  return { all, logprobs: await trainer.episodeLogprobs(all) };
}

/** The chance of the right word under the model, among the words, averaged over contexts. */
export async function expectedReward(trainer: PolicyTrainer): Promise<number> {
  const { logprobs } = await wordLogprobs(trainer);
  let sum = 0;
  for (let context = 0; context < CONTEXTS; context++) {
    const weights = Array.from({ length: WORDS }, (_, word) => Math.exp(logprobs[context * WORDS + word]?.[3] as number));
    const total = weights.reduce((a, b) => a + b, 0);
    for (const [word, weight] of weights.entries()) sum += (rewardOf(context, word) * weight) / total / CONTEXTS;
  }
  return sum;
}

/** `count` pulls in each context. */
export async function pull(trainer: PolicyTrainer, count: number, seed: string): Promise<Pull[][]> {
  const { all, logprobs } = await wordLogprobs(trainer);
  const random = new Random(seed);
  return Array.from({ length: CONTEXTS }, (_, context) => {
    const weights = Array.from({ length: WORDS }, (_, word) => Math.exp(logprobs[context * WORDS + word]?.[3] as number));
    const total = weights.reduce((a, b) => a + b, 0);
    return Array.from({ length: count }, () => {
      let left = random.uniform() * total;
      let word = 0;
      while (word + 1 < WORDS && left >= (weights[word] as number)) left -= weights[word++] as number;
      const i = context * WORDS + word;
      const episode = { ...(all[i] as ScoredEpisode), behaviourLogprobs: logprobs[i] as Float32Array };
      return { context, word, reward: rewardOf(context, word), episode };
    });
  });
}
