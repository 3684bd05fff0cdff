/* A convolution on 5×5 pixels: the reader chooses kernel, padding, stride, pixels and the place of the window. */
"use strict";

(() => {
  const { say, read, number, by, grey, css, ink, clamp, escaped, each, html } = xoWidgets, widget = xoWidgets.open();
  const { data, part } = widget;
  const image = data.image.map((row) => [...row]), side = image.length, size = 3;
  const words = {
    kernel: say("卷积核", "Kernel"), padding: say("填充", "Padding"), stride: say("步幅", "Stride"),
    image: say("图像，点按像素可以翻转", "Image, tap a pixel to flip it"), output: say("输出", "Output"),
    stage: say("输出，方向键移动窗口", "Output, arrow keys move the window"),
    pixel: (row, column) => say(`第 ${row} 行第 ${column} 列的像素`, `Pixel in row ${row}, column ${column}`),
    window: say("窗口的像素", "Window"), products: say("九个乘积", "Nine products"), reset: say("还原图像", "Reset the image"),
    hint: say("在输出上用方向键移动窗口，也可以点按输出的一格。在图像上用方向键选像素，空格键翻转。行和列从 0 数起。",
      "On the output, arrow keys move the window, and so does tapping a cell. On the image, arrow keys choose a pixel and the space bar "
      + "flips it. Rows and columns count from 0."),
    sum: (row, column, sum, outputs) => say(
      `第 ${row} 行第 ${column} 列：九个乘积之和 = <b data-part="sum">${sum}</b></span>输出是 ${outputs}。`,
      `Row ${row}, column ${column}: the nine products add up to <b data-part="sum">${sum}</b></span>The output is ${outputs}.`),
  };
  let kernel = data.start, padding = 0, stride = 1, [row, column] = [0, 0], [r, c] = [0, 0]; // of the window; of the pixel in focus

  const wide = () => side + 2 * padding;
  const outputs = () => Math.floor((wide() - size) / stride) + 1;
  const pixel = (i, j) => image[i - padding]?.[j - padding] ?? 0; // of the padded image
  const window = (i, j) => Array.from({ length: size * size }, (_, k) => pixel(i * stride + Math.floor(k / size), j * stride + (k % size)));
  const weights = () => data.kernels[kernel].weights.flat();
  const products = (i, j) => xoLayers.weighted(window(i, j), weights()).products;
  const total = (i, j) => xoLayers.weighted(window(i, j), weights()).sum;
  const cells = (name) => part(name).querySelectorAll("td");
  const digits = (numbers) => (numbers.every(Number.isInteger) ? 0 : 2);
  const filled = (name, numbers, colored) => widget.fill(name, numbers, colored, digits(numbers));
  const group = (options) => [["", options]];

  widget.build(`${html.choice("kernel-choice", words.kernel, group(data.kernels.map(({ title }) => escaped(read(title)))), data.start)}
    <div class="xo-buttons">${html.choice("padding", words.padding, group(["0", "1"]))}${html.choice("stride", words.stride, group(["1", "2"]))}</div>
    <div class="xo-row xo-top"><div data-part="board"></div>${html.stage(words.stage, "hint", `<div data-part="result"></div>`)}</div>
    <div class="xo-buttons" data-part="controls">${html.arrows()}${html.button("reset", words.reset)}</div>
    <div class="xo-row">${html.cells("window", words.window)}×${html.cells("kernel", words.kernel)}=${html.cells("products", words.products)}</div>
    ${html.status()}${html.hint("hint", words.hint)}`);

  /** Tables as large as padding and stride ask; pixels of the image itself are buttons, of which one can be tabbed to. */
  function layout() {
    part("board").innerHTML = html.cells("image", words.image, wide());
    cells("image").forEach((cell, k) => {
      const [i, j] = [Math.floor(k / wide()) - padding, (k % wide()) - padding];
      if (image[i]?.[j] !== undefined) cell.innerHTML = `<button type="button" data-row="${i}" data-column="${j}" aria-label="${words.pixel(i, j)}"></button>`;
    });
    part("result").innerHTML = html.cells("output", words.output, outputs());
    widget.onMove("image", (down, right) => focus(r + down, c + right));
    go(row, column);
  }

  function show() {
    const limit = Math.max(...weights().map(Math.abs)), all = Array.from({ length: outputs() ** 2 }, (_, k) => total(Math.floor(k / outputs()), k % outputs()));
    const far = Math.max(1e-9, ...all.map(Math.abs)), signed = (value) => widget.color(value / limit);
    const inside = (i, at) => i >= at * stride && i < at * stride + size;
    cells("image").forEach((cell, k) => {
      const [i, j] = [Math.floor(k / wide()), k % wide()], value = pixel(i, j), button = cell.querySelector("button"), shade = grey(button ? value : 0.45);
      (button ?? cell).textContent = value;
      if (button) Object.assign(button, { ariaPressed: `${value === 1}`, tabIndex: i - padding === r && j - padding === c ? 0 : -1 });
      cell.style.cssText = `background: ${css(shade)}; color: ${ink(shade)}`;
      cell.classList.toggle("framed", inside(i, row) && inside(j, column));
    });
    filled("output", all, (value) => widget.color(value / far));
    cells("output").forEach((cell, k) => cell.classList.toggle("framed", k === row * outputs() + column));
    widget.fill("window", window(row, column), grey);
    filled("kernel", weights(), signed);
    filled("products", products(row, column), signed);
    part("status").innerHTML = `<span>${words.sum(row, column, number(total(row, column), digits([total(row, column)])), by(outputs(), outputs()))}`;
  }

  function go(...to) {
    [row, column] = to.map((at) => clamp(at, 0, outputs() - 1));
    show();
  }

  /** Another pixel gets the focus. */
  function focus(...to) {
    [r, c] = to.map((at) => clamp(at, 0, side - 1));
    show();
    part("image").querySelector(`[data-row="${r}"][data-column="${c}"]`).focus();
  }

  widget.onChoice("kernel-choice", (k) => ((kernel = k), show()));
  widget.onChoice("padding", (k) => ((padding = k), layout()));
  widget.onChoice("stride", (k) => ((stride = k + 1), layout()));
  part("board").addEventListener("click", ({ target: { dataset } }) => {
    if (dataset.row === undefined) return;
    image[dataset.row][dataset.column] = 1 - image[dataset.row][dataset.column];
    focus(+dataset.row, +dataset.column);
  });
  part("result").addEventListener("click", ({ target }) => {
    const k = [...cells("output")].indexOf(target);
    if (k >= 0) go(Math.floor(k / outputs()), k % outputs());
  });
  part("reset").addEventListener("click", () => (data.image.forEach((line, i) => (image[i] = [...line])), show()));
  ["stage", "controls"].forEach((name) => widget.onMove(name, (down, right) => go(row + down, column + right)));
  widget.live(layout);
})();
