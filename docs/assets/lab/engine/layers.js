/* One layer of a network, forwards. Maps (C, H, W) lie channel by channel, row by row, as in PyTorch. */

/** @typedef {{shape: number[], values: Float32Array}} Maps  (C, H, W), or (F) after the convolutions */
/** @typedef {{shape: number[], values: Float32Array}} Kernels  (C_out, C_in, k, k) */
/** @typedef {{weights: Int8Array | Float32Array, scales: Float32Array, biases: Float32Array, shape: number[]}} Dense  (F_out, F_in) */

export const POOL = 2; // side and stride of a pooling window

const maps = (channels, height, width) => ({ shape: [channels, height, width], values: new Float32Array(channels * height * width) });

/**
 * A convolution without padding, of stride 1: (C_in, H, W) -> (C_out, H-k+1, W-k+1).
 * @param {Maps} input @param {Kernels} kernels @param {Float32Array} biases (C_out)
 */
export function convolve(input, kernels, biases) {
  const [channels, height, width] = input.shape, [outputs, , side] = kernels.shape;
  const down = height - side + 1, across = width - side + 1, area = down * across;
  const out = maps(outputs, down, across), { values } = out, pixels = input.values;
  for (let o = 0, tap = 0; o < outputs; o++) {
    const sums = values.subarray(o * area, (o + 1) * area).fill(biases[o]);
    for (let c = 0; c < channels; c++) {
      for (let i = 0; i < side; i++) {
        for (let j = 0; j < side; j++, tap++) {
          const weight = kernels.values[tap];
          for (let y = 0, to = 0; y < down; y++) {
            let from = (c * height + y + i) * width + j;
            for (const end = to + across; to < end; to++, from++) sums[to] += weight * pixels[from];
          }
        }
      }
    }
  }
  return out;
}

/** The largest of each 2x2 window: (C, H, W) -> (C, floor(H/2), floor(W/2)). @param {Maps} input */
export function poolLargest(input) {
  const [channels, height, width] = input.shape, out = maps(channels, height >> 1, width >> 1), { values } = input;
  for (let c = 0, to = 0; c < channels; c++) {
    for (let y = 0; y < height >> 1; y++) {
      let at = (c * height + POOL * y) * width;
      for (let x = 0; x < width >> 1; x++, at += POOL) {
        out.values[to++] = Math.max(values[at], values[at + 1], values[at + width], values[at + width + 1]);
      }
    }
  }
  return out;
}

/** Each 2x2 window weighted by its channel's kernel (C, 1, 2, 2). @param {Maps} input @param {Kernels} kernels */
export function poolTrained(input, kernels, biases) {
  const [channels, height, width] = input.shape, out = maps(channels, height >> 1, width >> 1), { values } = input;
  for (let c = 0, to = 0; c < channels; c++) {
    const [a, b, d, e] = kernels.values.subarray(4 * c, 4 * c + 4);
    for (let y = 0; y < height >> 1; y++) {
      let at = (c * height + POOL * y) * width;
      for (let x = 0; x < width >> 1; x++, at += POOL) {
        out.values[to++] = biases[c] + a * values[at] + b * values[at + 1] + d * values[at + width] + e * values[at + width + 1];
      }
    }
  }
  return out;
}

/** Negative values become 0; a new array. @param {Maps} input */
export const rectify = ({ shape, values }) => ({ shape, values: values.map((value) => (value > 0 ? value : 0)) });

/** The mean of each map: (C, H, W) -> (C). @param {Maps} input */
export function average({ shape: [channels, height, width], values }) {
  const area = height * width, means = new Float32Array(channels);
  for (let k = 0; k < values.length; k++) means[Math.floor(k / area)] += values[k] / area;
  return { shape: [channels], values: means };
}

/** (F_in) -> (F_out): the sum of each row of weights, its scale and its bias. @param {Float32Array} input @param {Dense} layer */
export function dense(input, { weights, scales, biases, shape: [outputs, inputs] }) {
  const values = new Float32Array(outputs), used = [];
  for (let k = 0; k < inputs; k++) if (input[k]) used.push(k); // ReLU leaves many zeros
  const places = Uint32Array.from(used), numbers = Float32Array.from(used, (k) => input[k]);
  for (let row = 0; row < outputs; row++) {
    let sum = 0;
    for (let k = 0, start = row * inputs; k < places.length; k++) sum += weights[start + places[k]] * numbers[k];
    values[row] = sum * scales[row] + biases[row];
  }
  return { shape: [outputs], values };
}

/** Probabilities of logits. @param {Float32Array} logits */
export function softmax(logits) {
  const largest = Math.max(...logits), powers = Array.from(logits, (each) => Math.exp(each - largest));
  const sum = powers.reduce((a, b) => a + b);
  return powers.map((each) => each / sum);
}
