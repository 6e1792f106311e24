/** Tensors: tracing, operators, automatic differentiation, optimizers, ONNX, sessions. */
export { differentiate } from './autodiff.ts';
export { type Constant, type DataOf, Graph, type Node, type Tensor, type TensorData } from './graph.ts';
export { type NamedTensors, writeOnnx } from './onnx-writer.ts';
export type { Attributes, MatmulAttributes, OpName } from './op-names.ts';
export * as ops from './ops.ts';
export { ADAMW_DEFAULTS, type AdamWOptions, adamWFeeds, adamWStep, clipByGlobalNorm, type OptimizedParameter } from './optimizer.ts';
export { resolveSchedule, type Schedule, scheduledRate } from './schedule.ts';
export { Session, type SessionOptions, type Value, type Values } from './session.ts';
export { type Dim, type DType, formatShape, formatType, type Shape, sizeOf, type TensorType } from './types.ts';
