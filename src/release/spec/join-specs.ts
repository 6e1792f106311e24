/** One spec of several: what platform, operator and user wrote each in a file of their own. */
import { ConfigError } from '../../base/index.ts';
import { type Spec, strictest } from './spec-rule.ts';
import { MOST_RULES } from './spec-schema.ts';

/** All rules of `specs`, under the name of the first. Of what they do otherwise, the strictest counts: none loosens another. Throws `ConfigError`. */
export function joinSpecs(first: Spec, ...others: readonly Spec[]): Spec {
  const specs = [first, ...others];
  const rules = specs.flatMap((spec) => spec.rules);
  const ids = rules.map(({ id }) => id);
  const double = ids.find((id, i) => ids.indexOf(id) !== i);
  if (double !== undefined || rules.length > MOST_RULES)
    throw new ConfigError({
      operation: `join the specs ${specs.map(({ name }) => name).join(', ')}`,
      got: double === undefined ? `${rules.length} rules` : `two rules '${double}'`,
      expected: double === undefined ? `at most ${MOST_RULES}` : 'rules with ids of their own',
      fix: double === undefined ? 'take rules out' : 'rename one of them',
    });
  const otherwise = {
    read: strictest(specs.map((spec) => spec.otherwise.read)),
    reversible: strictest(specs.map((spec) => spec.otherwise.reversible)),
    compensable: strictest(specs.map((spec) => spec.otherwise.compensable)),
    irreversible: strictest(specs.map((spec) => spec.otherwise.irreversible)),
  };
  return { schemaVersion: 1, name: first.name, otherwise, rules };
}
