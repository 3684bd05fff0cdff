/* The language switch keeps the place. A page has the same headings in both languages, in the same order (a build checks it),
   so the place is the number of the last heading in the upper third of the window or above it, and how far the window has
   moved past it: in pixels while it is near, else as a share of the section, for one language is longer than the other. */
"use strict";

(() => {
  const NEAR = 400; // pixels
  const headings = [...document.querySelectorAll("article :is(h1, h2, h3, h4)[id]")];
  const top = heading => heading.getBoundingClientRect().top + scrollY;
  const end = number => number + 1 < headings.length ? top(headings[number + 1]) : document.documentElement.scrollHeight;

  /** "#place=3,-90,-0.02"; empty at the top of the page. The lab keeps what is drawn and chosen in its fragment. */
  const place = () => {
    if (location.hash.includes("=")) return location.hash;
    const number = headings.findLastIndex(heading => top(heading) <= scrollY + innerHeight / 3);
    if (number < 0 || !scrollY) return "";
    const past = scrollY - top(headings[number]);
    return `#place=${number},${Math.round(past)},${(past / (end(number) - top(headings[number]))).toFixed(3)}`;
  };
  for (const link of document.querySelectorAll(".md-select__link[hreflang]"))
    for (const event of ["pointerdown", "focus", "click"])
      link.addEventListener(event, () => { link.hash = place(); });

  const found = location.hash.match(/^#place=(\d+),(-?\d+),(-?[\d.]+)$/)?.slice(1).map(Number);
  if (found && found[0] < headings.length) {
    const [number, pixels, share] = found;
    const past = pixels < NEAR ? pixels : share * (end(number) - top(headings[number]));
    history.replaceState(null, "", location.pathname + location.search + (number ? `#${headings[number].id}` : ""));
    scrollTo({ top: top(headings[number]) + past, behavior: "instant" });
  }
})();
