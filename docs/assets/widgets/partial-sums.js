/* Adds up one output channel of a trained convolution: an input channel at a time, then the bias, then ReLU. */
"use strict";

(() => {
  const { say, values, asMaps, asRows, number, clamp, each, html } = xoWidgets, widget = xoWidgets.open();
  const { data } = widget;
  const inputs = data.inputs.map(values), { limit } = data.inputs[0], count = inputs.length;
  const across = [5, 4, 6, 3, 2, 1].find((cells) => (count + 1) % cells === 0); // of the table of parts: it fits a phone
  const side = Math.sqrt(data.kernels[0][0].length), rows = inputs[0].length - side + 1, columns = inputs[0][0].length - side + 1;
  const words = {
    channel: say("输出通道", "Output channel"), steps: say("加到哪一步", "Added so far"),
    step: (k) => (k === 0 ? say("还没有", "nothing") : k <= count ? say(`输入 1 到 ${k}`, `inputs 1 to ${k}`)
      : k === count + 1 ? say("再加偏置", "with the bias") : say("ReLU 之后", "after ReLU")),
    stage: say("输入、分通道的结果与累计，方向键移动位置", "Input, part and running sum, arrow keys move the place"),
    input: (k) => say(`输入 ${k}`, `Input ${k}`), part: (k) => say(`输入 ${k} 的卷积结果`, `Part of input ${k}`), running: () => say(`累计：${words.step(step)}`, `Running sum: ${words.step(step)}`),
    parts: say("这一处，各输入通道的结果与偏置", "At this place: the part of each input, and the bias"),
    hint: say("滑块逐个加上输入通道，再加偏置，再做 ReLU。在图上用方向键移动位置，按住 Shift 移动十步，也可以点按或拖动。",
      "The slider adds the input channels one by one, then the bias, then takes ReLU. Arrow keys move the place, with Shift by ten; or tap or drag."),
    place: () => say(`第 ${row} 行第 ${column} 列：`, `Row ${row}, column ${column}: `),
    sum: (total) => say(`累计 <b data-part="sum">${total}</b>`, `the running sum is <b data-part="sum">${total}</b>`),
    split: (positive, negative) => say(`其中正的合计 ${positive}，负的合计 ${negative}。`, `Of it, ${positive} is positive and ${negative} negative.`),
  };

  /** Every window of an input under its kernel, row by row. */
  function convolved(pixels, kernel) {
    return asRows(xoLayers.convolve(asMaps(pixels), { shape: [1, 1, side, side], values: Float32Array.from(kernel) }, [0]));
  }

  widget.build(`${html.choice("channel", words.channel, [["", data.kernels.map((_, k) => k + 1)]], data.channel)}
    ${html.slider("step", words.steps, 0, count + 2, 1, count)}
    ${html.stage(words.stage, "hint", each(["input", "part", "running"], (name) => html.picture(name)) + html.scale("scale"))}
    ${html.cells("parts", words.parts, (count + 1) / across, across)}${html.status()}${html.hint("hint", words.hint)}`);
  widget.part("stage").style.setProperty("--columns", 3);

  let channel = data.channel, step = count, parts, [row, column] = data.place;

  function choose(k) {
    channel = k;
    parts = inputs.map((input, c) => convolved(input, data.kernels[channel][c]));
  }

  function running(r, c) {
    const sum = parts.slice(0, step).reduce((total, part) => total + part[r][c], step > count ? data.biases[channel] : 0);
    return step > count + 1 ? Math.max(sum, 0) : sum;
  }

  function paint() {
    widget.limit("scale", data.limit);
    draw();
  }

  function draw() {
    const last = clamp(step, 1, count) - 1; // the input that was added last, or comes first
    widget.drawMap("input", inputs[last], limit);
    widget.drawMap("part", parts[last], data.limit);
    widget.drawMap("running", parts[0].map((line, r) => line.map((_, c) => running(r, c))), data.limit);
    [["input", words.input(last + 1)], ["part", words.part(last + 1)], ["running", words.running()]]
      .forEach(([name, text]) => widget.caption(name, text));
    show();
  }

  function show() {
    widget.frame("input", row, column, side);
    ["part", "running"].forEach((name) => widget.frame(name, row, column, 1));
    const here = [...parts.map((part) => part[row][column]), data.biases[channel]];
    widget.fill("parts", here, (value) => widget.color(value / data.limit));
    widget.part("parts").querySelectorAll("td").forEach((cell, k) => cell.classList.toggle("later", k >= step));
    const added = here.slice(0, Math.min(step, count + 1)), total = (list) => number(list.reduce((sum, value) => sum + value, 0), 3);
    widget.part("status").innerHTML = `<span>${words.place()}${words.sum(number(running(row, column), 3))}${say("。", ".")}</span>${
      words.split(total(added.filter((value) => value > 0)), total(added.filter((value) => value < 0)))}`;
  }

  function go(...to) {
    [row, column] = [clamp(to[0], 0, rows - 1), clamp(to[1], 0, columns - 1)];
    show();
  }

  widget.onChoice("channel", (k) => (choose(k), draw()));
  widget.onSlide("step", (value) => ((step = value), draw()), words.step);
  widget.onMove("stage", (down, right) => go(row + down, column + right));
  widget.onPoint("input", (r, c) => go(Math.floor(r) - (side >> 1), Math.floor(c) - (side >> 1)));
  ["part", "running"].forEach((name) => widget.onPoint(name, (...at) => go(...at.map(Math.floor))));
  choose(data.channel);
  widget.live(paint);
})();
