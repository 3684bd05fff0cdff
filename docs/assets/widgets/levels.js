/* Shows any map of a trained network, and what each of its values sees of the image. */
"use strict";

(() => {
  const { say, read, values, bytes, number, by, clamp, tone, escaped, html } = xoWidgets, widget = xoWidgets.open();
  const { data } = widget;
  const images = data.images.map((rows) => bytes(rows, 1, data.channels)), channels = data.levels.flatMap((level, k) => level.maps[0].map((_, c) => [k, c]));
  const words = {
    image: say("图像", "Image"), channel: say("哪一块的哪个通道", "Channel of which block"),
    stage: say("图像与特征图，方向键移动位置", "Image and map, arrow keys move the place"),
    map: () => say(`${read(level().name)}，第 ${chosen[1] + 1} 通道 · ${by(map.length, map[0].length)}`,
      `${read(level().name)}, channel ${chosen[1] + 1} · ${by(map.length, map[0].length)}`),
    hint: say("在特征图上用方向键移动位置，按住 Shift 移动十步，也可以在两幅图上点按或拖动。方框是这一格看到的范围。",
      "Arrow keys move the place on the map, with Shift by ten; or tap or drag on either picture. The frame is what that value sees."),
    strongest: say("到最强的一处", "To the strongest place"),
    place: (size, top, left) => say(
      `第 ${row} 行第 ${column} 列：值 <b data-part="value">${number(map[row][column])}</b>，看到图像上从第 ${top} 行第 ${left} 列起的 <b data-part="seen">${by(size, size)}</b> 个像素。`,
      `Row ${row}, column ${column}: the value <b data-part="value">${number(map[row][column])}</b>, which sees `
      + `<b data-part="seen">${by(size, size)}</b> pixels of the image, from row ${top}, column ${left} on.`),
    silent: say("这个通道在这幅图像上处处为 0。", "This channel is 0 everywhere on this image."),
  };

  widget.build(`${html.choice("shown", words.image, [["", data.classes.map(escaped)]])}
    ${html.choice("channel", words.channel, data.levels.map((each) => [read(each.name), each.maps[0].map((_, c) => c + 1)]))}
    ${html.stage(words.stage, "hint", html.picture("image") + html.picture("map") + html.scale("scale"))}
    <div class="xo-buttons">${html.button("strongest", words.strongest)}</div>${html.status()}${html.hint("hint", words.hint)}`);

  let image = 0, chosen = channels[0], map, row, column;
  const level = () => data.levels[chosen[0]];

  function strongest() {
    const all = map.flat(), k = all.indexOf(Math.max(...all));
    [row, column] = [Math.floor(k / map[0].length), k % map[0].length];
  }

  function choose() {
    map = values(level().maps[image][chosen[1]]);
    strongest();
  }

  function paint() {
    const { limit } = level().maps[0][0];
    widget.draw("image", images[image], (pixel) => tone(pixel, 15));
    widget.drawMap("map", map, limit);
    widget.caption("image", data.classes[image]);
    widget.caption("map", words.map());
    widget.limit("scale", limit);
    show();
  }

  function show() {
    const { size, stride, offset } = level(), [top, left] = [row, column].map((at) => offset + stride * at);
    widget.frame("image", top, left, size);
    widget.frame("map", row, column, 1);
    const silent = map.flat().every((value) => !value);
    widget.part("status").innerHTML = `<span>${words.place(size, top, left)}</span>${silent ? words.silent : ""}`;
  }

  function go(...to) {
    [row, column] = [clamp(to[0], 0, map.length - 1), clamp(to[1], 0, map[0].length - 1)];
    show();
  }

  widget.onChoice("shown", (k) => ((image = k), choose(), paint()));
  widget.onChoice("channel", (k) => ((chosen = channels[k]), choose(), paint()));
  widget.part("strongest").addEventListener("click", () => (strongest(), show()));
  widget.onMove("stage", (down, right) => go(row + down, column + right));
  widget.onPoint("map", (...at) => go(...at.map(Math.floor)));
  widget.onPoint("image", (...at) => {
    const { size, stride, offset } = level(); // the value whose field has its middle nearest to the pixel
    go(...at.map((pixel) => Math.round((pixel - offset - size / 2) / stride)));
  });
  choose();
  widget.live(paint);
})();
