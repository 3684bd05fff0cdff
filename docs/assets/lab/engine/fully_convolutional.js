/* A classifier slid over a canvas of any size: its dense layers become convolutions (Long, Shelhamer & Darrell, 2015). */

import "./layers.js";
import { asInput, featureSteps, headSteps, receptiveFields } from "./network.js";
import { likewise } from "./pixels.js";

const { softmax } = xoLayers;

/**
 * The probability of each class in every window of the training images' size, one window every `stride` pixels.
 * Windows whose last maps are those of background alone share one answer.
 * @param {import("./network.js").Network} network @param {import("./pixels.js").Pixels} canvas (H, W)
 * @param {number[]} size [H, W] of the canvas @param {number[]} window [h, w], the size of the training images
 * @returns {{shape: number[], stride: number, values: Float32Array}} (classes, rows, columns)
 */
export function slide(network, canvas, size, window, background) {
  const features = featureSteps(network, asInput(network, canvas, size)).filter(({ kind }) => kind !== "average"), last = features.at(-1);
  const blank = featureSteps(network, asInput(network, likewise(canvas, window[0] * window[1], background), window))
    .filter(({ kind }) => kind !== "average").at(-1);
  const [channels, tall, wide] = last.shape, [, down, across] = blank.shape;
  const { stride } = Object.values(receptiveFields(network)).at(-1);
  const rows = tall - down + 1, columns = wide - across + 1, classes = network.dense.at(-1).shape[0];
  const values = new Float32Array(classes * rows * columns), maps = new Float32Array(channels * down * across);
  const empty = answer(network, blank.values, down * across);
  for (let row = 0, k = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, k++) {
      let differs = false;
      for (let c = 0, to = 0; c < channels; c++) {
        for (let i = 0; i < down; i++) {
          let from = (c * tall + row + i) * wide + column;
          for (let j = 0; j < across; j++, from++, to++) differs = (maps[to] = last.values[from]) !== blank.values[to] || differs;
        }
      }
      const probabilities = differs ? answer(network, maps, down * across) : empty;
      probabilities.forEach((each, label) => (values[label * rows * columns + k] = each));
    }
  }
  return { shape: [classes, rows, columns], stride, values };
}

function answer(network, maps, area) {
  let input = maps;
  if (network.averages) {
    input = new Float32Array(maps.length / area);
    maps.forEach((value, k) => (input[Math.floor(k / area)] += value / area));
  }
  return softmax(headSteps(network, input).at(-1).values);
}
