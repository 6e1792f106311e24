import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../records/index.ts';
import { renderProgressReport } from './progress-report.ts';

const at = '2026-01-01T00:00:00.000Z';
const begun: RunEvent = { at, kind: 'begun', run: 'runs/a', gym: 'countdown', stages: ['check'], resumed: false };
const measured = (round: number, successes: number): RunEvent => ({
  at,
  kind: 'measured',
  stage: 'rl',
  round,
  slice: 'base',
  successes,
  n: 20,
  lowerBound: 0.5,
  trainedTokens: 1e6 * round,
  seconds: 1,
});
const best = (success: number): RunEvent => ({ at, kind: 'best', agent: 'runs/a/agent', success });
const render = (...events: readonly RunEvent[]): string => renderProgressReport({ run: 'runs/a', events: [begun, ...events] });

describe('a report of a run without an exam', () => {
  it('shows what was measured of the agent that was kept, and of no other', () => {
    const report = render(measured(1, 15), best(0.75), measured(2, 11), {
      at,
      kind: 'ended',
      reason: 'interrupted',
      seconds: 1,
      certificate: null,
    });
    expect(report).toContain('Not examined');
    expect(report).toContain('It was stopped before its exam.');
    expect(report).toMatch(/<th scope="row">base<\/th><td>20<\/td><td>15<\/td>/);
    expect(report).not.toContain('<td>11</td>');
    expect(report).toContain('million tokens trained on');
    expect(report).toContain('npx journeyman certify runs/a/agent');
    expect(report).not.toMatch(/With 95/);
  });

  it('says that there is no agent yet', () => {
    expect(render()).toContain('There is no agent yet.');
    expect(render({ at, kind: 'stage', stage: 'sft', state: 'begun', note: '' })).toContain('the stage “sft” (begun)');
    expect(renderProgressReport({ run: 'runs/a', events: [] })).toContain('an unknown gym');
  });

  it('takes names from outside as text', () => {
    expect(render({ ...begun, gym: 'x' }, { ...best(1), agent: '<script>alert(1)</script>' } as RunEvent)).not.toContain('<script>alert');
  });
});
