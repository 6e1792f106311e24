/**
 * DSSE: bytes, their type, and signatures over both (secure-systems-lab/dsse, protocol v1.0.0). What is signed is the bytes as they are, so that
 * nobody has to parse anything before it is verified, and no canonical form is part of the security.
 *
 * Invariant: `openEnvelope` gives away a payload only after a trusted key verified. A keyid is a hint for messages and decides nothing.
 */
import { type KeyObject, sign, verify } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import * as z from 'zod';
import { DataError } from '../base/index.ts';
import { keyId, requireEd25519 } from './keys.ts';

/** Standard or URL-safe, as the protocol asks of whoever verifies. */
const base64 = z
  .string()
  .regex(/^[A-Za-z0-9+/_-]*={0,2}$/)
  .refine((text) => text.replaceAll('=', '').length % 4 !== 1);

// Not strict: what DSSE may add later is unsigned, and ignored.
const envelopeSchema = z.object({
  payloadType: z.string(),
  payload: base64,
  signatures: z.array(z.object({ keyid: z.string().default(''), sig: base64 })).max(32),
});
export type Envelope = Readonly<z.infer<typeof envelopeSchema>>;

/** What an envelope with the hashes of some thousand files needs. */
export const LARGEST_ENVELOPE_BYTES = 1 << 20;

/** Pre-authentication encoding: "DSSEv1" SP LEN(type) SP type SP LEN(body) SP body, lengths in bytes (DSSE protocol, Signature Definition). */
export function preAuthenticationEncoding(type: string, body: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(`DSSEv1 ${Buffer.byteLength(type)} ${type} ${body.byteLength} `), body]);
}

/** One signature by each of the private Ed25519 `keys`. The same bytes and keys give the same envelope. */
export function signEnvelope(
  { payloadType, payload }: { readonly payloadType: string; readonly payload: Uint8Array },
  keys: readonly KeyObject[],
): Envelope {
  const encoded = preAuthenticationEncoding(payloadType, payload);
  const signatures = keys.map((key) => {
    requireEd25519(key, { operation: 'sign an envelope', type: 'private' });
    return { keyid: keyId(key), sig: sign(null, encoded, key).toString('base64') };
  });
  return { payloadType, payload: Buffer.from(payload).toString('base64'), signatures };
}

export const spellEnvelope = (envelope: Envelope): string => `${JSON.stringify(envelope, null, 2)}\n`;

/** Throws `DataError` for text that is too large or is no envelope. Verifies nothing yet. */
export function parseEnvelope(text: string, operation = 'parse an envelope'): Envelope {
  if (Buffer.byteLength(text) > LARGEST_ENVELOPE_BYTES) throw oversized(operation, Buffer.byteLength(text));
  try {
    return envelopeSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new DataError({
      operation,
      got: `what is no envelope (${(cause as Error).message.slice(0, 200)})`,
      expected: 'a DSSE envelope as JSON: payloadType, payload and signatures, in base64',
      fix: 'take the file as it was signed',
      cause,
    });
  }
}

/** Throws `DataError` where there is none, and as `parseEnvelope` does. A file that is too large is not even read. */
export function loadEnvelope(path: string): Envelope {
  const operation = `read the envelope ${path}`;
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats?.isFile()) throw new DataError({ operation, got: 'no such file', expected: 'a DSSE envelope' });
  if (stats.size > LARGEST_ENVELOPE_BYTES) throw oversized(operation, stats.size);
  return parseEnvelope(readFileSync(path, 'utf8'), operation);
}

export interface OpenOptions {
  readonly trustedKeys: readonly KeyObject[];
  /** The only type that is accepted. */
  readonly payloadType: string;
  /** Different trusted keys that must have signed. Default 1. */
  readonly threshold?: number;
  /** For messages. Default `open an envelope`. */
  readonly operation?: string;
}

export interface OpenedEnvelope {
  readonly payload: Uint8Array;
  /** Of the trusted keys that signed. */
  readonly keyIds: readonly string[];
}

/** The payload, verified. Throws `DataError` that tells apart: not signed, altered, signed by somebody unknown, of another type. */
export function openEnvelope(envelope: Envelope, options: OpenOptions): OpenedEnvelope {
  const { trustedKeys, payloadType, threshold = 1, operation = 'open an envelope' } = options;
  const refuse = (got: string, expected: string, fix: string): DataError => new DataError({ operation, got, expected, fix });
  if (envelope.signatures.length === 0) throw refuse('no signature', 'at least one', 'have it signed by whoever signs off');
  const payload = Buffer.from(envelope.payload, 'base64');
  const encoded = preAuthenticationEncoding(envelope.payloadType, payload);
  const trusted = new Map(trustedKeys.map((key) => [keyId(key), key]));
  for (const key of trusted.values()) requireEd25519(key, { operation, type: 'public' });
  const accepted = [...trusted].filter(([, key]) =>
    envelope.signatures.some(({ sig }) => verify(null, encoded, key, Buffer.from(sig, 'base64'))),
  );
  if (accepted.length === 0) {
    const named = envelope.signatures.find(({ keyid }) => trusted.has(keyid));
    if (named)
      throw refuse(
        `content that the signature of key ${short(named.keyid)} does not fit: one of them was altered`,
        'what was signed, byte for byte',
        'take the envelope from where it was signed',
      );
    throw refuse(
      `signatures by unknown keys only (${envelope.signatures.map(({ keyid }) => short(keyid)).join(', ')})`,
      `one by a trusted key (${[...trusted.keys()].map(short).join(', ') || 'there is none'})`,
      'add the public key to the trusted ones, if you know whose it is',
    );
  }
  if (!(accepted.length >= threshold))
    throw refuse(`signatures by ${accepted.length} trusted keys`, `${threshold}`, 'have it signed by the others, too');
  if (envelope.payloadType !== payloadType) throw refuse(`the type ${envelope.payloadType}`, payloadType, 'open it as what it is');
  return { payload, keyIds: accepted.map(([id]) => id) };
}

const short = (keyid: string): string => keyid.slice(0, 12) || 'without a name';

const oversized = (operation: string, bytes: number): DataError =>
  new DataError({ operation, got: `${bytes} bytes`, expected: `at most ${LARGEST_ENVELOPE_BYTES}`, fix: 'put fewer files into one agent' });
