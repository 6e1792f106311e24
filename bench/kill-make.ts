/**
 * `node bench/kill-make.ts [kills]`: runs of `make` that are killed at random moments and gone on with, 20 kills by default, within five minutes.
 * Prints a line a run; exits with 1 where an episode was lost or doubled, a certificate is not borne out, or another agent came out.
 */
import { readFileSync } from 'node:fs';
import { Random } from '../src/base/index.ts';
import { checkCertificate } from '../src/evals/index.ts';
import { killAndGoOn } from '../test/kill-make.ts';
import { Workplace } from '../test/make-workplace.ts';

const SECONDS = 300;
const wanted = Number(process.argv[2] ?? 20);
const seed = Date.now() % 1_000_000;
const random = new Random(seed);
const place = await Workplace.make();
const startedMs = performance.now();
const weightsOf = (run: string): string =>
  (JSON.parse(readFileSync(place.path(run, 'agent', 'agent.json'), 'utf8')) as { weights: string }).weights;
let done = 0;
let bad = 0;
try {
  place.planRun('whole');
  await place.make('whole').ended;
  for (let round = 0; done < wanted && performance.now() - startedMs < 1000 * SECONDS; round++) {
    const run = `killed-${round}`;
    place.planRun(run);
    const { kills, episodes, problems, ended } = await killAndGoOn(place, { run, kills: Math.min(5, wanted - done), random, latest: 300 });
    done += kills;
    const { differences } = checkCertificate(place.path(run, 'exam', 'certificate.json'));
    const other = weightsOf(run) === weightsOf('whole') ? [] : ['another agent came out'];
    const wrong = [...problems, ...differences, ...other, ...(ended.code === 3 ? [] : [`exit code ${ended.code}: ${ended.err}`])];
    bad += wrong.length;
    console.log(
      `${run}: ${kills} kills, episodes on the disk after each: ${episodes.join(' ')}; ${wrong.length === 0 ? 'nothing lost' : wrong.join('; ')}`,
    );
  }
  console.log(
    `${done} kills in ${((performance.now() - startedMs) / 1000).toFixed(0)} s (seed ${seed}): ${bad === 0 ? 'nothing lost, nothing doubled, the same agent each time' : `${bad} problems`}`,
  );
} finally {
  place.dispose();
}
if (bad > 0 || done === 0) process.exitCode = 1;
