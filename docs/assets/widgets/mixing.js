/* Mixes the channels of a trained 1x1 layer with weights that the reader sets. */
"use strict";

(() => {
  const { say, values, number, by, clamp, each, html } = xoWidgets, widget = xoWidgets.open();
  const { data } = widget;
  const inputs = data.inputs.map(values), { limit } = data.inputs[0], [rows, columns] = [inputs[0].length, inputs[0][0].length];
  const names = inputs.map((_, k) => `input-${k}`);
  const most = Math.ceil(1.5 * Math.max(...data.kernels.flat().map(Math.abs)) * 10) / 10; // of a slider
  const words = {
    channel: say("输出通道", "Output channel"), reset: say("恢复训练得到的权重", "Back to the trained weights"),
    weight: (k) => say(`权重 ${k + 1}`, `Weight ${k + 1}`),
    stage: say("输出，方向键移动位置", "Output, arrow keys move the place"),
    mixed: say("加权和，加偏置", "Weighted sum plus bias"), rectified: say("ReLU 之后", "After ReLU"),
    hint: say("滑块改变每幅输入图的权重。在输出图上用方向键移动位置，按住 Shift 移动十步，也可以点按或拖动。",
      "The sliders set the weight of each input map. On the outputs, arrow keys move the place, with Shift by ten; or tap or drag."),
    place: () => say(`第 ${row} 行第 ${column} 列：`, `Row ${row}, column ${column}: `),
    sum: (total, bias, output, after) => say(
      `${inputs.length} 幅图的值各乘权重，相加得 <b data-part="sum">${total}</b>，加偏置 ${bias} 等于 <b data-part="output">${output}</b>；`
      + `ReLU 之后是 <b data-part="after">${after}</b>。`,
      `the values of ${inputs.length} maps times their weights add up to <b data-part="sum">${total}</b>; with the bias of ${bias} that is `
      + `<b data-part="output">${output}</b>, and <b data-part="after">${after}</b> after ReLU.`),
  };

  widget.build(`${html.choice("channel", words.channel, [["", data.kernels.map((_, k) => k + 1)]], data.channel)}
    ${html.stage(words.stage, "hint", html.picture("mixed", words.mixed) + html.picture("rectified", words.rectified) + html.scale("scale"))}
    <div class="xo-tiles">${each(inputs, (_, k) => `<div>${html.picture(names[k])}${html.slider(`weight-${k}`, words.weight(k), -most, most, 0.01)}</div>`)}</div>
    <div class="xo-buttons">${html.button("reset", words.reset)}</div>
    ${html.status()}${html.hint("hint", words.hint)}`);

  let channel = data.channel, weights, output, row, column;

  function paint() {
    inputs.forEach((input, k) => widget.drawMap(names[k], input, limit));
    widget.limit("scale", data.limit);
    mix();
  }

  const weighted = () => inputs[0].map((line, r) => line.map((_, c) =>
    inputs.reduce((sum, input, k) => sum + weights[k] * input[r][c], data.biases[channel])));

  function mix() {
    output = weighted();
    widget.drawMap("mixed", output, data.limit);
    widget.drawMap("rectified", output.map((line) => line.map((value) => Math.max(value, 0))), data.limit);
    show();
  }

  function show() {
    widget.mark(["mixed", "rectified", ...names], row, column);
    const bias = data.biases[channel], value = output[row][column];
    widget.part("status").innerHTML = words.place()
      + words.sum(...[value - bias, bias, value, Math.max(value, 0)].map((each) => number(each, 3)));
  }

  function go(...to) {
    [row, column] = [clamp(to[0], 0, rows - 1), clamp(to[1], 0, columns - 1)];
    show();
  }

  /** The trained weights of the chosen channel, exactly, though the sliders stand at the nearest step. */
  function reset() {
    weights = [...data.kernels[channel]];
    weights.forEach((weight, k) => sliders[k](weight));
  }

  const sliders = inputs.map((_, k) => widget.onSlide(`weight-${k}`, (value) => ((weights[k] = value), mix()), number));
  widget.onChoice("channel", (k) => ((channel = k), reset(), mix()));
  widget.part("reset").addEventListener("click", () => (reset(), mix()));
  widget.onMove("stage", (down, right) => go(row + down, column + right));
  ["mixed", "rectified", ...names].forEach((name) => widget.onPoint(name, (...at) => go(...at.map(Math.floor))));
  reset();
  const all = weighted().flat(), largest = all.indexOf(Math.max(...all)); // the place that it shows first
  [row, column] = [Math.floor(largest / columns), largest % columns];
  widget.live(paint);
})();
