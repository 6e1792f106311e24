/** The to-do gym: add a task with its day to a list that holds others. */
import { defineWebAppGym } from '../../../../src/gym/index.ts';
import { expert, proof } from './expert.ts';
import { generate, goal } from './instance.ts';
import { audit, invariants, reset, state, verify } from './verify.ts';

export const gymModule = defineWebAppGym({
  manifest: {
    name: 'todo',
    version: '1',
    description: 'Add a task with its day to a to-do list, and leave the others alone.',
    actions: { fill: 'reversible', click: 'compensable', ask: 'read', abstain: 'read', done: 'read' },
    limits: { steps: 12, seconds: 60 },
    slices: {
      base: { description: 'Names that training has seen.' },
      unseen: { description: 'Names that training has not seen.' },
    },
  },
  app: {
    url: 'http://127.0.0.1:{port}',
    start: { command: ['node', 'server.ts', '{port}', '{folder}/to-do.db'] },
    cwd: `${import.meta.dirname}/../..`,
    instances: 2,
  },
  generate,
  goal,
  reset,
  state,
  verify,
  audit,
  invariants,
  expert,
  proof,
});
