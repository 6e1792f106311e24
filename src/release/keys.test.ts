import { createHash, generateKeyPairSync } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError } from '../base/index.ts';
import { keyId, loadPrivateKey, makeKeyPair, parsePublicKey, publicKeyPem, savePrivateKey } from './keys.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keys-'));
  path = join(folder, 'deep', 'key.pem');
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('a private key on the disk', () => {
  it('comes back, and only its owner may read it', () => {
    const { privateKey, publicKey } = makeKeyPair();
    savePrivateKey(path, privateKey);
    expect(statSync(path).mode & 0o777).toBe(process.platform === 'win32' ? 0o666 : 0o600);
    expect(readFileSync(path, 'utf8')).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
    expect(loadPrivateKey(path).equals(privateKey)).toBe(true);
    expect(keyId(loadPrivateKey(path))).toBe(keyId(publicKey));
  });

  it('is never overwritten, and never written through a link', () => {
    savePrivateKey(path, makeKeyPair().privateKey);
    expect(() => savePrivateKey(path, makeKeyPair().privateKey)).toThrow(/there already/);
    const link = join(folder, 'link');
    symlinkSync(join(folder, 'elsewhere'), link);
    expect(() => savePrivateKey(link, makeKeyPair().privateKey)).toThrow(/save a private key/);
  });

  it.skipIf(process.platform === 'win32')('is refused where others may read it', () => {
    savePrivateKey(path, makeKeyPair().privateKey);
    chmodSync(path, 0o640);
    expect(() => loadPrivateKey(path)).toThrow(/mode 0640.*chmod 600/);
  });

  it('is refused where it is none', () => {
    const write = (content: string): string => {
      const file = join(folder, 'some.pem');
      writeFileSync(file, content, { mode: 0o600 });
      return file;
    };
    const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    expect(() => loadPrivateKey(join(folder, 'none'))).toThrow(/no such file/);
    expect(() => loadPrivateKey(write('-----BEGIN PRIVATE KEY-----\nno\n-----END PRIVATE KEY-----\n'))).toThrow(/can not be decoded/);
    expect(() => loadPrivateKey(write(publicKeyPem(makeKeyPair().publicKey)))).toThrow(/another beginning/);
    expect(() => loadPrivateKey(write(rsa))).toThrow(/type rsa/);
    expect(() => loadPrivateKey(write('x'.repeat(20_000)))).toThrow(ConfigError);
  });
});

describe('a public key', () => {
  it('comes back from PEM, and is called by the hash of its SPKI', () => {
    const { publicKey, privateKey } = makeKeyPair();
    expect(parsePublicKey(publicKeyPem(privateKey)).equals(publicKey)).toBe(true);
    const der = publicKey.export({ type: 'spki', format: 'der' });
    expect(keyId(publicKey)).toBe(createHash('sha256').update(der).digest('hex'));
    expect(() => parsePublicKey(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())).toThrow(/another beginning/);
  });
});
