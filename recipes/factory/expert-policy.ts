/** A gym's expert as a policy, so that demonstrations are played, recorded and gone on with like every other episode. */
import { Random } from '../../src/base/index.ts';
import { actSegment } from '../../src/grammar/index.ts';
import type { GymModule } from '../../src/gym/index.ts';
import type { Policy, Task } from '../../src/records/index.ts';

export interface ExpertPolicyOptions {
  readonly task: Task;
  readonly seed: string;
  /** Probability of a slip, at each step where one is possible, that is then repaired. Default 0. */
  readonly mistakes?: number;
}

export function expertPolicy(module: GymModule, { task, seed, mistakes = 0 }: ExpertPolicyOptions): Policy {
  return {
    async begin() {
      const expert = module.expert(task, { random: new Random(`${seed}/${task.slice}/${task.seed.split}/${task.seed.n}`), mistakes });
      return {
        read: async () => ({ surpriseNats: Number.NaN }),
        async decide(observation) {
          const { action, mistake = false } = expert.next(observation);
          return { action, segment: actSegment(action, observation, mistake), value: Number.NaN, logprobs: [] };
        },
        close: async () => undefined,
      };
    },
  };
}
