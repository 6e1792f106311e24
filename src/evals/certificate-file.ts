/** A certificate on the disk: the file with its raw scores beside it. Parsed where it comes in; what is written can be read. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, isAbsolute, join, normalize } from 'node:path';
import * as z from 'zod';
import { DataError, saveAtomically } from '../base/index.ts';
import type { Certificate, RawScore } from '../records/index.ts';
import { saveRawScores } from './raw-score.ts';

const number = z.number();
const share = z.number().min(0).max(1);
const count = z.int().nonnegative();
const hash = z.string().regex(/^[0-9a-f]{64}$/);

const planSchema = z.strictObject({
  alpha: z.number().gt(0).lt(1),
  slices: z
    .array(
      z.strictObject({
        slice: z.string(),
        method: z.enum(['sequential', 'fixed']),
        tasks: z.int().positive(),
        required: z.number().gt(0).lt(1),
        blocks: count,
        runs: z.int().positive(),
      }),
    )
    .min(1),
  audit: z.enum(['every', 'sample', 'none']),
  unresolvedLimit: share,
  neverEventsTolerated: count,
  abstention: z.strictObject({ risk: z.number().gt(0).lt(1), delta: z.number().gt(0).lt(1) }),
});

const sliceSchema = z.strictObject({
  slice: z.string(),
  n: count,
  successes: count,
  unresolved: count,
  alpha: share,
  attempt: z.int().positive(),
  lowerBound: share,
  lowerBoundResolved: share,
  method: z.enum(['sequential', 'fixed']),
  lowerBoundAudited: share.nullable(),
  audited: count,
  falseAccepts: count,
  required: share,
  isReached: z.boolean(),
  gateBound: share,
  neverEvents: z.strictObject({ n: count, tasks: count, episodes: count, names: z.record(z.string(), count), upperBound: share }),
  passK: z.array(z.strictObject({ k: z.int().positive(), blocks: count, passed: count, lowerBound: share })),
  abstained: share,
  successOfRest: share.nullable(),
});

const lineageSchema = z.strictObject({
  schemaVersion: z.literal(1),
  weights: z.string().nullable(),
  base: z.strictObject({ name: z.string(), weights: z.string() }).nullable(),
  gym: z.strictObject({ name: z.string(), version: z.string(), source: z.string() }),
  demonstrations: z.strictObject({ count, hash: z.string() }).nullable(),
  stages: z.array(z.strictObject({ stage: z.string(), episodes: count, tokens: number, seconds: number })),
  compartment: z.string(),
  seed: number,
  runtime: z.record(z.string(), z.string()),
  madeBy: z.string(),
});

const certificateSchema = z.strictObject({
  schemaVersion: z.literal(1),
  kind: z.enum(['certificate', 'no-certificate']),
  reasons: z.array(z.string()),
  agent: z.strictObject({ name: z.string(), policy: z.string(), parameters: number.nullable(), bytes: number.nullable() }),
  gym: z.strictObject({ name: z.string(), version: z.string(), proof: z.string() }),
  madeAt: z.iso.datetime(),
  seeds: z.strictObject({ nonce: hash, commitment: hash }),
  plan: planSchema,
  confidence: share,
  slices: z.array(sliceSchema),
  calibration: z
    .strictObject({ n: count, brier: share, baseRateBrier: share, expectedCalibrationError: share, auroc: share.nullable() })
    .nullable(),
  abstention: z
    .strictObject({ threshold: share.nullable(), risk: share, delta: share, coverage: share, errorUpperBound: share })
    .nullable(),
  jaggedness: z
    .strictObject({
      tau: number,
      tauLower: number,
      tauUpper: number.nullable(),
      worstSlice: z.string(),
      worstBound: share,
      range: share,
      expectedRange: share,
      rangeP: share,
    })
    .nullable(),
  cost: z.strictObject({
    decisionMs: number.nullable(),
    tokens: number.nullable(),
    seconds: number,
    episodesPerSecond: number,
    wallSeconds: z.number().nonnegative(),
  }),
  // Beside or below the certificate: whoever checks one that came from outside must not read elsewhere.
  scores: z.string().refine((path) => path !== '' && !isAbsolute(path) && !normalize(path).startsWith('..')),
  scoresHash: hash,
  lineage: lineageSchema,
});

/** Writes the scores first, so that a certificate on the disk always has them. */
export function saveCertificate(
  path: string,
  { certificate, scores }: { readonly certificate: Certificate; readonly scores: readonly RawScore[] },
): void {
  saveRawScores(scoresPath(path, certificate), scores);
  saveAtomically(path, `${JSON.stringify(certificate, null, 2)}\n`);
}

/** Where the raw scores of the certificate at `path` lie. */
export const scoresPath = (path: string, certificate: Pick<Certificate, 'scores'>): string => join(dirname(path), certificate.scores);

/** Throws `DataError` for what is no certificate. Whether it is true, `checkCertificate` tells. */
export function loadCertificate(path: string): Certificate {
  const operation = `read the certificate ${path}`;
  if (!existsSync(path)) throw new DataError({ operation, got: 'no such file', expected: 'a certificate as JSON' });
  try {
    return certificateSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    throw new DataError({ operation, got: String((cause as Error).message).slice(0, 300), expected: 'a certificate of version 1', cause });
  }
}
