/**
 * Three ways to the state of an app, for resetting it before an episode and reading it before and after: its SQLite file, its HTTP interface,
 * a command. Each gives `reset` and `read`; any function of the same type does as well.
 *
 * What can't be reset or read is an `InfrastructureError`. What is read is outside data: rows and JSON, nothing assumed of its shape.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Json } from '../../base/index.ts';
import { InfrastructureError } from '../errors.ts';
import type { AppInstance } from './app.ts';
import { LastLines, reasonOf } from './app-errors.ts';

/** Puts the app into the state from which an episode with `data` begins. */
export type Reset<Data> = (data: Data, app: AppInstance) => Promise<void>;
/** What a verifier compares: read before the episode and after it. */
export type ReadState<State> = (app: AppInstance) => Promise<State>;

/** A row of a query's result. Blobs are hexadecimal. */
export type Row = Readonly<Record<string, string | number | null>>;
/** One SQL statement, or one with the values of its `?`. */
export type Statement = string | readonly [sql: string, ...values: readonly (string | number | null)[]];

/**
 * An SQLite file that the app uses too. `path` may hold `{folder}`; a relative one begins in `app.cwd`.
 * `reset` runs statements in one transaction; `read` gives the rows of each query by its name.
 */
export function bySql(path: string) {
  return {
    reset: <Data>(statements: (data: Data) => readonly Statement[]): Reset<Data> => {
      return (data, app) =>
        withDatabase(app.path(path), 'reset the app by SQL', (database) => {
          database.exec('BEGIN IMMEDIATE');
          for (const statement of statements(data)) {
            const [sql, ...values] = typeof statement === 'string' ? [statement] : statement;
            database.prepare(sql).run(...values);
          }
          database.exec('COMMIT');
        });
    },
    read: <Name extends string>(queries: Readonly<Record<Name, string>>): ReadState<Readonly<Record<Name, readonly Row[]>>> => {
      return (app) =>
        withDatabase(app.path(path), 'read the app’s state by SQL', (database) =>
          mapValues(queries, (sql) => database.prepare(sql).all().map(plainRow)),
        );
    },
  };
}

export interface HttpRequest {
  /** From the app's address on. */
  readonly path: string;
  /** Default POST. */
  readonly method?: string;
  /** Sent as JSON. */
  readonly body?: Json;
}

/** The app's own HTTP interface. `reset` expects a status below 400; `read` gives the JSON of each path by its name. */
export function byHttp(headers: Readonly<Record<string, string>> = {}) {
  return {
    reset: <Data>(request: (data: Data) => HttpRequest): Reset<Data> => {
      return async (data, app) => {
        const { path, method = 'POST', body } = request(data);
        await send('reset the app by HTTP', app, path, {
          method,
          headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
      };
    },
    read: <Name extends string>(paths: Readonly<Record<Name, string>>): ReadState<Readonly<Record<Name, Json>>> => {
      return async (app) => {
        const operation = 'read the app’s state by HTTP';
        const texts = await mapValuesAsync(paths, (path) =>
          send(operation, app, path, { headers: { accept: 'application/json', ...headers } }),
        );
        return mapValues(texts, (text) => parseJson(text, operation));
      };
    },
  };
}

/** Programs with arguments, no shell; `{port}`, `{folder}` and `{url}` are filled in. They run in `app.cwd` for at most `seconds`. */
export function byCommand({ seconds = 60 }: { readonly seconds?: number } = {}) {
  return {
    /** The command reads the instance's data as JSON from its standard input. */
    reset: <Data>(command: readonly string[]): Reset<Data> => {
      return async (data, app) => {
        await runCommand('reset the app by a command', command, app, { input: JSON.stringify(data), seconds });
      };
    },
    /** Each command prints JSON. */
    read: <Name extends string>(commands: Readonly<Record<Name, readonly string[]>>): ReadState<Readonly<Record<Name, Json>>> => {
      return async (app) => {
        const operation = 'read the app’s state by a command';
        const texts = await mapValuesAsync(commands, (command) => runCommand(operation, command, app, { input: '', seconds }));
        return mapValues(texts, (text) => parseJson(text, operation));
      };
    },
  };
}

type Database = InstanceType<typeof import('node:sqlite')['DatabaseSync']>;

async function withDatabase<Result>(path: string, operation: string, use: (database: Database) => Result): Promise<Result> {
  // Opening would make an empty one.
  if (!existsSync(path))
    throw new InfrastructureError({
      operation,
      got: `no file ${path}`,
      expected: 'the SQLite file that the app uses',
      fix: 'correct the path given to bySql; the app must have made its tables by the time it answers',
    });
  const { DatabaseSync } = await import('node:sqlite');
  let database: Database | undefined;
  try {
    database = new DatabaseSync(path, { timeout: 5000 });
    return use(database);
  } catch (cause) {
    throw new InfrastructureError({
      operation,
      got: `'${reasonOf(cause)}' of ${path}`,
      expected: 'statements that this database accepts',
      cause,
    });
  } finally {
    database?.close();
  }
}

function plainRow(row: Readonly<Record<string, unknown>>): Row {
  return mapValues(row, (value) => {
    if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
    return typeof value === 'string' || typeof value === 'number' ? value : value === null ? null : String(value);
  });
}

async function send(operation: string, app: AppInstance, path: string, init: RequestInit): Promise<string> {
  const url = new URL(path, `${app.url}/`).href;
  const what = `${init.method ?? 'GET'} ${url}`;
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, { ...init, signal: AbortSignal.timeout(30_000) });
    text = await response.text();
  } catch (cause) {
    throw new InfrastructureError({ operation, got: `'${reasonOf(cause)}' from ${what}`, expected: 'an answer', cause });
  }
  if (response.ok) return text;
  throw new InfrastructureError({
    operation,
    got: `status ${response.status} from ${what}: ${text.slice(0, 300)}`,
    expected: 'a status of 200 to 299',
  });
}

function runCommand(
  operation: string,
  command: readonly string[],
  app: AppInstance,
  { input, seconds }: { readonly input: string; readonly seconds: number },
): Promise<string> {
  const [program = '', ...args] = command.map((part) => app.fill(part));
  const failed = (got: string, cause?: unknown): InfrastructureError =>
    new InfrastructureError({
      operation,
      got,
      expected: `\`${[program, ...args].join(' ')}\` in ${app.cwd} to end with exit code 0`,
      cause,
    });
  return new Promise((resolve, reject) => {
    const lines = new LastLines();
    const output: Buffer[] = [];
    const child = spawn(program, args, { cwd: app.cwd, stdio: 'pipe', timeout: seconds * 1000, killSignal: 'SIGKILL' });
    child.stdout.on('data', (chunk: Buffer) => {
      output.push(chunk);
      lines.add(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => lines.add(chunk));
    child.on('error', (error) => reject(failed(`'${error.message}'`, error)));
    // A command that reads nothing closes its input early.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    child.on('close', (code, signal) => {
      if (code === 0) resolve(Buffer.concat(output).toString('utf8'));
      else reject(failed(`${code === null ? `${signal} (it has ${seconds} seconds)` : `exit code ${code}`}; ${lines}`));
    });
  });
}

function parseJson(text: string, operation: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (cause) {
    throw new InfrastructureError({ operation, got: `'${text.slice(0, 200)}'`, expected: 'JSON', cause });
  }
}

function mapValues<Name extends string, From, To>(record: Readonly<Record<Name, From>>, map: (value: From) => To): Record<Name, To> {
  return Object.fromEntries(Object.entries<From>(record).map(([name, value]) => [name, map(value)])) as Record<Name, To>;
}

async function mapValuesAsync<Name extends string, From, To>(
  record: Readonly<Record<Name, From>>,
  map: (value: From) => Promise<To>,
): Promise<Record<Name, To>> {
  const entries = Object.entries<From>(record).map(async ([name, value]) => [name, await map(value)] as const);
  return Object.fromEntries(await Promise.all(entries)) as Record<Name, To>;
}
