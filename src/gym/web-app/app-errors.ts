/** What goes wrong around an app says nothing about the agent that works in it: each of these leaves an episode without a score. */
import { InfrastructureError } from '../errors.ts';

/** What an app or a command wrote last, so that a message can show it. */
export class LastLines {
  readonly #most: number;
  #text = '';

  constructor(most = 12) {
    this.#most = most;
  }

  add(chunk: Buffer | string): void {
    // Bounded: a talkative app runs for days.
    this.#text = (this.#text + String(chunk)).slice(-8000);
  }

  toString(): string {
    const lines = this.#text.trimEnd().split('\n').slice(-this.#most);
    return lines.join('') === '' ? 'it wrote nothing' : `its last lines:\n${lines.map((line) => `  ${line.slice(0, 300)}`).join('\n')}\n`;
  }
}

/** Why something thrown was thrown, down to its first cause: `fetch failed` alone helps nobody. */
export function reasonOf(thrown: unknown): string {
  let reason = thrown;
  while (reason instanceof Error && reason.cause !== undefined) reason = reason.cause;
  if (reason instanceof AggregateError && reason.errors.length > 0) return reasonOf(reason.errors[0]);
  return reason instanceof Error ? reason.message || reason.name : String(reason);
}

export function unreachable(url: string, cause: unknown): InfrastructureError {
  return new InfrastructureError({
    operation: `reach the app at ${url}`,
    got: cause instanceof Error ? reasonOf(cause) : String(cause),
    expected: 'an answer',
    fix: 'start your app there, or say in app.start how the gym starts it',
    cause,
  });
}
