/* Gradients of one logit, backwards through a network, and Grad-CAM. */

import "./layers.js";

const { POOL } = xoLayers;

/** @typedef {import("./network.js").Network} Network @typedef {import("./network.js").Step} Step */

/**
 * How the logit of a class changes with each value of each step, by the step's name, the input's too.
 * @param {Network} network @param {Step[]} steps of one image @param {number} label
 * @returns {Object<string, Float32Array>}
 */
export function gradients(network, steps, label) {
  const found = {}, features = steps.filter(({ kind }) => kind !== "dense" && kind !== "logits"), head = steps.slice(features.length);
  let gradient = new Float32Array(head.at(-1).values.length);
  gradient[label] = 1;
  for (let k = head.length - 1; k >= 0; k--) {
    found[head[k].name] = gradient;
    const passed = head[k].kind === "logits" ? gradient : gradient.map((each, u) => (head[k].values[u] > 0 ? each : 0));
    gradient = throughDense(network.dense[k], passed);
  }
  for (let k = features.length - 1; k >= 0; k--) {
    const step = features[k];
    found[step.name] = gradient;
    if (k > 0) gradient = BACK[step.kind](gradient, features[k - 1], step, network.blocks[step.block]);
  }
  return found;
}

function throughDense({ weights, scales, shape: [outputs, inputs] }, gradient) {
  const found = new Float32Array(inputs);
  for (let row = 0; row < outputs; row++) {
    const share = gradient[row] * scales[row];
    if (share) for (let k = 0, at = row * inputs; k < inputs; k++, at++) found[k] += share * weights[at];
  }
  return found;
}

/* By kind of step: from the gradient of its output to that of its input. */
const BACK = {
  relu: (gradient, before) => gradient.map((each, k) => (before.values[k] > 0 ? each : 0)),
  average(gradient, { shape: [, height, width], values }) {
    return new Float32Array(values.length).map((_, k) => gradient[Math.floor(k / (height * width))] / (height * width));
  },
  pool(gradient, before, step, { pool, poolKernels }) {
    const found = new Float32Array(before.values.length), [, height, width] = step.shape, [, tall, wide] = before.shape;
    gradient.forEach((each, k) => {
      const c = Math.floor(k / (height * width)), y = Math.floor(k / width) % height, x = k % width;
      const start = (c * tall + POOL * y) * wide + POOL * x, cells = [start, start + 1, start + wide, start + wide + 1];
      if (pool === "trained") return cells.forEach((at, cell) => (found[at] += each * poolKernels.values[4 * c + cell]));
      const winner = cells.reduce((best, at) => (before.values[at] > before.values[best] ? at : best));
      found[winner] += each;
    });
    return found;
  },
  conv(gradient, before, step, { kernels }) {
    const found = new Float32Array(before.values.length), [outputs, channels, side] = kernels.shape;
    const [, height, width] = step.shape, [, tall, wide] = before.shape;
    for (let o = 0, tap = 0; o < outputs; o++) {
      for (let c = 0; c < channels; c++) {
        for (let i = 0; i < side; i++) {
          for (let j = 0; j < side; j++, tap++) {
            const weight = kernels.values[tap];
            for (let y = 0; y < height; y++) {
              let to = (c * tall + y + i) * wide + j, from = (o * height + y) * width;
              for (const end = from + width; from < end; from++, to++) found[to] += weight * gradient[from];
            }
          }
        }
      }
    }
    return found;
  },
};

/**
 * Grad-CAM (Selvaraju et al., 2017) of the last maps: each weighted by its mean gradient, summed, negative values 0.
 * @param {Step[]} steps @param {Object<string, Float32Array>} found of `gradients`
 * @returns {{shape: number[], values: Float32Array}} (h, w)
 */
export function gradCam(steps, found) {
  const last = steps.findLast(({ kind }) => kind === "relu"), [channels, height, width] = last.shape, area = height * width;
  const values = new Float32Array(area), gradient = found[last.name];
  for (let c = 0; c < channels; c++) {
    const weight = gradient.subarray(c * area, (c + 1) * area).reduce((a, b) => a + b, 0) / area;
    for (let k = 0; k < area; k++) values[k] += weight * last.values[c * area + k];
  }
  return { shape: [height, width], values: values.map((value) => Math.max(0, value)) };
}
