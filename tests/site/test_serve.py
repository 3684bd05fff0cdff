"""`mkdocs serve` alone, in a copy that holds only what a fresh clone holds."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from xo.store.source_digest import ROOT


@pytest.fixture(scope="module")
def clone(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("clone")
    for part in ("docs", "report_builder", "xo"):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "data").mkdir()
    data = [f"data/{path.name}" for path in (ROOT / "data").glob("*.toml")]
    for name in ("mkdocs.yml", *data):
        shutil.copy(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def address(clone):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = clone / "log"
    with log.open("w") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "mkdocs", "serve", "--dev-addr", f"127.0.0.1:{port}"],
            cwd=clone,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        )
        try:
            found = f"http://127.0.0.1:{port}/"
            wait_for("xo", found, 120)
            yield found
            lines = log.read_text().splitlines()
            assert [line for line in lines if "WARNING" in line and "gone.svg" not in line] == []
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(30)


def wait_for(text: str, url: str, limit: float) -> None:
    """Until the page shows the text, for `limit` seconds at the most."""
    started = time.monotonic()
    while time.monotonic() - started < limit:
        try:
            if text in urlopen(url, timeout=limit).read().decode():
                return
        except OSError:
            pass
        time.sleep(0.02)
    pytest.fail(f"{url} does not show {text!r} after {limit} s")


def test_pages_without_results_name_the_command(address):
    page = urlopen(address + "en/xo/training/").read().decode()
    assert "has not been made yet" in page and "python -m report_builder build" in page


def test_a_changed_page_is_shown(clone, address):
    source = clone / "docs/zh/xo/data.md"
    for mark in ("改动一", "改动二"):
        source.write_text(source.read_text("utf-8") + f"\n{mark}\n", "utf-8")
        wait_for(mark, address + "xo/data/", 60)


def test_files_beside_pages_come_change_and_go(clone, address):
    picture = clone / "docs/zh/xo/gone.svg"
    picture.write_text('<svg xmlns="http://www.w3.org/2000/svg"><!-- first --></svg>')
    style = clone / "docs/assets/xo.css"
    style.write_text(style.read_text("utf-8") + "\n/* changed style */\n", "utf-8")
    wait_for("first", address + "xo/gone.svg", 60)
    wait_for("changed style", address + "assets/xo.css", 60)
    picture.write_text('<svg xmlns="http://www.w3.org/2000/svg"><!-- second --></svg>')
    wait_for("second", address + "xo/gone.svg", 60)
    picture.unlink()
    deadline = time.monotonic() + 60
    while True:
        try:
            urlopen(address + "xo/gone.svg").read()
        except HTTPError as error:
            assert error.code == 404
            break
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_changed_notebook_is_shown_without_running_it(clone, address):
    source = clone / "docs/en/hands-on/by-hand.py"
    source.write_text(
        source.read_text("utf-8") + "\n# %% [markdown]\n# A further step\n\n# %%\n1 / 0\n", "utf-8"
    )
    wait_for("A further step", address + "en/hands-on/by-hand/", 60)
    page = urlopen(address + "en/hands-on/by-hand/").read().decode()
    assert "Not all cells below have been run" in page and "ZeroDivisionError" not in page


def test_a_template_that_does_not_render_is_named_and_serving_goes_on(clone, address):
    source = clone / "docs/en/xo/network.md"
    before = source.read_text("utf-8")
    source.write_text(before + "\n{{ nonsense }}\n", "utf-8")
    deadline = time.monotonic() + 60
    while "network.md" not in (log := (clone / "log").read_text()):
        assert time.monotonic() < deadline, log
        time.sleep(0.1)
    assert "Traceback" not in log
    source.write_text(before + "\nAll is well again.\n", "utf-8")
    wait_for("All is well again.", address + "en/xo/network/", 60)
