/** Content hashes: SHA-256, lower-case hexadecimal. */
import { createHash } from 'node:crypto';
import { canonicalJson, type Json } from './canonical-json.ts';

export function hashBytes(...parts: readonly (Uint8Array | string)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

export function hashJson(value: Json): string {
  return hashBytes(canonicalJson(value));
}
