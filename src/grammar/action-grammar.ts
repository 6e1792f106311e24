/**
 * What may be sampled next, given what is on the screen: the automaton of the actions whose references are live and offer what the verb needs.
 * An action that the session would refuse for its form can't be sampled. The policy pauses after every reference, so that the runtime can echo it.
 */
import { type Action, KEYS, NORMALISERS, type Offer, type Target, type Verb } from '../records/index.ts';
import { CALL_LIMIT } from './action-codec.ts';
import { boundaryId, FIRST_REFERENCE, wordId } from './special-tokens.ts';
import type { GrammarEdge, GrammarState, TokenGrammar } from './token-grammar.ts';

type Verbs = { readonly [V in Verb]?: unknown };

/** What the target of each verb must offer; the verbs that name no target are absent. */
export const NEEDED_OFFER = {
  click: 'click',
  hover: 'click',
  fill: 'fill',
  type: 'fill',
  clear: 'fill',
  select: 'select',
  scroll: 'scroll',
  drag: 'drag',
  call: 'call',
} as const satisfies Readonly<Partial<Record<Verb, Offer>>>;

/** Whether `target` can be what `fill` and `select` take from. */
const isSource = ({ offers }: Target): boolean => offers.includes('copy');
const isChoice = ({ offers }: Target): boolean => offers.includes('copy') || offers.includes('option');

/** From the word behind `<|act|>` to `<|end|>`. `verbs`: those that the gym accepts (its manifest's `actions`). */
export function actionGrammar(verbs: Verbs, targets: readonly Target[]): TokenGrammar {
  const builder = new GrammarBuilder();
  const offering = (offer: Offer): number[] => tokensOf(targets.filter(({ offers }) => offers.includes(offer)));
  // A file field takes the path that a source stands for.
  const fillable = tokensOf(targets.filter(({ offers }) => offers.includes('fill') || offers.includes('upload')));
  const sources = tokensOf(targets.filter(isSource));
  const all = tokensOf(targets);
  const end = builder.add({ edges: [], stop: 'end' });
  const closing: GrammarEdge = { tokens: [boundaryId('end')], to: end };
  const close = builder.add({ edges: [closing] });
  const paused = builder.add({ edges: [closing], stop: 'pause' });
  /** A state that expects one of `references`, then goes to `to`. */
  const point = (references: readonly number[], to = paused): number =>
    builder.add({ edges: [{ tokens: references, to }], pointing: true });
  /** A pause, then `word`, then `to`. */
  const then = (word: Parameters<typeof wordId>[0], to: number): number =>
    builder.add({ edges: [{ tokens: [wordId(word)], to }], stop: 'pause' });
  const words = (list: readonly Parameters<typeof wordId>[0][]): GrammarEdge => ({ tokens: list.map(wordId), to: close });
  const text = (): number => {
    const more = builder.reserve();
    builder.set(more, { edges: [closing, { tokens: 'text', to: more }] });
    return more;
  };

  const start: GrammarEdge[] = [];
  const offer = (verb: Verb, to: () => number | undefined): void => {
    if (verbs[verb] === undefined) return;
    const state = to();
    if (state !== undefined) start.push({ tokens: [wordId(verb)], to: state });
  };
  const some = (references: readonly number[], to: () => number): number | undefined => (references.length > 0 ? to() : undefined);

  for (const verb of ['click', 'hover', 'clear'] as const) {
    const references = offering(NEEDED_OFFER[verb]);
    offer(verb, () => some(references, () => point(references)));
  }
  offer('fill', () => {
    if (fillable.length === 0 || sources.length === 0) return undefined;
    const as = builder.add({ edges: [words(NORMALISERS)] });
    const filled = builder.add({ edges: [closing, { tokens: [wordId('as')], to: as }], stop: 'pause' });
    return point(fillable, then('from', point(sources, filled)));
  });
  offer('type', () =>
    some(offering('fill'), () => point(offering('fill'), builder.add({ edges: [{ tokens: 'text', to: text() }], stop: 'pause' }))),
  );
  const lists = offering('select');
  const choices = tokensOf(targets.filter(isChoice));
  offer('select', () => (lists.length > 0 && choices.length > 0 ? point(lists, then('from', point(choices))) : undefined));
  offer('press', () => builder.add({ edges: [words(KEYS)] }));
  offer('scroll', () => {
    const directions = words(['up', 'down']);
    const named = offering('scroll');
    if (named.length === 0) return builder.add({ edges: [directions] });
    const after = builder.add({ edges: [directions], stop: 'pause' });
    return builder.add({ edges: [directions, { tokens: named, to: after }], pointing: true });
  });
  const [draggable, droppable] = [offering('drag'), offering('drop')];
  offer('drag', () => (draggable.length > 0 && droppable.length > 0 ? point(draggable, then('to', point(droppable))) : undefined));
  const tools = offering('call');
  offer('call', () =>
    some(tools, () => {
      let more = paused;
      for (let left = CALL_LIMIT - 1; left > 0 && sources.length > 0; left--)
        more = builder.add({ edges: [closing, { tokens: sources, to: more }], pointing: true, stop: 'pause' });
      const first = sources.length > 0 ? [{ tokens: [wordId('with')], to: point(sources, more) }] : [];
      return point(tools, builder.add({ edges: [closing, ...first], stop: 'pause' }));
    }),
  );
  for (const verb of ['answer', 'note'] as const)
    offer(verb, () =>
      builder.add({
        edges: [
          { tokens: sources, to: paused },
          { tokens: 'text', to: text() },
        ],
        pointing: sources.length > 0,
      }),
    );
  offer('ask', () => builder.add({ edges: [closing, { tokens: all, to: paused }], pointing: all.length > 0 }));
  for (const verb of ['wait', 'abstain', 'done'] as const) offer(verb, () => close);
  return builder.finish(start);
}

/** Why `action` can't be meant now, or null: what the automaton forbids, told of an action that came another way. */
export function refusal(action: Action, verbs: Verbs, targets: ReadonlyMap<number, Target>): string | null {
  if (verbs[action.kind] === undefined) return `'${action.kind}' is no action of this gym`;
  const missing = referencesOf(action).find((reference) => !targets.has(reference));
  if (missing !== undefined) return `what ${missing} stood for is not there any more`;
  const at = (reference: number): Target => targets.get(reference) as Target;
  const named =
    'target' in action && action.target !== undefined ? at(action.target) : action.kind === 'call' ? at(action.tool) : undefined;
  const needed: Offer | undefined = (NEEDED_OFFER as Partial<Record<Verb, Offer>>)[action.kind];
  const takesFile = action.kind === 'fill' && named?.offers.includes('upload');
  if (named && needed && !named.offers.includes(needed) && !takesFile) return `${describe(named)} takes no '${action.kind}'`;
  if (action.kind === 'drag' && !at(action.to).offers.includes('drop')) return `nothing can be dropped on ${describe(at(action.to))}`;
  if (action.kind === 'select' && !isChoice(at(action.source))) return `${describe(at(action.source))} is nothing to choose`;
  const sources =
    action.kind === 'fill' || ((action.kind === 'answer' || action.kind === 'note') && 'source' in action) ? [action.source] : [];
  const without = [...sources, ...(action.kind === 'call' ? action.arguments : [])].find((reference) => !isSource(at(reference)));
  return without === undefined ? null : `there is no text to take from ${describe(at(without))}`;
}

/** Every reference that an action names, in its order. */
export function referencesOf(action: Action): number[] {
  return [
    ...('target' in action && action.target !== undefined ? [action.target] : []),
    ...(action.kind === 'call' ? [action.tool, ...action.arguments] : []),
    ...('source' in action ? [action.source] : []),
    ...(action.kind === 'drag' ? [action.to] : []),
    ...(action.kind === 'ask' && action.about !== undefined ? [action.about] : []),
  ];
}

const describe = ({ role, name }: Target): string => `${role === '' ? 'text' : role} "${name.slice(0, 40)}"`;
const tokensOf = (targets: readonly Target[]): number[] => targets.map(({ reference }) => FIRST_REFERENCE + reference);

class GrammarBuilder {
  readonly #states: GrammarState[] = [{ edges: [] }];

  add(state: GrammarState): number {
    this.#states.push(state);
    return this.#states.length - 1;
  }

  reserve(): number {
    return this.add({ edges: [] });
  }

  set(number: number, state: GrammarState): void {
    this.#states[number] = state;
  }

  finish(start: readonly GrammarEdge[]): TokenGrammar {
    this.#states[0] = { edges: start };
    return { states: this.#states };
  }
}
