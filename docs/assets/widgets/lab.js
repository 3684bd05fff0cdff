/* Starts the lab, whose modules lie in docs/assets/lab; from a file, where browsers load no modules, says so in one line. */
"use strict";

(() => {
  const { say, escaped } = xoWidgets, widget = xoWidgets.open(), { src } = document.currentScript;
  const apologise = (zh, en) => {
    widget.root.classList.remove("live");
    widget.root.querySelector(".xo-starting")?.remove();
    widget.root.insertAdjacentHTML("beforeend", `<p class="xo-apology" role="status">${say(zh, en)}</p>`);
  };
  if (location.protocol === "file:") {
    return apologise("直接打开文件时，浏览器不允许加载实验室的程序和权重。在站点的文件夹里运行 <code>python -m http.server</code>，再打开它给出的地址。",
      "Opened as a file, this page may not load the lab's program and weights. Run <code>python -m http.server</code> in the site's "
      + "folder and open the address it gives.");
  }
  // As high as the window, so that nothing moves when the lab takes its place, which waits for its looks.
  widget.root.insertAdjacentHTML("beforeend", `<p class="xo-starting">${say("实验室正在启动……", "The lab is starting …")}</p>`);
  widget.root.classList.add("live");
  const looks = Object.assign(document.createElement("link"), { rel: "stylesheet", href: new URL("../lab/lab.css", src) });
  const styled = new Promise((done) => { looks.onload = looks.onerror = done; });
  document.head.append(looks);
  Promise.all([import(new URL("../lab/main.js", src)), styled]).then(([{ start }]) => {
    start(widget);
    widget.root.querySelector(".xo-starting").remove();
  }).catch((error) => apologise(
    `实验室没有启动：${escaped(String(error.message || error))}。图仍然可以看；重新载入本页再试。`,
    `The lab did not start: ${escaped(String(error.message || error))}. The figure stands; reload the page to try again.`));
})();
