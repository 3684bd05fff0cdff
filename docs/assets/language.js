/* The language switch keeps the place. A page has the same headings in both languages, in the same order, so the place is
   the number of the heading above the reader and how far below it the reader is: in pixels while the heading is near, else
   as a share of the section, since one language is longer than the other. */
"use strict";

(() => {
  const KEY = "place"; // of the address that the switch leads to: #place=3,240,0.25
  const BELOW_HEADER = 80; // pixels
  const NEAR = 400; // pixels
  const headings = [...document.querySelectorAll("article :is(h1, h2, h3, h4)[id]")];
  const top = heading => heading.getBoundingClientRect().top + scrollY;
  const end = number => number + 1 < headings.length ? top(headings[number + 1]) : document.documentElement.scrollHeight;

  const place = () => {
    const reader = scrollY + BELOW_HEADER + 1;
    const number = headings.findLastIndex(heading => top(heading) <= reader);
    if (number < 0 || !scrollY) return "";
    const from = top(headings[number]);
    const below = reader - from;
    return `#${KEY}=${number},${Math.round(below)},${(below / (end(number) - from)).toFixed(3)}`;
  };
  for (const link of document.querySelectorAll(".md-select__link[hreflang]"))
    for (const event of ["click", "auxclick", "keydown"])
      link.addEventListener(event, () => { link.hash = place(); });

  const found = location.hash.match(new RegExp(`^#${KEY}=(\\d+),(\\d+),([\\d.]+)$`))?.slice(1).map(Number);
  if (found && found[0] < headings.length) {
    const [number, pixels, share] = found;
    const from = top(headings[number]);
    const below = pixels < NEAR ? pixels : share * (end(number) - from);
    history.replaceState(null, "", number ? `#${headings[number].id}` : location.pathname);
    scrollTo({ top: from + below - BELOW_HEADER - 1, behavior: "instant" });
  }
})();
