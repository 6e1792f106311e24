/**
 * "Undo this job": takes back what a job did, the last action first, and compares what the app holds then with what it held before the job. Restored is only
 * what the comparison proves; the rest is named.
 *
 * Can be killed at any moment and goes on: each action that is taken back is told, and whoever is given that does not take it back again. One that was taken
 * back and not yet told is offered to the adapter once more, which looks first (see `UndoAdapter`). What can't be taken back, or was changed by somebody else
 * since, holds up nothing: what came before it is still tried, since the adapter looks at each by itself.
 */
import * as z from 'zod';
import type { Json } from '../base/index.ts';
import type { UndoAdapter, Undoing } from '../records/index.ts';
import { isSameAt, stateDifferences } from './state-differences.ts';

/** An `Undoing` on the disk. */
export const undoingSchema: z.ZodType<Undoing> = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('inverse'), inverse: z.strictObject({ what: z.string(), data: z.json() }) }),
  z.strictObject({ kind: z.literal('nothing') }),
  z.strictObject({ kind: z.literal('impossible'), why: z.string() }),
]);

/** An action of a job, and how it is taken back. */
export interface DoneAction {
  /** In words: `click button "Save bill"`. */
  readonly action: string;
  readonly undoing: Undoing;
}

export interface UndoJobOptions {
  /** Oldest first. Those that left nothing may be left out. */
  readonly actions: readonly DoneAction[];
  readonly adapter: Pick<UndoAdapter, 'apply' | 'state' | 'volatile'>;
  /** What the app held when the job began. */
  readonly before: Readonly<Record<string, Json>>;
  /** What it held when the job ended: with it, what others have changed since is told apart. */
  readonly after?: Readonly<Record<string, Json>>;
  /** Places in `actions` that are taken back already. Default: none. */
  readonly earlier?: ReadonlySet<number>;
  /** Called once for each action that is taken back, with its place, before the next one is tried. */
  readonly onUndone?: (place: number) => void | Promise<void>;
}

export interface UndoReport {
  /** Everything was taken back, and what the app holds is what it held before the job, but for what others have changed since. */
  readonly isRestored: boolean;
  /** What was taken back, in the order in which it was, by earlier attempts too. */
  readonly undone: readonly string[];
  /** In the same order. */
  readonly notUndone: readonly { readonly what: string; readonly why: string }[];
  /** How what the app holds differs from what it held before the job, where the job changed it, or might have. */
  readonly differences: readonly string[];
  /** Where the job changed nothing. Empty without `after`: nobody can tell then, and all of it is in `differences`. */
  readonly changedByOthers: readonly string[];
  /** What the adapter declares no part of what is restored: name and why. */
  readonly notCompared: Readonly<Record<string, string>>;
}

/** Throws what the adapter and `onUndone` throw; undo then goes on by another call. */
export async function undoJob(options: UndoJobOptions): Promise<UndoReport> {
  const { actions, adapter, before, after, earlier = new Set<number>(), onUndone } = options;
  const undone: string[] = [];
  const notUndone: UndoReport['notUndone'][number][] = [];
  for (let place = actions.length - 1; place >= 0; place--) {
    const { action, undoing } = actions[place] as DoneAction;
    if (undoing.kind === 'nothing') continue;
    if (undoing.kind === 'impossible') {
      notUndone.push({ what: action, why: undoing.why });
      continue;
    }
    const { inverse } = undoing;
    if (!earlier.has(place)) {
      const applied = await adapter.apply(inverse);
      if (!applied.isDone) {
        notUndone.push({ what: action, why: applied.why });
        continue;
      }
      await onUndone?.(place);
    }
    undone.push(inverse.what);
  }
  const { volatile } = adapter;
  const found = stateDifferences(before, await adapter.state(), Object.keys(volatile));
  const isOthers = ({ place }: (typeof found)[number]): boolean => after !== undefined && isSameAt(place, before, after);
  const differences = found.filter((one) => !isOthers(one)).map(({ sentence }) => sentence);
  return {
    isRestored: notUndone.length === 0 && differences.length === 0,
    undone,
    notUndone,
    differences,
    changedByOthers: found.filter(isOthers).map(({ sentence }) => sentence),
    notCompared: volatile,
  };
}
