/**
 * What a decision of an agent takes by itself: the base at lessons of full size, one lane, the worlds in memory. The expert's move is carried out, so
 * that the episodes are real ones; reading what the screen shows and deciding what to do are timed together.
 */
import { Clerk } from '../../base/lessons/clerk.ts';
import { Desk } from '../../base/lessons/desk.ts';
import { lessons } from '../../base/lessons/index.ts';
import { LESSON_MANIFEST } from '../../base/lessons/play.ts';
import { Universe } from '../../base/lessons/universe.ts';
import { BASE_FOLDER } from '../../recipes/factory/workshop.ts';
import { Random } from '../../src/base/index.ts';
import { loadFolderModel } from '../../src/cli/index.ts';
import { Engine, enginePolicy } from '../../src/engine/index.ts';
import { actSegment, openSession } from '../../src/gym/index.ts';
import type { Policy } from '../../src/records/index.ts';
import { type Bench, median, spreadOf } from '../row.ts';

const EPISODES = 24;

export const decision: Bench = {
  names: ['base-decision-ms'],
  measure: async ({ seed, say }) => {
    const { config, weights, tokenizer } = loadFolderModel(BASE_FOLDER);
    const engine = await Engine.start(config, weights);
    try {
      const policy = enginePolicy({ engine, codec: tokenizer, temperature: 0 });
      const times: number[] = [];
      // The first episodes compile the step widths.
      for (let n = -2; n < EPISODES; n++) {
        const own = await timeEpisode(policy, new Random(`decision/${seed}/${n}`), n);
        if (n >= 0) times.push(...own);
        say(`episode ${n}: median ${median(own).toFixed(1)} ms`);
      }
      const sorted = times.toSorted((a, b) => a - b);
      const p95 = sorted[Math.floor(0.95 * sorted.length)] as number;
      return [
        {
          name: 'base-decision-ms',
          value: median(times),
          unit: 'ms',
          spread: spreadOf(times),
          seed,
          note: `${times.length} decisions of ${EPISODES} lessons, one lane, no browser; reading the screen and deciding; 95th percentile ${p95.toFixed(1)}`,
        },
      ];
    } finally {
      await engine.dispose();
    }
  },
};

async function timeEpisode(policy: Policy, random: Random, n: number): Promise<number[]> {
  const plan = (lessons[0] as (typeof lessons)[number]).plan(new Universe({ random, level: 1 }));
  const desk = new Desk(plan);
  const clerk = new Clerk(plan, desk, { random, mistakes: 0 });
  const { name, version } = LESSON_MANIFEST;
  const task = {
    schemaVersion: 1,
    gym: name,
    gymVersion: version,
    seed: { split: 'train', n: n + 2 },
    slice: 'base',
    goal: plan.goal,
  } as const;
  const session = await openSession({ manifest: LESSON_MANIFEST, task, lane: { seed: 'decision' }, world: desk });
  const player = await policy.begin({ seed: `${n}`, verbs: LESSON_MANIFEST.actions });
  const times: number[] = [];
  try {
    await player.read({ kind: 'goal', pieces: session.goal });
    let observation = await session.observe();
    while (observation.stop === null) {
      const started = performance.now();
      await player.read({ kind: 'observe', pieces: observation.pieces });
      await player.decide(observation);
      times.push(performance.now() - started);
      const { action } = clerk.next(observation);
      await player.force?.(actSegment(action, observation));
      observation = await session.act(action);
    }
    return times;
  } finally {
    await player.close();
    await session.close();
  }
}
