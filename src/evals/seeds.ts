/**
 * Exam seeds by commit and reveal. Before training, random bytes are drawn and only their hash is written down; after it they are shown, and
 * the numbers of the exam tasks follow from them. So nobody, the trainer included, could know the tasks before, nor choose them afterwards.
 *
 * Number i of a slice is the first 53 bits of HMAC-SHA-256(nonce, label of gym, version, slice, i), repetitions left out.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { ConfigError, canonicalJson, hashBytes } from '../base/index.ts';
import type { Seed } from '../records/index.ts';

export interface SeedCommitment {
  /** 32 bytes, hexadecimal. A secret until the agent is finished. */
  readonly nonce: string;
  /** SHA-256 of the nonce's bytes, hexadecimal. */
  readonly commitment: string;
}

const NONCE = /^[0-9a-f]{64}$/;

/** A fresh nonce, or the given bytes as one, with its commitment. Throws `ConfigError` unless there are 32 bytes. */
export function commitNonce(bytes: Uint8Array = randomBytes(32)): SeedCommitment {
  if (bytes.byteLength !== 32)
    throw new ConfigError({ operation: 'commit to a nonce', got: `${bytes.byteLength} bytes`, expected: '32 random bytes' });
  const nonce = Buffer.from(bytes).toString('hex');
  return { nonce, commitment: commitmentOf(nonce) };
}

const commitmentOf = (nonce: string): string => hashBytes(Buffer.from(nonce, 'hex'));

/** Whether `nonce` is what `commitment` was made of. */
export const isRevealed = ({ nonce, commitment }: SeedCommitment): boolean => NONCE.test(nonce) && commitmentOf(nonce) === commitment;

export interface ExamNumbers {
  readonly nonce: string;
  readonly gym: string;
  readonly version: string;
  readonly slice: string;
  readonly count: number;
}

/** The first `count` task numbers of a slice's exam: below 2^53, each once. More of them begin with the same ones. */
export function examNumbers({ nonce, gym, version, slice, count }: ExamNumbers): readonly number[] {
  if (!NONCE.test(nonce)) throw new ConfigError({ operation: 'draw exam numbers', got: 'no nonce', expected: '64 hexadecimal digits' });
  const key = Buffer.from(nonce, 'hex');
  const drawn = new Set<number>();
  for (let i = 0; drawn.size < count; i++) {
    const digest = createHmac('sha256', key)
      .update(canonicalJson(['exam', 1, gym, version, slice, i]))
      .digest();
    drawn.add(Number(digest.readBigUInt64BE() >> 11n));
  }
  return [...drawn];
}

/** Throws `ConfigError` where training saw an exam task: one of these, or any task of the exam split. */
export function assertUnseen(examSeeds: readonly Seed[], trainingSeeds: Iterable<Seed>): void {
  const exam = new Set(examSeeds.map(({ n }) => n));
  let ours = 0;
  let others = 0;
  for (const { split, n } of trainingSeeds) {
    if (split !== 'exam') continue;
    if (exam.has(n)) ours++;
    else others++;
  }
  if (ours + others === 0) return;
  throw new ConfigError({
    operation: 'open the exam',
    got: `training data with ${ours + others} episodes of exam tasks, ${ours} of them of this very exam`,
    expected: 'none: an agent is not examined on what it was trained on',
    fix: 'train anew on the train split, and examine with a fresh nonce',
  });
}
