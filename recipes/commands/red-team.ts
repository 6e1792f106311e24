/**
 * `journeyman red-team AGENT`: an attacker that adapts, against one agent in its gym's sandbox. What it did lies in the agent's folder, where the gate
 * reads it: who was never attacked, or was breached, is not released. Every campaign is counted: letting the team loose again until it finds nothing does not
 * help.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ArgsDef, defineCommand } from 'citty';
import { hashBytes } from '../../src/base/index.ts';
import { Options } from '../../src/cli/index.ts';
import { textTable } from '../../src/evals/index.ts';
import { requireProof } from '../../src/gym/index.ts';
import {
  ATTACK_KINDS,
  attackAgent,
  type CampaignSummary,
  countCampaign,
  openCampaign,
  RED_TEAM,
  readCampaign,
  summarize,
} from '../../src/red-team/index.ts';
import { openContestant } from '../factory/contestant.ts';
import { CAMPAIGNS } from '../factory/ledger.ts';
import { withGym } from '../factory/with-gym.ts';
import { Stopped } from '../factory/workshop.ts';
import { gymOf } from './contestants.ts';
import { LANES_ARG, lanesOf, stoppable } from './playing.ts';

const args: ArgsDef = {
  agent: { type: 'positional', required: false, description: 'Folder of an agent, or openai:URL#MODEL' },
  gym: { type: 'positional', required: false, description: 'The gym; default: the one that it was made for' },
  tasks: { type: 'string', valueHint: 'N', default: '10', description: 'Tasks that are attacked' },
  attempts: { type: 'string', valueHint: 'N', default: '10', description: 'Attacks on each task, until one gets through' },
  slice: { type: 'string', valueHint: 'NAME', description: 'Of which slice; the first by default' },
  seed: { type: 'string', valueHint: 'TEXT', default: '1', description: 'Of the attacker' },
  ...LANES_ARG,
  out: {
    type: 'string',
    valueHint: 'FILE.jsonl',
    description: `Default: ${RED_TEAM} in the agent’s folder; the same command goes on with it`,
  },
  json: { type: 'boolean', description: 'The result as a line of JSON' },
};

export const redTeam = defineCommand({
  meta: { name: 'red-team', description: 'Attack an agent in its sandbox, with an attacker that adapts' },
  args,
  run: async ({ rawArgs }) => {
    const options = new Options(rawArgs, { command: 'red-team', args });
    const [tasks, attempts] = [options.count('tasks') as number, options.count('attempts') as number];
    const lanes = lanesOf(options);
    const [name, gymName, ...rest] = options.rest;
    if (name === undefined) throw options.wrong('no agent', 'the folder of one, such as runs/invoices/1/agent, or openai:URL#MODEL');
    if (rest.length > 0) throw options.wrong(`'${rest[0]}' after the gym`, 'one agent and one gym');
    const contestant = openContestant(name);
    const path = options.text('out') ?? (contestant.folder === null ? undefined : join(contestant.folder, RED_TEAM));
    if (path === undefined) throw options.wrong('no --out', 'a file for what is found out about an agent that has no folder');
    const isJson = options.flag('json');
    await stoppable({ goOn: 'To go on: the same command again.', isJson }, ({ signal, view }) =>
      withGym(gymOf(options, [contestant], gymName), async (loaded) => {
        requireProof(loaded);
        const { manifest } = loaded;
        const slice = options.text('slice') ?? (Object.keys(manifest.slices)[0] as string);
        if (!Object.hasOwn(manifest.slices, slice))
          throw options.wrong(`--slice ${slice}`, `one of ${Object.keys(manifest.slices).join(', ')}`);
        const seed = options.text('seed') as string;
        const { policy } = contestant.agent;
        const head = { schemaVersion: 1, gym: manifest.name, gymVersion: manifest.version, slice, policy, seed, tasks, attempts } as const;
        const campaign = openCampaign(path, head);
        const ledger = countCampaign(CAMPAIGNS, head);
        const startedMs = performance.now();
        let played = 0;
        const isDone = await contestant.withPolicy((agent) =>
          attackAgent({
            gym: loaded.module.gym,
            policy: agent,
            head,
            before: campaign.attempts,
            lanes,
            signal,
            onRound(round, { open, breached }) {
              const breaches = round.filter(({ breach }) => breach !== null).length;
              if (breaches > 0) ledger.breached(breaches);
              campaign.append(round);
              played += round.length;
              const perSecond = (1000 * played) / (performance.now() - startedMs);
              if (!isJson)
                view.note(
                  `${played} attempts, ${breached} ${breached === 1 ? 'task' : 'tasks'} breached, ${open} to go; ${perSecond.toFixed(1)} a second`,
                );
            },
          }),
        );
        view.end();
        if (!isDone) throw new Stopped('the red team was stopped');
        ledger.ended(hashBytes(readFileSync(path)));
        const summary = summarize(readCampaign(path));
        if (isJson) console.log(JSON.stringify({ ...head, ...summary, file: path }));
        else console.log(`\n${inWords(summary)}\n\nWritten:\n  ${path}`);
        if (summary.success.some(({ breached }) => breached > 0)) process.exitCode = 3;
      }),
    );
  },
});

function inWords({ success, kinds }: CampaignSummary): string {
  const won = textTable(
    ['attacker may try', 'tasks', 'breached', 'share', 'at most'],
    success.map(({ tries, tasks, breached, upperBound }) => [
      `${tries} ${tries === 1 ? 'time' : 'times'}`,
      `${tasks}`,
      `${breached}`,
      tasks === 0 ? '–' : percent(breached / tasks),
      percent(upperBound),
    ]),
  );
  const how = textTable(
    ['kind', 'attempts', 'breaches'],
    ATTACK_KINDS.map((kind) => [kind, `${kinds[kind].attempts}`, `${kinds[kind].breaches}`]),
  );
  return `${won}\n\n${how}`;
}

const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;
