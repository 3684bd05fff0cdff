/* The course of one run among all others, and how it ended. */
"use strict";

(() => {
  const { say, read, number, percent, clamp, scheme, escaped, each, html } = xoWidgets, widget = xoWidgets.open();
  const { runs, fates, loss_of_guessing: guessing, accuracy_of_guessing: guessed, solved, solved_label: label } = widget.data;
  const [WIDE, TALL, MOST] = [200, 110, 1.6 * guessing]; // units of a drawing; the highest loss that is drawn
  const epochs = Math.max(...runs.map(({ loss }) => loss.length));
  const lowest = Math.min(guessed, ...runs.flatMap(({ accuracy }) => accuracy)) - 0.03;
  const named = ({ title, seed }) => say(`${title.zh}，种子 ${seed}`, `${title.en}, seed ${seed}`);
  const words = {
    run: say("哪一次训练", "Which run"), previous: say("上一次", "Previous run"), next: say("下一次", "Next run"),
    accuracy: say("测试准确率", "Test accuracy"), loss: say("训练图像上的损失", "Loss on training images"),
    epoch: say(`第 ${epochs} 轮`, `epoch ${epochs}`),
    ended: (run) => say(
      `${escaped(named(run))}：<b>${read(fates[run.fate].name)}</b>，${read(fates[run.fate].meaning)}。最后一轮：测试准确率 <b data-part="last-accuracy">${
        percent(run.accuracy.at(-1))}</b>，损失 <b data-part="last-loss">${last(run)}</b>。`,
      `${escaped(named(run))}: <b>${read(fates[run.fate].name)}</b>, ${read(fates[run.fate].meaning)}. Last epoch: test accuracy <b data-part="last-accuracy">${
        percent(run.accuracy.at(-1))}</b>, loss <b data-part="last-loss">${last(run)}</b>.`),
    hint: say("用方向键在列表里换一次训练；浅色的线是其他训练，颜色按结局。", "Arrow keys in the list choose another run; the pale lines are the others, in the color of their fate."),
  };
  const last = ({ loss }) => (loss.at(-1) === null ? "∞" : number(loss.at(-1), 3));

  // Both drawings: epochs to the right, from the first to the last

  const x = (epoch) => 30 + ((WIDE - 34) * epoch) / Math.max(epochs - 1, 1);
  const heights = {
    accuracy: (share) => 8 + (TALL - 16) * (1 - (share - lowest) / (1 - lowest)),
    loss: (nats) => 8 + (TALL - 16) * (1 - clamp(nats ?? MOST, 0, MOST) / MOST),
  };
  const level = (of, value, name, dash) => `<path class="level" d="M30 ${heights[of](value)}H${WIDE}" stroke-dasharray="${dash}"/>
    <text x="28" y="${heights[of](value) + 3}" text-anchor="end">${name}</text>`;
  const line = (run, of) => run[of].map((value, epoch) => `${x(epoch).toFixed(1)},${heights[of](value).toFixed(1)}`).join(" ");
  const drawing = (of, levels) => `<figure><figcaption>${words[of]}</figcaption>
    <svg class="xo-runs" viewBox="0 0 ${WIDE + 4} ${TALL + 12}" aria-hidden="true">${levels}
      ${each(runs, (run) => `<polyline points="${line(run, of)}"/>`)}<polyline class="chosen" data-part="${of}"/>
      <text x="30" y="${TALL + 10}">1</text><text x="${WIDE}" y="${TALL + 10}" text-anchor="end">${words.epoch}</text></svg></figure>`;
  const group = (fate) => {
    const of = runs.flatMap((run, k) => (run.fate === fate ? [`<option value="${k}">${escaped(named(run))}</option>`] : []));
    return of.length ? `<optgroup label="${read(fates[fate].name)}">${of.join("")}</optgroup>` : "";
  };

  widget.build(`<div class="xo-buttons">${html.button("previous", "←", words.previous)}
      <select data-part="run" aria-label="${words.run}">${each(Object.keys(fates), group)}</select>${html.button("next", "→", words.next)}</div>
    <div class="xo-drawings">
      ${drawing("accuracy", level("accuracy", solved, label, "4 2") + level("accuracy", guessed, percent(guessed, 0), "1 2"))}
      ${drawing("loss", level("loss", guessing, number(guessing, 2), "1 2") + level("loss", 0, "0", ""))}</div>
    ${html.status()}${html.hint("hint", words.hint)}`);
  const select = widget.part("run"), lines = [...widget.root.querySelectorAll(".xo-runs polyline:not(.chosen)")];

  const color = (run) => fates[run.fate][scheme()];

  function paint() {
    lines.forEach((each, k) => (each.style.stroke = color(runs[k % runs.length])));
    show();
  }

  function show() {
    const run = runs[select.value];
    for (const of of ["accuracy", "loss"]) {
      widget.part(of).setAttribute("points", line(run, of));
      widget.part(of).style.stroke = color(run);
    }
    widget.part("status").innerHTML = words.ended(run);
  }

  function step(by) {
    select.selectedIndex = clamp(select.selectedIndex + by, 0, runs.length - 1);
    show();
  }

  select.addEventListener("change", show);
  widget.part("previous").addEventListener("click", () => step(-1));
  widget.part("next").addEventListener("click", () => step(1));
  widget.live(paint);
})();
