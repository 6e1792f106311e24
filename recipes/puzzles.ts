/**
 * What looking ahead is worth: a small model learns a puzzle from guided episodes, and plays fresh ones by itself and with search.
 *
 *   gym ─▶ guided episodes ─▶ policy, critic, judge ─▶ greedy · best of n · tree search · Gumbel search · tree search without policy and critic
 *
 * No search asks the verifier: what an end is worth, the model's judge says. Every way of playing has the same legal actions, and the same number
 * of states that it may open for a decision.
 *
 *   node recipes/puzzles.ts countdown|warehouse [--slice NAME] [--steps N] [--tasks N] [--nodes N] [--out DIR]
 *
 * Trains into runs/puzzles/NAME, from base/micro where that is there, unless the model is there already; plays tasks of the validate split.
 */
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ConfigError } from '../src/base/index.ts';
import { createReporter, reportError, terminalOf, watchOutput } from '../src/cli/index.ts';
import { Engine } from '../src/engine/index.ts';
import { countParameters, loadModel, parseTokenizerJson, presetConfig, saveModel } from '../src/model/index.ts';
import { blindMind } from './search/blind-mind.ts';
import { greedyPlanner, type PuzzleResult, planners, playPuzzles } from './search/compare-searches.ts';
import { countdownPuzzle } from './search/countdown-puzzle.ts';
import { engineMind } from './search/engine-mind.ts';
import type { Puzzle } from './search/puzzle.ts';
import { type Searcher, trainSearcher } from './search/train-searcher.ts';
import { warehousePuzzle } from './search/warehouse-puzzle.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const BASE = join(ROOT, 'base', 'micro');

interface PuzzlePlan {
  readonly puzzle: Puzzle;
  /** Of the train split, mixed evenly. */
  readonly slices: readonly string[];
  /** The longest episode fits a lane. */
  readonly batch: { readonly time: number; readonly lanes: number };
  readonly steps: number;
  readonly nodes: number;
}

const PLANS: Readonly<Record<string, PuzzlePlan>> = {
  countdown: { puzzle: countdownPuzzle, slices: ['base'], batch: { time: 256, lanes: 8 }, steps: 4400, nodes: 400 },
  warehouse: { puzzle: warehousePuzzle, slices: ['small', 'base'], batch: { time: 1536, lanes: 2 }, steps: 5500, nodes: 400 },
};
/** A verdict of the judge that ends a search. */
const ENOUGH = 0.9;
/** Candidates of a state. */
const COUNT = 24;

async function puzzles(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      slice: { type: 'string' },
      steps: { type: 'string' },
      tasks: { type: 'string', default: '100' },
      nodes: { type: 'string' },
      out: { type: 'string' },
    },
  });
  const [name = ''] = positionals;
  const chosen = PLANS[name];
  if (!chosen) throw new ConfigError({ operation: 'play puzzles', got: `'${name}'`, expected: Object.keys(PLANS).join(' or ') });
  const folder = values.out ?? join(ROOT, 'runs', 'puzzles', name);
  const reporter = createReporter({ terminal: terminalOf(process.stderr) });

  if (!existsSync(join(folder, 'config.json'))) {
    const { config, weights, tokenizerJson } = await train(chosen, Number(values.steps ?? chosen.steps), reporter.note);
    saveModel(folder, { config, weights, tokenizerJson });
    reporter.note(`Written: ${relative(process.cwd(), folder)}`);
  }
  const results = await play(chosen.puzzle, {
    folder,
    slice: values.slice,
    tasks: Number(values.tasks),
    nodes: Number(values.nodes ?? chosen.nodes),
    note: reporter.note,
  });
  for (const result of results) console.log(formatResult(result));
}

function train({ puzzle, slices, batch }: PuzzlePlan, steps: number, note: (text: string) => void): Promise<Searcher> {
  const base = existsSync(BASE) ? loadModel(BASE) : undefined;
  note(base ? 'Begins with base/micro.' : 'Begins with nothing: base/micro is not there.');
  const startedMs = performance.now();
  return trainSearcher({
    puzzle,
    slices,
    batch,
    steps,
    ...(base?.tokenizerJson === undefined ? {} : { base: { weights: base.weights, tokenizer: parseTokenizerJson(base.tokenizerJson) } }),
    config(vocabularySize) {
      const config = base?.config ?? presetConfig('nano', { vocabularySize, layers: 4 });
      note(`${countParameters(config).toLocaleString('en')} parameters, ${steps} steps.`);
      return config;
    },
    peak: base ? 0.002 : 0.005,
    onStep({ step, tokens, imitationLoss, brier, baseRateBrier }) {
      if (step % 100 !== 0) return;
      const seconds = (performance.now() - startedMs) / 1000;
      const critic = brier === null ? '' : `, critic ${brier.toFixed(3)} (base rate ${baseRateBrier?.toFixed(3)})`;
      note(
        `step ${step}/${steps}, ${(tokens / 1e6).toFixed(1)} M tokens, loss ${imitationLoss.toFixed(3)}${critic}, ${seconds.toFixed(0)} s`,
      );
    },
  });
}

interface PlayOptions {
  readonly folder: string;
  readonly slice: string | undefined;
  readonly tasks: number;
  readonly nodes: number;
  readonly note: (text: string) => void;
}

async function play(puzzle: Puzzle, { folder, slice, tasks: count, nodes, note }: PlayOptions): Promise<readonly PuzzleResult[]> {
  const { gym, accept, longest, depth } = puzzle;
  const { config, weights, tokenizerJson } = loadModel(folder);
  if (tokenizerJson === undefined)
    throw new ConfigError({ operation: 'play puzzles', got: `${folder} without a tokenizer`, expected: 'one with it' });
  const engine = await Engine.start(config, weights, { leaveOutResting: true });
  const legal = { verbs: gym.manifest.actions, accept, longest };
  const mind = engineMind({ engine, codec: parseTokenizerJson(tokenizerJson), ...legal });
  const tasks = Array.from({ length: count }, (_, n) => gym.task({ split: 'validate', n }, slice));
  const searches = planners({ nodes, depth, enough: ENOUGH });
  const shared = { judge: mind.judge, count: COUNT };
  const results: PuzzleResult[] = [];
  try {
    for (const [name, plan] of Object.entries({ greedy: greedyPlanner, ...searches })) {
      results.push(await playPuzzles(puzzle, tasks, { name, mind, plan, ...shared }));
      note(formatResult(results.at(-1) as PuzzleResult));
    }
    const blind = { name: 'tree search, uniform policy, value 0', mind: blindMind(mind, legal), plan: searches['tree search'], ...shared };
    results.push(await playPuzzles(puzzle, tasks, blind));
    return results;
  } finally {
    await mind.dispose();
    await engine.dispose();
  }
}

function formatResult({ name, solved, tasks, atLeast, nodes, seconds }: PuzzleResult): string {
  return `${name.padEnd(38)} ${`${solved}/${tasks}`.padStart(9)}   at least ${atLeast.toFixed(3)}   ${nodes.toFixed(0).padStart(5)} nodes   ${seconds.toFixed(2)} s a task`;
}

watchOutput();
try {
  await puzzles();
} catch (error) {
  process.exitCode = reportError(error);
}
