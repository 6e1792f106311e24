import { describe, expect, it } from 'vitest';
import type { StepEvent } from '../train/index.ts';
import { createJsonReporter, createReporter, formatLive, formatPlain, formatSeconds } from './progress.ts';
import { terminalOf, uncolored } from './terminal.ts';

const event = (step: number): StepEvent => ({
  kind: 'step',
  step,
  steps: 1000,
  tokens: step * 2048,
  tokensPerSecond: step === 1 ? null : 23_456,
  loss: 3.3,
  smoothedLoss: 3.21,
  gradientNorm: 1,
  learningRate: 0.001,
  secondsLeft: step === 1 ? null : 78,
});

function fakeTerminal(output: { isTTY?: boolean; columns?: number } = {}, environment = {}) {
  const written: string[] = [];
  return { written, terminal: terminalOf({ ...output, write: (text) => written.push(text) }, environment) };
}

describe('the progress line', () => {
  it('has a bar, step, loss, time left and speed', () => {
    expect(uncolored(formatLive(event(250), { columns: 100, hasColor: true }))).toBe(
      ' 25% █████░░░░░░░░░░░░░░░  step 250/1000  loss 3.210  1 min 18 s left  23k tokens/s',
    );
    expect(formatPlain(event(1))).toBe('step 1/1000, loss 3.210');
  });

  it('fits every terminal', () => {
    for (let columns = 1; columns < 120; columns++) {
      const line = uncolored(formatLive(event(999), { columns, hasColor: true }));
      expect(line.length, String(columns)).toBeLessThan(Math.max(columns, 5));
    }
    expect(formatLive(event(999), { columns: 30, hasColor: false })).toBe(' 99% █████████  step 999/1000');
  });

  it('has no colour where NO_COLOR, a dumb terminal or a pipe ask for none', () => {
    expect(terminalOf({ isTTY: true, write: () => 0 }, {}).hasColor).toBe(true);
    expect(terminalOf({ isTTY: true, write: () => 0 }, { NO_COLOR: '1' })).toMatchObject({ hasColor: false, isLive: true });
    expect(terminalOf({ isTTY: true, write: () => 0 }, { TERM: 'dumb' })).toMatchObject({ hasColor: false, isLive: false });
    expect(terminalOf({ write: () => 0 }, {})).toMatchObject({ hasColor: false, isLive: false });
  });

  it.each([
    [0.4, '0 s'],
    [59.6, '1 min 0 s'],
    [7325, '2 h 2 min'],
  ])('spells %d seconds %s', (seconds, text) => {
    expect(formatSeconds(seconds)).toBe(text);
  });
});

describe('a reporter', () => {
  it('writes over one line in a terminal, and sentences above it', () => {
    const { terminal, written } = fakeTerminal({ isTTY: true, columns: 60 }, { NO_COLOR: '1' });
    let time = 0;
    const reporter = createReporter({ terminal, now: () => time });
    reporter.event(event(1));
    time = 50;
    reporter.event(event(2));
    time = 150;
    reporter.event(event(3));
    reporter.note('hello');
    reporter.end();
    expect(written).toHaveLength(4);
    expect(written.slice(0, 2).every((text) => text.startsWith('\r\u001b[2K') && !text.includes('\n'))).toBe(true);
    expect(written[2]).toMatch(/hello\n.*step 3\/1000/);
    expect(written[3]).toBe('\n');
  });

  it('writes a plain line every few seconds elsewhere, and the last one', () => {
    const { terminal, written } = fakeTerminal();
    let time = 0;
    const reporter = createReporter({ terminal, now: () => time });
    for (let step = 1; step <= 1000; step++, time += 10) reporter.event(event(step));
    expect(written.map((line) => line.split(',')[0])).toEqual(['step 1/1000', 'step 501/1000', 'step 1000/1000']);
    expect(written.join('')).not.toContain('\u001b');
  });

  it('writes every event as JSON for programs', () => {
    const { terminal, written } = fakeTerminal();
    const reporter = createJsonReporter(terminal);
    reporter.event(event(1));
    reporter.note('hello');
    expect(written.map((line) => JSON.parse(line))).toEqual([event(1), { kind: 'note', text: 'hello' }]);
  });
});
