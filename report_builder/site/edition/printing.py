"""Prints an HTML file as PDF with a browser that is installed: Chromium or one of its kin.

No browser tells a document on which page something stands, so it is printed twice: with what the
first print says, the second has page numbers in its contents.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import unquote

NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "msedge",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
OPTIONS = (
    "--headless",
    "--no-sandbox",  # which containers lack; the document is ours and holds no script
    "--disable-gpu",
    "--disable-dev-shm-usage",  # small in containers
    "--disable-background-networking",
    "--host-resolver-rules=MAP * ~NOTFOUND",  # no host has an address
    "--no-first-run",
    "--no-pdf-header-footer",  # the document has its own
    "--generate-pdf-document-outline",
)
LONGEST = 600  # seconds


def find_browser() -> str | None:
    """The first of NAMES that is there."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def lacks_chinese() -> bool:
    """Whether the system is known to have no font with Chinese characters."""
    if not (command := shutil.which("fc-list")):
        return False
    try:
        listed = subprocess.run([command, ":lang=zh"], capture_output=True, timeout=60)
    except (OSError, subprocess.SubprocessError):
        return False
    return listed.returncode == 0 and not listed.stdout.strip()


def print_pdf(browser: str, document: Path, out: Path) -> str:
    """Writes `out`; returns why it could not, in words, and then there is no such file."""
    if why := _print(browser, document, out):
        return why
    if numbers := page_numbers(out):
        with tempfile.TemporaryDirectory() as folder:
            again, numbered = Path(folder, document.name), Path(folder, out.name)
            text = document.read_text(encoding="utf-8")
            style = f"<style>\n{_numbering(numbers)}\n</style>\n</head>"
            again.write_text(text.replace("</head>", style, 1), encoding="utf-8")
            if not _print(browser, again, numbered):
                shutil.copyfile(numbered, out)
    return ""


def page_numbers(pdf: Path) -> dict[str, int]:
    """On which page, from 1, each anchor stands that a link leads to; empty where the PDF does not
    say.
    """
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(pdf)
        places = {
            unquote(name.removeprefix("/")): reader.get_destination_page_number(place)
            for name, place in reader.named_destinations.items()
        }
    except PyPdfError:
        return {}
    return {name: page + 1 for name, page in places.items() if page is not None and page >= 0}


def _numbering(numbers: dict[str, int]) -> str:
    """The style that sets page numbers beside the links of the contents."""
    return "\n".join(
        f'.contents a[href="#{anchor}"]::after {{ content: "{number}"; }}'
        for anchor, number in numbers.items()
        if ":" not in anchor.removeprefix("part:") and not re.search(r'["\\<\n]', anchor)
    )


def _print(browser: str, document: Path, out: Path) -> str:
    """Writes `out`; returns why it could not, in words, and then there is no such file."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [
            browser,
            *OPTIONS,
            f"--user-data-dir={profile}",
            f"--print-to-pdf={out.resolve()}",
            document.resolve().as_uri(),
        ]
        try:
            done = subprocess.run(command, capture_output=True, timeout=LONGEST)
            said = done.stderr.decode(errors="replace").strip().splitlines()
            why = f"it ended with status {done.returncode}" + (f": {said[-1]}" if said else "")
        except subprocess.TimeoutExpired:
            why = f"it had not finished after {LONGEST} seconds"
        except OSError as error:
            why = error.strerror or str(error)
    if is_pdf(out):
        return ""
    out.unlink(missing_ok=True)
    return why


def is_pdf(file: Path) -> bool:
    """Whether the file is a PDF from its first line to its last."""
    try:
        content = file.read_bytes()
    except OSError:
        return False
    return content.startswith(b"%PDF-") and content.rstrip().endswith(b"%%EOF")
