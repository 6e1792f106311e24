/** The segments that the runtime writes about an episode: what was done, and what the verifier said. */
import type { Action, Observation, Piece, Score, Segment } from '../records/index.ts';
import { actionPieces } from './action-codec.ts';

/** The act segment of an action chosen at `observation`, with its echoes. */
export function actSegment(action: Action, { targets }: Observation, mistake = false): Segment {
  const echoes = new Map(targets.map((target) => [target.reference, target.name === '' ? target.text : target.name]));
  const pieces = actionPieces(action, (reference) => echoes.get(reference) ?? '');
  return { kind: 'act', pieces, ...(mistake ? { imitate: false } : {}) };
}

/** Success, failure, or failure with the invariants that broke; nothing for no score. */
export function outcomeSegment({ success, broken }: Score): Segment {
  const word = (name: string): Piece => ({ kind: 'word', word: name });
  if (success === null) return { kind: 'outcome', pieces: [] };
  const names = broken.flatMap((name): Piece[] => [word('broken'), { kind: 'text', text: name }]);
  return { kind: 'outcome', pieces: [word(success ? 'success' : 'failure'), ...names] };
}
