import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigError, DataError } from '../base/index.ts';
import {
  type Envelope,
  LARGEST_ENVELOPE_BYTES,
  loadEnvelope,
  openEnvelope,
  parseEnvelope,
  preAuthenticationEncoding,
  signEnvelope,
  spellEnvelope,
} from './envelope.ts';
import { makeKeyPair } from './keys.ts';

const TYPE = 'http://example.com/HelloWorld';
const body = Buffer.from('hello world');
const mine = makeKeyPair();
const other = makeKeyPair();
const signed = signEnvelope({ payloadType: TYPE, payload: body }, [mine.privateKey]);
const open = (envelope: Envelope, keys = [mine.publicKey]) => openEnvelope(envelope, { trustedKeys: keys, payloadType: TYPE });
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');

describe('the pre-authentication encoding', () => {
  // secure-systems-lab/dsse, protocol.md, Test Vectors
  it("is the specification's own example", () => {
    expect(text(preAuthenticationEncoding(TYPE, body))).toBe('DSSEv1 29 http://example.com/HelloWorld 11 hello world');
  });

  // secure-systems-lab/go-securesystemslib, dsse/dsse_test.go, TestPAE, Empty
  it('counts bytes, not characters, and nothing as 0', () => {
    expect(text(preAuthenticationEncoding('', new Uint8Array()))).toBe('DSSEv1 0  0 ');
    expect(text(preAuthenticationEncoding('é', Buffer.from('ü€')))).toBe('DSSEv1 2 é 5 ü€');
  });

  it('spells no two pairs alike', () => {
    const part = fc.string({ unit: fc.constantFrom(' ', '1', '0', 'a'), maxLength: 6 });
    fc.assert(
      fc.property(part, part, part, part, (type, payload, otherType, otherPayload) => {
        const isSame = type === otherType && payload === otherPayload;
        const [a, b] = [
          preAuthenticationEncoding(type, Buffer.from(payload)),
          preAuthenticationEncoding(otherType, Buffer.from(otherPayload)),
        ];
        expect(text(a) === text(b)).toBe(isSame);
      }),
      { seed: 5 },
    );
  });
});

describe('a signature', () => {
  // RFC 8032, section 7.1, TEST 2; keys wrapped as RFC 8410 has them.
  it('is Ed25519 as the RFC has it', () => {
    const der = (prefix: string, raw: string) => Buffer.from(prefix + raw, 'hex');
    const secret = der('302e020100300506032b657004220420', '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb');
    const privateKey = createPrivateKey({ key: secret, format: 'der', type: 'pkcs8' });
    const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).toString('hex');
    expect(spki).toBe('302a300506032b65700321003d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c');
    expect(sign(null, Buffer.from('72', 'hex'), privateKey).toString('hex')).toBe(
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    );
  });

  it('opens for a trusted key, also among others, without a keyid and in URL-safe base64', () => {
    const back = parseEnvelope(spellEnvelope(signed));
    expect(text(open(back).payload)).toBe('hello world');
    const [only] = signed.signatures;
    const sig = (only?.sig ?? '').replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
    expect(open({ ...signed, signatures: [{ keyid: '', sig }] }, [other.publicKey, mine.publicKey]).keyIds).toEqual([only?.keyid]);
    expect(parseEnvelope(JSON.stringify({ ...signed, signatures: [{ sig }] })).signatures).toEqual([{ keyid: '', sig }]);
  });

  it('is the same for the same bytes', () => {
    expect(signEnvelope({ payloadType: TYPE, payload: body }, [mine.privateKey])).toEqual(signed);
  });

  it('does not survive a change of any byte of payload, type or signature', () => {
    fc.assert(
      fc.property(fc.constantFrom('payload', 'sig'), fc.nat(), fc.integer({ min: 1, max: 255 }), (part, place, change) => {
        const flip = (base64: string): string => {
          const bytes = Buffer.from(base64, 'base64');
          const at = place % bytes.length;
          bytes[at] = (bytes[at] as number) ^ change;
          return bytes.toString('base64');
        };
        const [only = { keyid: '', sig: '' }] = signed.signatures;
        const altered =
          part === 'payload' ? { ...signed, payload: flip(signed.payload) } : { ...signed, signatures: [{ ...only, sig: flip(only.sig) }] };
        expect(() => open(altered)).toThrow(/one of them was altered/);
      }),
      { seed: 6, numRuns: 60 },
    );
    expect(() => openEnvelope({ ...signed, payloadType: 'x' }, { trustedKeys: [mine.publicKey], payloadType: 'x' })).toThrow(/altered/);
  });
});

describe('openEnvelope', () => {
  it('says when nobody signed, when nobody known did, and when there is nobody to trust', () => {
    expect(() => open({ ...signed, signatures: [] })).toThrow(/no signature, expected at least one/);
    expect(() => open(signed, [other.publicKey])).toThrow(/unknown keys only/);
    expect(() => open(signed, [])).toThrow(/there is none/);
    expect(() => open({ ...signed, signatures: [{ keyid: '', sig: 'AAAA' }] })).toThrow(/unknown keys only \(without a name\)/);
  });

  it('is not misled by a keyid', () => {
    const [only = { keyid: '', sig: '' }] = signEnvelope({ payloadType: TYPE, payload: body }, [other.privateKey]).signatures;
    const stolen = { ...signed, signatures: [{ keyid: signed.signatures[0]?.keyid ?? '', sig: only.sig }] };
    expect(() => open(stolen)).toThrow(DataError);
  });

  it('refuses another type than the one asked for, although it is signed', () => {
    expect(() => openEnvelope(signed, { trustedKeys: [mine.publicKey], payloadType: 'y' })).toThrow(/the type http/);
  });

  it('counts different keys, not signatures, where several must sign', () => {
    const twice = { ...signed, signatures: [...signed.signatures, ...signed.signatures] };
    const trusted = { trustedKeys: [mine.publicKey, mine.publicKey, other.publicKey], payloadType: TYPE, threshold: 2 };
    expect(() => openEnvelope(twice, trusted)).toThrow(/by 1 trusted keys, expected 2/);
    const both = signEnvelope({ payloadType: TYPE, payload: body }, [mine.privateKey, other.privateKey]);
    expect(openEnvelope(both, trusted).keyIds).toHaveLength(2);
    expect(() => openEnvelope(both, { ...trusted, threshold: Number.NaN })).toThrow(DataError);
  });

  it('takes only Ed25519 keys, and of each the right half', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 });
    expect(() => signEnvelope({ payloadType: TYPE, payload: body }, [rsa.privateKey])).toThrow(ConfigError);
    expect(() => open(signed, [rsa.publicKey])).toThrow(ConfigError);
    expect(() => open(signed, [mine.privateKey])).toThrow(/the public half/);
    expect(() => signEnvelope({ payloadType: TYPE, payload: body }, [mine.publicKey])).toThrow(/the private half/);
  });
});

describe('an envelope from outside', () => {
  it.each([
    ['no JSON', '{'],
    ['another thing', '{"payload":"","payloadType":"x"}'],
    ['no base64', '{"payload":"a*","payloadType":"x","signatures":[]}'],
    ['half a byte', '{"payload":"AAAAA","payloadType":"x","signatures":[]}'],
    ['numbers', '{"payload":1,"payloadType":"x","signatures":[]}'],
  ])('that is malformed (%s) is refused', (_, spelled) => {
    expect(() => parseEnvelope(spelled)).toThrow(/what is no envelope/);
  });

  it('ignores what it does not know: that is not signed', () => {
    expect(parseEnvelope(JSON.stringify({ ...signed, more: 1 }))).toEqual(signed);
  });

  it('that is too large is refused, on the disk before it is read', () => {
    const folder = mkdtempSync(join(tmpdir(), 'envelope-'));
    try {
      const path = join(folder, 'e.json');
      writeFileSync(path, ' '.repeat(LARGEST_ENVELOPE_BYTES + 1));
      expect(() => loadEnvelope(path)).toThrow(`${LARGEST_ENVELOPE_BYTES + 1} bytes, expected at most`);
      expect(() => parseEnvelope(' '.repeat(LARGEST_ENVELOPE_BYTES + 1))).toThrow(/bytes, expected at most/);
      expect(() => loadEnvelope(join(folder, 'none'))).toThrow(/no such file/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
