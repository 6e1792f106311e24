/**
 * `node bench/serve/killed-server.ts FOLDER URL JOBS SEED`: a server that works on jobs at an app of another process, the child of `kills.ts`. People are
 * played: they approve after a while, and look into the app where a crash has left something unknown.
 */
import { Random } from '../../src/base/index.ts';
import { actSegment } from '../../src/grammar/index.ts';
import { openSession } from '../../src/gym/index.ts';
import type { Action, Command, GymManifest, Observation, Policy, Screen, ScreenElement, World } from '../../src/records/index.ts';
import { parseSpec } from '../../src/release/index.ts';
import { type JobView, openWorkplace } from '../../src/serve/index.ts';

const [folder = '', url = '', jobs = '0', seed = ''] = process.argv.slice(2);
const random = new Random(`people ${seed} ${Date.now()}`);

const SPEC = parseSpec(`
schemaVersion: 1
name: till
otherwise: { read: allow, reversible: allow, compensable: ask, irreversible: forbid }
rules:
  - id: small
    authority: operator
    effect: allow
    because: Small sums need nobody.
    when: { verb: click, target: { name: save bill }, screen: { role: field, name: amount, amount: { below: 100 } } }
`);

const actions: GymManifest['actions'] = { click: 'reversible', fill: 'reversible', wait: 'read', done: 'read' };
const manifest: GymManifest = {
  name: 'till',
  version: '1',
  description: 'Save two amounts.',
  actions,
  limits: { steps: 30, seconds: 600 },
  invariants: {},
  slices: { base: { description: 'plain' } },
};

/** A page of the app, with a form that is lost when the server dies. */
class RemotePage implements World {
  readonly #job: string;
  #amount = '';

  constructor(job: string) {
    this.#job = job;
  }

  async look(): Promise<Screen> {
    const saved = (await (await fetch(`${url}/saved?job=${this.#job}`)).json()) as string[];
    return {
      elements: [
        ...saved.map((amount, i): ScreenElement => ({ key: `saved ${i}`, role: 'item', name: `saved ${amount}`, offers: ['copy'] })),
        { key: 'small', role: '', name: '12.00', offers: ['copy'] },
        { key: 'large', role: '', name: '98000.00', offers: ['copy'] },
        { key: 'amount', role: 'field', name: 'Amount', value: this.#amount, offers: ['fill', 'copy'] },
        { key: 'save', role: 'button', name: 'Save bill', offers: ['click'], risk: 'compensable' },
      ],
    };
  }

  async perform(command: Command): Promise<Screen> {
    if (command.kind === 'fill') this.#amount = command.text;
    if (command.kind === 'click') await fetch(`${url}/press?job=${this.#job}&amount=${this.#amount}`, { method: 'POST' });
    return this.look();
  }

  async score() {
    return { success: null, credit: null, broken: [], reasons: ['nobody knows'] };
  }

  async close(): Promise<void> {}
}

/** Saves the small amount and the large one, each unless the app shows that it was. */
const CLERK: Policy = {
  begin: async () => ({
    read: async () => ({ surpriseNats: 0.1 }),
    async decide(observation) {
      const action = nextAction(observation);
      return { action, segment: actSegment(action, observation, false), value: 0.99, logprobs: [-0.01] };
    },
    force: async () => {},
    close: async () => {},
  }),
};

function nextAction({ targets }: Observation): Action {
  const named = (name: string) => targets.find((target) => target.name === name)?.reference;
  const field = targets.find(({ role }) => role === 'field');
  for (const amount of ['12.00', '98000.00']) {
    if (named(`saved ${amount}`) !== undefined) continue;
    return field?.value === amount
      ? { kind: 'click', target: named('Save bill') as number }
      : { kind: 'fill', target: field?.reference as number, source: named(amount) as number };
  }
  return { kind: 'done' };
}

const due = new Set<string>();
const workplace = openWorkplace({
  folder,
  lanes: 20,
  workerOf: async (name) => ({
    ...{ name, version: 1, spec: SPEC, actions, thresholds: { abstainBelow: null, surpriseAbove: null } },
    policy: CLERK,
    open: async (job) =>
      openSession({
        manifest,
        task: { schemaVersion: 1, gym: 'till', gymVersion: '1', seed: { split: 'train', n: 0 }, slice: 'base', goal: [{ text: 'Pay.' }] },
        lane: { seed: job.id },
        world: new RemotePage(job.id),
      }),
  }),
  onChange: () => setImmediate(attend),
  onFailure: (job, error) => {
    console.error(`${job}: ${error.stack}`);
    process.exit(1);
  },
});

console.log('open');

const later = (id: string, what: () => void | Promise<void>): void => {
  if (due.has(id)) return;
  due.add(id);
  setTimeout(async () => {
    await what();
    due.delete(id);
    attend();
  }, random.below(150));
};

function attend(): void {
  const all = workplace.jobs();
  for (const job of all) {
    for (const { id } of job.waiting) later(id, () => workplace.answer(id, { isApproved: true, by: 'Ben' }));
    if (job.state === 'waits-for-certainty') later(job.id, () => settle(job));
  }
  if (all.length >= Number(jobs) && all.every(({ state }) => state === 'ended')) process.exit(0);
}

/** The person looks how often the app was told to save, against what the ledger knows. */
async function settle({ id, done }: JobView): Promise<void> {
  const count = Number(await (await fetch(`${url}/count?job=${id}`)).text());
  workplace.settle(id, { wasDone: count > done.length, by: 'Ben' });
}

while (workplace.jobs().length < Number(jobs)) {
  const { id } = workplace.submit({ agent: 'clerk', place: { kind: 'live', url, goal: [{ text: 'Pay.' }] } }, 'Ada');
  await fetch(`${url}/received?job=${id}`, { method: 'POST' });
}
attend();
