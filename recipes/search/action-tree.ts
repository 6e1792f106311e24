/**
 * The legal actions of a screen as a tree of tokens, and the likeliest of them by best-first enumeration: exact, without repeats, and read
 * no further than the asked-for number of actions takes.
 *
 * Probabilities are those of constrained decoding: at every branch the model's own, renormalised over what the tree allows. Where there is
 * one way only, nothing is asked.
 */
import { actionGrammar, actionPieces, boundaryId, FIRST_REFERENCE, type Word, wordId } from '../../src/grammar/index.ts';
import type { Action, GymManifest, Observation } from '../../src/records/index.ts';
import { type LegalActionOptions, legalActions } from './legal-actions.ts';

export interface ActionNode {
  /** Whether a reference may come next, so that the pointer head takes part. */
  readonly pointing: boolean;
  readonly children: Map<number, ActionNode>;
  /** Of a leaf. */
  readonly action: Action | null;
}

/** From the word behind `<|act|>` to `<|end|>`. */
export function actionTree(verbs: GymManifest['actions'], observation: Observation, options: LegalActionOptions = {}): ActionNode {
  const { states } = actionGrammar(verbs, observation.targets);
  const root: ActionNode = { pointing: false, children: new Map(), action: null };
  for (const action of legalActions(verbs, observation, options)) {
    let node = root;
    let state = 0;
    for (const token of ownTokens(action)) {
      state = states[state]?.edges.find(({ tokens }) => tokens !== 'text' && tokens.includes(token))?.to ?? state;
      const isLast = token === boundaryId('end');
      const next = node.children.get(token) ?? {
        pointing: states[state]?.pointing === true,
        children: new Map(),
        action: isLast ? action : null,
      };
      node.children.set(token, next);
      node = next;
    }
  }
  return root;
}

/** An action without text, as the policy would sample it. */
function ownTokens(action: Action): readonly number[] {
  const tokens = actionPieces(action).flatMap((piece) =>
    piece.kind === 'word' ? [wordId(piece.word as Word)] : piece.kind === 'reference' ? [FIRST_REFERENCE + piece.reference] : [],
  );
  return [...tokens, boundaryId('end')];
}

/** A beginning of actions, read by the model as far as `Place` says. */
interface Beginning<Place> {
  readonly node: ActionNode;
  readonly logprob: number;
  readonly place: Place;
  /** Tokens since then. */
  readonly unread: readonly number[];
}

export interface Reading<Place> {
  readonly place: Place;
  /** log p of each token asked about. */
  readonly logprobs: ArrayLike<number>;
}

export interface LikeliestOptions<Place> {
  /** How many actions. */
  readonly count: number;
  /** Beginnings that are read at a time. Default 4. */
  readonly parallel?: number;
  /** Reads on from a place, which stays as it was, and says what may follow. */
  readonly read: (
    place: Place,
    unread: readonly number[],
    next: { readonly tokens: readonly number[]; readonly pointing: boolean },
  ) => Promise<Reading<Place>>;
}

/** The `count` likeliest actions below `root`, best first; fewer where there are fewer. */
export async function likeliestActions<Place>(
  root: ActionNode,
  place: Place,
  { count, parallel = 4, read }: LikeliestOptions<Place>,
): Promise<readonly { readonly action: Action; readonly logprob: number }[]> {
  let open: Beginning<Place>[] = [];
  let found: { readonly action: Action; readonly logprob: number }[] = [];
  /** Goes down while there is one way only. */
  const enter = (beginning: Beginning<Place>): void => {
    let { node, unread } = beginning;
    while (node.children.size === 1) {
      const [only] = node.children;
      if (!only) break;
      unread = [...unread, only[0]];
      node = only[1];
    }
    if (node.action) found.push({ action: node.action, logprob: beginning.logprob });
    else if (node.children.size > 0) open.push({ ...beginning, node, unread });
  };
  enter({ node: root, logprob: 0, place, unread: [] });
  while (open.length > 0) {
    found = found.toSorted((a, b) => b.logprob - a.logprob).slice(0, count);
    const least = found.length < count ? Number.NEGATIVE_INFINITY : (found.at(-1)?.logprob as number);
    // An action is never likelier than its beginning.
    const promising = open.filter(({ logprob }) => logprob > least).toSorted((a, b) => b.logprob - a.logprob);
    const next = promising.slice(0, parallel);
    open = promising.slice(parallel);
    await Promise.all(
      next.map(async (beginning) => {
        const tokens = [...beginning.node.children.keys()];
        const reading = await read(beginning.place, beginning.unread, { tokens, pointing: beginning.node.pointing });
        const whole = logSumExp(Array.from(reading.logprobs));
        tokens.forEach((token, i) => {
          const node = beginning.node.children.get(token) as ActionNode;
          enter({ node, logprob: beginning.logprob + (reading.logprobs[i] as number) - whole, place: reading.place, unread: [token] });
        });
      }),
    );
  }
  return found.toSorted((a, b) => b.logprob - a.logprob).slice(0, count);
}

function logSumExp(values: readonly number[]): number {
  const largest = Math.max(...values);
  return largest + Math.log(values.reduce((sum, value) => sum + Math.exp(value - largest), 0));
}
