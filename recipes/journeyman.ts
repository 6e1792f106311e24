/** The program `journeyman`: the command line with the factory's own commands. */
import { BASIC_COMMANDS, runCommandLine } from '../src/cli/index.ts';
import { certify } from './commands/certify.ts';
import { compare } from './commands/compare.ts';
import { demos } from './commands/demos.ts';
import { doctor } from './commands/doctor.ts';
import { evaluate } from './commands/eval.ts';
import { keys } from './commands/keys.ts';
import { make } from './commands/make.ts';
import { people } from './commands/people.ts';
import { play } from './commands/play.ts';
import { redTeam } from './commands/red-team.ts';
import { release } from './commands/release.ts';
import { report } from './commands/report.ts';
import { serve } from './commands/serve.ts';
import { triage } from './commands/triage.ts';

await runCommandLine({
  make,
  certify,
  eval: evaluate,
  compare,
  play,
  report,
  'red-team': redTeam,
  release,
  keys,
  serve,
  people,
  triage,
  demos,
  doctor,
  ...BASIC_COMMANDS,
});
