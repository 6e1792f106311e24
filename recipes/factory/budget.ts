/**
 * How a budget of time is spent: pure arithmetic from what this machine does in a second. Certification comes first, because an agent without a
 * number is of no use, then the points of the learning curve; what is left goes to learning, a third of it to imitation, the rest to practice and the
 * critic.
 */

export interface Speeds {
  /** Tokens a second in training. */
  readonly trainedTokens: number;
  /** Episodes a second that an expert plays. */
  readonly expertEpisodes: number;
  /** Episodes a second that the policy plays. */
  readonly policyEpisodes: number;
}

export interface Budget {
  readonly demonstrations: number;
  /** That the wide part plays alone beside the expert. */
  readonly rehearsedEpisodes: number;
  readonly sftTokens: number;
  readonly rounds: number;
  readonly roundEpisodes: number;
  readonly roundTokens: number;
  /** Episodes of the policy alone, for the critic. */
  readonly criticEpisodes: number;
  readonly certifySeconds: number;
  readonly totalSeconds: number;
}

export interface BudgetOptions {
  readonly seconds: number;
  readonly demonstrations: number;
  /** Episodes that certification plays at most. */
  readonly examEpisodes: number;
}

/** Validation tasks of each point of the learning curve. */
export const MEASURED = 24;
/** Rounds of practice; fewer where there is no time for them. */
const ROUNDS = 4;
/** Share of the learning time in which the wide part alone plays and counts. */
const REHEARSED_SHARE = 0.5;
const MOST_REHEARSED = 3000;
/** What the wide part plays in the time of an expert's episode: it decides nearly as fast, and errs. */
const REHEARSAL_SPEED = 0.8;
/** Seconds for each episode that is counted. */
const COUNTING = 0.1;
/** Share of the learning time that goes to imitation. */
const SFT_SHARE = 0.4;
/** Of a round, the share that is played rather than trained. */
const PLAYED_SHARE = 0.4;

export function planBudget(speeds: Speeds, { seconds, demonstrations, examEpisodes }: BudgetOptions): Budget {
  // At work most exams end early; never more than a third of everything.
  const certifySeconds = Math.min(seconds / 3, (0.8 * examEpisodes) / speeds.policyEpisodes);
  const shown = Math.max(10, Math.min(demonstrations, Math.floor(0.15 * seconds * speeds.expertEpisodes)));
  const time = Math.max(20, 0.94 * seconds - certifySeconds - shown / speeds.expertEpisodes);
  const rehearsalSpeed = 1 / (1 / (REHEARSAL_SPEED * speeds.expertEpisodes) + COUNTING);
  const rehearsedEpisodes = Math.min(MOST_REHEARSED, Math.floor(REHEARSED_SHARE * time * rehearsalSpeed));
  const left = Math.max(20, time - rehearsedEpisodes / rehearsalSpeed);
  const measuring = MEASURED / speeds.policyEpisodes;
  const rounds = Math.max(1, Math.min(ROUNDS, Math.floor(((1 - SFT_SHARE) * left) / (60 + measuring))));
  const learning = Math.max(20, left - (rounds + 1) * measuring);
  const criticSeconds = 0.06 * learning;
  const sftTokens = Math.round(SFT_SHARE * learning * speeds.trainedTokens);
  const practice = (1 - SFT_SHARE) * learning - criticSeconds;
  const roundEpisodes = Math.max(8, Math.round(((PLAYED_SHARE * practice) / rounds) * speeds.policyEpisodes));
  return {
    demonstrations: shown,
    rehearsedEpisodes,
    sftTokens,
    rounds,
    roundEpisodes,
    roundTokens: Math.round((((1 - PLAYED_SHARE) * practice) / rounds) * speeds.trainedTokens),
    criticEpisodes: Math.max(16, Math.round(criticSeconds * speeds.policyEpisodes)),
    certifySeconds: Math.round(certifySeconds),
    totalSeconds: seconds,
  };
}
