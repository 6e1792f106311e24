/** Looking ahead: best-of-n, beam and tree search over a policy, a critic and a simulator that are given as functions. Knows no network. */
export { type BeamLine, type BeamOptions, type BeamResult, beamSearch } from './beam.ts';
export {
  type BestOfNOptions,
  type BestOfNResult,
  bestOfN,
  type Continuation,
  type ContinuationStop,
  type Judge,
  type JudgedContinuation,
} from './best-of-n.ts';
export { type EarlyStopOptions, type HopelessRule, thresholdRule } from './early-stop.ts';
export { type GumbelSearchOptions, gumbelSearch } from './gumbel-search.ts';
export type { Candidate, Evaluation, SearchProblem, Step } from './problem.ts';
export type { Backup } from './search-graph.ts';
export type { RootMove, SearchResult, SearchStop } from './search-result.ts';
export { type TreeSearchOptions, treeSearch } from './tree-search.ts';
