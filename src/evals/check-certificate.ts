/**
 * Is a certificate true? Everything in it that can be computed is computed again from the raw scores beside it and compared, and the tasks that
 * were played must be the ones that the nonce draws. It doesn't check who made it: that is a signature's.
 */
import type { Certificate, RawScore } from '../records/index.ts';
import { loadCertificate, scoresPath } from './certificate-file.ts';
import type { Attempt } from './ledger.ts';
import { makeCertificate } from './make-certificate.ts';
import { loadRawScores } from './raw-score.ts';
import { examNumbers, isRevealed } from './seeds.ts';

export interface CertificateCheck {
  readonly certificate: Certificate;
  readonly scores: readonly RawScore[];
  /** What is not as it should be, for people; empty where everything holds. */
  readonly differences: readonly string[];
}

/** Another processor may round the last digits of a logarithm otherwise. */
const TOLERANCE = 1e-9;

export interface CheckOptions {
  /** The ledger's: then the stated attempts must be the ones that were opened with these seeds. Default: not looked at. */
  readonly attempts?: readonly Attempt[];
}

/** Throws `DataError` where the certificate or its scores can't be read. */
export function checkCertificate(path: string, { attempts }: CheckOptions = {}): CertificateCheck {
  const certificate = loadCertificate(path);
  const { scores, hash } = loadRawScores(scoresPath(path, certificate));
  const differences: string[] = [];
  if (hash !== certificate.scoresHash) differences.push(`scoresHash: the certificate has ${certificate.scoresHash}, the file ${hash}`);
  if (!isRevealed(certificate.seeds)) differences.push('seeds: the nonce is not the one that was committed to');
  differences.push(...strangeTasks(certificate, scores));
  if (attempts) differences.push(...strangeAttempts(certificate, attempts));
  const again = makeCertificate(scores, {
    ...certificate,
    attempts: Object.fromEntries(certificate.slices.map(({ slice, attempt }) => [slice, attempt])),
    wallSeconds: certificate.cost.wallSeconds,
  });
  // The hash of the file's bytes was compared above.
  compare(certificate, { ...again, scoresHash: certificate.scoresHash }, '', differences);
  return { certificate, scores, differences };
}

/** Attempts that the ledger doesn't know. */
function strangeAttempts({ slices, gym, seeds }: Certificate, attempts: readonly Attempt[]): readonly string[] {
  return slices.flatMap(({ slice, attempt }) => {
    const opened = attempts.find(
      (one) => one.commitment === seeds.commitment && one.slice === slice && one.gym === gym.name && one.version === gym.version,
    );
    if (opened?.attempt === attempt) return [];
    return [`slices: ${slice} was attempt ${attempt}, the ledger has ${opened ? `attempt ${opened.attempt}` : 'none with these seeds'}`];
  });
}

/** Scores of slices without a plan, and tasks other than the first ones that the nonce draws. */
function strangeTasks({ plan, gym, seeds }: Certificate, scores: readonly RawScore[]): readonly string[] {
  const found: string[] = [];
  const planned = new Set(plan.slices.map(({ slice }) => slice));
  for (const slice of new Set(scores.map((score) => score.slice)))
    if (!planned.has(slice)) found.push(`scores: there are some of ${slice}, which is not in the plan`);
  for (const { slice, runs } of plan.slices) {
    const played = scores.filter((score) => score.slice === slice);
    const first = played.filter(({ run }) => run === 0).map(({ n }) => n);
    const drawn = examNumbers({ nonce: seeds.nonce, gym: gym.name, version: gym.version, slice, count: first.length });
    if (first.some((n, i) => n !== drawn[i])) found.push(`scores: tasks of ${slice} are not the ones that the nonce draws`);
    const known = new Set(drawn);
    if (played.some(({ n, run }) => run > 0 && (run >= runs || !known.has(n))))
      found.push(`scores: repeated runs of ${slice} are not of its tasks`);
  }
  return found;
}

function compare(stated: unknown, found: unknown, place: string, differences: string[]): void {
  if (typeof stated === 'number' && typeof found === 'number') {
    if (Math.abs(stated - found) <= TOLERANCE * Math.max(1, Math.abs(stated))) return;
  } else if (typeof stated === 'object' && typeof found === 'object' && stated !== null && found !== null) {
    for (const key of new Set([...Object.keys(stated), ...Object.keys(found)]))
      compare(
        (stated as Record<string, unknown>)[key],
        (found as Record<string, unknown>)[key],
        place === '' ? key : `${place}.${key}`,
        differences,
      );
    return;
  } else if (stated === found) return;
  differences.push(`${place}: the certificate has ${show(stated)}, the scores give ${show(found)}`);
}

const show = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value));
