import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalise } from '../../grammar/index.ts';
import { NORMALISERS, type Offer } from '../../records/index.ts';
import { cleanText } from '../outside-text.ts';
import { describeElement, findDescribed } from './description.ts';
import { parseEnding } from './ending.ts';
import { inferSource } from './infer-source.ts';
import { type InterpretOptions, interpretEvent, type LiveElement } from './interpret.ts';
import { actionOf, type Step, scriptedExpert } from './step.ts';

const source = (text: string, isField = false) => ({ text, isField });

describe('where a value was taken from', () => {
  it('prefers exact to normalised, what is no field to what is one, and then the nearest', () => {
    const sources = [source('1.234,56'), source('1234.56', true), source('1.234,56'), source('12. März 2026'), source('Anna')];
    expect(inferSource('1234.56', sources, null)).toEqual({ source: sources[1] });
    expect(inferSource('1234.56', [sources[0], sources[2]] as never, 1)).toEqual({ source: sources[2], as: 'amount' });
    expect(inferSource('2026-03-12', sources, 0)).toEqual({ source: sources[3], as: 'date' });
    expect(inferSource('ANNA', sources, null)).toEqual({ source: sources[4], as: 'upper' });
    const twice = [source('x'), source('y'), source('x'), source('x', true)];
    expect(inferSource('x', twice, null)?.source).toBe(twice[0]);
    expect(inferSource('x', twice, 2)?.source).toBe(twice[2]);
    expect(inferSource('x', twice, 3)?.source).toBe(twice[2]);
  });

  it('reads values that are written in another way, but never a part', () => {
    expect(inferSource('1.234,56 €', [source('1234.56')], null)).toMatchObject({ as: 'amount' });
    expect(inferSource('12.3.2026', [source('March 12, 2026')], null)).toMatchObject({ as: 'date' });
    expect(inferSource('RE-7', [source('Invoice RE-7')], null)).toBeNull();
    expect(inferSource('  ', [source('')], null)).toBeNull();
  });

  it('finds for every value that a fill could have put there a source that puts it there', () => {
    // As a screen shows them: on one line, tidied.
    const texts = fc.array(
      fc.oneof(
        fc.string().map((text) => cleanText(text)),
        fc.constantFrom('1.500,00', '3 March 2026', 'Ann', '12/03/26', 'a b', '1 000'),
      ),
      {
        minLength: 1,
        maxLength: 6,
      },
    );
    fc.assert(
      fc.property(texts, fc.nat(5), fc.constantFrom('exact', ...NORMALISERS), (given, which, how) => {
        const text = given[which % given.length] as string;
        const put = how === 'exact' ? ({ ok: true, text } as const) : normalise(text, how);
        if (!put.ok || put.text.trim() === '') return;
        const found = inferSource(
          put.text,
          given.map((each) => source(each)),
          null,
        );
        expect(found).not.toBeNull();
        const again =
          found?.as === undefined ? ({ ok: true, text: found?.source.text ?? '' } as const) : normalise(found.source.text, found.as);
        expect(again.ok && again.text.trim()).toBe(put.text.trim());
      }),
    );
  });
});

const element = (key: string, role: string, name: string, offers: readonly Offer[], text = name): LiveElement => ({
  key,
  role,
  name,
  text,
  offers,
});

describe('what a person did', () => {
  const screen = [
    { ...element('goal/pin', 'secret', 'the PIN', ['copy']), secret: '4711-x' },
    element('d', '', 'Lumen AG', ['copy']),
    element('f', 'field', 'Vendor', ['fill', 'click'], ''),
    element('n', 'field', 'Vendor', ['fill', 'click'], ''),
    element('l', 'list', 'Currency', ['select'], ''),
    element('o', 'option', 'EUR', ['option', 'copy']),
    element('row', 'item', 'Row', ['click', 'copy']),
    element('b', 'button', 'Save', ['click']),
    element('u', 'file', 'Scan', ['upload'], ''),
    element('p', '', 'scans/a.pdf', ['copy']),
    element('w', 'item', 'Card', ['drag', 'drop']),
  ];
  const verbs = { click: 'read', fill: 'read', clear: 'read', select: 'read', press: 'read', drag: 'read' } as const;
  const options: InterpretOptions = { screen, attention: null, verbs };

  it('becomes the action that names what was meant', () => {
    expect(interpretEvent({ kind: 'click', path: ['x', 'b', 'row'] }, options).step).toEqual({
      kind: 'click',
      target: { role: 'button', name: 'Save', ordinal: 0 },
    });
    expect(interpretEvent({ kind: 'click', path: ['d', 'row'] }, options)).toMatchObject({
      attention: 'd',
      step: { target: { name: 'Row' } },
    });
    expect(interpretEvent({ kind: 'change', path: ['n'], value: 'Lumen AG' }, options).step).toMatchObject({
      kind: 'fill',
      target: { name: 'Vendor', ordinal: 1 },
      source: { text: 'Lumen AG' },
    });
    expect(interpretEvent({ kind: 'change', path: ['f'], value: '' }, options).step).toMatchObject({ kind: 'clear' });
    expect(interpretEvent({ kind: 'change', path: ['l'], value: 'EUR', option: ['o'] }, options).step).toMatchObject({
      kind: 'select',
      source: { role: 'option', name: 'EUR' },
    });
    expect(interpretEvent({ kind: 'change', path: ['u'], value: 'a.pdf' }, options).step).toMatchObject({
      kind: 'fill',
      source: { text: 'scans/a.pdf' },
    });
    expect(interpretEvent({ kind: 'drag', path: ['w'], to: ['w'] }, options).step).toMatchObject({ kind: 'drag' });
    expect(interpretEvent({ kind: 'drag', path: ['d'], to: ['w'] }, options)).toEqual({});
  });

  it('is nothing where nothing was meant: a caret, a list that opens, the bare page', () => {
    expect(interpretEvent({ kind: 'click', path: ['f'] }, options)).toMatchObject({ attention: 'f', onlyIfShown: true });
    expect(interpretEvent({ kind: 'click', path: ['l'] }, options)).toEqual({ attention: 'l' });
    expect(interpretEvent({ kind: 'click', path: ['nobody'] }, options)).toEqual({});
  });

  it('never writes down a hidden value: the goal’s secret is named, any other is a problem', () => {
    const typed = { ...options, verbs: { ...verbs, type: 'read' } as const };
    const named = interpretEvent({ kind: 'change', path: ['f'], value: '4711-x', isHidden: true }, typed);
    expect(named.step).toMatchObject({ kind: 'fill', source: { role: 'secret', text: 'the PIN' } });
    expect(JSON.stringify(named)).not.toContain('4711');
    const other = interpretEvent({ kind: 'change', path: ['f'], value: 'my own', isHidden: true }, typed);
    expect(other.step).toBeUndefined();
    expect(other.problem).toMatch(/hidden value/);
    expect(JSON.stringify(other)).not.toContain('my own');
  });

  it('is a problem where the gym has no such verb', () => {
    expect(interpretEvent({ kind: 'press', pressed: 'enter' }, { ...options, verbs: {} })).toEqual({
      problem: "this gym takes no 'press'",
    });
  });
});

describe('steps', () => {
  it('find their elements again, whatever their references are now', () => {
    const alike = ['a', 'b', 'a', 'a'].map((name, i) => ({
      reference: 40 - i,
      role: 'button',
      name,
      text: '',
      states: [],
      offers: ['click'] as const,
    }));
    for (const target of alike) expect(findDescribed(describeElement(target, alike, false), alike)).toBe(target);
    const observation = { pieces: [], targets: alike, stop: null };
    expect(actionOf({ kind: 'click', target: { role: 'button', name: 'a', ordinal: 2 } }, observation)).toEqual({
      kind: 'click',
      target: 37,
    });
  });

  it('wait for what is late where waiting is allowed, and say what is missing where it does not come', () => {
    const steps: Step[] = [{ kind: 'click', target: { role: 'button', name: 'Late', ordinal: 0 } }, { kind: 'done' }];
    const empty = { pieces: [], targets: [], stop: null };
    expect(() => scriptedExpert(steps, { canWait: false }).next(empty)).toThrow(/a screen without button "Late"/);
    const patient = scriptedExpert(steps, { canWait: true });
    expect(patient.next(empty).action).toEqual({ kind: 'wait' });
    const late = { reference: 3, role: 'button', name: 'Late', text: '', states: [], offers: ['click'] as const };
    expect(patient.next({ ...empty, targets: [late] }).action).toEqual({ kind: 'click', target: 3 });
    const hopeless = scriptedExpert(steps, { canWait: true });
    for (let i = 0; i < 3; i++) hopeless.next(empty);
    expect(() => hopeless.next(empty)).toThrow(/Late/);
  });
});

it('an ending is a word in the terminal', () => {
  expect(
    [' done ', 'ASK', 'abstain', 'answer 12 €', 'answer', 'quit', 'done now', 'what?', ''].map((line) => parseEnding(line)?.kind ?? null),
  ).toEqual(['done', 'asked', 'abstained', 'answered', 'answered', 'quit', null, null, null]);
  expect(parseEnding('answer 12 €')).toEqual({ kind: 'answered', text: '12 €' });
});
