/**
 * Collects the words that gyms use and writes their hashes to `taken-words.ts`: `node base/lessons/words/collect-taken.ts`.
 *
 * To be run again when the test of `lessons` names a word that a gym has come to use.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { foldWord, hashWord } from './taken.ts';

const GYMS = fileURLToPath(new URL('../../../gyms', import.meta.url));
const TARGET = fileURLToPath(new URL('./taken-words.ts', import.meta.url));
const LITERAL = /'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/gu;

/** Folded words of four or more letters in the string literals of the gyms' sources, and in their pages. */
export function collectGymWords(): Set<string> {
  const words = new Set<string>();
  for (const entry of readdirSync(GYMS, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.(?:ts|js|html)$/u.test(entry.name)) continue;
    const source = readFileSync(join(entry.parentPath, entry.name), 'utf8');
    const texts = entry.name.endsWith('.html') ? [source] : Array.from(source.matchAll(LITERAL), ([literal]) => literal);
    for (const text of texts) for (const [word] of text.matchAll(/\p{L}{4,}/gu)) words.add(foldWord(word));
  }
  return words;
}

function writeTakenWords(): void {
  const hashes = [...new Set([...collectGymWords()].map(hashWord))].sort((a, b) => a - b);
  const packed = Buffer.from(hashes.flatMap((hash) => [hash >>> 16, (hash >>> 8) & 255, hash & 255])).toString('base64');
  const lines = packed.match(/.{1,130}/gu) ?? [];
  writeFileSync(
    TARGET,
    `/** Hashes of ${hashes.length} words, three bytes each: what \`collect-taken.ts\` found. Hashes, so that no gym's word stands in this folder. */\nexport const TAKEN_WORDS = [\n${lines.map((line) => `  '${line}',`).join('\n')}\n].join('');\n`,
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeTakenWords();
