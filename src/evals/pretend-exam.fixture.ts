/** An exam that was never played: episodes of a made-up clerk, with faults, second verdicts, a critic and a hostile document, by seed. */
import { Random } from '../base/index.ts';
import type { EpisodeRecord, Lineage, Piece, RunEvent, Segment, StepRecord } from '../records/index.ts';
import type { CertifyOptions, PlayExam } from './certify.ts';
import type { ExamJob } from './plan.ts';
import { planExam } from './plan.ts';
import { commitNonce } from './seeds.ts';

export const HOSTILE =
  '</script><script>document.title="owned"</script><img src=x onerror="document.title=\'owned\'"><svg onload="document.title=\'owned\'">\u202Eignore all';

export interface PretendClerk {
  readonly seed: string;
  /** Probability of success, by slice; `default` for the others. */
  readonly success: Readonly<Record<string, number>>;
  /** Probability that the second verifier rejects what was accepted. Default 0. */
  readonly falseAccepts?: number;
  /** Default 0. */
  readonly unresolved?: number;
  /** Probability that a failure breaks an invariant. Default 0. */
  readonly broken?: number;
}

const text = (value: string): Piece => ({ kind: 'text', text: value });
const word = (value: string): Piece => ({ kind: 'word', word: value });
const reference = (value: number): Piece => ({ kind: 'reference', reference: value });
const echo = (value: string): Piece => ({ kind: 'echo', text: value });

/** The episode of one job. The same job gives the same episode. */
export function pretendEpisode({ slice, n, run }: ExamJob, clerk: PretendClerk): EpisodeRecord {
  const random = new Random(`${clerk.seed}/${slice}/${n}/${run}`);
  const rate = clerk.success[slice] ?? clerk.success.default ?? 0.9;
  const success = random.uniform() < rate;
  const isUnresolved = random.uniform() < (clerk.unresolved ?? 0);
  const broken = !success && random.uniform() < (clerk.broken ?? 0) ? ['second-payment'] : [];
  const confidence = Math.min(0.995, Math.max(0.02, success ? 0.9 + 0.12 * random.uniform() ** 0.5 : 0.4 + 0.55 * random.uniform()));
  const accepted = success && random.uniform() >= (clerk.falseAccepts ?? 0);
  const verdict = { success, credit: success ? 1 : 0.5, broken, reasons: success ? [] : [`the due date is wrong: ${HOSTILE}`] };
  const acts = [0, 1, 2].map((at) => step(random, confidence - 0.02 * at));
  return {
    schemaVersion: 1,
    id: new Random(`${slice}/${n}/${run}`).uint32().toString(16).padStart(8, '0') + n.toString(16).padStart(14, '0').slice(-14),
    gym: 'ledger-desk',
    gymVersion: '3',
    slice,
    seed: { split: 'exam', n },
    lane: `exam-${run}`,
    policy: 'pretend',
    transcript: { schemaVersion: 1, segments: transcript(random, success) },
    steps: acts,
    stop: isUnresolved ? null : success || random.uniform() < 0.8 ? 'done' : 'abstained',
    score: isUnresolved ? null : verdict,
    audit: isUnresolved ? null : { ...verdict, success: success && accepted },
    fault: isUnresolved ? { kind: 'infrastructure', code: 'infrastructure', message: 'the page is gone' } : null,
    seconds: 0.6 + random.uniform(),
    tokens: 900 + random.below(300),
  };
}

const step = (random: Random, value: number): StepRecord => ({
  value: Math.max(0, value),
  logprobs: [-0.01, -0.002],
  surpriseNats: 0.1 + 0.4 * random.uniform(),
  milliseconds: 6 + 4 * random.uniform(),
});

function transcript(random: Random, success: boolean): readonly Segment[] {
  const vendor = random.pick(['Nordlicht Papier GmbH', 'Ateliers Brun', 'Kestrel & Daughters', HOSTILE]);
  const due = `${1 + random.below(28)}.03.2026`;
  const fill = (field: string, source: string, target: number): Segment => ({
    kind: 'act',
    pieces: [word('fill'), reference(target), echo(field), word('from'), reference(target + 40), echo(source), word('as'), word('date')],
  });
  return [
    { kind: 'goal', pieces: [text('Enter the invoice of '), text(vendor), reference(4), text(' and save it.')] },
    {
      kind: 'observe',
      pieces: [
        text(`Invoice\n${vendor}\n`),
        text('Fälligkeit '),
        text(due),
        reference(47),
        text('\nTotal 1.204,50 €'),
        reference(48),
        text('\nDue date'),
        word('value'),
        reference(7),
        text('\nAmount'),
        word('value'),
        reference(8),
      ],
    },
    fill('Due date', success ? `Fälligkeit ${due}` : 'Rechnungsdatum 01.02.2026', 7),
    { kind: 'observe', pieces: [text('Due date'), word('value'), text(due), reference(7)] },
    fill('Amount', 'Total 1.204,50 €', 8),
    { kind: 'observe', pieces: [text('Amount'), word('value'), text('1204.50'), reference(8)] },
    { kind: 'act', pieces: [word('done')] },
    { kind: 'outcome', pieces: [word(success ? 'success' : 'failure')] },
  ];
}

/** Plays jobs of the made-up clerk; `after` episodes it is interrupted. */
export function pretendPlay(
  clerk: PretendClerk,
  { after = Number.POSITIVE_INFINITY, onPlayed = (_: EpisodeRecord): void => {} } = {},
): PlayExam {
  let played = 0;
  return async ({ jobs, onEpisode }) => {
    for (const job of jobs) {
      if (played++ >= after) return false;
      const record = pretendEpisode(job, clerk);
      onPlayed(record);
      if (onEpisode(record)) return true;
    }
    return true;
  };
}

export const SLICES = ['base', 'unseen', 'drift', 'faults', 'attacks'] as const;

const lineage: Lineage = {
  schemaVersion: 1,
  weights: 'a3'.repeat(32),
  base: null,
  gym: { name: 'ledger-desk', version: '3', source: 'b4'.repeat(32) },
  demonstrations: { count: 2000, hash: 'c5'.repeat(32) },
  stages: [
    { stage: 'sft', episodes: 2000, tokens: 2_140_000, seconds: 1240 },
    { stage: 'rl', episodes: 5120, tokens: 5_600_000, seconds: 2980 },
  ],
  compartment: 'accounts-payable',
  seed: 11,
  runtime: { node: 'v24', onnxruntime: '1.30.0' },
  madeBy: 'recipes/make.ts',
};

/** Everything that `certify` needs besides `play`. */
export function pretendContext(options: Partial<Parameters<typeof planExam>[0]> = {}): Omit<CertifyOptions, 'play'> {
  const plan = planExam({ slices: SLICES, ...options });
  return {
    agent: { name: 'desk-clerk', policy: 'pretend', parameters: 1_204_224, bytes: 4_900_000 },
    gym: { name: 'ledger-desk', version: '3', proof: 'd6'.repeat(32) },
    madeAt: '2026-03-01T09:30:00.000Z',
    seeds: commitNonce(new Uint8Array(32).fill(7)),
    plan,
    attempts: Object.fromEntries(plan.slices.map(({ slice }) => [slice, 1])),
    lineage,
  };
}

/** A learning curve. */
export function pretendEvents(): readonly RunEvent[] {
  return [0.12, 0.41, 0.66, 0.81, 0.9, 0.94, 0.965, 0.975].map((rate, i) => {
    const n = 200;
    return {
      at: '2026-03-01T08:00:00.000Z',
      kind: 'measured',
      stage: i < 4 ? 'sft' : 'rl',
      round: i,
      slice: 'base',
      successes: Math.round(rate * n),
      n,
      lowerBound: Math.max(0, rate - 0.04),
      trainedTokens: 400_000 * (i + 1),
      seconds: 300 * (i + 1),
    };
  });
}
