/** Policy × gym → transcripts: episodes side by side, on the disk before they are counted, gone on with where they stood. */
export { type AdvisedPolicyOptions, type Adviser, advisedPolicy } from './advised-policy.ts';
export { type EpisodeIdParts, episodeId, type Job, jobId } from './episode-id.ts';
export { type JobList, type JobsOptions, jobsFor } from './jobs-for.ts';
export { type Journal, openJournal, readJournal } from './journal.ts';
export { type OpenAiPolicyOptions, openAiPolicy, parseOpenAiName } from './openai-policy.ts';
export { parseEpisodeRecord } from './parse-episode-record.ts';
export { type PlayPolicyOptions, type PlayStep, playPolicy } from './play-policy.ts';
export { type RolloutOptions, type RolloutResult, rollout } from './rollout.ts';
export type { RolloutProgress } from './rollout-tally.ts';
export { sameEffect } from './same-effect.ts';
