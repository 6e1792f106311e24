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

export type Commands = Readonly<Record<string, CommandDef>>;

/** Those that need no recipe. */
export const BASIC_COMMANDS: Commands = { gym, record, pretrain, sft, sample };

/** Runs the command that was typed. Never throws: the exit code says how it went. */
export async function runCommandLine(commands: Commands, words: readonly string[] = process.argv.slice(2)): Promise<void> {
  watchOutput();
  try {
    await run(commands, words);
  } catch (error) {
    process.exitCode = reportError(error);
  }
}

async function run(commands: Commands, [name, ...rest]: readonly string[]): Promise<void> {
  const program = defineCommand({
    meta: {
      name: 'journeyman',
      version: loadVersion(),
      description: 'A factory that reliably turns a task into an agent that can be trusted with it',
    },
    subCommands: { ...commands },
  });
  const wantsHelp = (word: string): boolean => word === '--help' || word === '-h';
  if (name === '--version') return console.log(loadVersion());
  if (name === undefined || wantsHelp(name)) {
    await showUsage(program);
    if (name === undefined) process.exitCode = 2;
    return;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command)
    throw new UsageError({
      operation: 'journeyman',
      got: `the command '${name}'`,
      expected: `one of ${Object.keys(commands).join(', ')}`,
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
