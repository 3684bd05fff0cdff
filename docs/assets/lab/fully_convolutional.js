/* A large canvas of several shapes, and the heat map of a network made fully convolutional; shapes can be dragged together. */

import { addressOf } from "./computing.js";
import { blank } from "./drawing.js";
import { apart, likewise } from "./engine/pixels.js";
import { drawPixels } from "./tiles.js";

const { say, read, each, html, escaped, percent, clamp, mixed } = xoWidgets;
const SIDES = 2.5; // of a training image, that the canvas is wide and high
const STEP = 4; // pixels that an arrow key moves a shape
const words = {
  title: say("大画布：全卷积网络", "A large canvas: fully convolutional"),
  intro: say("同一个网络滑过一块大画布，每个窗口给出一个答案（见 C4）。把图形拖到一起，看热图什么时候分不开它们。",
    "The same network slides over a large canvas and answers for each window (see C4). Drag the shapes together and see when the heat map no longer tells them apart."),
  network: say("哪个网络", "Network"), label: say("哪一类的热图", "Heat map of"), chosen: say("移动哪个图形", "Shape to move"),
  stage: say("大画布，方向键移动选中的图形", "Large canvas, arrow keys move the chosen shape"),
  canvas: say("画布", "Canvas"), heat: say("热图：每格是一个窗口的中心", "Heat map: each cell is the middle of a window"),
  said: (label, share, above, all) => say(`${label} 的概率最高 ${share}；${all} 个窗口中有 ${above} 个超过一半。`,
    `The highest probability of ${label} is ${share}; in ${above} of ${all} windows it is above one half.`),
  none: say("先在上面载入一个网络。", "Load a network above first."),
};

/** The test images on the canvas: one of the first class, one of the last, another of the first. */
const SHOWN = [0, -1, 1];

export const fullyConvolutionalHtml = ({ classes, examples }) => `<section aria-label="${words.title}" data-part="fcn"><h2>${words.title}</h2><p class="xo-hint">${words.intro}</p>
  <div class="xo-buttons"><label>${words.network} <select data-part="sliding-network"></select></label>
    <label>${words.label} <select data-part="sliding-label">${each(classes, (name) => `<option>${escaped(name)}</option>`)}</select></label>
    <label>${words.chosen} <select data-part="sliding-shape">${each(SHOWN, (which, k) => `<option>${k + 1} · ${escaped(classes[examples.at(which).label])}</option>`)}</select></label></div>
  <div class="xo-stage" data-part="sliding" tabindex="0" role="application" aria-label="${words.stage}">${html.picture("sliding-canvas", words.canvas)}${html.picture("heat", words.heat)}</div>
  ${html.status("slid")}</section>`;

/** @param {import("./engine/pixels.js").Pixels[]} examples */
export function startFullyConvolutional(widget, computing, data, paper, examples) {
  const { part } = widget, size = data.size.map((side) => Math.round(SIDES * side)), large = { ...paper, size };
  const networks = part("sliding-network"), label = part("sliding-label"), chosen = part("sliding-shape");
  const titles = Object.fromEntries(data.variants.map(({ name, title }) => [name, read(title)]));
  const places = [[0, 0], [0, 1.5], [1.5, 0.75]].map((at) => at.map((share, axis) => Math.round(share * data.size[axis])));
  const images = SHOWN.map((which) => examples.at(which)), margin = data.size.map((side) => side >> 1);
  let canvas, found, held, inView = false;

  function compose() {
    canvas = blank(large);
    places.forEach(([top, left], k) => images[k].forEach((pixel, at) => {
      const [y, x] = [top + Math.floor(at / data.size[1]), left + (at % data.size[1])];
      if (pixel !== data.background) canvas[y * size[1] + x] = pixel;
    }));
  }

  /** The canvas with half a window of background around it, so that every pixel is the middle of a window. */
  function framed() {
    const [height, width] = size.map((side, axis) => side + 2 * margin[axis]), wide = likewise(canvas, height * width, data.background);
    for (let y = 0; y < size[0]; y++) wide.set(canvas.subarray(y * size[1], (y + 1) * size[1]), (y + margin[0]) * width + margin[1]);
    return { canvas: wide, size: [height, width] };
  }

  function ask() {
    if (!networks.value) return void (part("slid").textContent = words.none);
    if (!inView) return; // asked for when it is
    const asked = () => ({ name: networks.value, address: addressOf(data, networks.value), ...framed(), window: data.size, background: data.background });
    computing.newest("slide", "slide", asked, (result) => ((found = result), paint()), (error) => (part("slid").textContent = error.message));
  }

  function paint() {
    if (!canvas) return;
    drawPixels(widget, "sliding-canvas", canvas, size);
    widget.frame("sliding-canvas", ...places[chosen.selectedIndex], ...data.size);
    if (!found) return;
    const [, down, across] = found.shape, area = down * across, values = found.values.subarray(label.selectedIndex * area, (label.selectedIndex + 1) * area);
    const pixels = Array.from({ length: size[0] * size[1] }, (_, k) => k);
    widget.draw("heat", Array.from({ length: size[0] }, (_, y) => pixels.slice(y * size[1], (y + 1) * size[1])), (k) => {
      const [y, x] = [Math.floor(k / size[1]), k % size[1]];
      const [i, j] = [y, x].map((at) => Math.floor(at / found.stride));
      const ink = apart(canvas[y * size[1] + x], data.background), inside = i < down && j < across;
      return mixed(inside ? widget.color(2 * values[i * across + j] - 1) : [200, 200, 200], [90, 90, 90], 0.5 * ink);
    });
    const most = values.reduce((a, b) => Math.max(a, b), 0);
    part("slid").textContent = words.said(data.classes[label.selectedIndex], percent(most), values.filter((value) => value > 0.5).length, area);
  }

  function move(k, place) {
    places[k] = place.map((at, axis) => clamp(Math.round(at), 0, size[axis] - data.size[axis]));
    compose();
    paint();
    ask();
  }

  const element = widget.context("sliding-canvas").canvas;
  const pixel = ({ clientX, clientY }) => {
    const box = element.getBoundingClientRect();
    return [((clientY - box.top) / box.height) * size[0], ((clientX - box.left) / box.width) * size[1]];
  };
  element.addEventListener("pointerdown", (event) => {
    const at = pixel(event), far = places.map((place) => Math.hypot(...place.map((each, axis) => each + data.size[axis] / 2 - at[axis])));
    const k = far.indexOf(Math.min(...far));
    chosen.selectedIndex = k;
    held = places[k].map((each, axis) => each - at[axis]);
    element.setPointerCapture(event.pointerId);
    paint();
  });
  element.addEventListener("pointermove", (event) => held && move(chosen.selectedIndex, pixel(event).map((at, axis) => at + held[axis])));
  ["pointerup", "pointercancel"].forEach((type) => element.addEventListener(type, () => (held = undefined)));
  part("sliding").addEventListener("keydown", (event) => {
    const moves = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }, by = moves[event.key];
    if (!by || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    move(chosen.selectedIndex, places[chosen.selectedIndex].map((at, axis) => at + STEP * (event.shiftKey ? 5 : 1) * by[axis]));
  });
  networks.addEventListener("change", ask);
  label.addEventListener("change", paint);
  chosen.addEventListener("change", paint);
  compose();
  new IntersectionObserver(([{ isIntersecting }]) => {
    inView = isIntersecting;
    if (inView && !found) ask();
  }).observe(part("fcn"));

  return {
    paint,
    /** A network that has been loaded. */
    add(name) {
      networks.add(new Option(titles[name], name));
      if (networks.length === 1) ask();
    },
  };
}
