/* Works out what a log of blind guessing prints, for a number of images and the shares of two classes.

   It takes the place of the table in the <div class="xo-plateau"> around it; it fetches nothing. */
"use strict";

(() => {
  const root = document.currentScript.closest(".xo-plateau");
  const english = document.documentElement.lang.startsWith("en");
  const say = (zh, en) => (english ? en : zh);
  const BATCH = 64, BATCHES_PER_ROW = 10, SIDE = [200, 80]; // images, batches, units of the drawing
  const presets = [[say("正确的训练集", "The right training set"), 1700, 50], [say("高了一层的文件夹", "A folder too high"), 2000, 15]];
  const entropy = (p) => -p * Math.log(p) - (1 - p) * Math.log(1 - p);
  const place = (p) => [(p / 0.5) * SIDE[0], SIDE[1] * (1 - entropy(p) / Math.LN2)].map((x) => x.toFixed(1));
  const whole = (n) => n.toLocaleString("en");

  const slider = (name, text, low, high, step) => `<label>${text} <b aria-hidden="true"></b>
    <input type="range" name="${name}" min="${low}" max="${high}" step="${step}"></label>`;
  const curve = Array.from({ length: 50 }, (_, k) => place((k + 1) / 100)).join(" ");
  root.insertAdjacentHTML("beforeend", `<form class="xo-arithmetic">
    <p>${presets.map(([text], k) => `<button type="button" value="${k}">${text}</button>`).join(" ")}</p>
    ${slider("images", say("图像总数", "Images"), 100, 4000, 50)}
    ${slider("share", say("较少一类的比例", "Share of the rarer class"), 1, 50, 1)}
    <svg viewBox="-4 -6 ${SIDE[0] + 8} ${SIDE[1] + 20}" aria-hidden="true"><path d="M0 0V${SIDE[1]}H${SIDE[0]}"/>
      <polyline points="0,${SIDE[1]} ${curve}"/><circle r="4"/>
      <text x="3" y="5">ln 2</text><text x="3" y="${SIDE[1] + 11}">${say("比例 0", "share 0")}</text>
      <text x="${SIDE[0]}" y="${SIDE[1] + 11}" text-anchor="end">50 %</text></svg>
    <p role="status"></p><pre></pre>
  </form>`);
  const form = root.querySelector("form"), { images, share } = form.elements;

  function show() {
    const n = +images.value, p = share.value / 100, loss = entropy(p);
    const batches = Math.ceil(n / BATCH), rows = Math.floor(batches / BATCHES_PER_ROW), printed = (loss / 10).toFixed(3);
    images.previousElementSibling.textContent = whole(n);
    share.previousElementSibling.textContent = share.ariaValueText = `${share.value} %`;
    form.querySelector("circle").setAttribute("transform", `translate(${place(p)})`);
    const [a, b] = [p.toFixed(2), (1 - p).toFixed(2)];
    form.querySelector("[role]").innerHTML = say(
      `${whole(n)} ÷ ${BATCH}，每轮 <b>${batches}</b> 批；每 ${BATCHES_PER_ROW} 批打印一次，每轮 <b>${rows}</b> 行。<br>
       平台的损失：−${a} ln ${a} − ${b} ln ${b} = <b>${loss.toFixed(4)}</b>，打印十分之一：<b>${printed}</b>。`,
      `${whole(n)} ÷ ${BATCH}: <b>${batches}</b> batches an epoch; one row every ${BATCHES_PER_ROW}: <b>${rows}</b> rows an epoch.<br>
       Plateau loss: −${a} ln ${a} − ${b} ln ${b} = <b>${loss.toFixed(4)}</b>; a tenth is printed: <b>${printed}</b>.`);
    form.querySelector("pre").textContent = Array.from({ length: rows }, (_, k) => `[2 ${10 * (k + 1)}] loss: ${printed}`).join("\n")
      || say("一轮不到 10 批，什么也不打印。", "With fewer than 10 batches an epoch, nothing is printed.");
  }

  function choose(k) {
    [, images.value, share.value] = presets[k];
    show();
  }

  form.addEventListener("input", show);
  form.addEventListener("click", ({ target }) => target.type === "button" && choose(target.value));
  form.addEventListener("submit", (event) => event.preventDefault());
  choose(1);
  root.classList.add("live"); // the table goes
})();
