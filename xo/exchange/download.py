"""Fetches a file from an address; what came is used only if its SHA-256 is the one expected."""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from xo.errors import CheckFailed, InputError

TIMEOUT = 20  # seconds without an answer
LARGEST = 2**31  # bytes
CHUNK = 2**20  # bytes


def is_address(source: str) -> bool:
    """Whether it begins as an address does, of any scheme."""
    return "://" in source


@contextmanager
def downloaded(address: str, sha256: str | None) -> Iterator[Path]:
    """The file at an http(s) address, which is deleted when the block ends.

    The digest expected is `sha256`, or in the address, as `https://host/file.zip#sha256=...`.
    """
    url, _, fragment = address.partition("#")
    expected = sha256 or fragment.removeprefix("sha256=")
    if urlsplit(url).scheme not in ("http", "https"):
        raise InputError(f"{url}: not an address that starts with http:// or https://")
    if not re.fullmatch(r"[0-9a-fA-F]{64}", expected):
        raise InputError(
            f"{url}: expected the SHA-256 of what lies there, 64 hexadecimal digits; "
            f"give it with --sha256, or as {url}#sha256=DIGEST"
        )
    with tempfile.TemporaryDirectory(prefix="xo-") as scratch:
        file = Path(scratch) / "download.zip"
        check_digest(url, _fetch(url, file), expected)
        yield file


def check_digest(source: str, found: str, expected: str) -> None:
    """Raises CheckFailed where a digest is not the one expected."""
    if found != expected.lower():
        raise CheckFailed(
            f"{source}: has the SHA-256 {found}, expected {expected.lower()}; "
            "nothing of it was used; ask where the digest comes from"
        )


def _fetch(url: str, file: Path) -> str:
    """Writes what lies at an address to a file and returns its digest."""
    digest, size = hashlib.sha256(), 0
    headers = {"Accept-Encoding": "identity"}
    try:
        with urlopen(Request(url, headers=headers), timeout=TIMEOUT) as answer:
            with open(file, "wb") as opened:
                while chunk := answer.read(CHUNK):
                    size += len(chunk)
                    if size > LARGEST:
                        raise InputError(f"{url}: is larger than {LARGEST:,} bytes")
                    digest.update(chunk)
                    opened.write(chunk)
    except (OSError, HTTPException, ValueError) as error:
        reason = getattr(error, "reason", None) or str(error) or type(error).__name__
        raise InputError(
            f"{url}: cannot be had ({reason}); is the address right, and can this machine reach it?"
        ) from None
    return digest.hexdigest()
