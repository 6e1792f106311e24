/**
 * A gym's proof on disk: what was tried, when, and on which code. Training asks for it; one that is missing, that failed, or that was made of
 * other code is refused.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { hashJson, saveAtomically } from '../base/index.ts';
import type { GymManifest } from '../records/index.ts';
import type { ClaimResult } from './check-gym.ts';
import { GymError } from './errors.ts';

const proofSchema = z.strictObject({
  schemaVersion: z.literal(1),
  gym: z.string(),
  version: z.string(),
  /** SHA-256 over the gym's own code and the harness's. */
  sourceHash: z.string().regex(/^[0-9a-f]{64}$/),
  checkedAt: z.iso.datetime(),
  passed: z.boolean(),
  claims: z.array(
    z.strictObject({
      claim: z.string(),
      passed: z.boolean(),
      tried: z.int().nonnegative(),
      failures: z.array(z.string()),
      note: z.string().exactOptional(),
    }),
  ),
});

export type Proof = z.infer<typeof proofSchema>;

export interface ProofPlace {
  readonly manifest: GymManifest;
  /** The gym's code. */
  readonly folder: string;
  /** Where its proof lies. */
  readonly proofPath: string;
}

/** Writes what `checkGym` found. */
export function saveProof({ manifest, folder, proofPath }: ProofPlace, claims: readonly ClaimResult[], checkedAt: Date): Proof {
  const proof: Proof = {
    schemaVersion: 1,
    gym: manifest.name,
    version: manifest.version,
    sourceHash: computeSourceHash(folder),
    checkedAt: checkedAt.toISOString(),
    passed: claims.every(({ passed }) => passed),
    claims: claims.map((claim) => ({ ...claim, failures: [...claim.failures] })),
  };
  saveAtomically(proofPath, `${JSON.stringify(proof, null, 2)}\n`);
  return proof;
}

/** The proof of a gym that may be trained on. Throws `GymError` where it is missing, unreadable, stale or failed. */
export function requireProof({ manifest, folder, proofPath }: ProofPlace): Proof {
  const fix = `npx journeyman gym check ${manifest.name}`;
  const refuse = (got: string): GymError =>
    new GymError({ operation: `use the gym ${manifest.name}`, got, expected: 'a gym that has proved itself as it is now', fix });
  if (!existsSync(proofPath)) throw refuse(`no proof at ${proofPath}`);
  let proof: Proof;
  try {
    proof = proofSchema.parse(JSON.parse(readFileSync(proofPath, 'utf8')));
  } catch (cause) {
    throw refuse(`a proof that can't be read (${String(cause).slice(0, 200)})`);
  }
  if (proof.gym !== manifest.name || proof.version !== manifest.version) throw refuse(`a proof of ${proof.gym}@${proof.version}`);
  if (proof.sourceHash !== computeSourceHash(folder)) throw refuse('a stale proof: the code has changed since');
  const failed = proof.claims.filter(({ passed }) => !passed);
  if (!proof.passed || failed.length > 0 || proof.claims.length === 0)
    throw refuse(`a failed proof (${failed.map(({ claim }) => claim).join('; ')})`);
  return proof;
}

/** SHA-256 over names and texts of a gym's code, and of the harness that it stands on; tests and documents don't count. */
export function computeSourceHash(folder: string): string {
  const roots = [folder, ...['gym', 'grammar', 'records'].map((name) => fileURLToPath(new URL(`../${name}`, import.meta.url)))];
  const files = roots.flatMap((root, i) =>
    readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter(
        (file) => /\.(?:ts|js|mjs|sql|html|css|json)$/.test(file) && !/\.test\.ts$|(?:^|[\\/])(?:proof\.json|node_modules)/.test(file),
      )
      .map((file) => [`${i}/${file.split(sep).join('/')}`, readFileSync(join(root, file), 'utf8')] as const),
  );
  return hashJson(files.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, text]) => [name, text]));
}

/** A path as people read it: from here where it is below. */
export const shownPath = (path: string): string => {
  const below = relative(process.cwd(), path);
  return below.startsWith('..') ? path : below;
};
