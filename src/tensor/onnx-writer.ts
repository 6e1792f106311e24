/**
 * Writes a traced graph as an ONNX model: only the nodes that the asked-for outputs need, in the order in which they
 * were traced, with deterministic names, so that equal graphs are equal bytes.
 *
 * The message types below are the fields of onnx.proto (ONNX 1.19, IR version 10) that Journeyman writes.
 */
import protobuf from 'protobufjs/light.js';
import { GraphError } from '../base/index.ts';
import type { Constant, Graph, Node, Tensor, TensorData } from './graph.ts';
import { type NodeOptions, ONNX_RULES, ONNX_TYPE, type OnnxAttribute, type OnnxEmitter } from './onnx-rules.ts';
import type { OpName } from './op-names.ts';
import type { TensorType } from './types.ts';

const IR_VERSION = 10;
const OPSET = 22;
const MICROSOFT_OPSET = 1;

export type NamedTensors = Readonly<Record<string, Tensor>>;

/** The bytes of an ONNX model that computes `outputs`, named by their keys, from the graph's inputs. */
export function writeOnnx(graph: Graph, outputs: NamedTensors): Uint8Array {
  const wanted = Object.entries(outputs);
  const clash = graph.inputs.find(({ name }) => Object.hasOwn(outputs, name));
  if (clash)
    throw new GraphError({ operation: 'write ONNX', got: `an output named like the input ${clash.name}`, expected: 'names used once' });
  const foreign = wanted.find(([, tensor]) => tensor.graph !== graph);
  if (foreign)
    throw new GraphError({ operation: 'write ONNX', got: `output ${foreign[0]} of another graph`, expected: 'outputs of this graph' });

  const needed = new Set(wanted.map(([, { id }]) => id));
  const nodes: Node[] = [];
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some(({ id }) => needed.has(id))) continue;
    nodes.unshift(node);
    for (const { id } of node.inputs) needed.add(id);
  }

  const names = new Map<number, string>(graph.inputs.map(({ name, tensor }) => [tensor.id, name]));
  const nameOf = ({ id }: Tensor): string => names.get(id) ?? `%v${id}`;
  const initializers: object[] = graph.constants
    .filter(({ tensor }) => needed.has(tensor.id))
    .map((constant) => writeConstant(constant, nameOf(constant.tensor)));
  const emitter = new Emitter(initializers);
  for (const node of nodes) emit(node, emitter, nameOf);
  // An output may be an input or the same value as another output: an Identity gives each name a value of its own.
  for (const [name, tensor] of wanted) emitter.node('Identity', [nameOf(tensor)], { outputs: [name] });

  const model = ModelProto.create({
    irVersion: IR_VERSION,
    producerName: 'journeyman',
    opsetImport: [
      { domain: '', version: OPSET },
      { domain: 'com.microsoft', version: MICROSOFT_OPSET },
    ],
    graph: {
      name: 'journeyman',
      node: emitter.nodes,
      initializer: initializers,
      input: graph.inputs.filter(({ tensor }) => needed.has(tensor.id)).map(({ name, tensor }) => valueInfo(name, tensor)),
      output: wanted.map(([name, tensor]) => valueInfo(name, tensor)),
    },
  });
  return ModelProto.encode(model).finish();
}

function emit<K extends OpName>(node: Node<K>, emitter: OnnxEmitter, nameOf: (tensor: Tensor) => string): void {
  ONNX_RULES[node.op]({
    emitter,
    tensors: node.inputs,
    results: node.outputs,
    attributes: node.attributes,
    inputs: node.inputs.map(nameOf),
    outputs: node.outputs.map(nameOf),
  });
}

class Emitter implements OnnxEmitter {
  readonly nodes: object[] = [];
  readonly #initializers: object[];
  readonly #shared = new Map<string, string>();
  #fresh = 0;

  constructor(initializers: object[]) {
    this.#initializers = initializers;
  }

  node(type: string, inputs: readonly string[], options: NodeOptions = {}): readonly string[] {
    const outputs = options.outputs ?? [`%t${this.#fresh++}`];
    const attribute = Object.entries(options.attributes ?? {}).map(([name, value]) => writeAttribute(name, value));
    this.nodes.push({ opType: type, domain: options.domain ?? '', input: inputs, output: outputs, attribute });
    return outputs;
  }

  ints(values: readonly number[]): string {
    return this.#share(`%i${values.join('_')}`, {
      dataType: ONNX_TYPE.int64,
      dims: [values.length],
      rawData: bytesOf(BigInt64Array.from(values, BigInt)),
    });
  }

  float(value: number): string {
    return this.#share(`%f${value}`, { dataType: ONNX_TYPE.float32, dims: [], rawData: bytesOf(Float32Array.of(value)) });
  }

  #share(name: string, tensor: object): string {
    const known = this.#shared.get(name);
    if (known) return known;
    this.#initializers.push({ name, ...tensor });
    this.#shared.set(name, name);
    return name;
  }
}

function writeConstant({ tensor, data }: Constant, name: string): object {
  return { name, dataType: ONNX_TYPE[tensor.dtype], dims: tensor.shape, rawData: bytesOf(data) };
}

function valueInfo(name: string, { dtype, shape }: TensorType): object {
  const dim = shape.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }));
  return { name, type: { tensorType: { elemType: ONNX_TYPE[dtype], shape: { dim } } } };
}

function writeAttribute(name: string, value: OnnxAttribute): object {
  if ('int' in value) return { name, type: 2, i: value.int };
  if ('ints' in value) return { name, type: 7, ints: value.ints };
  if ('float' in value) return { name, type: 1, f: value.float };
  return { name, type: 3, s: new TextEncoder().encode(value.string) };
}

const bytesOf = (data: TensorData): Uint8Array => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

type Field = readonly [id: number, type: string, rule?: 'repeated'];

function message(fields: Readonly<Record<string, Field>>, oneofs?: Readonly<Record<string, { oneof: string[] }>>): protobuf.IType {
  const described = Object.entries(fields).map(([name, [id, type, rule]]) => [name, rule ? { id, type, rule } : { id, type }] as const);
  return { fields: Object.fromEntries(described), ...(oneofs ? { oneofs } : {}) };
}

const ModelProto = protobuf.Root.fromJSON({
  nested: {
    ModelProto: message({
      irVersion: [1, 'int64'],
      producerName: [2, 'string'],
      graph: [7, 'GraphProto'],
      opsetImport: [8, 'OperatorSetIdProto', 'repeated'],
    }),
    OperatorSetIdProto: message({ domain: [1, 'string'], version: [2, 'int64'] }),
    GraphProto: message({
      node: [1, 'NodeProto', 'repeated'],
      name: [2, 'string'],
      initializer: [5, 'TensorProto', 'repeated'],
      input: [11, 'ValueInfoProto', 'repeated'],
      output: [12, 'ValueInfoProto', 'repeated'],
    }),
    NodeProto: message({
      input: [1, 'string', 'repeated'],
      output: [2, 'string', 'repeated'],
      name: [3, 'string'],
      opType: [4, 'string'],
      attribute: [5, 'AttributeProto', 'repeated'],
      domain: [7, 'string'],
    }),
    AttributeProto: message({
      name: [1, 'string'],
      f: [2, 'float'],
      i: [3, 'int64'],
      s: [4, 'bytes'],
      ints: [8, 'int64', 'repeated'],
      type: [20, 'int32'],
    }),
    TensorProto: message({ dims: [1, 'int64', 'repeated'], dataType: [2, 'int32'], name: [8, 'string'], rawData: [9, 'bytes'] }),
    ValueInfoProto: message({ name: [1, 'string'], type: [2, 'TypeProto'] }),
    TypeProto: message({ tensorType: [1, 'TypeProtoTensor'] }),
    TypeProtoTensor: message({ elemType: [1, 'int32'], shape: [2, 'TensorShapeProto'] }),
    TensorShapeProto: message({ dim: [1, 'Dimension', 'repeated'] }),
    Dimension: message({ dimValue: [1, 'int64'], dimParam: [2, 'string'] }, { value: { oneof: ['dimValue', 'dimParam'] } }),
  },
}).lookupType('ModelProto');
