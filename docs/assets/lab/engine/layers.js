/* One layer of a network, forwards, and one value of it. Maps (C, H, W) lie channel by channel, row by row, as in PyTorch.

   The pictures of the concept pages compute with it too, which work from a file, where browsers load no modules: so it is
   a script without exports, and modules import it for the global that it makes. */
"use strict";

/** @typedef {{shape: number[], values: Float32Array}} Maps  (C, H, W), or (F) after the convolutions */
/** @typedef {{shape: number[], values: Float32Array}} Kernels  (C_out, C_in, k, k) */
/** @typedef {{weights: Int8Array | Float32Array, scales: Float32Array, biases: Float32Array, shape: number[]}} Dense  (F_out, F_in) */

globalThis.xoLayers ??= (() => {
  const POOL = 2; // side and stride of a pooling window
  const ROWS = 4; // of a dense layer, added up at once

  const maps = (channels, height, width) => ({ shape: [channels, height, width], values: new Float32Array(channels * height * width) });

  /**
   * A convolution without padding, of stride 1: (C_in, H, W) -> (C_out, H-k+1, W-k+1).
   * @param {Maps} input @param {Kernels} kernels @param {Float32Array} biases (C_out)
   */
  function convolve(input, kernels, biases) {
    const [channels, height, width] = input.shape, [outputs, , side] = kernels.shape;
    const out = maps(outputs, height - side + 1, width - side + 1), area = out.values.length / outputs;
    const add = side === 3 ? addThreeByThree : addTaps;
    for (let o = 0, tap = 0; o < outputs; o++) {
      const sums = out.values.subarray(o * area, (o + 1) * area).fill(biases[o]);
      for (let c = 0; c < channels; c++, tap += side * side) {
        add(sums, input.values.subarray(c * height * width, (c + 1) * height * width), width, kernels.values.subarray(tap, tap + side * side));
      }
    }
    return out;
  }

  /** Adds one channel under a 3x3 kernel, nine taps at once: half the time of one after the other. */
  function addThreeByThree(sums, pixels, width, kernel) {
    const across = width - 2, [a, b, c, d, e, f, g, h, i] = kernel;
    for (let top = 0, to = 0; to < sums.length; top += width) {
      let p = top, q = top + width, r = q + width;
      for (const end = to + across; to < end; to++, p++, q++, r++) {
        sums[to] += a * pixels[p] + b * pixels[p + 1] + c * pixels[p + 2] + d * pixels[q] + e * pixels[q + 1] + f * pixels[q + 2]
          + g * pixels[r] + h * pixels[r + 1] + i * pixels[r + 2];
      }
    }
  }

  /** Adds one channel under a kernel of any side, tap by tap. */
  function addTaps(sums, pixels, width, kernel) {
    const side = Math.sqrt(kernel.length), across = width - side + 1;
    kernel.forEach((weight, tap) => {
      for (let to = 0, from = Math.floor(tap / side) * width + (tap % side); to < sums.length; from += side - 1) {
        for (const end = to + across; to < end; to++, from++) sums[to] += weight * pixels[from];
      }
    });
  }

  /** The largest of each 2x2 window: (C, H, W) -> (C, floor(H/2), floor(W/2)). @param {Maps} input */
  function poolLargest(input) {
    const [channels, height, width] = input.shape, out = maps(channels, height >> 1, width >> 1), { values } = input;
    for (let c = 0, to = 0; c < channels; c++) {
      for (let y = 0; y < height >> 1; y++) {
        let at = (c * height + POOL * y) * width;
        for (let x = 0; x < width >> 1; x++, at += POOL) {
          const upper = values[at] > values[at + 1] ? values[at] : values[at + 1];
          const lower = values[at + width] > values[at + width + 1] ? values[at + width] : values[at + width + 1];
          out.values[to++] = upper > lower ? upper : lower;
        }
      }
    }
    return out;
  }

  /** Each 2x2 window weighted by its channel's kernel (C, 1, 2, 2). @param {Maps} input @param {Kernels} kernels */
  function poolTrained(input, kernels, biases) {
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
  function rectify({ shape, values }) {
    const passed = new Float32Array(values.length);
    for (let k = 0; k < values.length; k++) if (values[k] > 0) passed[k] = values[k];
    return { shape, values: passed };
  }

  /** The mean of each map: (C, H, W) -> (C). @param {Maps} input */
  function average({ shape: [channels, height, width], values }) {
    const area = height * width, means = new Float32Array(channels);
    for (let k = 0; k < values.length; k++) means[Math.floor(k / area)] += values[k] / area;
    return { shape: [channels], values: means };
  }

  /** (F_in) -> (F_out): the sum of each row of weights, its scale and its bias. @param {Float32Array} input @param {Dense} layer */
  function dense(input, { weights, scales, biases, shape: [outputs, inputs] }) {
    const values = new Float32Array(outputs), places = new Uint32Array(inputs), numbers = new Float32Array(inputs);
    let used = 0;
    for (let k = 0; k < inputs; k++) if (input[k]) [places[used], numbers[used++]] = [k, input[k]]; // ReLU leaves many zeros
    for (let row = 0; row < outputs; row += ROWS) {
      const start = row * inputs, most = (outputs - 1) * inputs; // rows past the last are the last once more
      const [second, third, fourth] = [1, 2, 3].map((each) => Math.min(start + each * inputs, most));
      let a = 0, b = 0, c = 0, d = 0;
      for (let k = 0; k < used; k++) {
        const place = places[k], number = numbers[k];
        a += weights[start + place] * number;
        b += weights[second + place] * number;
        c += weights[third + place] * number;
        d += weights[fourth + place] * number;
      }
      [a, b, c, d].slice(0, outputs - row).forEach((sum, each) => (values[row + each] = sum * scales[row + each] + biases[row + each]));
    }
    return { shape: [outputs], values };
  }

  /** Probabilities of logits. @param {Float32Array} logits */
  function softmax(logits) {
    const largest = Math.max(...logits), powers = Array.from(logits, (each) => Math.exp(each - largest));
    const sum = powers.reduce((a, b) => a + b);
    return powers.map((each) => each / sum);
  }

  /** The values of maps under a window, row by row. @param {Maps} maps @returns {number[]} (side * side) */
  function windowOf({ shape: [, height, width], values }, channel, top, left, side) {
    const found = [];
    for (let i = 0; i < side; i++) for (let j = 0; j < side; j++) found.push(values[(channel * height + top + i) * width + left + j]);
    return found;
  }

  /** Each value of a window times its weight, and their sum. @param {number[]} window @param {number[]} weights */
  function weighted(window, weights) {
    const products = window.map((value, k) => value * weights[k]);
    return { products, sum: products.reduce((a, b) => a + b, 0) };
  }

  /** The mean cross-entropy, in nats, of images of which a class has a share, all given the same logits. */
  const crossEntropy = (logits, shares) => softmax(logits).reduce((sum, each, k) => sum - (shares[k] && shares[k] * Math.log(each)), 0);

  return { POOL, convolve, poolLargest, poolTrained, rectify, average, dense, softmax, windowOf, weighted, crossEntropy };
})();
