/* The Tab key stops at what scrolls sideways, while it does: tables, formulas, output and figures that are wider than the screen. */
"use strict";

(() => {
  const article = document.querySelector("article");
  const name = document.documentElement.lang.startsWith("en") ? "scrolls sideways" : "可以左右滚动";
  const attributes = { tabindex: "0", role: "group", "aria-label": name };
  const mark = () => {
    for (const element of article.querySelectorAll(".md-typeset__scrollwrap, .formula, .xo-output, .xo-picture")) {
      const wide = element.scrollWidth > element.clientWidth;
      for (const [key, value] of Object.entries(attributes)) wide ? element.setAttribute(key, value) : element.removeAttribute(key);
    }
  };
  if (article) new ResizeObserver(mark).observe(article);
})();
