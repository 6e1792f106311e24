/** What can't be meant is refused before anything is loaded, played or written. */
import { type CommandDef, runCommand } from 'citty';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/cli/index.ts';
import { certify } from './certify.ts';
import { compare } from './compare.ts';
import { demos } from './demos.ts';
import { doctor, nodeFinding } from './doctor.ts';
import { evaluate } from './eval.ts';
import { make } from './make.ts';
import { play } from './play.ts';
import { redTeam } from './red-team.ts';
import { report } from './report.ts';

const COMMANDS: Readonly<Record<string, CommandDef>> = {
  make,
  certify,
  eval: evaluate,
  compare,
  play,
  'red-team': redTeam,
  report,
  demos,
  doctor,
};

describe('commands refuse', () => {
  it.each<readonly [string, RegExp]>([
    ['make', /got no gym/],
    ['make countdown warehouse', /'warehouse' after the gym/],
    ['make countdown --seed 99999999999', /--seed 99999999999, expected a whole number from 0 to 1000000000/],
    ['make countdown --seed -1', /--seed -1/],
    ['make countdown --demonstrations 3', /--demonstrations 3, expected a whole number, 10 or more/],
    ['make countdown --budget 5s', /--budget 5s, expected a time such as 90s/],
    ['make countdown --lanes 0', /--lanes 0, expected a whole number from 1 to 256/],
    ['make countdown --until exam', /--until exam, expected one of sft, rl, critic/],
    ['make countdown --start hot', /--start hot, expected one of warm, cold/],
    ['make countdown --fast', /'--fast'/],
    ['certify', /no agent, expected the folder of one/],
    ['certify a b c', /'c' after the gym/],
    ['certify a --floor 1', /--floor 1, expected a share/],
    ['certify --policy runs/a countdown', /--policy runs\/a, expected openai:URL#MODEL/],
    ['eval', /no agent/],
    ['eval a --split exam', /--split exam, expected validate or train: exam tasks are played once/],
    ['eval a --tasks 0', /--tasks 0/],
    ['compare', /no agents/],
    ['compare a', /one agent, expected two/],
    ['compare a b c', /'c' after the agents/],
    ['compare a b --margin 0', /--margin 0/],
    ['play', /no agent/],
    ['play a --seed exam/1', /exam tasks are played by certify/],
    ['play a --books b.json', /--books without --document/],
    ['red-team', /no agent/],
    ['red-team a b c', /'c' after the gym/],
    ['red-team a --tasks 0', /--tasks 0/],
    ['red-team a --attempts many', /--attempts many/],
    ['red-team openai:http://localhost:1#m countdown', /no --out/],
    ['report', /nothing to report on/],
    ['demos countdown', /no --out/],
    ['demos', /got no gym, expected one of .*countdown/],
    ['doctor now', /'now'/],
  ])('%s', async (words, message) => {
    const [name = '', ...rawArgs] = words.split(' ');
    const running = runCommand(COMMANDS[name] as CommandDef, { rawArgs });
    await expect(running).rejects.toThrow(UsageError);
    await expect(running).rejects.toThrow(message);
  });
});

it('the doctor knows which Node strips types', () => {
  const fine = ['22.18.0', '22.20.1', '23.6.0', '24.0.0', '26.1.0'];
  const old = ['20.19.0', '22.17.9', '23.5.0'];
  expect([...fine, ...old].filter((version) => nodeFinding(version).isFine)).toEqual(fine);
});
