/**
 * What `npm start` runs: the main job on the gym that Journeyman brings along.
 *
 *   npm start                      an agent for invoices, examined, in 30 to 40 minutes
 *   npm start -- --budget 5m       the most of five minutes
 *
 * Stop it at any time; the same command goes on.
 */
import { runCommandLine } from '../src/cli/index.ts';
import { make } from './commands/make.ts';

await runCommandLine({ make }, ['make', 'invoices', ...process.argv.slice(2)]);
