/** Who plays a web-app gym without a network: its owner's expert and impostors, and the policies without skill that solve no task anywhere. */
import { Random } from '../../base/index.ts';
import type { Task } from '../../records/index.ts';
import type { Expert, ExpertOptions, GymProof, SplitVocabulary } from '../expert.ts';
import { abstain, ask, done, playScript, type Step } from './script.ts';

/** What plays a task: steps, an expert of one's own, or null where the task gives it nothing to do. */
export type Player<Data> = (data: Data, options: ExpertOptions) => readonly Step[] | Expert | null;

export interface WebAppProof<Data> {
  /** By what is wrong with them: players that must fail. */
  readonly impostors: Readonly<Record<string, Player<Data>>>;
  /** What tasks of a slice draw from, by kind, in training and in the exam: they may share nothing. At least one kind in one slice. */
  vocabulary(slice: string): readonly SplitVocabulary[];
  /** What is wrong with a task of a slice other than `base`; null for nothing. */
  differs(data: Data, slice: string): string | null;
}

export function play<Data>(player: Player<Data>, data: Data, options: ExpertOptions): Expert | null {
  const played = player(data, options);
  return played === null || 'next' in played ? played : playScript(played, options);
}

export function makeProof<Data>({ impostors, vocabulary, differs }: WebAppProof<Data>, dataOf: (task: Task) => Data): GymProof {
  const idle = (name: string, description: string, step: Step) => ({
    name,
    description,
    atMost: 0,
    play: () => playScript([step], { random: new Random(name) }),
  });
  return {
    impostors: Object.entries(impostors).map(([name, player]) => ({
      name,
      description: name,
      play: (task, options) => play(player, dataOf(task), options),
    })),
    lazy: [
      idle('done-at-once', 'says that it has finished, and has done nothing', done),
      idle('always-asks', 'asks a person, whatever the task', ask()),
      idle('always-abstains', 'hands every task over', abstain),
    ],
    vocabulary,
    differs: (task) => differs(dataOf(task), task.slice),
  };
}
