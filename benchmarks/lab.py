"""How long the lab takes for an answer, and whether drawing stutters, in Chromium on a built site.

python benchmarks/lab.py                  the site in site/
python benchmarks/lab.py --site FOLDER
"""

from __future__ import annotations

import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from shutil import which
from statistics import median

import click
from playwright.sync_api import sync_playwright
from rich.console import Console
from rich.table import Table

TARGETS = {"features": 16, "baseline": 50}  # milliseconds an answer may take
LONGEST_FRAME = 50  # milliseconds, while drawing
ANSWERS = """async ([network, weights, size, times]) => {
  const { judge, readNetwork } = await import(network);
  const net = readNetwork(await (await fetch(weights)).arrayBuffer());
  const image = new Uint8Array(size[0] * size[1]).map((_, k) => (k % 97 < 90 ? 255 : 0)), took = [];
  for (let k = 0; k < times; k++) {
    const start = performance.now();
    judge(net, image, size);
    took.push(performance.now() - start);
  }
  return took;
}"""
FRAMES = """() => {
  globalThis.frames = [];
  let last;
  const next = (now) => {
    if (last) frames.push(now - last);
    last = now;
    requestAnimationFrame(next);
  };
  requestAnimationFrame(next);
}"""


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder and says nothing."""

    def log_message(self, *_: object) -> None:
        pass


@click.command()
@click.option("--site", type=click.Path(exists=True, path_type=Path), default=Path("site"))
@click.option("--times", default=40, help="Answers of each network.")
def main(site: Path, times: int) -> None:
    """Measures answers and frames of the lab of a built site."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    root = f"http://127.0.0.1:{server.server_port}/"
    table = Table("what", "fastest ms", "median ms", "target ms")
    system = next(filter(None, map(which, ("chromium-headless-shell", "chromium"))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=system, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(f"{root}lab/")
        lab = f"{root}assets/lab/"
        for name, target in TARGETS.items():
            weights = f"{lab}networks/{name}/network.safetensors"
            asked = [f"{lab}engine/network.js", weights, [116, 116], times]
            took = page.evaluate(ANSWERS, asked)[times // 4 :]  # once the code is compiled
            measured = (f"{min(took):.1f}", f"{median(took):.1f}")
            table.add_row(f"answer of {name}", *measured, str(target))
        box = page.locator("[data-part='drawing'] canvas").bounding_box()
        assert box
        page.evaluate(FRAMES)
        page.mouse.move(box["x"] + 20, box["y"] + 20)
        page.mouse.down()
        for k in range(120):
            across, down = 20 + 2 * (k % 100), 20 + (k * 7) % 200
            page.mouse.move(box["x"] + across, box["y"] + down)
        page.mouse.up()
        frames = page.evaluate("frames")
        measured = (f"{min(frames):.1f}", f"{median(frames):.1f}")
        table.add_row("frame while drawing", *measured, str(LONGEST_FRAME))
        table.add_row("longest frame while drawing", "", f"{max(frames):.1f}", str(LONGEST_FRAME))
        browser.close()
    server.shutdown()
    Console().print(table)


if __name__ == "__main__":
    main()
