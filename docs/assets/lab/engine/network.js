/* A trained network, put together from the tensors of its file, and its passage over an image. */

import "./layers.js";
import { readSafetensors } from "./safetensors.js";

const { average, convolve, dense, poolLargest, poolTrained, rectify, softmax } = xoLayers;

/**
 * @typedef {{kernels: Kernels, biases: Float32Array, pool: "max" | "trained" | "none",
 *   poolKernels?: Kernels, poolBiases?: Float32Array}} Block
 * @typedef {{blocks: Block[], averages: boolean, dense: Dense[]}} Network  the last dense layer gives logits
 * @typedef {{name: string, kind: string, block?: number, shape: number[], values: Float32Array}} Step
 */

/** @param {ArrayBuffer} buffer of a file that a build stored @returns {Network} */
export function readNetwork(buffer) {
  const { tensors, described } = readSafetensors(buffer);
  const { pool: poolings, head } = JSON.parse(described.network);
  const blocks = poolings.map((pool, k) => ({
    kernels: tensors[`conv${k + 1}.kernels`], biases: tensors[`conv${k + 1}.biases`].values, pool,
    poolKernels: tensors[`pool${k + 1}.kernels`], poolBiases: tensors[`pool${k + 1}.biases`]?.values,
  }));
  const layers = Object.keys(tensors).filter((name) => name.endsWith(".scales")).map((name) => name.replace(".scales", ""));
  layers.sort((a, b) => (a === "logits") - (b === "logits") || parseInt(a.slice(5)) - parseInt(b.slice(5)));
  return {
    blocks,
    averages: head === "average",
    dense: layers.map((name) => ({
      weights: tensors[`${name}.weights`].values, shape: tensors[`${name}.weights`].shape,
      scales: tensors[`${name}.scales`].values, biases: tensors[`${name}.biases`].values,
    })),
  };
}

/**
 * The pixels of an image as the input (C, H, W) of a network, 0..1: grey ones, or of a network of three channels red, green, blue.
 * @param {Network} network @param {import("./pixels.js").Pixels} image (H, W)
 */
export function asInput({ blocks }, image, [height, width]) {
  const channels = blocks[0].kernels.shape[1], values = new Float32Array(channels * height * width);
  for (let c = 0; c < channels; c++) {
    const shift = 8 * (channels - 1 - c);
    for (let k = 0; k < image.length; k++) values[c * image.length + k] = ((image[k] >> shift) & 255) / 255;
  }
  return { shape: [channels, height, width], values };
}

/**
 * The maps after each step of the convolutions, from the input on: conv1, pool1, relu1, conv2, ...
 * @param {Network} network @param {Maps} input @returns {Step[]}
 */
export function featureSteps(network, input) {
  const steps = [{ name: "input", kind: "input", ...input }];
  let maps = input;
  const add = (kind, block, made) => steps.push({ name: `${kind}${block + 1}`, kind, block, ...(maps = made) });
  network.blocks.forEach(({ kernels, biases, pool, poolKernels, poolBiases }, k) => {
    add("conv", k, convolve(maps, kernels, biases));
    if (pool !== "none") add("pool", k, pool === "max" ? poolLargest(maps) : poolTrained(maps, poolKernels, poolBiases));
    add("relu", k, rectify(maps));
  });
  if (network.averages) steps.push({ name: "average", kind: "average", ...average(maps) });
  return steps;
}

/** The dense layers after ReLU, then the logits. @param {Network} network @param {Float32Array} values (F) @returns {Step[]} */
export function headSteps(network, values) {
  return network.dense.map((layer, k) => {
    const last = k === network.dense.length - 1, sums = dense(values, layer), out = last ? sums : rectify(sums);
    values = out.values;
    return { name: last ? "logits" : `dense${k + 1}`, kind: last ? "logits" : "dense", block: k, ...out };
  });
}

/** Every step for one image. @param {Network} network @param {import("./pixels.js").Pixels} image (H, W) @param {number[]} size [H, W] @returns {Step[]} */
export function passage(network, image, size) {
  const features = featureSteps(network, asInput(network, image, size));
  return [...features, ...headSteps(network, features.at(-1).values)];
}

/** @returns {number[]} the probability of each class */
export const judge = (network, image, size) => softmax(passage(network, image, size).at(-1).values);

/**
 * The receptive field of each step of maps: value i depends on pixels stride * i to stride * i + size - 1.
 * @param {Network} network @returns {Object<string, {size: number, stride: number}>}
 */
export function receptiveFields({ blocks }) {
  let size = 1, stride = 1;
  const fields = { input: { size, stride } };
  blocks.forEach(({ kernels, pool }, k) => {
    size += (kernels.shape[2] - 1) * stride;
    fields[`conv${k + 1}`] = { size, stride };
    if (pool !== "none") [size, stride] = [size + stride, 2 * stride];
    for (const kind of ["pool", "relu"]) fields[`${kind}${k + 1}`] = { size, stride };
  });
  return fields;
}
