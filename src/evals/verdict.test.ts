import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { certify } from './certify.ts';
import { type PretendClerk, pretendContext, pretendPlay } from './pretend-exam.fixture.ts';
import { terminalSummary } from './terminal-summary.ts';
import { atLeast, atMost, verdictAside, verdictSentence } from './verdict.ts';

const share = fc.double({ min: 0, max: 1, noNaN: true });
const said = (text: string): number => Number(text.replace(/[^\d.]/g, '')) / 100;

describe('bounds in words', () => {
  it('never say more than was shown, nor a tenth less', () => {
    fc.assert(
      fc.property(share, (value) => {
        expect(said(atLeast(value))).toBeLessThanOrEqual(value + 1e-11);
        expect(said(atLeast(value))).toBeGreaterThan(value - 0.001);
        expect(said(atMost(value))).toBeGreaterThanOrEqual(value - 1e-11);
        expect(said(atMost(value))).toBeLessThan(value + 0.001);
      }),
      { seed: 4, numRuns: 500 },
    );
    expect([0.95, 0.96199, 0.999999].map(atLeast)).toEqual(['95.0\u00a0%', '96.1\u00a0%', '99.9\u00a0%']);
    expect(atMost(0.0481)).toBe('4.9\u00a0%');
  });
});

const examine = async (clerk: PretendClerk) => {
  const result = await certify({ ...pretendContext(), play: pretendPlay(clerk) });
  if (result.kind !== 'finished') throw new Error('was interrupted');
  return result.certificate;
};

describe('a certificate in words', () => {
  it('is one sentence with its bound, in the words of the task', async () => {
    const certificate = await examine({ seed: 'good', success: { default: 0.99 } });
    const bound = atLeast(certificate.slices[0]?.gateBound ?? 0);
    expect(verdictSentence(certificate)).toBe(
      `With 95\u00a0% confidence this agent does at least ${bound} of fresh ledger-desk tasks right.`,
    );
    const claim = 'enters at least {share} of invoices correctly';
    expect(verdictSentence(certificate, { claim })).toContain(`enters at least ${bound} of invoices correctly.`);
    expect(verdictAside(certificate)).toMatch(/of \d+ fresh tasks succeeded/);
    expect(() => verdictSentence(certificate, { claim: 'is good' })).toThrow(/\{share\}/);
  });

  it('says why there is none, and never names a share as if there were one', async () => {
    const certificate = await examine({ seed: 'poor', success: { default: 0.8 }, broken: 0.5 });
    expect(verdictSentence(certificate)).not.toMatch(/\d/);
    const summary = terminalSummary(certificate);
    for (const reason of certificate.reasons) expect(summary).toContain(reason);
  });

  it('fits a terminal, and outside text cannot move its cursor', async () => {
    const certificate = await examine({ seed: 'good', success: { default: 0.99 } });
    const summary = terminalSummary({ ...certificate, agent: { ...certificate.agent, name: 'evil\u001b[2J\u202E' } });
    for (const hidden of ['\u001b', '\u202E']) expect(summary).not.toContain(hidden);
    expect(Math.max(...summary.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120);
    expect(summary).toMatch(/base +\d+ +\d+\.\d.% +95\.\d.% +95.% +reached/);
  });
});
