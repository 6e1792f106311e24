/** What the wide part says of an action, token by token, in the order in which the action is spelled. */
import { boundaryId, FIRST_REFERENCE, isReferenceId, SPECIAL_TOKENS, type Word, wordId } from '../grammar/index.ts';
import type { WideReader } from '../wide/index.ts';
import { logSumExp, type TokenBias } from './sampling.ts';

/** Nats of what it has never seen done: that is for the model to say, at a price. */
const UNSEEN = -10;
const [END, FROM, AS] = [boundaryId('end'), wordId('from'), wordId('as')] as const;

/** For the decode that goes on after `own`, the tokens of the action so far. */
export function wideBias(reader: WideReader, own: readonly number[]): readonly TokenBias[] {
  const [verb, target, ...rest] = own;
  if (verb === undefined) return beginnings(reader);
  const name = verbOf(verb);
  if (name === undefined || target === undefined || !isReferenceId(target)) return [];
  const [word, source] = rest;
  if (word === undefined) return [bias([FROM], references(reader.sources(name, target - FIRST_REFERENCE)))];
  if (word !== FROM || source === undefined || !isReferenceId(source)) return [];
  return endings(reader.normalisers(target - FIRST_REFERENCE, source - FIRST_REFERENCE));
}

/** The verb, and what it is done to. */
function beginnings(reader: WideReader): readonly TokenBias[] {
  const byVerb = Map.groupBy(reader.actions(), ({ verb }) => verb);
  const verbs = new Map([...byVerb].map(([verb, chances]) => [wordId(verb as Word), logSumExp(chances.map(({ logprob }) => logprob))]));
  const targets = [...byVerb].map(([verb, chances]) => {
    const id = wordId(verb as Word);
    const all = verbs.get(id) as number;
    // An action without a target ends there; a result is taken from a source at once.
    const named = new Map(
      chances.map(({ target, logprob }) => [target === undefined ? END : FIRST_REFERENCE + target, logprob - all] as const),
    );
    const sources = chances.every(({ target }) => target === undefined)
      ? references(reader.sources(verb, undefined))
      : new Map<number, number>();
    return bias([id], new Map([...named, ...sources]));
  });
  return [bias([], verbs), ...targets];
}

/** Left as it is, or turned into something. */
function endings(chances: ReadonlyMap<string, number> | undefined): readonly TokenBias[] {
  if (chances === undefined) return [];
  const plain = chances.get('') as number;
  const turned = [...chances].filter(([as]) => as !== '');
  const any = logSumExp(turned.map(([, logprob]) => logprob));
  return [
    bias(
      [],
      new Map([
        [END, plain],
        [AS, any],
      ]),
    ),
    bias([AS], new Map(turned.map(([as, logprob]) => [wordId(as as Word), logprob - any]))),
  ];
}

/** Where it knows nothing at all it says nothing. */
const bias = (after: readonly number[], nats: ReadonlyMap<number, number>): TokenBias => ({
  after,
  nats,
  others: nats.size === 0 ? 0 : UNSEEN,
});

const references = (chances: ReadonlyMap<number, number>): ReadonlyMap<number, number> =>
  new Map([...chances].map(([reference, logprob]) => [FIRST_REFERENCE + reference, logprob]));

const SPELLED = new Map(SPECIAL_TOKENS.map((token, id) => [id, token]));

function verbOf(id: number): string | undefined {
  const spelled = SPELLED.get(id);
  return spelled === undefined ? undefined : /^<\|(.+)\|>$/.exec(spelled)?.[1];
}
