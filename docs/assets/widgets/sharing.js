/* Shifts an image: the map of the first convolution, computed anew, shifts along. */
"use strict";

(() => {
  const { say, bytes, asMaps, asRows, number, html } = xoWidgets, widget = xoWidgets.open();
  const { data } = widget;
  const { channels } = data, image = bytes(data.image, 2, channels), side = Math.sqrt(data.kernels[0].length / channels);
  const [height, width] = [image.length, image[0].length];
  const most = Math.floor(Math.min(height, width) / 4);
  const words = {
    kernel: say("第一层的卷积核", "Kernel of the first layer"),
    one: channels === 1 ? say("卷积核", "Kernel") : say("核：红、绿、蓝", "Red, green, blue"),
    right: say("图像右移（像素）", "Shift to the right (px)"), down: say("图像下移（像素）", "Shift down (px)"),
    image: say("平移后的图像", "Image, shifted"), map: say("它的特征图，重新算出", "Its map, computed anew"),
    moved: say("原来的特征图，平移", "The first map, shifted"),
    said: (common, place) => say(
      `框里是两幅特征图重合的部分，最多相差 <b data-part="common">${common}</b>。不平移，在原位比较，最多相差 <b data-part="place">${place}</b>。`,
      `Where both maps overlap, in the frame, they differ by at most <b data-part="common">${common}</b>. `
      + `Compared in place, not shifted, by at most <b data-part="place">${place}</b>.`),
  };

  /** Every window of `side` times `side` pixels under a kernel, row by row; a kernel of three channels has one after another. */
  function convolved(pixels, kernel, bias) {
    const maps = asMaps(pixels, 1 / 255);
    return asRows(xoLayers.convolve(maps, { shape: [1, maps.shape[0], side, side], values: Float32Array.from(kernel) }, [bias]));
  }

  const shifted = (rows, incoming) => rows.map((line, row) => line.map((_, column) => rows[row - down]?.[column - right] ?? incoming));

  /** The largest difference of two maps, where both have a value. */
  const difference = (one, other) =>
    one.flat().reduce((largest, value, k) => (other[k] === null ? largest : Math.max(largest, Math.abs(value - other[k]))), 0);

  widget.build(`${html.choice("kernels", words.kernel, [["", data.kernels.map((_, k) => k + 1)]], data.channel)}
    <div class="xo-sliders">${html.slider("right", words.right, -most, most, 1, data.shift[1])}
      ${html.slider("down", words.down, -most, most, 1, data.shift[0])}</div>
    ${html.pictures(["image", "map", "moved"].map((name) => html.picture(name, words[name])).join(""), 3)}
    <div class="xo-row">${html.cells("kernel", words.one, channels * side, side)}${html.scale("scale")}</div>${html.status()}`);

  let [down, right] = data.shift, channel = data.channel, map, limit;

  function choose(k) {
    [channel, map] = [k, convolved(image, data.kernels[k], data.biases[k])];
    paint();
  }

  function paint() {
    const kernel = data.kernels[channel], largest = Math.max(...kernel.map(Math.abs)) || 1;
    widget.fill("kernel", kernel, (value) => widget.color(value / largest));
    limit = map.flat().reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
    widget.limit("scale", limit);
    show();
  }

  function show() {
    const pixels = shifted(image, data.background), after = convolved(pixels, data.kernels[channel], data.biases[channel]);
    const moved = shifted(map, null);
    widget.drawImage("image", pixels);
    widget.drawMap("map", after, limit);
    widget.draw("moved", moved, (value) => (value === null ? [0, 0, 0, 0] : widget.color(value / limit)));
    for (const name of ["image", "map", "moved"]) {
      const { height: tall, width: wide } = widget.context(name).canvas;
      widget.frame(name, Math.max(down, 0), Math.max(right, 0), tall - Math.abs(down), wide - Math.abs(right));
    }
    widget.part("status").innerHTML = words.said(number(difference(after, moved.flat()), 3), number(difference(after, map.flat()), 3));
  }

  widget.onChoice("kernels", choose);
  widget.onSlide("right", (value) => ((right = value), show()));
  widget.onSlide("down", (value) => ((down = value), show()));
  map = convolved(image, data.kernels[channel], data.biases[channel]);
  widget.live(paint);
})();
