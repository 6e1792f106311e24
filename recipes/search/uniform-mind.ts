/**
 * The mind that knows nothing: every legal action is as likely as any other, and every state is worth 0. The baseline of every search: what a
 * search solves with it, the search solves by itself.
 */
import { Random } from '../../src/base/index.ts';
import { formatAction } from '../../src/grammar/index.ts';
import type { GymManifest } from '../../src/records/index.ts';
import { type LegalActionOptions, legalActions } from './legal-actions.ts';
import type { Mind } from './mind.ts';

export interface UniformMindOptions extends LegalActionOptions {
  readonly verbs: GymManifest['actions'];
  /** Which actions are proposed where there are more than asked for. Default 0. */
  readonly seed?: number | string;
}

/** Its thoughts are the actions so far: all that decides which actions it draws. */
export function uniformMind({ verbs, seed = 0, ...options }: UniformMindOptions): Mind<string> {
  const random = new Random(seed);
  return {
    begin: async () => '',
    async propose(thought, observation, count) {
      const actions = legalActions(verbs, observation, options);
      const logprob = -Math.log(actions.length);
      const chosen = random.fork(thought).shuffle(actions).slice(0, count);
      return { candidates: chosen.map((action) => ({ action, logprob })), value: 0 };
    },
    follow: async (thought, action) => `${thought}/${formatAction(action)}`,
    async forget() {},
  };
}
