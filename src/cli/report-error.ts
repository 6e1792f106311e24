/** Errors for people: one message on stderr, a stack only where JOURNEYMAN_DEBUG asks for it. */
import { JourneymanError } from '../base/index.ts';
import { UsageError } from './options.ts';
import { escapeControls } from './terminal.ts';

/** Prints the error; returns the exit code: 2 for what was typed, else 1. */
export function reportError(error: unknown, print: (text: string) => void = (text) => console.error(text)): number {
  // Messages quote files, whose bytes are not for the terminal to obey.
  const write = (text: string): void => print(escapeControls(text));
  if ((process.env.JOURNEYMAN_DEBUG ?? '') !== '') {
    // With the causes, which are often the interesting part.
    for (let cause: unknown = error; cause !== undefined; cause = cause instanceof Error ? cause.cause : undefined)
      write(cause instanceof Error ? (cause.stack ?? cause.message) : String(cause));
  } else if (error instanceof JourneymanError) write(error.message);
  else
    write(
      `journeyman: an error that should not be: ${error instanceof Error ? error.message : String(error)} (JOURNEYMAN_DEBUG=1 shows where)`,
    );
  return error instanceof UsageError ? 2 : 1;
}
