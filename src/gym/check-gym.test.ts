import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { checkGym } from './check-gym.ts';
import { defineGym } from './define-gym.ts';
import { GymError } from './errors.ts';
import type { GymModule } from './expert.ts';
import { LampWorld, lampGym, lampManifest, lampModule } from './lamp-world.fixture.ts';
import { addCollection, listGyms, loadGym } from './load-gym.ts';
import { requireProof, saveProof } from './proof.ts';

const failed = async (module: GymModule): Promise<readonly string[]> =>
  (await checkGym(module, { episodes: 60 })).filter(({ passed }) => !passed).map(({ claim, failures }) => `${claim}: ${failures[0]}`);

const withWorld = (make: (day: string) => LampWorld): GymModule => ({
  ...lampModule,
  gym: defineGym({ manifest: lampManifest, generate: () => ({ day: '2026-08-01' }), goal: () => [], open: async ({ day }) => make(day) }),
});

describe('the proof of a gym', () => {
  it('passes where everything holds, and says how much was tried', async () => {
    const results = await checkGym(lampModule, { episodes: 60 });
    expect(results.filter(({ passed }) => !passed)).toEqual([]);
    expect(results.length).toBe(8);
    for (const { tried } of results) expect(tried).toBeGreaterThan(0);
  });

  it('finds an expert that fails', async () => {
    const idle: GymModule = { ...lampModule, expert: () => ({ next: () => ({ action: { kind: 'done' } }) }) };
    expect((await failed(idle)).map((line) => line.split(':')[0])).toEqual([
      'the expert succeeds on every task, and both verifiers say so',
      'the expert repairs its own mistakes',
    ]);
  });

  it('finds an impostor that is believed', async () => {
    const believed: GymModule = {
      ...lampModule,
      proof: {
        ...lampModule.proof,
        impostors: [{ name: 'honest', description: '', play: (task, options) => lampModule.expert(task, options) }],
      },
    };
    expect(await failed(believed)).toEqual([
      expect.stringMatching(/^nothing wrong is believed.*honest, lamps\/base\/train\/0: success true/),
    ]);
  });

  it('finds a lazy policy that is good enough', async () => {
    const lazy = {
      name: 'expert',
      description: '',
      atMost: 0.9,
      play: (task: Parameters<GymModule['expert']>[0]) => lampModule.expert(task, { random: { uniform: () => 1 } as never }),
    };
    expect(await failed({ ...lampModule, proof: { ...lampModule.proof, lazy: [lazy] } })).toEqual([expect.stringMatching(/solves 1\.00/)]);
  });

  it('finds shared vocabulary, and slices that are not what they say', async () => {
    const proof = { ...lampModule.proof, vocabulary: () => [{ kind: 'days', train: ['a'], exam: ['a'] }], differs: () => 'no difference' };
    expect((await failed({ ...lampModule, proof })).length).toBe(2);
  });

  it('finds a world that restores inexactly, and one that differs from time to time', async () => {
    class Forgetful extends LampWorld {
      override async load(): Promise<void> {}
    }
    expect(await failed(withWorld((day) => new Forgetful(day)))).toContainEqual(
      expect.stringMatching(/^snapshot.*differs from the saved one/),
    );
    let count = 0;
    class Fickle extends LampWorld {
      readonly #mark = String(count++);
      override async look(): ReturnType<LampWorld['look']> {
        const { elements } = await super.look();
        return { elements: [...elements, { key: 'mark', role: '', name: this.#mark, offers: [] }] };
      }
    }
    expect(await failed(withWorld((day) => new Fickle(day)))).toContainEqual(expect.stringMatching(/first observation differs/));
  });

  it('finds verifiers that disagree', async () => {
    class Doubted extends LampWorld {
      audit = async (): ReturnType<LampWorld['score']> => ({ success: false, credit: 0, broken: [], reasons: ['doubt'] });
    }
    expect(await failed(withWorld((day) => new Doubted(day)))).toContainEqual(expect.stringMatching(/the verifiers disagree: true.*doubt/));
  });
});

describe('a gym on disk', () => {
  const folders: string[] = [];
  const temporary = (): string => {
    const folder = mkdtempSync(join(tmpdir(), 'journeyman-gym-'));
    folders.push(folder);
    return folder;
  };
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
  });

  it('may be trained on only with a proof of what it is now', async () => {
    const folder = temporary();
    const place = { manifest: lampManifest, folder, proofPath: join(folder, 'proof.json') };
    writeFileSync(join(folder, 'gym.ts'), 'export {};');
    expect(() => requireProof(place)).toThrow(/no proof at .*To fix it: npx journeyman gym check lamps/);
    const claim = { claim: 'c', passed: true, tried: 1, failures: [] };
    saveProof(place, [claim], new Date(0));
    expect(requireProof(place).passed).toBe(true);
    writeFileSync(join(folder, 'gym.test.ts'), 'export {};');
    expect(requireProof(place).passed).toBe(true);
    writeFileSync(join(folder, 'gym.ts'), 'export const changed = 1;');
    expect(() => requireProof(place)).toThrow(/a stale proof/);
    saveProof(place, [{ ...claim, passed: false, failures: ['f'] }], new Date(0));
    expect(() => requireProof(place)).toThrow(/a failed proof \(c\)/);
    saveProof(place, [], new Date(0));
    expect(() => requireProof(place)).toThrow(/a failed proof/);
    writeFileSync(place.proofPath, '{');
    expect(() => requireProof(place)).toThrow(/can't be read/);
    saveProof({ ...place, manifest: { ...lampManifest, version: '2' } }, [claim], new Date(0));
    expect(() => requireProof(place)).toThrow(/a proof of lamps@2/);
  });

  it('is found by its name, or told apart from what exists', async () => {
    const root = temporary();
    await expect(loadGym('nowhere', root)).rejects.toThrow(/got 'nowhere', expected one of/);
    for (const name of ['../gyms', 'a/b/c', '', 'A', 'constructor', '__proto__'])
      await expect(loadGym(name, root)).rejects.toThrow(GymError);
    await expect(addCollection('nowhere', {}, root)).rejects.toThrow(GymError);
    expect(listGyms(root)).not.toContain('nowhere');
  });
});

it('a task is made of what exists', () => {
  expect(() => lampGym.task({ split: 'train', n: 0 }, 'odd')).toThrow(/the slice 'odd', expected one of base, late/);
  expect(() => lampGym.task({ split: 'train', n: -1 })).toThrow(/seed train\/-1/);
  expect(() => lampGym.task({ split: 'other' as never, n: 1 })).toThrow(GymError);
  expect(() => lampGym.instance({ ...lampGym.task({ split: 'train', n: 0 }), gymVersion: '9' })).toThrow(/one of lamps@9/);
});

it.each<readonly [string, object, RegExp]>([
  ['no name', { ...lampManifest, name: '' }, /name: lower-case/],
  ['no base slice', { ...lampManifest, slices: { other: { description: 'x' } } }, /slices: the slice 'base' first/],
  ['an unknown verb', { ...lampManifest, actions: { fly: 'read' } }, /actions/],
  ['an unknown risk', { ...lampManifest, actions: { click: 'none' } }, /actions\.click/],
  ['no steps', { ...lampManifest, limits: { steps: 0, seconds: 1 } }, /limits\.steps/],
  ['too much', { ...lampManifest, extra: 1 }, /extra/],
])('a manifest with %s is refused', (_, manifest, message) => {
  expect(() => defineGym({ manifest: manifest as never, generate: () => 0, goal: () => [], open: async () => new LampWorld('') })).toThrow(
    message,
  );
});
