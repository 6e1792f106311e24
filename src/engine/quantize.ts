/**
 * int8 weights in blocks along the input, symmetric around the zero point 128, one scale a block, as ONNX Runtime's
 * MatMulNBits expects: [out, blocks, blockSize] bytes and [out · blocks] scales.
 */
export interface QuantizedMatrix {
  readonly bytes: Uint8Array;
  readonly scales: Float32Array;
  readonly blocks: number;
  readonly blockSize: number;
}

const BLOCK_SIZE = 32;
const ZERO_POINT = 128;

/** `matrix` [out, in], row-major. The error of an element is at most half of its block's scale, max|w|/127. */
export function quantizeInt8(matrix: Float32Array, outWidth: number, inWidth: number): QuantizedMatrix {
  const blocks = Math.ceil(inWidth / BLOCK_SIZE);
  const bytes = new Uint8Array(outWidth * blocks * BLOCK_SIZE).fill(ZERO_POINT);
  const scales = new Float32Array(outWidth * blocks);
  for (let row = 0; row < outWidth; row++)
    for (let block = 0; block < blocks; block++) {
      const from = row * inWidth + block * BLOCK_SIZE;
      const values = matrix.subarray(from, Math.min(from + BLOCK_SIZE, (row + 1) * inWidth));
      const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      const scale = largest / 127 || 1;
      scales[row * blocks + block] = scale;
      values.forEach((value, i) => {
        bytes[(row * blocks + block) * BLOCK_SIZE + i] = ZERO_POINT + Math.round(value / scale);
      });
    }
  return { bytes, scales, blocks, blockSize: BLOCK_SIZE };
}
