/** Which of its own episodes a policy can learn from: judged, no longer than its context, and reading back as they were sampled. */
import { DataError } from '../../src/base/index.ts';
import type { EpisodeRecord } from '../../src/records/index.ts';
import { episodeOutcome, type ScoredEpisode, scoreEpisode } from '../../src/train/index.ts';
import type { Student } from './workshop.ts';

export interface ScorableRecord {
  readonly record: EpisodeRecord;
  /** As yet without scores. */
  readonly episode: ScoredEpisode;
}

/** Leaves out what can't be learned from: half a character that was sampled, say, reads back as other tokens. */
export function scorableRecords(records: readonly EpisodeRecord[], student: Student): readonly ScorableRecord[] {
  return records.flatMap((record) => {
    const episode = episodeOutcome(record) === null ? undefined : encodeOwn(record, student);
    return episode && episode.tokens.length <= student.config.contextLength ? [{ record, episode }] : [];
  });
}

function encodeOwn(record: EpisodeRecord, { tokenizer }: Student): ScoredEpisode | undefined {
  if (!record.steps.some(({ logprobs }) => logprobs.length > 0)) return undefined;
  try {
    return scoreEpisode(record, tokenizer, { advantages: record.steps.map(() => 0) });
  } catch (cause) {
    if (cause instanceof DataError) return undefined;
    throw cause;
  }
}
