/** A gym's manifest, checked where it comes in. */
import * as z from 'zod';
import { type GymManifest, RISKS, VERBS } from '../records/index.ts';
import { GymError } from './errors.ts';

const description = z.string().min(1).max(2000);

const manifestSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9]+(?:[-/][a-z0-9]+)*$/, 'lower-case words joined by hyphens'),
  version: z.string().min(1).max(40),
  description,
  actions: z.partialRecord(z.enum(VERBS), z.enum(RISKS)).refine((actions) => Object.keys(actions).length > 0, 'at least one action'),
  limits: z.strictObject({ steps: z.int().positive().max(100_000), seconds: z.number().positive() }),
  invariants: z.record(z.string(), description),
  slices: z
    .record(z.string().regex(/^[a-z0-9-]+$/), z.strictObject({ description }))
    .refine((slices) => Object.keys(slices)[0] === 'base', "the slice 'base' first"),
});

/** Throws `GymError` that names every field that is wrong. */
export function parseManifest(manifest: unknown): GymManifest {
  const parsed = manifestSchema.safeParse(manifest);
  if (parsed.success) return parsed.data as GymManifest;
  const name = typeof manifest === 'object' && manifest !== null && 'name' in manifest ? String(manifest.name).slice(0, 80) : 'a gym';
  throw new GymError({
    operation: `read the manifest of ${name}`,
    got: parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'manifest'}: ${message}`).join('; '),
    expected: 'name, version, description, actions with risks, limits, invariants, slices with base first',
  });
}
