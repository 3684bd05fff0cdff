"""The site of the smoke study, served below /xo-report/ as on GitHub Pages, and a browser."""

from __future__ import annotations

import gzip
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Error, Page, sync_playwright

from ..conftest import SITE_URL

BELOW = urlsplit(SITE_URL).path
TEXT = {".css", ".csv", ".html", ".ipynb", ".js", ".json", ".svg", ".txt", ".xml"}
EMPTY_INDEX = (
    b'{"config": {"lang": ["en"], "separator": " ", "pipeline": [], "fields": {}}, "docs": []}'
)
WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 375, "height": 700}
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
        files = self.folder.rglob("index.html")
        return sorted(
            file.relative_to(self.folder).as_posix().removesuffix("index.html") for file in files
        )


@cache
def compressed(path: Path) -> bytes:
    """A file of a served site, which no test changes."""
    return gzip.compress(path.read_bytes(), 6, mtime=0)


class Handler(SimpleHTTPRequestHandler):
    """Serves `directory` below BELOW, text compressed, and its 404 page, as GitHub Pages does."""

    searchable = True

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
        if path.name == "search_index.json" and not self.searchable:
            return self.send(200, "application/json", EMPTY_INDEX)
        if not path.exists():
            return self.send(404, "text/html", (Path(self.directory) / "404.html").read_bytes())
        if (
            path.is_file()
            and path.suffix in TEXT
            and "gzip" in self.headers.get("Accept-Encoding", "")
        ):
            return self.send(200, self.guess_type(path), compressed(path), "gzip")
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
        self.send_header("Cache-Control", "max-age=600")
        self.send_header("LinkChecker", "welcome")  # without it LinkChecker pauses between requests
        super().end_headers()

    def log_message(self, *_) -> None:
        pass


class HandlerWithoutSearch(Handler):
    """Spares each page that is opened the reading of the site's search index."""

    searchable = False


@contextmanager
def served(
    folder: Path, built_for: str | None = None, handler: type[Handler] = Handler
) -> Iterator[Served]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(folder)))
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}{BELOW}"
    yield Served(folder, address, built_for or address)
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def site(smoke: Path) -> Iterator[Served]:
    """Its search finds nothing."""
    with served(smoke / "site", SITE_URL, HandlerWithoutSearch) as site:
        yield site


@pytest.fixture(scope="session")
def searchable(smoke: Path) -> Iterator[Served]:
    with served(smoke / "site", SITE_URL) as site:
        yield site


@pytest.fixture
def page(browser: Browser, site: Served) -> Iterator[Page]:
    """A page in a context of its own; the test fails where a script of the site does."""
    context = browser.new_context(viewport=WIDE, color_scheme="light", base_url=site.address)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium, else Playwright's own; without windows it takes half the time."""
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    system = next(filter(None, map(shutil.which, names)), None)
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=system, args=QUIET)
        except Error as error:
            pytest.skip(
                "no Chromium; install the system's, or run `playwright install chromium` "
                f"({error.message.splitlines()[0]})"
            )
        yield browser
        browser.close()
