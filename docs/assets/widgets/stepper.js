/* Steps a trained kernel's window over a real image, and shows what a unit of any layer sees of it. */
"use strict";

(() => {
  const { say, read, still, values, bytes, asMaps, number, by, grey, clamp, escaped, each, html } = xoWidgets, widget = xoWidgets.open();
  const { data, part } = widget, { weighted, windowOf } = xoLayers;
  const words = {
    stage: say("图像与特征图，方向键移动窗口", "Image and map, arrow keys move the window"),
    hint: say("方向键移动一步，按住 Shift 移动十步；也可以在任意一幅图上点按或拖动。特征图上浅色的部分还没有写到。行和列从 0 数起。",
      "Arrow keys move by one step, with Shift by ten; or tap or drag on a picture. The pale part of the map is not written yet. "
      + "Rows and columns count from 0."),
    layer: say("看哪一层的单元", "Show a unit of"),
    image: say("输入图像", "Input image"),
    channel: (channel) => say(`第 ${channel} 通道`, `channel ${channel}`),
    play: say("播放", "Play"), pause: say("暂停", "Pause"), once: say("走一步", "One step"), speed: say("速度", "Speed"),
    speeds: [say("每秒 4 个输出", "4 outputs per second"), say("每秒 25 个输出", "25 outputs per second"), say("每秒 8 行", "8 rows per second")],
    window: say("窗口的像素", "Window"), kernel: data.channels === 1 ? say("卷积核", "Kernel") : say("核：红、绿、蓝", "Red, green, blue"), products: data.channels === 1 ? say("九个乘积", "Nine products") : say("27 个乘积", "27 products"),
    sum: say("乘积之和", "sum"), bias: say("偏置", "bias"), output: say("输出", "output"),
    sees: (layer, row, column, size, rows, columns) => say(
      `${layer} 第 ${row} 行第 ${column} 列的单元看到图像的 ${size} 个像素：第 ${rows} 行，第 ${columns} 列。`,
      `The unit of ${layer} in row ${row}, column ${column} sees ${size} pixels of the image: rows ${rows}, columns ${columns}. `),
    stride: (stride) => say(`相邻单元的感受野相隔 ${stride} 个像素。`, `The fields of neighboring units are ${stride} px apart.`),
  };
  const SPEEDS = [[250, 0], [40, 0], [125, 1]]; // milliseconds between moves; whether a move is a whole row
  const PALE = 50; // opacity of outputs that are not written yet, of 255

  const { channels } = data; // of three channels, red stands above green above blue
  const image = bytes(data.image, 2, channels), pixels = asMaps(image, 1 / 255);
  const kernel = data.kernel.flat(2), largest = Math.max(...kernel.map(Math.abs));
  const first = (layer, unit) => layer.offset + layer.stride * unit; // row or column of pixels that a unit sees
  const unit = (layer, pixel) => Math.round((pixel - layer.offset - layer.size / 2) / layer.stride); // around it

  const options = data.layers.map(({ name, size }) => `${escaped(name)} <small>${by(size, size)}</small>`);
  const groups = [...new Set(data.layers.map(({ variant }) => variant))].map((variant) => {
    const of = data.layers.flatMap((layer, k) => (layer.variant === variant ? [k] : []));
    return [escaped(read(data.layers[of[0]].title)), of.map((k) => options[k])];
  });
  widget.build(`${html.choice("choice", words.layer, groups)}
    ${html.stage(words.stage, "hint", html.picture("image", `${words.image} · ${by(image.length, image[0].length)}`)
      + html.picture("map") + html.scale("scale"))}
    <div class="xo-buttons" data-part="controls">${html.arrows()}${html.button("play", "")}
      <select data-part="speed" aria-label="${words.speed}">${each(words.speeds, (text) => `<option>${text}</option>`)}</select></div>
    <div class="xo-row" data-part="arithmetic">${html.cells("window", words.window, 3 * channels, 3)}×${
      html.cells("kernel", words.kernel, 3 * channels, 3)}=${html.cells("products", words.products, 3 * channels, 3)}</div>
    ${html.status()}${html.hint("hint", words.hint)}`);
  const [play, speed, status] = ["play", "speed", "status"].map(part);

  // What is shown: one unit of one layer, and what it sees

  let layer = data.layers[0], [row, column] = data.start, map, painted, timer;

  /** Another layer: its unit that sees the same place, as near as can be. */
  function choose(next) {
    const place = [row, column].map((at) => unit(next, first(layer, at) + layer.size / 2));
    [layer, map] = [next, values(next.map)];
    paint();
    go(...place);
  }

  /** Colors image, kernel and map as the page's scheme asks. */
  function paint() {
    widget.drawImage("image", image);
    painted = widget.draw("map", map, (value) => [...widget.color(value / layer.map.limit), PALE]);
    widget.fill("kernel", kernel, signed);
    widget.limit("scale", layer.map.limit);
    widget.caption("map", `${layer.name} · ${words.channel(layer.channel + 1)} · ${by(map.length, map[0].length)}`);
    show();
  }

  const signed = (value) => widget.color(value / largest);

  function show() {
    const { size, stride, name } = layer, [top, left] = [first(layer, row), first(layer, column)];
    widget.frame("image", top, left, size);
    widget.frame("map", row, column, 1);
    const now = row * painted.width + column; // outputs are written row by row
    for (let k = 0; k < painted.width * painted.height; k++) painted.data[4 * k + 3] = k > now ? PALE : 255;
    widget.context("map").putImageData(painted, 0, 0);

    linkToLab();
    const side = (low) => `${low}–${low + size - 1}`;
    status.textContent = words.sees(name, row, column, by(size, size), side(top), side(left));
    part("arithmetic").hidden = layer !== data.layers[0];
    if (layer !== data.layers[0]) return status.append(words.stride(stride));
    const window = Array.from({ length: channels }, (_, c) => windowOf(pixels, c, row, column, 3)).flat();
    const { products, sum } = weighted(window, kernel);
    widget.fill("window", window, channels === 1 ? grey : (value, k) => grey(value).map((part, c) => (c === Math.floor(k / 9) ? part : 0)));
    widget.fill("products", products, signed);
    const said = (name, value) => `${words[name]} <b data-part="${name}">${number(value, 3)}</b>`;
    status.insertAdjacentHTML("afterbegin",
      `<span>${said("sum", sum)} + ${said("bias", data.bias)} = ${said("output", sum + data.bias)}</span>`);
  }

  /** The page's link to the lab goes to this place of this layer, for a drawing of the reader's own. */
  function linkToLab() {
    const link = document.querySelector("article a[href*='lab/?']"), place = [layer.channel, row, column].join(".");
    if (link) link.search = new URLSearchParams({ v: layer.variant, l: layer.name, u: place, s: "inside" });
  }

  // What moves it

  /** A reader's move; it ends playing. */
  function go(...to) {
    run(false);
    [row, column] = [map, map[0]].map(({ length }, k) => clamp(to[k], 0, length - 1));
    show();
  }

  /** Goes on to the next output, and stops at the last one. */
  function advance() {
    const { width, height } = painted, next = SPEEDS[speed.selectedIndex][1] ? (row + 1) * width : row * width + column + 1;
    if (next >= height * width) return run(false);
    [row, column] = [Math.floor(next / width), next % width];
    show();
  }

  function start() {
    if (row === painted.height - 1 && column === painted.width - 1) go(0, 0);
    if (still.matches) advance(); // one step: nothing moves by itself
    else run(true);
  }

  /** Plays or pauses; the button says what it does next, and while playing no place is read out. */
  function run(on) {
    clearInterval(timer);
    timer = on && setInterval(advance, SPEEDS[speed.selectedIndex][0]);
    play.textContent = on ? words.pause : still.matches ? words.once : words.play;
    status.setAttribute("aria-live", on ? "off" : "polite");
  }

  widget.onChoice("choice", (k) => choose(data.layers[k]));
  play.addEventListener("click", () => (timer ? run(false) : start()));
  speed.addEventListener("change", () => timer && run(true));
  ["stage", "controls"].forEach((name) => widget.onMove(name, (down, right) => go(row + down, column + right)));
  widget.onPoint("image", (...at) => go(...at.map((place) => unit(layer, place)))); // the middle of the window follows
  widget.onPoint("map", (...at) => go(...at.map(Math.floor)));
  map = values(layer.map);
  run(false);
  widget.live(paint);
  document.addEventListener("DOMContentLoaded", linkToLab); // the link stands below
})();
