/**
 * Test support: every operator in float64 and plain loops, and an interpreter of whole traced graphs. The other side of
 * every comparison with ONNX Runtime, so it is written for being read, not for speed, and shares no rule with the graph.
 */
import { GraphError } from '../src/base/index.ts';
import { type Attributes, type Graph, type Node, type OpName, type Shape, sizeOf, type Tensor } from '../src/tensor/index.ts';

/** Row-major float64 data of any element type: integers and bools are whole numbers. */
export interface NdArray {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

type Index = readonly number[];
type Kernel<K extends OpName> = (inputs: readonly NdArray[], attributes: Attributes[K]) => readonly NdArray[];

/** An array of `shape` with the value that `at` gives each index. */
export function build(shape: readonly number[], at: (index: Index) => number): NdArray {
  const data = new Float64Array(sizeOf(shape));
  const index = shape.map(() => 0);
  for (let i = 0; i < data.length; i++) {
    data[i] = at(index);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis] = (index[axis] as number) + 1;
      if ((index[axis] as number) < (shape[axis] as number)) break;
      index[axis] = 0;
    }
  }
  return { shape, data };
}

/** The element at `index`; an axis of size 1 repeats and leading axes of `index` that the array lacks are ignored. */
export function read({ shape, data }: NdArray, index: Index): number {
  const skipped = index.length - shape.length;
  return data[shape.reduce((offset, size, axis) => offset * size + (size === 1 ? 0 : (index[axis + skipped] as number)), 0)] as number;
}

export const REFERENCE: { readonly [K in OpName]: Kernel<K> } = {
  add: binary((a, b) => a + b),
  subtract: binary((a, b) => a - b),
  multiply: binary((a, b) => a * b),
  divide: binary((a, b) => a / b),
  maximum: binary(Math.max),
  minimum: binary(Math.min),
  equal: binary((a, b) => Number(a === b)),
  greater: binary((a, b) => Number(a > b)),
  select: ([c, a, b]: readonly NdArray[]) => [
    build(broadcast(c, a, b), (at) => (read(c as NdArray, at) ? read(a as NdArray, at) : read(b as NdArray, at))),
  ],

  negate: unary((x) => -x),
  exp: unary(Math.exp),
  log: unary(Math.log),
  sqrt: unary(Math.sqrt),
  sigmoid: unary(sigmoid),
  silu: unary((x) => x * sigmoid(x)),
  softplus: unary((x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))),
  tanh: unary(Math.tanh),
  cast: ([x], { to }) => [map(x as NdArray, to === 'float32' ? (v) => v : to === 'bool' ? (v) => Number(v !== 0) : Math.trunc)],

  matmul: ([a, b], { transposeA, transposeB, timeMajorA, timeMajorB, alpha }) => [
    map(product(matrices(a as NdArray, timeMajorA, transposeA), matrices(b as NdArray, timeMajorB, transposeB)), (v) => alpha * v),
  ],
  matmulInt8: ([x, weights, scales], { inWidth, outWidth, blockSize }) => {
    const blocks = Math.ceil(inWidth / blockSize);
    const weight = (n: number, k: number): number => {
      const block = n * blocks + Math.floor(k / blockSize);
      return (
        (((weights as NdArray).data[block * blockSize + (k % blockSize)] as number) - 128) * ((scales as NdArray).data[block] as number)
      );
    };
    return [
      product(
        x as NdArray,
        build([inWidth, outWidth], ([k, n]) => weight(n as number, k as number)),
      ),
    ];
  },

  softmax: ([x]) => [softmax(x as NdArray)],
  logSoftmax: ([x]) => [map(softmax(x as NdArray), Math.log)],
  sum: ([x], { axes, keepDims }) => {
    const { shape } = x as NdArray;
    const kept = shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
    const result = accumulate(x as NdArray, kept, (index) => index.map((i, axis) => (axes.includes(axis) ? 0 : i)));
    return [keepDims ? result : { ...result, shape: shape.filter((_, axis) => !axes.includes(axis)) }];
  },

  reshape: ([x], { shape }) => [{ shape: concrete(shape, x as NdArray), data: (x as NdArray).data }],
  expand: ([x], { shape }) => {
    const own = (x as NdArray).shape;
    return [
      build(
        shape.map((dim, i) => (typeof dim === 'number' ? dim : (own[i - shape.length + own.length] as number))),
        (at) => read(x as NdArray, at),
      ),
    ];
  },
  expandAs: ([x, like]) => [build((like as NdArray).shape, (at) => read(x as NdArray, at))],
  transpose: ([x], { permutation }) => {
    const from = (x as NdArray).shape;
    return [
      build(
        permutation.map((axis) => from[axis] as number),
        (at) =>
          read(
            x as NdArray,
            from.map((_, axis) => at[permutation.indexOf(axis)] as number),
          ),
      ),
    ];
  },
  slice: ([x], { axis, start, end }) => [
    build((x as NdArray).shape.with(axis, end - start), (at) => read(x as NdArray, at.with(axis, (at[axis] as number) + start))),
  ],
  pad: ([x], { axis, before, after }) => {
    const size = (x as NdArray).shape[axis] as number;
    return [
      build((x as NdArray).shape.with(axis, before + size + after), (at) => {
        const i = (at[axis] as number) - before;
        return i >= 0 && i < size ? read(x as NdArray, at.with(axis, i)) : 0;
      }),
    ];
  },
  concat: (parts, { axis }) => {
    const owner = parts.flatMap(({ shape }, part) => Array.from({ length: shape[axis] as number }, (_, i) => ({ part, i })));
    return [
      build((parts[0] as NdArray).shape.with(axis, owner.length), (at) => {
        const { part, i } = owner[at[axis] as number] as { part: number; i: number };
        return read(parts[part] as NdArray, at.with(axis, i));
      }),
    ];
  },
  split: ([x], { axis, sizes }) =>
    sizes.map((size, part) => {
      const start = sizes.slice(0, part).reduce((a, b) => a + b, 0);
      return build((x as NdArray).shape.with(axis, size), (at) => read(x as NdArray, at.with(axis, (at[axis] as number) + start)));
    }),

  gatherRows: ([table, indices]) => {
    const own = (indices as NdArray).shape;
    return [
      build([...own, ...(table as NdArray).shape.slice(1)], (at) =>
        read(table as NdArray, [read(indices as NdArray, at.slice(0, own.length)), ...at.slice(own.length)]),
      ),
    ];
  },
  scatterAddRows: ([indices, updates], { rows }) => {
    const rank = (indices as NdArray).shape.length;
    const rest = (updates as NdArray).shape.slice(rank);
    return [accumulate(updates as NdArray, [rows, ...rest], (at) => [read(indices as NdArray, at.slice(0, rank)), ...at.slice(rank)])];
  },
  takeAlong: ([x, indices]) => [build((indices as NdArray).shape, (at) => read(x as NdArray, at.with(-1, read(indices as NdArray, at))))],
  scatterAddAlong: ([x, indices, updates]) => {
    const added = accumulate(updates as NdArray, (x as NdArray).shape, (at) => at.with(-1, read(indices as NdArray, at)));
    return [build((x as NdArray).shape, (at) => read(x as NdArray, at) + read(added, at))];
  },

  rmsNorm: ([x, weight], { epsilon }) => {
    const { shape } = x as NdArray;
    const squares = accumulate(
      map(x as NdArray, (v) => v * v),
      shape.with(-1, 1),
      (at) => at.with(-1, 0),
    );
    const inverse = map(squares, (sum) => 1 / Math.sqrt(sum / (shape.at(-1) as number) + epsilon));
    return [build(shape, (at) => read(x as NdArray, at) * read(inverse, at) * read(weight as NdArray, at)), inverse];
  },
  rotary: ([x, positions, cosines, sines], { heads, inverse }) => {
    const [, width] = (x as NdArray).shape as [number, number];
    const half = width / heads / 2;
    return [
      build((x as NdArray).shape, ([n, column]) => {
        const [row, lane] = [n as number, column as number];
        const first = lane % (2 * half) < half;
        const angle = [read(positions as NdArray, [row]), lane % half];
        const other = read(x as NdArray, [row, first ? lane + half : lane - half]) * (first !== inverse ? -1 : 1);
        return read(x as NdArray, [row, lane]) * read(cosines as NdArray, angle) + other * read(sines as NdArray, angle);
      }),
    ];
  },
  attention: ([q, k, v, mask], { scale }) => {
    const raw = product(matrices(q as NdArray, true, false), matrices(k as NdArray, true, true));
    const probabilities = softmax(build(raw.shape, (at) => scale * read(raw, at) + read(mask as NdArray, at)));
    const mixed = product(probabilities, matrices(v as NdArray, true, false));
    return [build((q as NdArray).shape, ([t, b, h, d]) => read(mixed, [b, h, t, d] as Index)), probabilities];
  },
  cachedAttention: ([q, ...rest], { scale }) => {
    const [cachedKeys, cachedValues, freshKeys, freshValues, cachedMask, freshMask] = rest as [
      NdArray,
      NdArray,
      NdArray,
      NdArray,
      NdArray,
      NdArray,
    ];
    const [n, B, H, D] = (q as NdArray).shape as [number, number, number, number];
    const group = H / (freshKeys.shape[2] as number);
    const cached = cachedKeys.shape[2] as number;
    const row = (t: number, h: number): number => t * group + (h % group);
    const scores = build([n, B, H, cached + n], ([t, b, h, s]) => {
      const [i, lane, head, key] = [t, b, h, s] as [number, number, number, number];
      const seen = key < cached;
      const shared = Math.floor(head / group);
      let sum = 0;
      for (let d = 0; d < D; d++)
        sum +=
          read(q as NdArray, [i, lane, head, d]) *
          (seen ? read(cachedKeys, [lane, shared, key, d]) : read(freshKeys, [key - cached, lane, shared, d]));
      const hidden = seen ? read(cachedMask, [lane, 0, 0, key]) : n === 1 ? 0 : read(freshMask, [lane, 0, row(i, head), key - cached]);
      return scale * sum + hidden;
    });
    const weights = softmax(scores);
    return [
      build([n, B, H, D], ([t, b, h, d]) => {
        const [lane, head, column] = [b, h, d] as [number, number, number];
        let sum = 0;
        for (let key = 0; key < cached + n; key++) {
          const shared = Math.floor(head / group);
          const value =
            key < cached ? read(cachedValues, [lane, shared, key, column]) : read(freshValues, [key - cached, lane, shared, column]);
          sum += read(weights, [t as number, lane, head, key]) * value;
        }
        return sum;
      }),
    ];
  },
  crossEntropy: ([logits, targets]) => {
    const probabilities = softmax(logits as NdArray);
    return [
      build((targets as NdArray).shape, ([n]) => -Math.log(read(probabilities, [n as number, read(targets as NdArray, [n as number])]))),
    ];
  },
};

/** Computes `outputs` from `feeds` by input name; every node before them is interpreted. */
export function evaluateGraph(graph: Graph, feeds: Readonly<Record<string, NdArray>>, outputs: readonly Tensor[]): readonly NdArray[] {
  const values = new Map<number, NdArray>();
  for (const { name, tensor } of graph.inputs) {
    const fed = feeds[name];
    if (fed) values.set(tensor.id, fed);
  }
  for (const { tensor, data } of graph.constants)
    values.set(tensor.id, { shape: tensor.shape as readonly number[], data: Float64Array.from(data, Number) });
  for (const node of graph.nodes) {
    const inputs = node.inputs.flatMap(({ id }) => values.get(id) ?? []);
    if (inputs.length < node.inputs.length) continue;
    const results = evaluateNode(node, inputs);
    node.outputs.forEach(({ id }, i) => void values.set(id, results[i] as NdArray));
  }
  return outputs.map(({ id }) => {
    const value = values.get(id);
    if (!value)
      throw new GraphError({
        operation: 'evaluate graph',
        got: `feeds ${Object.keys(feeds).join(', ')}`,
        expected: 'all that the outputs need',
      });
    return value;
  });
}

function evaluateNode<K extends OpName>({ op, attributes }: Node<K>, inputs: readonly NdArray[]): readonly NdArray[] {
  return REFERENCE[op](inputs, attributes);
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

function map({ shape, data }: NdArray, f: (x: number) => number): NdArray {
  return { shape, data: data.map((x) => f(x)) };
}

function unary(f: (x: number) => number): (inputs: readonly NdArray[]) => readonly NdArray[] {
  return ([x]) => [map(x as NdArray, f)];
}

function binary(f: (a: number, b: number) => number): (inputs: readonly NdArray[]) => readonly NdArray[] {
  return ([a, b]) => [build(broadcast(a, b), (at) => f(read(a as NdArray, at), read(b as NdArray, at)))];
}

function broadcast(...arrays: readonly (NdArray | undefined)[]): number[] {
  const shapes = arrays.map((array) => (array as NdArray).shape);
  const rank = Math.max(...shapes.map(({ length }) => length));
  return Array.from({ length: rank }, (_, i) => Math.max(...shapes.map((shape) => shape[i - rank + shape.length] ?? 1)));
}

/** Zeros of `shape` with every element of `from` added where `to` sends its index. */
function accumulate(from: NdArray, shape: readonly number[], to: (index: Index) => Index): NdArray {
  const data = new Float64Array(sizeOf(shape));
  build(from.shape, (at) => {
    const offset = to(at).reduce((sum, i, axis) => sum * (shape[axis] as number) + i, 0);
    data[offset] = (data[offset] as number) + read(from, at);
    return 0;
  });
  return { shape, data };
}

function softmax(x: NdArray): NdArray {
  const along = x.shape.with(-1, 1);
  const peaks = build(along, (at) => Math.max(...Array.from({ length: x.shape.at(-1) as number }, (_, i) => read(x, at.with(-1, i)))));
  const powers = build(x.shape, (at) => Math.exp(read(x, at) - read(peaks, at)));
  const sums = accumulate(powers, along, (at) => at.with(-1, 0));
  return build(x.shape, (at) => read(powers, at) / read(sums, at));
}

/** [...batch, rows, columns] of an operand that may come time-major and transposed. */
function matrices(x: NdArray, timeMajor: boolean, transposed: boolean): NdArray {
  const axes = x.shape.map((_, axis) => axis);
  const [time, ...rest] = axes as [number, ...number[]];
  const batchMajor = timeMajor ? [...rest.slice(0, -1), time, rest.at(-1) as number] : axes;
  const permutation = transposed ? [...batchMajor.slice(0, -2), ...batchMajor.slice(-2).reverse()] : batchMajor;
  return REFERENCE.transpose([x], { permutation })[0] as NdArray;
}

function product(a: NdArray, b: NdArray): NdArray {
  const batch = broadcast({ shape: a.shape.slice(0, -2), data: a.data }, { shape: b.shape.slice(0, -2), data: b.data });
  const inner = a.shape.at(-1) as number;
  return build([...batch, a.shape.at(-2) as number, b.shape.at(-1) as number], (at) => {
    let sum = 0;
    for (let k = 0; k < inner; k++) sum += read(a, at.with(-1, k)) * read(b, at.with(-2, k));
    return sum;
  });
}

function concrete(shape: Shape, { data }: NdArray): number[] {
  const known = sizeOf(shape.filter((dim) => typeof dim === 'number'));
  return shape.map((dim) => (typeof dim === 'number' ? dim : data.length / known));
}
