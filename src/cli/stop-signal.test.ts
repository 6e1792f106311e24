import { afterEach, describe, expect, it } from 'vitest';
import { type StopSignal, stopOnSignal } from './stop-signal.ts';

let stop: StopSignal | undefined;
afterEach(() => stop?.dispose());

const listeners = (): number => process.listenerCount('SIGINT') + process.listenerCount('SIGTERM') + process.listenerCount('SIGHUP');

describe('stopOnSignal', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s asks once, with the code that shells expect, and catches no second one', (name, code) => {
    const before = listeners();
    let asked = 0;
    stop = stopOnSignal(() => asked++);
    expect([stop.signal.aborted, stop.exitCode(), listeners() - before]).toEqual([false, 0, 3]);
    process.emit(name, name);
    expect([stop.signal.aborted, stop.exitCode(), asked, listeners() - before]).toEqual([true, code, 1, 0]);
  });

  it('listens no more once it is disposed', () => {
    const before = listeners();
    stop = stopOnSignal(() => undefined);
    stop.dispose();
    stop.dispose();
    expect(listeners()).toBe(before);
    expect(stop.signal.aborted).toBe(false);
  });
});
