/**
 * A run as somebody follows it: one line that is written over in a terminal, a plain line every few seconds in a file or
 * a pipe, every event as a line of JSON where a program reads. Goes to stderr; stdout is for results (and for JSON).
 */
import type { StepEvent, TrainEvent } from '../train/index.ts';
import { CLEAR_LINE, DIM, GREEN, painter, type Terminal } from './terminal.ts';

export interface Reporter {
  event(event: TrainEvent): void;
  /** A sentence of its own line. */
  note(text: string): void;
  /** Leaves the cursor on a line of its own. */
  end(): void;
  /** Writes a record; only where a program reads. */
  readonly json?: (value: object) => void;
}

export interface ReporterOptions {
  readonly terminal: Terminal;
  /** Milliseconds between plain lines; default 5000. */
  readonly plainEveryMs?: number;
  readonly now?: () => number;
}

export function createReporter({ terminal, plainEveryMs = 5000, now = () => performance.now() }: ReporterOptions): Reporter {
  const everyMs = terminal.isLive ? 100 : plainEveryMs;
  let shownAt = Number.NEGATIVE_INFINITY;
  let live = '';

  function note(text: string): void {
    terminal.write(terminal.isLive ? `${CLEAR_LINE}${text}\n${live}` : `${text}\n`);
  }

  function showStep(event: StepEvent): void {
    const time = now();
    if (time - shownAt < everyMs && event.step !== event.steps) return;
    shownAt = time;
    if (!terminal.isLive) {
      note(formatPlain(event));
      return;
    }
    live = formatLive(event, { columns: terminal.columns(), hasColor: terminal.hasColor });
    terminal.write(`${CLEAR_LINE}${live}`);
  }

  return {
    event(event) {
      switch (event.kind) {
        case 'begun':
          if (event.step === event.steps) note(`The run in ${event.folder} is finished already.`);
          else if (event.resumed) note(`Going on from step ${event.step} of ${event.steps} in ${event.folder}.`);
          return;
        case 'step':
          return showStep(event);
        case 'evaluation': {
          const act = event.actNats === null ? '' : `, ${event.actNats.toFixed(3)} on actions`;
          const nats = event.nats === null ? 'nothing to predict' : `${event.nats.toFixed(3)} nats a token`;
          return note(`step ${event.step}: ${nats} on ${event.tokens} held-out tokens${act}`);
        }
        case 'saved':
          return;
      }
    },
    note,
    end() {
      if (live !== '') terminal.write('\n');
      live = '';
    },
  };
}

export function createJsonReporter(terminal: Terminal): Reporter {
  const write = (value: object): void => terminal.write(`${JSON.stringify(value)}\n`);
  return { event: write, note: (text) => write({ kind: 'note', text }), end: () => undefined, json: write };
}

/** The line for `columns`: parts that don't fit are left out, the least important first. */
export function formatLive(event: StepEvent, { columns, hasColor }: { readonly columns: number; readonly hasColor: boolean }): string {
  const paint = { green: painter({ hasColor }, GREEN), dim: painter({ hasColor }, DIM) };
  const share = event.step / event.steps;
  const texts = [`${Math.floor(100 * share)}%`.padStart(4), ...details(event)];
  // A cell is left for the cursor: a full line would wrap.
  const width = Math.max(4, columns - 1);
  while (texts.length > 1 && texts.join(SEPARATOR).length > width) texts.pop();
  const room = Math.min(BAR_CELLS, width - texts.join(SEPARATOR).length - 1);
  const [percent = '', ...rest] = texts;
  const parts = [
    room >= 4 ? `${percent} ${bar(share, room, paint)}` : percent,
    ...rest.map((text, i) => (i === 0 ? text : paint.dim(text))),
  ];
  return parts.join(SEPARATOR);
}

export function formatPlain(event: StepEvent): string {
  return details(event).join(', ');
}

const BAR_CELLS = 20;
const SEPARATOR = '  ';

/** Most important first. */
function details({ step, steps, smoothedLoss, secondsLeft, tokensPerSecond }: StepEvent): string[] {
  return [
    `step ${step}/${steps}`,
    `loss ${smoothedLoss.toFixed(3)}`,
    ...(secondsLeft === null || step === steps ? [] : [`${formatSeconds(secondsLeft)} left`]),
    ...(tokensPerSecond === null ? [] : [`${formatRate(tokensPerSecond)} tokens/s`]),
  ];
}

function bar(share: number, cells: number, paint: Readonly<Record<'green' | 'dim', (text: string) => string>>): string {
  const full = Math.round(share * cells);
  return `${paint.green('█'.repeat(full))}${paint.dim('░'.repeat(cells - full))}`;
}

/** `42 s`, `3 min 5 s`, `2 h 10 min`. */
export function formatSeconds(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

function formatRate(rate: number): string {
  return rate >= 10_000 ? `${Math.round(rate / 1000)}k` : rate >= 1000 ? `${(rate / 1000).toFixed(1)}k` : `${Math.round(rate)}`;
}
