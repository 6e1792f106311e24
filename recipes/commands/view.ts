/**
 * A run of the factory as somebody follows it: what each stage found stays on the screen, what it is doing now is one line that is written over.
 * In a pipe a plain line every few seconds; for programs every event as JSON.
 */
import { CLEAR_LINE, DIM, formatSeconds, GREEN, painter, type Terminal } from '../../src/cli/index.ts';
import type { RunEvent } from '../../src/records/index.ts';

export interface View {
  readonly event: (event: RunEvent) => void;
  note(text: string): void;
  end(): void;
}

export interface ViewOptions {
  readonly terminal: Terminal;
  readonly isJson: boolean;
  readonly now?: () => number;
}

const PLAIN_EVERY_MS = 10_000;
const LIVE_EVERY_MS = 100;

export function createView({ terminal, isJson, now = () => performance.now() }: ViewOptions): View {
  const startedMs = now();
  let shownMs = Number.NEGATIVE_INFINITY;
  let live = '';
  const dim = painter(terminal, DIM);
  const green = painter(terminal, GREEN);
  const keep = (text: string): void => {
    terminal.write(terminal.isLive ? `${CLEAR_LINE}${text}\n${live}` : `${text}\n`);
  };
  const show = (text: string): void => {
    const every = terminal.isLive ? LIVE_EVERY_MS : PLAIN_EVERY_MS;
    if (now() - shownMs < every) return;
    shownMs = now();
    if (!terminal.isLive) {
      keep(text);
      return;
    }
    live = text.slice(0, Math.max(10, terminal.columns() - 1));
    terminal.write(`${CLEAR_LINE}${dim(live)}`);
  };
  const clock = (): string => formatSeconds((now() - startedMs) / 1000);
  if (isJson)
    return { event: (event) => void process.stdout.write(`${JSON.stringify(event)}\n`), note: () => undefined, end: () => undefined };
  return {
    event(event) {
      if (event.kind === 'progress') return show(`${event.stage.padEnd(14)} ${progress(event)}`);
      live = '';
      const text = sentence(event);
      if (text !== '') keep(`${dim(clock().padStart(12))}  ${event.kind === 'best' ? green(text) : text}`);
    },
    note: keep,
    end() {
      if (live !== '') terminal.write(CLEAR_LINE);
      live = '';
    },
  };
}

type Progress = Extract<RunEvent, { kind: 'progress' }>;

function progress({ done, of, unit, perSecond, secondsLeft, figures }: Progress): string {
  const parts = [
    of === null ? `${done} ${unit}` : `${done}/${of} ${unit}`,
    ...Object.entries(figures)
      .filter(([name]) => name !== 'tokens')
      .map(([name, value]) => (name === 'loss' ? `loss ${value.toFixed(3)}` : `${name} ${(100 * value).toFixed(1)} %`)),
    ...(perSecond === null ? [] : [unit === 'steps' ? `${(perSecond / 1000).toFixed(1)}k tokens/s` : `${perSecond.toFixed(2)}/s`]),
    ...(secondsLeft === null ? [] : [`${formatSeconds(secondsLeft)} left`]),
  ];
  return parts.join('  ');
}

function sentence(event: Exclude<RunEvent, Progress>): string {
  switch (event.kind) {
    case 'begun':
      return `${event.resumed ? 'going on with' : 'beginning'} ${event.run} (${event.gym})`;
    case 'stage':
      return `${event.stage.padEnd(14)} ${event.state === 'begun' ? '…' : '✓'} ${event.note}`;
    case 'measured':
      return `  validation, ${event.stage} ${event.round}, ${event.slice}: ${event.successes}/${event.n}, at least ${(100 * event.lowerBound).toFixed(1)} %`;
    case 'best':
      return `the agent so far: ${(100 * event.success).toFixed(1)} % on validation tasks, in ${event.agent}`;
    case 'note':
      return event.text;
    case 'ended':
      return `${event.reason} after ${formatSeconds(event.seconds)}`;
  }
}
