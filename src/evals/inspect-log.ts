/**
 * Episodes as a log that Inspect's viewer and library open: `.eval`, a zip of JSON, version 2. One way only; nothing here reads such logs.
 *
 * A task is a sample, a run of it an epoch. The goal and what was seen are the user's messages, what was done is the assistant's, the verifiers'
 * verdicts are scores. An unresolved episode is a sample with an error and without a score.
 * Source: inspect_ai, `log/_log.py` and `log/_recorders/eval.py`.
 */
import { hashBytes, type Json, saveAtomically } from '../base/index.ts';
import type { Certificate, EpisodeRecord, RawScore, Segment } from '../records/index.ts';
import { rawScore } from './raw-score.ts';
import { segmentText } from './segment-lines.ts';
import { type ZipFile, zipArchive } from './zip.ts';

export interface InspectLogOptions {
  /** In the order in which they were played; lanes named `exam-2` are the third run of their task. */
  readonly episodes: readonly EpisodeRecord[];
  readonly agent: string;
  readonly gym: { readonly name: string; readonly version: string };
  /** ISO 8601. */
  readonly startedAt: string;
  readonly finishedAt: string;
  /** Its bounds go into the log's metadata. */
  readonly certificate?: Certificate;
}

const VERIFIER = 'verifier';
const SECOND = 'second_verifier';

export function saveInspectLog(path: string, options: InspectLogOptions): void {
  saveAtomically(path, zipArchive(inspectFiles(options)));
}

/** The files of the archive. */
export function* inspectFiles(options: InspectLogOptions): Generator<ZipFile> {
  const { episodes } = options;
  const runs = episodes.map((episode) => ({ episode, score: rawScore(episode, runOf(episode)) }));
  const start = startOf(
    options,
    runs.map(({ score }) => score),
  );
  const file = (name: string, content: Json): ZipFile => ({ name, content: JSON.stringify(content) });
  yield file('_journal/start.json', start);
  const samples = runs.map(({ episode, score }) => sampleOf(episode, { score, agent: options.agent }));
  for (const sample of samples) yield file(`samples/${sample.id}_epoch_${sample.epoch}.json`, sample as unknown as Json);
  const summaries = samples.map(summaryOf);
  yield file('_journal/summaries/1.json', summaries);
  yield file('summaries.json', summaries);
  yield file('reductions.json', reductionsOf(runs.map(({ score }) => score)));
  yield file('header.json', {
    ...start,
    ...resultsOf(
      options,
      runs.map(({ score }) => score),
    ),
  });
}

const runOf = ({ lane }: EpisodeRecord): number => Number(/-(\d+)$/.exec(lane)?.[1] ?? 0);
const sampleId = ({ slice, n }: RawScore): string => `${slice.replaceAll('/', '_')}-${n}`;

function startOf({ agent, gym, startedAt, certificate }: InspectLogOptions, scores: readonly RawScore[]): Record<string, Json> {
  const ids = [...new Set(scores.map(sampleId))];
  const id = hashBytes(agent, gym.name, gym.version, startedAt).slice(0, 22);
  const metric = (name: string): Json => ({ name, metrics: [{ name: 'accuracy' }, { name: 'stderr' }] });
  return {
    version: 2,
    eval: {
      eval_id: id,
      run_id: id,
      created: startedAt,
      task: gym.name,
      task_id: `${gym.name}@${gym.version}`,
      task_version: gym.version,
      dataset: { name: gym.name, samples: ids.length, sample_ids: ids, shuffled: false },
      model: agent,
      config: { epochs: 1 + Math.max(0, ...scores.map(({ run }) => run)) },
      metadata: certificate ? { verdict: certificate.kind, reasons: [...certificate.reasons] } : null,
      scorers: [metric(VERIFIER), metric(SECOND)],
    },
    plan: { name: 'plan', steps: [{ solver: agent }], config: {} },
  };
}

interface Sample {
  readonly id: string;
  readonly epoch: number;
  readonly input: string;
  readonly target: string;
  readonly messages: readonly Json[];
  readonly scores: Record<string, Json>;
  readonly metadata: Record<string, Json>;
  readonly total_time: number;
  readonly error: { readonly message: string; readonly traceback: string; readonly traceback_ansi: string } | null;
  readonly [key: string]: unknown;
}

function sampleOf(episode: EpisodeRecord, { score, agent }: { readonly score: RawScore; readonly agent: string }): Sample {
  const messages = messagesOf(episode.transcript.segments, agent);
  const last = messages.findLast(({ role }) => role === 'assistant');
  const message = episode.fault?.message ?? (score.success === null ? 'there is no verdict' : null);
  const usage = { input_tokens: 0, output_tokens: 0, total_tokens: episode.tokens ?? 0 };
  return {
    id: sampleId(score),
    epoch: score.run + 1,
    input: goalOf(episode),
    target: 'success',
    messages,
    output: { model: agent, choices: last ? [{ message: last, stop_reason: 'stop' }] : [], usage },
    scores: scoresOf(episode, score),
    metadata: {
      episode: score.episode,
      slice: score.slice,
      n: score.n,
      stop: score.stop,
      value: score.value,
      lowest_value: score.lowestValue,
      surprise_nats: score.surpriseNats,
    },
    total_time: episode.seconds,
    uuid: score.episode,
    error: score.success === null && message !== null ? { message, traceback: '', traceback_ansi: '' } : null,
  };
}

const goalOf = ({ transcript }: EpisodeRecord): string => {
  const goal = transcript.segments.find(({ kind }) => kind === 'goal');
  return goal ? segmentText(goal) : '';
};

/** The verifier's outcome is no message: it is the score. Thoughts stand before their action. */
function messagesOf(segments: readonly Segment[], model: string): readonly { readonly [key: string]: Json }[] {
  const messages: { readonly [key: string]: Json }[] = [];
  let thought = '';
  for (const segment of segments) {
    const content = segmentText(segment);
    if (segment.kind === 'think') thought += `${content}\n`;
    else if (segment.kind === 'act') {
      messages.push({ role: 'assistant', source: 'generate', model, content: `${thought}${content}` });
      thought = '';
    } else if (segment.kind !== 'outcome') messages.push({ role: 'user', source: 'input', content });
  }
  return messages;
}

const letter = (success: boolean): string => (success ? 'C' : 'I');

function scoresOf({ score, audit }: EpisodeRecord, raw: RawScore): Record<string, Json> {
  if (raw.success === null) return {};
  const explain = (reasons: readonly string[] = []): string | null => (reasons.length === 0 ? null : reasons.join('; '));
  return {
    [VERIFIER]: { value: letter(raw.success), explanation: explain(score?.reasons), metadata: { broken: [...raw.broken] } },
    ...(raw.audit === null ? {} : { [SECOND]: { value: letter(raw.audit), explanation: explain(audit?.reasons) } }),
  };
}

const summaryOf = ({ id, epoch, input, target, scores, metadata, total_time, error, messages }: Sample): Json => ({
  id,
  epoch,
  input: input.slice(0, 1000),
  target,
  scores,
  metadata,
  total_time,
  error: error?.message ?? null,
  completed: true,
  message_count: messages.length,
});

/** By verifier: samples with the share of their runs that were right. */
function valuesOf(
  scores: readonly RawScore[],
  verdict: (score: RawScore) => boolean | null,
): readonly { readonly id: string; readonly value: number }[] {
  const bySample = Map.groupBy(
    scores.filter((score) => score.success !== null && verdict(score) !== null),
    sampleId,
  );
  return [...bySample].map(([id, runs]) => ({ id, value: runs.filter((score) => verdict(score) === true).length / runs.length }));
}

const SCORERS: readonly (readonly [string, (score: RawScore) => boolean | null])[] = [
  [VERIFIER, ({ success }) => success],
  [SECOND, ({ audit }) => audit],
];

const reductionsOf = (scores: readonly RawScore[]): Json =>
  SCORERS.map(([scorer, verdict]) => ({
    scorer,
    reducer: 'mean',
    samples: valuesOf(scores, verdict).map(({ id, value }) => ({ value, sample_id: id })),
  }));

function resultsOf({ startedAt, finishedAt, certificate }: InspectLogOptions, scores: readonly RawScore[]): Record<string, Json> {
  const resolved = scores.filter(({ success }) => success !== null).length;
  return {
    status: 'success',
    results: {
      total_samples: scores.length,
      completed_samples: resolved,
      scores: SCORERS.map(([name, verdict]) => {
        const values = valuesOf(scores, verdict).map(({ value }) => value);
        const average = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
        const squares = values.reduce((sum, value) => sum + (value - average) ** 2, 0);
        const stderr = values.length < 2 ? 0 : Math.sqrt(squares / (values.length - 1) / values.length);
        return {
          name,
          scorer: name,
          reducer: 'mean',
          scored_samples: values.length,
          metrics: { accuracy: { name: 'accuracy', value: average }, stderr: { name: 'stderr', value: stderr } },
        };
      }),
      metadata: certificate ? { bounds: Object.fromEntries(certificate.slices.map(({ slice, gateBound }) => [slice, gateBound])) } : null,
    },
    stats: { started_at: startedAt, completed_at: finishedAt },
  };
}
