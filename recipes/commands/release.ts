/**
 * `journeyman release AGENT`: the gate between an examined agent and work. Everything is computed again; every rule says one sentence; what passes is
 * signed off by a person with their key, and published to the registry.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type ArgsDef, defineCommand } from 'citty';
import * as z from 'zod';
import { ConfigError, DataError, hashBytes } from '../../src/base/index.ts';
import { Options } from '../../src/cli/index.ts';
import { readAttempts } from '../../src/evals/index.ts';
import { loadGym } from '../../src/gym/index.ts';
import { readCampaigns } from '../../src/red-team/index.ts';
import {
  encodeStatement,
  type FileHashes,
  type Judgement,
  judgeRelease,
  keyId,
  loadJudged,
  loadPrivateKey,
  loadSpec,
  makeStatement,
  publish,
  recordJudgement,
  STATEMENT_TYPE,
  signEnvelope,
} from '../../src/release/index.ts';
import { hashWeights, loadAgent } from '../factory/agent.ts';
import { EXAMINED } from '../factory/exam.ts';
import { CAMPAIGNS, LEDGER } from '../factory/ledger.ts';
import { loadTrusted, TRUSTED } from '../factory/trusted-keys.ts';
import { identityOf, studentOf } from '../factory/workshop.ts';

/** What is asked of the first slice, and of the others. */
const FLOORS = { first: 0.95, others: 0.8 };

const args: ArgsDef = {
  agent: { type: 'positional', required: false, description: 'Folder of an examined agent' },
  as: { type: 'string', valueHint: 'NAME', description: 'Under which it works; default: its gym’s' },
  by: { type: 'string', valueHint: 'PERSON', description: 'Who signs it off; without, it is only judged' },
  key: { type: 'string', valueHint: 'FILE', description: 'That person’s private key; `journeyman keys FILE` makes one' },
  spec: { type: 'string', valueHint: 'FILE', description: 'The rules that it works under (spec.yaml); the release is bound to them' },
  registry: { type: 'string', valueHint: 'DIR', default: 'registry', description: 'Where released agents lie' },
  json: { type: 'boolean', description: 'The judgement as a line of JSON' },
};

export const release = defineCommand({
  meta: { name: 'release', description: 'Judge an examined agent, sign it off, publish it' },
  args,
  run: async ({ rawArgs }) => {
    const options = new Options(rawArgs, { command: 'release', args });
    const [folder, ...rest] = options.rest;
    if (folder === undefined) throw options.wrong('no agent', 'the folder of one, such as runs/invoices/1/agent');
    if (rest.length > 0) throw options.wrong(`'${rest[0]}' after it`, 'one agent');
    const [by, keyPath, specPath] = [options.text('by'), options.text('key'), options.text('spec')];
    if ((by === undefined) !== (keyPath === undefined))
      throw options.wrong(by === undefined ? '--key alone' : '--by alone', 'both, or neither');
    const registry = options.text('registry') as string;
    // Before anything is written down: a key or a spec that can't be read must not cost a version.
    const key = keyPath === undefined ? undefined : loadPrivateKey(keyPath);
    const spec = specPath === undefined ? null : hashOfSpec(specPath);
    const trustedKeys = loadTrusted();
    if (key && !trustedKeys.some((trusted) => keyId(trusted) === keyId(key)))
      throw new ConfigError({
        operation: 'release an agent',
        got: `key ${keyId(key).slice(0, 12)}, which is not trusted here`,
        expected: `one whose public half lies in ${TRUSTED}`,
        fix: `put the PEM of its public half there, if that person may sign off`,
      });

    const now = new Date();
    const { name, judgement } = await judge(folder, { registry, name: options.text('as'), now });
    const version = recordJudgement(registry, name, { judgement, now });
    if (options.flag('json')) console.log(JSON.stringify({ name, version, isAllowed: judgement.isAllowed, findings: judgement.findings }));
    else print(judgement, { name, version });
    if (!judgement.isAllowed) {
      process.exitCode = 3;
      return;
    }
    if (by === undefined || key === undefined) {
      if (!options.flag('json')) console.log('\nTo let it work, the same with --by PERSON --key FILE.');
      return;
    }
    const statement = makeStatement({ agent: name, version, judgement, spec, signedOffBy: by, now });
    const envelope = signEnvelope({ payloadType: STATEMENT_TYPE, payload: encodeStatement(statement) }, [key]);
    publish(registry, { agentFolder: folder, envelope, trustedKeys, now });
    if (!options.flag('json'))
      console.log(
        `\nSigned off by ${by}; valid until ${statement.predicate.expiresAt.slice(0, 10)}.\n\nWritten:\n  ${join(registry, name, String(version))}`,
      );
  },
});

interface JudgeOptions {
  readonly registry: string;
  readonly name: string | undefined;
  readonly now: Date;
}

async function judge(
  folder: string,
  { registry, name, now }: JudgeOptions,
): Promise<{ readonly name: string; readonly judgement: Judgement }> {
  const { settings, model, wide } = loadAgent(folder);
  const { manifest } = await loadGym(settings.gym);
  const [first = 'base', ...others] = Object.keys(manifest.slices);
  const role = name ?? settings.gym.replace(/[^a-z0-9._-]+/gu, '-');
  const judgement = judgeRelease({
    agentFolder: folder,
    identity: { policy: identityOf(studentOf(model, wide)), weights: hashWeights(model.weights) },
    examined: loadExamined(folder),
    attempts: readAttempts(LEDGER),
    campaigns: readCampaigns(CAMPAIGNS),
    history: loadJudged(registry, role),
    now,
    requirements: { slices: { [first]: FLOORS.first, ...Object.fromEntries(others.map((slice) => [slice, FLOORS.others])) } },
  });
  return { name: role, judgement };
}

const examinedSchema = z.record(z.string(), z.string().regex(/^[0-9a-f]{64}$/));

/** What the exam wrote down beside the agent. Nothing where it is not there: the gate then says that the files are others. */
function loadExamined(folder: string): FileHashes {
  const path = join(dirname(resolve(folder)), 'exam', EXAMINED);
  if (!existsSync(path)) return {};
  try {
    return examinedSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    throw new DataError({
      operation: `read ${path}`,
      got: 'a damaged file',
      expected: 'the hashes of the files that were examined',
      fix: 'examine the agent again',
      cause,
    });
  }
}

function hashOfSpec(path: string): string {
  loadSpec(path);
  return hashBytes(readFileSync(path));
}

function print({ findings, isAllowed }: Judgement, { name, version }: { readonly name: string; readonly version: number }): void {
  for (const { isMet, sentence } of findings) console.log(`  ${isMet ? '✓' : '✗'} ${sentence}`);
  console.log(
    `\nThe gate ${isAllowed ? 'lets' : 'does not let'} ${name}, version ${version}, ${isAllowed ? 'pass.' : 'pass: the agent must not work.'}`,
  );
}
