/**
 * Who may do what at the server. A person is known by a token, of which only the hash is kept.
 *
 * watcher: sees everything. operator: also sends jobs, answers, stops. signer: also lets an agent work by its certificate again after an alarm.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import * as z from 'zod';
import { ConfigError, DataError, hashBytes, saveAtomically } from '../base/index.ts';

export const ROLES = ['watcher', 'operator', 'signer'] as const;
export type Role = (typeof ROLES)[number];

export interface Person {
  readonly name: string;
  readonly role: Role;
}

const nameSchema = z
  .string()
  .max(200)
  .regex(/^(?=.*\p{L})[^\p{Cc}]+$/u);
const fileSchema = z.strictObject({
  schemaVersion: z.literal(1),
  people: z.array(z.strictObject({ name: nameSchema, role: z.enum(ROLES), token: z.string().regex(/^[0-9a-f]{64}$/) })),
});
type PeopleFile = z.infer<typeof fileSchema>;

export const mayDo = (person: Person, role: Role): boolean => ROLES.indexOf(person.role) >= ROLES.indexOf(role);

export interface People {
  /** Whose token it is; undefined for nobody's. */
  byToken(token: string): Person | undefined;
  readonly count: number;
}

/** Nobody where there is no file. Throws `DataError` for a damaged one. */
export function loadPeople(path: string): People {
  const { people } = readPeople(path);
  const byHash = new Map(people.map(({ token, ...person }) => [token, person]));
  // Found by the hash, so that how long it takes tells nothing of the token.
  return { byToken: (token) => byHash.get(hashBytes(token)), count: people.length };
}

/** Returns the token, which is nowhere else. Throws `ConfigError` for a name that is none or taken. */
export function addPerson(path: string, { name, role }: Person): string {
  const file = readPeople(path);
  const operation = `add ${name.slice(0, 60)} to ${path}`;
  if (!nameSchema.safeParse(name).success)
    throw new ConfigError({ operation, got: 'no name', expected: 'the name of a person, at most 200 letters' });
  if (file.people.some((person) => person.name === name))
    throw new ConfigError({
      operation,
      got: 'a name that is there already',
      expected: 'another one',
      fix: 'take the old entry out of the file to give a new token',
    });
  const token = randomBytes(32).toString('base64url');
  const next: PeopleFile = { schemaVersion: 1, people: [...file.people, { name, role, token: hashBytes(token) }] };
  saveAtomically(path, `${JSON.stringify(next, null, 2)}\n`);
  return token;
}

function readPeople(path: string): PeopleFile {
  if (!existsSync(path)) return { schemaVersion: 1, people: [] };
  try {
    return fileSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    throw new DataError({
      operation: `read ${path}`,
      got: 'a damaged file',
      expected: 'people, their roles and the hashes of their tokens',
      fix: 'restore it, or take it away and add people again',
      cause,
    });
  }
}
