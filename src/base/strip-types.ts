import { stripTypeScriptTypes } from 'node:module';

/** TypeScript as JavaScript, for programs of a browser that stand in the repository as they were written. Throws a `SyntaxError` for what is not only types. */
export function stripTypes(typed: string): string {
  const { emitWarning } = process;
  // Node calls this experimental; nobody who runs a program needs to be told.
  process.emitWarning = () => {};
  try {
    return stripTypeScriptTypes(typed);
  } finally {
    process.emitWarning = emitWarning;
  }
}
