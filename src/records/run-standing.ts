/** How far a run of the factory has come, as the lines that it told say: for whoever follows it from elsewhere. */
import type { RunEvent, Stage } from './run-event.ts';

export type RunState = 'running' | 'stopped' | 'failed' | 'finished';

/** A point of the loss: the mean over the last steps against all tokens that were trained on until then. */
export interface LossPoint {
  readonly tokens: number;
  /** Nats a token. */
  readonly loss: number;
  readonly stage: Stage;
}

export interface RunStanding {
  readonly gym: string;
  /** ISO 8601. */
  readonly begunAt: string;
  readonly lastAt: string;
  readonly state: RunState;
  /** What it does, or did last, in its own words; null before its first stage. */
  readonly stage: { readonly name: Stage; readonly note: string } | null;
  /** Of that stage; null where it told nothing of the kind. */
  readonly progress: Extract<RunEvent, { readonly kind: 'progress' }> | null;
  readonly best: { readonly agent: string; readonly success: number } | null;
  /** The certificate's file; null before it. */
  readonly certificate: string | null;
  readonly measured: readonly Extract<RunEvent, { readonly kind: 'measured' }>[];
  readonly losses: readonly LossPoint[];
}

export interface RunStandingOptions {
  /** Whether some process works on it; one that is gone can't have told its end. */
  readonly isAlive: boolean;
  /** Most points of the loss, evenly over all that there are. */
  readonly mostLosses: number;
}

/** Undefined where nothing was told yet. */
export function runStanding(events: readonly RunEvent[], { isAlive, mostLosses }: RunStandingOptions): RunStanding | undefined {
  const [begun, last] = [events.find((event) => event.kind === 'begun'), events.at(-1)];
  if (begun === undefined || last === undefined) return undefined;
  const ended = last.kind === 'ended' ? last : undefined;
  const stage = events.findLast((event) => event.kind === 'stage' || event.kind === 'progress');
  const told = stage && events.findLast((event) => event.kind === 'stage' && event.stage === stage.stage);
  const best = events.findLast((event) => event.kind === 'best');
  return {
    gym: begun.gym,
    begunAt: begun.at,
    lastAt: last.at,
    state: ended === undefined ? (isAlive ? 'running' : 'stopped') : ended.reason === 'interrupted' ? 'stopped' : ended.reason,
    stage: stage ? { name: stage.stage, note: told?.kind === 'stage' ? told.note : '' } : null,
    progress: stage?.kind === 'progress' ? stage : null,
    best: best ? { agent: best.agent, success: best.success } : null,
    certificate: ended?.certificate ?? null,
    measured: measuredIn(events),
    losses: thinned(lossesIn(events), mostLosses),
  };
}

type Measured = Extract<RunEvent, { readonly kind: 'measured' }>;

/** A slice that was measured again, by a run that went on, stands once. */
function measuredIn(events: readonly RunEvent[]): readonly Measured[] {
  const points = new Map<string, Measured>();
  for (const event of events) if (event.kind === 'measured') points.set(`${event.stage} ${event.round} ${event.slice}`, event);
  return [...points.values()];
}

/** Each training counts its own tokens from zero. One that was cut off and is gone on with tells some of them again: that takes the place of what it told before. */
function lossesIn(events: readonly RunEvent[]): readonly LossPoint[] {
  const points: LossPoint[] = [];
  let before = 0;
  let [stage, tokens, isWhole] = ['', 0, true];
  for (const event of events) {
    if (event.kind !== 'progress' || event.figures.loss === undefined || event.figures.tokens === undefined) continue;
    if (event.stage !== stage || (isWhole && event.figures.tokens < tokens)) before += tokens;
    [stage, tokens, isWhole] = [event.stage, event.figures.tokens, event.done === event.of];
    while (points.length > 0 && (points.at(-1) as LossPoint).tokens >= before + tokens) points.pop();
    points.push({ tokens: before + tokens, loss: event.figures.loss, stage: event.stage });
  }
  return points;
}

/** The first, the last, and evenly what lies between. */
function thinned<T>(all: readonly T[], most: number): readonly T[] {
  if (all.length <= most) return all;
  return Array.from({ length: most }, (_, i) => all[Math.round((i * (all.length - 1)) / (most - 1))] as T);
}
