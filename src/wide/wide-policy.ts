/** The wide part as a policy of its own: it takes a millisecond to decide, so that a thousand tasks are played in minutes. */
import { RuntimeError } from '../base/index.ts';
import { actSegment, refusal } from '../grammar/index.ts';
import { type Action, type Decision, NORMALISERS, type Observation, type Player, type Policy } from '../records/index.ts';
import { type WideModel, WideReader } from './wide-model.ts';

/** Always does what is likeliest. Players throw `RuntimeError` where nothing that they have seen done can be done here. */
export function widePolicy(model: WideModel): Policy {
  return {
    begin: async ({ verbs }) => {
      const reader = new WideReader(model);
      const player: Player = {
        async read(segment) {
          reader.read(segment);
          return { surpriseNats: Number.NaN };
        },
        async decide(observation): Promise<Decision> {
          const { action, logprob } = likeliest(reader, observation, verbs);
          const segment = actSegment(action, observation, false);
          reader.decided(segment);
          return { action, segment, value: Number.NaN, logprobs: [logprob] };
        },
        async force(segment) {
          reader.decided(segment);
        },
        close: async () => undefined,
      };
      return player;
    },
  };
}

function likeliest(
  reader: WideReader,
  observation: Observation,
  verbs: Parameters<typeof refusal>[1],
): { readonly action: Action; readonly logprob: number } {
  const targets = new Map(observation.targets.map((target) => [target.reference, target]));
  for (const { verb, target, logprob } of reader.actions().toSorted((a, b) => b.logprob - a.logprob)) {
    const sources = [...reader.sources(verb, target)].sort(([, a], [, b]) => b - a).map(([reference]) => reference);
    for (const source of sources.length === 0 ? [undefined] : sources) {
      const action = actionOf(reader, verb, target, source);
      if (action !== undefined && refusal(action, verbs, targets) === null) return { action, logprob };
    }
  }
  throw new RuntimeError({
    operation: 'decide',
    got: 'a screen on which nothing can be done that was seen done before',
    expected: 'one like those that it has learned from',
    fix: 'show how it is done here',
  });
}

/** undefined for verbs that take more than it knows of. */
function actionOf(reader: WideReader, kind: string, target: number | undefined, source: number | undefined): Action | undefined {
  switch (kind) {
    case 'click':
    case 'clear':
    case 'hover':
      return target === undefined ? undefined : { kind, target };
    case 'select':
      return target === undefined || source === undefined ? undefined : { kind, target, source };
    case 'fill': {
      if (target === undefined || source === undefined) return undefined;
      const [best = ''] = [...(reader.normalisers(target, source) ?? [])].sort(([, a], [, b]) => b - a)[0] ?? [];
      const as = NORMALISERS.find((normaliser) => normaliser === best);
      return { kind, target, source, ...(as ? { as } : {}) };
    }
    case 'answer':
    case 'note':
      return source === undefined ? undefined : { kind, source };
    case 'ask':
      return { kind, ...(target === undefined ? {} : { about: target }) };
    case 'wait':
    case 'abstain':
    case 'done':
      return { kind };
    default:
      return undefined;
  }
}
