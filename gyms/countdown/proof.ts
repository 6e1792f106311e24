/**
 * Why the verifier can be believed: cheats and near misses that it must refuse, and what a policy without skill reaches.
 */
import { Random } from '../../src/base/index.ts';
import type { Expert, ExpertOptions, GymProof, Impostor, LazyPolicy } from '../../src/gym/index.ts';
import type { Action, Observation, Task } from '../../src/records/index.ts';
import { combine, legalSteps, OPERATIONS } from './arithmetic.ts';
import { classesOf, type Instance, SIZES } from './instance.ts';
import { answerNumber, callStep, numbersOf, playSteps, valuesOf } from './players.ts';
import { solve, spell } from './solver.ts';

export function proofOf(instanceOf: (task: Task) => Instance): GymProof {
  const impostor = (name: string, description: string, play: (instance: Instance, random: Random) => Expert | null): Impostor => ({
    name,
    description,
    play: (task: Task, { random }: ExpertOptions) => play(instanceOf(task), random),
  });
  const lazy = (name: string, description: string, atMost: number, play: (task: Task) => Expert): LazyPolicy => ({
    name,
    description,
    atMost,
    play,
  });
  return {
    impostors: [
      impostor('off-by-one', 'derives a neighbour of the target and answers it', ({ numbers, target }) => {
        for (const wrong of [target + 1, target - 1]) {
          const steps = solve(numbers, wrong);
          if (steps) return playSteps(steps, (observation) => answerNumber(observation, wrong));
        }
        return null;
      }),
      impostor('goal-copy', 'answers with the target as the goal has it', () => answers(copyGoal)),
      impostor('last-step-missing', 'stops one step before the target', ({ numbers, target }) =>
        playSteps((solve(numbers, target) ?? []).slice(0, -1), () => ({ kind: 'done' })),
      ),
      impostor('leftover', 'derives the target and answers another number that is left', ({ numbers, target }) =>
        playSteps(solve(numbers, target) ?? [], (observation) => {
          const other = numbersOf(observation).find(({ name }) => name !== String(target));
          return other ? { kind: 'answer', source: other.reference } : { kind: 'abstain' };
        }),
      ),
      impostor('number-twice', 'types an expression that uses a number once more', ({ numbers, target }) =>
        types(`${solution({ numbers, target })} × ${numbers[0]} ÷ ${numbers[0]}`),
      ),
      impostor('invented-number', 'types an expression with a number that is not given', ({ numbers: [first = 1], target }) =>
        types(target > first ? `${target - first} + ${first}` : `${first} − ${first - target}`),
      ),
      impostor('target-typed', 'types the target', ({ target }) => types(String(target))),
      impostor('remainder-typed', 'types a division that is not exact and lets the remainder go', (instance) => {
        const text = roundedExpression(instance);
        return text === null ? null : types(text);
      }),
      impostor('remainder-called', 'asks the tool for a division that is not exact, and says done', ({ numbers }) => {
        for (const left of numbers)
          for (const right of numbers)
            if (left % right !== 0)
              return playSteps([{ operation: '÷', left, right, result: Math.floor(left / right) }], () => ({ kind: 'done' }));
        return null;
      }),
      impostor('below-zero', 'types an expression that passes through a negative number', (instance) => {
        const text = negativeExpression(instance);
        return text === null ? null : types(text);
      }),
      impostor('code', 'types a program', ({ target }, random) =>
        types(random.pick([`constructor.constructor("return ${target}")()`, `(() => ${target})()`, '__proto__', `\${${target}}`])),
      ),
      impostor('exponent', 'types a number in scientific, hexadecimal or separated notation', ({ target }, random) =>
        types(
          random.pick([`${target}e0`, `0x${target.toString(16)}`, `${target}.0`, `${target}n`, `+${target}`, `1e3 − ${1000 - target}`]),
        ),
      ),
      impostor('unicode-digits', 'types a right expression in digits of another script', (instance, random) =>
        types(foreignDigits(solution(instance), random.pick([0x0660, 0x0966, 0xff10, 0x1d7d8]))),
      ),
      impostor('bracket-bomb', 'types far more brackets than an answer needs', (instance) =>
        types(`${'('.repeat(5000)}${solution(instance)}${')'.repeat(5000)}`),
      ),
      impostor('done-at-once', 'says done without a step', () => answers(() => ({ kind: 'done' }))),
      impostor('abstainer', 'hands the task over', () => answers(() => ({ kind: 'abstain' }))),
    ],
    lazy: [
      lazy('always-abstain', 'hands every task over', 0, () => answers(() => ({ kind: 'abstain' }))),
      lazy('first-number', 'answers the first number on the table', 0, () =>
        answers((observation) => ({ kind: 'answer', source: numbersOf(observation)[0]?.reference ?? 0 })),
      ),
      lazy('random-steps', 'takes random legal steps while there are any, and says done', 0.15, (task) => randomSteps(task)),
    ],
    vocabulary: () => [{ kind: 'puzzle class', train: classesOf('train'), exam: classesOf('exam') }],
    differs: (task) => {
      const size = instanceOf(task).numbers.length;
      const allowed = SIZES[task.slice] ?? [];
      return allowed.includes(size) ? null : `a task of '${task.slice}' has ${size} numbers instead of ${allowed.join(' or ')}`;
    },
  };
}

function answers(next: (observation: Observation) => Action): Expert {
  return { next: (observation) => ({ action: next(observation) }) };
}

function types(text: string): Expert {
  return answers(() => ({ kind: 'answer', text }));
}

function copyGoal({ targets }: Observation): Action {
  const goal = targets.find(({ role }) => role === 'goal');
  return goal ? { kind: 'answer', source: goal.reference } : { kind: 'abstain' };
}

function solution({ numbers, target }: Instance): string {
  return spell(solve(numbers, target) ?? []) ?? String(target);
}

function foreignDigits(text: string, zero: number): string {
  return text.replace(/[0-9]/g, (digit) => String.fromCodePoint(zero + Number(digit)));
}

/** An expression that is the target only if a division drops its remainder; null if three of the numbers give none. */
function roundedExpression({ numbers, target }: Instance): string | null {
  const distinct = numbers.map((value, i) => ({ value, i }));
  for (const a of distinct)
    for (const b of distinct)
      for (const c of distinct) {
        if (a.i === b.i || a.i === c.i || b.i === c.i || a.value % b.value === 0) continue;
        const quotient = Math.floor(a.value / b.value);
        for (const operation of OPERATIONS) {
          if (quotient > 0 && combine(operation, quotient, c.value) === target) return `(${a.value} ÷ ${b.value}) ${operation} ${c.value}`;
          const product = a.value * c.value;
          if (product % b.value !== 0 && Math.floor(product / b.value) === target) return `${a.value} × ${c.value} ÷ ${b.value}`;
        }
      }
  return null;
}

/** An expression that is the target only by way of a negative number; null if three of the numbers give none. */
function negativeExpression({ numbers, target }: Instance): string | null {
  for (const a of numbers) for (const b of numbers) if (a < b && numbers.includes(target - a + b)) return `${a} − ${b} + ${target - a + b}`;
  return null;
}

function randomSteps({ seed, slice }: Task): Expert {
  const random = new Random(`countdown/random-steps/${slice}/${seed.split}/${seed.n}`);
  return {
    next(observation) {
      const possible = legalSteps(valuesOf(observation));
      return { action: possible.length === 0 ? { kind: 'done' } : callStep(observation, random.pick(possible)) };
    },
  };
}
