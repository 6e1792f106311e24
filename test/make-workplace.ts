/**
 * A working folder in which a whole `make` takes seconds: the countdown gym with a proof of its own, a model of one narrow layer to begin from, and a run
 * whose budget is planned already, as small as it can be.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Random } from '../src/base/index.ts';
import { commitNonce } from '../src/evals/index.ts';
import { SPECIAL_TOKENS } from '../src/grammar/index.ts';
import { loadGym, playEpisode, saveProof } from '../src/gym/index.ts';
import { formatTokenizerJson, initializeWeights, presetConfig, saveModel, trainTokenizer } from '../src/model/index.ts';
import { textsOf } from '../src/train/index.ts';

const PROGRAM = fileURLToPath(new URL('../recipes/journeyman.ts', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

export interface RunningCommand {
  /** Resolves when that many lines have come on stdout, or it has ended. */
  lines(count: number): Promise<void>;
  kill(signal: NodeJS.Signals): void;
  readonly ended: Promise<Ended>;
}

export class Workplace {
  readonly folder = mkdtempSync(join(tmpdir(), 'journeyman-make-'));

  static async make(): Promise<Workplace> {
    const place = new Workplace();
    await place.#makeGym();
    await place.#makeModel();
    return place;
  }

  path(...parts: readonly string[]): string {
    return join(this.folder, ...parts);
  }

  /** A run that is planned already: everything at its least. */
  planRun(run: string): void {
    mkdirSync(this.path(run, 'stages'), { recursive: true });
    const budget = {
      demonstrations: 12,
      sftTokens: 1,
      rounds: 2,
      roundEpisodes: 8,
      roundTokens: 1,
      criticEpisodes: 8,
      certifySeconds: 1,
      totalSeconds: 20,
    };
    writeFileSync(this.path(run, 'stages', 'check.json'), JSON.stringify(budget));
    writeFileSync(this.path(run, 'seeds.json'), JSON.stringify(commitNonce()));
  }

  start(...words: readonly string[]): RunningCommand {
    const child = spawn(process.execPath, [PROGRAM, ...words], {
      cwd: this.folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, JOURNEYMAN_THREADS: '1', JOURNEYMAN_DEBUG: '' },
    });
    let out = '';
    let err = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text;
    });
    let isOver = false;
    const ended = once(child, 'close').then(([code, signal]) => {
      isOver = true;
      return { code, signal, out, err } as Ended;
    });
    return {
      async lines(count) {
        while (!isOver && out.split('\n').length <= count) await Promise.race([once(child.stdout, 'data'), ended]);
      },
      kill: (signal) => void child.kill(signal),
      ended,
    };
  }

  run(...words: readonly string[]): Promise<Ended> {
    return this.start(...words).ended;
  }

  /** The whole factory on the small scale, each event as a line of JSON. */
  make(run: string, ...words: readonly string[]): RunningCommand {
    return this.start(
      'make',
      'countdown',
      '--from',
      'model',
      '--budget',
      '20s',
      '--demonstrations',
      '12',
      '--out',
      run,
      '--json',
      ...words,
    );
  }

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** The gym itself, in a folder that has its proof beside it: this is not about whether the committed one is fresh. */
  async #makeGym(): Promise<void> {
    const folder = this.path('gyms', 'countdown');
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      join(folder, 'gym.ts'),
      `export { gymModule } from ${JSON.stringify(new URL('../gyms/countdown/gym.ts', import.meta.url).href)};\n`,
    );
    const { manifest } = await loadGym('countdown');
    const claim = { claim: 'it is there', passed: true, tried: 1, failures: [] };
    saveProof({ manifest, folder, proofPath: join(folder, 'proof.json') }, [claim], new Date());
  }

  async #makeModel(): Promise<void> {
    const { module } = await loadGym('countdown');
    const { gym, expert } = module;
    const texts: string[] = [];
    for (let n = 0; n < 6; n++) {
      const task = gym.task({ split: 'train', n });
      const player = expert(task, { random: new Random(n), mistakes: 0 });
      texts.push(...textsOf((await playEpisode({ gym, task, lane: { seed: 'words' }, expert: player })).transcript));
    }
    const tokenizer = trainTokenizer(texts, { vocabularySize: 620, specialTokens: SPECIAL_TOKENS });
    const config = presetConfig('nano', {
      vocabularySize: tokenizer.vocabularySize,
      contextLength: 1024,
      layers: 1,
      width: 8,
      heads: 1,
      keyValueHeads: 1,
      headWidth: 8,
      feedForwardWidth: 8,
      pointerWidth: 4,
    });
    const weights = initializeWeights(config, new Random('tiny'));
    saveModel(this.path('model'), { config, weights, tokenizerJson: formatTokenizerJson(tokenizer) });
  }
}
