/** The model: its shape, its tokenizer, its graph, its files. Builds graphs and runs none. */
export { type CausalOptions, causalAttention, HIDDEN_SCORE } from './causal-attention.ts';
export {
  checkConfig,
  countParameters,
  type Initializer,
  type ModelConfig,
  type ParameterSpec,
  PRESET_NAMES,
  type PresetName,
  parameterSpecs,
  presetConfig,
  type Weights,
  windowOf,
} from './config.ts';
export {
  POINTER_PROJECTIONS,
  type PointerDecisions,
  type PointerProjection,
  pointerGates,
  pointerNats,
  projectPointer,
  projectTrail,
  SMALLEST_PROBABILITY,
  TRAIL_PROJECTIONS,
} from './pointer-head.ts';
export { ANCHORS, type Anchors, MARKS, PointerTrail, TRAIL_BUCKETS, TRAIL_WIDTH, type TrailPlace, trailBucket } from './pointer-trail.ts';
export {
  createTokenizer,
  formatTokenizerJson,
  parseTokenizerJson,
  type Tokenizer,
  type TrainTokenizerOptions,
  trainTokenizer,
} from './tokenizer/index.ts';
export {
  type Attend,
  floatProjection,
  logits,
  type Project,
  parameter,
  REWARD_HEAD,
  type RowRange,
  scalarHead,
  type TrunkParts,
  trunk,
  VALUE_HEAD,
} from './transformer.ts';
export { adaptVocabulary } from './weights/adapt-vocabulary.ts';
export { loadExtraFile, loadModel, saveModel } from './weights/checkpoint-folder.ts';
export { initializeParameter, initializeWeights } from './weights/initialize.ts';
export { formatSafetensors, loadSafetensors, saveSafetensors, type TensorToStore } from './weights/safetensors.ts';
