/** Which episodes somebody should look at first, and why: what must never happen, wrong acceptances, sure failures, no verdicts, other failures. */
import type { RawScore } from '../records/index.ts';

export interface Suspect {
  readonly score: RawScore;
  /** For people. */
  readonly why: string;
}

/** At least this sure at the start, and wrong, is worse than wrong. */
const SURE = 0.8;

const RANKS: readonly { readonly why: (score: RawScore) => string; readonly fits: (score: RawScore) => boolean }[] = [
  { why: ({ broken }) => `what must never happen: ${broken.join(', ')}`, fits: ({ broken }) => broken.length > 0 },
  { why: () => 'accepted, but rejected by the second verifier', fits: ({ success, audit }) => success === true && audit === false },
  { why: () => 'failed, and was sure', fits: ({ success, value }) => success === false && (value ?? 0) >= SURE },
  { why: ({ stop }) => (stop === 'abstained' || stop === 'asked' ? 'handed over' : 'failed'), fits: ({ success }) => success === false },
  { why: () => 'no verdict', fits: ({ success }) => success === null },
];

/** At most `limit`; where little went wrong, the successes that the critic was least sure of. */
export function worstEpisodes(scores: readonly RawScore[], limit = 12): readonly Suspect[] {
  const suspects: Suspect[] = [];
  const taken = new Set<RawScore>();
  for (const { why, fits } of RANKS)
    for (const score of scores.filter((one) => fits(one) && !taken.has(one)).sort((a, b) => (b.value ?? 0) - (a.value ?? 0))) {
      taken.add(score);
      suspects.push({ score, why: why(score) });
    }
  const doubtful = scores
    .filter((score) => score.success === true && score.lowestValue !== null && !taken.has(score))
    .sort((a, b) => (a.lowestValue ?? 0) - (b.lowestValue ?? 0))
    .slice(0, 3)
    .map((score) => ({ score, why: 'succeeded, but was in doubt' }));
  return [...suspects, ...doubtful].slice(0, limit);
}
