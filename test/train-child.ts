/** Trains the tiny run in the folder that is its argument; prints a line at every step. To be killed at any moment. */
import { trainRun } from '../src/train/index.ts';
import { tinyRun, tinySource } from './tiny-run.ts';

const [folder = '', steps = ''] = process.argv.slice(2);
const evaluation = { source: tinySource(5), every: 7 };
await trainRun(
  tinyRun(folder, {
    steps: Number(steps),
    accumulate: 2,
    saveEvery: { steps: 2 },
    evaluation,
    onProgress: ({ kind, step }) => process.stdout.write(`${kind} ${step}\n`),
  }),
);
