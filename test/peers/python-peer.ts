/**
 * Python libraries as a second opinion in tests. The interpreter is `JOURNEYMAN_PYTHON`, else `python3`; tests skip where
 * it lacks the modules. It is used in tests and benchmarks only.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const python = process.env.JOURNEYMAN_PYTHON ?? 'python3';

/** Whether the interpreter exists and finds all of these modules (without importing them, which takes seconds). */
export function hasPythonModules(...modules: readonly string[]): boolean {
  const program = 'import importlib.util as u, sys; sys.exit(any(u.find_spec(m) is None for m in sys.argv[1:]))';
  return spawnSync(python, ['-c', program, ...modules], { stdio: 'ignore' }).status === 0;
}

/** Runs a script of this folder with `input` as JSON on stdin; gives what it prints, parsed. */
export function runPythonPeer(script: string, input: unknown): unknown {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const run = spawnSync(python, [path], {
    input: JSON.stringify(input),
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
    env: { ...process.env, HF_HUB_OFFLINE: '1', TRANSFORMERS_VERBOSITY: 'error' },
  });
  if (run.status !== 0) throw new Error(`${script} failed (${run.error?.message ?? run.status}):\n${run.stderr}`);
  return JSON.parse(run.stdout);
}
