/**
 * `journeyman certify AGENT`: the exam of a finished agent, or of somebody else's behind an endpoint, on the same terms as everybody's.
 *
 * What the seeds are worth then: the agent's weights are hashed and written down first, fresh seeds are committed to after that. So nobody could have
 * trained on these tasks; that training saw no task of the exam split at all is checked where its journals lie here.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type ArgsDef, defineCommand } from 'citty';
import { Options } from '../../src/cli/index.ts';
import { terminalSummary } from '../../src/evals/index.ts';
import { computeSourceHash, type LoadedGym, requireProof } from '../../src/gym/index.ts';
import { type Contestant, isEndpoint, openContestant } from '../factory/contestant.ts';
import { commitSeeds, type Examined, everydayPlan, examine } from '../factory/exam.ts';
import { openRun } from '../factory/run-folder.ts';
import { withGym } from '../factory/with-gym.ts';
import { gymOf } from './contestants.ts';
import { LANES_ARG, lanesOf, stoppable, type Watch } from './playing.ts';

const args: ArgsDef = {
  agent: { type: 'positional', required: false, description: 'Folder of an agent; not with --policy' },
  gym: { type: 'positional', required: false, description: 'The gym; default: the one that it was made for' },
  policy: { type: 'string', valueHint: 'openai:URL#MODEL', description: 'Somebody else’s agent; its key is OPENAI_API_KEY' },
  floor: { type: 'string', valueHint: 'X', description: 'Success that the first slice must be shown to have; default 0.95' },
  full: { type: 'boolean', description: 'Every slice in full, and pass^8' },
  ...LANES_ARG,
  out: {
    type: 'string',
    valueHint: 'DIR',
    description: 'Folder of the exam; default runs/exams/GYM/AGENT. The same command goes on with it; another folder is a fresh attempt',
  },
  json: { type: 'boolean', description: 'Every event as a line of JSON' },
};

export const certify = defineCommand({
  meta: { name: 'certify', description: 'Examine an agent on fresh tasks and certify what it shows' },
  args,
  run: async ({ rawArgs }) => {
    const options = new Options(rawArgs, { command: 'certify', args });
    const floor = options.number('floor', { check: (x) => x > 0 && x < 1, expected: 'a share between 0 and 1' });
    const lanes = lanesOf(options);
    const { name, gymName } = whoAndWhere(options);
    const contestant = openContestant(name);
    const isJson = options.flag('json');
    await stoppable({ goOn: 'To go on: the same command again.', isJson }, (watch) =>
      withGym(gymOf(options, [contestant], gymName), async (gym) => {
        const folder = options.text('out') ?? join('runs', 'exams', ...gym.manifest.name.split('/'), folderName(contestant));
        const isTaken = existsSync(join(folder, 'exam', 'certificate.json'));
        const examined = await examineAlone({ ...watch, gym, contestant, folder, lanes, isFull: options.flag('full'), floor });
        watch.view.end();
        if (!isJson) print(examined, isTaken);
        if (examined.certificate.kind === 'no-certificate') process.exitCode = 3;
      }),
    );
  },
});

function whoAndWhere(options: Options): { readonly name: string; readonly gymName: string | undefined } {
  const policy = options.text('policy');
  const words = policy === undefined ? options.rest : [policy, ...options.rest];
  const [name, gymName, ...rest] = words;
  if (name === undefined)
    throw options.wrong('no agent', 'the folder of one, such as runs/invoices/1/agent, or --policy openai:URL#MODEL and a gym');
  if (policy !== undefined && !isEndpoint(policy))
    throw options.wrong(`--policy ${policy}`, 'openai:URL#MODEL; an agent’s folder needs no --policy');
  if (rest.length > 0) throw options.wrong(`'${rest[0]}' after the gym`, 'one agent and one gym');
  return { name, gymName };
}

/** Another agent of the same name has another folder. */
const folderName = ({ agent: { name, policy } }: Contestant): string => `${name.replace(/[^\w.-]+/g, '-')}-${policy.slice(0, 8)}`;

interface AloneOptions extends Watch {
  readonly gym: LoadedGym;
  readonly contestant: Contestant;
  readonly folder: string;
  readonly lanes: number;
  readonly isFull: boolean;
  readonly floor: number | undefined;
}

/** In a run folder of its own: what is examined is written down first, then seeds are committed to, then they are opened. */
async function examineAlone({ gym, contestant, folder, lanes, isFull, floor, signal, view }: AloneOptions): Promise<Examined> {
  requireProof(gym);
  const { name, version } = gym.manifest;
  const lineage = contestant.lineage(gym);
  const settings = {
    examination: contestant.agent.policy,
    weights: lineage.weights,
    gym: name,
    gymVersion: version,
    gymSource: computeSourceHash(gym.folder),
    full: isFull,
    floor: floor ?? null,
  };
  const run = openRun({ folder, settings, onEvent: view.event });
  const startedMs = performance.now();
  const end = (reason: 'finished' | 'interrupted' | 'failed', certificate: string | null): void =>
    run.tell({ kind: 'ended', reason, seconds: (performance.now() - startedMs) / 1000, certificate });
  try {
    run.tell({ kind: 'begun', run: folder, gym: name, stages: ['certify', 'report'], resumed: run.isResumed });
    commitSeeds(run);
    const plan = everydayPlan(gym, { isFull, ...(floor === undefined ? {} : { floor }) });
    const seeds = lineage.weights === null ? SEEDS_OF_OTHERS : SEEDS_OF_FINISHED;
    const examined = await examine({
      run,
      gym,
      contestant,
      plan,
      lanes,
      signal,
      lineage: { ...lineage, runtime: { ...lineage.runtime, seeds } },
    });
    end('finished', examined.certificatePath);
    return examined;
  } catch (cause) {
    try {
      end(signal.aborted ? 'interrupted' : 'failed', null);
    } catch {
      // Where the disk is full, what filled it is what is to be told.
    }
    throw cause;
  } finally {
    run.close();
  }
}

const SEEDS_OF_FINISHED = 'after training, once the weights were hashed';
const SEEDS_OF_OTHERS = 'before the exam; what it was trained on nobody here knows';

function print({ certificate, certificatePath, reportPath }: Examined, isTaken: boolean): void {
  console.log(`\n${terminalSummary(certificate)}\n\nWritten:\n  ${certificatePath}\n  ${reportPath}`);
  if (isTaken) console.log('This exam was finished before. A fresh one, with another --out, counts as a further attempt.');
}
