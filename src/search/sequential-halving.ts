/**
 * How a budget of simulations is dealt to the moves that are considered at the root: sequential halving (Karnin, Koren & Somekh 2013), as used in
 * Danihelka et al. 2022, "Policy improvement by planning with Gumbel", section 3.
 *
 * In each of about log₂ m phases every move that is left gets as many visits as the others; then the better half goes on.
 */

/**
 * For each simulation, how many visits the move to be visited next must have had: among the considered moves with exactly so many, the best is
 * taken. So the halving needs no list of survivors: whoever stays behind is never at the right count again. Length `simulations`.
 */
export function consideredVisits(considered: number, simulations: number): readonly number[] {
  if (considered <= 1) return Array.from({ length: simulations }, (_, visits) => visits);
  const phases = Math.ceil(Math.log2(considered));
  const dealt: number[] = [];
  let left = considered;
  let visits = 0;
  while (dealt.length < simulations) {
    const rounds = Math.max(1, Math.floor(simulations / (phases * left)));
    for (let round = 0; round < rounds; round++, visits++) dealt.push(...new Array<number>(left).fill(visits));
    left = Math.max(2, Math.floor(left / 2));
  }
  return dealt.slice(0, simulations);
}
