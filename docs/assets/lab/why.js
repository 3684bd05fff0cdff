/* Why the network answers so: covering, gradient, Grad-CAM, and the smallest edit found that changes the answer. */

import { addressOf } from "./computing.js";
import { apart } from "./engine/pixels.js";
import { drawPixels } from "./tiles.js";

const { say, each, html, number, percent, mixed } = xoWidgets;
const words = {
  title: say("为什么", "Why"),
  intro: say("都针对“网络内部”里选中的网络。画变了以后，再按一次。", "All of the network chosen under “Inside”. Press again after the drawing has changed."),
  explain: say("找出起作用的像素", "Find the pixels that matter"), flip: say("怎样才会变成另一类", "What would change the answer"),
  maps: {
    occlusion: say("遮住 8×8 的一块，领先减少多少", "Fall of the lead with an 8×8 patch covered"),
    gradient: say("胜出类别的 logit 对像素的梯度", "Gradient of the winning logit on the pixels"),
    cam: say("最后一块的 Grad-CAM", "Grad-CAM of the last block"),
  },
  working: say("计算中……", "Computing …"),
  found: (label, lead, fall, flips) => say(`答案是 ${label}，它的 logit 领先 ${lead}。遮住一块，领先最多减少 ${fall}；有 ${flips} 个位置一遮，答案就变。`,
    `The answer is ${label}; its logit leads by ${lead}. Covering one patch takes at most ${fall} of that; at ${flips} places it changes the answer. `),
  apart: (farthest) => say(`各方法的最强处最远相隔 ${farthest} 个像素。`, `Their strongest places lie up to ${farthest} px apart. `),
  empty: say("Grad-CAM 处处为零：最后一块没有一处支持这个答案。", "Grad-CAM is zero everywhere: no place of the last block speaks for the answer. "),
  agree: say("它们指着同一处。", "They point to the same place."), disagree: say("它们意见不一。", "They disagree."),
  flips: { pixels: say("翻转梯度指出的像素", "Inverting pixels that the gradient names"), patch: say("擦掉一块", "Erasing a patch"), shift: say("整体平移", "Shifting the whole") },
  flipped: (how, changed, label, share) => say(`试过的改动中最小的一个：${how}，改了 ${changed} 个像素，答案变为 ${label}（${share}）。`,
    `The smallest edit tried that changes it: ${how}, ${changed} pixels; then the answer is ${label} (${share}).`),
  never: say("试过的改动都没有改变答案。", "None of the edits tried changes the answer."), adopt: say("放到画板上", "Put it on the pad"),
};
const NEAR = 16; // pixels within which the strongest places count as the same

export const whyHtml = () => `<section aria-label="${words.title}" data-part="why"><h2>${words.title}</h2><p class="xo-hint">${words.intro}</p>
  <div class="xo-buttons">${html.button("explain", words.explain)}${html.button("flip", words.flip)}</div>
  ${html.status("explained")}<div class="xo-lab-overview" data-part="explanations" hidden>${each(Object.entries(words.maps), ([name, text]) => html.picture(name, text))}</div>
  ${html.status("flipped")}<div class="xo-lab-overview" data-part="flip-shown" hidden>${html.picture("edit")}<div>${html.button("adopt", words.adopt)}</div></div></section>`;

/** @param {() => string} chosen the network @param {(drawing: import("./engine/pixels.js").Pixels) => void} adopt puts a drawing on the pad */
export function startWhy(widget, computing, data, chosen, adopt) {
  const { part } = widget, [height, width] = data.size;
  let drawing, explained, flip;

  const asked = () => ({ name: chosen(), address: addressOf(data, chosen()), image: drawing, size: data.size, background: data.background });

  /** Values over the drawing, ink showing through. @param {{shape: number[], values: Float32Array}} map */
  function overlay(name, { shape: [rows, columns], values }, image) {
    const limit = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
    const pixels = Array.from({ length: height }, (_, y) => Array.from({ length: width }, (_, x) => y * width + x));
    widget.draw(name, pixels, (k) => {
      const row = Math.min(rows - 1, Math.floor((Math.floor(k / width) * rows) / height)), column = Math.min(columns - 1, Math.floor(((k % width) * columns) / width));
      const ink = apart(image[k], data.background);
      return mixed(widget.color(values[row * columns + column] / limit), [128, 128, 128], 0.55 * ink);
    });
  }

  /** The pixel [row, column] at the middle of the largest value's cell. */
  function strongest({ shape: [rows, columns], values }) {
    const k = values.reduce((best, value, at) => (Math.abs(value) > Math.abs(values[best]) ? at : best), 0);
    return [((Math.floor(k / columns) + 0.5) * height) / rows, (((k % columns) + 0.5) * width) / columns];
  }

  async function explain() {
    if (!chosen()) return;
    part("explained").textContent = words.working;
    try {
      const question = asked();
      const [occlusion, { gradient, cam }] = [await computing.ask("occlusion", question), await computing.ask("sensitivity", question)];
      explained = { occlusion, gradient, cam, image: question.image };
      part("explanations").hidden = false;
      paint();
      const empty = cam.values.every((value) => !value), places = (empty ? [occlusion, gradient] : [occlusion, gradient, cam]).map(strongest);
      const farthest = Math.round(Math.max(...places.flatMap((a) => places.map((b) => Math.hypot(a[0] - b[0], a[1] - b[1])))));
      const fall = number(occlusion.values.reduce((most, value) => Math.max(most, value), 0));
      part("explained").textContent = words.found(data.classes[occlusion.label], number(occlusion.lead), fall, occlusion.flips)
        + (empty ? words.empty : "") + words.apart(farthest) + (farthest > NEAR ? words.disagree : words.agree);
    } catch (error) {
      part("explained").textContent = error.message;
    }
  }

  async function findFlip() {
    if (!chosen()) return;
    part("flipped").textContent = words.working;
    try {
      flip = await computing.ask("flip", asked());
    } catch (error) {
      return void (part("flipped").textContent = error.message);
    }
    part("flip-shown").hidden = !flip;
    part("flipped").textContent = flip
      ? words.flipped(words.flips[flip.kind], flip.changed, data.classes[flip.label], percent(flip.probabilities[flip.label])) : words.never;
    paint();
  }

  function paint() {
    if (explained) ["occlusion", "gradient", "cam"].forEach((name) => overlay(name, explained[name], explained.image));
    if (flip) drawPixels(widget, "edit", flip.image, data.size);
  }

  part("explain").addEventListener("click", explain);
  part("flip").addEventListener("click", findFlip);
  part("adopt").addEventListener("click", () => flip && adopt(flip.image.slice()));
  return { paint, show: (next) => (drawing = next) };
}
