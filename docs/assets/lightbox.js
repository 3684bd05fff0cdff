/* A figure in the whole window: zoomed and panned by wheel, pinch, drag and keys, with its caption, numbers and command;
   the arrow keys lead to the next figure, as do the keys of a lecturer's remote control, and F gives it the whole
   screen. Without this script the picture's link opens it. */
"use strict";

(() => {
  const links = () => [...document.querySelectorAll("article a.xo-zoom")].filter(link => link.checkVisibility());
  if (!document.querySelector("article a.xo-zoom")) return;
  const english = document.documentElement.lang.startsWith("en");
  const say = (zh, en) => english ? en : zh;
  const MOST = 12;
  const STEP = 1.4;

  const dialog = document.createElement("dialog");
  dialog.className = "xo-lightbox";
  const button = (part, sign, name) => `<button type="button" data-part="${part}" aria-label="${name}" title="${name}">${sign}</button>`;
  // Drawn, for few fonts have the sign.
  const corners = '<svg viewBox="0 0 16 16" aria-hidden="true"><path d="M1 5V1h4M11 1h4v4M15 11v4h-4M5 15H1v-4"/></svg>';
  // A dialog cannot fill the screen itself, so all is in an element that can.
  dialog.innerHTML = `
    <div class="room">
    <div class="bar">
      <span data-part="place" aria-live="polite"></span>
      ${button("previous", "←", say("上一幅图", "Previous figure"))}
      ${button("next", "→", say("下一幅图", "Next figure"))}
      ${button("smaller", "−", say("缩小", "Zoom out"))}
      ${button("whole", "⤢", say("全图", "Whole figure"))}
      ${button("larger", "+", say("放大", "Zoom in"))}
      ${button("screen", corners, "")}
      ${button("close", "×", say("关闭", "Close"))}
    </div>
    <div class="stage" tabindex="0" role="group" aria-label="${say("图：加号、减号缩放，方向键移动", "Figure: plus and minus zoom, arrow keys move")}"><img alt=""></div>
    <div class="words"><p data-part="caption"></p><p class="source"><a data-part="data" download></a> <code data-part="command"></code></p></div>
    </div>`;
  document.body.append(dialog);
  const part = name => dialog.querySelector(`[data-part="${name}"]`);
  const room = dialog.querySelector(".room");
  const stage = dialog.querySelector(".stage");
  const image = stage.querySelector("img");

  let shown; // the link whose picture is open
  let view = { x: 0, y: 0, scale: 1 }; // pixels from the middle, and times the size that fills the window

  const apply = () => {
    const { clientWidth: wide, clientHeight: tall } = stage;
    const reach = side => Math.max(0, (view.scale - 1) * side / 2);
    const within = (value, most) => Math.min(most, Math.max(-most, value));
    view.x = within(view.x, reach(wide));
    view.y = within(view.y, reach(tall));
    image.style.transform = `translate(${view.x}px, ${view.y}px) scale(${view.scale})`;
    stage.classList.toggle("zoomed", view.scale > 1);
  };
  const whole = () => { view = { x: 0, y: 0, scale: 1 }; apply(); };
  // Zooms so that what is under the point (pixels from the stage's middle) stays there.
  const zoom = (factor, x = 0, y = 0) => {
    const scale = Math.min(MOST, Math.max(1, view.scale * factor));
    const grown = scale / view.scale;
    view = { x: x - (x - view.x) * grown, y: y - (y - view.y) * grown, scale };
    apply();
  };
  const fromMiddle = event => {
    const box = stage.getBoundingClientRect();
    return [event.clientX - box.left - box.width / 2, event.clientY - box.top - box.height / 2];
  };

  const open = link => {
    shown = link;
    const source = link.querySelector("img");
    const figure = link.closest("figure");
    const caption = figure?.querySelector("figcaption > p")?.textContent ?? "";
    image.src = link.href;
    image.alt = source.alt;
    dialog.setAttribute("aria-label", caption || source.alt);
    part("caption").textContent = caption;
    const numbers = figure?.querySelector("details.origin a[href$='.csv']");
    part("data").hidden = !numbers;
    if (numbers) Object.assign(part("data"), { href: numbers.href, textContent: numbers.textContent });
    part("command").textContent = figure?.querySelector("details.origin code")?.textContent.trim() ?? "";
    const all = links();
    part("place").textContent = `${all.indexOf(link) + 1} / ${all.length}`;
    for (const name of ["previous", "next"]) part(name).disabled = all.length < 2;
    if (!dialog.open) dialog.showModal();
    stage.focus();
    whole();
  };
  const turn = by => {
    const all = links();
    open(all[(all.indexOf(shown) + by + all.length) % all.length]);
  };

  const isScreen = () => document.fullscreenElement === room;
  const leaveScreen = () => isScreen() && document.exitFullscreen();
  // A browser that refuses leaves it in the window.
  const turnScreen = () => isScreen() ? leaveScreen() : room.requestFullscreen?.().catch(() => {});
  const nameScreen = () => {
    const name = isScreen() ? say("退出全屏", "Leave full screen") : say("全屏", "Full screen");
    part("screen").title = name;
    part("screen").setAttribute("aria-label", name);
  };
  part("screen").hidden = !document.fullscreenEnabled;
  nameScreen();
  document.addEventListener("fullscreenchange", () => { nameScreen(); if (dialog.open) whole(); });

  document.addEventListener("click", event => {
    const link = event.target.closest?.("article a.xo-zoom");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    open(link);
  });
  const actions = {
    previous: () => turn(-1), next: () => turn(1), smaller: () => zoom(1 / STEP), larger: () => zoom(STEP), whole,
    screen: turnScreen, close: () => dialog.close(),
  };
  dialog.addEventListener("click", event => actions[event.target.closest("[data-part]")?.dataset.part]?.());
  dialog.addEventListener("close", () => { leaveScreen(); shown?.focus(); });

  const PAN = 60;
  const moves = { ArrowLeft: [PAN, 0], ArrowRight: [-PAN, 0], ArrowUp: [0, PAN], ArrowDown: [0, -PAN] };
  const keys = { "+": actions.larger, "=": actions.larger, "-": actions.smaller, 0: whole, n: actions.next, p: actions.previous,
    PageDown: actions.next, PageUp: actions.previous, f: turnScreen };
  dialog.addEventListener("keydown", event => {
    event.stopPropagation(); // the theme's own keys would search and leaf below
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const move = moves[event.key];
    if (move && view.scale > 1) { view.x += move[0]; view.y += move[1]; apply(); }
    else if (event.key === "ArrowLeft") turn(-1);
    else if (event.key === "ArrowRight") turn(1);
    else if (keys[event.key]) keys[event.key]();
    else return;
    event.preventDefault();
  });

  stage.addEventListener("wheel", event => {
    event.preventDefault();
    zoom(Math.exp(-event.deltaY / 300), ...fromMiddle(event));
  }, { passive: false });
  const pointers = new Map();
  const spread = () => {
    const [[a, b], [c, d]] = [...pointers.values()];
    return { apart: Math.hypot(a - c, b - d), middle: [(a + c) / 2, (b + d) / 2] };
  };
  stage.addEventListener("pointerdown", event => {
    stage.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, fromMiddle(event));
  });
  stage.addEventListener("pointermove", event => {
    const last = pointers.get(event.pointerId);
    if (!last) return;
    const before = pointers.size === 2 && spread();
    const [x, y] = fromMiddle(event);
    pointers.set(event.pointerId, [x, y]);
    if (before) {
      const after = spread();
      zoom(after.apart / before.apart, ...after.middle);
    } else if (pointers.size === 1) {
      view.x += x - last[0];
      view.y += y - last[1];
      apply();
    }
  });
  for (const end of ["pointerup", "pointercancel"])
    stage.addEventListener(end, event => pointers.delete(event.pointerId));
  stage.addEventListener("dblclick", event => view.scale > 1 ? whole() : zoom(2.5, ...fromMiddle(event)));
})();
