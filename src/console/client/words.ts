/**
 * What things are called: states, times, scopes, alarms, and a transcript's segments as lines. Pure; knows no page.
 */
import type { Piece, RunState, SegmentKind, Stage } from '../../records/index.ts';
import type { VersionStanding } from '../../release/index.ts';
import type { Decided, JobEnding, JobState, JobView, MonitorName, Place, StopScope, TriageKind } from '../../serve/index.ts';

/** Text from outside as it may be shown: what can't be seen is made visible, so that nothing hides or turns the rest around. */
export const plain = (text: string): string =>
  text.replace(/[\t\n\r]+/g, ' ').replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu, '\u{FFFD}');

export const STATES: Readonly<Record<Exclude<JobState, 'ended'>, string>> = {
  queued: 'Queued',
  working: 'At work',
  'waits-for-approval': 'Asks',
  'waits-for-answer': 'Question',
  'waits-for-certainty': 'Unsure',
};

export const ENDINGS: Readonly<Record<JobEnding, string>> = {
  done: 'Done',
  'handed-over': 'Handed over',
  stopped: 'Stopped',
  failed: 'Failed',
};

export const ALARMS: Readonly<Record<MonitorName, string>> = {
  success: 'Fewer jobs succeed than the certificate states',
  'success-jump': 'More jobs succeed than the exam explains: a leak, or a verifier that is fooled',
  surprise: 'More jobs surprise the agent than in the exam: it reads what it was not made for',
  abstention: 'More jobs are asked about or handed over than in the exam',
  intervention: 'People intervene in more jobs than was promised',
  cost: 'More jobs take long than in the exam',
};

export const stateWord = ({ state, ended }: JobView): string =>
  state === 'ended' ? (ended ? ENDINGS[ended.how] : 'Ended') : STATES[state];

/** What stands between the job and its next action, or how it ended. */
export function situation(job: JobView): string {
  switch (job.state) {
    case 'queued':
      return 'Waits for its turn.';
    case 'working':
      return job.done.length === 0 ? 'Nothing lasting done yet.' : `Last lasting action: ${plain(job.done.at(-1) ?? '')}`;
    case 'waits-for-approval':
      return `Waits for an answer: ${job.waiting.map(({ id }) => actionOf(job, id)).join('; ')}`;
    case 'waits-for-answer':
      return `Waits to be told: ${job.forms.map(({ form }) => plain(form.about)).join('; ')}`;
    case 'waits-for-certainty':
      return `Waits to be told whether this was done: ${plain(job.uncertain ?? '')}`;
    case 'ended':
      return plain(job.ended?.because.join(' ') ?? '');
  }
}

export const actionOf = (job: JobView, approval: string): string =>
  plain(job.asked.find((asked) => asked.approval === approval)?.action ?? 'an action that is not known here');

export function placeWords(place: Place): string {
  if (place.kind === 'sandbox') return `${plain(place.slice)} ${place.seed.split}/${place.seed.n}`;
  return plain(place.goal.map(({ text, secret }) => (secret ? '••••' : text)).join(' '));
}

export const addressWords = (place: Place): string => (place.kind === 'sandbox' ? 'Sandbox' : plain(place.url));

export const agentWords = ({ request, version }: JobView): string => `${plain(request.agent)}${version === null ? '' : ` v${version}`}`;

export function scopeWords(scope: StopScope): string {
  if (scope.kind === 'everything') return 'Everything';
  return scope.kind === 'agent' ? `Agent ${plain(scope.agent)}` : `Job ${scope.job.slice(0, 8)}`;
}

const TIME = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });

export function timeWords(iso: string): string {
  const time = new Date(iso);
  return Number.isNaN(time.getTime()) ? plain(iso) : TIME.format(time);
}

/** How long it is until then. */
export function timeLeft(iso: string, nowMs: number): string {
  const minutes = Math.floor((Date.parse(iso) - nowMs) / 60_000);
  if (minutes < 1) return 'less than a minute left';
  if (minutes < 120) return `${minutes} min left`;
  return minutes < 48 * 60 ? `${Math.floor(minutes / 60)} hours left` : `${Math.floor(minutes / 1440)} days left`;
}

export const percent = (share: number): string => `${Number((100 * share).toPrecision(2))} %`;

/** Who speaks in the screenplay. */
export const SPEAKERS: Readonly<Record<SegmentKind, string>> = {
  goal: 'Goal',
  observe: 'Sees',
  think: 'Thinks',
  act: 'Does',
  outcome: 'Outcome',
};

export function pieceWords(piece: Piece): string {
  switch (piece.kind) {
    case 'text':
      return plain(piece.text);
    case 'reference':
      return `⟨${piece.reference}⟩`;
    case 'word':
      return plain(piece.word);
    case 'echo':
      return `«${plain(piece.text)}»`;
  }
}

const RULE_WORDS: Readonly<Record<string, string>> = {
  certificate: 'no certificate',
  recomputed: 'figures that don’t agree',
  confidence: 'too little confidence',
  identity: 'another agent’s certificate',
  files: 'changed files',
  gym: 'another task',
  slices: 'a slice not examined',
  'never-events': 'never-events',
  bounds: 'not reliable enough',
  regression: 'worse than before',
  oscillation: 'going in circles',
  age: 'certificate too old',
  'red-team': 'not held against a red team',
};

export const unmetWords = (unmet: readonly string[]): string => unmet.map((rule) => RULE_WORDS[rule] ?? plain(rule)).join(', ');

export function standingWord({ isAllowed, isCurrent, publishedAt, revoked }: VersionStanding): string {
  if (revoked) return 'Revoked';
  if (isCurrent) return 'At work';
  if (publishedAt !== null) return 'Released';
  return isAllowed ? 'Not signed off' : 'Refused';
}

/** Rounded down: never more than was shown. */
export const shownAtLeast = (bound: number): string => `${(Math.floor(1000 * bound) / 10).toFixed(1)} %`;

/** 0 … 4, from what is hardly shown at all to what is asked of an agent's first slice. */
export const heatOf = (bound: number): number => [0.5, 0.8, 0.9, 0.95].filter((step) => bound >= step).length;

export const RUN_STATES: Readonly<Record<RunState, string>> = {
  running: 'Running',
  stopped: 'Stopped',
  failed: 'Failed',
  finished: 'Finished',
};

export const STAGE_WORDS: Readonly<Record<Stage, string>> = {
  check: 'Check of the gym',
  demonstrations: 'Demonstrations',
  sft: 'Imitation',
  rl: 'Practice',
  search: 'Search',
  evaluate: 'Evaluation',
  certify: 'Exam',
  report: 'Report',
};

export function durationWords(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  return seconds < 90 * 60 ? `${Math.round(seconds / 60)} min` : `${Number((seconds / 3600).toFixed(1))} hours`;
}

export const TRIAGE_WORDS: Readonly<Record<TriageKind, string>> = {
  failure: 'A job failed',
  intervention: 'A person stepped in',
  surprise: 'The agent was surprised',
  answer: 'A person told it what it lacked',
};

export function decisionWords(decision: Decided): string {
  if (decision.kind === 'dismiss') return `nothing is learned from it. ${plain(decision.by)}: ${plain(decision.reason)}`;
  const what = decision.purpose === 'exam' ? 'kept for the exam' : decision.as === 'task' ? 'practised as a task' : 'imitated';
  return `${what}, says ${plain(decision.by)}`;
}
