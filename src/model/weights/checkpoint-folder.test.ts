import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CheckpointError, hashBytes, Random } from '../../base/index.ts';
import { type ModelConfig, presetConfig } from '../config.ts';
import { loadExtraFile, loadModel, saveModel } from './checkpoint-folder.ts';
import { crashConfig, tokenizerOf } from './crash-model.fixture.ts';
import { initializeWeights } from './initialize.ts';
import { loadSafetensors, saveSafetensors } from './safetensors.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'checkpoint-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const config = presetConfig('nano', { layers: 2, vocabularySize: 64, heads: 4, keyValueHeads: 2, headWidth: 8, width: 24 });
const save = (changes: Partial<ModelConfig> = {}, at = folder): Map<string, Float32Array> => {
  const changed = { ...config, ...changes };
  const weights = initializeWeights(changed, new Random(1));
  saveModel(at, { config: changed, weights });
  return weights;
};

/** Rewrites a tensor file of the folder. */
function rewrite(file: string, change: (tensors: ReturnType<typeof loadSafetensors>['tensors']) => void): void {
  const { tensors } = loadSafetensors(join(folder, file));
  change(tensors);
  saveSafetensors(join(folder, file), tensors);
}

describe('a model folder', () => {
  it.each([{}, { tiedEmbeddings: false }, { rewardHead: true }, { pointerWidth: 0, valueHead: false }])(
    'comes back as it was saved, with %j',
    (changes) => {
      const weights = save(changes);
      const loaded = loadModel(folder);
      expect(loaded).toEqual({ config: { ...config, ...changes }, weights, missing: [] });
      expect([...loaded.weights.keys()]).toEqual([...weights.keys()]);
      expect(existsSync(join(folder, 'heads.safetensors'))).toBe(!('pointerWidth' in changes));
    },
  );

  it('replaces an earlier save whole, its tokenizer and extra files too', () => {
    const weights = initializeWeights(config, new Random(1));
    saveModel(folder, { config, weights, tokenizerJson: tokenizerOf(1), extraFiles: new Map([['journeyman-trainer.json', ['{', '}']]]) });
    expect(loadModel(folder).tokenizerJson).toBe(tokenizerOf(1));
    const read = { name: 'journeyman-trainer.json', read: (path: string) => readFileSync(path, 'utf8') };
    expect(loadExtraFile(folder, read)).toBe('{}');
    saveModel(folder, { config, weights });
    expect(readdirSync(folder).sort()).toEqual(['config.json', 'heads.safetensors', 'model.safetensors']);
    expect(loadExtraFile(folder, read)).toBeUndefined();
  });

  it('knows its own tokenizer, and asks no other checkpoint for one', () => {
    const weights = initializeWeights(config, new Random(1));
    saveModel(folder, { config, weights, tokenizerJson: tokenizerOf(1) });
    const other = `${tokenizerOf(1)} `;
    writeFileSync(join(folder, 'tokenizer.json'), other);
    expect(() => loadModel(folder)).toThrow(CheckpointError);
    const [got, expected] = [hashBytes(other), hashBytes(tokenizerOf(1))].map((hash) => hash.slice(0, 12));
    expect(() => loadModel(folder)).toThrow(new RegExp(`got a tokenizer with the SHA-256 ${got}…, expected ${expected}…`));
    const path = join(folder, 'config.json');
    const { journeyman: _, ...foreign } = JSON.parse(readFileSync(path, 'utf8'));
    writeFileSync(path, JSON.stringify(foreign));
    expect(loadModel(folder).tokenizerJson).toBe(other);
  });

  it('refuses to replace a folder with files that are not its own', () => {
    writeFileSync(join(folder, 'thesis.tex'), '');
    expect(() => save()).toThrow(/"thesis.tex" in it/);
    expect(readdirSync(folder)).toEqual(['thesis.tex']);
  });

  it.each(['trainer.json', 'journeyman-../x', '../journeyman-x'])('refuses the extra file %s', (name) => {
    const weights = initializeWeights(config, new Random(1));
    expect(() => saveModel(folder, { config, weights, extraFiles: new Map([[name, ['']]]) })).toThrow(CheckpointError);
  });

  it('refuses weights that are not those of the configuration', () => {
    const weights = initializeWeights(config, new Random(1));
    expect(() => saveModel(folder, { config: { ...config, layers: 3 }, weights })).toThrow(/layers\.2\.attentionNorm with no weights/);
    expect(() => saveModel(folder, { config: { ...config, layers: 1 }, weights })).toThrow(/weights called "layers\.1/);
    expect(() => saveModel(folder, { config: { ...config, vocabularySize: 65 }, weights })).toThrow(
      /embedding with 1536 elements, expected 1560/,
    );
  });

  it('says which heads are missing, and takes them where they are asked for', () => {
    const weights = save({ pointerWidth: 0, valueHead: false });
    const loaded = loadModel(folder, { heads: { valueHead: true } });
    expect(loaded.missing).toEqual(['value.weight', 'value.bias']);
    expect(loaded.config.valueHead).toBe(true);
    expect(loaded.weights).toEqual(weights);
    save();
    rmSync(join(folder, 'heads.safetensors'));
    expect(loadModel(folder).missing).toHaveLength(10);
    save();
    expect([...loadModel(folder, { heads: { pointerWidth: 0 } }).weights.keys()].slice(-2)).toEqual(['value.weight', 'value.bias']);
  });

  const name = 'model.layers.0.self_attn.k_proj.weight';
  it('refuses tensors that are missing, of another shape or type, or unknown', () => {
    save();
    rewrite('model.safetensors', (t) => t.set(name, { dtype: 'F32', shape: [8, 24], data: new Float32Array(192) }));
    expect(() => loadModel(folder)).toThrow(/k_proj\.weight": got shape \[8,24\], expected shape \[16,24\]/);
    rewrite('model.safetensors', (t) => t.set(name, { dtype: 'I32', shape: [16, 24], data: new Int32Array(384) }));
    expect(() => loadModel(folder)).toThrow(/k_proj\.weight": got dtype I32/);
    rewrite('model.safetensors', (t) => t.delete(name));
    expect(() => loadModel(folder)).toThrow(/k_proj\.weight": got no such tensor, expected one of shape \[16,24\]/);
    save();
    rewrite('model.safetensors', (t) =>
      t.set('model.layers.0.self_attn.k_proj.bias', { dtype: 'F32', shape: [16], data: new Float32Array(16) }),
    );
    expect(() => loadModel(folder)).toThrow(/k_proj\.bias": got a tensor of that name/);
    save();
    rewrite('heads.safetensors', (t) => t.set('pointer.key', { dtype: 'F32', shape: [1, 24], data: new Float32Array(24) }));
    expect(() => loadModel(folder)).toThrow(/pointer\.key": got shape \[1,24\]/);
  });

  it('takes the output matrix of a tied model where it is the embedding, else refuses it', () => {
    const embedding = save().get('embedding') as Float32Array;
    rewrite('model.safetensors', (t) => t.set('lm_head.weight', { dtype: 'F32', shape: [64, 24], data: embedding.slice() }));
    expect(loadModel(folder).missing).toEqual([]);
    rewrite('model.safetensors', (t) => t.set('lm_head.weight', { dtype: 'F32', shape: [64, 24], data: new Float32Array(64 * 24) }));
    expect(() => loadModel(folder)).toThrow(/tie_word_embeddings/);
  });

  it('refuses a tokenizer with ids beyond the vocabulary, on saving and on loading', () => {
    const weights = save();
    const tokenizer = (id: number, added: number): string =>
      JSON.stringify({ model: { vocab: { a: id } }, added_tokens: [{ id: added, content: 'x' }] });
    saveModel(folder, { config, weights, tokenizerJson: tokenizer(0, 63) });
    for (const bad of [tokenizer(64, 0), tokenizer(0, 64)]) {
      expect(() => saveModel(folder, { config, weights, tokenizerJson: bad })).toThrow(/65 token ids, expected at most 64/);
      writeFileSync(join(folder, 'tokenizer.json'), bad);
      expect(() => loadModel(folder)).toThrow(/tokenizer\.json.*65 token ids/);
    }
    for (const bad of ['', '{}', '{"model":{"vocab":{"a":-1}}}'])
      expect(() => saveModel(folder, { config, weights, tokenizerJson: bad })).toThrow(CheckpointError);
  });

  it('refuses a folder without a model', () => {
    expect(() => loadModel(join(folder, 'none'))).toThrow(/no config\.json there/);
    save();
    rmSync(join(folder, 'model.safetensors'));
    expect(() => loadModel(folder)).toThrow(/neither model\.safetensors nor/);
  });
});

describe('a sharded model folder', () => {
  /** Splits the saved model into two files by name. */
  function shard(mapChanges: Readonly<Record<string, string>> = {}): Map<string, Float32Array> {
    const weights = save();
    const { tensors } = loadSafetensors(join(folder, 'model.safetensors'));
    const isFirst = (tensor: string): boolean => tensor.includes('layers.0');
    const files = { 'one.safetensors': true, 'two.safetensors': false } as const;
    const map: Record<string, string> = {};
    for (const [file, first] of Object.entries(files)) {
      const part = new Map([...tensors].filter(([tensor]) => isFirst(tensor) === first));
      for (const tensor of part.keys()) map[tensor] = file;
      saveSafetensors(join(folder, file), part);
    }
    rmSync(join(folder, 'model.safetensors'));
    writeFileSync(join(folder, 'model.safetensors.index.json'), JSON.stringify({ metadata: {}, weight_map: { ...map, ...mapChanges } }));
    return weights;
  }

  it('is one model', () => {
    const weights = shard();
    expect(loadModel(folder).weights).toEqual(weights);
  });

  const outside = [
    '../one.safetensors',
    '/etc/one.safetensors',
    'a/one.safetensors',
    'a\\one.safetensors',
    '..',
    'config.json',
    '.safetensors',
    '',
  ];
  it.each(outside)('refuses the file name %j', (file) => {
    shard({ 'model.norm.weight': file });
    mkdirSync(join(folder, 'a'));
    copyFileSync(join(folder, 'two.safetensors'), join(folder, 'a', 'one.safetensors'));
    expect(() => loadModel(folder)).toThrow(/"model\.norm\.weight" in file .*plain name/);
  });

  it('refuses an index that is not that of its files', () => {
    shard({ 'model.norm.weight': 'one.safetensors' });
    expect(() => loadModel(folder)).toThrow(/"model\.norm\.weight" in two\.safetensors, expected it in "one\.safetensors"/);
    rmSync(folder, { recursive: true });
    shard({ more: 'one.safetensors' });
    expect(() => loadModel(folder)).toThrow(/no tensor "more" in one\.safetensors/);
    writeFileSync(join(folder, 'model.safetensors.index.json'), '{"weight_map":[]}');
    expect(() => loadModel(folder)).toThrow(CheckpointError);
  });
});

describe('a save that is killed', () => {
  it('leaves one version, whole, at whatever moment', { timeout: 60_000 }, async () => {
    const target = join(folder, 'model');
    const random = new Random('kill');
    const fixture = fileURLToPath(new URL('save-loop.fixture.ts', import.meta.url));
    let version = 0;
    for (let round = 0; round < 10; round++) {
      const child = spawn(process.execPath, [fixture, target, String(version + 1)], { stdio: ['ignore', 'pipe', 'inherit'] });
      const ended = new Promise((resolve) => child.on('close', resolve));
      let printed = '';
      let started = false;
      child.stdout.on('data', (chunk: Buffer) => {
        printed += chunk.toString();
        if (started) return;
        started = true;
        setTimeout(() => child.kill('SIGKILL'), random.uniform() * 100);
      });
      await ended;
      const lastSaved = Number(printed.trim().split('\n').at(-1));
      const loaded = loadModel(target);
      version = loaded.config.ropeTheta;
      // The last one that was reported, or the one after it, already in place.
      expect([lastSaved, lastSaved + 1]).toContain(version);
      expect(loaded.config).toEqual({ ...crashConfig, ropeTheta: version });
      expect(loaded.tokenizerJson).toBe(tokenizerOf(version));
      expect(loaded.missing).toEqual([]);
      for (const values of loaded.weights.values()) expect(new Set(values)).toEqual(new Set([version]));
    }
  });
});
