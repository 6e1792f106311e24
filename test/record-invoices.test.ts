/**
 * A whole invoice entered by mouse and keyboard, recorded, and played again: the expert decides, but its hands are the browser's own input, as a
 * person's are.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CDPSession } from 'playwright-core';
import { afterAll, expect, it } from 'vitest';
import { gymModule, invoices } from '../gyms/invoices/gym.ts';
import { InvoicesWorlds, lanePage } from '../gyms/invoices/world.ts';
import { Random } from '../src/base/index.ts';
import {
  Browser,
  type BrowserPage,
  openSession,
  type PageWorld,
  type PersonEnding,
  type RecordableGym,
  recordDemonstration,
} from '../src/gym/index.ts';
import type { Command, Lane, Screen, Task, World } from '../src/records/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'record-invoices-'));
let browser: Browser | undefined;
let page: BrowserPage | undefined;
const worlds = new InvoicesWorlds({
  async open() {
    browser ??= await Browser.launch();
    page = await browser.openPage({ clock: { now: '2026-01-01T00:00:00Z' } });
    return lanePage(page);
  },
  async close() {
    await browser?.close();
  },
});
afterAll(async () => {
  await worlds.dispose();
  rmSync(folder, { recursive: true });
});

/** The recorder and the hands look at one page, one after the other. */
let turn: Promise<unknown> = Promise.resolve();
function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
  const mine = turn.then(work);
  turn = mine.catch(() => {});
  return mine;
}

/** The gym with its page in reach. */
const openWith = async (task: Task, lane: Lane, wrap: (world: World) => World): ReturnType<RecordableGym['openWith']> => {
  const own = await worlds.open(invoices.instance(task));
  const world: PageWorld = {
    browserPage: page as BrowserPage,
    secrets: own.secrets ?? {},
    look: () => inTurn(() => own.look()),
    perform: (command) => inTurn(() => own.perform(command)),
    score: (ending) => own.score(ending),
    elapsedSeconds: () => own.elapsedSeconds?.() ?? 0,
    close: () => own.close(),
  };
  return openSession({ manifest: invoices.manifest, task, lane, world: wrap(world) });
};
const gym: RecordableGym = { ...invoices, openWith, open: (task, lane) => openWith(task, lane, (world) => world) };

/** Mouse and keyboard on the elements that a screen names. */
async function handsOn({ page: tab }: BrowserPage): Promise<(command: Command) => Promise<void>> {
  const cdp: CDPSession = await tab.context().newCDPSession(tab);
  let context = '';
  cdp.on('Runtime.executionContextCreated', (event) => {
    if (event.context.name === 'journeyman') context = event.context.uniqueId;
  });
  await cdp.send('Runtime.enable');
  const ask = async (expression: string): Promise<unknown> => {
    const { result } = await cdp.send('Runtime.evaluate', { expression, uniqueContextId: context, returnByValue: true });
    return result.value;
  };
  const click = async (key: string): Promise<void> => {
    const { x, y } = JSON.parse(String(await ask(`journeymanPage.place(${JSON.stringify(key)})`))) as { x: number; y: number };
    await tab.mouse.click(x, y);
  };
  return async (command) => {
    switch (command.kind) {
      case 'click':
        return click(command.key);
      case 'fill':
        if ((await ask(`journeymanPage.elementOf(${JSON.stringify(command.key)}).type`)) === 'date') {
          await ask(`journeymanPage.elementOf(${JSON.stringify(command.key)}).focus()`);
          const [year, month, day] = command.text.split('-');
          // As the browser asks for it: month, day, year.
          return tab.keyboard.type(`${month}${day}${year}`);
        }
        await click(command.key);
        await tab.keyboard.press('ControlOrMeta+a');
        return tab.keyboard.insertText(command.text);
      case 'select': {
        if (!('key' in command.option)) throw new Error('a person chooses what is in the list');
        const list = `journeymanPage.elementOf(${JSON.stringify(command.key)})`;
        const text = await ask(`(${list}.focus(), journeymanPage.elementOf(${JSON.stringify(command.option.key)}).text)`);
        return tab.keyboard.type(String(text));
      }
      case 'wait':
        return;
      default:
        throw new Error(`no hands for ${command.kind}`);
    }
  };
}

it('an invoice entered by hand becomes a demonstration', async () => {
  const task = invoices.task({ split: 'train', n: 0 });
  let end = (_: PersonEnding): void => {};
  const ending = new Promise<PersonEnding>((resolve) => {
    end = resolve;
  });
  const work = async (live: BrowserPage): Promise<void> => {
    const hands = await handsOn(live);
    const world: World = {
      secrets: { password: invoices.instance(task).password },
      look: () => inTurn(() => live.look()),
      async perform(command): Promise<Screen> {
        await hands(command);
        // As a person, who waits for what comes.
        await new Promise((done) => setTimeout(done, 60));
        return inTurn(() => live.perform({ kind: 'clear', key: 'nothing' }));
      },
      score: async () => ({ success: null, credit: null, broken: [], reasons: [] }),
      close: async () => {},
    };
    const session = openSession({ manifest: invoices.manifest, task, lane: { seed: 'hands' }, world });
    const expert = gymModule.expert(task, { random: new Random('hands') });
    let observation = await session.observe();
    while (observation.stop === null) observation = await session.act(expert.next(observation).action);
    if (observation.stop !== 'done') throw new Error(`the hands ended by ${observation.stop}`);
    end({ kind: 'done' });
  };
  let failure: unknown;
  const recording = await recordDemonstration({
    gym,
    task,
    lane: { seed: 'record' },
    folder,
    ending,
    onReady: (live) => {
      work(live).catch((error: unknown) => {
        failure = error;
        end({ kind: 'quit', reason: String(error) });
      });
    },
  });
  expect(failure).toBeUndefined();
  expect(recording.reasons).toEqual([]);
  expect(recording.isAccepted).toBe(true);
  expect(recording.steps.filter(({ kind }) => kind === 'fill').length).toBeGreaterThan(5);
  expect(readFileSync(join(folder, 'invoices.jsonl'), 'utf8').trim()).toBe(JSON.stringify(recording.transcript));
}, 60_000);
