/**
 * The app as one of its users has it, without a browser: logs in by name and password, sends the forms of its pages, downloads the ledger. So what is taken back goes
 * the same way in the sandbox and in an app that somebody runs.
 */
import { InfrastructureError } from '../../../src/gym/index.ts';
import { type Holdings, holdingsInLedger } from './holdings.ts';

export interface BooksClientOptions {
  /** Any page of the app. */
  readonly url: string;
  readonly user: string;
  readonly password: string;
}

const TIMEOUT_MS = 30_000;
/** Of one request: a session may have ended, and the app may have asked to try again. */
const TRIES = 4;

export class BooksClient {
  readonly #origin: string;
  readonly #options: BooksClientOptions;
  /** '' while nobody is logged in. */
  #cookie = '';

  constructor(options: BooksClientOptions) {
    this.#origin = new URL(options.url).origin;
    this.#options = options;
  }

  async holdings(): Promise<Holdings> {
    const csv = await (await this.#send('/ledger.csv')).text();
    try {
      return holdingsInLedger(csv);
    } catch (cause) {
      throw new InfrastructureError({
        operation: 'read the ledger',
        got: `${csv.length} characters that are none`,
        expected: 'the CSV that the app exports',
        fix: `look whether the accounting app of the gym answers at ${this.#origin}`,
        cause,
      });
    }
  }

  /** Sends a form. Returns null where the app did it, else what it says against it. */
  async submit(path: string, form: Readonly<Record<string, string>>): Promise<string | null> {
    const response = await this.#send(path, form);
    const text = await response.text();
    if (response.status === 303) return null;
    const said = /<p id="status" role="status">([^<]*)<\/p>/.exec(text)?.[1] || /<p class="error"[^>]*>([^<]*)<\/p>/.exec(text)?.[1];
    return `the app says: ${said ?? `status ${response.status}`}`;
  }

  async logOut(): Promise<void> {
    if (this.#cookie === '') return;
    await this.#fetch('/logout', {}).catch(() => {});
    this.#cookie = '';
  }

  /** Logs in where it must. A change that could not be saved changed nothing, so it is sent again. */
  async #send(path: string, form?: Readonly<Record<string, string>>): Promise<Response> {
    let answer = 'no answer';
    for (let tries = 0; tries < TRIES; tries++) {
      if (this.#cookie === '') await this.#logIn();
      const response = await this.#fetch(path, form);
      if (response.status !== 401 && response.status < 500) return response;
      answer = `status ${response.status}`;
      if (response.status === 401) this.#cookie = '';
    }
    throw new InfrastructureError({
      operation: `ask the accounting app for ${path}`,
      got: `${answer}, ${TRIES} times`,
      expected: 'an answer',
      fix: 'look whether the app works; then undo goes on where it stood',
    });
  }

  async #logIn(): Promise<void> {
    const { user, password } = this.#options;
    const response = await this.#fetch('/login', { user, password, next: '/' });
    const cookie = response.headers.get('set-cookie')?.split(';')[0] ?? '';
    if (response.status !== 303 || cookie === '')
      throw new InfrastructureError({
        operation: `log in to ${this.#origin} as ${user}`,
        got: `status ${response.status}`,
        expected: 'a session',
        fix: 'the job’s goal has to name the user, and its secrets the password, with which the app lets somebody in',
      });
    this.#cookie = cookie;
  }

  async #fetch(path: string, form?: Readonly<Record<string, string>>): Promise<Response> {
    try {
      return await fetch(this.#origin + path, {
        redirect: 'manual',
        signal: AbortSignal.timeout(TIMEOUT_MS),
        // Delays of the sandbox are for its agents: they are told, not waited for.
        headers: { cookie: this.#cookie, origin: this.#origin, 'x-virtual-clock': '1' },
        ...(form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) }),
      });
    } catch (cause) {
      throw new InfrastructureError({
        operation: `ask the accounting app for ${path}`,
        got: cause instanceof Error ? cause.message : String(cause),
        expected: `an answer from ${this.#origin} within ${TIMEOUT_MS / 1000} seconds`,
        fix: 'look whether the app runs; then undo goes on where it stood',
        cause,
      });
    }
  }
}
