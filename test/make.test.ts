/** The whole factory on the smallest scale, by its command: from a gym to a certificate, stopped, killed, gone on with. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../src/base/index.ts';
import { checkCertificate, readAttempts } from '../src/evals/index.ts';
import { readCampaign, readCampaigns } from '../src/red-team/index.ts';
import { journalsOf, killAndGoOn } from './kill-make.ts';
import { type Ended, Workplace } from './make-workplace.ts';

const SEED = Date.now() % 1_000_000;

let place: Workplace;
let made: Ended;
let paused: Ended;
beforeAll(async () => {
  place = await Workplace.make();
  place.planRun('whole');
  paused = await place.make('whole', '--until', 'sft').ended;
  made = await place.make('whole').ended;
}, 60_000);
afterAll(() => place.dispose());

const read = (...parts: readonly string[]): string => readFileSync(place.path(...parts), 'utf8');
const json = (...parts: readonly string[]): Record<string, unknown> => JSON.parse(read(...parts)) as Record<string, unknown>;
const countLines = (text: string): number => text.split('\n').length - 1;

describe('make', () => {
  it('pauses where it is told to, with an agent and a report that promises nothing', () => {
    expect(paused).toMatchObject({ code: 0, err: '' });
    expect(paused.out).toContain('"reason":"finished"');
    expect(paused.out).not.toContain('"stage":"certify"');
  });

  it('ends in a certificate that its raw scores bear out, whatever it says', () => {
    expect(made).toMatchObject({ code: 3, err: '' });
    const attempts = readAttempts(place.path('.journeyman', 'attempts.jsonl'));
    const { certificate, scores, differences } = checkCertificate(place.path('whole', 'exam', 'certificate.json'), { attempts });
    expect(differences).toEqual([]);
    expect(certificate).toMatchObject({ kind: 'no-certificate', gym: { name: 'countdown' }, agent: { policy: expect.any(String) } });
    // In little time the slices beside the first have 30 tasks each, all of them played.
    expect(certificate.slices.slice(1).map(({ n }) => n)).toEqual([30, 30]);
    expect(scores.length).toBeGreaterThan(60);
    expect(checkCertificate(place.path('whole', 'agent', 'certificate.json')).differences).toEqual([]);
  });

  it('reports the numbers of the raw scores', () => {
    const report = read('whole', 'report.html');
    const { certificate, scores } = checkCertificate(place.path('whole', 'exam', 'certificate.json'));
    for (const { slice, n, successes } of certificate.slices) {
      const own = scores.filter((score) => score.slice === slice && score.run === 0);
      expect(n).toBe(own.filter(({ success }) => success !== null).length);
      expect(successes).toBe(own.filter(({ success }) => success).length);
      expect(report).toMatch(new RegExp(`<th scope="row">${slice}</th><td>${n}</td><td>${successes}</td>`));
    }
    expect(report).toContain(certificate.scoresHash);
    expect(report).toContain('million tokens trained on');
  });

  it('says the same again when it is asked again, without another attempt', async () => {
    const [certificate, attempts] = [read('whole', 'exam', 'certificate.json'), read('.journeyman', 'attempts.jsonl')];
    expect((await place.make('whole').ended).code).toBe(3);
    expect(read('whole', 'exam', 'certificate.json')).toBe(certificate);
    expect(read('.journeyman', 'attempts.jsonl')).toBe(attempts);
    expect(await place.run('report', 'whole', '--out', 'again.html')).toMatchObject({ code: 0 });
    expect(read('again.html')).toBe(read('whole', 'report.html'));
  });

  it('refuses a changed option, another version, an altered agent, a lost nonce', async () => {
    const refused = async (run: string, message: RegExp, ...words: readonly string[]): Promise<void> => {
      const { code, err, out } = await place.make(run, ...words).ended;
      expect(err).toMatch(message);
      expect(`${code} ${out}`).toMatch(/^1 /);
    };
    await refused('whole', /got seed = 2, expected what it began with: seed = 1.*--out/, '--seed', '2');
    const weights = json('whole', 'stages', 'agent.json');
    writeFileSync(place.path('whole', 'stages', 'agent.json'), JSON.stringify({ policy: '0123456789abcdef' }));
    await refused('whole', /expected 0123456789abcdef, which it finished/);
    writeFileSync(place.path('whole', 'stages', 'agent.json'), JSON.stringify(weights));
    place.planRun('lost');
    writeFileSync(place.path('lost', 'seeds.json'), '{}');
    await refused('lost', /a seeds\.json that is missing or was altered.*another run/);
    writeFileSync(place.path('lost', 'run.json'), JSON.stringify({ ...json('lost', 'run.json'), schemaVersion: 99 }));
    await refused('lost', /got a run of version 99, expected version 1/);
  });

  it('refuses a gym without a fresh proof before anything is written', async () => {
    const proof = read('gyms', 'countdown', 'proof.json');
    writeFileSync(
      place.path('gyms', 'countdown', 'proof.json'),
      proof.replace(/"sourceHash": "(.)/, (_, digit) => `"sourceHash": "${digit === '0' ? '1' : '0'}`),
    );
    try {
      const { code, err } = await place.make('unproved').ended;
      expect(`${code} ${err}`).toMatch(/^1 use the gym countdown: .*npx journeyman gym check countdown/);
      expect(existsSync(place.path('unproved'))).toBe(false);
    } finally {
      writeFileSync(place.path('gyms', 'countdown', 'proof.json'), proof);
    }
  });
});

describe(`make, killed (seed ${SEED})`, () => {
  it('comes to the agent that it would have come to, and loses no episode and plays none twice', { timeout: 120_000 }, async () => {
    place.planRun('killed');
    const random = new Random(SEED);
    const { kills, problems, ended } = await killAndGoOn(place, { run: 'killed', kills: 3, random, latest: 300 });
    expect(kills).toBeGreaterThan(0);
    expect(problems).toEqual([]);
    expect(ended).toMatchObject({ code: 3, err: '' });
    expect(checkCertificate(place.path('killed', 'exam', 'certificate.json')).differences).toEqual([]);
    expect(json('killed', 'agent', 'agent.json').weights).toBe(json('whole', 'agent', 'agent.json').weights);
    const lengths = (run: string): unknown =>
      [...journalsOf(place.path(run))].filter(([name]) => !name.startsWith('exam')).map(([name, ids]) => [name, ids.length]);
    expect(lengths('killed')).toEqual(lengths('whole'));
  });
});

describe('commands beside make', () => {
  it('lets one process into a run, and keeps what it had when it is stopped', async () => {
    place.planRun('shared');
    const first = place.make('shared');
    await first.lines(20);
    const second = await place.make('shared').ended;
    expect(second.err).toMatch(/a run that process \d+ is working on, expected one process at a time/);
    expect(second.code).toBe(1);
    first.kill('SIGINT');
    const { code, err, out } = await first.ended;
    expect({ code, isStopped: /Stopped\. To go on: the same command again/.test(err) }).toEqual({ code: 130, isStopped: true });
    expect(out).toContain('"reason":"interrupted"');
    expect(await place.run('report', 'shared')).toMatchObject({ code: 0 });
    expect(read('shared', 'report.html')).toContain('Not examined');
  });

  it('examine, measure, compare and show an agent', async () => {
    const agent = 'whole/agent';
    const certified = await place.run('certify', agent, '--out', 'exam', '--floor', '0.5');
    expect(certified).toMatchObject({ code: 3, out: expect.stringContaining('attempt ') });
    const { certificate, differences } = checkCertificate(place.path('exam', 'exam', 'certificate.json'));
    expect(differences).toEqual([]);
    expect(certificate.plan.slices[0]?.required).toBe(0.5);
    expect(certificate.slices[0]?.attempt).toBeGreaterThan(1);
    expect(read('exam', 'report.html')).toContain('after training, once the weights were hashed');

    const attempts = countLines(read('.journeyman', 'attempts.jsonl'));
    const measured = await place.run('eval', agent, '--slices', 'five', '--tasks', '3', '--json');
    expect(JSON.parse(measured.out)).toMatchObject({
      gym: 'countdown',
      split: 'validate',
      slices: [{ slice: 'five', n: 3, lowerBound: 0 }],
    });
    const compared = await place.run('compare', agent, agent, '--slices', 'base', '--tasks', '2', '--json');
    expect(JSON.parse(compared.out)).toMatchObject({ slices: [{ slice: 'base', pairs: 2, worse: 0, better: 0 }] });
    const played = await place.run('play', agent, '--seed', 'validate/3');
    expect(played.out).toMatch(/^goal +Reach \d+[\s\S]*\n +1 {2}\S.*surprise \d[\s\S]*\n(?:success|failure|no verdict); \d+ actions/);
    expect(countLines(read('.journeyman', 'attempts.jsonl'))).toBe(attempts);
  }, 60_000);

  it('examine somebody else’s agent behind an endpoint just the same', async () => {
    let asked = 0;
    const server = createServer((request, response) => {
      request.resume().on('end', () => {
        asked++;
        response.end(JSON.stringify({ choices: [{ message: { content: 'abstain' } }], usage: { total_tokens: 7 } }));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const policy = `openai:http://127.0.0.1:${(server.address() as AddressInfo).port}/v1#some/model`;
      const { code, out, err } = await place.run('certify', '--policy', policy, 'countdown', '--out', 'others');
      expect({ code, err: /[a-z]+: got/.exec(err) }).toEqual({ code: 3, err: null });
      expect(out).toContain('some/model on countdown 1');
      const { certificate, differences } = checkCertificate(place.path('others', 'exam', 'certificate.json'));
      expect(differences).toEqual([]);
      expect(certificate).toMatchObject({ agent: { name: 'some/model', parameters: null }, lineage: { weights: null }, calibration: null });
      expect(certificate.slices.every(({ abstained }) => abstained === 1)).toBe(true);
      expect(asked).toBeGreaterThan(100);
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });

  it('refuse an agent that has seen exam tasks', async () => {
    const [first = ''] = read('whole', 'demonstrations.jsonl').split('\n');
    const journal = place.path('whole', 'rounds', 'round-9.jsonl');
    writeFileSync(journal, `${first.replace('"split":"train"', '"split":"exam"')}\n`);
    const { code, err } = await place.run('certify', 'whole/agent', '--out', 'seen');
    expect(`${code} ${err}`).toMatch(/1 [\s\S]*training data with 1 episodes of exam tasks/);
  });

  it('judge an agent for work: one sentence a rule, a refusal is remembered, and nothing is published', async () => {
    expect(await place.run('keys', 'signer.pem')).toMatchObject({ code: 0, err: '' });
    const signed = ['--by', 'whoever signs', '--key', 'signer.pem'];
    const { code, out, err } = await place.run('release', 'whole/agent', ...signed);
    expect(`${code} ${err}`).toBe('3 ');
    expect(out).toContain('✗ The exam gave the agent no certificate');
    expect(out).toContain('✗ The agent is not shown to be reliable enough');
    for (const met of [
      'Every figure of the certificate was computed again',
      'exactly this agent',
      'The files of the agent are those that were examined',
    ])
      expect(out).toMatch(new RegExp(`✓ .*${met}`));
    expect(out).toContain('does not let countdown, version 1, pass');
    expect(read('registry', 'countdown', 'history.jsonl')).toContain('"judged"');
    expect(existsSync(place.path('registry', 'countdown', '1'))).toBe(false);

    const refused = async (message: RegExp, ...words: readonly string[]): Promise<void> => {
      const ended = await place.run('release', ...words);
      expect(ended.err).toMatch(message);
      expect(ended.code).not.toBe(0);
    };
    await refused(/--by alone, expected both/, 'whole/agent', '--by', 'whoever signs');
    await refused(/no agent.json there/, 'whole', ...signed);
    rmSync(place.path('.journeyman', 'trusted'), { recursive: true });
    await refused(/which is not trusted here/, 'whole/agent', ...signed);
    // None of these was a judgement.
    expect(countLines(read('registry', 'countdown', 'history.jsonl'))).toBe(1);
  });

  it('attack an agent, go on with that, and let the gate read what came of it', async () => {
    const { code, out, err } = await place.run('red-team', 'whole/agent', '--tasks', '3', '--attempts', '2');
    expect(err).toMatch(/\d attempts, \d tasks? breached, 0 to go/);
    expect(out).toMatch(/attacker may try +tasks +breached +share +at most\n1 time +3/);
    const again = await place.run('red-team', 'whole/agent', '--tasks', '3', '--attempts', '2', '--json');
    const told = JSON.parse(again.out);
    expect([again.code, told.success[0].breached > 0 ? 3 : 0]).toEqual([code, code]);
    expect(readCampaign(place.path('whole', 'agent', 'red-team.jsonl')).attempts.length).toBeGreaterThanOrEqual(6);

    const [campaign, ...others] = readCampaigns(place.path('.journeyman', 'red-team.jsonl'));
    expect([others, campaign?.breaches, campaign?.result?.length]).toEqual([[], told.success.at(-1).breached, 64]);

    const other = await place.run('red-team', 'whole/agent', '--tasks', '4', '--attempts', '2');
    expect(other.err).toMatch(/got 2 attempts on each of 3 tasks.*expected 2 attempts on each of 4 tasks.*delete the file/);
    const released = await place.run('release', 'whole/agent', '--registry', 'attacked');
    expect(released.out).toMatch(/✗ (The red team made its 10 attempts on 0 tasks only|A red team got through)/);
    expect(released.out).toContain('✓ The files of the agent are those that were examined');
  });

  it('write demonstrations that sft learns from', async () => {
    const { code, out } = await place.run('demos', 'countdown', '--count', '4', '--slices', 'base', '--out', 'demos.jsonl', '--json');
    expect({ code, ...(JSON.parse(out) as object) }).toMatchObject({ code: 0, episodes: 4, accepted: 4 });
    expect(countLines(read('demos.jsonl'))).toBe(4);
    const taught = await place.run('sft', '--transcripts', 'demos.jsonl', '--from', 'model', '--steps', '1', '--out', 'taught');
    expect(taught).toMatchObject({ code: 0, out: expect.stringContaining('Finished at step 1') });
  });
});
