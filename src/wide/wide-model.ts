/**
 * The wide part beside the deep one (Cheng et al. 2016, arXiv 1606.07792): a linear model over what can be counted on a screen, which says of each
 * next action how likely it is. What it has seen once or twice it knows, such as which label calls for which field; what nobody has named alike before
 * the transformer has to tell. Their log-probabilities are added where an action is decided (a product of experts, Hinton 2002).
 *
 * Three questions, one after the other: what is done to what; what is taken for it; what it is turned into. Whether there is anything to take for a
 * field is asked before, for that decides what is done.
 */
import { Random } from '../base/index.ts';
import { NORMALISERS, type Segment, type Transcript } from '../records/index.ts';
import { Describer, Scene } from './features.ts';
import { hashText } from './hash.ts';
import { type Candidate, HashedLinear, logSoftmax } from './hashed-linear.ts';
import { plainName, type ScreenItem, ScreenReader, type SpelledAction, spelledAction } from './screen.ts';

/** Weights of the three models are 2 to the power of: */
export const BITS = { source: 20, action: 19, normaliser: 16 } as const;
export const PARTS = ['source', 'action', 'normaliser'] as const;
export type Part = (typeof PARTS)[number];

/** Passes over what is learned from: as many as come to so many episodes, within bounds. */
const SEEN_EPISODES = 1600;
const [FEWEST_EPOCHS, MOST_EPOCHS] = [2, 12];
const FOLDS = 2;
const AS: readonly string[] = ['', ...NORMALISERS];

/** What was seen done, which bounds the candidates. */
export interface Repertoire {
  /** Verb and role of its target; '' where there is none. */
  readonly actions: readonly (readonly [verb: string, role: string | null])[];
  /** Verb and role of its source. */
  readonly sources: readonly (readonly [verb: string, role: string])[];
}

export interface WideModel {
  readonly repertoire: Repertoire;
  /** Hashes of the words that count, in rising order: of those that stood on a screen of enough episodes. */
  readonly words: readonly number[];
  /** And of the names of what something was done to. */
  readonly names: readonly number[];
  readonly parts: Readonly<Record<Part, HashedLinear>>;
}

/** Log-probabilities of what may be done. */
export interface ActionChance {
  readonly verb: string;
  readonly target: number | undefined;
  readonly logprob: number;
}

interface Moment {
  readonly scene: Scene;
  readonly action: SpelledAction;
  readonly isShown: boolean;
  /** By field: how much better the best source is than none. */
  certainty: ReadonlyMap<number, number>;
}

/** Learns from whole episodes; those whose act segments are not to be imitated show what there is, not what is to be done. */
export function fitWide(transcripts: readonly Transcript[], { seed }: { readonly seed: number | string }): WideModel {
  const { words, names } = knowledgeOf(transcripts);
  const known = new Set(words);
  const episodes = transcripts.map((transcript) => momentsOf(transcript, known));
  const repertoire = repertoireOf(episodes.flat());
  const epochs = Math.max(FEWEST_EPOCHS, Math.min(MOST_EPOCHS, Math.round(SEEN_EPISODES / Math.max(1, episodes.length))));
  const random = new Random(seed).fork('wide');
  // How sure it is of what it has learned says nothing of what it will meet: each half is judged by what the other has taught.
  for (let fold = 0; fold < FOLDS; fold++) {
    const isHeld = (_: unknown, i: number): boolean => i % FOLDS === fold;
    const source = fitSources(
      repertoire,
      episodes.filter((_, i) => !isHeld(_, i)),
      { random, epochs },
    );
    for (const moment of episodes.filter(isHeld).flat()) moment.certainty = certainties(repertoire, source, moment.scene);
  }
  const source = fitSources(repertoire, episodes, { random, epochs });
  const { action, normaliser } = fitActions(repertoire, episodes.flat(), { random, epochs });
  const parts = { source, action, normaliser };
  for (const part of PARTS) parts[part].finish();
  return { repertoire, words, names, parts };
}

/** A word of few episodes is a name: whoever remembers by names has learned nothing. */
const LEAST_EPISODES = 3;

function knowledgeOf(transcripts: readonly Transcript[]): Pick<WideModel, 'words' | 'names'> {
  const [words, names] = [new Map<number, number>(), new Map<number, number>()];
  for (const { segments } of transcripts) {
    const [reader, describer] = [new ScreenReader(), new Describer()];
    const [standing, named] = [new Set<number>(), new Set<number>()];
    for (const segment of segments) {
      if (segment.kind === 'act') {
        const scene = new Scene(reader.state, describer);
        const target = scene.item(spelledAction(segment).target);
        for (const word of scene.bag) standing.add(word >>> 0);
        if (target && segment.imitate !== false) named.add(nameHash(target));
      }
      reader.read(segment);
    }
    for (const word of standing) words.set(word, (words.get(word) ?? 0) + 1);
    for (const name of named) names.set(name, (names.get(name) ?? 0) + 1);
  }
  const often = (counts: ReadonlyMap<number, number>): readonly number[] =>
    [...counts].flatMap(([hash, count]) => (count >= LEAST_EPISODES ? [hash] : [])).sort((a, b) => a - b);
  return { words: often(words), names: often(names) };
}

const nameHash = ({ name }: ScreenItem): number => hashText(plainName(name));

function momentsOf({ segments }: Transcript, words: ReadonlySet<number>): Moment[] {
  const reader = new ScreenReader();
  const describer = new Describer(words);
  const moments: Moment[] = [];
  for (const segment of segments) {
    if (segment.kind === 'act')
      moments.push({
        scene: new Scene(reader.state, describer),
        action: spelledAction(segment),
        isShown: segment.imitate !== false,
        certainty: new Map(),
      });
    reader.read(segment);
  }
  return moments;
}

function repertoireOf(moments: readonly Moment[]): Repertoire {
  const actions = new Set<string>();
  const sources = new Set<string>();
  for (const { scene, action, isShown } of moments) {
    if (!isShown) continue;
    const [target, source] = [scene.item(action.target), scene.item(action.source)];
    if (action.target === undefined) actions.add(JSON.stringify([action.verb, null]));
    else if (target) actions.add(JSON.stringify([action.verb, target.role]));
    if (source) sources.add(JSON.stringify([action.verb, source.role]));
  }
  const sorted = <T>(set: ReadonlySet<string>): T[] => [...set].sort().map((text) => JSON.parse(text) as T);
  return { actions: sorted(actions), sources: sorted(sources) };
}

const takesSource = ({ sources }: Repertoire, verb: string): boolean => sources.some(([other]) => other === verb);

const sourcesFor = ({ sources }: Repertoire, verb: string, { items }: Scene): readonly ScreenItem[] =>
  items.filter(({ role }) => sources.some(([other, of]) => other === verb && of === role));

interface Possible {
  readonly verb: string;
  readonly target: ScreenItem | undefined;
}

function possibleActions({ actions }: Repertoire, { items }: Scene): readonly Possible[] {
  return actions.flatMap(([verb, role]): readonly Possible[] =>
    role === null
      ? [{ verb, target: undefined }]
      : items.filter((item) => item.role === role && !item.states.includes('disabled')).map((target) => ({ verb, target })),
  );
}

function certainties(repertoire: Repertoire, source: HashedLinear, scene: Scene): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  for (const { verb, target } of possibleActions(repertoire, scene)) {
    if (target === undefined || found.has(target.reference) || !takesSource(repertoire, verb)) continue;
    let best = Number.NEGATIVE_INFINITY;
    for (const item of sourcesFor(repertoire, verb, scene)) best = Math.max(best, source.score(scene.source(verb, target, item)));
    found.set(target.reference, best - source.score(scene.nothing(verb, target)));
  }
  return found;
}

/** Fields that are never filled have nothing that could be taken for them: at the end of their episode, and where they are asked about. */
function* emptyFields(repertoire: Repertoire, moments: readonly Moment[]): Generator<{ scene: Scene; verb: string; target: ScreenItem }> {
  const filled = new Set(moments.flatMap(({ action }) => (action.source === undefined ? [] : [action.target])));
  const told = new Set<number>();
  for (const { scene, action } of moments.toReversed()) {
    for (const { verb, target } of possibleActions(repertoire, scene)) {
      if (target === undefined || !takesSource(repertoire, verb) || target.value !== undefined) continue;
      const isAskedAbout = action.verb === 'ask' && action.target === target.reference;
      if (!isAskedAbout && (target.isFilled || filled.has(target.reference) || told.has(target.reference))) continue;
      told.add(target.reference);
      yield { scene, verb, target };
    }
  }
}

interface Passes {
  readonly random: Random;
  readonly epochs: number;
}

function fitSources(repertoire: Repertoire, episodes: readonly (readonly Moment[])[], { random, epochs }: Passes): HashedLinear {
  const model = new HashedLinear(BITS.source);
  type Lesson = () => { readonly candidates: readonly Candidate[]; readonly chosen: number };
  const lessons: Lesson[] = [];
  for (const moments of episodes) {
    for (const { scene, action, isShown } of moments) {
      const [target, source] = [scene.item(action.target), scene.item(action.source)];
      if (!isShown || source === undefined) continue;
      lessons.push(() => {
        const items = sourcesFor(repertoire, action.verb, scene);
        const candidates = items.map((item) => scene.source(action.verb, target, item));
        return { candidates: target ? [...candidates, scene.nothing(action.verb, target)] : candidates, chosen: items.indexOf(source) };
      });
    }
    for (const { scene, verb, target } of emptyFields(repertoire, moments))
      lessons.push(() => {
        const candidates = sourcesFor(repertoire, verb, scene).map((item) => scene.source(verb, target, item));
        return { candidates: [...candidates, scene.nothing(verb, target)], chosen: candidates.length };
      });
  }
  for (let epoch = 0; epoch < epochs; epoch++)
    for (const lesson of random.shuffle(lessons)) {
      const { candidates, chosen } = lesson();
      if (chosen >= 0) model.learn(candidates, chosen);
    }
  return model;
}

function fitActions(
  repertoire: Repertoire,
  moments: readonly Moment[],
  { random, epochs }: Passes,
): { readonly action: HashedLinear; readonly normaliser: HashedLinear } {
  const action = new HashedLinear(BITS.action);
  const normaliser = new HashedLinear(BITS.normaliser);
  const shown = moments.filter(({ isShown }) => isShown);
  for (let epoch = 0; epoch < epochs; epoch++)
    for (const { scene, action: done, certainty } of random.shuffle(shown)) {
      const possible = possibleActions(repertoire, scene);
      const chosen = possible.findIndex(({ verb, target }) => verb === done.verb && target?.reference === done.target);
      if (chosen >= 0) action.learn(candidatesOf(scene, possible, certainty), chosen);
      const [target, source] = [scene.item(done.target), scene.item(done.source)];
      if (done.verb !== 'fill' || !target || !source) continue;
      normaliser.learn(
        AS.map((as) => scene.normaliser(as, target, source)),
        AS.indexOf(done.as ?? ''),
      );
    }
  return { action, normaliser };
}

const candidatesOf = (scene: Scene, possible: readonly Possible[], certainty: ReadonlyMap<number, number>): readonly Candidate[] =>
  possible.map(({ verb, target }) => scene.action(verb, target, certainty.get(target?.reference ?? -1) ?? Number.NaN));

/** Follows one episode. */
export class WideReader {
  readonly #model: WideModel;
  readonly #reader = new ScreenReader();
  readonly #describer: Describer;
  readonly #names: ReadonlySet<number>;
  #scene: Scene | undefined;
  #decided: Segment | undefined;

  constructor(model: WideModel) {
    this.#model = model;
    this.#describer = new Describer(new Set(model.words));
    this.#names = new Set(model.names);
  }

  read(segment: Segment): void {
    this.#settle();
    this.#reader.read(segment);
    this.#scene = undefined;
  }

  /** What was decided: it is read, unless another takes its place before anything else is read or asked. */
  decided(segment: Segment): void {
    this.#decided = segment;
  }

  /** Of everything that may be done now; Σ p = 1. */
  actions(): readonly ActionChance[] {
    const { repertoire, parts } = this.#model;
    const scene = this.#now();
    const possible = possibleActions(repertoire, scene);
    const candidates = candidatesOf(scene, possible, certainties(repertoire, parts.source, scene));
    const trust = this.#familiarity(scene);
    const logprobs = logSoftmax(candidates.map((candidate) => trust * parts.action.score(candidate)));
    return possible.map(({ verb, target }, i) => ({ verb, target: target?.reference, logprob: logprobs[i] as number }));
  }

  /** By reference: of everything that `verb` may take for `target`; empty where it was never seen to take anything. */
  sources(verb: string, target: number | undefined): ReadonlyMap<number, number> {
    const { repertoire, parts } = this.#model;
    const scene = this.#now();
    const items = sourcesFor(repertoire, verb, scene);
    const logprobs = logSoftmax(items.map((item) => parts.source.score(scene.source(verb, scene.item(target), item))));
    return new Map(items.map(({ reference }, i) => [reference, logprobs[i] as number]));
  }

  /** By normaliser, '' for none; undefined where what is named is not on the screen. */
  normalisers(target: number, source: number): ReadonlyMap<string, number> | undefined {
    const scene = this.#now();
    const [into, from] = [scene.item(target), scene.item(source)];
    if (!into || !from) return undefined;
    const logprobs = logSoftmax(AS.map((as) => this.#model.parts.normaliser.score(scene.normaliser(as, into, from))));
    return new Map(AS.map((as, i) => [as, logprobs[i] as number]));
  }

  /** 0 … 1: of the fields and lists on the screen, the share that it knows by name. Who knows none of them has nothing to say of what comes next. */
  #familiarity({ items }: Scene): number {
    const { actions, sources } = this.#model.repertoire;
    const roles = new Set(actions.flatMap(([verb, role]) => (role !== null && sources.some(([other]) => other === verb) ? [role] : [])));
    const asked = items.filter(({ role }) => roles.has(role));
    return asked.length === 0 ? 1 : asked.filter((item) => this.#names.has(nameHash(item))).length / asked.length;
  }

  #settle(): void {
    const decided = this.#decided;
    this.#decided = undefined;
    if (decided) this.read(decided);
  }

  #now(): Scene {
    this.#settle();
    this.#scene ??= new Scene(this.#reader.state, this.#describer);
    return this.#scene;
  }
}
