/**
 * A graph while it is traced: inputs, constants and operator applications in the order in which they were made, which is
 * a topological order. Nothing is computed here; `writeOnnx` turns it into a model that a `Session` runs.
 */
import { GraphError } from '../base/index.ts';
import type { Attributes, OpName } from './op-names.ts';
import { SHAPE_RULES } from './shape-rules.ts';
import { type DType, formatType, type Shape, sizeOf, type TensorType } from './types.ts';

/** One value of one graph: a type and no data. `id` orders values as they were made. */
export interface Tensor extends TensorType {
  readonly graph: Graph;
  readonly id: number;
}

/** What data of each element type is held in. */
export interface DataOf {
  float32: Float32Array;
  int32: Int32Array;
  int64: BigInt64Array;
  bool: Uint8Array;
  uint8: Uint8Array;
}
export type TensorData = DataOf[DType];

export interface Node<K extends OpName = OpName> {
  readonly op: K;
  readonly inputs: readonly Tensor[];
  readonly attributes: Attributes[K];
  readonly outputs: readonly Tensor[];
}

export interface Constant {
  readonly tensor: Tensor;
  readonly data: TensorData;
}

export class Graph {
  readonly nodes: Node[] = [];
  readonly inputs: { readonly name: string; readonly tensor: Tensor }[] = [];
  readonly constants: Constant[] = [];
  readonly #scalars = new Map<number, Tensor>();
  #count = 0;

  /** A value that is fed at every run. A string in `shape` is a size known only then. */
  input(name: string, shape: Shape, dtype: DType = 'float32'): Tensor {
    if (this.inputs.some((other) => other.name === name))
      throw new GraphError({ operation: 'graph input', got: `a second input named ${name}`, expected: 'names used once' });
    const tensor = this.#tensor(shape, dtype);
    this.inputs.push({ name, tensor });
    return tensor;
  }

  /** A value baked into the model. */
  constant<T extends DType>(data: DataOf[T], shape: readonly number[], dtype: T): Tensor {
    if (data.length !== sizeOf(shape))
      throw new GraphError({
        operation: 'graph constant',
        got: `${data.length} values`,
        expected: `${sizeOf(shape)} for ${formatType({ shape, dtype })}`,
      });
    const tensor = this.#tensor(shape, dtype);
    this.constants.push({ tensor, data });
    return tensor;
  }

  /** The float32 constant of shape []; one tensor a value. */
  scalar(value: number): Tensor {
    const known = this.#scalars.get(value);
    if (known) return known;
    const made = this.constant(Float32Array.of(value), [], 'float32');
    this.#scalars.set(value, made);
    return made;
  }

  apply<K extends OpName>(op: K, inputs: readonly Tensor[], attributes: Attributes[K]): readonly Tensor[] {
    const foreign = inputs.find((tensor) => tensor.graph !== this);
    if (foreign)
      throw new GraphError({ operation: op, got: `a tensor ${formatType(foreign)} of another graph`, expected: 'tensors of one graph' });
    const outputs = SHAPE_RULES[op](inputs, attributes).map(({ shape, dtype }) => this.#tensor(shape, dtype));
    this.nodes.push({ op, inputs, attributes, outputs });
    return outputs;
  }

  #tensor(shape: Shape, dtype: DType): Tensor {
    return { graph: this, id: this.#count++, shape, dtype };
  }
}
