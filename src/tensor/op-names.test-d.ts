/** What the compiler refuses about operators: a table that lacks one, an operator that is none, attributes of another. */
import { describe, expectTypeOf, it } from 'vitest';
import type { Graph, Tensor } from './graph.ts';
import type { ONNX_RULES } from './onnx-rules.ts';
import type { Attributes, MatmulAttributes, OpName } from './op-names.ts';
import type { SHAPE_RULES } from './shape-rules.ts';

type Table = { readonly [K in OpName]: (attributes: Attributes[K]) => void };
declare const whole: Table;
declare const lacking: Omit<Table, 'rotary'>;
declare const graph: Graph;
declare const x: Tensor;

describe('a table of rules', () => {
  it('has every operator and no other', () => {
    expectTypeOf<keyof typeof SHAPE_RULES>().toEqualTypeOf<OpName>();
    expectTypeOf<keyof typeof ONNX_RULES>().toEqualTypeOf<OpName>();
    expectTypeOf(whole).toExtend<Table>();
    // @ts-expect-error: there is no rule for `rotary`.
    const table: Table = lacking;
    // @ts-expect-error: `cube` is no operator.
    const more: Table = { ...whole, cube: () => undefined };
    expectTypeOf([table, more]).toEqualTypeOf<Table[]>();
  });
});

describe('Graph.apply', () => {
  it('takes operators with their own attributes', () => {
    expectTypeOf(graph.apply('cast', [x], { to: 'int32' })).toEqualTypeOf<readonly Tensor[]>();
    expectTypeOf<Attributes['matmul']>().toEqualTypeOf<MatmulAttributes>();
    // @ts-expect-error: `cube` is no operator.
    graph.apply('cube', [x], {});
    // @ts-expect-error: `cast` needs to know to what.
    graph.apply('cast', [x], {});
    // @ts-expect-error: `bfloat16` is no element type.
    graph.apply('cast', [x], { to: 'bfloat16' });
    // @ts-expect-error: `axes` are those of `sum`.
    graph.apply('slice', [x], { axes: [0], keepDims: false });
  });
});
