/* The pad that a reader draws on: mouse, touch, pen, keyboard, shapes, examples, files; undo and redo; shift, turn, scale. */

import { SHAPES, UNCHANGED, blank, fromFile, shape, stroke, thresholded, transformed } from "./drawing.js";
import { drawPixels } from "./tiles.js";

const { say, each, html, escaped, clamp } = xoWidgets;
const KEPT = 100; // drawings that undo goes back to
const TITLES = { o: "O", x: "X", half: say("半个 O", "Half an O"), triangle: say("三角形", "Triangle") };
const words = {
  pad: say("画板：方向键移动光标，空格落笔或提笔", "Drawing pad: arrow keys move the cursor, Space puts the pen down or lifts it"),
  hint: say("用鼠标、手指或笔画；也可以用键盘：方向键移动光标（按住 Shift 移动十步），空格落笔或提笔。图像文件可以拖到画板上、粘贴或选择。",
    "Draw with mouse, finger or pen, or by keyboard: arrow keys move the cursor (ten steps with Shift), Space puts the pen down or lifts it. "
    + "An image file can be dropped on the pad, pasted or chosen."),
  down: say("笔落下", "pen down"), up: say("笔提起", "pen up"),
  unreadable: say("这个文件不是浏览器能读的图像；换一个 PNG 或 JPEG 文件", "That file is no image that the browser can read; take a PNG or JPEG file"),
};
const SLIDERS = [
  ["right", say("右移（像素）", "Shift right (px)"), -40, 40, 1], ["down", say("下移（像素）", "Shift down (px)"), -40, 40, 1],
  ["turn", say("旋转（度）", "Turn (degrees)"), -180, 180, 1], ["scale", say("缩放（%）", "Scale (%)"), 40, 160, 5],
];

const inHex = (pixel) => `#${pixel.toString(16).padStart(6, "0")}`;

/** @param {import("./engine/pixels.js").Pixels[]} examples @param {string[]} labels of the examples */
export const padHtml = (paper, examples, labels) => `<section class="xo-lab-pad" aria-label="${say("画板", "Drawing pad")}">
  <div class="xo-lab-paper" data-part="pad" tabindex="0" role="application" aria-label="${words.pad}" aria-describedby="lab-pad-hint">
    ${html.picture("drawing")}</div>
  <div class="xo-lab-tools">
    <div class="xo-buttons" data-part="presets">${each(Object.keys(SHAPES), (name) => html.button(`shape-${name}`, TITLES[name]))}
      ${each(examples, (_, k) => html.button(`example-${k}`, `${say("测试图像", "Test image")} ${k + 1} <small>${escaped(labels[k])}</small>`))}</div>
    <div class="xo-buttons">${html.button("undo", say("撤销", "Undo"))}${html.button("redo", say("重做", "Redo"))}
      ${html.button("clear", say("清空", "Clear"))}
      <label class="xo-check"><input type="checkbox" data-part="eraser">${say("橡皮", "Eraser")}</label>
      ${paper.channels === 1 ? "" : `<label class="xo-lab-color">${say("笔的颜色", "Pen color")} <input type="color" value="${inHex(paper.ink)}" data-part="color"></label>`}
      <label class="xo-lab-file">${say("图像文件", "Image file")} <input type="file" accept="image/*" data-part="file"></label></div>
    <div class="xo-sliders">${html.slider("width", say("笔的粗细（像素）", "Pen width (px)"), 1, 3 * paper.pen, 1, paper.pen)}
      ${each(SLIDERS, ([name, text, low, high, step]) => html.slider(name, text, low, high, step, UNCHANGED[name]))}
      <div data-part="threshold-row" hidden>${html.slider("threshold", say("文件的黑白阈值", "Threshold of the file"), 1, 255, 1, 128)}</div></div>
    <p class="xo-hint" id="lab-pad-hint">${words.hint}</p><p class="xo-hint" data-part="pen" role="status"></p>
  </div></section>`;

/**
 * Makes the pad work. @param {import("./state.js").State} state is changed @param {() => void} changed is called after
 * @returns {{shown: () => import("./engine/pixels.js").Pixels}} the drawing as it is judged
 */
export function startPad(widget, paper, examples, state, changed) {
  const { part } = widget, [height, width] = paper.size;
  const past = [], future = [], cursor = [height >> 1, width >> 1];
  const still = () => Object.keys(UNCHANGED).every((name) => state.transform[name] === UNCHANGED[name]);
  let before, penDown = false, grey, shown = transformed(state.drawing, paper, state.transform);

  const setters = Object.fromEntries(SLIDERS.map(([name]) => [name, widget.onSlide(name, (value) => {
    remember(`slide ${name}`);
    state.transform = { ...state.transform, [name]: value };
    show();
  })]));
  const setWidth = widget.onSlide("width", () => {});
  widget.onSlide("threshold", (value) => replace(thresholded(grey, value), "", "threshold"));
  const pen = () => +part("width").querySelector("input").value;
  const ink = () => (paper.channels === 1 ? paper.ink : parseInt(part("color").value.slice(1), 16));

  let lastKind = "";
  /** Keeps what is there for undo; moves of one slider are one step. */
  function remember(kind) {
    if (kind && kind === lastKind) return;
    lastKind = kind;
    past.push({ drawing: state.drawing.slice(), named: state.named, transform: state.transform });
    if (past.length > KEPT) past.shift();
    future.length = 0;
  }

  function show() {
    shown = still() ? state.drawing.slice() : transformed(state.drawing, paper, state.transform);
    paint();
    part("undo").disabled = !past.length;
    part("redo").disabled = !future.length;
    changed();
  }

  function paint() {
    drawPixels(widget, "drawing", shown, paper.size);
  }

  function replace(drawing, named, kind = "") {
    remember(kind);
    Object.assign(state, { drawing, named, transform: { ...UNCHANGED } });
    part("threshold-row").hidden = kind !== "threshold"; // of a file, while its image is there
    Object.entries(setters).forEach(([name, set]) => set(UNCHANGED[name]));
    show();
  }

  /** A line from the place before; what is shifted or turned is first drawn as it is shown. */
  function draw(from, to) {
    if (!still()) {
      state.drawing = shown.slice();
      state.transform = { ...UNCHANGED };
      Object.entries(setters).forEach(([name, set]) => set(UNCHANGED[name]));
    }
    state.named = "";
    stroke(state.drawing, paper, from, to, part("eraser").checked ? paper.background : ink(), pen());
    show();
  }

  function travel(from, to) {
    if (!from.length) return;
    to.push({ drawing: state.drawing.slice(), named: state.named, transform: state.transform });
    Object.assign(state, from.pop());
    lastKind = "";
    Object.entries(setters).forEach(([name, set]) => set(state.transform[name]));
    show();
  }

  const canvas = widget.context("drawing").canvas;
  const place = ({ clientX, clientY }) => {
    const box = canvas.getBoundingClientRect();
    return [((clientY - box.top) / box.height) * height, ((clientX - box.left) / box.width) * width];
  };
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    canvas.setPointerCapture(event.pointerId);
    remember("");
    before = place(event);
    draw(before, before);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!before) return;
    for (const moved of event.getCoalescedEvents?.() ?? [event]) {
      const to = place(moved);
      draw(before, to);
      before = to;
    }
  });
  ["pointerup", "pointercancel"].forEach((type) => canvas.addEventListener(type, () => (before = undefined)));

  part("pad").addEventListener("keydown", (event) => {
    const moves = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }, move = moves[event.key];
    if (event.altKey || event.ctrlKey || event.metaKey || (!move && event.key !== " ")) return;
    event.preventDefault();
    if (move) {
      const from = [...cursor], far = event.shiftKey ? 10 : 1;
      move.forEach((by, axis) => (cursor[axis] = clamp(cursor[axis] + by * far, 0, paper.size[axis] - 1)));
      if (penDown) draw(from.map((at) => at + 0.5), cursor.map((at) => at + 0.5));
    } else {
      penDown = !penDown;
      part("pen").textContent = penDown ? words.down : words.up;
      if (penDown) {
        remember("");
        draw(...[cursor, cursor].map((at) => at.map((each) => each + 0.5)));
      }
    }
    widget.frame("drawing", cursor[0] - pen() / 2, cursor[1] - pen() / 2, pen());
  });
  part("pad").addEventListener("blur", () => {
    penDown = false;
    part("drawing").querySelector("i").removeAttribute("style");
  });

  Object.keys(SHAPES).forEach((name) => part(`shape-${name}`).addEventListener("click", () => replace(shape(name, paper), name)));
  examples.forEach((example, k) => part(`example-${k}`).addEventListener("click", () => replace(example.slice(), `e${k}`)));
  part("clear").addEventListener("click", () => replace(blank(paper), ""));
  part("undo").addEventListener("click", () => travel(past, future));
  part("redo").addEventListener("click", () => travel(future, past));

  async function take(file) {
    if (!file) return;
    try {
      grey = await fromFile(file, paper);
    } catch {
      return void (part("pen").textContent = words.unreadable);
    }
    if (paper.channels > 1) return replace(grey, "");
    replace(thresholded(grey, +part("threshold").querySelector("input").value), "");
    part("threshold-row").hidden = false;
    part("threshold-row").scrollIntoView({ block: "nearest" });
  }
  part("file").addEventListener("change", ({ target }) => take(target.files[0]));
  widget.root.addEventListener("dragover", (event) => event.preventDefault()); // beside the pad, too: else the browser leaves the page
  widget.root.addEventListener("drop", (event) => (event.preventDefault(), take(event.dataTransfer.files[0])));
  addEventListener("paste", ({ clipboardData }) => take([...clipboardData.files].find(({ type }) => type.startsWith("image/"))));

  Object.entries(setters).forEach(([name, set]) => set(state.transform[name]));
  setWidth(paper.pen);
  part("undo").disabled = part("redo").disabled = true;
  return { shown: () => shown, paint, replace };
}
