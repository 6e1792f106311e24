/** On pages of our own that follow the benchmark's interface, in real Chromium. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { Random } from '../../src/base/index.ts';
import { addCollection, type Expert, type GymModule, loadGym, playEpisode } from '../../src/gym/index.ts';
import type { Action, Observation, Target } from '../../src/records/index.ts';
import { listTasks, parseCheckout } from './checkout.ts';
import { gymCollection, openMiniwob } from './gym.ts';

const checkout = parseCheckout({ path: fileURLToPath(new URL('./pages', import.meta.url)) });
const open = (name: string, expert?: () => Expert): GymModule => openMiniwob(name, checkout, expert ? { expert } : {});

/** Reads what is asked and does it; knows these pages. `wrong`: does something else in its place. */
function solver(isWrong = false): Expert {
  const done = new Set<string>();
  return {
    next(observation) {
      const { targets } = observation;
      const goal = targets.filter(({ role }) => role === 'goal');
      const words = goal.map(({ text }) => text);
      const find = (role: string, name?: string): Target | undefined =>
        targets.find((target) => target.role === role && (name === undefined || target.name === name));
      const once = (id: string, action: Action): Action | null => {
        if (done.has(id)) return null;
        done.add(id);
        return action;
      };
      const click = (target: Target | undefined): Action => (target ? { kind: 'click', target: target.reference } : { kind: 'wait' });
      const fill = (name: string, word: string): Action | null => {
        const source = goal.find(({ text }) => text === word);
        return once(name, { kind: 'fill', target: find('field', name)?.reference ?? -1, source: source?.reference ?? -1 });
      };
      if (saysOver(observation)) return { action: { kind: 'done' } };
      const after = (word: string): string => words[words.indexOf(word) + 1] as string;
      const send = (): Action => click(find('button', 'Send'));
      const action = ((): Action => {
        switch (words[0]) {
          case 'Press': {
            const buttons = targets.filter(({ role }) => role === 'button');
            return click(isWrong ? buttons.find(({ name }) => name !== words[2]) : find('button', words[2]));
          }
          case 'Write':
            if (words.includes('first')) {
              const last = isWrong ? words[1] : words[6];
              return fill('First name', words[1] as string) ?? fill('Last name', last as string) ?? send();
            }
            return fill('Word', isWrong ? 'and' : (words[1] as string)) ?? send();
          case 'Choose': {
            const option = targets.find(({ role, name }) => role === 'option' && (name === words[1]) !== isWrong);
            return once('list', { kind: 'select', target: find('list')?.reference ?? -1, source: option?.reference ?? -1 }) ?? send();
          }
          case 'Tick': {
            const wanted = words.slice(1, words.indexOf('and'));
            const box = targets.find(({ role, name }) => role === 'check' && wanted.includes(name) && !done.has(name));
            if (!box || isWrong) return send();
            done.add(box.name);
            return click(box);
          }
          default: {
            const words = targets.filter(({ role, name }) => role === 'item' && !name.startsWith('Tab'));
            const word = words.find(({ name }) => (name === after('holds')) !== isWrong);
            if (word) return click(word);
            const tab = targets.find(({ name, offers }) => /^Tab \d/.test(name) && offers.includes('click') && !done.has(name));
            if (tab) done.add(tab.name);
            return click(tab);
          }
        }
      })();
      return { action };
    },
  };
}

const saysOver = ({ pieces }: Observation): boolean =>
  pieces.some((piece) => piece.kind === 'text' && piece.text.trim() === 'the task has ended');

describe('pages of the benchmark’s kind', () => {
  const modules = gymCollection.names({ path: checkout.root }).map((name) => open(name));
  afterAll(async () => {
    for (const { gym } of modules) await gym.dispose?.();
  });
  const moduleOf = (name: string): GymModule => modules.find(({ gym }) => gym.manifest.name === `miniwob/${name}`) as GymModule;

  it.each(modules.map((module) => [module.gym.manifest.name, module] as const))(
    '%s: can be solved, and wrong ways fail',
    async (_, { gym }) => {
      for (const n of [0, 1, 2]) {
        const task = gym.task({ split: 'train', n });
        const right = await playEpisode({ gym, task, lane: { seed: 'a' }, expert: solver() });
        expect([right.error, right.score?.reasons, right.score?.success, right.stop]).toEqual([null, [], true, 'done']);
        const wrong = await playEpisode({ gym, task, lane: { seed: 'a' }, expert: solver(true) });
        expect([wrong.error, wrong.score?.success]).toEqual([null, false]);
      }
    },
  );

  it('begins the same episode by the same seed, on a fresh page and on a used one, and another by another', async () => {
    const { gym } = moduleOf('tick-the-named-boxes');
    const look = async (split: 'train' | 'exam', n: number): Promise<string> => {
      const session = await gym.open(gym.task({ split, n }), { seed: 'a' });
      try {
        return JSON.stringify((await session.observe()).pieces.filter(({ kind }) => kind === 'text'));
      } finally {
        await session.close();
      }
    };
    const used = await look('train', 7);
    const others = [await look('train', 8), await look('exam', 7), await look('exam', 8)];
    expect(await look('train', 7)).toBe(used);
    expect(new Set([used, ...others]).size).toBe(4);
    const fresh = open('tick-the-named-boxes');
    try {
      const session = await fresh.gym.open(fresh.gym.task({ split: 'train', n: 7 }), { seed: 'a' });
      expect(JSON.stringify((await session.observe()).pieces.filter(({ kind }) => kind === 'text'))).toBe(used);
      await session.close();
    } finally {
      await fresh.gym.dispose?.();
    }
  });

  it('gives partial rewards as credit only, nothing for a page that has not ended, and does nothing after the end', async () => {
    const { gym } = moduleOf('fill-two-fields');
    const session = await gym.open(gym.task({ split: 'train', n: 3 }), { seed: 'a' });
    const first = await session.observe();
    expect(await session.score()).toMatchObject({ success: false, credit: 0, reasons: ['the page has not ended the task'] });
    const at = (observation: Observation, role: string, name: string): number =>
      observation.targets.find((target) => target.role === role && target.name === name)?.reference ?? -1;
    const name = first.targets.filter(({ role }) => role === 'goal')[1] as Target;
    const filled = await session.act({ kind: 'fill', target: at(first, 'field', 'First name'), source: name.reference });
    const over = await session.act({ kind: 'click', target: at(filled, 'button', 'Send') });
    expect(saysOver(over)).toBe(true);
    expect(over.targets.every(({ role }) => role === 'goal')).toBe(true);
    expect(over.stop).toBeNull();
    await session.act({ kind: 'press', key: 'enter' });
    await session.act({ kind: 'wait' });
    expect(await session.score()).toMatchObject({ success: false, credit: 0.5 });
    expect((await session.act({ kind: 'done' })).stop).toBe('done');
    await session.close();
  });

  it('is added once and then found by its name', async () => {
    const root = mkdtempSync(join(tmpdir(), 'miniwob-root-'));
    try {
      expect(await addCollection('miniwob', { path: checkout.root }, root)).toEqual(listTasks(checkout));
      const { module, manifest } = await loadGym('miniwob/tabs', root);
      expect(manifest.name).toBe('miniwob/tabs');
      expect(module.gym.task({ split: 'exam', n: 1 }).goal).toEqual([{ text: 'Do what the page asks.' }]);
      await expect(loadGym('miniwob/other', root)).rejects.toThrow(/no such page/);
      await expect(addCollection('miniwob', { path: root }, root)).rejects.toThrow(/without core/);
    } finally {
      rmSync(root, { recursive: true });
    }
  });

  it('says that it has no expert, and cannot be proved', () => {
    const module = moduleOf('tabs');
    expect(() => module.expert(module.gym.task({ split: 'train', n: 0 }), { random: new Random(1) })).toThrow(/without a scripted expert/);
    expect(module.gym.manifest.version).toMatch(/^1-[0-9a-f]{8}$/);
  });
});
