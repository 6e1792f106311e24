/**
 * How much better than expected an action was. An action is one decision, however many tokens spell it; all of its tokens share
 * its advantage.
 *
 * With a critic: generalised advantage estimation (Schulman et al. 2016, arXiv 1506.02438, §3). Without: against the other
 * episodes of the same task (Shao et al. 2024, arXiv 2402.03300, §4.1.2). Pure functions over plain numbers.
 */
import { ConfigError } from '../base/index.ts';

export interface AdvantageOptions {
  /** γ; default 1: an episode ends by itself and its only reward comes at the end, so a success is worth the same however late. */
  readonly gamma?: number;
  /**
   * λ; default 0.98: at 160 steps (the longest episodes) the first action still gets 4 % of the last step's surprise directly, at 35 steps a
   * half; the rest reaches it through the critic. 1 leaves the critic a mere baseline, right also where it is wrong.
   */
  readonly lambda?: number;
}

export interface Trajectory {
  /** [S]: the reward after each action. */
  readonly rewards: readonly number[];
  /** [S]: what the critic expected before each action. */
  readonly values: readonly number[];
  /** What the critic expects after the last action; default 0, the episode being over. */
  readonly valueAfter?: number;
}

/** The rewards [S] of an episode that is rewarded at its end. */
export function terminalRewards(steps: number, reward: number): readonly number[] {
  return Array.from({ length: steps }, (_, t) => (t + 1 === steps ? reward : 0));
}

/** Â_t = Σ_l (γλ)^l δ_{t+l} with δ_t = r_t + γV_{t+1} − V_t (arXiv 1506.02438, eq. 16), for each action → [S]. */
export function actionAdvantages({ rewards, values, valueAfter = 0 }: Trajectory, options: AdvantageOptions = {}): number[] {
  const { gamma, lambda } = checked(options);
  if (rewards.length !== values.length)
    throw new ConfigError({
      operation: 'estimate advantages',
      got: `${rewards.length} rewards and ${values.length} values`,
      expected: 'one of each for every action',
    });
  const advantages = new Array<number>(rewards.length);
  let later = 0;
  for (let t = rewards.length - 1; t >= 0; t--) {
    const next = t + 1 < values.length ? (values[t + 1] as number) : valueAfter;
    later = (rewards[t] as number) + gamma * next - (values[t] as number) + gamma * lambda * later;
    advantages[t] = later;
  }
  return advantages;
}

export interface CriticTargetOptions {
  /** Default 1: the outcome itself. Below, the λ-return mixes in what the critic expects later: less noise, and its own errors. */
  readonly lambda?: number;
}

/**
 * What the critic should have expected before each action, 0 … 1: its λ-return towards `outcome` (Sutton & Barto 2018, eq. 12.2,
 * γ = 1). The critic foresees success, a probability; prices such as a step's cost are the advantage's business alone.
 */
export function criticTargets(outcome: 0 | 1, values: readonly number[], { lambda = 1 }: CriticTargetOptions = {}): number[] {
  const advantages = actionAdvantages({ rewards: terminalRewards(values.length, outcome), values }, { lambda });
  return advantages.map((advantage, t) => Math.min(1, Math.max(0, advantage + (values[t] as number))));
}

export interface GroupOptions {
  /**
   * `deviation` (default): divided by the group's standard deviation (arXiv 2402.03300, §4.1.2). `none`: not (Dr. GRPO, Liu et al. 2025,
   * arXiv 2503.20783, §3.2): groups that nearly always or nearly never succeed are then not weighed more than others.
   */
  readonly scale?: 'deviation' | 'none';
}

/**
 * The advantages of the episodes of one task: each reward against the mean of those that have one, divided by their population
 * standard deviation. A null reward is left out and its advantage is null; in a group of like rewards all are 0.
 */
export function groupAdvantages(rewards: readonly (number | null)[], { scale = 'deviation' }: GroupOptions = {}): (number | null)[] {
  const known = rewards.filter((reward) => reward !== null);
  const mean = known.reduce((sum, reward) => sum + reward, 0) / known.length;
  const deviation = Math.sqrt(known.reduce((sum, reward) => sum + (reward - mean) ** 2, 0) / known.length);
  const divisor = scale === 'none' ? 1 : deviation;
  // Like rewards differ by rounding alone; to divide by that would make noise of it.
  return rewards.map((reward) => (reward === null ? null : deviation < 1e-9 ? 0 : (reward - mean) / divisor));
}

/** Default of `normalise`'s floor. */
const SMALLEST_DEVIATION = 0.1;

/**
 * The advantages of several episodes less their common mean, divided by their common standard deviation (as usual for PPO; Andrychowicz et al.
 * 2021, arXiv 2006.05990, §3.3), but never by less than `floor` (default 0.1): where all ended alike, the rest is noise.
 */
export function normaliseAdvantages(episodes: readonly (readonly number[])[], floor: number = SMALLEST_DEVIATION): number[][] {
  const all = episodes.flat();
  const mean = all.reduce((sum, advantage) => sum + advantage, 0) / Math.max(1, all.length);
  const variance = all.reduce((sum, advantage) => sum + (advantage - mean) ** 2, 0) / Math.max(1, all.length);
  const divisor = Math.max(floor, Math.sqrt(variance));
  return episodes.map((advantages) => advantages.map((advantage) => (advantage - mean) / divisor));
}

function checked({ gamma = 1, lambda = 0.98 }: AdvantageOptions): Required<AdvantageOptions> {
  for (const [name, value] of Object.entries({ gamma, lambda }))
    if (!(value >= 0 && value <= 1))
      throw new ConfigError({ operation: 'estimate advantages', got: `${name} = ${value}`, expected: '0 … 1' });
  return { gamma, lambda };
}
