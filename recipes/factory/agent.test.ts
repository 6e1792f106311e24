import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CheckpointError, Random } from '../../src/base/index.ts';
import { SPECIAL_TOKENS } from '../../src/grammar/index.ts';
import { formatTokenizerJson, initializeWeights, presetConfig, trainTokenizer } from '../../src/model/index.ts';
import { fitWide, formatWide } from '../../src/wide/index.ts';
import { type AgentToSave, addToAgent, agentBytes, hashWeights, loadAgent, saveAgent } from './agent.ts';

let parent: string;
let folder: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'journeyman-agent-'));
  folder = join(parent, 'agent');
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

const tokenizer = trainTokenizer(['reach 24 with 1 2 3'], { vocabularySize: 620, specialTokens: SPECIAL_TOKENS });
const config = presetConfig('nano', { vocabularySize: tokenizer.vocabularySize, contextLength: 64, layers: 1 });

function agent(seed: number): AgentToSave {
  return {
    settings: {
      name: 'adder',
      gym: 'countdown',
      gymVersion: '1',
      temperature: 0,
      abstainBelow: 0.25,
      surpriseAbove: null,
      limits: { steps: 9, seconds: 60 },
    },
    config,
    weights: initializeWeights(config, new Random(seed)),
    tokenizerJson: formatTokenizerJson(tokenizer),
    lineage: {
      schemaVersion: 1,
      base: null,
      gym: { name: 'countdown', version: '1', source: 'a' },
      demonstrations: { count: 3, hash: 'b' },
      stages: [{ stage: 'sft 0', episodes: 3, tokens: 9, seconds: 1 }],
      compartment: 'default',
      seed: 1,
      runtime: { node: 'v24' },
      madeBy: 'a test',
    },
  };
}

const edit = (name: string, change: (text: string) => string): void =>
  writeFileSync(join(folder, name), change(readFileSync(join(folder, name), 'utf8')));

describe('an agent folder', () => {
  it('keeps what was counted, and believes no other', () => {
    const wide = fitWide([], { seed: 1 });
    saveAgent(folder, { ...agent(1), wide });
    expect(formatWide(loadAgent(folder).wide as typeof wide)).toEqual(formatWide(wide));
    const bytes = readFileSync(join(folder, 'wide.bin'));
    bytes[bytes.length - 1] = 1;
    writeFileSync(join(folder, 'wide.bin'), bytes);
    expect(() => loadAgent(folder)).toThrow('not the one that agent.json names');
    rmSync(join(folder, 'wide.bin'));
    expect(() => loadAgent(folder)).toThrow('no wide.bin');
  });

  it('comes back as it was saved', () => {
    const saved = agent(1);
    const hash = saveAgent(folder, saved);
    const { settings, lineage, model } = loadAgent(folder);
    expect(settings).toEqual({ schemaVersion: 1, weights: hash, wide: null, ...saved.settings });
    expect(lineage).toEqual({ weights: hash, ...saved.lineage });
    expect(hashWeights(model.weights)).toBe(hash);
    expect(model.tokenizerJson).toBe(saved.tokenizerJson);
    expect(readdirSync(folder).sort()).toEqual(
      ['agent.json', 'config.json', 'heads.safetensors', 'lineage.json', 'model.onnx', 'model.safetensors', 'tokenizer.json'].sort(),
    );
  });

  it('is replaced as a whole, and an examination is not part of its size', () => {
    saveAgent(folder, agent(1));
    const bytes = agentBytes(folder);
    writeFileSync(join(parent, 'c'), '{}');
    addToAgent(folder, { 'certificate.json': join(parent, 'c'), 'scores.jsonl': join(parent, 'c') });
    expect(agentBytes(folder)).toBe(bytes);
    const hash = saveAgent(folder, agent(2));
    expect(readdirSync(folder)).not.toContain('certificate.json');
    expect(loadAgent(folder).settings.weights).toBe(hash);
    expect(readdirSync(parent).sort()).toEqual(['agent', 'c']);
  });

  it('refuses weights that are not the ones that it names', () => {
    const other = saveAgent(join(parent, 'other'), agent(2));
    saveAgent(folder, agent(1));
    edit('agent.json', (text) => text.replace(/"weights": "\w+"/, `"weights": "${other}"`));
    expect(() => loadAgent(folder)).toThrow(/weights that are not those that agent\.json names/);
    saveAgent(folder, agent(1));
    writeFileSync(join(folder, 'model.safetensors'), readFileSync(join(parent, 'other', 'model.safetensors')));
    expect(() => loadAgent(folder)).toThrow(CheckpointError);
  });

  it.each<readonly [string, string, (text: string) => string]>([
    ['settings that nobody knows', 'agent.json', (text) => text.replace('{', '{"more":1,')],
    ['another version', 'agent.json', (text) => text.replace('"schemaVersion": 1', '"schemaVersion": 2')],
    ['a torn file', 'lineage.json', (text) => text.slice(0, -20)],
  ])('refuses %s', (_, name, change) => {
    saveAgent(folder, agent(1));
    edit(name, change);
    expect(() => loadAgent(folder)).toThrow(new RegExp(`a ${name} that can't be read`));
  });

  it('says where agents are made', () => {
    expect(() => loadAgent(join(parent, 'nowhere'))).toThrow(/no agent\.json there.*npx journeyman make GYM/);
  });

  it('has a hash that goes by names and values, not by their order', () => {
    const one = new Map([
      ['a', Float32Array.of(1)],
      ['b', Float32Array.of(2)],
    ]);
    expect(hashWeights(new Map([...one].reverse()))).toBe(hashWeights(one));
    expect(hashWeights(new Map([...one, ['b', Float32Array.of(3)]]))).not.toBe(hashWeights(one));
  });
});
