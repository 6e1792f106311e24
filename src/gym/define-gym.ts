/**
 * A gym from its parts: a pure generator, the goal's wording, and a way to open a world. Everything else is the harness's.
 */
import { Random } from '../base/index.ts';
import {
  type AttachTarget,
  type GoalPart,
  type Gym,
  type GymManifest,
  type Lane,
  type Seed,
  type Session,
  SPLITS,
  type Split,
  type Task,
  type World,
} from '../records/index.ts';
import { GymError } from './errors.ts';
import { parseManifest } from './manifest.ts';
import { openSession } from './screen-session.ts';

export interface GymDefinition<Instance> {
  readonly manifest: GymManifest;
  /** A fresh instance; pure. `random` is fixed by the gym's name and version, slice, split and n. */
  generate(random: Random, slice: string, split: Split): Instance;
  goal(instance: Instance): readonly GoalPart[];
  open(instance: Instance, lane: Lane): Promise<World>;
  /** `goal`: what the job is, as its session shows it. */
  attach?(target: AttachTarget, goal: readonly GoalPart[]): Promise<World>;
  dispose?(): Promise<void>;
}

/** A gym that can also say what is behind a task: for experts and verifiers, never for a policy. */
export type DefinedGym<Instance> = Gym & {
  instance(task: Task): Instance;
  /** As `open`, over what `wrap` makes of the gym's world: for the recorder, which follows a person in it. */
  openWith(task: Task, lane: Lane, wrap: (world: World) => World): Promise<Session>;
};

/** Throws `GymError` for a malformed manifest, an unknown slice, a seed out of range, and a task of another gym or version. */
export function defineGym<Instance>(definition: GymDefinition<Instance>): DefinedGym<Instance> {
  const manifest = parseManifest(definition.manifest);
  const made = new WeakMap<Task, Instance>();
  const generate = (seed: Seed, slice: string): Instance => {
    assertSeed(seed);
    if (!Object.hasOwn(manifest.slices, slice))
      throw new GymError({
        operation: `make a task of ${manifest.name}`,
        got: `the slice '${slice}'`,
        expected: `one of ${Object.keys(manifest.slices).join(', ')}`,
      });
    const random = new Random(`${manifest.name}@${manifest.version}/${slice}/${seed.split}/${seed.n}`);
    return definition.generate(random, slice, seed.split);
  };
  const instance = (task: Task): Instance => {
    if (task.gym !== manifest.name || task.gymVersion !== manifest.version)
      throw new GymError({
        operation: `open a task of ${manifest.name}@${manifest.version}`,
        got: `one of ${task.gym}@${task.gymVersion}`,
        expected: 'the same gym and version',
      });
    return made.get(task) ?? generate(task.seed, task.slice);
  };
  const { attach, dispose } = definition;
  return {
    manifest,
    instance,
    task(seed, slice = Object.keys(manifest.slices)[0] as string) {
      const fresh = generate(seed, slice);
      const task: Task = { schemaVersion: 1, gym: manifest.name, gymVersion: manifest.version, seed, slice, goal: definition.goal(fresh) };
      made.set(task, fresh);
      return task;
    },
    async open(task, lane) {
      const fresh = instance(task);
      return openSession({ manifest, task, lane, world: await definition.open(fresh, lane) });
    },
    async openWith(task, lane, wrap) {
      return openSession({ manifest, task, lane, world: wrap(await definition.open(instance(task), lane)) });
    },
    ...(attach
      ? {
          async attach(target: AttachTarget, goal: readonly GoalPart[]) {
            const world = await attach(target, goal);
            const task: Task = {
              schemaVersion: 1,
              gym: manifest.name,
              gymVersion: manifest.version,
              seed: { split: 'exam', n: 0 },
              slice: 'live',
              goal,
            };
            // People may let an agent wait for days; how long a job may work is for who oversees it.
            const patient = { ...manifest, limits: { ...manifest.limits, seconds: Number.POSITIVE_INFINITY } };
            return openSession({ manifest: patient, task, lane: { seed: target.url }, world: liveWorld(world, target) });
          },
        }
      : {}),
    ...(dispose ? { dispose: () => dispose() } : {}),
  };
}

/** A live app can't be scored, saved or restored. */
function liveWorld(world: World, { secrets = {} }: AttachTarget): World {
  return {
    look: () => world.look(),
    perform: (command) => world.perform(command),
    score: async () => ({ success: null, credit: null, broken: [], reasons: ['a live app has no verifier'] }),
    close: () => world.close(),
    secrets,
    ...(world.undo ? { undo: world.undo } : {}),
  };
}

function assertSeed({ split, n }: Seed): void {
  if (!SPLITS.includes(split) || !(Number.isSafeInteger(n) && n >= 0))
    throw new GymError({
      operation: 'make a task',
      got: `seed ${split}/${n}`,
      expected: `a split of ${SPLITS.join(', ')} and 0 ≤ n < 2^53`,
    });
}
