/** The command as people run it: a process, its output, its exit code. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const MAIN = fileURLToPath(new URL('./journeyman.ts', import.meta.url));
const TEXT = fileURLToPath(new URL('../ARCHITECTURE.md', import.meta.url));
const SMALL = ['--preset', 'nano', '--vocabulary', '600', '--batch-time', '32', '--batch-lanes', '1', '--threads', '1'];

let folder: string;
/** A run of three steps. */
let trained: string;
const at = (...path: string[]): string => join(folder, ...path);

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function run(
  args: readonly string[],
  { node = [], env = {} }: { readonly node?: readonly string[]; readonly env?: Record<string, string> } = {},
): Ended {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...node, MAIN, ...args], {
    encoding: 'utf8',
    cwd: folder,
    env: { ...process.env, JOURNEYMAN_DEBUG: '', ...env },
  });
  return { code: status, out: stdout, err: stderr };
}

const pretrain = (out: string, ...more: string[]): string[] => [
  'pretrain',
  '--text',
  TEXT,
  ...SMALL,
  '--out',
  out,
  '--steps',
  '3',
  ...more,
];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'journeyman-cli-'));
  trained = at('trained');
  const { code, out, err } = run(pretrain('trained'));
  expect({ code, err }).toMatchObject({ code: 0 });
  expect(err).toMatch(/Pretraining [\d,]+ parameters on \d+ episodes/);
  expect(err).toMatch(/step 3\/3, loss \d/);
  expect(err).not.toContain('\u001b');
  expect(out).toBe(
    'Finished at step 3 of 3. Written:\n  trained/checkpoint\n  trained/metrics.jsonl\nTo try it: npx journeyman sample --from trained --prompt "…"\n',
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('journeyman', () => {
  it('explains itself', () => {
    expect(run(['--help'])).toMatchObject({ code: 0, out: expect.stringMatching(/pretrain[\s\S]*sft[\s\S]*sample/) });
    expect(run(['pretrain', '--help'])).toMatchObject({ code: 0, out: expect.stringContaining('--save-every') });
    expect(run(['--version']).out).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(run([]).code).toBe(2);
  });

  it.each([
    [
      ['tarin'],
      /got the command 'tarin', expected one of make, certify, eval, compare, play, report, red-team, release, keys, serve, people, triage, demos, doctor, gym, record, pretrain, sft, sample/,
    ],
    [['pretrain', '--out', 'x'], /got no --text/],
    [['pretrain', '--text', TEXT], /got no --out/],
    [['pretrain', '--text', TEXT, '--out', 'x', '--preset', 'huge'], /--preset huge, expected one of nano, micro, small, medium/],
    [['pretrain', '--text', TEXT, '--out', 'x', '--save-every', '5m'], /--save-every 5m/],
    [['pretrain', '--text', TEXT, '--out', 'x', '--eval-share', '1'], /--eval-share 1/],
    [['sft', '--transcripts', TEXT, '--from', 'a', '--preset', 'nano', '--out', 'x'], /got --from and --preset/],
    [['sample', '--from', 'trained', 'hello'], /got 'hello'/],
    [['sample', '--from', 'trained', '--top-p', '2'], /--top-p 2/],
  ])('refuses %j with exit code 2 and one line', (args, message) => {
    const { code, out, err } = run(args);
    expect({ code, out, lines: err.trim().split('\n').length }).toEqual({ code: 2, out: '', lines: 1 });
    expect(err).toMatch(message);
    expect(existsSync(at('x'))).toBe(false);
  });

  it('shows where an error comes from when it is asked to', () => {
    const args = ['pretrain', '--text', 'nowhere', '--out', 'x'];
    expect(run(args)).toMatchObject({ code: 1, err: expect.stringMatching(/^read nowhere: got no such file, expected [^\n]*\n$/) });
    expect(run(args, { env: { JOURNEYMAN_DEBUG: '1' } }).err).toMatch(/at loadBytes[\s\S]*ENOENT/);
  });

  it('says how to install a runtime that cannot be loaded', () => {
    const hook = `import { registerHooks } from 'node:module';
      registerHooks({ resolve(name, context, next) { if (name === 'onnxruntime-node') throw new Error('libonnxruntime.so: cannot open shared object file'); return next(name, context); } });`;
    const node = ['--import', `data:text/javascript,${encodeURIComponent(hook)}`];
    for (const args of [pretrain('no-runtime'), ['sample', '--from', 'trained']]) {
      const { code, err } = run(args, { node });
      expect(code).toBe(1);
      expect(err).toMatch(
        /load ONNX Runtime: got libonnxruntime\.so: cannot open shared object file, expected the package onnxruntime-node .* To fix it: run `npm ci`/,
      );
    }
  });
});

describe('journeyman pretrain', () => {
  it('resumes with the same command, in JSON for programs', () => {
    const [whole, parts] = [pretrain('whole', '--json'), pretrain('parts', '--json')];
    const { code, out } = run(whole);
    expect(code).toBe(0);
    const events = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events.filter(({ kind }) => kind === 'step').map(({ step }) => step)).toEqual([1, 2, 3]);
    expect(events.at(-1)).toMatchObject({
      kind: 'ended',
      reason: 'finished',
      step: 3,
      checkpoint: 'whole/checkpoint',
      metrics: 'whole/metrics.jsonl',
    });
    run(parts);
    expect(run(parts).out).toMatch(/"resumed":true/);
    for (const file of ['model.safetensors', 'journeyman-trainer.safetensors', 'journeyman-trainer.json', 'tokenizer.json'])
      expect(readFileSync(at('parts', 'checkpoint', file)).equals(readFileSync(at('whole', 'checkpoint', file))), file).toBe(true);
  });

  it('names what is different in a run that is there', () => {
    const { code, err } = run(pretrain('trained', '--learning-rate', '0.5', '--vocabulary', '620'));
    expect(code).toBe(1);
    expect(err).toMatch(
      /resume the run in trained: got schedule\.peak = 0\.5, vocabulary = 620, expected what it began with: schedule\.peak = 0\.002, vocabulary = 600/,
    );
  });

  it('saves at Ctrl-C, says how to go on, and goes on', { timeout: 60_000 }, async () => {
    const args = pretrain('stopped', '--steps', '100000', '--save-every', '1000s');
    const child = spawn(process.execPath, [MAIN, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    const exit = once(child, 'exit');
    let [out, err] = ['', ''];
    child.stdout.on('data', (data) => (out += data));
    child.stderr.on('data', (data) => (err += data));
    while (!err.includes('step ')) await once(child.stderr, 'data');
    child.kill('SIGINT');
    expect((await exit)[0]).toBe(130);
    expect(err).toMatch(/Stopping: this step is finished and saved first\. Ctrl-C again stops at once\./);
    expect(out).toMatch(/Stopped at step \d+ of 100000\. Written:\n {2}stopped\/checkpoint/);
    expect(out).toContain(`To go on: npx journeyman ${args.join(' ')}\n`);
    const { step } = JSON.parse(readFileSync(at('stopped', 'checkpoint', 'journeyman-trainer.json'), 'utf8'));
    expect(step).toBeGreaterThan(0);

    const again = spawn(process.execPath, [MAIN, ...args], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
    const end = once(again, 'exit');
    let text = '';
    again.stderr.on('data', (data) => (text += data));
    while (!text.includes('left')) await Promise.race([once(again.stderr, 'data'), end]);
    expect(text).toContain(`Going on from step ${step} of 100000`);
    again.kill('SIGKILL');
    await end;
  });

  it('saves when nobody reads on, and says by its exit code that it did not end', { timeout: 60_000 }, async () => {
    const args = pretrain('unread', '--steps', '100000', '--save-every', '1000s', '--json');
    const child = spawn(process.execPath, [MAIN, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
    const exit = once(child, 'exit');
    let out = '';
    child.stdout.on('data', (data) => (out += data));
    while (!out.includes('"step":2,')) await once(child.stdout, 'data');
    child.stdout.destroy();
    expect((await exit)[0]).toBe(141);
    const { step } = JSON.parse(readFileSync(at('unread', 'checkpoint', 'journeyman-trainer.json'), 'utf8'));
    expect(step).toBeGreaterThanOrEqual(2);
  });

  it('refuses an empty corpus and a batch longer than the context', () => {
    writeFileSync(at('empty.txt'), '');
    expect(run(['pretrain', '--text', 'empty.txt', '--out', 'x'])).toMatchObject({
      code: 1,
      err: expect.stringMatching(/no text in empty\.txt/),
    });
    expect(run(pretrain('x', '--batch-time', '4000')).err).toMatch(/lanes of 4000 tokens, expected at most 2048, the model's context/);
  });
});

describe('journeyman sft', () => {
  const line = (text: string): string =>
    JSON.stringify({
      schemaVersion: 1,
      segments: [
        { kind: 'goal', pieces: [{ kind: 'text', text: 'copy' }] },
        {
          kind: 'act',
          pieces: [
            { kind: 'word', word: 'type' },
            { kind: 'text', text },
          ],
        },
      ],
    });

  it('begins with a trained model, or with none', () => {
    writeFileSync(at('good.jsonl'), `${['a', 'bc', 'def', 'g'].map(line).join('\n')}\n`);
    const args = ['sft', '--transcripts', 'good.jsonl', '--steps', '2', '--batch-lanes', '1', '--threads', '1', '--eval-share', '0.3'];
    const taught = run([...args, '--from', 'trained', '--out', 'taught']);
    expect(taught).toMatchObject({ code: 0, out: expect.stringContaining('taught/checkpoint') });
    expect(taught.err).toMatch(/by 3 transcripts, lanes of 256 tokens[\s\S]*on actions/);
    expect(readFileSync(at('taught', 'checkpoint', 'tokenizer.json'))).toEqual(readFileSync(join(trained, 'checkpoint', 'tokenizer.json')));
    expect(run([...args, '--preset', 'nano', '--vocabulary', '580', '--out', 'fresh']).code).toBe(0);
  });

  it('tells a bad line by its number, and a transcript that is too long', () => {
    writeFileSync(at('bad.jsonl'), `${line('a')}\n{"schemaVersion":1,"segments":[{"kind":"act","pieces":[{"kind":"txt"}]}]}\n`);
    expect(run(['sft', '--transcripts', 'bad.jsonl', '--out', 'x', '--from', 'trained'])).toMatchObject({
      code: 1,
      err: expect.stringMatching(/read bad\.jsonl:2: got .*segments\.0\.pieces\.0/),
    });
    writeFileSync(at('long.jsonl'), line('word '.repeat(3000)));
    expect(run(['sft', '--transcripts', 'long.jsonl', '--out', 'x', '--from', 'trained'])).toMatchObject({
      code: 1,
      err: expect.stringMatching(/read long\.jsonl:1: got a transcript of \d+ tokens, expected at most 2048/),
    });
  });
});

describe('journeyman sample', () => {
  it('writes the same for the same seed', () => {
    const args = ['sample', '--from', 'trained', '--prompt', 'export ', '--tokens', '5', '--seed', 'x'];
    const { code, out } = run(args);
    expect(code).toBe(0);
    expect(out).toMatch(/^export /);
    expect(run(args).out).toBe(out);
    const json = JSON.parse(run([...args, '--json']).out);
    expect(`${json.prompt}${json.text}\n`).toBe(out);
    expect(json.tokens.length).toBe(json.logprobs.length);
  });

  it('refuses a prompt that is longer than the context', () => {
    const { code, err } = run(['sample', '--from', 'trained', '--prompt', 'x '.repeat(5000)]);
    expect(code).toBe(1);
    expect(err).toMatch(/expected at most 2048 in all \(the model's context\)/);
  });

  const change = (path: string, edit: (json: Record<string, unknown>) => void): void => {
    const json = JSON.parse(readFileSync(path, 'utf8'));
    edit(json);
    writeFileSync(path, JSON.stringify(json));
  };
  const damages: readonly (readonly [string, (checkpoint: string) => void, RegExp])[] = [
    ['a folder without a model', (path) => rmSync(join(path, 'config.json')), /no config\.json there/],
    ['a truncated model', (path) => truncateSync(join(path, 'model.safetensors'), 50_000), /model\.safetensors/],
    [
      'another width',
      (path) => change(join(path, 'config.json'), (json) => Object.assign(json, { intermediate_size: 177 })),
      /expected one of shape|got shape/,
    ],
    [
      'an unknown architecture',
      (path) =>
        change(join(path, 'config.json'), (json) => Object.assign(json, { architectures: ['GPT2LMHeadModel'], model_type: 'gpt2' })),
      /gpt2|GPT2/,
    ],
    ['no tokenizer', (path) => rmSync(join(path, 'tokenizer.json')), /no tokenizer\.json there/],
  ];
  it.each(damages)('refuses %s', (_, damage, message) => {
    const copy = at('damaged');
    rmSync(copy, { recursive: true, force: true });
    cpSync(trained, copy, { recursive: true });
    damage(join(copy, 'checkpoint'));
    for (const args of [
      ['sample', '--from', 'damaged'],
      ['sft', '--transcripts', 'good.jsonl', '--from', 'damaged', '--out', 'x'],
    ]) {
      const { code, err } = run(args);
      expect({ code, lines: err.trim().split('\n').length }).toEqual({ code: 1, lines: 1 });
      expect(err).toMatch(message);
    }
  });

  it('refuses a tokenizer of another model', () => {
    const copy = at('other-tokenizer');
    cpSync(trained, copy, { recursive: true });
    const path = join(copy, 'checkpoint', 'tokenizer.json');
    // The first two special tokens change places.
    change(path, (json) => {
      const added = json.added_tokens as { id: number; content: string }[];
      const { vocab } = json.model as { vocab: Record<string, number> };
      for (const [i, token] of added.slice(0, 2).entries()) vocab[token.content] = token.id = 1 - i;
    });
    expect(run(['sample', '--from', 'other-tokenizer'])).toMatchObject({
      code: 1,
      err: expect.stringMatching(/got a tokenizer with the SHA-256 [0-9a-f]{12}…, expected [0-9a-f]{12}…/),
    });
    // A checkpoint that doesn't say which tokenizer it had.
    change(join(copy, 'checkpoint', 'config.json'), (json) => delete (json.journeyman as Record<string, unknown>).tokenizer);
    expect(run(['sample', '--from', 'other-tokenizer'])).toMatchObject({
      code: 1,
      err: expect.stringMatching(/got "<\|begin\|>" as token 0, expected "<\|pad\|>"/),
    });
    // And one with more tokens than the weights have.
    mkdirSync(at('larger'));
    run([
      'pretrain',
      '--text',
      TEXT,
      '--preset',
      'nano',
      '--vocabulary',
      '700',
      '--batch-time',
      '32',
      '--batch-lanes',
      '1',
      '--steps',
      '1',
      '--out',
      'larger',
    ]);
    cpSync(at('larger', 'checkpoint', 'tokenizer.json'), path);
    expect(run(['sample', '--from', 'other-tokenizer'])).toMatchObject({
      code: 1,
      err: expect.stringMatching(/got 700 token ids, expected at most 600/),
    });
  });
});
