/* The passage of the drawing through one network, and any value of it taken apart. */

import { white } from "./engine/pixels.js";
import { drawPixels, drawTiles, layout, pixelOf, placeAt } from "./tiles.js";

const { say, each, html, escaped, number, by, grey, clamp, read } = xoWidgets;
const words = {
  title: say("网络内部", "Inside"), network: say("哪个网络", "Network"), layer: say("哪一层", "Layer"),
  stage: say("这一层的特征图，方向键移动到另一个值", "Maps of this layer, arrow keys move to another value"),
  hint: say("鼠标停在哪个值上就看哪个值，点按或拖动选定一个；方向键移动一步，按住 Shift 移动十步，Page Up 和 Page Down 换通道。行、列从 0 数起，通道从 1 数起。",
    "Hover to see a value, tap or drag to choose one; arrow keys move by one step, with Shift by ten, Page Up and Page Down change the channel. "
    + "Rows and columns count from 0, channels from 1."),
  drawing: say("你的画和感受野", "Your drawing and the receptive field"),
  every: say("颜色相对于每一层自己的最大值", "Colors are relative to the largest value of each layer"),
  flip: say("把感受野以外的像素黑白翻转", "Invert every pixel outside the receptive field"),
  still: (value) => say(`感受野以外全部翻转之后，这个值仍是 ${value}，没有动。`, `With everything outside the field inverted, the value is still ${value}: it has not moved.`),
  moved: (value) => say(`翻转之后这个值变为 ${value}。`, `With it inverted, the value becomes ${value}.`),
  window: say("窗口", "Window"), kernel: say("卷积核", "Kernel"), weights: say("权重", "Weights"),
  colors: [say("红", "red"), say("绿", "green"), say("蓝", "blue")], // channels of an input in color
  at: (layer, [channel, row, column]) => (row === undefined
    ? say(`${layer} 第 ${channel + 1} 个单元`, `${layer}, unit ${channel + 1}`)
    : say(`${layer} 第 ${channel + 1} 通道第 ${row} 行第 ${column} 列`, `${layer}, channel ${channel + 1}, row ${row}, column ${column}`)),
  sees: (size, rows, columns) => say(`它看到画上 ${size} 个像素：第 ${rows} 行，第 ${columns} 列。`, `It sees ${size} pixels of the drawing: rows ${rows}, columns ${columns}.`),
  precision: ({ test_images: images, same_class: same, largest_difference: most }) => say(
    `卷积核和小的全连接层是 float32，大的全连接层每个权重占一个字节。与原来的权重相比，${images} 幅测试图像中有 ${same} 幅答案相同，概率最多相差 ${most.toPrecision(1)}。`,
    `Kernels and small dense layers are float32, weights of large dense layers one byte each. Compared with the weights as trained, ${same} of ${images} test images get the same answer, `
    + `and no probability differs by more than ${most.toPrecision(1)}.`),
  whole: say("它看到整幅画。", "It sees the whole drawing."),
};

export const insideHtml = () => `<section aria-label="${words.title}" data-part="inside"><h2>${words.title}</h2>
  <div class="xo-buttons"><label>${words.network} <select data-part="network-choice"></select></label>
    <label>${words.layer} <select data-part="layer-choice"></select></label></div>
  <div class="xo-lab-overview" data-part="overview" aria-hidden="true"></div><p class="xo-hint">${words.every}</p><p class="xo-hint" data-part="weights"></p>
  <div class="xo-stage xo-lab-inside" style="--columns: 2" data-part="stage" tabindex="0" role="application" aria-label="${words.stage}"
    aria-describedby="lab-inside-hint">${html.picture("seen", words.drawing)}${html.picture("maps")}${html.scale("maps-scale")}</div>
  ${html.status("unit")}<div class="xo-row" data-part="terms"></div>
  <div class="xo-buttons">${html.button("outside", words.flip)}</div>${html.status("outside-found")}
  <p class="xo-hint" id="lab-inside-hint">${words.hint}</p></section>`;

/** @returns {{add: (name: string) => void, miss: (name: string) => void, show: (drawing: import("./engine/pixels.js").Pixels) => void, paint: () => void}} */
export function startInside(widget, computing, data, state, changed) {
  const { part } = widget, networks = part("network-choice"), layers = part("layer-choice"), [height, width] = data.size;
  const titles = Object.fromEntries(data.variants.map(({ name, title }) => [name, read(title)]));
  let drawing, found, apart;

  /** A network that has been loaded. */
  function add(name) {
    networks.add(new Option(titles[name], name));
    const awaited = data.networks[state.variant] && state.variant !== name; // it is being loaded
    if (state.variant === name || (networks.length === 1 && !awaited)) choose(name);
  }

  /** A network that could not be loaded; another takes its place. */
  function miss(name) {
    if (state.variant !== name || networks.value === name) return;
    state.variant = "";
    if (networks.value) choose(networks.value);
  }

  function choose(name) {
    networks.value = name;
    describeWeights();
    if (state.variant !== name && networks.length > 1) state.variant = name;
    ask();
  }

  const describeWeights = () => (part("weights").textContent = words.precision(data.networks[networks.value]));

  function ask() {
    if (!drawing || !networks.value) return;
    const asked = () => ({ name: networks.value, image: drawing, size: data.size });
    computing.newest("passage", "passage", asked, (result) => ((found = result), arrange()), fail);
  }

  const fail = (error) => (part("unit").textContent = error.message);
  const step = () => found.steps.find(({ name }) => name === layers.value);

  /** The layers to choose from, those of the network at hand; then all pictures. */
  function arrange() {
    const names = found.steps.slice(1).map(({ name }) => name);
    if (names.join() !== [...layers.options].map(({ value }) => value).join()) {
      const kept = [state.layer, layers.value, "conv1"].find((name) => names.includes(name));
      layers.replaceChildren(...found.steps.slice(1).map(({ name, shape }) => new Option(`${name} · ${shape.join("×")}`, name)));
      layers.value = kept;
      part("overview").innerHTML = each(shownInOverview(), ({ name, shape }) => html.picture(`overview-${name}`, `${name} · ${escaped(shape.join("×"))}`));
    }
    paint();
  }

  const shownInOverview = () => found.steps.filter(({ kind }) => kind !== "conv" && kind !== "pool" && kind !== "input");

  function paint() {
    if (!found) return;
    shownInOverview().forEach((each) => drawTiles(widget, `overview-${each.name}`, each));
    const at = step();
    widget.limit("maps-scale", drawTiles(widget, "maps", at));
    widget.caption("maps", `${at.name} · ${at.shape.join("×")}`);
    drawPixels(widget, "seen", found.drawing, data.size);
    state.unit = within(state.unit.length ? state.unit : strongest(at), at.shape);
    mark();
  }

  const within = (place, shape) => shape.map((length, axis) => clamp(place[axis] ?? 0, 0, length - 1));

  /** The value that differs most from that of the background, which the first of each map is. */
  function strongest({ shape, values }) {
    const area = shape.length === 1 ? values.length : shape[1] * shape[2];
    const apart = (k) => Math.abs(values[k] - (shape.length === 1 ? 0 : values[k - (k % area)]));
    const k = values.reduce((best, _, at) => (apart(at) > apart(best) ? at : best), 0);
    if (shape.length === 1) return [k];
    return [Math.floor(k / (shape[1] * shape[2])), Math.floor(k / shape[2]) % shape[1], k % shape[2]];
  }

  /** Pixels of the drawing that the unit sees: [top, left, down, across]. */
  function field() {
    const { size, stride } = found.fields[layers.value] ?? {};
    if (!size) return [0, 0, height, width];
    const [, row, column] = state.unit, [top, left] = [row * stride, column * stride];
    return [top, left, Math.min(size, height - top), Math.min(size, width - left)];
  }

  function mark() {
    const at = step(), [top, left, down, across] = field();
    widget.frame("seen", top, left, down, across);
    widget.frame("maps", ...pixelOf(layout(at.shape, at.name), state.unit), 1);
    const asked = () => ({ name: found.name, image: found.drawing, size: data.size, at: found.steps.indexOf(step()), place: state.unit });
    computing.newest("unit", "unit", asked, explain, fail);
    changed();
  }

  function explain(result) {
    apart = result;
    const [top, left, down, across] = field(), at = step(), sees = found.fields[at.name]
      ? words.sees(by(down, across), `${top}–${top + down - 1}`, `${left}–${left + across - 1}`) : words.whole;
    part("unit").innerHTML = `<span>${escaped(words.at(at.name, state.unit))} = <b data-part="unit-value">${number(apart.value, 3)}</b></span> ${escaped(sees)}`;
    part("terms").innerHTML = terms(at, apart);
    part("terms").querySelectorAll("table").forEach((table) => color(table));
    part("outside-found").textContent = "";
  }

  const sign = (value) => (value < 0 ? "−" : "+");
  const size = (value) => number(Math.abs(value), 3);

  function cells(caption, values, columns, kind) {
    const rows = Array.from({ length: Math.ceil(values.length / columns) }, (_, k) => values.slice(k * columns, (k + 1) * columns));
    return `<table class="xo-cells" data-kind="${kind}"><caption>${caption}</caption>${each(rows, (row) => `<tr>${each(row, (value) =>
      `<td data-value="${value}">${number(value, 2)}</td>`)}</tr>`)}</table>`;
  }

  /** What the value was computed from, as HTML. */
  function terms({ kind }, { bias, parts, window, kernel, winner, before, of, largest, rest, inputs }) {
    if (kind === "conv") {
      const side = Math.sqrt(parts[0].window.length), names = parts.length > 1 && found.steps.indexOf(step()) === 1 ? words.colors : [];
      const channel = (k) => names[k] ?? (parts.length > 1 ? say(`通道 ${k + 1}`, `channel ${k + 1}`) : words.window);
      const sums = parts.length === 1 ? number(parts[0].sum, 3) : parts.map(({ sum }, k) => `${k || sum < 0 ? ` ${sign(sum)} ` : ""}${size(sum)}`).join("");
      return `${each(parts, ({ window: seen, kernel: taps, sum, channel: k }) => `<div class="xo-lab-part">${cells(channel(k), seen, side, "window")}×${
        cells(words.kernel, taps, side, "weights")}${parts.length > 1 ? `= ${number(sum, 3)}` : ""}</div>`)}<p>${parts.length > 1 ? "" : "= "}${sums} ${sign(bias)} ${size(bias)} ${
        say("（偏置）", "(bias)")} = <b data-part="total">${number(parts.reduce((total, { sum }) => total + sum, bias), 3)}</b></p>`;
    }
    if (kind === "pool") {
      const shown = cells(words.window, window, 2, "window");
      if (kernel) return `${shown}×${cells(words.weights, kernel, 2, "weights")}<p>${sign(bias)} ${size(bias)} ${say("（偏置）", "(bias)")}</p>`;
      return `${shown}<p>${say(`四个数中最大的是第 ${winner + 1} 个。`, `The largest of the four is number ${winner + 1}.`)}</p>`;
    }
    if (kind === "relu") return `<p>${say(`之前是 ${number(before, 3)}${before > 0 ? "，大于 0，原样通过。" : "，不大于 0，改为 0。"}`,
      `Before: ${number(before, 3)}${before > 0 ? ", above 0, passed on as it is." : ", not above 0, made 0."}`)}</p>`;
    if (kind === "average") return `<p>${say(`${of} 个值的平均。`, `The mean of ${of} values.`)}</p>`;
    const products = each(largest, ({ input, value, weight }) => `<tr><td>${input + 1}</td><td data-value="${value}">${number(value, 2)}</td>
      <td data-value="${weight}">${number(weight, 3)}</td><td>${number(value * weight, 3)}</td></tr>`);
    return `<table class="xo-lab-products"><caption>${say(`${inputs} 个乘积中最大的 ${largest.length} 个`, `The ${largest.length} largest of ${inputs} products`)}</caption>
      <tr><th>${say("输入", "Input")}</th><th>${say("值", "Value")}</th><th>${words.weights}</th><th>${say("乘积", "Product")}</th></tr>${products}</table>
      <p>${say(`其余合计 ${number(rest, 3)}，偏置 ${number(bias, 3)}；总和 `, `The rest: ${number(rest, 3)}, bias: ${number(bias, 3)}; sum `)}<b>${number(before, 3)}</b>${
      kind === "dense" ? say("，再经 ReLU。", ", then ReLU.") : say("。", ".")}</p>`;
  }

  function color(table) {
    const cellsOf = [...table.querySelectorAll("td[data-value]")], most = Math.max(...cellsOf.map(({ dataset }) => Math.abs(dataset.value))) || 1;
    const ofImage = table.dataset.kind === "window" && found.steps.indexOf(step()) === 1;
    cellsOf.forEach((cell) => {
      const shade = ofImage ? grey(+cell.dataset.value) : widget.color(cell.dataset.value / most);
      cell.style.cssText = `background: ${xoWidgets.css(shade)}; color: ${xoWidgets.ink(shade)}`;
    });
  }

  async function invertOutside() {
    const [top, left, down, across] = field(), edited = found.drawing.map((pixel, k) => {
      const [y, x] = [Math.floor(k / width), k % width];
      return y >= top && y < top + down && x >= left && x < left + across ? pixel : white(found.drawing) - pixel;
    });
    const { value } = await computing.ask("unit", { name: found.name, image: edited, size: data.size, at: found.steps.indexOf(step()), place: state.unit });
    part("outside-found").textContent = words[value === apart.value ? "still" : "moved"](number(value, 3));
  }

  function move(...by) {
    const { shape } = step();
    chosen = undefined;
    state.unit = within(state.unit.map((at, axis) => at + (by[axis] ?? 0)), shape);
    mark();
  }

  part("stage").addEventListener("keydown", (event) => {
    const far = event.shiftKey ? 10 : 1, dense = step()?.shape.length === 1, across = dense ? layout(step().shape, step().name).columns : 1;
    const moves = dense
      ? { ArrowLeft: [-far], ArrowRight: [far], ArrowUp: [-across], ArrowDown: [across] }
      : { ArrowLeft: [0, 0, -far], ArrowRight: [0, 0, far], ArrowUp: [0, -far], ArrowDown: [0, far], PageUp: [-1], PageDown: [1] };
    if (!found || !moves[event.key] || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    move(...moves[event.key]);
  });
  let chosen; // what a mouse that hovers over the maps stands in for
  const show = (place) => (state.unit = place, mark());
  const placeOf = (y, x) => found && placeAt(layout(step().shape, step().name), y, x);
  widget.onPoint("maps", (y, x) => {
    const place = placeOf(y, x);
    if (place) (chosen = undefined), show(place);
  });
  part("maps").addEventListener("pointermove", ({ target, buttons, pointerType, offsetX, offsetY }) => {
    if (pointerType !== "mouse" || buttons || target.tagName !== "CANVAS") return;
    const place = placeOf((offsetY / target.clientHeight) * target.height, (offsetX / target.clientWidth) * target.width);
    if (!place || place.join() === state.unit.join()) return;
    chosen ??= state.unit;
    show(place);
  });
  part("maps").addEventListener("pointerleave", () => {
    if (chosen) show(within(chosen, step().shape));
    chosen = undefined;
  });
  part("overview").addEventListener("click", ({ target }) => {
    const name = target.closest("[data-part^=overview-]")?.dataset.part.replace("overview-", "");
    if (name) (layers.value = state.layer = name), (state.unit = []), paint();
  });
  networks.addEventListener("change", () => ((state.variant = networks.value), describeWeights(), ask()));
  layers.addEventListener("change", () => ((state.layer = layers.value), (state.unit = []), paint()));
  part("outside").addEventListener("click", () => found && invertOutside());

  return { add, miss, paint, show: (next) => ((drawing = next), ask()), chosen: () => networks.value };
}
