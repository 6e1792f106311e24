/**
 * What overseeing costs a decision, and how soon a stop holds: jobs in a world that answers at once, worked on with oversight and without. What changes
 * something for good is written to the disk twice and counts apart.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { actSegment } from '../../src/grammar/index.ts';
import { openSession } from '../../src/gym/index.ts';
import type { Action, GymManifest, Observation, Policy, Session, World } from '../../src/records/index.ts';
import { loadSpec } from '../../src/release/index.ts';
import { openWorkplace } from '../../src/serve/index.ts';
import { type Bench, type Measurement, median, spreadOf } from '../row.ts';

const STEPS = 60;
const REPEATS = 15;
const STOPS = 20;
/** As long as a small model takes to decide, and a browser to act, in milliseconds. */
const [DECIDES_MS, ACTS_MS] = [12, 20];
/** A screen as large as a document and a form. */
const TEXTS = 150;
const FIELDS = 40;

const manifest: GymManifest = {
  name: 'forms',
  version: '1',
  description: 'Fill fields.',
  actions: { click: 'reversible', fill: 'reversible', wait: 'read', done: 'read' },
  limits: { steps: 10_000, seconds: 3600 },
  invariants: {},
  slices: { base: { description: 'plain' } },
};

class Form implements World {
  readonly #values = new Map<string, string>();
  readonly #delayMs: number;

  constructor(delayMs: number) {
    this.#delayMs = delayMs;
  }

  async look() {
    const texts = Array.from({ length: TEXTS }, (_, i) => ({ key: `text ${i}`, role: '', name: `value ${i}`, offers: ['copy'] as const }));
    const fields = Array.from({ length: FIELDS }, (_, i) => ({
      ...{ key: `field ${i}`, role: 'field', name: `Field ${i}`, value: this.#values.get(`field ${i}`) ?? '', offers: ['fill'] as const },
    }));
    return {
      elements: [
        ...texts,
        ...fields,
        { key: 'save', role: 'button', name: 'Save', offers: ['click'] as const, risk: 'compensable' as const },
      ],
    };
  }

  async perform(command: Parameters<World['perform']>[0]) {
    if (this.#delayMs > 0) await sleep(this.#delayMs);
    if (command.kind === 'fill') this.#values.set(command.key, command.text);
    return this.look();
  }

  async score() {
    return { success: null, credit: null, broken: [], reasons: [] };
  }

  async close() {}
}

const open = (delayMs: number): Session =>
  openSession({
    manifest,
    task: { schemaVersion: 1, gym: 'forms', gymVersion: '1', seed: { split: 'train', n: 0 }, slice: 'base', goal: [{ text: 'Fill.' }] },
    lane: { seed: 'bench' },
    world: new Form(delayMs),
  });

/** Fills one field after the other, or presses the button again and again. */
function clerk(kind: 'fill' | 'save', delayMs: number, decided: number[] = []): Policy {
  return {
    async begin() {
      let step = 0;
      return {
        read: async () => ({ surpriseNats: 0.1 }),
        async decide(observation) {
          if (delayMs > 0) await sleep(delayMs);
          decided.push(performance.now());
          const action = step < STEPS ? next(kind, step++, observation) : { kind: 'done' as const };
          return { action, segment: actSegment(action, observation, false), value: 0.99, logprobs: [-0.01] };
        },
        close: async () => {},
      };
    },
  };
}

function next(kind: 'fill' | 'save', step: number, { targets }: Observation): Action {
  const named = (name: string): number => targets.find((target) => target.name === name)?.reference as number;
  if (kind === 'save') return { kind: 'click', target: named('Save') };
  return { kind: 'fill', target: named(`Field ${step % FIELDS}`), source: named(`value ${(7 * step) % TEXTS}`) };
}

/** Milliseconds a step without oversight. */
async function plainMs(kind: 'fill' | 'save'): Promise<number> {
  const session = open(0);
  const player = await clerk(kind, 0).begin({ seed: '', verbs: manifest.actions });
  let observation = await session.observe();
  const startedMs = performance.now();
  for (let step = 0; step < STEPS; step++) {
    await player.read({ kind: 'observe', pieces: observation.pieces });
    observation = await session.act((await player.decide(observation)).action);
  }
  return (performance.now() - startedMs) / STEPS;
}

interface Overseen {
  readonly folder: string;
  readonly kind: 'fill' | 'save';
  readonly delays?: { readonly decides: number; readonly acts: number };
}

function workplaceOf({ folder, kind, delays = { decides: 0, acts: 0 } }: Overseen, decided: number[]) {
  const spec = { ...loadSpec(new URL('../../src/release/spec/clerk.fixture.yaml', import.meta.url).pathname) };
  return openWorkplace({
    folder,
    workerOf: async (name) => ({
      ...{ name, version: 1, actions: manifest.actions, thresholds: { abstainBelow: 0.5, surpriseAbove: 2 } },
      // Ten rules to be looked at, and saving allowed, so that nobody has to be asked.
      spec: { ...spec, otherwise: { ...spec.otherwise, compensable: 'allow' } },
      policy: clerk(kind, delays.decides, decided),
      open: async () => open(delays.acts),
    }),
  });
}

const REQUEST = { agent: 'clerk', place: { kind: 'sandbox', slice: 'base', seed: { split: 'train', n: 0 } } };

async function overseenMs(folder: string, kind: 'fill' | 'save'): Promise<number> {
  const decided: number[] = [];
  const workplace = workplaceOf({ folder, kind }, decided);
  try {
    workplace.submit(REQUEST, 'bench');
    await workplace.idle();
  } finally {
    await workplace.close();
  }
  if (decided.length !== STEPS + 1) throw new Error(`${decided.length} decisions, expected ${STEPS + 1}`);
  return ((decided.at(-1) as number) - (decided[0] as number)) / STEPS;
}

/** Milliseconds from the stop to the job's end; throws where an action was begun after it. */
async function stopMs(folder: string, waitMs: number): Promise<number> {
  const decided: number[] = [];
  const workplace = workplaceOf({ folder, kind: 'fill', delays: { decides: DECIDES_MS, acts: ACTS_MS } }, decided);
  try {
    const { id } = workplace.submit(REQUEST, 'bench');
    await sleep(waitMs);
    const startedMs = performance.now();
    workplace.stops.stop({ kind: 'everything' }, { by: 'bench', reason: 'measured', now: new Date() });
    await workplace.idle();
    if (workplace.job(id)?.ended?.how !== 'stopped') throw new Error('the job was not stopped');
    return performance.now() - startedMs;
  } finally {
    await workplace.close();
  }
}

export const oversight: Bench = {
  names: ['oversight', 'oversight-lasting', 'stop'],
  async measure({ seed }) {
    const rows: Measurement[] = [];
    for (const [name, kind] of [
      ['oversight', 'fill'],
      ['oversight-lasting', 'save'],
    ] as const) {
      const costs: number[] = [];
      for (let repeat = 0; repeat < REPEATS; repeat++) {
        const plain = await plainMs(kind);
        costs.push((await inFolder((folder) => overseenMs(folder, kind))) - plain);
      }
      const note = `${REPEATS} jobs of ${STEPS} decisions, ${TEXTS + FIELDS + 1} elements, ten rules${kind === 'save' ? '; two lines on the disk for each' : ''}`;
      rows.push({ name, value: median(costs), unit: 'ms a decision', spread: spreadOf(costs), seed, note });
    }
    const stops: number[] = [];
    for (let stop = 0; stop < STOPS; stop++) stops.push(await inFolder((folder) => stopMs(folder, 100 + 17 * stop)));
    const note = `${STOPS} jobs that decide in ${DECIDES_MS} ms and act in ${ACTS_MS} ms; until the job has ended`;
    rows.push({ name: 'stop', value: median(stops), unit: 'ms', spread: spreadOf(stops), seed, note });
    return rows;
  },
};

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'oversight-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
