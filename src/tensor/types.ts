/**
 * Symbolic tensors: what an operator consumes and produces while a graph is traced. A tensor has a type, no data.
 */
import type { Graph } from './graph.ts';

export const DTYPES = ['float32', 'int32', 'int64', 'bool', 'uint8'] as const;
export type DType = (typeof DTYPES)[number];

/** A size: a number, or a name for a size that is known only when the graph runs (`'cached'`). */
export type Dim = number | string;
export type Shape = readonly Dim[];

export interface TensorType {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** One value of one graph. `id` orders values as they were made. */
export interface Tensor extends TensorType {
  readonly graph: Graph;
  readonly id: number;
}

export const formatShape = (shape: Shape): string => `[${shape.join(', ')}]`;
export const formatType = ({ dtype, shape }: TensorType): string => `${dtype}${formatShape(shape)}`;
export const sameShape = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((dim, i) => dim === b[i]);
export const sizeOf = (shape: readonly number[]): number => shape.reduce((product, dim) => product * dim, 1);
