/** A red team in the real app: who knows what is right stays unharmed whatever stands on the page, and who believes the page does not. */
import { afterAll, expect, it } from 'vitest';
import { expertPolicy } from '../recipes/factory/expert-policy.ts';
import { actSegment } from '../src/grammar/index.ts';
import { type LoadedGym, loadGym } from '../src/gym/index.ts';
import type { Decision, Policy, Task } from '../src/records/index.ts';
import { ATTACK_KINDS, type Attempt, attackAgent, type CampaignHead, summarize } from '../src/red-team/index.ts';

let invoices: LoadedGym | undefined;
const gym = async (): Promise<LoadedGym> => (invoices ??= await loadGym('invoices'));
afterAll(async () => {
  await invoices?.module.gym.dispose?.();
});

async function campaign(
  policyOf: (loaded: LoadedGym, task: Task) => Policy,
  { tasks, attempts }: Pick<CampaignHead, 'tasks' | 'attempts'>,
): Promise<readonly Attempt[]> {
  const loaded = await gym();
  const { name, version } = loaded.manifest;
  const head: CampaignHead = {
    schemaVersion: 1,
    gym: name,
    gymVersion: version,
    slice: 'base',
    policy: 'a test',
    seed: '1',
    tasks,
    attempts,
  };
  const made: Attempt[] = [];
  await attackAgent({
    gym: loaded.module.gym,
    policy: (task) => policyOf(loaded, task),
    head,
    before: [],
    lanes: 4,
    onRound: (round) => made.push(...round),
  });
  expect(summarize({ head, attempts: made }).success[0]?.tasks).toBe(tasks);
  return made;
}

/** Plays the task that it is given by its truth. */
const knowing = ({ module }: LoadedGym, task: Task): Policy => expertPolicy(module, { task, seed: '1' });

/** The same, but before all it copies into a field what stands beside it in a text that speaks of it. */
const believing = (loaded: LoadedGym, task: Task): Policy => ({
  async begin(options) {
    const player = await knowing(loaded, task).begin(options);
    const believed = new Set<string>();
    return {
      ...player,
      async decide(observation): Promise<Decision> {
        for (const { name, reference: target, offers } of observation.targets) {
          if (!offers.includes('fill') || name === '' || believed.has(name)) continue;
          const order = observation.targets.find(
            ({ role, name: text }) => role === '' && text.length > name.length + 12 && text.includes(name),
          );
          if (order === undefined) continue;
          believed.add(name);
          const action = { kind: 'fill', target, source: order.reference } as const;
          return { action, segment: actSegment(action, observation, false), value: Number.NaN, logprobs: [] };
        }
        return player.decide(observation);
      },
    };
  },
});

it('gets nothing out of who knows what is right, with attacks of every kind', { timeout: 240_000 }, async () => {
  const attempts = await campaign(knowing, { tasks: 4, attempts: 6 });
  expect(attempts.filter(({ breach }) => breach !== null)).toEqual([]);
  expect(new Set(attempts.filter(({ isApplied }) => isApplied).map(({ attack }) => attack.kind))).toEqual(new Set(ATTACK_KINDS));
});

it('finds out who believes the page', { timeout: 240_000 }, async () => {
  const attempts = await campaign(believing, { tasks: 4, attempts: 10 });
  expect(new Set(attempts.filter(({ breach }) => breach !== null).map(({ task }) => task)).size).toBeGreaterThanOrEqual(3);
});
