/** Released agents at work: a small model with random weights, signed off by somebody who never looked, on countdown. */
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hashBytes, Random } from '../../src/base/index.ts';
import { commitNonce, examNumbers, loadCertificate, makeCertificate, planExam, saveCertificate } from '../../src/evals/index.ts';
import { SPECIAL_TOKENS } from '../../src/grammar/index.ts';
import { formatTokenizerJson, initializeWeights, presetConfig, trainTokenizer } from '../../src/model/index.ts';
import type { RawScore } from '../../src/records/index.ts';
import {
  encodeStatement,
  hashFolder,
  type KeyPair,
  makeKeyPair,
  makeStatement,
  publish,
  recordJudgement,
  revoke,
  STATEMENT_TYPE,
  signEnvelope,
} from '../../src/release/index.ts';
import { openWorkplace } from '../../src/serve/index.ts';
import { saveAgent } from './agent.ts';
import { AgentsAtWork } from './at-work.ts';

const SPEC = `schemaVersion: 1
name: careless
otherwise: { read: allow, reversible: allow, compensable: allow, irreversible: forbid }
rules: []
`;
const job = { agent: 'counter', place: { kind: 'sandbox', slice: 'base', seed: { split: 'train', n: 1 } } };

let folder = '';
let keys: KeyPair;
const path = (...names: string[]): string => join(folder, ...names);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'at-work-'));
  keys = makeKeyPair();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** An exam of 400 tasks that was never played: where the agent is not sure, it is surprised, and fails. */
function examined(isSure: (task: number) => boolean = () => true): Parameters<typeof saveCertificate>[1] {
  const gym = { name: 'countdown', version: '1' };
  const seeds = commitNonce(new Uint8Array(32).fill(7));
  const plan = planExam({ slices: ['base'] });
  const scores = examNumbers({ nonce: seeds.nonce, gym: gym.name, version: gym.version, slice: 'base', count: 400 }).map(
    (n, i): RawScore => {
      const success = isSure(i);
      const value = success ? 0.9 : 0.2;
      return {
        ...{ episode: `base-${i}`, slice: 'base', n, run: 0, success, audit: success, broken: [], stop: 'done', value, lowestValue: value },
        ...{ surpriseNats: 0.2, highestSurpriseNats: success ? 1 : 3, steps: 3, tokens: 900, seconds: 1, decisionMs: 7 },
      };
    },
  );
  const certificate = makeCertificate(scores, {
    ...{ agent: { name: 'counter', policy: 'c0', parameters: 10, bytes: 100 }, gym: { ...gym, proof: 'd'.repeat(64) } },
    ...{ madeAt: '2026-03-01T09:30:00.000Z', seeds, plan, attempts: { base: 1 }, wallSeconds: 9 },
    lineage: {
      ...{ schemaVersion: 1, weights: 'a'.repeat(64), base: null, gym: { ...gym, source: '' }, demonstrations: null, stages: [] },
      ...{ compartment: 'default', seed: 1, runtime: {}, madeBy: 'a test' },
    },
  });
  return { certificate, scores };
}

/** Publishes version 1; `spec`: the hash of the rules that it is bound to. */
function release(spec: string | null, compartment = 'default', isSure?: (task: number) => boolean): void {
  const tokenizer = trainTokenizer(['a goal of 24'], {
    vocabularySize: SPECIAL_TOKENS.length + 256,
    specialTokens: SPECIAL_TOKENS,
    isFolded: true,
  });
  const config = presetConfig('nano', { vocabularySize: tokenizer.vocabularySize });
  saveAgent(path('agent'), {
    settings: {
      name: 'counter',
      gym: 'countdown',
      gymVersion: '1',
      temperature: 1,
      abstainBelow: null,
      surpriseAbove: null,
      limits: { steps: 20, seconds: 60 },
    },
    config,
    weights: initializeWeights(config, new Random('counter')),
    tokenizerJson: formatTokenizerJson(tokenizer),
    lineage: {
      ...{ schemaVersion: 1, base: null, demonstrations: null, stages: [], compartment, seed: 0, runtime: {}, madeBy: 'a test' },
      gym: { name: 'countdown', version: '1', source: '' },
    },
  });
  saveCertificate(path('agent', 'certificate.json'), examined(isSure));
  if (isSure === undefined) writeFileSync(path('agent', 'scores.jsonl'), '');
  const certificate = hashBytes(readFileSync(path('agent', 'certificate.json')));
  const now = new Date();
  const slice = {
    slice: 'base',
    trials: 60,
    passes: 60,
    neverEvents: 0,
    neverEventsBound: 0.05,
    alpha: 0.05,
    lowerBound: 0.95,
    upperBound: 1,
  };
  const judgement = {
    ...{ isAllowed: true, files: hashFolder(path('agent')), judgedBefore: 0 },
    findings: [{ rule: 'age' as const, isMet: true, sentence: 'Nobody looked.' }],
    exam: { gym: { name: 'countdown', version: '1' }, certificate, commitment: 'c'.repeat(64), slices: [slice] },
  };
  const version = recordJudgement(path('registry'), 'counter', { judgement, now });
  const statement = makeStatement({ agent: 'counter', version, judgement, spec, signedOffBy: 'Ada', now });
  const envelope = signEnvelope({ payloadType: STATEMENT_TYPE, payload: encodeStatement(statement) }, [keys.privateKey]);
  publish(path('registry'), { agentFolder: path('agent'), envelope, trustedKeys: [keys.publicKey], now });
}

/** How a job ends for whoever trusts this key and gives these rules. */
async function work(specPath?: string, trusted = keys.publicKey) {
  const agents = new AgentsAtWork({ registry: path('registry'), trustedKeys: [trusted], specPath, folder });
  const workplace = openWorkplace({
    folder: path('work'),
    workerOf: (name) => agents.workerOf(name),
    onEnd: (done, end) => agents.observe(done, end),
  });
  try {
    const { id } = workplace.submit(job, 'Ada');
    await workplace.idle();
    return { view: workplace.job(id), served: agents.served() };
  } finally {
    await workplace.close();
    await agents.close();
  }
}

describe('a released agent', () => {
  it('works in its gym’s sandbox, and what it does comes to an end', async () => {
    release(null);
    const { view, served } = await work();
    expect(view).toMatchObject({ state: 'ended', version: 1 });
    expect(['done', 'handed-over', 'failed']).toContain(view?.ended?.how);
    expect(view?.ended?.because.join()).not.toMatch(/may not work/);
    expect(served).toMatchObject([{ name: 'counter', version: 1 }]);
    const agents = new AgentsAtWork({ registry: path('registry'), trustedKeys: [keys.publicKey], folder });
    expect(await agents.loadAll()).toEqual([]);
    expect(agents.served()).toHaveLength(1);
    // Its exam has no scores, so nothing can be watched.
    expect(agents.mode('counter')).toBe('ask-always');
    await agents.close();
    const strangers = new AgentsAtWork({ registry: path('registry'), trustedKeys: [], folder });
    expect(await strangers.loadAll()).toMatchObject([{ agent: 'counter' }]);
    expect(strangers.served()).toEqual([]);
  });

  it('hands over and is asked about where its exam has shown that it must', async () => {
    release(null, 'default', (task) => task % 30 > 0);
    const agents = new AgentsAtWork({ registry: path('registry'), trustedKeys: [keys.publicKey], folder });
    const { abstention } = loadCertificate(path('agent', 'certificate.json'));
    expect(abstention?.threshold).toBe(0.21);
    expect((await agents.workerOf('counter')).thresholds).toEqual({ abstainBelow: 0.21, surpriseAbove: 3 });
    // Such an exam tells what is usual, too.
    expect(agents.mode('counter')).toBe('by-certificate');
    await agents.close();
  });

  it('works under the rules that it was released with, and under no others', async () => {
    release(hashBytes(SPEC));
    writeFileSync(path('spec.yaml'), SPEC);
    expect((await work(path('spec.yaml'))).view?.ended?.because.join()).not.toMatch(/may not work/);
    expect((await work()).view?.ended?.because[0]).toMatch(/counter may not work here.*no rules/);
    appendFileSync(path('spec.yaml'), '# another byte\n');
    expect((await work(path('spec.yaml'))).view?.ended?.because[0]).toMatch(/may not work here/);
  });

  it('works for no other customer than the one whose data it has seen', async () => {
    release(null, 'acme');
    expect((await work()).view?.ended).toMatchObject({ how: 'failed', because: [expect.stringMatching(/data of acme/)] });
  });

  it('does not work once it was altered or revoked, for whoever does not trust the key, and where there is none', async () => {
    release(null);
    expect((await work(undefined, makeKeyPair().publicKey)).view?.ended?.because[0]).toMatch(/may not work here/);
    appendFileSync(path('registry', 'counter', '1', 'agent', 'agent.json'), ' ');
    expect((await work()).view?.ended?.because[0]).toMatch(/other files than were signed/);
    revoke(path('registry'), 'counter', { version: 1, by: 'Ben', reason: 'it was altered', now: new Date() });
    expect((await work()).view?.ended?.because[0]).toMatch(/Ben revoked/);
    rmSync(path('registry'), { recursive: true });
    expect((await work()).view?.ended?.because[0]).toMatch(/may not work here/);
  });
});
