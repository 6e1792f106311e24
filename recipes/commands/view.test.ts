import { describe, expect, it } from 'vitest';
import type { Terminal } from '../../src/cli/index.ts';
import type { RunEvent } from '../../src/records/index.ts';
import { createView } from './view.ts';

const at = '2026-01-01T00:00:00.000Z';
const progress = (done: number, unit = 'episodes'): RunEvent => ({
  at,
  kind: 'progress',
  stage: 'rl',
  done,
  of: 40,
  unit,
  perSecond: 12.5,
  secondsLeft: 3,
  figures: unit === 'steps' ? { loss: 0.12345, tokens: 99 } : { success: 0.975 },
});

const EVENTS: readonly RunEvent[] = [
  { at, kind: 'begun', run: 'runs/a', gym: 'countdown', stages: ['check'], resumed: false },
  { at, kind: 'begun', run: 'runs/a', gym: 'countdown', stages: ['check'], resumed: true },
  { at, kind: 'stage', stage: 'rl', state: 'begun', note: '8 episodes' },
  progress(1),
  progress(2),
  progress(3, 'steps'),
  { at, kind: 'stage', stage: 'rl', state: 'finished', note: '2 s' },
  { at, kind: 'measured', stage: 'rl', round: 1, slice: 'base', successes: 9, n: 10, lowerBound: 0.606, trainedTokens: 1, seconds: 2 },
  { at, kind: 'best', agent: 'runs/a/agent', success: 0.9 },
  { at, kind: 'note', text: 'something else' },
  { at, kind: 'ended', reason: 'finished', seconds: 61, certificate: null },
];

/** Each event a minute later than the one before. */
function shown(terminal: Partial<Terminal>): string {
  let text = '';
  let nowMs = 0;
  const view = createView({
    terminal: {
      isLive: false,
      hasColor: false,
      columns: () => 60,
      ...terminal,
      write: (part) => {
        text += part;
      },
    },
    isJson: false,
    now: () => nowMs,
  });
  for (const event of EVENTS) {
    nowMs += 60_000;
    view.event(event);
  }
  view.end();
  return text;
}

describe('createView', () => {
  it('writes plain lines where nobody watches', () => {
    expect(shown({})).toMatchInlineSnapshot(`
      "   1 min 0 s  beginning runs/a (countdown)
         2 min 0 s  going on with runs/a (countdown)
         3 min 0 s  rl             … 8 episodes
      rl             1/40 episodes  success 97.5 %  12.50/s  3 s left
      rl             2/40 episodes  success 97.5 %  12.50/s  3 s left
      rl             3/40 steps  loss 0.123  0.0k tokens/s  3 s left
         7 min 0 s  rl             ✓ 2 s
         8 min 0 s    validation, rl 1, base: 9/10, at least 60.6 %
         9 min 0 s  the agent so far: 90.0 % on validation tasks, in runs/a/agent
        10 min 0 s  something else
        11 min 0 s  finished after 1 min 1 s
      "
    `);
  });

  it('writes over its last line where somebody does, and never beyond the width', () => {
    const text = shown({ isLive: true });
    expect(text.replaceAll('\u001b[2K', '⌫').replaceAll('\r', '⏎')).toMatchInlineSnapshot(`
      "⏎⌫   1 min 0 s  beginning runs/a (countdown)
      ⏎⌫   2 min 0 s  going on with runs/a (countdown)
      ⏎⌫   3 min 0 s  rl             … 8 episodes
      ⏎⌫rl             1/40 episodes  success 97.5 %  12.50/s  3 s ⏎⌫rl             2/40 episodes  success 97.5 %  12.50/s  3 s ⏎⌫rl             3/40 steps  loss 0.123  0.0k tokens/s  3 s l⏎⌫   7 min 0 s  rl             ✓ 2 s
      ⏎⌫   8 min 0 s    validation, rl 1, base: 9/10, at least 60.6 %
      ⏎⌫   9 min 0 s  the agent so far: 90.0 % on validation tasks, in runs/a/agent
      ⏎⌫  10 min 0 s  something else
      ⏎⌫  11 min 0 s  finished after 1 min 1 s
      "
    `);
    for (const line of text.split(/[\r\n]/).filter((part) => part.includes('left')))
      expect(line.replace('\u001b[2K', '').length).toBeLessThan(60);
  });

  it('leaves progress out that comes too fast', () => {
    let text = '';
    const write = (part: string): void => {
      text += part;
    };
    const view = createView({ terminal: { isLive: false, hasColor: false, columns: () => 60, write }, isJson: false, now: () => 0 });
    for (let done = 0; done < 40; done++) view.event(progress(done));
    expect(text.split('\n')).toHaveLength(2);
  });
});
