/** The exam played for real: a gym of one button, a policy that sometimes gives up, a journal, an interruption, a ledger. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Random } from '../base/index.ts';
import type { Action, Gym, Observation, Policy, Score, Session, StopReason, Task } from '../records/index.ts';
import { type Journal, openJournal } from '../rollout/index.ts';
import { saveCertificate } from './certificate-file.ts';
import { certify } from './certify.ts';
import { checkCertificate } from './check-certificate.ts';
import { attemptNumbers, openAttempts, readAttempts } from './ledger.ts';
import { playExam } from './play-exam.ts';
import { pretendContext } from './pretend-exam.fixture.ts';

const SCREEN: Observation = { pieces: [{ kind: 'text', text: 'a button' }], targets: [], stop: null };

const gym: Gym = {
  manifest: {
    name: 'ledger-desk',
    version: '3',
    description: 'end with done',
    actions: { done: 'read', abstain: 'read' },
    limits: { steps: 5, seconds: 10 },
    invariants: {},
    slices: { base: { description: 'b' }, drift: { description: 'd' } },
  },
  task: (seed, slice = 'base'): Task => ({ schemaVersion: 1, gym: 'ledger-desk', gymVersion: '3', seed, slice, goal: [{ text: 'end' }] }),
  async open(task): Promise<Session> {
    let stop: StopReason | null = null;
    const score = async (): Promise<Score> => ({ success: stop === 'done', credit: stop === 'done' ? 1 : 0, broken: [], reasons: [] });
    return {
      task,
      goal: [{ kind: 'text', text: 'end' }],
      observe: async () => SCREEN,
      act: async ({ kind }: Action) => {
        stop = kind === 'done' ? 'done' : 'abstained';
        return { ...SCREEN, stop };
      },
      score,
      audit: score,
      close: async () => {},
    };
  },
};

/** Gives up on two tasks of a hundred. */
const policy: Policy = {
  async begin({ seed }) {
    const action: Action = { kind: new Random(seed).uniform() < 0.98 ? 'done' : 'abstain' };
    return {
      read: async () => ({ surpriseNats: 0.1 }),
      decide: async () => ({
        action,
        segment: { kind: 'act', pieces: [{ kind: 'word', word: action.kind }] },
        value: 0.9,
        logprobs: [-0.1],
      }),
      close: async () => {},
    };
  },
};

let folder: string;
let journal: Journal;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'play-exam-'));
  journal = openJournal(join(folder, 'exam.jsonl'));
});
afterEach(async () => {
  await journal.close();
  rmSync(folder, { recursive: true });
});

describe('an exam by rollout', () => {
  it('goes on where it was interrupted, spends one attempt, and its certificate is true', { timeout: 60_000 }, async () => {
    const context = pretendContext({ slices: ['base', 'drift'] });
    const part = async (stopAfter = Number.POSITIVE_INFINITY) => {
      const stop = new AbortController();
      let told = 0;
      const attempts = openAttempts({
        path: join(folder, 'attempts.jsonl'),
        run: 'r1',
        gym: 'ledger-desk',
        version: '3',
        slices: ['base', 'drift'],
        alpha: context.plan.alpha,
        commitment: context.seeds.commitment,
        agent: 'clicker',
      });
      const play = playExam({ gym, policy, policyId: 'clicker', journal, lanes: 3, signal: stop.signal });
      const onProgress = () => ++told === stopAfter && stop.abort();
      return certify({ ...context, attempts: attemptNumbers(attempts), play, onProgress });
    };
    const first = await part(20);
    expect(first.kind).toBe('interrupted');
    // Episodes that were under way may still be told of.
    expect(first.scores.length).toBeGreaterThanOrEqual(20);
    expect(first.scores.length).toBeLessThanOrEqual(23);
    const second = await part();
    if (second.kind !== 'finished') throw new Error('was interrupted');
    expect(second.scores.slice(0, first.scores.length)).toEqual(first.scores);
    expect(second.certificate.slices.map(({ attempt }) => attempt)).toEqual([1, 1]);
    expect(second.scores.every(({ success, audit }) => success === audit)).toBe(true);
    const path = join(folder, 'certificate.json');
    saveCertificate(path, second);
    expect(checkCertificate(path, { attempts: readAttempts(join(folder, 'attempts.jsonl')) }).differences).toEqual([]);
    expect(checkCertificate(path, { attempts: [] }).differences.join()).toMatch(/none with these seeds/);
    // Once more, from the journal alone: the same scores.
    expect((await part()).scores).toEqual(second.scores);
  });
});
