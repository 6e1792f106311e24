/**
 * Output that nobody reads any more, as in `journeyman pretrain --json | head`. A command with work to save is told and
 * ends by itself; any other ends at once. The exit code is not 0 either way: what was asked for was not done to its end.
 */

/** 128 + SIGPIPE, as shells count. */
export const BROKEN_PIPE_CODE = 141;

const listeners = new Set<() => void>();

/** Calls `listener` instead of ending the process; returns what takes that back. */
export function onBrokenPipe(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Handles errors of this process's output. To be called once. */
export function watchOutput(): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') throw error;
      if (listeners.size === 0) process.exit(BROKEN_PIPE_CODE);
      for (const listener of listeners) listener();
    });
}
