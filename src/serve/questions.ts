/**
 * Questions: what an agent lacks to go on, as a form of one field, and what a person wrote into it. An answer is a fact about its job: asked about the same
 * place of the page after a restart, it holds again. What was asked and answered stands in a ledger that is only ever added to.
 *
 * A person may answer with a value, which is then put where the agent asked for it, or take the job over.
 */
import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { appendChain, type ChainEnd, ConfigError, loadChain, type Unchained } from '../base/index.ts';
import type { Target } from '../records/index.ts';

const LONGEST_VALUE = 2000;
const MOST_OPTIONS = 500;

const id = z.uuid();
const time = z.iso.datetime();
const name = z.string().max(LONGEST_VALUE);

/** A field of the page that the agent is at. `choice`: one of a list's options; null for a text of any kind. */
const formSchema = z.strictObject({
  about: name.min(1),
  /** How many of this name and role stand before it on the page. */
  nth: z.int().nonnegative(),
  role: name,
  held: name,
  choice: z.array(name).min(1).max(MOST_OPTIONS).nullable(),
});
export type QuestionForm = Readonly<z.infer<typeof formSchema>>;

/** The form for what is asked about; null for what takes no value from a person, and where nothing is named. */
export function formAbout(about: number | undefined, targets: readonly Target[]): QuestionForm | null {
  const at = targets.findIndex(({ reference }) => reference === about);
  const target = targets[at];
  if (target === undefined || target.name === '') return null;
  const cut = (text: string): string => text.slice(0, LONGEST_VALUE);
  const nth = targets.slice(0, at).filter(({ name: other, role }) => other === target.name && role === target.role).length;
  const form = { about: cut(target.name), nth, role: cut(target.role), held: cut(target.value ?? '') };
  if (target.offers.includes('fill')) return { ...form, choice: null };
  if (!target.offers.includes('select')) return null;
  // Options stand right after their list.
  const behind = targets.slice(at + 1);
  const end = behind.findIndex(({ role }) => role !== 'option');
  const options = [...new Set(behind.slice(0, end < 0 ? behind.length : end).map(({ name: option }) => cut(option)))]
    .filter((option) => option !== '')
    .slice(0, MOST_OPTIONS);
  return options.length === 0 ? null : { ...form, choice: options };
}

const line = { schemaVersion: z.literal(1), previous: z.string(), at: time, id };
const lineSchema = z.discriminatedUnion('kind', [
  z.strictObject({ ...line, kind: z.literal('asked'), job: z.uuid(), form: formSchema, expiresAt: time }),
  z.strictObject({ ...line, kind: z.literal('answered'), value: z.string().max(LONGEST_VALUE).nullable(), by: name.min(1) }),
]);
type Line = z.infer<typeof lineSchema>;

export interface Question {
  readonly id: string;
  readonly job: string;
  readonly form: QuestionForm;
  readonly askedAt: string;
  readonly expiresAt: string;
  /** `value` null: the person goes on with the job themselves. */
  readonly answer: { readonly value: string | null; readonly by: string; readonly at: string } | null;
}

export interface QuestionBook {
  get(id: string): Question | undefined;
  /** What was asked in this job about the same thing, answered or not, in that order. */
  about(job: string, form: Pick<QuestionForm, 'about' | 'role' | 'nth'>): readonly Question[];
  /** Those that wait for an answer and are still worth one, oldest first. */
  waiting(now: Date): readonly Question[];
  ask(job: string, form: QuestionForm, options: { readonly now: Date; readonly seconds: number }): Question;
  /**
   * A person's answer, given once. Throws `ConfigError` for a question that does not wait for one, an empty value, and one that the list does not
   * offer.
   */
  answer(id: string, options: { readonly value: string | null; readonly by: string; readonly now: Date }): Question;
}

/**
 * The book at `path`, empty where there is no file yet. One process has it at a time: to be opened under a lock. Throws `DataError` for a line that can't be
 * read, a chain that is broken, and lines that do not follow from one another.
 */
export function openQuestions(path: string): QuestionBook {
  const questions = new Map<string, Question>();
  let end: ChainEnd = loadChain(path, {
    parse: (text) => lineSchema.parse(text),
    follows(event) {
      const next = after(questions.get(event.id), event);
      if (next) questions.set(event.id, next);
      return next !== undefined;
    },
    names: { line: 'one event of a question', ledger: 'book of questions' },
    fix: 'restore it from a copy; until then no agent can be answered',
  });

  function write(event: Unchained<Line>): Question {
    end = appendChain(path, end, [lineSchema.parse({ schemaVersion: 1, previous: '', ...event })]);
    const next = after(questions.get(event.id), event) as Question;
    questions.set(event.id, next);
    return next;
  }

  return {
    get: (id) => questions.get(id),
    about: (job, { about, role, nth }) =>
      [...questions.values()].filter(({ job: its, form }) => its === job && form.about === about && form.role === role && form.nth === nth),
    waiting: (now) => [...questions.values()].filter((question) => question.answer === null && isOpen(question, now)),
    ask(job, form, { now, seconds }) {
      if (!(seconds > 0 && Number.isFinite(seconds)))
        throw new ConfigError({ operation: 'ask a person', got: `${seconds} seconds`, expected: 'a positive number of them' });
      const expiresAt = new Date(now.getTime() + 1000 * seconds).toISOString();
      return write({ kind: 'asked', at: now.toISOString(), id: randomUUID(), job, form, expiresAt });
    },
    answer(id, { value, by, now }) {
      const question = questions.get(id);
      const problem = question === undefined ? 'no such question' : question.answer ? 'one that was answered already' : undefined;
      const operation = `answer question ${id.slice(0, 60)}`;
      if (question === undefined || problem !== undefined || !isOpen(question, now))
        throw new ConfigError({ operation, got: problem ?? 'one that has expired', expected: 'one that waits for its answer' });
      const { choice, about } = question.form;
      if (value !== null && value.trim() === '')
        throw new ConfigError({ operation, got: 'nothing', expected: `a value for ${about}`, fix: 'or take the job over' });
      if (value !== null && choice !== null && !choice.includes(value))
        throw new ConfigError({ operation, got: value.slice(0, 200), expected: `one of ${choice.slice(0, 20).join(', ')}` });
      return write({ kind: 'answered', at: now.toISOString(), id, value, by });
    },
  };
}

/** What a question is after an event; undefined where the event can't follow. */
function after(question: Question | undefined, event: Unchained<Line>): Question | undefined {
  const { id, at } = event;
  if (event.kind === 'asked')
    return question ? undefined : { id, job: event.job, form: event.form, askedAt: at, expiresAt: event.expiresAt, answer: null };
  return question && !question.answer ? { ...question, answer: { value: event.value, by: event.by, at } } : undefined;
}

/** Written so that a time that is not a number is too late, and a clock that was set back too. */
const isOpen = ({ askedAt, expiresAt }: Question, now: Date): boolean =>
  now.getTime() < Date.parse(expiresAt) && now.getTime() >= Date.parse(askedAt);
