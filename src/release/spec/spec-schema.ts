/** The schema of a spec file, strict: an unknown key is an error, because a rule that is misspelled would not protect. */
import * as z from 'zod';
import { RISKS, VERBS } from '../../records/index.ts';
import { compileGlob, fold, LONGEST_PATTERN, MOST_STARS } from './glob.ts';
import { AUTHORITIES, type Condition, EFFECTS, PROVENANCES, type RateLimit, type Spec } from './spec-rule.ts';

/** Rules of one spec. */
export const MOST_RULES = 200;
/** Largest count of a rate. */
export const HIGHEST_RATE = 100_000;
/** Lower-case words joined by hyphens. */
export const ID_PATTERN = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;

/** One or a list. */
const listOf = <T extends z.ZodType>(item: T, most = 40) =>
  z.preprocess((value) => (value === undefined || Array.isArray(value) ? value : [value]), z.array(item).min(1).max(most));

const isSeen = (text: string): boolean => !/[\p{C}\p{Zl}\p{Zp}]/u.test(text);
const id = z.string().max(80).regex(ID_PATTERN, 'expected lower-case words joined by hyphens');

const glob = z
  .string()
  .max(LONGEST_PATTERN)
  .refine(isSeen, 'expected no character that can not be seen')
  .refine((pattern) => pattern === '' || fold(pattern) !== '', 'expected something besides white space')
  .refine((pattern) => fold(pattern).split('*').length - 1 <= MOST_STARS, `expected at most ${MOST_STARS} stars`)
  .transform(compileGlob);
const globs = listOf(glob);

const money = z
  .number()
  .min(-1e13)
  .max(1e13)
  .refine((amount) => Number(amount.toFixed(2)) === amount, 'expected at most two decimals');
const amount = z
  .strictObject({ above: money.exactOptional(), below: money.exactOptional() })
  .refine(({ above, below }) => above !== undefined || below !== undefined, "expected 'above' or 'below'")
  .refine(({ above, below }) => above === undefined || below === undefined || above < below, "expected 'above' to be less than 'below'");
const day = z.iso.date('expected a day such as 2026-03-31');
const date = z
  .strictObject({ after: day.exactOptional(), before: day.exactOptional() })
  .refine(({ after, before }) => after !== undefined || before !== undefined, "expected 'after' or 'before'")
  .refine(({ after, before }) => after === undefined || before === undefined || after < before, "expected 'after' to be before 'before'");

const naming = { role: globs.exactOptional(), name: globs.exactOptional() };
const content = { text: globs.exactOptional(), amount: amount.exactOptional(), date: date.exactOptional() };
const something = [(given: object): boolean => Object.keys(given).length > 0, 'expected at least one key'] as const;

const screen = z
  .strictObject({ ...naming, ...content })
  .refine(...something)
  .refine(
    ({ role, name, amount, date }) => role !== undefined || name !== undefined || (amount === undefined && date === undefined),
    "expected 'role' or 'name', to know whose amount or date is meant",
  );

const condition: z.ZodType<Condition> = z.lazy(() =>
  z
    .strictObject({
      always: z.literal(true).exactOptional(),
      verb: listOf(z.enum(VERBS)).exactOptional(),
      risk: listOf(z.enum(RISKS)).exactOptional(),
      target: z
        .strictObject(naming)
        .refine(...something)
        .exactOptional(),
      source: z
        .strictObject(naming)
        .refine(...something)
        .exactOptional(),
      value: z
        .strictObject({ ...content, from: listOf(z.enum(PROVENANCES)).exactOptional() })
        .refine(...something)
        .exactOptional(),
      screen: screen.exactOptional(),
      predicted: z.strictObject({ contains: listOf(glob.transform(({ pattern }) => compileGlob(`*${pattern}*`))) }).exactOptional(),
      all: z.array(condition).min(1).max(40).exactOptional(),
      any: z.array(condition).min(1).max(40).exactOptional(),
      not: condition.exactOptional(),
    })
    .refine(...something),
);

const rate = z
  .string()
  .regex(/^[1-9]\d{0,5} per (?:hour|day)$/, "expected a rate such as '20 per hour' or '200 per day'")
  .transform((text): RateLimit => ({ count: Number(text.split(' ')[0]), per: text.endsWith('hour') ? 'hour' : 'day' }))
  .refine(({ count }) => count <= HIGHEST_RATE, `expected at most ${HIGHEST_RATE}`);

const rule = z.strictObject({
  id,
  authority: z.enum(AUTHORITIES),
  effect: z.enum(EFFECTS),
  because: z.string().trim().min(1).max(300).refine(isSeen, 'expected one line'),
  when: condition,
  atMost: listOf(rate, 4).exactOptional(),
});

const effect = z.enum(EFFECTS);

export const specSchema: z.ZodType<Spec> = z
  .strictObject({
    schemaVersion: z.literal(1),
    name: id,
    otherwise: z.strictObject({ read: effect, reversible: effect, compensable: effect, irreversible: effect }),
    rules: z.array(rule).max(MOST_RULES),
  })
  .superRefine(({ rules }, context) => {
    const seen = new Set<string>();
    for (const [i, { id }] of rules.entries()) {
      if (seen.has(id)) context.addIssue({ code: 'custom', path: ['rules', i, 'id'], message: 'expected an id that no other rule has' });
      seen.add(id);
    }
  });
