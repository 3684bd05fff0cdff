/* Computes apart from the page, so that drawing never waits: takes tasks as messages, answers each with its result. */

import { occlusion, sensitivity, smallestFlip } from "./engine/explanations.js";
import { slide } from "./engine/fully_convolutional.js";
import { judge, passage, readNetwork, receptiveFields } from "./engine/network.js";
import { takeApart } from "./engine/unit.js";

/** @type {Object<string, import("./engine/network.js").Network>} by the name that a page gives it */
const networks = {};

/* The passage that was computed last: a unit is asked for after each. */
let last = {};

function passageOf(name, image, size) {
  const same = last.name === name && last.image.every((byte, k) => byte === image[k]);
  if (!same) last = { name, image, steps: passage(networks[name], image, size) };
  return last.steps;
}

const TASKS = {
  async load({ name, address }) {
    if (networks[name]) return { name };
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(`${answer.status} ${address}`);
    networks[name] = readNetwork(await answer.arrayBuffer());
    return { name, fields: receptiveFields(networks[name]) };
  },
  judge: ({ names, image, size }) => names.map((name) => ({ name, probabilities: judge(networks[name], image, size) })),
  passage: ({ name, image, size }) => ({
    name, drawing: image, steps: passageOf(name, image, size), fields: receptiveFields(networks[name]),
    kernels: networks[name].blocks.map(({ kernels }) => kernels),
  }),
  unit: ({ name, image, size, at, place }) => takeApart(networks[name], passageOf(name, image, size), at, place),
  occlusion: ({ name, image, size, background }) => occlusion(networks[name], image, size, background),
  sensitivity: ({ name, image, size }) => sensitivity(networks[name], image, size),
  flip: ({ name, image, size, background }) => smallestFlip(networks[name], image, size, background),
  slide: ({ name, canvas, size, window, background }) => slide(networks[name], canvas, size, window, background),
};

addEventListener("message", async ({ data: { id, task, ...asked } }) => {
  try {
    if (asked.address) await TASKS.load(asked);
    postMessage({ id, result: await TASKS[task](asked) });
  } catch (error) {
    postMessage({ id, error: String(error.message || error) });
  }
});
