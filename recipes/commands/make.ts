/** `journeyman make GYM`: the whole factory, from a gym to a certified agent, with a live view. */
import { join } from 'node:path';
import { type ArgsDef, defineCommand } from 'citty';
import { Options, stopOnSignal, terminalOf } from '../../src/cli/index.ts';
import { terminalSummary } from '../../src/evals/index.ts';
import { PRESET_NAMES } from '../../src/model/index.ts';
import type { ProductionExam } from '../factory/production-exam.ts';
import { MOST_ROUNDS } from '../factory/reinforce-plan.ts';
import { LEAST_DEMONSTRATIONS } from '../factory/show.ts';
import { Stopped } from '../factory/workshop.ts';
import { type Made, type MakeOptions, make as makeAgent, PAUSES } from '../make.ts';
import { parseDuration } from './duration.ts';
import { LANES_ARG, lanesOf, onlyGym } from './playing.ts';
import { createView } from './view.ts';

const ALGORITHMS = ['ppo', 'grpo', 'expert-iteration'] as const;

export const MAKE_ARGS: ArgsDef = {
  gym: { type: 'positional', required: false, description: 'The gym to be learned' },
  budget: { type: 'string', valueHint: '30m', default: '30m', description: 'Time for everything: s, m or h' },
  demonstrations: { type: 'string', valueHint: 'N', default: '300', description: 'Demonstrations at most' },
  start: { type: 'string', valueHint: 'warm|cold', default: 'warm', description: 'Begin from the base, or from nothing' },
  from: { type: 'string', valueHint: 'AGENT', description: 'Begin from this agent or model instead' },
  preset: { type: 'string', valueHint: PRESET_NAMES.join('|'), default: 'micro', description: 'Size of a model that begins from nothing' },
  seed: { type: 'string', valueHint: 'N', default: '1', description: 'Seed of everything but the exam' },
  ...LANES_ARG,
  full: { type: 'boolean', description: 'Examine every slice in full, and pass^8' },
  reinforce: {
    type: 'string',
    valueHint: ALGORITHMS.join('|'),
    description: 'After practice, learn from the verifier alone, on top of the budget',
  },
  'reinforce-rounds': { type: 'string', valueHint: 'N', default: '3', description: 'Rounds of that' },
  'from-production': {
    type: 'string',
    valueHint: 'DIR',
    description: 'Learn also from what released agents met at work, as people triaged it',
  },
  compartment: { type: 'string', valueHint: 'NAME', description: 'The customer whose data that is' },
  until: {
    type: 'string',
    valueHint: PAUSES.join('|'),
    description: 'Pause after imitation, practice or the critic; without it, the same command goes on',
  },
  out: {
    type: 'string',
    valueHint: 'DIR',
    description: 'Folder of the run; default runs/GYM/SEED. The same command goes on with a run that is there',
  },
  json: { type: 'boolean', description: 'Every event as a line of JSON' },
};

/** Task numbers are a million times the seed and more, and numbers of tasks are exact integers. */
const SEEDS = 1_000_000_000;

export const make = defineCommand({
  meta: { name: 'make', description: 'Make a certified agent of a gym' },
  args: MAKE_ARGS,
  run: async ({ rawArgs }) => {
    const options = new Options(rawArgs, { command: 'make', args: MAKE_ARGS });
    const how = makeOptions(options);
    const view = createView({ terminal: terminalOf(process.stderr), isJson: options.flag('json') });
    const stop = stopOnSignal(() => view.note('Stopping: what is finished is kept. Again stops at once.'));
    try {
      const made = await makeAgent({ ...how, signal: stop.signal, onEvent: view.event });
      view.end();
      if (!options.flag('json')) printMade(made, how.folder);
      if (made.examined?.certificate.kind === 'no-certificate' || (made.production?.lost.length ?? 0) > 0) process.exitCode = 3;
    } catch (cause) {
      view.end();
      if (!(cause instanceof Stopped)) throw cause;
      console.error(`Stopped. To go on: the same command again. The best agent so far, if there is one: ${join(how.folder, 'agent')}`);
      process.exitCode = stop.exitCode();
    } finally {
      stop.dispose();
    }
  },
});

function makeOptions(options: Options): Omit<MakeOptions, 'signal' | 'onEvent'> {
  const gym = onlyGym(options);
  const seed = options.number('seed', {
    check: (value) => Number.isSafeInteger(value) && value >= 0 && value <= SEEDS,
    expected: `a whole number from 0 to ${SEEDS}`,
  }) as number;
  const start = options.text('from') ?? (options.oneOf('start', ['warm', 'cold']) as string);
  const budget = options.text('budget') as string;
  const algorithm = options.oneOf('reinforce', ALGORITHMS);
  const rounds = options.number('reinforce-rounds', {
    check: (value) => Number.isInteger(value) && value >= 1 && value <= MOST_ROUNDS,
    expected: `a whole number from 1 to ${MOST_ROUNDS}`,
  }) as number;
  const demonstrations = options.count('demonstrations', LEAST_DEMONSTRATIONS) as number;
  const [production, compartment] = [options.text('from-production'), options.text('compartment')];
  if ((production === undefined) !== (compartment === undefined))
    throw options.wrong(production === undefined ? '--compartment alone' : '--from-production alone', 'both, or neither');
  return {
    gym,
    folder: options.text('out') ?? join('runs', ...gym.split('/'), `${start === 'cold' ? 'cold-' : ''}${seed}`),
    seed,
    start,
    preset: options.oneOf('preset', PRESET_NAMES) ?? 'micro',
    seconds: parseDuration(budget, options),
    demonstrations,
    isFull: options.flag('full'),
    lanes: lanesOf(options),
    settings: { budget, demonstrations, full: options.flag('full'), ...(algorithm ? { reinforce: algorithm, rounds } : {}) },
    ...(algorithm ? { reinforcement: { algorithm, rounds } } : {}),
    ...(production !== undefined && compartment !== undefined ? { production: { folder: production, compartment } } : {}),
    until: options.oneOf('until', PAUSES),
  };
}

function printMade({ agentFolder, examined, production }: Made, folder: string): void {
  const written = [
    agentFolder,
    ...(examined ? [examined.certificatePath, examined.reportPath] : [join(folder, 'report.html')]),
    ...(production ? [production.path] : []),
  ];
  const summary = examined
    ? terminalSummary(examined.certificate)
    : 'Paused before the exam: no certificate yet. To go on: the same command without --until.';
  const met = production ? `\n\n${productionSummary(production)}` : '';
  console.log(`\n${summary}${met}\n\nWritten:\n${written.map((path) => `  ${path}`).join('\n')}`);
}

const productionSummary = ({ tasks, passed, lost, seen }: ProductionExam): string =>
  [
    `Exam tasks from production: ${passed} of ${tasks} passed${seen.length > 0 ? `; ${seen.length} more were met in training and left out` : ''}.`,
    ...(lost.length > 0 ? [`Lost, though an earlier version passed them: ${lost.join(', ')}. This version must not take its place.`] : []),
  ].join('\n');
