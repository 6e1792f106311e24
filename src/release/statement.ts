/**
 * What a release says and a signature covers: these files, examined like this, may work until then, and who says so. An in-toto Statement v1
 * (in-toto/attestation, spec/v1/statement.md) about every file of the agent's folder.
 *
 * Invariant: there is none for an agent that the gate refused.
 */
import * as z from 'zod';
import { ConfigError, canonicalJson, DataError } from '../base/index.ts';
import { type FileHashes, isPlainPath } from './files.ts';
import { type Judgement, RULES } from './judgement.ts';

/** Of an in-toto statement in a DSSE envelope (spec/v1/envelope.md). */
export const STATEMENT_TYPE = 'application/vnd.in-toto+json';
export const PREDICATE_TYPE = 'urn:journeyman:release:v1';
/** By default a release lasts so long. */
const DEFAULT_DAYS = 90;
const DAY_MS = 86_400_000;
/** ISO 8601 has years of four digits. */
const LATEST_MS = Date.UTC(10_000, 0);

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const share = z.number().min(0).max(1);

/** Lower case, so that no two names are one folder on systems that don't tell cases apart. */
export const agentNameSchema = z.string().regex(/^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/);

const predicateSchema = z.strictObject({
  schemaVersion: z.literal(1),
  agent: agentNameSchema,
  version: z.int().positive(),
  gym: z.strictObject({ name: z.string().min(1), version: z.string().min(1) }),
  /** SHA-256 of certificate.json. */
  certificate: hash,
  /** Bounds of the exam: success is at least, never-events are at most. */
  slices: z.array(z.strictObject({ slice: z.string().min(1), gateBound: share, neverEventsUpperBound: share })).min(1),
  /** SHA-256 of the specification that a person agreed to; null without one. */
  spec: hash.nullable(),
  /** The person who answers for it. */
  signedOffBy: z
    .string()
    .max(200)
    .regex(/^(?=.*\p{L})[^\p{Cc}]+$/u),
  madeAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  gate: z.strictObject({
    isAllowed: z.literal(true),
    findings: z.array(z.strictObject({ rule: z.enum(RULES), isMet: z.literal(true), sentence: z.string() })).min(1),
  }),
});

const statementSchema = z
  .strictObject({
    _type: z.literal('https://in-toto.io/Statement/v1'),
    subject: z.array(z.strictObject({ name: z.string().refine(isPlainPath), digest: z.strictObject({ sha256: hash }) })).min(1),
    predicateType: z.literal(PREDICATE_TYPE),
    predicate: predicateSchema,
  })
  .refine(({ subject }) => new Set(subject.map(({ name }) => name)).size === subject.length, 'a file stands there twice')
  .refine(
    ({ subject, predicate }) => subject.some(({ name, digest }) => name === 'certificate.json' && digest.sha256 === predicate.certificate),
    'the certificate is not among the files',
  )
  .refine(({ predicate: { madeAt, expiresAt } }) => Date.parse(madeAt) < Date.parse(expiresAt), 'it expires before it is made');
export type ReleaseStatement = z.infer<typeof statementSchema>;

export interface StatementOptions {
  /** The name under which it works, which the registry's folder has. */
  readonly agent: string;
  readonly version: number;
  readonly judgement: Judgement;
  /** SHA-256 of the specification; null without one. */
  readonly spec: string | null;
  /** Name of the person who signs it off. */
  readonly signedOffBy: string;
  readonly now: Date;
  /** Until it expires. Default 90. */
  readonly days?: number;
}

/** Throws `ConfigError` for an agent that was refused, a person without a name, and whatever else makes no statement. */
export function makeStatement({ judgement, now, days = DEFAULT_DAYS, ...said }: StatementOptions): ReleaseStatement {
  const operation = `state the release of ${said.agent}`;
  const { exam, files } = judgement;
  if (!judgement.isAllowed || exam === null) {
    const unmet = judgement.findings.filter(({ isMet }) => !isMet).map(({ sentence }) => sentence);
    throw new ConfigError({ operation, got: `a refused agent (${unmet.join(' ')})`, expected: 'one that the gate allowed' });
  }
  const expiresMs = now.getTime() + days * DAY_MS;
  const found = statementSchema.safeParse({
    _type: 'https://in-toto.io/Statement/v1',
    subject: Object.entries(files)
      .map(([name, sha256]) => ({ name, digest: { sha256 } }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
    predicateType: PREDICATE_TYPE,
    predicate: {
      schemaVersion: 1,
      ...said,
      gym: exam.gym,
      certificate: exam.certificate,
      slices: exam.slices.map(({ slice, lowerBound, neverEventsBound }) => ({
        slice,
        gateBound: lowerBound,
        neverEventsUpperBound: neverEventsBound,
      })),
      madeAt: now.toISOString(),
      expiresAt: expiresMs < LATEST_MS ? new Date(expiresMs).toISOString() : '',
      gate: { isAllowed: judgement.isAllowed, findings: judgement.findings },
    },
  });
  if (found.success) return found.data;
  const { path, message } = found.error.issues[0] ?? { path: [], message: '' };
  throw new ConfigError({
    operation,
    got: `${path.join('.') || 'statement'}: ${message}`,
    expected: 'a name in lower case, a version from 1, the name of a person, a positive number of days',
    cause: found.error,
  });
}

/** The bytes that are signed. */
export const encodeStatement = (statement: ReleaseStatement): Uint8Array => Buffer.from(canonicalJson(statement), 'utf8');

/** Throws `DataError` for what is no statement of a release. */
export function parseStatement(payload: Uint8Array): ReleaseStatement {
  try {
    return statementSchema.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload)));
  } catch (cause) {
    throw new DataError({
      operation: 'parse the statement of a release',
      got: (cause as Error).message.slice(0, 300),
      expected: `an in-toto statement v1 with the predicate ${PREDICATE_TYPE}`,
      fix: 'release the agent again',
      cause,
    });
  }
}

/** The files that it speaks for. */
export const statedFiles = ({ subject }: ReleaseStatement): FileHashes =>
  Object.fromEntries(subject.map(({ name, digest }) => [name, digest.sha256]));
