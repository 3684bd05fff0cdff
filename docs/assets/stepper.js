/* Steps a trained kernel's window over a real image, and shows what a unit of any layer sees of it.

   report_builder/pages/interactive.py puts it into a <div> with its data and a picture strip, whose place it takes on the screen.
   It fetches nothing, so it works from a file. */
"use strict";

(() => {
  const root = document.currentScript.closest(".xo-stepper");
  const data = JSON.parse(root.querySelector("[type='application/json']").textContent);
  const english = document.documentElement.lang.startsWith("en");
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const say = (zh, en) => (english ? en : zh);
  const words = {
    stage: say("图像与特征图，方向键移动窗口", "Image and map, arrow keys move the window"),
    hint: say("方向键移动一步，按住 Shift 移动十步；也可以在任意一幅图上点按或拖动。特征图上浅色的部分还没有写到。行和列从 0 数起。",
      "Arrow keys move by one step, with Shift by ten; or tap or drag on a picture. The pale part of the map is not written yet. "
      + "Rows and columns count from 0."),
    layer: say("看哪一层的单元", "Show a unit of"),
    image: say("输入图像", "Input image"),
    channel: (channel) => say(`第 ${channel} 通道`, `channel ${channel}`),
    left: say("向左一步", "One step left"), right: say("向右一步", "One step right"),
    up: say("向上一步", "One step up"), down: say("向下一步", "One step down"), home: say("到左上角", "To the top left"),
    play: say("播放", "Play"), pause: say("暂停", "Pause"), once: say("走一步", "One step"), speed: say("速度", "Speed"),
    speeds: [say("每秒 4 个输出", "4 outputs per second"), say("每秒 25 个输出", "25 outputs per second"), say("每秒 8 行", "8 rows per second")],
    window: say("窗口的像素", "Window"), kernel: say("卷积核", "Kernel"), products: say("九个乘积", "Nine products"),
    sum: say("乘积之和", "sum"), bias: say("偏置", "bias"), output: say("输出", "output"),
    sees: (layer, row, column, size, rows, columns) => say(
      `${layer} 第 ${row} 行第 ${column} 列的单元看到图像的 ${size} 个像素：第 ${rows} 行，第 ${columns} 列。`,
      `The unit of ${layer} in row ${row}, column ${column} sees ${size} pixels of the image: rows ${rows}, columns ${columns}. `),
    stride: (stride) => say(`相邻单元的感受野相隔 ${stride} 个像素。`, `The fields of neighboring units are ${stride} px apart.`),
  };
  const MOVES = { left: ["←", 0, -1], up: ["↑", -1, 0], down: ["↓", 1, 0], right: ["→", 0, 1], home: ["↖", -Infinity, -Infinity] };
  const SPEEDS = [[250, 0], [40, 0], [125, 1]]; // milliseconds between moves; whether a move is a whole row
  const PALE = 50; // opacity of outputs that are not written yet, of 255

  // The numbers

  const bytes = (rows) => rows.map((row) => row.match(/../g).map((pair) => parseInt(pair, 16)));
  const image = bytes(data.image); // 0 ink, 255 paper
  const kernel = data.kernel.flat();
  const largest = Math.max(...kernel.map(Math.abs));
  const number = (x, digits) => (x === 1 || !+x.toFixed(digits) ? `${Math.round(x)}` : x.toFixed(digits)).replace("-", "−");
  const by = (height, width) => `${width}×${height}`;
  const first = (layer, unit) => layer.offset + layer.stride * unit; // row or column of pixels that a unit sees
  const unit = (layer, pixel) => Math.round((pixel - layer.offset - layer.size / 2) / layer.stride); // around it

  /** Red, green, blue of a share of the scale, between seven colors from the most negative, -1, to the most positive, 1. */
  function color(share) {
    const at = (share + 1) * 3, low = Math.min(5, Math.floor(at));
    const [from, to] = bytes([scale[low].slice(1), scale[low + 1].slice(1)]);
    return from.map((part, k) => Math.round(part + (to[k] - part) * (at - low)));
  }

  /** Black or white, whichever has a contrast of 4.5 to a color (WCAG 2.2). */
  function ink(rgb) {
    const [r, g, b] = rgb.map((part) => ((part / 255 + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.18 ? "#000" : "#fff";
  }

  // The elements

  const escaped = (text) => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt()};`);
  const each = (list, made) => list.map(made).join("");
  const picture = (part, text) => `<div data-part="${part}"><div><canvas></canvas><i></i></div><small>${text}</small></div>`;
  const nine = (part) => `<table class="xo-nine" data-part="${part}"><caption>${words[part]}</caption>${
    "<tr><td></td><td></td><td></td></tr>".repeat(3)}</table>`;
  root.insertAdjacentHTML("beforeend", `<div class="xo-widget">
    <fieldset data-part="choice"><legend>${words.layer}</legend><div>${each(data.layers, ({ name, size, title, variant }, k) => `
      ${variant === data.layers[k - 1]?.variant ? "" : `</div><div><span>${escaped(say(title.zh, title.en))}</span>`}
      <label><input type="radio" name="xo-layer" value="${k}"${k ? "" : " checked"}>${escaped(name)} <small>${by(size, size)}</small></label>`)}</div>
    </fieldset>
    <div data-part="stage" tabindex="0" role="application" aria-label="${words.stage}" aria-describedby="xo-hint">
      ${picture("image", `${words.image} · ${by(image.length, image[0].length)}`)}${picture("map", "")}
      <div data-part="scale"><b></b></div>
    </div>
    <div data-part="controls">${each(Object.entries(MOVES), ([name, [sign]]) => `
      <button type="button" data-part="${name}" aria-label="${words[name]}">${sign}</button>`)}
      <button type="button" data-part="play"></button>
      <select data-part="speed" aria-label="${words.speed}">${each(words.speeds, (text) => `<option>${text}</option>`)}</select>
    </div>
    <div data-part="arithmetic">${nine("window")}×${nine("kernel")}=${nine("products")}</div>
    <p data-part="status" role="status"></p>
    <p id="xo-hint">${words.hint}</p>
  </div>`);
  const part = (name) => root.querySelector(`[data-part=${name}]`);
  const [stage, controls, play, speed, status] = ["stage", "controls", "play", "speed", "status"].map(part);

  // What is shown: one unit of one layer, and what it sees

  let layer = data.layers[0], [row, column] = data.start, map, scale, painted, timer;

  /** Another layer: its unit that sees the same place, as near as can be. */
  function choose(next) {
    const place = [row, column].map((at) => unit(next, first(layer, at) + layer.size / 2));
    [layer, map] = [next, bytes(next.map)];
    part("map").lastChild.textContent = `${layer.name} · ${words.channel(layer.channel + 1)} · ${by(map.length, map[0].length)}`;
    part("scale").dataset.limit = number(layer.limit, 2);
    paint();
    go(...place);
  }

  /** Colors image, kernel and map as the page's scheme asks. */
  function paint() {
    scale = data.colors[document.body.dataset.mdColorScheme === "slate" ? "dark" : "light"];
    draw("image", image, (grey) => [grey, grey, grey, 255]);
    painted = draw("map", map, (byte) => [...color(byte / 127.5 - 1), PALE]);
    fill("kernel", kernel, signed);
    part("scale").firstChild.style.background = `linear-gradient(90deg, ${scale})`;
  }

  const context = (name) => part(name).querySelector("canvas").getContext("2d");

  function draw(name, rows, colored) {
    const drawn = new ImageData(new Uint8ClampedArray(rows.flat().flatMap(colored)), rows[0].length);
    [context(name).canvas.width, context(name).canvas.height] = [drawn.width, drawn.height];
    context(name).putImageData(drawn, 0, 0);
    return drawn;
  }

  const grey = (value) => Array(3).fill(Math.round(255 * value));
  const signed = (value) => color(value / largest);

  function fill(name, values, colored) {
    part(name).querySelectorAll("td").forEach((cell, k) => {
      cell.textContent = number(values[k], 2);
      cell.style.cssText = `background: rgb(${colored(values[k])}); color: ${ink(colored(values[k]))}`;
    });
  }

  /** Frames pixels of a picture: first row, first column, how many a side; the style sheet makes lengths of them. */
  function frame(name, top, left, side) {
    const { height, width } = context(name).canvas;
    part(name).style.cssText = `--top: ${top}; --left: ${left}; --side: ${side}; --height: ${height}; --width: ${width}`;
  }

  function show() {
    const { size, stride, name } = layer, [top, left] = [first(layer, row), first(layer, column)];
    frame("image", top, left, size);
    frame("map", row, column, 1);
    const now = row * painted.width + column; // outputs are written row by row
    for (let k = 0; k < painted.width * painted.height; k++) painted.data[4 * k + 3] = k > now ? PALE : 255;
    context("map").putImageData(painted, 0, 0);

    const side = (low) => `${low}–${low + size - 1}`;
    status.textContent = words.sees(name, row, column, by(size, size), side(top), side(left));
    part("arithmetic").hidden = layer !== data.layers[0];
    if (layer !== data.layers[0]) return status.append(words.stride(stride));
    const pixels = image.slice(row, row + 3).flatMap((line) => line.slice(column, column + 3)).map((byte) => byte / 255);
    const products = pixels.map((pixel, k) => pixel * kernel[k]), sum = products.reduce((a, b) => a + b);
    fill("window", pixels, grey);
    fill("products", products, signed);
    const said = (name, value) => `${words[name]} <b data-part="${name}">${number(value, 3)}</b>`;
    status.insertAdjacentHTML("afterbegin",
      `<span>${said("sum", sum)} + ${said("bias", data.bias)} = ${said("output", sum + data.bias)}</span>`);
  }

  // What moves it

  /** A reader's move; it ends playing. */
  function go(...to) {
    run(false);
    [row, column] = [map, map[0]].map(({ length }, k) => Math.max(0, Math.min(length - 1, to[k])));
    show();
  }

  function move(name, steps = 1) {
    const [, down, right] = MOVES[name];
    go(row + steps * down, column + steps * right);
  }

  /** Goes on to the next output, and stops at the last one. */
  function advance() {
    const { width, height } = painted, next = SPEEDS[speed.selectedIndex][1] ? (row + 1) * width : row * width + column + 1;
    if (next >= height * width) return run(false);
    [row, column] = [Math.floor(next / width), next % width];
    show();
  }

  function start() {
    if (row === painted.height - 1 && column === painted.width - 1) move("home");
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

  function key(event) {
    const name = event.key.toLowerCase().replace("arrow", "");
    if (!MOVES[name] || event.target === speed || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault(); // else the page scrolls
    move(name, event.shiftKey ? 10 : 1);
  }

  /** Tapping and dragging: the middle of the window follows on the image, the output on the map. */
  function follow({ target, buttons, clientX, clientY }) {
    if (target.tagName !== "CANVAS" || !buttons) return;
    const { left, top, width, height } = target.getBoundingClientRect();
    const at = [((clientY - top) / height) * target.height, ((clientX - left) / width) * target.width];
    go(...at.map((place) => part("map").contains(target) ? Math.floor(place) : unit(layer, place)));
  }

  part("choice").addEventListener("change", ({ target }) => choose(data.layers[target.value]));
  controls.addEventListener("click", ({ target }) => MOVES[target.dataset.part] && move(target.dataset.part));
  play.addEventListener("click", () => (timer ? run(false) : start()));
  speed.addEventListener("change", () => timer && run(true));
  ["pointerdown", "pointermove"].forEach((type) => stage.addEventListener(type, follow));
  [stage, controls].forEach((element) => element.addEventListener("keydown", key));
  new MutationObserver(() => (paint(), show())).observe(document.body, { attributeFilter: ["data-md-color-scheme"] });
  choose(layer);
  root.classList.add("live"); // hides the strip, but not where it comes from
  root.append(...root.querySelectorAll(".origin"));
})();
