/** Whose signature counts in this working folder: the public keys of those who may sign off a release. */
import type { KeyObject } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { saveAtomically } from '../../src/base/index.ts';
import { keyId, parsePublicKey, publicKeyPem } from '../../src/release/index.ts';

export const TRUSTED = join('.journeyman', 'trusted');

/** Throws `ConfigError` for a file that is no public key. */
export const loadTrusted = (): KeyObject[] =>
  existsSync(TRUSTED)
    ? readdirSync(TRUSTED)
        .filter((name) => name.endsWith('.pem'))
        .map((name) => parsePublicKey(readFileSync(join(TRUSTED, name), 'utf8')))
    : [];

/** Returns where the public half lies from now on. */
export function trust(key: KeyObject): string {
  mkdirSync(TRUSTED, { recursive: true });
  const path = join(TRUSTED, `${keyId(key).slice(0, 12)}.pem`);
  saveAtomically(path, publicKeyPem(key));
  return path;
}
