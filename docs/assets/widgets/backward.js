/* Passes the gradient of one pooled value back through ReLU and pooling, to the four values of its window. */
"use strict";

(() => {
  const { say, values, bytes, number, clamp, html } = xoWidgets, widget = xoWidgets.open();
  const { data, part } = widget;
  const map = values(data.map), after = values(data.after), winners = bytes(data.winners, 1);
  const rows = after.length, columns = after[0].length, [top, left] = data.corner;
  const PLACES = [say("左上", "top left"), say("右上", "top right"), say("左下", "bottom left"), say("右下", "bottom right")];
  const words = {
    kind: say("池化", "Pooling"), kinds: [say("最大", "Max"), say("平均", "Mean")],
    stage: say("特征图与传回的梯度，方向键移动窗口", "Map and gradient passed back, arrow keys move the window"),
    map: say(`特征图 · 第 ${data.channel} 通道的一部分`, `Map · part of channel ${data.channel}`), back: say("传回的梯度", "Gradient passed back"),
    window: say("窗口的值", "Window"), gradient: say("传回的梯度", "Passed back"),
    hint: say("方向键移动窗口，按住 Shift 移动十步；也可以在图上点按或拖动。行和列从 0 数起。",
      "Arrow keys move the window, with Shift by ten; or tap or drag on a picture. Rows and columns count from 0."),
    place: (row, column) => say(`池化后的第 ${row} 行第 ${column} 列`, `Row ${row}, column ${column} of the pooled map`),
    pooled: [(winner) => say(`最大的是${winner}的`, `the largest is at the ${winner}`), () => say("平均是", "the mean is")],
    held: say("不大于 0，ReLU 不放行，四个值都得 0。", "Not above 0: ReLU lets nothing pass, and all four get 0. "),
    passed: [(value, winner) => say(`大于 0，ReLU 放行：传来的梯度 ${value} 全给${winner}。`, `Above 0: ReLU lets the gradient of ${value} pass, all of it to the ${winner}. `),
      (value) => say(`大于 0，ReLU 放行：传来的梯度 ${value} 四个平分。`, `Above 0: ReLU lets the gradient of ${value} pass, a quarter to each. `)],
    share: (share) => say(`这一部分图上，得到梯度的位置占 <b data-part="share">${share}\u00a0%</b>。`,
      `In this part of the map <b data-part="share">${share}\u00a0%</b> of the places get any.`),
  };
  const small = (x) => (x && Math.abs(x) < 0.01 ? x.toExponential(1).replace("e-", "e−").replace(/^-/, "−") : number(x, 3));
  let kind = 0, [row, column] = data.start;

  const window = (r, c) => [map[2 * r][2 * c], map[2 * r][2 * c + 1], map[2 * r + 1][2 * c], map[2 * r + 1][2 * c + 1]];
  const pooled = (r, c) => (kind ? window(r, c).reduce((a, b) => a + b) / 4 : window(r, c)[winners[r][c]]);
  /** What each of the four values of a window gets. */
  const back = (r, c) => window(r, c).map((_, k) => (pooled(r, c) <= 0 ? 0 : kind ? after[r][c] / 4 : k === winners[r][c] ? after[r][c] : 0));

  widget.build(`${html.choice("kind", words.kind, [["", words.kinds]])}
    ${html.stage(words.stage, "hint", html.picture("map", words.map) + html.picture("back", words.back) + html.scale("map-scale") + html.scale("back-scale"))}
    <div class="xo-buttons" data-part="controls">${html.arrows()}</div>
    <div class="xo-row">${html.cells("window", words.window, 2)}→${html.cells("pooled", words.kind, 1)}→${
      html.cells("after", say("传到 ReLU", "At ReLU"), 1)}→${html.cells("gradient", words.gradient, 2)}</div>
    ${html.status()}${html.hint("hint", words.hint)}`);

  function paint() {
    widget.drawMap("map", map, data.map.limit);
    const all = map.map((line, i) => line.map((_, j) => back(i >> 1, j >> 1)[2 * (i % 2) + (j % 2)]));
    widget.drawMap("back", all, data.after.limit);
    part("map-scale").dataset.limit = number(data.map.limit);
    part("back-scale").dataset.limit = small(data.after.limit);
    show(all.flat().filter(Boolean).length / all.flat().length);
  }

  let share = 0;

  /** The window at hand; `found` is the share of places that get a gradient, where it has changed. */
  function show(found = share) {
    share = found;
    widget.frame("map", 2 * row, 2 * column, 2);
    widget.frame("back", 2 * row, 2 * column, 2);
    const value = pooled(row, column), winner = PLACES[winners[row][column]], given = back(row, column);
    widget.fill("window", window(row, column), (x) => widget.color(x / data.map.limit));
    widget.fill("pooled", [value], (x) => widget.color(x / data.map.limit), 3);
    [["after", [after[row][column]]], ["gradient", given]].forEach(([name, numbers]) => {
      widget.fill(name, numbers, (x) => widget.color(x / data.after.limit));
      part(name).querySelectorAll("td").forEach((cell, k) => (cell.textContent = small(numbers[k])));
    });
    part("window").querySelectorAll("td").forEach((cell, k) => cell.classList.toggle("framed", !kind && k === winners[row][column]));
    part("status").innerHTML = `<span>${words.place(top + row, left + column)}${say("：", ": ")}${words.pooled[kind](winner)} <b data-part="value">${
      number(value, 3)}</b></span>${value <= 0 ? words.held : words.passed[kind](small(after[row][column]), winner)}${words.share(number(100 * share, 1))}`;
  }

  function go(...to) {
    [row, column] = [clamp(to[0], 0, rows - 1), clamp(to[1], 0, columns - 1)];
    show();
  }

  widget.onChoice("kind", (k) => ((kind = k), paint()));
  ["stage", "controls"].forEach((name) => widget.onMove(name, (down, right) => go(row + down, column + right)));
  ["map", "back"].forEach((name) => widget.onPoint(name, (...at) => go(...at.map((place) => Math.floor(place / 2)))));
  widget.live(paint);
})();
