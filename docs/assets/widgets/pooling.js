/* Pools one trained map in four ways, and shows the numbers of one window. */
"use strict";

(() => {
  const { say, values, number, by, clamp, html } = xoWidgets, widget = xoWidgets.open();
  const { data } = widget;
  const map = values(data.map), { limit } = data.map, rows = map.length >> 1, columns = map[0].length >> 1;
  const quarter = Array(4).fill(0.25), blur = data.blur.flatMap((a) => data.blur.map((b) => a * b));
  // its name, weights of a window (none: the largest), what is added
  const KINDS = [
    ["max", say("最大", "Max"), null, 0],
    ["mean", say("平均", "Mean"), quarter, 0],
    ["gaussian", say("高斯", "Gaussian"), blur, 0],
    ["trained", say("可训练", "Trained"), data.weights.flat(), data.bias],
  ];
  const words = {
    kind: say("怎样合并", "How to merge"), hint: say("方向键移动窗口，按住 Shift 移动十步；也可以在图上点按或拖动。行和列从 0 数起。",
      "Arrow keys move the window, with Shift by ten; or tap or drag on a picture. Rows and columns count from 0."),
    stage: say("特征图与池化后的图，方向键移动窗口", "Map and pooled map, arrow keys move the window"),
    map: say(`特征图，ReLU 之前 · 第 ${data.channel} 通道`, `Map before ReLU · channel ${data.channel}`), pooled: say("池化之后", "Pooled"),
    shift: say("图像右移一个像素", "Shift the image right by one pixel"), window: say("窗口", "Window"), weights: say("权重", "Weights"),
    place: (row, column) => say(`池化后的第 ${row} 行第 ${column} 列：`, `Row ${row}, column ${column} of the pooled map: `),
    largest: say("四个数里最大的", "the largest of the four"), sum: say("各数乘以权重，相加", "the numbers times the weights, added up"),
    bias: (value) => say(`，再加偏置 ${value}`, `, plus a bias of ${value}`),
    before: (value) => say(`平移之前，这里是 ${value}。`, `Before the shift this was ${value}. `),
    change: (value) => say(`整幅图在原位平均变了 ${value}。`, `Over the whole pooled map the mean change in place is ${value}.`),
  };

  /** The numbers of a window; one of 4x4 reaches over the 2x2 by one, and repeats the rim of the map. */
  function window(row, column, size, moved) {
    const start = size === 16 ? -1 : 0, side = Math.sqrt(size);
    return Array.from({ length: size }, (_, k) => {
      const at = [2 * row + start + Math.floor(k / side), 2 * column + start + (k % side)];
      const [r, c] = [clamp(at[0], 0, 2 * rows - 1), clamp(at[1], 0, 2 * columns - 1)];
      return map[r][Math.max(c - moved, 0)]; // the map moves with the image; what comes in is background, as its first column
    });
  }

  function pooled(row, column, moved = shift) {
    const [, , weights, added] = KINDS[kind], numbers = window(row, column, weights?.length ?? 4, moved);
    return weights ? numbers.reduce((sum, x, k) => sum + x * weights[k], added) : Math.max(...numbers);
  }

  widget.build(`${html.choice("kind", words.kind, [["", KINDS.map(([, name]) => name)]])}
    ${html.stage(words.stage, "hint", html.picture("map", words.map) + html.picture("pooled", `${words.pooled} · ${by(rows, columns)}`) + html.scale("scale"))}
    <div class="xo-buttons" data-part="controls">${html.arrows()}<label class="xo-check"><input type="checkbox" data-part="shift">${words.shift}</label></div>
    <div class="xo-row" data-part="arithmetic"></div>${html.status()}${html.hint("hint", words.hint)}`);

  let kind = 0, shift = 0, [row, column] = data.window, far, change; // the end of the scale; mean change by the shift

  const all = (moved) => Array.from({ length: rows }, (_, r) => Array.from({ length: columns }, (_, c) => pooled(r, c, moved)));

  function paint() {
    const now = all(shift), first = all(0).flat();
    far = first.reduce((largest, value) => Math.max(largest, Math.abs(value)), limit);
    change = now.flat().reduce((sum, value, k) => sum + Math.abs(value - first[k]), 0) / first.length;
    widget.drawMap("map", map.map((line) => line.map((_, c) => line[Math.max(c - shift, 0)])), far);
    widget.drawMap("pooled", now, far);
    widget.limit("scale", far);
    show();
  }

  function show() {
    const [, , weights, added] = KINDS[kind], size = weights?.length ?? 4, side = Math.sqrt(size), start = size === 16 ? 1 : 0;
    widget.frame("map", 2 * row - start, 2 * column - start, side);
    widget.frame("pooled", row, column, 1);
    widget.part("arithmetic").innerHTML = html.cells("window", words.window, side) + (weights ? `×${html.cells("weights", words.weights, side)}` : "");
    widget.fill("window", window(row, column, size, shift), (value) => widget.color(value / far));
    if (weights) widget.fill("weights", weights, (value) => widget.color(value / Math.max(...weights.map(Math.abs))), size === 16 ? 3 : 2);
    const how = weights ? words.sum + (added ? words.bias(number(added, 3)) : "") : words.largest;
    widget.part("status").innerHTML = `<span>${words.place(row, column)}${how} = <b data-part="output">${number(pooled(row, column), 3)}</b></span>${
      shift ? words.before(number(pooled(row, column, 0), 3)) + words.change(number(change, 3)) : ""}`;
  }

  function go(...to) {
    [row, column] = [clamp(to[0], 0, rows - 1), clamp(to[1], 0, columns - 1)];
    show();
  }

  widget.onChoice("kind", (k) => ((kind = k), paint()));
  widget.part("shift").addEventListener("change", ({ target }) => ((shift = +target.checked), paint()));
  ["stage", "controls"].forEach((name) => widget.onMove(name, (down, right) => go(row + down, column + right)));
  widget.onPoint("map", (...at) => go(...at.map((place) => Math.floor(place / 2))));
  widget.onPoint("pooled", (...at) => go(...at.map(Math.floor)));
  widget.live(paint);
})();
