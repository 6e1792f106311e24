/**
 * Released agents, ready to work: verified anew for each job, so that one that was revoked or has expired begins nothing more; loaded once. Each has its
 * monitors, whose levels come from its exam.
 */
import type { KeyObject } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError, hashBytes } from '../../src/base/index.ts';
import { Engine, enginePolicy } from '../../src/engine/index.ts';
import { loadCertificate, loadRawScores } from '../../src/evals/index.ts';
import { type LoadedGym, loadGym } from '../../src/gym/index.ts';
import type { RawScore, Session } from '../../src/records/index.ts';
import { loadReleased, loadSpec, parseSpec, type Released, type Spec } from '../../src/release/index.ts';
import {
  type Alarm,
  examLevels,
  type Job,
  type JobEnd,
  type MonitorLevels,
  type Monitors,
  openMonitors,
  type ServedAgent,
  surpriseLimit,
  type Worker,
} from '../../src/serve/index.ts';
import { loadAgent } from './agent.ts';
import { NOBODYS } from './from-production.ts';
import { studentOf } from './workshop.ts';

/** The rules where a release is bound to none: whatever lasts is asked about, whatever can't be taken back is not done. */
const PLAIN_RULES = parseSpec(`
schemaVersion: 1
name: plain
otherwise: { read: allow, reversible: allow, compensable: ask, irreversible: forbid }
rules: []
`);

/** Share of jobs in which people have to intervene, at most, before an alarm: what a release promises as long as nothing else is said. */
const INTERVENTION_SHARE = 0.1;

export interface AtWorkOptions {
  readonly registry: string;
  readonly trustedKeys: readonly KeyObject[];
  /** The rules that the releases are bound to. */
  readonly specPath?: string | undefined;
  /** Of the monitors' ledgers. */
  readonly folder: string;
}

interface Ready {
  readonly worker: Worker;
  readonly released: Released;
  /** null where its exam is too small for levels: then the agent asks always. */
  readonly monitors: Monitors | null;
  readonly engine: Engine;
  readonly gym: LoadedGym;
}

export class AgentsAtWork {
  readonly #options: AtWorkOptions;
  /** By name and version. */
  readonly #ready = new Map<string, Promise<Ready>>();
  readonly #opened = new Map<string, Ready>();

  constructor(options: AtWorkOptions) {
    this.#options = options;
  }

  /** The current version of the agent. Throws what `loadReleased` throws for one that may not work. */
  async workerOf(name: string): Promise<Worker> {
    return (await this.#current(name)).worker;
  }

  /** Makes all agents of the registry ready; says why of those that may not work. */
  async loadAll(): Promise<readonly { readonly agent: string; readonly why: string }[]> {
    const { registry } = this.#options;
    const names = existsSync(registry)
      ? readdirSync(registry, { withFileTypes: true })
          .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
          .map(({ name }) => name)
      : [];
    const refused: { agent: string; why: string }[] = [];
    for (const agent of names.sort()) {
      try {
        await this.workerOf(agent);
      } catch (error) {
        refused.push({ agent, why: (error as Error).message });
      }
    }
    return refused;
  }

  /** Those that are ready. */
  served(): readonly ServedAgent[] {
    return [...this.#opened.values()].map(({ worker: { name, version }, released }) => ({
      ...{ name, version },
      validUntil: released.statement.predicate.expiresAt,
    }));
  }

  alarms(): readonly (Alarm & { readonly agent: string })[] {
    return [...this.#opened.values()].flatMap(({ worker, monitors }) =>
      (monitors?.alarms() ?? []).map((alarm) => ({ ...alarm, agent: worker.name })),
    );
  }

  /** Throws `ConfigError` for an alarm that is not open. */
  clear(agent: string, alarm: string, { by, reason }: { readonly by: string; readonly reason: string }): void {
    const found = [...this.#opened.values()].find(
      ({ worker, monitors }) => worker.name === agent && monitors?.alarms().some(({ id }) => id === alarm),
    );
    if (!found?.monitors)
      throw new ConfigError({
        operation: 'clear an alarm',
        got: `${agent.slice(0, 60)}, ${alarm.slice(0, 60)}`,
        expected: 'one that is open',
      });
    found.monitors.clear(alarm, { by, reason, now: new Date() });
  }

  mode(agent: string): 'by-certificate' | 'ask-always' {
    const open = [...this.#opened.values()].filter(({ worker }) => worker.name === agent);
    // Whom nobody watches, whatever lasts is asked about.
    return open.some(({ monitors }) => monitors === null || monitors.mode() === 'ask-always') ? 'ask-always' : 'by-certificate';
  }

  /**
   * Tells the monitors how a job went. There is no verifier at work: a success is what the agent calls done, a failure what broke or a person stopped or refused. A
   * bill that is wrong and that nobody looked at is in neither; whoever looks afterwards tells the triage.
   */
  observe({ id, request, version }: Job, { how, surpriseNats, intervened, seconds }: JobEnd): void {
    const monitors = this.#opened.get(`${request.agent} ${version}`)?.monitors;
    const success = how === 'done' ? true : how === 'failed' || intervened ? false : null;
    monitors?.observe(id, { success, surpriseNats, abstained: how === 'handed-over', intervened, seconds }, new Date());
  }

  /** Of the agent that worked on it, where it was loaded. */
  gymOf({ request, version }: Job): { readonly name: string; readonly version: string } | undefined {
    const gym = this.#opened.get(`${request.agent} ${version}`)?.gym.manifest;
    return gym && { name: gym.name, version: gym.version };
  }

  async close(): Promise<void> {
    await Promise.allSettled([...this.#opened.values()].flatMap(({ engine, gym }) => [engine.dispose(), gym.module.gym.dispose?.()]));
  }

  async #current(name: string): Promise<Ready> {
    const { registry, trustedKeys } = this.#options;
    const released = loadReleased(registry, name, { trustedKeys, now: new Date() });
    const key = `${name} ${released.statement.predicate.version}`;
    const ready = this.#ready.get(key) ?? this.#load(released, key);
    this.#ready.set(key, ready);
    try {
      return await ready;
    } catch (error) {
      this.#ready.delete(key);
      throw error;
    }
  }

  async #load(released: Released, key: string): Promise<Ready> {
    const { agent: name, version, spec, slices } = released.statement.predicate;
    const rules = this.#rulesOf(spec, name);
    const { settings, model, wide, lineage } = loadAgent(released.folder);
    const gym = await loadGym(settings.gym);
    const student = studentOf(model, wide);
    const engine = await Engine.start(student.config, student.weights, { threads: 1, leaveOutResting: true });
    const { scores } = loadRawScores(join(released.folder, 'scores.jsonl'));
    const levels = levelsOf(scores, Math.min(...slices.map(({ gateBound }) => gateBound)));
    const { abstention } = loadCertificate(join(released.folder, 'certificate.json'));
    const ready: Ready = {
      ...{ released, engine, gym },
      monitors: levels && openMonitors(join(this.#options.folder, `monitors-${name}-${version}.jsonl`), { levels }),
      worker: {
        ...{ name, version, spec: rules, actions: gym.manifest.actions },
        policy: enginePolicy({ engine, codec: student.tokenizer, wide, temperature: settings.temperature }),
        // What the exam has shown, where the agent has not been given its own.
        thresholds: {
          abstainBelow: settings.abstainBelow ?? abstention?.threshold ?? null,
          surpriseAbove: settings.surpriseAbove ?? surpriseLimit(scores.map(({ highestSurpriseNats }) => highestSurpriseNats)),
        },
        open(job) {
          assertSameCustomer(job, lineage.compartment);
          return openPlace(gym, job);
        },
      },
    };
    this.#opened.set(key, ready);
    return ready;
  }

  #rulesOf(hash: string | null, name: string): Spec {
    if (hash === null) return PLAIN_RULES;
    const path = this.#options.specPath;
    const given = path === undefined ? undefined : hashBytes(readFileSync(path));
    if (path === undefined || given !== hash)
      throw new ConfigError({
        operation: `let ${name} work`,
        got: path === undefined ? 'no rules' : `the rules ${path} (${given?.slice(0, 12)})`,
        expected: `those that its release is bound to (${hash.slice(0, 12)})`,
        fix: 'give the file that it was released with: --spec FILE',
      });
    return loadSpec(path);
  }
}

/** An agent that learned from one customer's data tells of it to no other. */
function assertSameCustomer({ request: { agent, compartment } }: Job, of: string): void {
  if (of === NOBODYS || of === compartment) return;
  throw new ConfigError({
    operation: `let ${agent} work for ${compartment}`,
    got: `an agent that learned from data of ${of}`,
    expected: 'one of the same compartment, or of nobody’s',
  });
}

/** null where the exam can't tell. */
function levelsOf(scores: readonly RawScore[], successFloor: number): MonitorLevels | null {
  const exam = scores.map(({ success, stop, seconds, surpriseNats }) => ({
    ...{ success, seconds, surpriseNats, intervened: false },
    abstained: stop !== 'done' && stop !== 'answered',
  }));
  try {
    // What stands for success at work is no verifier's word, so there is no telling when it is too good.
    return { ...examLevels(exam, { successFloor, interventionShare: INTERVENTION_SHARE }), successCeiling: null };
  } catch (error) {
    if (error instanceof ConfigError) return null;
    throw error;
  }
}

/** Throws `ConfigError` for a gym without live apps, and a secret that the server doesn't have. */
async function openPlace({ manifest, module: { gym } }: LoadedGym, { id, request: { place } }: Job): Promise<Session> {
  if (place.kind === 'sandbox') {
    const { split, n } = place.seed;
    return gym.open(gym.task({ split, n }, place.slice), { seed: id });
  }
  if (!gym.attach)
    throw new ConfigError({
      operation: `work in ${place.url}`,
      got: `the gym ${manifest.name}, which has no live apps`,
      expected: 'one that can be attached',
    });
  const secrets = Object.fromEntries(
    Object.entries(place.secrets).map(([key, variable]) => {
      const value = process.env[variable];
      if (value === undefined || value === '')
        throw new ConfigError({
          operation: `work in ${place.url}`,
          got: `no ${variable}`,
          expected: 'the secret, in the environment of the server',
        });
      return [key, value];
    }),
  );
  const goal = place.goal.map(({ text, key, secret }) => ({
    text,
    ...(key === undefined ? {} : { key }),
    ...(secret === undefined ? {} : { secret }),
  }));
  return gym.attach({ url: place.url, secrets }, goal);
}
