/** Who does it right, and who does it wrong: the verifier must tell them apart. */
import { click, fill, type Player, type Step, type WebAppProof } from '../../../../src/gym/index.ts';
import { type Data, NAMES } from './instance.ts';

const add = ({ title, due }: Data): Step[] => [fill('Task', title), fill('Due', due, { as: 'date' }), click('Add')];

export const expert: Player<Data> = add;

export const proof: WebAppProof<Data> = {
  impostors: {
    'leaves the day out': ({ title }) => [fill('Task', title), click('Add')],
    'never presses Add': (data) => add(data).slice(0, -1),
    'adds the task twice': (data) => [...add(data), ...add(data)],
    'takes the day for the task': ({ due }) => [fill('Task', due), fill('Due', due, { as: 'date' }), click('Add')],
    'takes the day of another task': ({ title, dueIso, others }) => {
      const other = others.find(({ due }) => due !== dueIso);
      return other ? [fill('Task', title), fill('Due', other.due, { as: 'date' }), click('Add')] : null;
    },
    'finishes the new task as well': (data) => [...add(data), click(`Finish ${data.title}`)],
    'deletes another task on the way': (data) => {
      const [other] = data.others;
      return other ? [click(`Delete ${other.title}`), ...add(data)] : null;
    },
  },
  vocabulary: (slice) => (slice === 'unseen' ? [{ kind: 'names', ...NAMES.unseen }] : []),
  differs: ({ title }) => (NAMES.base.some((name) => title.endsWith(name)) ? `the title '${title}' has a name of base` : null),
};
