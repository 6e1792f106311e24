/** The program `journeyman`: the command line with the factory's own commands. */
import { BASIC_COMMANDS, runCommandLine } from '../src/cli/index.ts';
import { make } from './commands/make.ts';

await runCommandLine({ make, ...BASIC_COMMANDS });
