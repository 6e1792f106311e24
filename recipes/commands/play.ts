/** `journeyman play AGENT GYM`: one episode, step by step: what it does, how sure the critic is, how surprising the screen was. */
import { type ArgsDef, defineCommand } from 'citty';
import { escapeControls, Options, painter, parseSeed, terminalOf } from '../../src/cli/index.ts';
import { printTranscript } from '../../src/gym/index.ts';
import { type EpisodeRecord, type Gym, STOP_MEANINGS, type Task } from '../../src/records/index.ts';
import { type PlayStep, playPolicy } from '../../src/rollout/index.ts';
import { type Contestant, openContestant } from '../factory/contestant.ts';
import { withGym } from '../factory/with-gym.ts';
import { Stopped } from '../factory/workshop.ts';
import { gymOf } from './contestants.ts';
import { stoppable } from './playing.ts';

const args: ArgsDef = {
  agent: { type: 'positional', required: false, description: 'Folder of an agent, or openai:URL#MODEL' },
  gym: { type: 'positional', required: false, description: 'The gym; default: the one that it was made for' },
  seed: { type: 'string', valueHint: 'SPLIT/N', default: 'validate/0', description: 'Which task of validate or train' },
  slice: { type: 'string', valueHint: 'NAME', description: 'Of which slice; the first by default' },
  screens: { type: 'boolean', description: 'Print what it reads, too' },
  document: { type: 'string', valueHint: 'FILE.pdf', description: 'invoices: work on this document of your own instead of a task' },
  books: { type: 'string', valueHint: 'FILE.json', description: 'With --document: vendors, orders and bills that the books hold' },
  json: { type: 'boolean', description: 'The episode as a line of JSON' },
};

export const play = defineCommand({
  meta: { name: 'play', description: 'Watch one episode of an agent (JOURNEYMAN_VISIBLE=1 shows its browser)' },
  args,
  run: async ({ rawArgs }) => {
    const options = new Options(rawArgs, { command: 'play', args });
    const seed = parseSeed(options);
    if (seed.split === 'exam')
      throw options.wrong(`--seed ${options.text('seed')}`, 'a task of validate or train: exam tasks are played by certify');
    const [name, gymName, ...rest] = options.rest;
    if (name === undefined) throw options.wrong('no agent', 'the folder of one, such as runs/invoices/1/agent, or openai:URL#MODEL');
    if (rest.length > 0) throw options.wrong(`'${rest[0]}' after the gym`, 'one agent and one gym');
    const document = options.text('document');
    const books = options.text('books');
    if (books !== undefined && document === undefined) throw options.wrong('--books without --document', 'both');
    const contestant = openContestant(name);
    const isJson = options.flag('json');
    await stoppable({ goOn: 'The episode was given up.' }, ({ signal }) =>
      withGym(gymOf(options, [contestant], gymName), async ({ module: { gym } }) => {
        const observer = isJson ? undefined : stepPrinter({ screens: options.flag('screens') });
        if (document === undefined) {
          const task = gym.task(seed, options.text('slice'));
          const record = await playOne(contestant, { gym, task, signal, observer });
          return isJson ? console.log(JSON.stringify(record)) : printEnd(record);
        }
        if (gym.manifest.name !== 'invoices') throw options.wrong(`--document in ${gym.manifest.name}`, 'the gym invoices');
        // The accounting app takes a while to load: only who works on a document pays for it.
        const { openDocument, printEntries } = await import('../factory/own-document.ts');
        const opened = await openDocument({ path: document, books });
        try {
          const record = await playOne(contestant, { gym: opened.gym, task: opened.task, signal, observer });
          const found = opened.result();
          if (isJson) return console.log(JSON.stringify({ document, stop: record.stop, fault: record.fault, ...found }));
          printEnd(record);
          console.log(`\n${escapeControls(printEntries(found))}`);
        } finally {
          await opened.close();
        }
      }),
    );
  },
});

interface OneEpisode {
  readonly gym: Gym;
  readonly task: Task;
  readonly signal: AbortSignal;
  readonly observer: ((step: PlayStep) => void) | undefined;
}

/** Without a second verifier's word; a person is watching. */
function playOne(contestant: Contestant, { gym, task, signal, observer }: OneEpisode): Promise<EpisodeRecord> {
  return contestant.withPolicy(async (policy) => {
    try {
      return await playPolicy({ gym, task, lane: { seed: 'play' }, policy, policyId: contestant.agent.policy, signal, observer });
    } catch (cause) {
      if (signal.aborted) throw new Stopped('the episode was stopped');
      throw cause;
    }
  });
}

/** A line an action; what was read only where it is asked for. */
function stepPrinter({ screens }: { readonly screens: boolean }): (step: PlayStep) => void {
  const dim = painter(terminalOf(process.stdout), 2);
  let count = 0;
  let surprise = '';
  return ({ segment, value, surpriseNats }) => {
    const text = escapeControls(printTranscript({ schemaVersion: 1, segments: [segment] }));
    if (segment.kind === 'observe') surprise = surpriseNats === null ? '' : `surprise ${surpriseNats.toFixed(2)}`;
    if (segment.kind === 'act') {
      const figures = [value === null ? '' : `critic ${(100 * value).toFixed(0)} %`, surprise].filter(Boolean).join(', ');
      console.log(`${`${++count}`.padStart(3)}  ${text.replace(/^do\*? +/, '').padEnd(56)}  ${dim(figures)}`);
    } else if (segment.kind === 'goal' || (screens && segment.kind === 'observe')) console.log(segment.kind === 'goal' ? text : dim(text));
  };
}

function printEnd({ stop, fault, score, steps, seconds }: EpisodeRecord): void {
  const end = fault ? `broke off: ${fault.kind}, ${fault.message}` : stop === null ? 'without a stop' : STOP_MEANINGS[stop];
  const verdict = score === null || score.success === null ? 'no verdict' : score.success ? 'success' : 'failure';
  console.log(`\n${verdict}; ${steps.length} actions in ${seconds.toFixed(2)} s: ${escapeControls(end)}`);
  for (const reason of [...(score?.broken ?? []), ...(score?.reasons ?? [])]) console.log(`  – ${escapeControls(reason)}`);
}
