/**
 * The triage: what released agents met at work (failures, interventions, surprises, answers), and what people decided to make of it, as one book a
 * compartment, that is only ever added to.
 *
 * Invariants: a decision is final. What is accepted for training and what is accepted for the exam have nothing in common: no job, no task, no content.
 * Every line names the compartment, and a book with a line of another one is not read at all.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { appendChain, type ChainEnd, ConfigError, DataError, loadChain, type Unchained } from '../base/index.ts';
import { encodeTranscript, type TextCodec } from '../grammar/index.ts';
import {
  type Decided,
  type Decision,
  decisionSchema,
  entryId,
  groupKeys,
  type Purpose,
  reportSchema,
  type TriageEntry,
  type TriageLine,
  type TriageReport,
  triageLineSchema,
} from './triage-entry.ts';
import { TriageGroups } from './triage-groups.ts';
import { type CompartmentPlace, compartmentPlace } from './triage-place.ts';

/** A book as it is read. */
export interface TriageView {
  readonly compartment: string;
  /** Hash of the last line, '' before the first: what the whole book is known by. */
  readonly end: string;
  get(id: string): TriageEntry | undefined;
  /** Oldest first. */
  entries(): readonly TriageEntry[];
}

export interface TriageBook extends TriageView {
  /** On the disk when this returns; what was reported before is there once. Throws `ConfigError` for another compartment's, `DataError` for what can't be read or learned from. */
  report(report: TriageReport, options: { readonly now: Date }): TriageEntry;
  /** A named person's word, given once and for good. Throws `ConfigError` for an entry that is not there or decided, and a purpose that is not open. */
  decide(id: string, options: { readonly decision: Decision; readonly by: string; readonly now: Date }): TriageEntry;
}

/**
 * The book of a compartment under `root`, empty where there is none yet. One process has it at a time: to be opened under a lock. Throws `ConfigError` for
 * a name that is none, `DataError` for a link, a line that can't be read, one of another compartment, a chain that is broken, and a decision that could not
 * be made.
 */
export function openTriage(root: string, compartment: string): TriageBook {
  const book = new FileBook(compartmentPlace(root, compartment));
  book.load();
  return book;
}

export interface ReadTriageOptions {
  /** An earlier `end`: the book as it was then. */
  readonly until?: string | undefined;
}

/** The book as it lies there, also while a server adds to it. Throws what `openTriage` throws, and `ConfigError` where there is none. */
export function readTriage(root: string, compartment: string, { until }: ReadTriageOptions = {}): TriageView {
  const place = compartmentPlace(root, compartment);
  if (!existsSync(place.book))
    throw new ConfigError({
      operation: `read the triage of ${compartment}`,
      got: `no ${place.book}`,
      expected: 'the book of a compartment that has one',
      fix: 'look at the folder and the name: a server keeps one folder for each compartment',
    });
  const book = new FileBook(place);
  book.load(until);
  return book;
}

interface Kept {
  readonly report: TriageReport;
  readonly at: string;
  readonly keys: readonly string[];
  decision: Decided | null;
}

class FileBook implements TriageBook {
  readonly #place: CompartmentPlace;
  readonly #entries = new Map<string, Kept>();
  readonly #groups = new TriageGroups();
  #end: ChainEnd = { lastHash: '', size: 0 };

  constructor(place: CompartmentPlace) {
    this.#place = place;
  }

  get compartment(): string {
    return this.#place.compartment;
  }

  get end(): string {
    return this.#end.lastHash;
  }

  load(until?: string): void {
    const { book, compartment } = this.#place;
    let isReached = false;
    const { lastHash, size } = loadChain(book, {
      parse(line) {
        const parsed = triageLineSchema.parse(line);
        if (parsed.compartment !== compartment)
          throw new Error(`a line of the compartment ${parsed.compartment} in the book of ${compartment}`);
        return parsed;
      },
      follows: (line) => {
        isReached ||= line.previous === until;
        return isReached || this.#take(line);
      },
      names: { line: `one event of the triage of ${compartment}`, ledger: 'triage' },
      fix: 'restore it from a copy; until then nothing is learned from it',
    });
    if (until !== undefined && !isReached && lastHash !== until)
      throw new DataError({
        operation: `read ${book}`,
        got: 'a book that never ended as it did when it was read before',
        expected: `one that was only ever added to since it ended in ${until.slice(0, 12)}`,
        fix: 'restore it from a copy, or begin another run with --out',
      });
    this.#end = { lastHash: isReached ? (until as string) : lastHash, size };
  }

  get(id: string): TriageEntry | undefined {
    const kept = this.#entries.get(id);
    return kept && { id, ...kept.report, at: kept.at, open: this.#open(kept), decision: kept.decision };
  }

  entries(): readonly TriageEntry[] {
    return [...this.#entries.keys()].map((id) => this.get(id) as TriageEntry);
  }

  report(report: TriageReport, { now }: { readonly now: Date }): TriageEntry {
    const operation = `report to the triage of ${this.compartment}`;
    if (report.compartment !== this.compartment)
      throw new ConfigError({
        operation,
        got: `something of ${String(report.compartment).slice(0, 80)}`,
        expected: 'what belongs to this compartment',
        fix: 'open the book of the other one',
      });
    const { compartment, ...checked } = checkReport(report, operation);
    const id = entryId({ compartment, ...checked });
    if (!this.#entries.has(id)) this.#write({ event: 'reported', compartment, at: now.toISOString(), id, report: checked });
    return this.get(id) as TriageEntry;
  }

  decide(id: string, { decision, by, now }: { readonly decision: Decision; readonly by: string; readonly now: Date }): TriageEntry {
    const operation = `decide about ${id.slice(0, 60)} in the triage of ${this.compartment}`;
    const parsed = decisionSchema.safeParse(decision);
    if (!parsed.success || by.trim() === '')
      throw new ConfigError({
        operation,
        got: by.trim() === '' ? 'nobody’s name' : JSON.stringify(decision).slice(0, 120),
        expected: 'a person, who accepts it for train or exam as a task or a demonstration, or dismisses it for a reason',
      });
    const objection = this.#objection(this.#entries.get(id), parsed.data);
    if (objection) throw new ConfigError({ operation, ...objection });
    this.#write({ event: 'decided', compartment: this.compartment, at: now.toISOString(), id, decision: parsed.data, by: by.trim() });
    return this.get(id) as TriageEntry;
  }

  #write(line: Unchained<TriageLine>): void {
    const { root, compartment } = this.#place;
    const { folder, book } = compartmentPlace(root, compartment);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const parsed = triageLineSchema.parse({ schemaVersion: 1, previous: '', ...line });
    this.#end = appendChain(book, this.#end, [parsed]);
    this.#take(parsed);
  }

  /** What an event makes of the book; false where it can't follow. */
  #take(line: TriageLine): boolean {
    const { id, at, compartment } = line;
    const kept = this.#entries.get(id);
    if (line.event === 'reported') {
      if (kept) return false;
      const report = { compartment, ...line.report };
      const keys = groupKeys(report);
      this.#entries.set(id, { report, at, keys, decision: null });
      this.#groups.add(keys);
      return true;
    }
    if (!kept || this.#objection(kept, line.decision)) return false;
    kept.decision = { ...line.decision, by: line.by, at };
    if (line.decision.kind === 'accept') this.#groups.bind(kept.keys, line.decision.purpose);
    return true;
  }

  /** Validation tasks compare versions with each other: what is learned from them would spoil that. */
  #open({ keys, report: { sandbox } }: Kept): readonly Purpose[] {
    return this.#groups.open(keys).filter((purpose) => purpose === 'exam' || sandbox?.seed.split !== 'validate');
  }

  /** What stands against the decision; undefined where nothing does. */
  #objection(kept: Kept | undefined, decision: Decision): Objection | undefined {
    if (!kept) return { got: 'no such entry', expected: 'one of this compartment’s book' };
    if (kept.decision)
      return { got: `an entry that ${kept.decision.by} has decided about`, expected: 'one that waits: a decision is final' };
    if (decision.kind === 'dismiss') return undefined;
    const { purpose, as } = decision;
    const open = this.#open(kept);
    if (!open.includes(purpose))
      return {
        got: `${purpose}, where ${open.length === 0 ? 'nothing' : `only ${open.join(' and ')}`} is open`,
        expected: 'what is learned from and what is examined to have nothing in common, and validation tasks not to be learned from',
        fix: open.length === 0 ? 'dismiss it' : `accept it for ${open.join(' or ')}, or dismiss it`,
      };
    return as === 'demonstration' && !isExemplary(kept.report)
      ? {
          got: 'a transcript in which nobody shows how it is done',
          expected: 'no failure, and at least one action that is to be imitated',
          fix: 'accept it as a task',
        }
      : undefined;
  }
}

interface Objection {
  readonly got: string;
  readonly expected: string;
  readonly fix?: string;
}

/** Whether what was done may be imitated. */
function isExemplary({ kind, transcript: { segments } }: TriageReport): boolean {
  const hasFailed = segments.some(
    (segment) => segment.kind === 'outcome' && segment.pieces.some((piece) => piece.kind === 'word' && piece.word !== 'success'),
  );
  return kind !== 'failure' && !hasFailed && segments.some((segment) => segment.kind === 'act' && segment.imitate !== false);
}

/** Encodes no text: what can't be learned from for its structure must not get into a book that nothing is ever taken out of. */
const STRUCTURE: TextCodec = { encodeText: () => [], decode: () => '' };

function checkReport(report: TriageReport, operation: string) {
  const parsed = reportSchema.safeParse(report);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new DataError({
      operation,
      got: `a report that is wrong at ${issue?.path.join('.') || 'the top'}`,
      expected: `job, agent, gym, sandbox, kind and transcript (${issue?.message})`,
      cause: parsed.error,
    });
  }
  encodeTranscript(parsed.data.transcript, STRUCTURE);
  return parsed.data;
}
