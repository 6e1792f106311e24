/** `journeyman triage`: what agents met at work that may be worth learning from; and, with an entry's id, what a person makes of it. */
import { join } from 'node:path';
import { type ArgsDef, defineCommand } from 'citty';
import { Options } from '../../src/cli/index.ts';
import { type Decision, PURPOSES, readTriage, type TriageEntry } from '../../src/serve/index.ts';
import { TRIAGE, withTriage } from '../factory/triage-desk.ts';

const args: ArgsDef = {
  entry: { type: 'positional', required: false, description: 'Its id; without, those that wait are listed' },
  compartment: { type: 'string', valueHint: 'NAME', default: 'default', description: 'Whose data it is' },
  folder: { type: 'string', valueHint: 'DIR', default: 'work', description: 'The server’s' },
  accept: { type: 'string', valueHint: PURPOSES.join('|'), description: 'For training or for the exam, for good' },
  as: { type: 'string', valueHint: 'task|demonstration', default: 'task', description: 'To be worked on afresh, or to be imitated' },
  dismiss: { type: 'string', valueHint: 'REASON', description: 'Nothing is learned from it' },
  by: { type: 'string', valueHint: 'PERSON', description: 'Who decides' },
  json: { type: 'boolean', description: 'Lines of JSON' },
};

export const triage = defineCommand({
  meta: { name: 'triage', description: 'Decide what is learned from what agents met at work' },
  args,
  run: ({ rawArgs }) => {
    const options = new Options(rawArgs, { command: 'triage', args });
    const [id, ...rest] = options.rest;
    if (rest.length > 0) throw options.wrong(`'${rest[0]}' after it`, 'one entry');
    const [folder, compartment] = [options.text('folder') as string, options.text('compartment') as string];
    const [accept, dismiss, by] = [options.oneOf('accept', PURPOSES), options.text('dismiss'), options.text('by')];
    if (id === undefined) {
      if (accept !== undefined || dismiss !== undefined) throw options.wrong('a decision about nothing', 'the id of an entry');
      const entries = readTriage(join(folder, TRIAGE), compartment).entries();
      print(entries, options.flag('json'));
      return;
    }
    if ((accept === undefined) === (dismiss === undefined))
      throw options.wrong('no decision, or two', '--accept train, --accept exam or --dismiss REASON');
    if (by === undefined) throw options.wrong('nobody who decides', '--by PERSON');
    const as = options.oneOf('as', ['task', 'demonstration'] as const) ?? 'task';
    const decision: Decision =
      dismiss === undefined ? { kind: 'accept', purpose: accept ?? 'train', as } : { kind: 'dismiss', reason: dismiss };
    const entry = withTriage(folder, compartment, (book) => book.decide(id, { decision, by, now: new Date() }));
    print([entry], options.flag('json'));
  },
});

function print(entries: readonly TriageEntry[], isJson: boolean): void {
  if (isJson) for (const { transcript: _, ...entry } of entries) console.log(JSON.stringify(entry));
  else if (entries.length === 0) console.log('Nothing was reported yet.');
  else
    for (const entry of entries)
      console.log(
        `${entry.id}  ${entry.at.slice(0, 16)}  ${entry.kind.padEnd(12)} ${entry.agent.name} ${entry.agent.version}  ${stateOf(entry)}`,
      );
}

function stateOf({ decision, open }: TriageEntry): string {
  if (decision === null) return open.length > 0 ? `waits; open for ${open.join(' and ')}` : 'waits; can only be dismissed';
  return decision.kind === 'dismiss'
    ? `dismissed by ${decision.by}: ${decision.reason}`
    : `${decision.purpose}, as a ${decision.as}, by ${decision.by}`;
}
