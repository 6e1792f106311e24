/**
 * Ctrl-C and its like: the first one asks the work to stop, the second one ends the process, as if nobody caught it. When nobody reads the output
 * any more (`| head`), the work is asked to stop as well.
 */
import { BROKEN_PIPE_CODE, onBrokenPipe } from './broken-pipe.ts';

/** 128 + the signal's number, as shells count. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
type Name = keyof typeof EXIT_CODES;

export interface StopSignal {
  readonly signal: AbortSignal;
  /** What the process is to exit with; 0 if nothing asked it to stop. */
  exitCode(): number;
  dispose(): void;
}

/** `onStop` may say something; it isn't called where nobody reads. */
export function stopOnSignal(onStop: (signal: Name) => void): StopSignal {
  const controller = new AbortController();
  let code = 0;
  const stop = (why: number): void => {
    code = why;
    controller.abort();
  };
  const names = Object.keys(EXIT_CODES) as Name[];
  const forget = (): void => {
    for (const name of names) process.off(name, listen);
  };
  const listen = (name: NodeJS.Signals): void => {
    forget();
    onStop(name as Name);
    stop(EXIT_CODES[name as Name]);
  };
  for (const name of names) process.on(name, listen);
  const forgetPipe = onBrokenPipe(() => stop(BROKEN_PIPE_CODE));
  return {
    signal: controller.signal,
    exitCode: () => code,
    dispose() {
      forget();
      forgetPipe();
    },
  };
}
