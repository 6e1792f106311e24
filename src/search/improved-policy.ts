/**
 * The policy that a search recommends: the prior, moved towards the moves of higher value (Danihelka et al. 2022, "Policy improvement by planning
 * with Gumbel", section 4): π′ = softmax(log p + σ(completed q)).
 *
 * Completed: a move that was not visited counts as the mixed value v_mix (appendix D), an estimate of the state's value from its own
 * and from those of the visited moves, so that what was not tried is neither praised nor blamed.
 * σ(q) = (c_visit + max n) · c_scale · q. The values are in [0, 1] already and are not rescaled.
 */
import { countVisits, type Edge, type Node } from './search-graph.ts';

export interface SigmaOptions {
  /** c_visit. */
  readonly maxVisitInit: number;
  /** c_scale. */
  readonly valueScale: number;
}

/** v_mix = (v + Σn · Σ p·q / Σ p) / (1 + Σn), the sums of p over the visited moves. */
export function mixedValue<State, Move>(node: Node<State, Move>): number {
  let probability = 0;
  let weighted = 0;
  for (const { child, visits, prior } of node.edges) {
    if (!child || visits === 0) continue;
    probability += prior;
    weighted += prior * child.value;
  }
  if (probability === 0) return node.estimate;
  const visits = countVisits(node);
  return (node.estimate + (visits * weighted) / probability) / (1 + visits);
}

/** σ(completed q) of each of the node's moves. */
export function transformedValues<State, Move>(node: Node<State, Move>, { maxVisitInit, valueScale }: SigmaOptions): readonly number[] {
  const mixed = mixedValue(node);
  const scale = (maxVisitInit + Math.max(0, ...node.edges.map(({ visits }) => visits))) * valueScale;
  return node.edges.map(({ child, visits }) => scale * (child && visits > 0 ? child.value : mixed));
}

/** π′ of each of the node's moves: sums to 1. A closed move gets 0; where all are closed, the prior stands. */
export function improvedPolicy<State, Move>(node: Node<State, Move>, options: SigmaOptions): readonly number[] {
  const isOpen = ({ isClosed }: Edge<State, Move>): boolean => !isClosed;
  if (!node.edges.some(isOpen)) return node.edges.map(({ prior }) => prior);
  const values = transformedValues(node, options);
  const scores = node.edges.map((edge, i) => (isOpen(edge) ? Math.log(edge.prior) + (values[i] as number) : Number.NEGATIVE_INFINITY));
  const highest = Math.max(...scores);
  const weights = scores.map((score) => Math.exp(score - highest));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}
