/**
 * Ed25519 keys (RFC 8032) as everybody stores them: the private one as PKCS#8 PEM that only its owner may read, the public one as SPKI PEM
 * (RFC 8410). A key is called by the SHA-256 of its SPKI DER. Not a keyring: which public keys are trusted, whoever verifies says.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, KeyObject } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { ConfigError, hashBytes, RuntimeError, syncFolder } from '../base/index.ts';

export interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** A PEM of one Ed25519 key has about 120 bytes. */
const LARGEST_BYTES = 10_000;
const OTHERS_MAY = 0o077;

/** A fresh pair from the system's random source. */
export const makeKeyPair = (): KeyPair => generateKeyPairSync('ed25519');

/** SHA-256 (hex) of the public key's SPKI DER; of a private key, its public half's. */
export const keyId = (key: KeyObject): string => hashBytes(publicHalf(key).export({ type: 'spki', format: 'der' }));

/** SPKI PEM of a public key, or of a private key's public half. */
export const publicKeyPem = (key: KeyObject): string => publicHalf(key).export({ type: 'spki', format: 'pem' }).toString();

const publicHalf = (key: KeyObject): KeyObject => (key.type === 'private' ? createPublicKey(key) : key);

/** Writes PKCS#8 PEM with mode 0600. Throws `ConfigError` where a file stands already: a private key that is overwritten is lost. */
export function savePrivateKey(path: string, key: KeyObject): void {
  const operation = `save a private key as ${path}`;
  if (existsSync(path))
    throw new ConfigError({ operation, got: 'a file that is there already', expected: 'a new path', fix: 'choose another one' });
  requireEd25519(key, { operation, type: 'private' });
  try {
    mkdirSync(dirname(path), { recursive: true });
    // wx: never through a link, never over what came meanwhile; the mode holds from the first byte on.
    const file = openSync(path, 'wx', 0o600);
    try {
      writeSync(file, key.export({ type: 'pkcs8', format: 'pem' }).toString());
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    syncFolder(dirname(path));
  } catch (cause) {
    const expected = 'a folder that can be written';
    throw new RuntimeError({
      operation,
      got: (cause as Error).message,
      expected,
      fix: 'remove what was begun, and free some space',
      cause,
    });
  }
}

/** Throws `ConfigError` for what is no Ed25519 key in PKCS#8 PEM, or what others on this machine may read. */
export function loadPrivateKey(path: string): KeyObject {
  const operation = `load the private key ${path}`;
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats?.isFile() || stats.size > LARGEST_BYTES)
    throw new ConfigError({ operation, got: stats ? 'something else' : 'no such file', expected: 'a private key as PEM' });
  if (process.platform !== 'win32' && (stats.mode & OTHERS_MAY) !== 0)
    throw new ConfigError({
      operation,
      got: `a file with mode ${(stats.mode & 0o777).toString(8).padStart(4, '0')}`,
      expected: 'a key that only its owner may read',
      fix: `chmod 600 ${path}; if somebody else could read it, make a new key and distrust this one`,
    });
  return parseKey(readFileSync(path, 'utf8'), { operation, label: 'PRIVATE KEY', parse: createPrivateKey, type: 'private' });
}

/** A public key from SPKI PEM. Throws `ConfigError` for anything else, a private key included. */
export function parsePublicKey(pem: string): KeyObject {
  return parseKey(pem, { operation: 'parse a public key', label: 'PUBLIC KEY', parse: createPublicKey, type: 'public' });
}

interface Wanted {
  readonly operation: string;
  readonly type: 'private' | 'public';
}

function parseKey(
  pem: string,
  { label, parse, ...wanted }: Wanted & { readonly label: string; readonly parse: (pem: string) => KeyObject },
): KeyObject {
  const expected = `an Ed25519 key as PEM that begins with -----BEGIN ${label}-----`;
  // Node derives a public key from a private PEM as well; whoever hands over the wrong one should know.
  if (!pem.trimStart().startsWith(`-----BEGIN ${label}-----`))
    throw new ConfigError({ operation: wanted.operation, got: 'another beginning', expected });
  let key: KeyObject;
  try {
    key = parse(pem);
  } catch (cause) {
    throw new ConfigError({ operation: wanted.operation, got: 'a key that can not be decoded', expected, cause });
  }
  requireEd25519(key, wanted);
  return key;
}

/** Throws `ConfigError` for a key of another algorithm or of the other half. */
export function requireEd25519(key: KeyObject, { operation, type }: Wanted): void {
  if (key instanceof KeyObject && key.asymmetricKeyType === 'ed25519' && key.type === type) return;
  throw new ConfigError({
    operation,
    got: `a ${key.type} key of type ${key.asymmetricKeyType ?? 'unknown'}`,
    expected: `the ${type} half of an Ed25519 key`,
    fix: 'make a pair with makeKeyPair',
  });
}
