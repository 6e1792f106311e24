/**
 * The action language: an action as the pieces of a transcript, as tokens, and as a line that people and large models write; and back.
 *
 *   fill ⟨7⟩ from ⟨31⟩ as date      click ⟨3⟩      type ⟨7⟩ "Hello"      call ⟨2⟩ with ⟨5⟩ ⟨6⟩      press page-down      ask ⟨7⟩      done
 *
 * One grammar: lines and tokens become the same pieces, and one parser reads them. Which references are live is the session's to say.
 */
import { DataError } from '../base/index.ts';
import { type Action, type Echo, KEYS, type Key, NORMALISERS, type Normaliser, type Piece, VERBS, type Verb } from '../records/index.ts';
import type { TextCodec } from './codec.ts';
import { boundaryId, FIRST_REFERENCE, isReferenceId, REFERENCE_COUNT, SPECIAL_TOKENS, WORDS, wordId } from './special-tokens.ts';

/** Most arguments of a call. */
export const CALL_LIMIT = 4;

/** The pieces of an act segment. `echoOf` says what stands behind a reference; without it no echoes are written. */
export function actionPieces(action: Action, echoOf?: (reference: number) => Echo): Piece[] {
  const word = (text: string): Piece => ({ kind: 'word', word: text });
  const named = (reference: number): Piece[] => [
    { kind: 'reference', reference },
    ...(echoOf ? [{ kind: 'echo', ...echoOf(reference) } as const] : []),
  ];
  const verb = word(action.kind);
  switch (action.kind) {
    case 'click':
    case 'clear':
    case 'hover':
      return [verb, ...named(action.target)];
    case 'fill':
      return [
        verb,
        ...named(action.target),
        word('from'),
        ...named(action.source),
        ...(action.as === undefined ? [] : [word('as'), word(action.as)]),
      ];
    case 'type':
      return [verb, ...named(action.target), { kind: 'text', text: action.text }];
    case 'select':
      return [verb, ...named(action.target), word('from'), ...named(action.source)];
    case 'press':
      return [verb, word(action.key)];
    case 'scroll':
      return [verb, ...(action.target === undefined ? [] : named(action.target)), word(action.direction)];
    case 'drag':
      return [verb, ...named(action.target), word('to'), ...named(action.to)];
    case 'call':
      return [verb, ...named(action.tool), ...(action.arguments.length > 0 ? [word('with'), ...action.arguments.flatMap(named)] : [])];
    case 'answer':
    case 'note':
      return [verb, ...('source' in action ? named(action.source) : [{ kind: 'text', text: action.text } as const])];
    case 'ask':
      return [verb, ...(action.about === undefined ? [] : named(action.about))];
    case 'wait':
    case 'abstain':
    case 'done':
      return [verb];
  }
}

/** The action that pieces spell; echoes are passed over. Throws `DataError`. */
export function parseAction(pieces: readonly Piece[]): Action {
  return new PieceReader(pieces.filter(({ kind }) => kind !== 'echo')).action();
}

/** The action that sampled tokens spell, from its verb on; the closing `end`, the opening `act` and echoes may be there or not. Throws `DataError`. */
export function parseActionTokens(tokens: readonly number[] | Int32Array, codec: TextCodec): Action {
  const [end, act, echo, unecho] = [boundaryId('end'), boundaryId('act'), boundaryId('echo'), boundaryId('unecho')];
  const pieces: Piece[] = [];
  let text: number[] = [];
  let isEcho = false;
  const flush = (): void => {
    if (text.length > 0) pieces.push({ kind: 'text', text: codec.decode(text) });
    text = [];
  };
  for (const id of tokens) {
    if (id === echo || id === unecho) isEcho = id === echo;
    if (isEcho || id === unecho || id === end || id === act) continue;
    if (id >= SPECIAL_TOKENS.length) {
      text.push(id);
      continue;
    }
    flush();
    if (isReferenceId(id)) pieces.push({ kind: 'reference', reference: id - FIRST_REFERENCE });
    else pieces.push({ kind: 'word', word: WORDS.find((word) => wordId(word) === id) ?? (SPECIAL_TOKENS[id] as string) });
  }
  flush();
  return parseAction(pieces);
}

/** One line, as in the head of this file. */
export function formatAction(action: Action): string {
  return actionPieces(action)
    .map((piece) => (piece.kind === 'reference' ? `⟨${piece.reference}⟩` : piece.kind === 'word' ? piece.word : JSON.stringify(piece.text)))
    .join(' ');
}

/** The action on a line; references may be written ⟨7⟩, [7] or <7>. Throws `DataError`. */
export function parseActionLine(line: string): Action {
  if (line.length > 10_000) throw wrong(`a line of ${line.length} characters`, 'at most 10,000');
  const pieces: Piece[] = [];
  const lexeme = /\s*(?:[⟨[<](\d{1,3})[⟩\]>]|("(?:[^"\\]|\\.)*")|([a-z][a-z-]*))/uy;
  const text = line.trim();
  while (lexeme.lastIndex < text.length) {
    const start = lexeme.lastIndex;
    const [whole, reference, quoted, word] = lexeme.exec(text) ?? [];
    if (whole === undefined) throw wrong(JSON.stringify(text.slice(start, start + 40)), 'words, references such as ⟨7⟩ and "quoted text"');
    if (reference !== undefined) pieces.push({ kind: 'reference', reference: Number(reference) });
    else if (quoted !== undefined) pieces.push({ kind: 'text', text: unquote(quoted) });
    else pieces.push({ kind: 'word', word: word as string });
  }
  return parseAction(pieces);
}

function unquote(quoted: string): string {
  try {
    return String(JSON.parse(quoted));
  } catch {
    throw wrong(quoted.slice(0, 40), 'text quoted as in JSON');
  }
}

class PieceReader {
  readonly #pieces: readonly Piece[];
  #next = 0;

  constructor(pieces: readonly Piece[]) {
    this.#pieces = pieces;
  }

  action(): Action {
    const verb = this.#word();
    if (!isOneOf(VERBS, verb)) throw wrong(`the verb '${verb}'`, `one of ${VERBS.join(', ')}`);
    const action = this.#after(verb);
    const rest = this.#pieces[this.#next];
    if (rest) throw wrong(`${describe(rest)} after a whole ${verb}`, 'nothing');
    return action;
  }

  #after(kind: Verb): Action {
    switch (kind) {
      case 'click':
      case 'clear':
      case 'hover':
        return { kind, target: this.#reference() };
      case 'fill': {
        const target = this.#reference();
        this.#expect('from');
        const source = this.#reference();
        return this.#ends() ? { kind, target, source } : { kind, target, source, as: this.#normaliser() };
      }
      case 'type':
        return { kind, target: this.#reference(), text: this.#text() };
      case 'select': {
        const target = this.#reference();
        this.#expect('from');
        return { kind, target, source: this.#reference() };
      }
      case 'press':
        return { kind, key: this.#key() };
      case 'scroll': {
        const target = this.#peek()?.kind === 'reference' ? { target: this.#reference() } : {};
        const direction = this.#word();
        if (direction !== 'up' && direction !== 'down') throw wrong(`scroll '${direction}'`, 'up or down');
        return { kind, ...target, direction };
      }
      case 'drag': {
        const target = this.#reference();
        this.#expect('to');
        return { kind, target, to: this.#reference() };
      }
      case 'call': {
        const tool = this.#reference();
        const list: number[] = [];
        if (!this.#ends()) this.#expect('with');
        while (!this.#ends()) list.push(this.#reference());
        if (list.length > CALL_LIMIT) throw wrong(`${list.length} arguments`, `at most ${CALL_LIMIT}`);
        return { kind, tool, arguments: list };
      }
      case 'answer':
      case 'note':
        return this.#peek()?.kind === 'reference' ? { kind, source: this.#reference() } : { kind, text: this.#text() };
      case 'ask':
        return this.#ends() ? { kind } : { kind, about: this.#reference() };
      case 'wait':
      case 'abstain':
      case 'done':
        return { kind };
    }
  }

  #ends(): boolean {
    return this.#next >= this.#pieces.length;
  }

  #peek(): Piece | undefined {
    return this.#pieces[this.#next];
  }

  #take<K extends Piece['kind']>(kind: K, what: string): Extract<Piece, { readonly kind: K }> {
    const piece = this.#pieces[this.#next++];
    if (piece?.kind !== kind) throw wrong(piece ? describe(piece) : 'the end', what);
    return piece as Extract<Piece, { readonly kind: K }>;
  }

  #word = (): string => this.#take('word', 'a word').word;
  #text = (): string => this.#take('text', 'text').text;

  #reference(): number {
    const { reference } = this.#take('reference', 'a reference');
    if (!(reference >= 0 && reference < REFERENCE_COUNT)) throw wrong(`⟨${reference}⟩`, `⟨0⟩ … ⟨${REFERENCE_COUNT - 1}⟩`);
    return reference;
  }

  #expect(word: string): void {
    const got = this.#word();
    if (got !== word) throw wrong(`'${got}'`, `'${word}'`);
  }

  #normaliser(): Normaliser {
    this.#expect('as');
    const word = this.#word();
    if (!isOneOf(NORMALISERS, word)) throw wrong(`as '${word}'`, `one of ${NORMALISERS.join(', ')}`);
    return word;
  }

  #key(): Key {
    const word = this.#word();
    if (!isOneOf(KEYS, word)) throw wrong(`the key '${word}'`, `one of ${KEYS.join(', ')}`);
    return word;
  }
}

const isOneOf = <T extends string>(list: readonly T[], word: string): word is T => (list as readonly string[]).includes(word);

function describe(piece: Piece): string {
  switch (piece.kind) {
    case 'reference':
      return `⟨${piece.reference}⟩`;
    case 'word':
      return `'${piece.word}'`;
    case 'text':
    case 'echo':
      return 'text';
  }
}

function wrong(got: string, expected: string): DataError {
  return new DataError({ operation: 'parse action', got, expected });
}
