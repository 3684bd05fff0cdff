/* Pictures further down are loaded when the page is there, so that printing and leafing find them; at the latest when the
   page is printed, which takes the light ones whatever the scheme. */
"use strict";

(() => {
  const load = () => {
    for (const image of document.querySelectorAll("article img[loading=lazy]"))
      if (image.checkVisibility() || image.src.endsWith("#only-light")) image.loading = "eager";
  };
  const later = window.requestIdleCallback ?? (task => setTimeout(task, 200));
  if (document.readyState === "complete") later(load);
  else addEventListener("load", () => later(load));
  addEventListener("beforeprint", load);
})();
