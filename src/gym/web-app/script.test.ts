import { describe, expect, test } from 'vitest';
import { Random } from '../../base/index.ts';
import type { Observation, Target } from '../../records/index.ts';
import { abstain, answer, ask, clear, click, fill, playScript, press, type Step, select, typeText } from './script.ts';

const target = (reference: number, role: string, name: string, offers: Target['offers'], value?: string): Target => ({
  reference,
  role,
  name,
  offers,
  states: [],
  text: offers.includes('copy') ? (value ?? name) : '',
  ...(value === undefined ? {} : { value }),
});

const SCREEN: Observation = {
  pieces: [],
  stop: null,
  targets: [
    target(1, 'goal', 'Anna', ['copy']),
    target(2, 'goal', '3 March 2026', ['copy']),
    target(3, '', 'Bert', ['copy']),
    target(4, 'button', 'Delete', ['click']),
    target(5, '', 'Anna', ['copy']),
    target(6, 'button', 'Delete', ['click']),
    target(7, 'field', 'Name', ['fill', 'copy'], ''),
    target(8, 'list', 'Kind', ['select']),
    target(9, 'option', 'private', ['option', 'copy']),
    target(10, 'option', 'work', ['option', 'copy']),
    target(11, 'field', 'City', ['fill', 'copy'], 'Graz'),
  ],
};

const options = (mistakes?: number) => ({ random: new Random('a'), ...(mistakes === undefined ? {} : { mistakes }) });
const first = (step: Step) => playScript([step], options()).next(SCREEN).action;

describe('a step', () => {
  test.each([
    ['fills from the goal before the screen', fill('Name', 'Anna'), { kind: 'fill', target: 7, source: 1 }],
    ['fills in a form', fill('Name', '3 March 2026', { as: 'date' }), { kind: 'fill', target: 7, source: 2, as: 'date' }],
    ['copies what a field holds', fill('Name', 'Graz'), { kind: 'fill', target: 7, source: 11 }],
    ['clicks the first one', click('Delete'), { kind: 'click', target: 4 }],
    ['clicks below a text, which is not the goal', click('Delete', { after: 'Anna' }), { kind: 'click', target: 6 }],
    ['chooses an option', select('Kind', 'work'), { kind: 'select', target: 8, source: 10 }],
    ['types', typeText('City', 'Linz'), { kind: 'type', target: 11, text: 'Linz' }],
    ['clears', clear('City'), { kind: 'clear', target: 11 }],
    ['presses', press('enter'), { kind: 'press', key: 'enter' }],
    ['answers', answer('Bert'), { kind: 'answer', source: 3 }],
    ['asks about a thing', ask('Bert'), { kind: 'ask', about: 3 }],
    ['asks about all', ask(), { kind: 'ask' }],
    ['hands over', abstain, { kind: 'abstain' }],
  ])('%s', (_, step, action) => {
    expect(first(step)).toEqual(action);
  });

  test.each([
    ['a field that is a button', fill('Delete', 'Anna'), /'Delete' that offers fill/],
    ['another spelling', click('delete'), /'delete' that offers click/],
    ['a text that stands nowhere', fill('Name', 'Carla'), /the text 'Carla'/],
    ['a row that is not there', click('Delete', { after: 'Carla' }), /a text 'Carla'/],
  ])('throws for %s, and says what is there', (_, step, message) => {
    expect(() => first(step)).toThrow(message);
    expect(() => first(step)).toThrow(/button 'Delete' \(click\)/);
  });

  test('passes on what the runtime said', () => {
    const told = {
      ...SCREEN,
      pieces: [
        { kind: 'word', word: 'notice' },
        { kind: 'text', text: 'nothing happened' },
      ],
    } as const;
    expect(() => playScript([click('Next')], options()).next(told)).toThrow(/the notice 'nothing happened'/);
  });
});

describe('a script', () => {
  test('says that it has finished, again and again', () => {
    const player = playScript([click('Delete')], options());
    expect([1, 2, 3].map(() => player.next(SCREEN).action.kind)).toEqual(['click', 'done', 'done']);
  });

  test('errs only where it can, and then does it right', () => {
    const player = playScript([click('Delete'), fill('Name', 'Anna'), select('Kind', 'work')], options(0.999));
    const moves = Array.from({ length: 12 }, () => player.next(SCREEN));
    const wrong = moves.filter(({ mistake }) => mistake).map(({ action }) => action);
    expect(wrong).toHaveLength(4);
    for (const action of wrong) expect(action).toEqual({ kind: 'fill', target: 7, source: 2 });
    const right = moves.filter(({ mistake }) => !mistake).map(({ action }) => action);
    expect(right.slice(0, 3)).toEqual([
      { kind: 'click', target: 4 },
      { kind: 'fill', target: 7, source: 1 },
      { kind: 'select', target: 8, source: 10 },
    ]);
  });

  test('errs in a list by another of its options', () => {
    expect(select('Kind', 'work').slip?.(SCREEN, options())).toEqual({ kind: 'select', target: 8, source: 9 });
  });

  test('makes no mistakes unless it is asked to', () => {
    const player = playScript([fill('Name', 'Anna')], options());
    expect(player.next(SCREEN)).toEqual({ action: { kind: 'fill', target: 7, source: 1 } });
  });
});
