import { boundaryId } from '../src/grammar/index.ts';

const ECHOES: readonly number[] = [boundaryId('echo'), boundaryId('unecho')];

/** The tokens of the first thing that an action names, as it was echoed; none where it names nothing. */
export function echoedName(action: Int32Array): Int32Array {
  const start = action.indexOf(boundaryId('echo')) + 1;
  const text = action.subarray(start);
  return start === 0
    ? new Int32Array(0)
    : text.subarray(
        0,
        text.findIndex((token) => ECHOES.includes(token)),
      );
}
