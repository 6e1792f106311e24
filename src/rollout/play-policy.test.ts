import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { episodeId } from './episode-id.ts';
import { type PlayPolicyOptions, type PlayStep, playPolicy } from './play-policy.ts';
import { PressError, type PressFaults, PressGym, PressPolicy, type Script } from './press-gym.fixture.ts';

interface Setting {
  readonly faults?: PressFaults;
  readonly script?: Script;
  readonly options?: Partial<PlayPolicyOptions>;
}

async function play({ faults = {}, script = {}, options = {} }: Setting) {
  const [gym, policy] = [new PressGym(faults), new PressPolicy(script)];
  const job = { task: gym.task({ split: 'train', n: 1 }), lane: { seed: 'l' } };
  const playing = playPolicy({ gym, policy, policyId: 'p', ...job, ...options });
  const record = await playing.catch((error: unknown) => error);
  // Whatever happened: nothing stays open.
  expect([gym.closed, policy.closed]).toEqual([gym.opened, policy.begun]);
  if (record instanceof Error) throw record;
  return { record: await playing, policy };
}

const never = (): Promise<void> => new Promise(() => {});
const fail = (code: string, cause?: unknown) => (): never => {
  throw new PressError(code, cause);
};

describe('playPolicy', () => {
  it('records everything that was read and done, with the verdict', async () => {
    const steps: PlayStep[] = [];
    const { record, policy } = await play({
      script: { value: 0.25 },
      options: { audited: true, observer: (step) => steps.push(step) },
    });
    expect(record).toMatchObject({ stop: 'done', fault: null, tokens: 30, gym: 'press', lane: 'l', policy: 'p', slice: 'base' });
    expect(record.id).toBe(
      episodeId({ gym: 'press', gymVersion: '1', slice: 'base', seed: { n: 1, split: 'train' }, lane: 'l', policy: 'p' }),
    );
    expect(record.score).toEqual({ success: true, credit: 1, broken: [], reasons: [] });
    expect(record.audit).toEqual(record.score);
    const { segments } = record.transcript;
    expect(segments.map(({ kind }) => kind).join(' ')).toBe('goal observe act observe act observe act observe outcome');
    expect(segments.at(-1)).toEqual({ kind: 'outcome', pieces: [{ kind: 'word', word: 'success' }] });
    expect(record.steps).toHaveLength(3);
    expect(record.steps[0]).toMatchObject({ value: 0.25, logprobs: [-0.1], surpriseNats: 0.5 });
    expect(steps.map(({ segment }) => segment)).toEqual(segments);
    expect(steps[2]?.value).toBe(0.25);
    expect(steps[1]?.surpriseNats).toBe(0.5);
    // The last screen and the outcome need no answer.
    expect(policy.heard).toEqual(segments.filter(({ kind }) => kind === 'goal' || kind === 'observe').slice(0, -1));
    expect(policy.seeds).toEqual(['press@1/base/train/1/l']);
  });

  it('knows no number where the policy tells none', async () => {
    const { record } = await play({});
    expect(record.steps[0]).toMatchObject({ value: null });
    expect(record.audit).toBeNull();
    expect(JSON.parse(JSON.stringify(record))).toEqual(record);
  });

  it('scores the end state of a policy that failed', async () => {
    const atEnd = (step: number): void => {
      if (step === 2) throw new PressError('runtime');
    };
    const { record } = await play({ script: { decide: atEnd } });
    expect(record.fault).toMatchObject({ kind: 'policy', code: 'runtime' });
    expect(record).toMatchObject({ stop: null, tokens: 20, score: { success: false } });
    expect(record.transcript.segments.at(-1)?.kind).toBe('outcome');
    expect(record.steps).toHaveLength(2);
    // Without a verdict it has still failed.
    const both = await play({ script: { decide: atEnd }, faults: { score: fail('verifier') } });
    expect(both.record).toMatchObject({ fault: { kind: 'policy' }, score: null });
  });

  it('throws where the policy is gone for good, and where it could not begin', async () => {
    const begin = (count: number): void => {
      if (count > 0) throw new PressError('runtime');
    };
    const gym = new PressGym();
    const options = { gym, task: gym.task({ split: 'train', n: 1 }), lane: { seed: 'l' }, policyId: 'p' };
    await expect(playPolicy({ ...options, policy: new PressPolicy({ begin, decide: fail('runtime') }) })).rejects.toThrow(PressError);
    await expect(playPolicy({ ...options, policy: new PressPolicy({ begin: fail('runtime') }) })).rejects.toThrow(PressError);
    expect(gym.closed).toBe(2);
  });

  it.each([
    ['opening', { open: fail('infrastructure') }, 0],
    ['acting', { act: fail('session') }, 3],
    ['scoring', { score: fail('infrastructure') }, 8],
    ['scoring, told by the verifier', { score: fail('verifier', new PressError('infrastructure')) }, 8],
  ] as const)('gives no score to a sandbox that failed while %s', async (_, faults, segments) => {
    const { record } = await play({ faults });
    expect(record).toMatchObject({ score: null, fault: { kind: 'infrastructure' } });
    expect(record.transcript.segments).toHaveLength(segments);
  });

  it('tells a verifier that throws from one that says nothing', async () => {
    const plain = (): never => {
      throw new TypeError('no table');
    };
    const { record } = await play({ faults: { score: plain } });
    expect(record).toMatchObject({ stop: 'done', score: null, fault: { kind: 'verifier', code: 'unknown', message: 'no table' } });
    const silent = await play({ faults: { isWithoutScore: true } });
    expect(silent.record).toMatchObject({ fault: null, score: { success: null } });
    expect(silent.record.transcript.segments.at(-1)).toEqual({ kind: 'outcome', pieces: [] });
    const audit = await play({ faults: { audit: plain }, options: { audited: true } });
    expect(audit.record).toMatchObject({ score: { success: true }, audit: null, fault: { kind: 'verifier' } });
  });

  it("throws mistakes of programs and of the caller's", async () => {
    const broken = (): never => {
      throw new TypeError('undefined is not a function');
    };
    await expect(play({ script: { decide: broken } })).rejects.toThrow(TypeError);
    await expect(play({ faults: { act: broken } })).rejects.toThrow(TypeError);
    await expect(play({ faults: { open: fail('gym') } })).rejects.toThrow(PressError);
  });

  it('gives the fault to whoever used up the time', async () => {
    const sandbox = await play({ faults: { act: never }, options: { secondsLimit: 0.1 } });
    expect(sandbox.record).toMatchObject({ score: null, stop: null, fault: { kind: 'infrastructure', code: 'timeout' } });
    const policy = await play({ script: { decide: never }, options: { secondsLimit: 0.1 } });
    expect(policy.record).toMatchObject({ score: { success: false }, stop: null, fault: { kind: 'policy', code: 'timeout' } });
    expect(policy.record.fault?.message).toMatch(/0\.1 s of the episode were used up: 0\.1 s by the policy, 0\.0 s by the sandbox/);
  });

  it('closes a session that opens when nobody waits any more', async () => {
    const gym = new PressGym({ open: () => sleep(150) });
    const task = gym.task({ split: 'train', n: 0 });
    const record = await playPolicy({ gym, task, lane: { seed: 'l' }, policy: new PressPolicy(), policyId: 'p', secondsLimit: 0.05 });
    expect(record).toMatchObject({ fault: { kind: 'infrastructure', code: 'timeout' }, transcript: { segments: [] } });
    expect(gym.closed).toBe(0);
    await sleep(200);
    expect(gym.closed).toBe(1);
  });

  it('closes a player that has to be at rest for it', async () => {
    const script = { decide: () => sleep(200), isClosedAtRest: true };
    const { record } = await play({ script, options: { secondsLimit: 0.05 } });
    expect(record.fault).toMatchObject({ kind: 'policy', code: 'timeout' });
    await expect(play({ script, options: { signal: AbortSignal.timeout(50) } })).rejects.toThrow('timeout');
  });

  it('counts the steps where the session does not', async () => {
    const { record } = await play({ script: { more: 100 } });
    expect(record).toMatchObject({ stop: 'steps', score: { success: false } });
    expect(record.steps).toHaveLength(8);
  });

  it('gives up without a record when it is interrupted', async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(new Error('enough')), 50);
    await expect(play({ script: { decide: never }, options: { signal: stop.signal } })).rejects.toThrow('enough');
    await expect(play({ options: { signal: stop.signal } })).rejects.toThrow('enough');
  });
});
