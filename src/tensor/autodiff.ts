/**
 * Reverse-mode automatic differentiation on a traced graph: appends the nodes that compute the gradients of a scalar.
 * Griewank & Walther, Evaluating Derivatives (2008), §3.2.
 */
import { GraphError } from '../base/index.ts';
import { GRADIENT_RULES, type GradientContext } from './gradient-rules.ts';
import type { Node, Tensor } from './graph.ts';
import type { OpName } from './op-names.ts';
import * as ops from './ops.ts';
import { formatType } from './types.ts';

/** d loss / d target for each of `targets`, each of its target's shape. `loss` is a float32 scalar of the same graph. */
export function differentiate(loss: Tensor, targets: readonly Tensor[]): readonly Tensor[] {
  if (loss.shape.length !== 0 || loss.dtype !== 'float32')
    throw new GraphError({
      operation: 'differentiate',
      got: formatType(loss),
      expected: 'a float32 scalar',
      fix: 'sum or average the loss first',
    });
  const { graph } = loss;
  const nodes = graph.nodes.slice();
  const needed = valuesThatDependOn(targets, nodes);
  const gradients = new Map<number, Tensor>([[loss.id, graph.scalar(1)]]);

  for (const node of nodes.reverse()) {
    if (!node.outputs.some(({ id }) => gradients.has(id)) || !node.inputs.some(({ id }) => needed.has(id))) continue;
    const flowing = applyRule(
      node,
      node.outputs.map(({ id }) => gradients.get(id) ?? null),
    );
    node.inputs.forEach(({ id }, i) => {
      const gradient = flowing[i];
      if (!gradient || !needed.has(id)) return;
      const earlier = gradients.get(id);
      gradients.set(id, earlier ? ops.add(earlier, gradient) : gradient);
    });
  }
  return targets.map((target, i) => {
    const gradient = gradients.get(target.id);
    if (!gradient)
      throw new GraphError({
        operation: 'differentiate',
        got: `target ${i}, ${formatType(target)}, on which the loss does not depend`,
        expected: 'targets with a differentiable way to the loss',
      });
    return gradient;
  });
}

function applyRule<K extends OpName>(node: Node<K>, gradients: readonly (Tensor | null)[]): readonly (Tensor | null)[] {
  const context: GradientContext<K> = { inputs: node.inputs, outputs: node.outputs, attributes: node.attributes, gradients };
  return GRADIENT_RULES[node.op](context);
}

/** Ids of the targets and of everything computed from them: only there need gradients flow. */
function valuesThatDependOn(targets: readonly Tensor[], nodes: readonly Node[]): Set<number> {
  const dependent = new Set(targets.map(({ id }) => id));
  for (const { inputs, outputs } of nodes) if (inputs.some(({ id }) => dependent.has(id))) for (const { id } of outputs) dependent.add(id);
  return dependent;
}
