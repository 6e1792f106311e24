import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Certificate, RawScore } from '../records/index.ts';
import { lowerBound, sequentialBound, upperBound } from '../stats/index.ts';
import { loadCertificate, saveCertificate } from './certificate-file.ts';
import { certify } from './certify.ts';
import { checkCertificate } from './check-certificate.ts';
import { makeCertificate } from './make-certificate.ts';
import { type PretendClerk, pretendContext, pretendPlay, SLICES } from './pretend-exam.fixture.ts';
import { hashRawScores } from './raw-score.ts';

const ALPHA_1 = (6 * 0.05) / Math.PI ** 2;
const good: PretendClerk = { seed: 'good', success: { default: 0.99 } };

async function examine(clerk: PretendClerk, options: Parameters<typeof pretendContext>[0] = {}) {
  const result = await certify({ ...pretendContext(options), play: pretendPlay(clerk) });
  if (result.kind !== 'finished') throw new Error('was interrupted');
  return result;
}

const sliceOf = (certificate: Certificate, slice: string) => {
  const found = certificate.slices.find((one) => one.slice === slice);
  if (!found) throw new Error(`no slice ${slice}`);
  return found;
};

describe('an exam', () => {
  it('certifies a good agent, ends the first slice early and states exactly the bounds of its scores', async () => {
    const { certificate, scores } = await examine(good);
    expect(certificate.reasons).toEqual([]);
    expect(certificate.kind).toBe('certificate');
    const base = scores.filter(({ slice }) => slice === 'base');
    expect(base.length).toBeLessThan(400);
    const outcomes = base.map(({ success, audit }) => success === true && audit === true);
    const slice = sliceOf(certificate, 'base');
    expect(slice.gateBound).toBe(sequentialBound({ outcomes, alpha: ALPHA_1 }));
    expect(slice.gateBound).toBeGreaterThanOrEqual(0.95);
    // One task fewer would not have done.
    expect(sequentialBound({ outcomes: outcomes.slice(0, -1), alpha: ALPHA_1 })).toBeLessThan(0.95);
    const drift = sliceOf(certificate, 'drift');
    expect(drift.n).toBe(60);
    expect(drift.lowerBound).toBe(lowerBound({ successes: drift.successes, trials: 60, alpha: ALPHA_1 }));
    expect(drift.neverEvents.upperBound).toBe(upperBound({ events: 0, trials: 60, alpha: ALPHA_1 }));
    expect(certificate.scoresHash).toBe(hashRawScores(scores));
    expect(certificate.jaggedness?.worstBound).toBe(Math.min(...certificate.slices.map(({ gateBound }) => gateBound)));
  });

  it('refuses a poor agent, and gives up as soon as the bound is out of reach', async () => {
    const { certificate, scores } = await examine({ seed: 'poor', success: { default: 0.85 } });
    expect(certificate.kind).toBe('no-certificate');
    expect(certificate.reasons.join()).toMatch(/base: \d+ of \d+ tasks succeeded.*asked were 95 %/);
    expect(scores.filter(({ slice }) => slice === 'base').length).toBeLessThan(300);
  });

  it('goes by the second verifier where it is stricter', async () => {
    const { certificate } = await examine({ ...good, falseAccepts: 0.15 });
    const { lowerBound: unaudited, lowerBoundAudited, gateBound, falseAccepts, isReached } = sliceOf(certificate, 'base');
    expect(falseAccepts).toBeGreaterThan(0);
    expect(lowerBoundAudited).toBeLessThan(unaudited);
    expect([gateBound, isReached]).toEqual([lowerBoundAudited, false]);
    expect(certificate.kind).toBe('no-certificate');
  });

  it('refuses where the second verifier was silent, unless the plan has none', async () => {
    const { scores } = await examine(good);
    const silent = scores.map((score) => ({ ...score, audit: null }));
    expect(makeCertificate(silent, { ...pretendContext(), wallSeconds: 1 }).reasons.join()).toMatch(/second verifier judged none/);
    const without = makeCertificate(silent, { ...pretendContext({ audit: 'none' }), wallSeconds: 1 });
    expect([without.kind, without.slices[0]?.lowerBoundAudited]).toEqual(['certificate', null]);
  });

  it('multiplies two bounds where only a sample was audited', async () => {
    const { scores } = await examine(good);
    const sampled = scores.map((score, i) => ({ ...score, audit: i % 4 === 0 ? score.audit : null }));
    const { slices, kind } = makeCertificate(sampled, { ...pretendContext({ audit: 'sample' }), wallSeconds: 1 });
    for (const { lowerBoundAudited, lowerBound: bound } of slices) expect(lowerBoundAudited).toBeLessThan(bound);
    expect(kind).toBe('no-certificate');
  });

  it('refuses above one percent without a verdict, and counts those against the agent in the bound it goes by', async () => {
    const { certificate } = await examine({ ...good, unresolved: 0.05 });
    expect(certificate.kind).toBe('no-certificate');
    expect(certificate.reasons.join()).toMatch(/have no verdict: more than 1 %/);
    for (const slice of certificate.slices) expect(slice.lowerBoundResolved).toBeLessThanOrEqual(slice.lowerBound);
  });

  it('refuses after one event that must never happen, and bounds how often it does', async () => {
    const { certificate } = await examine({ seed: 'wild', success: { default: 0.9 }, broken: 1 });
    expect(certificate.reasons.join()).toMatch(/what must never happen: second-payment/);
    const { neverEvents } = sliceOf(certificate, 'drift');
    expect(neverEvents.names['second-payment']).toBe(neverEvents.episodes);
    expect(neverEvents.upperBound).toBeGreaterThan(neverEvents.tasks / neverEvents.n);
  });

  it('plays blocks of eight in a full exam', async () => {
    const { certificate, scores } = await examine(
      { seed: 'steady', success: { default: 0.995 } },
      { isFull: true, slices: ['base', 'drift'] },
    );
    expect(scores).toHaveLength(2 * (300 + 60 * 7));
    const { passK, n } = sliceOf(certificate, 'base');
    expect(n).toBe(300);
    expect(passK.map(({ k, blocks }) => [k, blocks])).toEqual([
      [1, 60],
      [4, 60],
      [8, 60],
    ]);
    expect(passK[2]?.passed).toBeLessThanOrEqual(passK[0]?.passed ?? 0);
    const eight = passK[2] as (typeof passK)[0];
    expect(eight.lowerBound).toBe(lowerBound({ successes: eight.passed, trials: 60, alpha: ALPHA_1 }));
    expect(certificate.abstention?.errorUpperBound).toBeLessThanOrEqual(0.03);
  });

  it('sees what must never happen in further runs too', async () => {
    const { scores } = await examine({ seed: 'steady', success: { default: 0.995 } }, { isFull: true, slices: ['base'] });
    const last = scores.length - 1;
    const wild = scores.map((score, i) => (i === last ? { ...score, success: false, broken: ['second-payment'] } : score));
    const certificate = makeCertificate(wild, { ...pretendContext({ isFull: true, slices: ['base'] }), wallSeconds: 1 });
    expect(sliceOf(certificate, 'base').neverEvents).toMatchObject({ tasks: 0, episodes: 1, names: { 'second-payment': 1 } });
    expect(certificate.reasons.join()).toMatch(/must never happen/);
  });

  it('spends less on a later attempt', async () => {
    const { scores } = await examine(good);
    const attempts = Object.fromEntries(SLICES.map((slice) => [slice, 3]));
    const third = makeCertificate(scores, { ...pretendContext(), attempts, wallSeconds: 1 });
    expect(sliceOf(third, 'base').alpha).toBeCloseTo(ALPHA_1 / 9, 12);
    expect(third.kind).toBe('no-certificate');
  });

  it('comes to the same end however often it was interrupted', async () => {
    const whole = await examine(good);
    const interrupted = await certify({ ...pretendContext(), play: pretendPlay(good, { after: 100 }) });
    expect(interrupted.kind).toBe('interrupted');
    expect(interrupted.scores).toEqual(whole.scores.slice(0, 100));
  });

  it('counts no episode for another task', async () => {
    const play = pretendPlay(good);
    const shuffled = certify({ ...pretendContext(), play: ({ jobs, ...rest }) => play({ ...rest, jobs: [...jobs].reverse() }) });
    await expect(shuffled).rejects.toThrow(/in the order of the jobs/);
    const short = certify({ ...pretendContext(), play: async () => true });
    await expect(short).rejects.toThrow(/expected 400/);
    const seeds = { ...pretendContext().seeds, nonce: '0'.repeat(64) };
    await expect(certify({ ...pretendContext(), seeds, play })).rejects.toThrow(/committed to/);
    await expect(certify({ ...pretendContext(), attempts: {}, play })).rejects.toThrow(/no attempt on base/);
  });

  // At a rate equal to the floor, certifying at all is an error: at most α₁ = 3 % of exams may do it.
  it('certifies an agent at the floor in at most its share of exams', async () => {
    let certified = 0;
    const exams = 60;
    for (let i = 0; i < exams; i++) {
      const { certificate } = await examine({ seed: `floor-${i}`, success: { default: 0.95 } }, { slices: ['base'] });
      if (certificate.slices[0]?.isReached) certified++;
    }
    expect(lowerBound({ successes: certified, trials: exams, alpha: 0.01 })).toBeLessThan(ALPHA_1);
  }, 120_000);
});

describe('a certificate on the disk', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'certificate-'));
    path = join(folder, 'certificate.json');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('comes back as it was and is confirmed by its raw scores', async () => {
    const made = await examine(good);
    saveCertificate(path, made);
    expect(loadCertificate(path)).toEqual(made.certificate);
    expect(checkCertificate(path).differences).toEqual([]);
  });

  it.each<
    readonly [
      string,
      (made: { certificate: Certificate; scores: readonly RawScore[] }) => { certificate: Certificate; scores: readonly RawScore[] },
      RegExp,
    ]
  >([
    [
      'a raised bound',
      ({ certificate, scores }) => ({
        scores,
        certificate: { ...certificate, slices: certificate.slices.map((slice, i) => (i === 0 ? { ...slice, lowerBound: 0.99 } : slice)) },
      }),
      /slices\.0\.lowerBound/,
    ],
    [
      'a forged verdict',
      ({ certificate, scores }) => ({ certificate: { ...certificate, kind: 'certificate' as const, reasons: [] }, scores }),
      /^kind/m,
    ],
    [
      'a failure made a success',
      ({ certificate, scores }) => ({ certificate, scores: scores.map((score) => ({ ...score, success: true, audit: true })) }),
      /scoresHash/,
    ],
    [
      'failures left out',
      ({ scores }) => {
        const kept = scores.filter(({ success }) => success);
        return { scores: kept, certificate: makeCertificate(kept, { ...pretendContext(), wallSeconds: 1 }) };
      },
      /not the ones that the nonce draws/,
    ],
    [
      'another nonce',
      ({ certificate, scores }) => ({ certificate: { ...certificate, seeds: { ...certificate.seeds, nonce: '1'.repeat(64) } }, scores }),
      /not the one that was committed to/,
    ],
  ])('%s is found out', async (_, forge, message) => {
    saveCertificate(path, forge(await examine({ seed: 'middling', success: { default: 0.97 } })));
    expect(checkCertificate(path).differences.join('\n')).toMatch(message);
  });

  it('reads no scores from elsewhere', async () => {
    saveCertificate(path, await examine(good));
    writeFileSync(path, readFileSync(path, 'utf8').replace('"scores.jsonl"', '"../../etc/passwd"'));
    expect(() => checkCertificate(path)).toThrow(/a certificate of version 1/);
  });
});
