/**
 * A mind without policy and critic that thinks another's thoughts: every legal action is as likely as any other, every state is worth 0, and the
 * other's judge can still read how it ended. What a search solves with it, policy and critic had no part in.
 */
import type { EngineMind, EngineThought } from './engine-mind.ts';
import type { Mind } from './mind.ts';
import { type UniformMindOptions, uniformMind } from './uniform-mind.ts';

export function blindMind(mind: EngineMind, options: UniformMindOptions): Mind<EngineThought> {
  const uniform = uniformMind(options);
  return {
    begin: (goal, observation) => mind.begin(goal, observation),
    propose: (thought, observation, count) => uniform.propose(nameOf(thought), observation, count),
    follow: (thought, action, before, after) => mind.follow(thought, action, before, after),
    forget: (thought) => mind.forget(thought),
  };
}

const nameOf = ({ parent, tokens }: EngineThought): string => `${parent ? nameOf(parent) : ''}/${tokens.join(' ')}`;
