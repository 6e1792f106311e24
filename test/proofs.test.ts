/** The proofs that are committed are those of the code that is: whoever changes a gym or the harness proves the gyms again. */
import { expect, it } from 'vitest';
import { loadGym, requireProof } from '../src/gym/index.ts';

it.each(['countdown', 'warehouse', 'invoices'])('%s has proved itself as it is now', async (name) => {
  const proof = requireProof(await loadGym(name));
  expect(proof.claims.length).toBe(8);
  for (const { tried } of proof.claims) expect(tried).toBeGreaterThan(0);
});
