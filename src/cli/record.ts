/** `journeyman record GYM`: a person does a task in a visible browser, and what they did becomes a demonstration. */
import { type ArgsDef, defineCommand } from 'citty';
import { ENDING_HELP, GymError, loadGym, type RecordableGym, readEnding, recordDemonstration, shownPath } from '../gym/index.ts';
import { Options } from './options.ts';
import { parseSeed, SEED_ARGS } from './seed.ts';
import { escapeControls } from './terminal.ts';

const args: ArgsDef = {
  gym: { type: 'positional', required: false, description: 'The gym' },
  ...SEED_ARGS,
  out: { type: 'string', valueHint: 'DIR', default: 'demonstrations', description: 'Where demonstrations are kept' },
  json: { type: 'boolean', description: 'The result as a line of JSON' },
};

export const record = defineCommand({
  meta: { name: 'record', description: 'Do a task yourself, in a visible browser, as a demonstration' },
  args,
  run: async ({ rawArgs }) => {
    const options = new Options(rawArgs, { command: 'record', args });
    const [name, ...rest] = options.rest;
    if (name === undefined) throw options.wrong('no gym', 'record GYM');
    if (rest.length > 0) throw options.wrong(`'${rest[0]}' after the gym`, 'one gym');
    const seed = parseSeed(options);
    // Gyms open their browsers themselves.
    process.env.JOURNEYMAN_VISIBLE ??= '1';
    const { module } = await loadGym(name);
    const { gym } = module;
    if (!isRecordable(gym))
      throw new GymError({ operation: `record ${name}`, got: 'a gym that shows no world', expected: 'one made with defineGym' });
    const say = (line: string): void => console.error(escapeControls(line));
    const stop = new AbortController();
    const interrupt = (): void => stop.abort();
    process.once('SIGINT', interrupt);
    try {
      const task = gym.task(seed, options.text('slice'));
      say(task.goal.map(({ text }) => text).join(''));
      const recording = await recordDemonstration({
        gym,
        task,
        lane: { seed: 'person' },
        ending: readEnding(process.stdin, (line) => say(`? ${line}\n${ENDING_HELP}`)),
        folder: options.required('out', 'DIR'),
        signal: stop.signal,
        onReady: () => say(`Do the task in the browser. Then say here: ${ENDING_HELP}`),
        onStep: (step) => say(`  ${JSON.stringify(step)}`),
        onProblem: (problem) => say(`! ${problem}`),
      });
      if (options.flag('json')) console.log(JSON.stringify(recording));
      else if (recording.isAccepted) console.log(`Kept: ${recording.actions.length} actions, in ${shownPath(recording.path)}`);
      else
        console.log(
          `Set aside, in ${shownPath(recording.path)}:\n${recording.reasons.map((reason) => `  ${escapeControls(reason)}`).join('\n')}`,
        );
      if (!recording.isAccepted) process.exitCode = 1;
    } finally {
      process.off('SIGINT', interrupt);
      process.stdin.unref();
      await gym.dispose?.();
    }
  },
});

const isRecordable = (gym: object): gym is RecordableGym => 'openWith' in gym && typeof gym.openWith === 'function';
