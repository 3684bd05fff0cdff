/* Works out what a log of blind guessing prints, for a number of images and the shares of two classes. */
"use strict";

(() => {
  const { say, percent, each, html } = xoWidgets, widget = xoWidgets.open();
  const { batch, batches_per_row: perRow, presets } = widget.data;
  const { crossEntropy } = xoLayers, SIDE = [200, 80]; // units of the drawing
  const names = [say("正确的训练集", "The right training set"), say("高了一层的文件夹", "A folder too high")];
  /** The loss of a network that gives every image the shares of two classes as probabilities: their entropy. */
  const entropy = (p) => crossEntropy([p, 1 - p].map(Math.log), [p, 1 - p]);
  const place = (p) => [(p / 0.5) * SIDE[0], SIDE[1] * (1 - entropy(p) / Math.LN2)].map((x) => x.toFixed(1));
  const whole = (n) => n.toLocaleString("en");
  const curve = Array.from({ length: 50 }, (_, k) => place((k + 1) / 100)).join(" ");
  let [images, rarer] = presets[1];

  widget.build(`<div class="xo-buttons">${each(names, (name, k) => html.button(`preset-${k}`, name))}</div>
    ${html.slider("images", say("图像总数", "Images"), 100, 4000, 50, images)}
    ${html.slider("share", say("较少一类的比例", "Share of the rarer class"), 1, 50, 1, rarer)}
    <svg class="xo-curve" viewBox="-4 -6 ${SIDE[0] + 8} ${SIDE[1] + 20}" aria-hidden="true"><path d="M0 0V${SIDE[1]}H${SIDE[0]}"/>
      <polyline points="0,${SIDE[1]} ${curve}"/><circle r="4"/>
      <text x="3" y="5">ln 2</text><text x="3" y="${SIDE[1] + 11}">${say("比例 0", "share 0")}</text>
      <text x="${SIDE[0]}" y="${SIDE[1] + 11}" text-anchor="end">50 %</text></svg>
    ${html.status()}<pre></pre>`);

  function show() {
    const p = rarer / 100, loss = entropy(p), printed = (loss / 10).toFixed(3);
    const batches = Math.ceil(images / batch), rows = Math.floor(batches / perRow);
    widget.root.querySelector("circle").setAttribute("transform", `translate(${place(p)})`);
    const [a, b] = [p.toFixed(2), (1 - p).toFixed(2)];
    widget.part("status").innerHTML = say(
      `${whole(images)} ÷ ${batch}，每轮 <b>${batches}</b> 批；每 ${perRow} 批打印一次，每轮 <b>${rows}</b> 行。<br>
       平台的损失：−${a} ln ${a} − ${b} ln ${b} = <b>${loss.toFixed(4)}</b>，打印十分之一：<b>${printed}</b>。`,
      `${whole(images)} ÷ ${batch}: <b>${batches}</b> batches an epoch; one row every ${perRow}: <b>${rows}</b> rows an epoch.<br>
       Plateau loss: −${a} ln ${a} − ${b} ln ${b} = <b>${loss.toFixed(4)}</b>; a tenth is printed: <b>${printed}</b>.`);
    widget.root.querySelector("pre").textContent =
      Array.from({ length: rows }, (_, k) => `[2 ${perRow * (k + 1)}] loss: ${printed}`).join("\n")
      || say(`一轮不到 ${perRow} 批，什么也不打印。`, `With fewer than ${perRow} batches an epoch, nothing is printed.`);
  }

  const setImages = widget.onSlide("images", (value) => ((images = value), show()), whole);
  const setShare = widget.onSlide("share", (value) => ((rarer = value), show()), (value) => percent(value / 100, 0));
  presets.forEach((preset, k) => widget.part(`preset-${k}`).addEventListener("click", () => {
    [images, rarer] = preset;
    setImages(images);
    setShare(rarer);
    show();
  }));
  widget.live(show);
})();
