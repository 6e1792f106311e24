/** The engine suite: how fast models are trained and run, how exact, and whether they learn what everything rests on. */
import type { Bench } from '../row.ts';
import { agentLoop } from './agent-loop.ts';
import { baseSources } from './base-sources.ts';
import { decision } from './decision.ts';
import { decoding } from './decoding.ts';
import { copying, pointing, pointingLong } from './learning.ts';
import { longTraining, trainingMemory, trainingSpeed, windowedTraining } from './training.ts';

export const ENGINE_SUITE: readonly Bench[] = [
  trainingSpeed,
  trainingMemory,
  longTraining,
  windowedTraining,
  decoding,
  agentLoop,
  decision,
  baseSources,
  copying,
  pointing,
  pointingLong,
];
