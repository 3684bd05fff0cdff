"""How long `mkdocs serve` takes to show a changed page, in a scratch copy of the tracked files:
from saving it to its new text.

python benchmarks/serving.py
"""

from __future__ import annotations

import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.request import urlopen

import click
from building import PAGE, copy_of_tracked_files

CHANGES = 5


def seconds_until(text: str, url: str) -> float:
    """Until the page shows the text; the server answers once it has built the site."""
    started = time.perf_counter()
    while time.perf_counter() - started < 120:
        try:
            if text in urlopen(url, timeout=60).read().decode():
                return time.perf_counter() - started
        except OSError:
            pass
        time.sleep(0.02)
    raise SystemExit(f"{url} does not show {text!r}")


@click.command(help=__doc__)
def main() -> None:
    with tempfile.TemporaryDirectory() as scratch, socket.socket() as free:
        tree = Path(scratch)
        copy_of_tracked_files(tree)
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
        free.close()
        command = [sys.executable, "-m", "mkdocs", "serve", "--dev-addr", address]
        server = subprocess.Popen(
            command, cwd=tree, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            url = f"http://{address}/" + PAGE.removeprefix("docs/zh/").removesuffix(".md") + "/"
            print(f"first shown after {seconds_until('xo', url):.1f} s")
            taken = []
            for number in range(CHANGES):
                page = tree / PAGE
                page.write_text(page.read_text("utf-8") + f"\nchange-{number}\n", "utf-8")
                taken.append(seconds_until(f"change-{number}", url))
                time.sleep(1)
            print(
                f"a changed page after {statistics.median(taken):.1f} s (median of {CHANGES}; "
                f"{min(taken):.1f} to {max(taken):.1f})"
            )
        finally:
            server.terminate()
            server.wait(30)


if __name__ == "__main__":
    main()
