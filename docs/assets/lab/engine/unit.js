/* One value of one step taken apart: what it was computed from, in the numbers that were used. */

import "./layers.js";

const { POOL, weighted, windowOf } = xoLayers;

const MOST = 8; // products of a dense unit that are listed

/**
 * @param {import("./network.js").Network} network @param {import("./network.js").Step[]} steps @param {number} at place in `steps`
 * @param {number[]} place [channel, row, column], or [unit]
 * @returns {{value: number, bias?: number, parts?: {channel: number, window: number[], kernel: number[], sum: number}[],
 *   window?: number[], kernel?: number[], winner?: number, before?: number, of?: number,
 *   largest?: {input: number, value: number, weight: number}[], rest?: number, inputs?: number}}
 */
export function takeApart(network, steps, at, place) {
  const step = steps[at], before = steps[at - 1], [first, row = 0, column = 0] = place;
  const index = step.shape.length === 1 ? first : (first * step.shape[1] + row) * step.shape[2] + column;
  const found = { value: step.values[index] };
  if (!before) return found;
  const block = network.blocks[step.block];
  if (step.kind === "conv") {
    const [, channels, side] = block.kernels.shape, taps = side * side;
    found.bias = block.biases[first];
    found.parts = Array.from({ length: channels }, (_, channel) => {
      const start = (first * channels + channel) * taps, seen = windowOf(before, channel, row, column, side);
      const kernel = Array.from(block.kernels.values.subarray(start, start + taps));
      return { channel, window: seen, kernel, sum: weighted(seen, kernel).sum };
    });
  } else if (step.kind === "pool") {
    found.window = windowOf(before, first, POOL * row, POOL * column, POOL);
    if (block.pool === "trained") {
      found.kernel = Array.from(block.poolKernels.values.subarray(4 * first, 4 * first + 4));
      found.bias = block.poolBiases[first];
    } else found.winner = found.window.indexOf(Math.max(...found.window));
  } else if (step.kind === "relu") {
    found.before = before.values[index];
  } else if (step.kind === "average") {
    found.of = before.shape[1] * before.shape[2];
  } else {
    const layer = network.dense[step.block], inputs = layer.shape[1], start = first * inputs;
    const products = Array.from({ length: inputs }, (_, input) => {
      const weight = layer.weights[start + input] * layer.scales[first];
      return { input, value: before.values[input], weight };
    }).sort((a, b) => Math.abs(b.value * b.weight) - Math.abs(a.value * a.weight));
    const total = (list) => list.reduce((sum, { value, weight }) => sum + value * weight, 0);
    Object.assign(found, { bias: layer.biases[first], inputs, largest: products.slice(0, MOST), rest: total(products.slice(MOST)) });
    found.before = total(products) + found.bias;
  }
  return found;
}
