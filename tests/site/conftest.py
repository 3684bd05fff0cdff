"""The site of the smoke study, built once by the real command, served below /xo-report/ as on GitHub Pages, and a browser."""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Error, sync_playwright

from xo.store.source_digest import ROOT

BELOW = "/xo-report/"
BUILT_FOR = f"http://127.0.0.1{BELOW}"
TEXT = {".css", ".csv", ".html", ".ipynb", ".js", ".json", ".svg", ".txt", ".xml"}
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


class Served(NamedTuple):
    """A site and where it is served."""

    folder: Path
    address: str  # ends with a slash
    built_for: str  # SITE_URL: the address that it believes to have

    def pages(self) -> list[str]:
        """The path of every page below the address, both languages."""
        found = (
            path.relative_to(self.folder).as_posix() for path in self.folder.rglob("index.html")
        )
        return sorted(path.removesuffix("index.html") for path in found)


class Handler(SimpleHTTPRequestHandler):
    """Serves `directory` below BELOW, text compressed as GitHub Pages does, and its 404 page where nothing is."""

    def do_GET(self) -> None:
        if not self.path.startswith(BELOW):
            return self.send_error(404)
        self.path = "/" + self.path.removeprefix(BELOW)
        super().do_GET()

    def send_head(self):
        path = Path(self.translate_path(self.path))
        path = (
            path / "index.html"
            if path.is_dir() and self.path.partition("?")[0].endswith("/")
            else path
        )
        if not path.exists():
            return self.send(404, "text/html", (Path(self.directory) / "404.html").read_bytes())
        if (
            path.is_file()
            and path.suffix in TEXT
            and "gzip" in self.headers.get("Accept-Encoding", "")
        ):
            return self.send(
                200, self.guess_type(path), gzip.compress(path.read_bytes(), 6, mtime=0), "gzip"
            )
        return super().send_head()

    def send(self, status: int, kind: str, body: bytes, encoding: str = "identity") -> BytesIO:
        """The headers; the body is for the caller to copy."""
        self.send_response(status)
        self.send_header(
            "Content-Type", f"{kind}; charset=utf-8" if kind.startswith("text/") else kind
        )
        self.send_header("Content-Encoding", encoding)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        return BytesIO(body)

    def end_headers(self) -> None:
        self.send_header("LinkChecker", "welcome")  # without it LinkChecker pauses between requests
        super().end_headers()

    def log_message(self, *_) -> None:
        pass


@pytest.fixture(scope="session")
def built_site(tmp_path_factory) -> Path:
    """What `python -m report_builder build --study smoke` leaves, run as a newcomer does, into folders of its own."""
    folder = tmp_path_factory.mktemp("smoke")
    command = [
        sys.executable,
        "-m",
        "report_builder",
        "build",
        "--study",
        "smoke",
        "--store",
        folder / "runs",
        "--build",
        folder / "build",
        "--site",
        folder / "site",
    ]
    environment = {**os.environ, "SITE_URL": BUILT_FOR}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=900
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "site"


@pytest.fixture(scope="session")
def site(built_site) -> Iterator[Served]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(built_site)))
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield Served(built_site, f"http://127.0.0.1:{server.server_port}{BELOW}", BUILT_FOR)
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium, else Playwright's own."""
    system = next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=system, args=QUIET)
        except Error as error:
            pytest.skip(
                f"no Chromium; install the system's, or run `playwright install chromium` ({error.message.splitlines()[0]})"
            )
        yield browser
        browser.close()
