/* What a fully convolutional network answers at each place of a canvas, and what it sees there. */
"use strict";

(() => {
  const { say, values, bytes, number, percent, by, clamp, rgb, tone, mixed, scheme, escaped, html } = xoWidgets, widget = xoWidgets.open();
  const { data } = widget, { stride, seen } = data;
  const canvas = bytes(data.canvas, 1, data.channels), maps = data.maps.map(values), [height, width] = [maps[0].length, maps[0][0].length];
  const names = data.classes.map(escaped);
  const MOST = 6, LIKELIEST = 3; // classes whose probabilities are all told; of more, so many
  const words = {
    class: say("看哪一类的概率", "Show the probability of"), threshold: say("只留概率不低于", "Keep where the probability is at least"),
    stage: say("画布与热力图，方向键移动位置", "Canvas and heat map, arrow keys move the place"),
    canvas: say("画布；框里是这一格看到的范围", "Canvas; framed is what this cell sees"),
    map: say(`热力图 · ${by(height, width)}`, `Heat map · ${by(height, width)}`),
    hint: say("方向键移动一格，按住 Shift 移动十格；也可以在图上点按或拖动。行和列从 0 数起。",
      "Arrow keys move by one cell, with Shift by ten; or tap or drag on a picture. Rows and columns count from 0."),
    cell: (answers) => say(`热力图第 ${row} 行第 ${column} 列：${answers}。`, `Row ${row}, column ${column} of the heat map: ${answers}. `),
    sees: (size, rows, columns) => say(`它看到 ${size} 个像素：行 ${rows}，列 ${columns}；画布以外是空白。`,
      `It sees ${size} pixels: rows ${rows}, columns ${columns}; beyond the canvas there is only background. `),
    kept: (count) => say(
      `概率不低于 ${percent(least, 0)} 的有 <b data-part="kept">${count}</b> 格，共 ${height * width} 格${least ? "，画布上着了色" : ""}。`,
      `<b data-part="kept">${count}</b> of ${height * width} cells have a probability of at least ${percent(least, 0)}${
        least ? ", tinted on the canvas" : ""}.`),
  };

  widget.build(`${html.choice("class", words.class, [["", names]])}
    ${html.slider("threshold", words.threshold, 0, 100, 1)}
    ${html.stage(words.stage, "hint", html.picture("canvas", words.canvas) + html.picture("map", words.map))}
    <div class="xo-buttons" data-part="controls">${html.arrows()}</div>${html.status()}${html.hint("hint", words.hint)}`);

  let shown = 0, least = 0, [row, column] = data.start.map((at, axis) => clamp(at, 0, [height, width][axis] - 1));

  const kept = (value) => value >= least;

  /** The heat map, and on the canvas, under the strokes, the cells that are kept. */
  function paint() {
    const [ground, color] = [data.ground, data.class_colors[shown]].map((pair) => rgb(pair[scheme()]));
    widget.draw("map", maps[shown], (value) => mixed(ground, color, kept(value) ? value : 0));
    const strong = rgb(data.class_colors[shown].light);
    widget.draw("canvas", canvas.map((line, y) => line.map((pixel, x) => {
      const value = maps[shown][Math.min(Math.floor(y / stride), height - 1)][Math.min(Math.floor(x / stride), width - 1)];
      return mixed(tone(pixel, 15), strong, least && kept(value) ? 0.35 : 0);
    })), (color) => color);
    show();
  }

  function show() {
    const [down, across] = seen, [top, left] = [row * stride + down[1], column * stride + across[1]];
    widget.frame("canvas", top, left, down[0], across[0]);
    widget.frame("map", row, column, 1);
    const here = maps.map((map, k) => [k, map[row][column]]);
    if (maps.length > MOST) here.sort(([, one], [, other]) => other - one).splice(LIKELIEST);
    const answers = here.map(([k, value]) => `${names[k]} <b data-part="answer-${k}">${percent(value)}</b>`).join(say("，", ", "))
      + (maps.length > MOST ? say(" 等", " and others") : "");
    const side = (low, size) => `${number(low, 0)}${say(" 至 ", " to ")}${number(low + size - 1, 0)}`;
    widget.part("status").innerHTML = `<span>${words.cell(answers)}</span>${
      words.sees(by(down[0], across[0]), side(top, down[0]), side(left, across[0]))}${
      words.kept(maps[shown].flat().filter(kept).length)}`;
  }

  function go(...to) {
    [row, column] = [clamp(to[0], 0, height - 1), clamp(to[1], 0, width - 1)];
    show();
  }

  widget.onChoice("class", (k) => ((shown = k), paint()));
  widget.onSlide("threshold", (value) => ((least = value / 100), paint()), (value) => percent(value / 100, 0));
  ["stage", "controls"].forEach((name) => widget.onMove(name, (down, right) => go(row + down, column + right)));
  widget.onPoint("canvas", (...at) => go(...at.map((pixel) => Math.floor(pixel / stride))));
  widget.onPoint("map", (...at) => go(...at.map(Math.floor)));
  widget.live(paint);
})();
