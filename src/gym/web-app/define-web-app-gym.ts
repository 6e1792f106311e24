/**
 * A gym around a running web app, from what only its owner knows: how to start and reset it, what is asked, what its state must be afterwards.
 * The browser, the sessions, the scores and the usual part of the proof are made here.
 *
 * It takes no snapshots: an app's state can't be put back in the middle of an episode from outside, and half of it would be a lie.
 */
import type { Random } from '../../base/index.ts';
import type { Ending, GoalPart, GymManifest, Split } from '../../records/index.ts';
import type { PageOptions } from '../browser/index.ts';
import { type DefinedGym, defineGym } from '../define-gym.ts';
import { GymError } from '../errors.ts';
import type { GymModule } from '../expert.ts';
import type { WebApp } from './app.ts';
import type { ReadState, Reset } from './app-state.ts';
import { makeProof, type Player, play, type WebAppProof } from './players.ts';
import type { Invariant, Verifier } from './verdict.ts';
import { WebAppWorlds } from './web-app-world.ts';

export interface WebAppGym<Data, State> {
  /** Without the invariants, which stand below. */
  readonly manifest: Omit<GymManifest, 'invariants'>;
  readonly app: WebApp;
  /** Fresh data of a task; pure, everything drawn from `random`. */
  readonly generate: (random: Random, slice: string, split: Split) => Data;
  /** The wording; `goalText` makes it. */
  readonly goal: (data: Data) => readonly GoalPart[];
  /** Makes the app's state fresh, before every episode: by `bySql`, `byHttp`, `byCommand`, or a function. */
  readonly reset: Reset<Data>;
  /** Reads what the verifier compares, before and after every episode: by the same three, or a function. */
  readonly state: ReadState<State>;
  /** Where the episode begins. Default '/'. */
  readonly startPath?: string | ((data: Data) => string);
  /** What the page's clock shows at the start. Default: 15 January 2026, 9:00 UTC. */
  readonly now?: (data: Data) => Date;
  /** How the page is driven: risks of single buttons, what part of it is observed, uploads. */
  readonly page?: Omit<PageOptions, 'clock'>;
  /** Values of the goal's secrets, by key. */
  readonly secrets?: (data: Data) => Readonly<Record<string, string>>;
  readonly verify: Verifier<Data, State>;
  /** A second verifier, written without the first one's code; the invariants are the same. */
  readonly audit?: Verifier<Data, State>;
  /** By name: what must never happen. */
  readonly invariants: Readonly<Record<string, Invariant<Data, State>>>;
  /** Endings that may be a success. Default: `done` only. */
  readonly endings?: readonly Ending['kind'][];
  readonly expert: Player<Data>;
  readonly proof: WebAppProof<Data>;
}

/** Throws `GymError` for a definition that can't work. Starts nothing before the first episode; `gym.dispose` stops what was started. */
export function defineWebAppGym<Data, State>(definition: WebAppGym<Data, State>): GymModule & { readonly gym: DefinedGym<Data> } {
  const { manifest, invariants, generate, goal, expert, proof } = definition;
  const descriptions = Object.fromEntries(Object.entries(invariants).map(([name, { description }]) => [name, description]));
  const worlds = new WebAppWorlds(definition);
  const gym = defineGym<Data>({
    manifest: { ...manifest, invariants: descriptions },
    generate,
    goal,
    open: (data) => worlds.open(data),
    attach: (target) => worlds.attach(target),
    dispose: () => worlds.dispose(),
  });
  return {
    gym,
    expert(task, options) {
      const player = play(expert, gym.instance(task), options);
      if (player) return player;
      throw new GymError({
        operation: `play ${manifest.name}`,
        got: 'an expert that has nothing to do',
        expected: 'one that plays every task',
      });
    },
    proof: makeProof(proof, (task) => gym.instance(task)),
  };
}
