/**
 * Whoever is examined, compared or watched: an agent's folder, or somebody else's model behind an endpoint (`openai:URL#MODEL`). The gym treats them
 * alike.
 */
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { hashJson } from '../../src/base/index.ts';
import { computeSourceHash, type LoadedGym } from '../../src/gym/index.ts';
import { countParameters } from '../../src/model/index.ts';
import type { Certificate, Lineage, Policy } from '../../src/records/index.ts';
import { openAiPolicy, parseOpenAiName } from '../../src/rollout/index.ts';
import { agentBytes, loadAgent } from './agent.ts';
import { identityOf, studentOf, withPolicy } from './workshop.ts';

export interface Contestant {
  /** `policy`: identity, part of each episode's id. */
  readonly agent: Certificate['agent'];
  /** Of an agent; null for somebody else's. */
  readonly folder: string | null;
  /** The gym that it was made for; null for somebody else's. */
  readonly gym: string | null;
  /** Journals that it learned from, as far as they lie here. */
  readonly learnedFrom: readonly string[];
  lineage(gym: LoadedGym): Lineage;
  /** Starts it for `work`, and ends it. */
  withPolicy<T>(work: (policy: Policy) => Promise<T>): Promise<T>;
}

export const isEndpoint = (name: string): boolean => name.startsWith('openai:');

/** `name`: the folder of an agent, or `openai:URL#MODEL`. Throws `CheckpointError` or `ConfigError` for neither. */
export const openContestant = (name: string): Contestant => (isEndpoint(name) ? endpoint(name) : agentIn(name));

export function agentIn(folder: string): Contestant {
  const { settings, model, wide, lineage } = loadAgent(folder);
  const student = studentOf(model, wide);
  return {
    agent: {
      name: settings.name,
      policy: identityOf(student),
      parameters: countParameters(model.config),
      bytes: agentBytes(folder),
    },
    folder,
    gym: settings.gym,
    // The absolute one: `.` has no folder above it by name.
    learnedFrom: trainingJournals(dirname(resolve(folder))),
    lineage: () => lineage,
    withPolicy: (work) => withPolicy(student, { temperature: settings.temperature }, (policy) => work(policy)),
  };
}

/** The key is `OPENAI_API_KEY`, where the endpoint wants one. */
function endpoint(name: string): Contestant {
  const { url, model } = parseOpenAiName(name);
  const apiKey = process.env.OPENAI_API_KEY;
  return {
    agent: { name: model, policy: hashJson({ url, model }).slice(0, 16), parameters: null, bytes: null },
    folder: null,
    gym: null,
    learnedFrom: [],
    lineage: ({ manifest, folder }) => ({
      schemaVersion: 1,
      weights: null,
      base: null,
      gym: { name: manifest.name, version: manifest.version, source: computeSourceHash(folder) },
      demonstrations: null,
      stages: [],
      compartment: 'default',
      seed: 0,
      runtime: { node: process.version, endpoint: url },
      madeBy: `somebody else: ${name}`,
    }),
    withPolicy: (work) => work(openAiPolicy({ url, model, apiKey })),
  };
}

/** What is no journal of episodes that somebody learned from. */
const OTHERS: readonly string[] = ['events.jsonl', 'metrics.jsonl', 'scores.jsonl'];
const OTHER_FOLDERS: readonly string[] = ['exam', 'agent', 'stages', 'validate', 'checkpoint'];

/** Journals of the run in `folder`; none where there is no run. */
export function trainingJournals(folder: string): readonly string[] {
  return existsSync(join(folder, 'run.json')) ? journalsIn(folder) : [];
}

const journalsIn = (folder: string): readonly string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !name.startsWith('.'))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return OTHER_FOLDERS.includes(entry.name) ? [] : journalsIn(path);
      return entry.name.endsWith('.jsonl') && !OTHERS.includes(entry.name) ? [path] : [];
    })
    .sort();
