import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError, DataError, takeLock } from '../base/index.ts';
import { type Envelope, signEnvelope } from './envelope.ts';
import { judgeRelease } from './gate.ts';
import { loadHistory } from './history-file.ts';
import type { Judgement } from './judgement.ts';
import { keyId, makeKeyPair } from './keys.ts';
import { loadReleased } from './load-released.ts';
import { NOW, type PretendAgent, pretendAgent } from './pretend-agent.fixture.ts';
import { publish } from './publish.ts';
import { listReleases, loadJudged, recordJudgement, revoke, rollBack } from './registry.ts';
import { encodeStatement, makeStatement, parseStatement, type ReleaseStatement, STATEMENT_TYPE } from './statement.ts';

const NAME = 'ledger-clerk';
const keys = makeKeyPair();
const options = { trustedKeys: [keys.publicKey], now: NOW };
let root: string;
let registry: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'registry-'));
  registry = join(root, 'registry');
});
afterEach(() => rmSync(root, { recursive: true }));

const at = (...parts: string[]): string => join(registry, NAME, ...parts);
const signStatement = (statement: ReleaseStatement): Envelope =>
  signEnvelope({ payloadType: STATEMENT_TYPE, payload: encodeStatement(statement) }, [keys.privateKey]);
const state = (judgement: Judgement, version: number, agent = NAME): ReleaseStatement =>
  makeStatement({ agent, version, judgement, spec: null, signedOffBy: 'Ada Lovelace', now: NOW });

/** Judges an agent, records it and signs it. */
function prepare(pretended?: PretendAgent) {
  const agentFolder = join(root, `agent-${readdirSync(root).length}`);
  const judgement = judgeRelease({ ...pretendAgent(agentFolder, pretended), history: loadJudged(registry, NAME) });
  const version = recordJudgement(registry, NAME, { judgement, now: NOW });
  const statement = state(judgement, version);
  return { agentFolder, judgement, version, statement, envelope: signStatement(statement) };
}
const release = (pretended?: PretendAgent) => publish(registry, { ...prepare(pretended), ...options });
const load = (version?: number) => loadReleased(registry, NAME, version === undefined ? options : { ...options, version });
const currentOf = () => load().statement.predicate.version;

describe('publish and loadReleased', () => {
  it('bring an agent to work as it was judged, with who says so', () => {
    release();
    const { folder, statement, keyIds } = load();
    expect(readFileSync(join(folder, 'parts', 'tokenizer.json'), 'utf8')).toBe('{}');
    expect(keyIds).toEqual([keyId(keys.publicKey)]);
    const { agent, version, signedOffBy, gym, expiresAt, slices, gate } = statement.predicate;
    expect([agent, version, signedOffBy, expiresAt]).toEqual([NAME, 1, 'Ada Lovelace', '2026-06-09T12:00:00.000Z']);
    expect(gym).toEqual({ name: 'ledger-desk', version: '3' });
    expect(slices.map(({ slice, gateBound }) => [slice, gateBound >= 0.8])).toEqual([
      ['base', true],
      ['drift', true],
    ]);
    expect(gate.findings).toHaveLength(13);
    expect(readdirSync(at()).sort()).toEqual(['1', 'current.json', 'history.jsonl']);
    expect(readdirSync(registry)).toEqual([NAME]);
  });

  it('go on to the next version, and still give the one before to whoever asks for it', () => {
    release();
    release({ seed: 8 });
    expect([currentOf(), load(1).statement.predicate.version]).toEqual([2, 1]);
    expect(listReleases(registry, NAME).map(({ version, isCurrent }) => [version, isCurrent])).toEqual([
      [1, false],
      [2, true],
    ]);
  });

  it.each([
    ['altered', () => appendFileSync(at('1', 'agent', 'agent.json'), ' '), /agent\.json was altered/],
    ['missing', () => rmSync(at('1', 'agent', 'parts'), { recursive: true }), /parts\/tokenizer\.json is missing/],
    ['additional', () => writeFileSync(at('1', 'agent', '.hidden'), ''), /\.hidden was added/],
    ['a link', () => symlinkSync('agent.json', at('1', 'agent', 'link')), /a symbolic link/],
    ['no envelope', () => rmSync(at('1', 'release.dsse.json')), /nothing at/],
    ['no history', () => rmSync(at('history.jsonl')), /no agent ledger-clerk/],
    ['a damaged pointer', () => writeFileSync(at('current.json'), '{"schemaVersion":1,"version":"../1"}'), /damaged current/],
    ['a pointer to what is not published', () => writeFileSync(at('current.json'), '{"schemaVersion":1,"version":7}'), /never published/],
  ])('refuse what is %s', (_, change, message) => {
    release();
    change();
    expect(() => load()).toThrow(message);
  });

  it('refuse folders that are links or were swapped', () => {
    release();
    release({ seed: 8 });
    renameSync(at('1'), at('3'));
    symlinkSync('3', at('1'));
    expect(() => load(1)).toThrow(/a symbolic link/);
    rmSync(at('1'));
    cpSync(at('2'), at('1'), { recursive: true });
    expect(() => load(1)).toThrow(/version 2, expected one of ledger-clerk, version 1/);
  });

  it('refuse unknown keys, what expired and what is yet to come', () => {
    release();
    const at = (now: string) => loadReleased(registry, NAME, { ...options, now: new Date(now) });
    expect(() => loadReleased(registry, NAME, { ...options, trustedKeys: [makeKeyPair().publicKey] })).toThrow(/unknown keys only/);
    expect(() => at('2026-06-09T12:00:00.000Z')).toThrow(/expired/);
    expect(at('2026-06-09T11:59:59.000Z').statement.predicate.version).toBe(1);
    expect(() => at('2026-03-11T11:59:59.000Z')).toThrow(/yet to come/);
    expect(() => at('no date')).toThrow(DataError);
  });

  it('refuse what was not judged, was judged otherwise, or is not what was signed', () => {
    const { agentFolder, judgement, envelope } = prepare();
    const publishIt = (statement: ReleaseStatement) => publish(registry, { agentFolder, envelope: signStatement(statement), ...options });
    expect(() => publishIt(state(judgement, 2))).toThrow(/never judged/);
    expect(() => publishIt(state(judgement, 1, 'other'))).toThrow(/no agent other/);
    appendFileSync(join(agentFolder, 'model.safetensors'), ' ');
    expect(() => publish(registry, { agentFolder, envelope, ...options })).toThrow(/model\.safetensors was altered/);
    expect(readdirSync(at())).toEqual(['history.jsonl']);
  });

  it('let one process write at a time', () => {
    const prepared = prepare();
    const unlock = takeLock(join(registry, `.${NAME}.lock`), { operation: 'hold', held: String });
    try {
      expect(() => publish(registry, { ...prepared, ...options })).toThrow(/a registry that process/);
    } finally {
      unlock();
    }
  });

  it.each(['', '.', '..', '../x', 'a/b', 'a\\b', '/etc', '.lock', 'A', 'a\0b', 'a'.repeat(65), 'a.', '-a'])(
    'take no name that leads elsewhere: %j',
    (name) => {
      expect(() => loadReleased(registry, name, options)).toThrow(ConfigError);
      expect(() => listReleases(registry, name)).toThrow(ConfigError);
      expect(() => loadJudged(registry, name)).toThrow(ConfigError);
      expect(() => revoke(registry, name, { version: 1, by: 'Ada', reason: 'x', now: NOW })).toThrow(ConfigError);
      expect(existsSync(registry)).toBe(false);
    },
  );

  it.each([0, -1, 1.5, Number.NaN])('take no version %s', (version) => {
    release();
    expect(() => load(version)).toThrow(ConfigError);
  });
});

describe('a crash', () => {
  it('before the rename leaves the old current, and what was begun is swept up', () => {
    release();
    const prepared = prepare({ seed: 8 });
    mkdirSync(at('.2.next', 'agent'), { recursive: true });
    writeFileSync(at('.2.next', 'agent', 'half'), '');
    expect(currentOf()).toBe(1);
    publish(registry, { ...prepared, ...options });
    expect(currentOf()).toBe(2);
    expect(readdirSync(at()).sort()).toEqual(['1', '2', 'current.json', 'history.jsonl']);
  });

  it('after the rename, or after the history, leaves the old current until the same call finishes it', () => {
    release();
    const prepared = prepare({ seed: 8 });
    const [history, current] = ['history.jsonl', 'current.json'].map((name) => readFileSync(at(name)));
    publish(registry, { ...prepared, ...options });
    const published = readFileSync(at('history.jsonl'));
    for (const left of [history, published]) {
      writeFileSync(at('history.jsonl'), left as Uint8Array);
      writeFileSync(at('current.json'), current as Uint8Array);
      expect(currentOf()).toBe(1);
      publish(registry, { ...prepared, ...options });
      expect(currentOf()).toBe(2);
      expect(readFileSync(at('history.jsonl'))).toEqual(published);
    }
  });

  it('takes no other release for what it left', () => {
    const { agentFolder, judgement, envelope } = prepare();
    publish(registry, { agentFolder, envelope, ...options });
    const other = signStatement(makeStatement({ agent: NAME, version: 1, judgement, spec: null, signedOffBy: 'Eve', now: NOW }));
    expect(() => publish(registry, { agentFolder, envelope: other, ...options })).toThrow(/another release of this version/);
  });
});

describe('going back', () => {
  const said = { by: 'Ada Lovelace', reason: 'complaints' };

  it('is recorded, and publishing the version that was left is refused', () => {
    release();
    const second = prepare({ seed: 8 });
    publish(registry, { ...second, ...options });
    rollBack(registry, NAME, { version: 1, ...said, ...options });
    expect(currentOf()).toBe(1);
    expect(loadHistory(at('history.jsonl')).events.at(-1)).toEqual({
      kind: 'rolled-back',
      at: NOW.toISOString(),
      version: 1,
      from: 2,
      ...said,
    });
    expect(() => publish(registry, { ...second, ...options })).toThrow(/no longer the current one/);
    release({ seed: 9 });
    expect(currentOf()).toBe(3);
  });

  it('is finished by the same call where it was killed before the pointer moved', () => {
    release();
    release({ seed: 8 });
    rollBack(registry, NAME, { version: 1, ...said, ...options });
    const { length } = loadHistory(at('history.jsonl')).events;
    writeFileSync(at('current.json'), '{"schemaVersion":1,"version":2}');
    rollBack(registry, NAME, { version: 1, ...said, ...options });
    expect([currentOf(), loadHistory(at('history.jsonl')).events.length]).toEqual([1, length]);
  });

  it('is refused forwards, without a name or reason, and to what is damaged or revoked', () => {
    release();
    release({ seed: 8 });
    const back = (version: number, more = {}) => rollBack(registry, NAME, { version, ...said, ...options, ...more });
    expect(() => back(3)).toThrow(/publish goes forward/);
    expect(() => back(1, { by: ' ' })).toThrow(/nobody/);
    appendFileSync(at('1', 'agent', 'agent.json'), ' ');
    expect(() => back(1)).toThrow(/was altered/);
    revoke(registry, NAME, { version: 1, ...said, now: NOW });
    expect(() => back(1)).toThrow(/Ada Lovelace revoked: complaints/);
    expect(currentOf()).toBe(2);
  });

  it('is needed where the current version was revoked: nothing else works', () => {
    release();
    release({ seed: 8 });
    revoke(registry, NAME, { version: 2, ...said, now: NOW });
    revoke(registry, NAME, { version: 2, ...said, now: NOW });
    expect(() => load()).toThrow(/revoked: complaints/);
    expect(listReleases(registry, NAME).map(({ isRevoked }) => isRevoked)).toEqual([false, true]);
    rollBack(registry, NAME, { version: 1, ...said, ...options });
    expect(currentOf()).toBe(1);
    expect(() => revoke(registry, NAME, { version: 9, ...said, now: NOW })).toThrow(/never judged/);
  });
});

describe('judgements', () => {
  it('are counted from 1, refused ones too, and only where they know all before them', () => {
    const folder = join(root, 'weak');
    const judge = (pretended: PretendAgent) => judgeRelease({ ...pretendAgent(folder, pretended), history: loadJudged(registry, NAME) });
    const refused = judge({ failures: { drift: 40 } });
    expect(recordJudgement(registry, NAME, { judgement: refused, now: NOW })).toBe(1);
    expect(() => recordJudgement(registry, NAME, { judgement: refused, now: NOW })).toThrow(/knows 0 versions, where there are 1/);
    const untold = judgeRelease({ ...pretendAgent(folder), attempts: [], history: loadJudged(registry, NAME) });
    expect(recordJudgement(registry, NAME, { judgement: untold, now: NOW })).toBe(2);
    expect(loadJudged(registry, NAME).map(({ isAllowed, exam }) => [isAllowed, exam?.slices.length])).toEqual([
      [false, 2],
      [false, undefined],
    ]);
    expect(() => state(refused, 1)).toThrow(/a refused agent \(The exam gave the agent no certificate/);
    expect(prepare().version).toBe(3);
  });
});

describe('a statement', () => {
  it('comes back from its bytes, and is an in-toto statement about every file', () => {
    const { statement, judgement } = prepare();
    expect(parseStatement(encodeStatement(statement))).toEqual(statement);
    expect([statement._type, statement.predicateType]).toEqual(['https://in-toto.io/Statement/v1', 'urn:journeyman:release:v1']);
    expect(Object.fromEntries(statement.subject.map(({ name, digest }) => [name, digest.sha256]))).toEqual(judgement.files);
  });

  it.each([
    ['a field that is not known', (text: string) => text.replace('"agent":', '"more":1,"agent":')],
    ['a path that leads out', (text: string) => text.replace('"parts/tokenizer.json"', '"parts/../../x"')],
    ['a file twice', (text: string) => text.replace('"parts/tokenizer.json"', '"agent.json"')],
    ['another certificate', (text: string) => text.replace(/"certificate":"./, '"certificate":"')],
    ['nobody', (text: string) => text.replace('Ada Lovelace', '  ')],
    ['an unmet rule', (text: string) => text.replace('"isMet":true', '"isMet":false')],
    ['no time left', (text: string) => text.replace('2026-06-09', '2026-01-09')],
    ['no JSON', () => '{'],
  ])('is refused with %s', (_, change) => {
    const text = Buffer.from(encodeStatement(prepare().statement)).toString('utf8');
    const altered = change(text);
    expect(altered).not.toBe(text);
    expect(() => parseStatement(Buffer.from(altered))).toThrow(/statement of a release/);
  });

  it.each([{ signedOffBy: '' }, { version: 0 }, { agent: 'A/B' }, { days: 0 }, { days: Number.NaN }, { days: 1e9 }, { spec: 'x' }])(
    'is not made from %j',
    (change) => {
      const { judgement, version } = prepare();
      const good = { agent: NAME, version, judgement, spec: null, signedOffBy: 'Ada', now: NOW };
      expect(() => makeStatement({ ...good, ...change })).toThrow(ConfigError);
    },
  );
});
