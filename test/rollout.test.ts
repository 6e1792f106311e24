/** A random model is rolled out in a real gym, alone and with the gym's expert beside it: the records hold what the engine saw. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gymModule } from '../gyms/countdown/gym.ts';
import { Random } from '../src/base/index.ts';
import { Engine, enginePolicy } from '../src/engine/index.ts';
import { encodeTranscript, SPECIAL_TOKENS, type TextCodec } from '../src/grammar/index.ts';
import type { EpisodeRecord, Transcript } from '../src/records/index.ts';
import { advisedPolicy, type Job, jobsFor, openJournal, type RolloutOptions, readJournal, rollout } from '../src/rollout/index.ts';
import { randomModel } from './random-model.ts';

const codec: TextCodec = {
  encodeText: (text) => [...Buffer.from(text)].map((byte) => SPECIAL_TOKENS.length + byte),
  decode: (ids) => Buffer.from(ids.map((id) => id - SPECIAL_TOKENS.length)).toString(),
};
const { gym } = gymModule;

describe('a rollout of a network', () => {
  let folder: string;
  let engine: Engine;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'journeyman-rollout-'));
    const { config, weights } = randomModel('rollout', { vocabularySize: SPECIAL_TOKENS.length + 256, contextLength: 768 });
    engine = await Engine.start(config, weights);
  }, 60_000);
  afterAll(async () => {
    await engine?.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  async function roll(name: string, options: Partial<RolloutOptions> = {}): Promise<EpisodeRecord[]> {
    const journal = openJournal(join(folder, name));
    const policy = enginePolicy({ engine, codec, temperature: 1 });
    const jobs = jobsFor({ gym, split: 'train', count: 12 });
    await rollout({ gym, policy, policyId: 'random', jobs, journal, lanes: 6, ordered: true, audited: true, ...options });
    await journal.close();
    return [...readJournal(join(folder, name))].sort((a, b) => a.seed.n - b.seed.n);
  }

  it('records what the engine read, whoever played beside it', { timeout: 60_000 }, async () => {
    const records = await roll('alone.jsonl');
    expect(records).toHaveLength(12);
    for (const { fault, tokens, transcript, steps, score, audit } of records) {
      // A random model plays on until its context is full, or ends by chance.
      expect(fault === null || fault.kind === 'policy').toBe(true);
      if (fault === null) expect(tokens).toBe(lengthOf(read(transcript)));
      expect(audit?.success).toBe(score?.success);
      for (const { value, surpriseNats, logprobs } of steps) {
        expect(value).not.toBeNull();
        expect(surpriseNats).toBeGreaterThan(0);
        expect(logprobs.every((logprob) => logprob <= 0) && logprobs.length > 0).toBe(true);
      }
    }
    expect(records.flatMap(({ steps }) => steps).length).toBeGreaterThan(12);
    // Alone or with others: each lane draws its own.
    const one = await roll('one.jsonl', { lanes: 1, jobs: [...jobsFor({ gym, split: 'train', from: 7, count: 1 })] });
    expect(one[0]?.transcript.segments).toEqual(records[7]?.transcript.segments);
  });

  it('is advised by the expert, and succeeds', { timeout: 60_000 }, async () => {
    const policy = ({ task }: Job) =>
      advisedPolicy({
        policy: enginePolicy({ engine, codec, temperature: 1 }),
        adviser: () => gymModule.expert(task, { random: new Random(task.seed.n) }),
      });
    const records = await roll('advised.jsonl', { policy });
    for (const { score, fault, tokens, transcript, steps } of records) {
      expect(fault).toBeNull();
      expect(score?.success).toBe(true);
      // Where it came to a decision each time.
      if (steps.every(({ value }) => value !== null)) expect(tokens).toBe(lengthOf(read(transcript)));
      expect(steps.every(({ advice }) => advice?.kind === 'act')).toBe(true);
      expect(steps.some(({ logprobs }) => logprobs.length === 0)).toBe(true);
    }
  });

  /** What the player read: neither the last screen nor the outcome. */
  const read = ({ segments }: Transcript): Transcript => ({ schemaVersion: 1, segments: segments.slice(0, -2) });
  const lengthOf = (transcript: Transcript): number => encodeTranscript(transcript, codec).tokens.length;
});
