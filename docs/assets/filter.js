/* Tables that filter: by words, and where rows have a verdict by that, with how many have it. Without this script all rows
   are there. */
"use strict";

(() => {
  const english = document.documentElement.lang.startsWith("en");
  for (const box of document.querySelectorAll(".xo-filtered")) {
    const scope = box.dataset.scope ? box.closest(box.dataset.scope) : box;
    const rows = [...scope.querySelectorAll("tbody tr")].map(row =>
      ({ row, text: row.textContent.toLowerCase(), verdict: row.querySelector(".verdict-mark")?.textContent }));
    if (!rows.length) continue;
    const folds = [...scope.querySelectorAll("details.xo-rows")];

    const controls = document.createElement("div");
    controls.className = "xo-controls";
    const input = document.createElement("input");
    input.type = "search";
    input.placeholder = english ? "Filter" : "筛选";
    input.setAttribute("aria-label", english ? "Filter the rows by words" : "按文字筛选各行");
    const status = document.createElement("span");
    status.setAttribute("role", "status");

    let verdict; // the one that is pressed
    const counts = new Map();
    for (const each of rows) if (each.verdict) counts.set(each.verdict, (counts.get(each.verdict) ?? 0) + 1);
    const buttons = [...counts].map(([name, count]) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = `${name} ${count}`;
      button.setAttribute("aria-pressed", "false");
      button.addEventListener("click", () => { verdict = verdict === name ? undefined : name; show(); });
      return [name, button];
    });

    const show = () => {
      const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const each of rows) {
        const fits = (!verdict || each.verdict === verdict) && words.every(word => each.text.includes(word));
        each.row.hidden = !fits;
        shown += fits;
      }
      for (const [name, button] of buttons) button.setAttribute("aria-pressed", String(name === verdict));
      for (const fold of folds) {
        const some = [...fold.querySelectorAll("tbody tr")].some(row => !row.hidden);
        fold.hidden = !some;
        fold.open = words.length > 0 && some;
      }
      box.classList.toggle("filtering", words.length > 0);
      status.textContent = `${shown} / ${rows.length}`;
    };
    input.addEventListener("input", show);
    controls.append(input, ...buttons.map(([, button]) => button), status);
    box.prepend(controls);
    status.textContent = `${rows.length} / ${rows.length}`;
  }

  // A link to a row unfolds its table; not every browser does so by itself.
  const unfold = () => {
    const row = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const fold = row?.closest("details.xo-rows");
    if (fold && !fold.open) { fold.open = true; row.scrollIntoView(); }
  };
  addEventListener("hashchange", unfold);
  unfold();
})();
