/**
 * `journeyman serve`: released agents at work, and the console on which people oversee them. Nothing runs here that was not signed off.
 *
 * What it keeps lies in one folder: jobs, approvals, stops, monitors, transcripts, the audit log, and who may do what.
 */
import { mkdirSync } from 'node:fs';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { serve as listen } from '@hono/node-server';
import { type ArgsDef, defineCommand } from 'citty';
import { ConfigError } from '../../src/base/index.ts';
import { Options, stopOnSignal } from '../../src/cli/index.ts';
import { consoleFiles } from '../../src/console/index.ts';
import { loadSpec, readStandings } from '../../src/release/index.ts';
import { addPerson, loadPeople, makeApi, openAuditLog, openPreferences, openTranscripts, openWorkplace } from '../../src/serve/index.ts';
import { AgentsAtWork } from '../factory/at-work.ts';
import { PreferenceDesk } from '../factory/preference-desk.ts';
import { RunList } from '../factory/run-list.ts';
import { reportJob, TriageItems, withTriage } from '../factory/triage-desk.ts';
import { loadTrusted } from '../factory/trusted-keys.ts';

const args: ArgsDef = {
  port: { type: 'string', valueHint: 'N', default: '8717', description: 'Where it listens, on this machine alone' },
  folder: { type: 'string', valueHint: 'DIR', default: 'work', description: 'Where it keeps everything' },
  registry: { type: 'string', valueHint: 'DIR', default: 'registry', description: 'Where released agents lie' },
  runs: { type: 'string', valueHint: 'DIR', default: 'runs', description: "Where the factory's runs lie, to be watched" },
  spec: { type: 'string', valueHint: 'FILE', description: 'The rules that the releases are bound to (spec.yaml)' },
  app: { type: 'string', valueHint: 'URL,URL', description: 'Live apps that jobs may be at; without, the sandbox alone' },
  lanes: { type: 'string', valueHint: 'N', default: '8', description: 'Jobs worked on at once' },
};

export const serve = defineCommand({
  meta: { name: 'serve', description: 'Let released agents work, overseen by people' },
  args,
  run: async ({ rawArgs }) => {
    const options = new Options(rawArgs, { command: 'serve', args });
    if (options.rest.length > 0) throw options.wrong(`'${options.rest[0]}'`, 'options alone');
    const [folder, registry] = [options.text('folder') as string, options.text('registry') as string];
    const port = options.count('port') as number;
    const lanes = options.count('lanes') as number;
    const apps = (options.text('app')?.split(',') ?? []).map((url) => {
      if (!URL.canParse(url)) throw options.wrong(`--app ${url}`, 'an address such as https://books.example');
      return new URL(url).origin;
    });
    const specPath = options.text('spec');
    // Said now, not when the first job fails.
    if (specPath !== undefined) loadSpec(specPath);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const peoplePath = join(folder, 'people.json');
    const isFirst = loadPeople(peoplePath).count === 0;
    const token = isFirst ? addPerson(peoplePath, { name: process.env.USER || 'operator', role: 'signer' }) : undefined;

    const agents = new AgentsAtWork({ registry, trustedKeys: loadTrusted(), specPath, folder });
    for (const { agent, why } of await agents.loadAll()) console.error(`${agent} may not work: ${why}`);
    const transcripts = openTranscripts(join(folder, 'transcripts'));
    const told: { api?: ReturnType<typeof makeApi> } = {};
    const workplace = openWorkplace({
      ...{ folder, lanes },
      workerOf: (name) => agents.workerOf(name),
      mode: (agent) => agents.mode(agent),
      onStep(step) {
        transcripts.add(step);
        told.api?.stepped(step);
      },
      onChange: () => told.api?.changed(),
      transcriptOf: (job) => transcripts.of(job).map(({ segment }) => segment),
      onEnd(job, end) {
        agents.observe(job, end);
        reportJob(folder, job, end, agents.gymOf(job));
      },
      onFailure: (job, error) => console.error(`Job ${job} is worked on no more: ${error.message}`),
    });
    const runs = new RunList(options.text('runs') as string);
    const desk = new PreferenceDesk(options.text('runs') as string);
    const triage = new TriageItems(folder);
    const preferences = openPreferences(join(folder, 'preferences.jsonl'));
    const api = makeApi({
      ...{ workplace, apps },
      people: loadPeople(peoplePath),
      audit: openAuditLog(join(folder, 'audit.jsonl')),
      stepsOf: (job) => transcripts.of(job),
      agents: () => agents.served(),
      alarms: () => agents.alarms(),
      releases: () => readStandings(registry),
      runs: () => runs.list(),
      preferences: {
        next: () => desk.next((pair) => preferences.has(pair)),
        count: () => preferences.all().length,
        prefer: (id, preference) => void preferences.prefer(desk.pair(id), { ...preference, now: new Date() }),
      },
      triage: {
        list: () => triage.list(),
        decide: (compartment, id, { decision, by }) =>
          void withTriage(folder, compartment, (book) => book.decide(id, { decision, by, now: new Date() })),
      },
      clearAlarm: (agent, alarm, clearing) => agents.clear(agent, alarm, clearing),
      hosts: [`127.0.0.1:${port}`, `localhost:${port}`],
      files: consoleFiles(),
    });
    told.api = api;
    const stop = stopOnSignal(() => console.log('\nLetting go of the jobs …'));
    try {
      const server = await started(api.fetch, port);
      console.log(`The console: http://127.0.0.1:${port}/`);
      if (token !== undefined) console.log(`Your token, shown this once: ${token}`);
      await stopped(stop.signal);
      server.close();
      (server as Server).closeAllConnections();
    } finally {
      await workplace.close();
      await agents.close();
      stop.dispose();
    }
    console.log('Stopped. Jobs go on where they stand when it is started again.');
  },
});

const started = (fetch: Parameters<typeof listen>[0]['fetch'], port: number): Promise<ReturnType<typeof listen>> =>
  new Promise((resolve, reject) => {
    const server = listen({ fetch, port, hostname: '127.0.0.1' }, () => resolve(server));
    server.once('error', (cause: NodeJS.ErrnoException) =>
      reject(
        new ConfigError({
          operation: `listen on port ${port}`,
          got: cause.code === 'EADDRINUSE' ? 'a port that another program has' : cause.message,
          expected: 'a free one',
          fix: 'stop the other program, or give another --port',
          cause,
        }),
      ),
    );
  });

const stopped = (signal: AbortSignal): Promise<void> =>
  signal.aborted ? Promise.resolve() : new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
