/**
 * Runs one child with this terminal and passes signals and the exit on. The child decides when to end; the parent never
 * ends before it. Not for children whose output is read.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { environment, isAtLeast, SIGNALS } from './set-up.mjs';

/** Runs `node file ...args`; resolves to the exit code, 128 + signal where a signal ended it. */
export function runNode(node, args, { folder } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(node, [...quiet(node), ...args], { stdio: 'inherit', env: environment(node), ...(folder && { cwd: folder }) });
    const pass = (signal) => {
      // A terminal gives Ctrl-C to the whole foreground group: the child has it already, and a second one would mean "at once".
      if (signal === 'SIGINT' && process.stdin.isTTY) return;
      child.kill(signal);
    };
    for (const signal of SIGNALS) process.on(signal, pass);
    const end = () => {
      for (const signal of SIGNALS) process.off(signal, pass);
    };
    child.once('error', (error) => {
      end();
      reject(error);
    });
    child.once('exit', (code, signal) => {
      end();
      resolve(code ?? 128 + (constants.signals[signal] ?? 0));
    });
  });
}

/** Before Node 24 type stripping announces itself as an experiment on every start. */
function quiet(node) {
  return node === process.execPath && !isAtLeast(process.versions.node, '24.0.0') ? ['--disable-warning=ExperimentalWarning'] : [];
}
