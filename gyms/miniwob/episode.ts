/**
 * What is asked of a benchmark page, as programs for the page: begin an episode by seed, tell how it stands.
 *
 * They are text, since the page's `core` and its `WOB_…` may be bare names that no module sees. What comes back is the page's word and is parsed.
 */
import * as z from 'zod';

const statusSchema = z.object({
  /** False while the page still prepares, or where it is no page of the benchmark (any more). */
  isReady: z.boolean(),
  isDone: z.boolean(),
  /** null for what is no finite number. */
  rawReward: z.number().nullable(),
  reason: z.string(),
  /** Changes with every episode. */
  episode: z.string(),
  /** `core.getUtterance()`, whatever that is. */
  utterance: z.unknown(),
});

export type EpisodeStatus = z.infer<typeof statusSchema>;

/** Longest that any task may take by the page's own clock, milliseconds below 2^31. */
const LONGEST_MS = 1e9;

/** What stands around the task: the goal, which is shown by its words, and scores of earlier episodes. */
const HIDDEN = '#query, #reward-display, #sync-task-cover';

/** Ends what runs and begins the episode of `seed`. The page's first one must be thrown away. */
export const beginScript = (seed: string): string => `(() => {
  for (const element of document.querySelectorAll('${HIDDEN}')) element.setAttribute('aria-hidden', 'true');
  core.EPISODE_MAX_TIME = ${LONGEST_MS};
  core.endEpisode(0);
  Math.seedrandom(${JSON.stringify(seed)});
  core.startEpisodeReal();
  return null;
})()`;

/** False: nothing that could begin an episode is there. */
export const HAS_CORE = `typeof core === 'object' && core !== null && typeof core.startEpisodeReal === 'function' && typeof Math.seedrandom === 'function'`;

export const STATUS_SCRIPT = `(() => {
  if (typeof core !== 'object' || core === null || typeof WOB_DONE_GLOBAL === 'undefined')
    return { isReady: false, isDone: false, rawReward: null, reason: 'this is no page of the benchmark', episode: '', utterance: null };
  const reward = WOB_RAW_REWARD_GLOBAL;
  let utterance = null;
  try {
    // Through JSON, so that nothing but data leaves the page.
    utterance = JSON.parse(JSON.stringify(core.getUtterance()) ?? 'null');
  } catch {}
  return {
    isReady: typeof WOB_TASK_READY === 'undefined' || Boolean(WOB_TASK_READY),
    isDone: Boolean(WOB_DONE_GLOBAL),
    rawReward: typeof reward === 'number' && Number.isFinite(reward) ? reward : null,
    reason: typeof WOB_REWARD_REASON === 'string' ? WOB_REWARD_REASON.slice(0, 200) : '',
    episode: String(WOB_EPISODE_ID),
    utterance,
  };
})()`;

/** null where it isn't what the program above gives: the page has replaced what it stands on. */
export function parseStatus(given: unknown): EpisodeStatus | null {
  const parsed = statusSchema.safeParse(given);
  return parsed.success ? parsed.data : null;
}
