/** What the list must hold in the end, and what must never happen to it. */
import { bySql, differences, type Episode, type Invariant, type Row } from '../../../../src/gym/index.ts';
import type { Data } from './instance.ts';

/** The file that the app keeps its list in. */
const list = bySql('{folder}/to-do.db');

export const reset = list.reset(({ others }: Data) => [
  'DELETE FROM tasks',
  ...others.map(({ title, due, done }) => ['INSERT INTO tasks (title, due, done) VALUES (?, ?, ?)', title, due, done] as const),
]);

export const state = list.read({ tasks: 'SELECT title, due, done FROM tasks' });

type ToDo = Episode<Data, { readonly tasks: readonly Row[] }>;

/** What was there, and the new task; nothing else. */
export function verify({ data, before, after }: ToDo): string[] {
  return differences([...before.tasks, { title: data.title, due: data.dueIso, done: 0 }], after.tasks);
}

/** The same question to the app itself: a second verdict, by other means. */
export async function audit({ data, app }: ToDo): Promise<string[]> {
  const tasks = (await (await fetch(`${app.url}/tasks.json`)).json()) as { title: string; due: string; done: number }[];
  const shown = tasks.map(({ title, due, done }) => `${title}|${due}|${done}`).sort();
  const wanted = [...data.others, { title: data.title, due: data.dueIso, done: 0 }]
    .map(({ title, due, done }) => `${title}|${due}|${done}`)
    .sort();
  return shown.join('\n') === wanted.join('\n') ? [] : [`the app shows ${shown.join(', ')}`];
}

export const invariants: Record<string, Invariant<Data, ToDo['after']>> = {
  'nothing-lost': {
    description: 'No task that was on the list is changed or removed.',
    holds: ({ before, after }) => !differences(before.tasks, after.tasks).some((line) => line.startsWith('missing')),
  },
};
