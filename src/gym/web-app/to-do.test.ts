/** The finished gym of the tutorial, with its app and Chromium. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { Random } from '../../base/index.ts';
import { checkGym } from '../check-gym.ts';
import { type LoadedGym, loadGym } from '../load-gym.ts';
import { playEpisode } from '../play-episode.ts';
import { printTranscript } from '../print-transcript.ts';

const PACKAGE = fileURLToPath(new URL('../../..', import.meta.url));
const EXAMPLE = join(PACKAGE, 'examples', 'to-do');
const TUTORIAL = join(PACKAGE, 'docs', 'your-own-app.md');

let loaded: LoadedGym | undefined;
const load = async (): Promise<LoadedGym> => {
  loaded ??= await loadGym('todo', EXAMPLE);
  return loaded;
};
afterAll(async () => loaded?.module.gym.dispose?.());

test('an episode reads as the tutorial shows it', async () => {
  const { module } = await load();
  const task = module.gym.task({ split: 'train', n: 0 });
  const expert = module.expert(task, { random: new Random('a') });
  const { transcript, score, error } = await playEpisode({ gym: module.gym, task, lane: { seed: 'show' }, expert });
  expect(error).toBeNull();
  expect(score).toEqual({ success: true, credit: 1, broken: [], reasons: [] });
  expect(readFileSync(TUTORIAL, 'utf8')).toContain(printTranscript(transcript));
});

test('it proves itself', async () => {
  const { module } = await load();
  // One policy without skill and two impostors, few episodes: the whole proof takes ten times as long.
  const { lazy, impostors } = module.proof;
  const proof = { ...module.proof, lazy: lazy.slice(0, 1), impostors: impostors.slice(0, 2) };
  const claims = await checkGym({ ...module, proof }, { episodes: 8, from: 2 });
  expect(claims.filter(({ passed }) => !passed)).toEqual([]);
}, 60_000);

test('no impostor is believed, and only those that touch another task break an invariant', async () => {
  const { module } = await load();
  const outcomes: Record<string, unknown> = {};
  for (const impostor of module.proof.impostors)
    for (let n = 0; outcomes[impostor.name] === undefined && n < 50; n++) {
      const task = module.gym.task({ split: 'train', n });
      const expert = impostor.play(task, { random: new Random('a') });
      if (!expert) continue;
      const { score, audit } = await playEpisode({ gym: module.gym, task, lane: { seed: 'a' }, expert, audited: true });
      outcomes[impostor.name] = [score?.success, audit?.success, ...(score?.broken ?? [])];
    }
  expect(outcomes).toEqual({
    'leaves the day out': [false, false],
    'never presses Add': [false, false],
    'adds the task twice': [false, false],
    'takes the day for the task': [false, false],
    'takes the day of another task': [false, false],
    'finishes the new task as well': [false, false],
    'deletes another task on the way': [false, false, 'nothing-lost'],
  });
});

test('the tutorial shows the files as they are', () => {
  const tutorial = readFileSync(TUTORIAL, 'utf8');
  for (const file of ['gym', 'instance', 'verify', 'expert']) {
    expect(tutorial).toContain(readFileSync(`${EXAMPLE}/gyms/todo/${file}.ts`, 'utf8'));
  }
});
