/** Ctrl-C and its like: the first one asks the work to stop, the second one ends the process, as if nobody caught it. */

const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

export interface StopSignal {
  readonly signal: AbortSignal;
  /** 128 + the signal's number, as shells count; 0 if none came. */
  exitCode(): number;
  dispose(): void;
}

export function stopOnSignal(onStop: () => void): StopSignal {
  const controller = new AbortController();
  let code = 0;
  const names = Object.keys(EXIT_CODES) as (keyof typeof EXIT_CODES)[];
  const dispose = (): void => {
    for (const name of names) process.off(name, listen);
  };
  const listen = (name: NodeJS.Signals): void => {
    dispose();
    code = EXIT_CODES[name as keyof typeof EXIT_CODES];
    onStop();
    controller.abort();
  };
  for (const name of names) process.on(name, listen);
  return { signal: controller.signal, exitCode: () => code, dispose };
}
