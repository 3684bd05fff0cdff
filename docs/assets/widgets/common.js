/* What all widgets share: words, numbers, colors by scheme, pictures of maps, tables of cells, frames, keys, pointers.

   report_builder/pages/templates/widget.md.j2 puts it, the widget's data and its script beside the still picture whose place
   the widget takes on the screen. Nothing is fetched, so that it works from a file; a page may hold several widgets. */
"use strict";

globalThis.xoWidgets ??= (() => {
  const english = document.documentElement.lang.startsWith("en");
  const say = (zh, en) => (english ? en : zh);
  const read = (text) => say(text.zh, text.en); // of a Text of the report
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const MOVES = { left: ["←", 0, -1], up: ["↑", -1, 0], down: ["↓", 1, 0], right: ["→", 0, 1], home: ["↖", -Infinity, -Infinity] };

  // Numbers

  const hex = (row, digits) => row.match(new RegExp(`.{${digits}}`, "g")).map((each) => parseInt(each, 16));

  /** Rows of an image's pixels: 0 ink, 255 (one digit: 15) paper; of three channels [red, green, blue] each. */
  const bytes = (rows, digits = 2, channels = 1) => rows.map((row) => {
    const found = hex(row, digits);
    if (channels === 1) return found;
    return Array.from({ length: found.length / channels }, (_, k) => found.slice(channels * k, channels * (k + 1)));
  });

  /** Rows of bytes or values, or of pixels [red, green, blue], as the maps that docs/assets/lab/engine/layers.js computes with. */
  function asMaps(rows, scale = 1) {
    const pixels = rows.flat(), channels = pixels[0].length ?? 1;
    const planes = Array.from({ length: channels }, (_, c) => (channels === 1 ? pixels : pixels.map((pixel) => pixel[c])));
    return { shape: [channels, rows.length, rows[0].length], values: Float32Array.from(planes.flat(), (value) => scale * value) };
  }

  /** The rows of one map. */
  const asRows = ({ shape: [, height, width], values }) => Array.from({ length: height }, (_, row) => [...values.subarray(row * width, (row + 1) * width)]);

  /** Rows of values from those that report_builder/results/widget_data/pixels.py wrote. */
  function values({ limit, digits, rows }) {
    const zero = 16 ** digits / 2;
    return rows.map((row) => hex(row, digits).map((each) => ((each - zero) / (zero - 1)) * limit));
  }

  const number = (x, digits = 2) => (x === 1 || !+x.toFixed(digits) ? `${Math.round(x)}` : x.toFixed(digits)).replace("-", "−");
  const percent = (share, digits = 1) => `${number(100 * share, digits)}\u00a0%`;
  const by = (height, width) => `${width}×${height}`;
  const clamp = (x, low, high) => Math.max(low, Math.min(high, x));

  // Colors, [red, green, blue]

  const grey = (value) => Array(3).fill(Math.round(255 * value)); // of 0 to 1
  const tone = (pixel, most = 255) => (pixel.map ? pixel.map((part) => Math.round((255 * part) / most)) : grey(pixel / most));
  const rgb = (color) => hex(color.slice(1), 2);
  const css = (color) => `rgb(${color})`;
  const mixed = (from, to, share) => from.map((part, k) => Math.round(part + (to[k] - part) * share));
  const scheme = () => (document.body.dataset.mdColorScheme === "slate" ? "dark" : "light");

  /** Black or white, whichever has a contrast of 4.5 to a color (WCAG 2.2). */
  function ink(color) {
    const [r, g, b] = color.map((part) => ((part / 255 + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.18 ? "#000" : "#fff";
  }

  // Elements as HTML; texts that are not the site's own go through `escaped`. `name` becomes data-part.

  // No other widget of the page has it; a module, which has no current script, is the lab's, alone on its page.
  const own = (name) => `${document.currentScript?.closest(".xo-interactive").id ?? "lab"}-${name}`;
  const escaped = (text) => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt()};`);
  const each = (list, made) => list.map(made).join("");
  const html = {
    /** A canvas with frames, and a line below it. */
    picture: (name, text = "", frames = 1) => `<div class="xo-picture" data-part="${name}"><div><canvas></canvas>${
      "<i></i>".repeat(frames)}</div><small>${text}</small></div>`,
    pictures: (content, columns = 2) => `<div class="xo-stage" style="--columns: ${columns}">${content}</div>`,
    /** Pictures that arrow keys move over; `hint` is the data-part of a text that says how. */
    stage: (label, hint, pictures) => `<div class="xo-stage" data-part="stage" tabindex="0" role="application" aria-label="${label}"
      aria-describedby="${own(hint)}">${pictures}</div>`,
    hint: (name, text) => `<p class="xo-hint" id="${own(name)}" data-part="${name}">${text}</p>`,
    /** The bar of the scale of colors; its ends are set by `limit`. */
    scale: (name) => `<div class="xo-scale" data-part="${name}"><b></b></div>`,
    /** A table of numbers; `fill` fills it. */
    cells: (name, caption, rows = 3, columns = rows) => `<table class="xo-cells" data-part="${name}"><caption>${caption}</caption>${
      `<tr>${"<td></td>".repeat(columns)}</tr>`.repeat(rows)}</table>`,
    /** One of several; an option is the HTML of its label. Groups stand in lines of their own: [title, [option, ...]]. */
    choice(name, legend, groups, chosen = 0) {
      let k = 0;
      const radio = (option) => `<label><input type="radio" name="${own(name)}" value="${k}"${k++ === chosen ? " checked" : ""}>${option}</label>`;
      return `<fieldset class="xo-choice" data-part="${name}"><legend>${legend}</legend>${each(groups, ([title, options]) =>
        `<div>${title && `<span>${title}</span>`}${each(options, radio)}</div>`)}</fieldset>`;
    },
    slider: (name, text, low, high, step, value = low) => `<label class="xo-slider" data-part="${name}"><span>${text} <b aria-hidden="true"></b></span>
      <input type="range" name="${own(name)}" min="${low}" max="${high}" step="${step}" value="${value}"></label>`,
    button: (name, text, label = "") => `<button type="button" data-part="${name}"${label && ` aria-label="${label}"`}>${text}</button>`,
    /** What the widget has found, read out when it changes. */
    status: (name = "status") => `<p class="xo-status" data-part="${name}" role="status"></p>`,
  };
  html.arrows = () => each(Object.entries(MOVES), ([name, [sign]]) => html.button(name, sign, {
    left: say("向左一步", "One step left"), right: say("向右一步", "One step right"), up: say("向上一步", "One step up"),
    down: say("向下一步", "One step down"), home: say("到左上角", "To the top left") }[name]));

  /** The widget whose script is running: its data, and what builds and changes it. */
  function open() {
    const root = document.currentScript.closest(".xo-interactive");
    const data = JSON.parse(root.querySelector("[type='application/json']").textContent);
    const part = (name) => root.querySelector(`[data-part="${name}"]`);
    const context = (name) => part(name).querySelector("canvas").getContext("2d");
    let scale;

    const widget = {
      root, data, part, context,

      /** `data.network` names the network whose weights are shown, with its seed and its accuracy. */
      build: (content) => root.insertAdjacentHTML("beforeend", `<div class="xo-widget">${content}${
        data.network ? html.hint("network", escaped(read(data.network))) : ""}</div>`),

      /** Paints for the first time, and again when the scheme changes; then takes the place of the still picture. */
      live(paint) {
        const painted = () => {
          scale = data.colors?.[scheme()].map(rgb);
          root.querySelectorAll(".xo-scale b").forEach((bar) => (bar.style.background = `linear-gradient(90deg, ${scale.map(css)})`));
          paint();
        };
        new MutationObserver(painted).observe(document.body, { attributeFilter: ["data-md-color-scheme"] });
        painted();
        root.classList.add("live"); // hides the still picture, unless it is to stay, but not where it comes from
        if (!root.matches(".beside")) root.append(...root.querySelectorAll(".origin"));
      },

      /** The color of a share of the scale, between seven colors from the most negative, -1, to the most positive, 1. */
      color(share) {
        const at = (clamp(share, -1, 1) + 1) * 3, low = Math.min(5, Math.floor(at));
        return mixed(scale[low], scale[low + 1], at - low);
      },

      limit: (name, most) => (part(name).dataset.limit = number(most)),
      caption: (name, text) => (part(name).lastChild.textContent = text),

      /** Draws rows of values on a picture, a pixel each; `colored` yields [red, green, blue] or, with opacity, four. */
      draw(name, rows, colored) {
        const canvas = context(name).canvas, drawn = new ImageData(rows[0].length, rows.length);
        drawn.data.fill(255);
        rows.flat().forEach((value, k) => drawn.data.set(colored(value), 4 * k));
        if (canvas.width !== drawn.width || canvas.height !== drawn.height) [canvas.width, canvas.height] = [drawn.width, drawn.height];
        context(name).putImageData(drawn, 0, 0);
        return drawn;
      },
      drawImage: (name, rows) => widget.draw(name, rows, (pixel) => tone(pixel)),
      drawMap: (name, rows, most) => widget.draw(name, rows, (value) => widget.color(value / most)),

      /** Frames one cell of pictures, by row and column. */
      mark: (names, row, column) => names.forEach((name) => widget.frame(name, row, column, 1)),

      /** Fills the cells of a table with numbers on their colors. */
      fill(name, numbers, colored, digits = 2) {
        part(name).querySelectorAll("td").forEach((cell, k) => {
          cell.textContent = number(numbers[k], digits);
          const color = colored(numbers[k], k);
          cell.style.cssText = `background: ${css(color)}; color: ${ink(color)}`;
        });
      },

      /** Frames pixels of a picture: first row, first column, how many down and across. The style sheet makes lengths of them. */
      frame(name, top, left, down, across = down, k = 0) {
        const { height, width } = context(name).canvas;
        part(name).querySelectorAll("i")[k].style.cssText =
          `--top: ${top}; --left: ${left}; --down: ${down}; --across: ${across}; --height: ${height}; --width: ${width}`;
      },

      /** Arrow keys on an element and buttons in it move by steps (down, right), ten with Shift; Home goes to the top left. */
      onMove(name, moved) {
        const move = (key, steps = 1) => moved(...MOVES[key].slice(1).map((step) => steps * step));
        part(name).addEventListener("click", ({ target }) => MOVES[target.dataset.part] && move(target.dataset.part));
        part(name).addEventListener("keydown", (event) => {
          const key = event.key.toLowerCase().replace("arrow", "");
          if (!MOVES[key] || event.target.matches("select, input") || event.altKey || event.ctrlKey || event.metaKey) return;
          event.preventDefault(); // else the page scrolls
          move(key, event.shiftKey ? 10 : 1);
        });
      },

      /** Tapping and dragging on a picture: `pointed(row, column)`, with fractions, in its pixels. */
      onPoint(name, pointed) {
        const follow = ({ target, buttons, clientX, clientY }) => {
          if (target.tagName !== "CANVAS" || !buttons) return;
          const { left, top, width, height } = target.getBoundingClientRect();
          pointed(((clientY - top) / height) * target.height, ((clientX - left) / width) * target.width);
        };
        ["pointerdown", "pointermove"].forEach((type) => part(name).addEventListener(type, follow));
      },

      /** A choice that the reader makes: `chosen(k)`, the place of the option. */
      onChoice: (name, chosen) => part(name).addEventListener("change", ({ target }) => chosen(+target.value)),

      /** A slider: `moved(value)`; returns what sets it, beside its name, without calling `moved`. */
      onSlide(name, moved, written = (value) => number(value, 0)) {
        const input = part(name).querySelector("input");
        const show = () => (part(name).querySelector("b").textContent = input.ariaValueText = written(+input.value));
        input.addEventListener("input", () => (show(), moved(+input.value)));
        show();
        return (value) => ((input.value = value), show());
      },
    };
    return widget;
  }

  return { open, english, say, read, still, values, bytes, asMaps, asRows, number, percent, by, clamp, grey, tone, rgb, css, mixed, scheme, ink, escaped, each, html };
})();
