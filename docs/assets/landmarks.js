/* The theme puts the copy button of each piece of code into a <nav> of its own, once it comes into view. So many landmarks
   would hide those that lead somewhere, and all of them would have the same name: none. */
"use strict";

(() => {
  const article = document.querySelector("article");
  const unmark = () => {
    for (const nav of article.querySelectorAll("nav.md-code__nav:not([role])")) nav.setAttribute("role", "none");
  };
  if (article) new MutationObserver(unmark).observe(article, { childList: true, subtree: true });
})();
