/** Scripted people in real Chromium: their mouse and keyboard are the browser's own input, not the driver's. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { printTranscript } from '../print-transcript.ts';
import { Desk, type DeskOptions, PIN, STRICT } from './desk.fixture.ts';
import type { PersonEnding } from './ending.ts';
import { type Recording, recordDemonstration } from './record-demonstration.ts';

const desk = new Desk();
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'recorder-test-'));
});
afterEach(() => rmSync(folder, { recursive: true }));
afterAll(() => desk.close());

const read = (name: string): string => (existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8') : '');
const lines = (name: string): unknown[] =>
  read(name)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown);

type Person = (page: Page) => Promise<PersonEnding | undefined>;

async function record(person: Person, options: DeskOptions & { readonly signal?: AbortSignal } = {}): Promise<Recording> {
  const gym = desk.gym(options);
  let end = (_: PersonEnding): void => {};
  let failure: unknown;
  const recording = await recordDemonstration({
    gym,
    task: gym.task({ split: 'train', n: 0 }),
    lane: { seed: 'record' },
    folder,
    ending: new Promise((resolve) => {
      end = resolve;
    }),
    ...(options.signal ? { signal: options.signal } : {}),
    onReady: ({ page }) =>
      void person(page).then(
        (ending) => end(ending ?? { kind: 'done' }),
        (error: unknown) => {
          failure = error;
          end({ kind: 'quit', reason: 'the script failed' });
        },
      ),
  });
  if (failure !== undefined) throw failure;
  return recording;
}

async function write(page: Page, field: string, text: string): Promise<void> {
  await page.locator(field).click();
  await page.keyboard.press('ControlOrMeta+a');
  // One event of the browser's own instead of one a key.
  await page.keyboard.insertText(text);
}

async function fillForm(page: Page, { total = '1234.56', due = '2026-03-12' } = {}): Promise<void> {
  await write(page, '#vendor', 'Lumen AG');
  await write(page, '#due', due);
  await write(page, '#total', total);
  // With the keyboard, as the list of options is no part of the page.
  await page.locator('#currency').focus();
  await page.keyboard.type('EUR');
  await page.getByText('Checked').click();
  await write(page, '#pin', PIN);
}

const said = ({ steps }: Recording): string[] =>
  steps.map((step) =>
    [
      step.kind,
      'target' in step ? step.target.name : '',
      'source' in step ? (step.source.text ?? step.source.name) : '',
      'as' in step ? step.as : '',
      'key' in step ? step.key : '',
      'text' in step ? `"${step.text}"` : '',
    ]
      .filter(Boolean)
      .join(' '),
  );

describe('a demonstration', () => {
  it('becomes typed actions by reference, is played again, and is kept', async () => {
    const recording = await record(async (page): Promise<undefined> => {
      await fillForm(page);
      await page.locator('#save').click();
    });
    expect(recording.reasons).toEqual([]);
    expect(said(recording)).toEqual([
      'fill Vendor Lumen AG',
      'fill Due 12. März 2026 date',
      'fill Total 1.234,56 amount',
      'select Currency EUR',
      'click Checked',
      'fill PIN the PIN',
      'click Save',
      'done',
    ]);
    expect(recording.isAccepted).toBe(true);
    expect(recording.score).toMatchObject({ success: true });
    expect(lines('desk.jsonl')).toEqual([recording.transcript]);
    expect(lines('desk.recorded.jsonl')).toMatchObject([{ gym: 'desk', seed: { split: 'train', n: 0 }, verified: 'replayed' }]);
    expect(existsSync(join(folder, 'desk.rejected.jsonl'))).toBe(false);
    const printed = printTranscript(recording.transcript as NonNullable<typeof recording.transcript>);
    expect(printed).toMatch(/do {4}fill ⟨\d+⟩ «Due» from ⟨\d+⟩ «12. März 2026» as date/);
    expect(printed).toMatch(/end {3}success/);
    // The secret is in no file.
    expect(read('desk.jsonl') + read('desk.recorded.jsonl')).not.toContain(PIN);

    // The actions, done once more in a fresh session of this task and lane, give the same observations and score.
    const gym = desk.gym();
    const session = await gym.open(gym.task({ split: 'train', n: 0 }), { seed: 'record' });
    for (const action of recording.actions) await session.act(action);
    expect(await session.score()).toEqual(recording.score);
    await session.close();
  });

  it('is set aside when it is wrong, with the verifier’s reasons', async () => {
    const recording = await record(async (page): Promise<undefined> => {
      await fillForm(page, { total: '1037.45' });
      await page.locator('#save').click();
    });
    expect(recording.isAccepted).toBe(false);
    expect(recording.reasons).toEqual(['the verifier rejects it: failure (credit 0); total is wrong']);
    expect(said(recording)).toContain('fill Total 1.037,45 amount');
    expect(lines('desk.rejected.jsonl')).toMatchObject([{ reasons: recording.reasons, score: { success: false } }]);
    expect(existsSync(join(folder, 'desk.jsonl'))).toBe(false);
  });

  it('is set aside when a value can be traced to nothing, unless the gym takes text of one’s own', async () => {
    const person: Person = async (page): Promise<undefined> => {
      await fillForm(page, { due: '2026-03-13' });
      await page.locator('#save').click();
    };
    const strict = await record(person);
    expect(strict.reasons[0]).toBe('field "Due" got a value that stands nowhere on the screen, and this gym takes no text of one\'s own');
    expect(strict.isAccepted).toBe(false);
    const free = await record(person, { actions: { ...STRICT, type: 'reversible' } });
    expect(said(free)).toContain('type Due "2026-03-13"');
    expect(lines('desk.rejected.jsonl')).toHaveLength(2);
  });

  it('may hold mistakes that were put right; they are shown, not imitated', async () => {
    const mended = await record(async (page): Promise<undefined> => {
      await write(page, '#due', 'what was it?');
      await fillForm(page, { total: '1037.45' });
      await write(page, '#total', '1234.56');
      await page.locator('#save').click();
    });
    expect(mended.reasons).toEqual([]);
    expect(said(mended).filter((step) => step.includes('Total'))).toEqual(['fill Total 1.037,45 amount', 'fill Total 1.234,56 amount']);
    const acts = mended.transcript?.segments.filter(({ kind }) => kind === 'act') ?? [];
    expect(acts.map(({ imitate = true }) => imitate)).toEqual([true, true, false, true, true, true, true, true, true]);
  });

  it('takes the place that the person looked at, of several that say the same; Enter sends the form off', async () => {
    const recording = await record(async (page): Promise<undefined> => {
      await fillForm(page);
      await page.locator('#pay-line').dblclick();
      await write(page, '#total', '1234.56');
      await page.keyboard.press('Enter');
    });
    expect(recording.reasons).toEqual([]);
    expect(recording.steps.slice(-3)).toMatchObject([
      { kind: 'fill', source: { text: '1.234,56', ordinal: 1 }, as: 'amount' },
      { kind: 'press', key: 'enter' },
      { kind: 'done' },
    ]);
  });

  it('follows a dialog of the browser that the person answers', async () => {
    const recording = await record(
      async (page): Promise<undefined> => {
        await fillForm(page);
        const answered = new Promise<void>((resolve) => {
          page.once(
            'dialog',
            (dialog) =>
              void sleep(200)
                .then(() => dialog.accept())
                .then(resolve),
          );
        });
        await page.locator('#save').click({ noWaitAfter: true });
        await answered;
        await sleep(200);
      },
      { asks: true },
    );
    expect(said(recording).slice(-3)).toEqual(['click Save', 'click OK', 'done']);
    expect(recording.reasons).toEqual([]);
  });

  it('loses nothing when it is interrupted, and claims nothing', async () => {
    const controller = new AbortController();
    const interrupted = await record(
      async (page): Promise<undefined> => {
        await write(page, '#vendor', 'Lumen AG');
        await page.locator('#document').click();
        await sleep(100);
        controller.abort();
        await sleep(50);
      },
      { signal: controller.signal },
    );
    expect(interrupted).toMatchObject({ isAccepted: false, reasons: ['interrupted'], score: null });
    expect(lines('desk.rejected.jsonl')).toMatchObject([
      { steps: [{ kind: 'fill', target: { name: 'Vendor' } }], reasons: ['interrupted'] },
    ]);
    const held = new AbortController();
    const blocked = await record(
      async (page): Promise<undefined> => {
        await write(page, '#vendor', 'Lumen AG');
        const opened = new Promise<void>((resolve) => void page.once('dialog', () => resolve()));
        void page
          .locator('#save')
          .click({ noWaitAfter: true })
          .catch(() => {});
        await opened;
        held.abort();
        await sleep(50);
      },
      { signal: held.signal, asks: true },
    );
    expect(blocked).toMatchObject({ isAccepted: false, reasons: ['interrupted'] });
    expect(said(blocked).slice(0, 1)).toEqual(['fill Vendor Lumen AG']);
    const closed = await record(async (page): Promise<undefined> => {
      await page.close();
      await sleep(50);
    });
    expect(closed).toMatchObject({ isAccepted: false, reasons: ['the window was closed'] });
  });
});
