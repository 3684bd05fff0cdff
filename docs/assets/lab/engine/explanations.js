/* Why a network answers as it does: what covering a patch changes, and the smallest edit found that changes the answer. */

import { gradCam, gradients } from "./backward.js";
import "./layers.js";
import { passage } from "./network.js";
import { likewise, white } from "./pixels.js";

const { softmax } = xoLayers;

const PATCH = 8, STEP = 4; // side of the patch that covers, and how far apart patches lie, in pixels
const MOST_PIXELS = 256; // that a flip by gradient tries
const FARTHEST = 12; // pixels that a shift tries

const best = (numbers) => numbers.indexOf(Math.max(...numbers));
const logits = (network, image, size) => passage(network, image, size).at(-1).values;

/** The image with a patch of background. @param {import("./pixels.js").Pixels} image (H, W) */
export function cover(image, [height, width], background, top, left, side = PATCH) {
  const covered = image.slice();
  for (let y = Math.max(0, top); y < Math.min(height, top + side); y++) {
    covered.fill(background, y * width + Math.max(0, left), y * width + Math.min(width, left + side));
  }
  return covered;
}

/** By how much the logit of a class leads that of the best other. */
const lead = (numbers, label) => numbers[label] - Math.max(...numbers.filter((_, k) => k !== label));

/**
 * How much the winner's lead falls with each patch covered; patches that hold background alone change nothing.
 * @returns {{shape: number[], values: Float32Array, label: number, lead: number, flips: number}} a value for every STEP pixels
 */
export function occlusion(network, image, size, background) {
  const [height, width] = size, now = logits(network, image, size), label = best(Array.from(now)), ahead = lead(now, label);
  const shape = size.map((side) => Math.ceil(side / STEP)), values = new Float32Array(shape[0] * shape[1]);
  let flips = 0;
  values.forEach((_, k) => {
    const margin = (PATCH - STEP) / 2, [top, start] = [Math.floor(k / shape[1]) * STEP - margin, (k % shape[1]) * STEP - margin];
    const covered = cover(image, size, background, top, start);
    if (covered.every((pixel, at) => pixel === image[at])) return;
    const left = lead(logits(network, covered, size), label);
    values[k] = ahead - left;
    flips += left < 0;
  });
  return { shape, values, label, lead: ahead, flips };
}

/** The gradient of the winning logit on the drawing (H, W), and Grad-CAM of the last block. */
export function sensitivity(network, image, size) {
  const steps = passage(network, image, size), label = best(Array.from(steps.at(-1).values));
  const found = gradients(network, steps, label), pixels = size[0] * size[1], channels = found.input.length / pixels;
  const values = new Float32Array(pixels);
  found.input.forEach((each, k) => (values[k % pixels] += each));
  return { label, gradient: { shape: size, values }, cam: gradCam(steps, found), channels };
}

/**
 * The smallest of a few edits that changes the answer: pixels that the gradient names, a patch covered, a shift.
 * @returns {{kind: "pixels" | "patch" | "shift", image: import("./pixels.js").Pixels, changed: number, label: number,
 *   probabilities: number[]} | null}
 */
export function smallestFlip(network, image, size, background) {
  const now = logits(network, image, size), label = best(Array.from(now));
  const other = best(Array.from(now, (each, k) => (k === label ? -Infinity : each)));
  const found = [], changes = (edited) => edited.reduce((count, pixel, k) => count + (pixel !== image[k]), 0);
  const attempt = (kind, edited) => {
    const values = logits(network, edited, size), answer = best(Array.from(values));
    if (answer !== label) found.push({ kind, image: edited, changed: changes(edited), label: answer, probabilities: softmax(values) });
    return answer !== label;
  };
  const steps = passage(network, image, size), pixels = size[0] * size[1];
  const [towards, from] = [other, label].map((each) => gradients(network, steps, each).input);
  // What inverting a pixel adds to the other logit less this one, to first order.
  const gains = new Float32Array(pixels);
  steps[0].values.forEach((value, k) => (gains[k % pixels] += (towards[k] - from[k]) * (1 - 2 * value)));
  const order = Array.from(gains.keys()).sort((a, b) => gains[b] - gains[a]).filter((k) => gains[k] > 0);
  for (let count = 1; count <= Math.min(MOST_PIXELS, order.length); count *= 2) {
    const edited = image.slice();
    order.slice(0, count).forEach((k) => (edited[k] = white(image) - edited[k]));
    if (attempt("pixels", edited)) break;
  }
  for (const side of [PATCH, 2 * PATCH, 3 * PATCH]) {
    let any = false;
    for (let top = 0; top < size[0]; top += side / 2) {
      for (let left = 0; left < size[1]; left += side / 2) {
        const edited = cover(image, size, background, top, left, side);
        if (changes(edited)) any = attempt("patch", edited) || any;
      }
    }
    if (any) break;
  }
  for (let far = 1; far <= FARTHEST; far++) {
    const moves = [[far, 0], [-far, 0], [0, far], [0, -far]].map(([down, right]) => attempt("shift", shifted(image, size, background, down, right)));
    if (moves.some(Boolean)) break;
  }
  return found.sort((a, b) => a.changed - b.changed)[0] ?? null;
}

function shifted(image, [height, width], background, down, right) {
  const moved = likewise(image, image.length, background);
  for (let y = Math.max(0, down); y < Math.min(height, height + down); y++) {
    for (let x = Math.max(0, right); x < Math.min(width, width + right); x++) moved[y * width + x] = image[(y - down) * width + x - right];
  }
  return moved;
}
