/** The types of tensors: what is known of a value before it has one. */
export const DTYPES = ['float32', 'int32', 'int64', 'bool', 'uint8'] as const;
export type DType = (typeof DTYPES)[number];

/** A size: a number, or a name for a size that is known only when the graph runs (`'cached'`). */
export type Dim = number | string;
export type Shape = readonly Dim[];

export interface TensorType {
  readonly shape: Shape;
  readonly dtype: DType;
}

export const formatShape = (shape: Shape): string => `[${shape.join(', ')}]`;
export const formatType = ({ dtype, shape }: TensorType): string => `${dtype}${formatShape(shape)}`;
export const sameShape = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((dim, i) => dim === b[i]);
export const sizeOf = (shape: readonly number[]): number => shape.reduce((product, dim) => product * dim, 1);
