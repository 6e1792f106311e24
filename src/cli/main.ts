/** The command line: finds the command, runs it, and turns what goes wrong into one message and an exit code. */
import { readFileSync } from 'node:fs';
import { type CommandDef, defineCommand, renderUsage, runCommand } from 'citty';
import { watchOutput } from './broken-pipe.ts';
import { gym } from './gym.ts';
import { UsageError } from './options.ts';
import { pretrain } from './pretrain.ts';
import { record } from './record.ts';
import { reportError } from './report-error.ts';
import { sample } from './sample.ts';
import { sft } from './sft.ts';
import { terminalOf, uncolored } from './terminal.ts';

const COMMANDS: Readonly<Record<string, CommandDef>> = { gym, record, pretrain, sft, sample };

const program = defineCommand({
  meta: {
    name: 'journeyman',
    version: loadVersion(),
    description: 'A factory that reliably turns a task into an agent that can be trusted with it',
  },
  subCommands: { ...COMMANDS },
});

watchOutput();

try {
  await main(process.argv.slice(2));
} catch (error) {
  process.exitCode = reportError(error);
}

async function main([name, ...rest]: readonly string[]): Promise<void> {
  const wantsHelp = (word: string): boolean => word === '--help' || word === '-h';
  if (name === '--version') return console.log(loadVersion());
  if (name === undefined || wantsHelp(name)) {
    await showUsage(program);
    if (name === undefined) process.exitCode = 2;
    return;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command)
    throw new UsageError({
      operation: 'journeyman',
      got: `the command '${name}'`,
      expected: `one of ${Object.keys(COMMANDS).join(', ')}`,
      fix: 'see npx journeyman --help',
    });
  if (rest.some(wantsHelp)) return showUsage(command, program);
  await runCommand(command, { rawArgs: [...rest] });
}

async function showUsage(command: CommandDef, parent?: CommandDef): Promise<void> {
  const text = await renderUsage(command, parent);
  console.log(terminalOf(process.stdout).hasColor ? text : uncolored(text));
}

function loadVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}
