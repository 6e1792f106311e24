/**
 * The switch that stops a job, an agent, or everything. Whoever pressed it stands in a ledger, so what was stopped stays stopped after a restart, until a
 * person lets it go on.
 *
 * Invariant: a stop holds for every look at the switch after `stop` has returned; an agent looks before each action.
 */
import * as z from 'zod';
import { appendChain, type ChainEnd, ConfigError, loadChain } from '../base/index.ts';

export const stopScopeSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('everything') }),
  z.strictObject({ kind: z.literal('agent'), agent: z.string().min(1).max(200) }),
  z.strictObject({ kind: z.literal('job'), job: z.uuid() }),
]);
export type StopScope = Readonly<z.infer<typeof stopScopeSchema>>;

const lineSchema = z.strictObject({
  schemaVersion: z.literal(1),
  previous: z.string(),
  at: z.iso.datetime(),
  kind: z.enum(['stopped', 'released']),
  scope: stopScopeSchema,
  by: z.string().min(1).max(200),
  reason: z.string().min(1).max(2000),
});

export interface Stop {
  readonly scope: StopScope;
  readonly by: string;
  readonly reason: string;
  readonly at: string;
}

export interface Pressed {
  readonly by: string;
  readonly reason: string;
  readonly now: Date;
}

export interface StopSwitch {
  /** What stops this job now, the widest first; undefined where nothing does. */
  stopping(job: { readonly id: string; readonly agent: string }): Stop | undefined;
  stops(): readonly Stop[];
  /** Stops; again where it is stopped already changes nothing. */
  stop(scope: StopScope, pressed: Pressed): void;
  /** Lets it go on. Throws `ConfigError` for what is not stopped. */
  release(scope: StopScope, pressed: Pressed): void;
  /** Called after every stop, as long as the returned function was not. */
  onStop(listener: () => void): () => void;
}

const keyOf = (scope: StopScope): string =>
  scope.kind === 'everything' ? 'everything' : scope.kind === 'agent' ? `agent ${scope.agent}` : `job ${scope.job}`;

/** One process has it at a time: to be opened under a lock. Throws `DataError` for a broken ledger. */
export function openStopSwitch(path: string): StopSwitch {
  const stops = new Map<string, Stop>();
  const take = ({ kind, scope, by, reason, at }: z.infer<typeof lineSchema>): boolean => {
    const key = keyOf(scope);
    if (stops.has(key) === (kind === 'stopped')) return false;
    if (kind === 'stopped') stops.set(key, { scope, by, reason, at });
    else stops.delete(key);
    return true;
  };
  let end: ChainEnd = loadChain(path, {
    parse: (line) => lineSchema.parse(line),
    follows: take,
    names: { line: 'one press of the stop switch', ledger: 'ledger of stops' },
    fix: 'restore it from a copy; until then nothing is worked on',
  });
  const listeners = new Set<() => void>();

  function write(kind: 'stopped' | 'released', scope: StopScope, { by, reason, now }: Pressed): void {
    const line = lineSchema.parse({ schemaVersion: 1, previous: '', at: now.toISOString(), kind, scope, by, reason });
    // In force before it is on the disk: a full disk must not keep anybody from stopping.
    if (kind === 'stopped') take(line);
    end = appendChain(path, end, [line]);
    if (kind === 'released') take(line);
  }

  return {
    stopping: ({ id, agent }) => stops.get('everything') ?? stops.get(`agent ${agent}`) ?? stops.get(`job ${id}`),
    stops: () => [...stops.values()],
    stop(scope, pressed) {
      if (stops.has(keyOf(scope))) return;
      try {
        write('stopped', scope, pressed);
      } finally {
        for (const listener of listeners) listener();
      }
    },
    release(scope, pressed) {
      if (!stops.has(keyOf(scope)))
        throw new ConfigError({ operation: 'let go on', got: `${keyOf(scope)}, which is not stopped`, expected: 'what was stopped' });
      write('released', scope, pressed);
    },
    onStop(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
