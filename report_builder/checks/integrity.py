"""Whether what is stored and published is still what was written: every file rehashed, each damaged one named.

A store is checked record by record against the digests that each carries, a site against its manifest alone, in a folder or
over the web. Training runs again is in `again`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from pathlib import Path
from typing import NamedTuple
from urllib.error import HTTPError
from urllib.parse import quote, urlsplit
from urllib.request import Request, urlopen

from report_builder.checks.retrain import again
from report_builder.site.publish import MANIFEST, sealed
from xo.data.dataset import DataSet
from xo.errors import InputError
from xo.runs.record import RunRecord
from xo.runs.study import Run
from xo.store.store import NEVER, Store, problems

SITE = Path("site")  # where a build puts it
TIMEOUT = 20  # seconds without an answer
AT_ONCE = 8  # requests
GIVE_UP = 5  # failed requests after which a server counts as gone
LARGEST_MANIFEST = 100_000_000  # bytes


class Checked(NamedTuple):
    """What was looked at, in words, and a line for everything wrong with it."""

    what: str
    problems: list[str]


def verify(
    store: Path,
    site: str | None,
    sample: int | None,
    seed: int,
    variant: str | None,
    data: Callable[[], DataSet],
    train: Callable[[list[tuple[Run, str]], Store], list[RunRecord]],
) -> Iterator[Checked]:
    """Checks `site` alone, from its manifest; without one, the store and the site beside it, if there is one. Then trains
    `sample` runs again, chosen with `seed`, of one variant or of all."""
    if site is not None:
        yield check_site(site)
    else:
        yield check_store(store)
        if SITE.is_dir():
            yield check_site(str(SITE), store)
    if sample:
        for compared in again(
            Store(store),
            data(),
            sample,
            seed,
            variant,
            lambda runs, to: train([(run, NEVER) for run in runs], to),
        ):
            yield Checked(
                f"{compared.run}, trained again, chosen with seed {seed}, compared {compared.how}",
                compared.problems,
            )


# The store


def check_store(root: Path) -> Checked:
    """Every record, its arrays and weights, every demonstration, every decoded data set; what was set aside is left out."""
    if not root.is_dir():
        raise InputError(
            f"{root}: no such folder; name the store with --store, or make one with 'python -m report_builder build'"
        )
    store = Store(root)
    runs, demonstrations, data = map(store.folders, ("run", "demonstration", "images"))
    found = [problem for folder in [*runs, *demonstrations, *data] for problem in problems(folder)]
    return Checked(
        f"{len(runs)} records, {len(demonstrations)} demonstrations and {len(data)} decoded data sets in {root}",
        found,
    )


# A site


class _Gone(Exception):
    """A file could not be had, which is not to say that it is missing or changed."""


def check_site(where: str, store: Path | None = None) -> Checked:
    """Every file of the manifest, in a folder or at an address, and in a folder those that it lacks.

    With `store`, the records there must be those that the site was made from.
    """
    remote = urlsplit(where).scheme in ("http", "https")
    if not remote and not Path(where).is_dir():
        raise InputError(
            f"{where}: neither a folder nor an address that starts with http:// or https://"
        )
    base = where.removesuffix(MANIFEST).removesuffix("index.html").rstrip("/")
    read = _from_web(base) if remote else _from_folder(Path(base))
    try:
        raw = read(MANIFEST, LARGEST_MANIFEST)
    except _Gone as error:
        raise InputError(
            f"{base}/{MANIFEST}: cannot be had ({error}); is the address right, and can this machine reach it?"
        ) from None
    if raw is None:
        raise InputError(
            f"{base}: holds no {MANIFEST}; name a site that 'python -m report_builder build' made"
        )
    try:
        text = raw.decode()
        manifest = json.loads(text)
        files = {
            name: (int(size), str(digest)) for name, (size, digest) in manifest["files"].items()
        }
        records = {
            name.removeprefix("run "): artefact["digest"]
            for name, artefact in manifest["artefacts"].items()
            if name.startswith("run ")
        }
        whole = text == sealed(manifest)
    except (ValueError, KeyError, TypeError, AttributeError):
        return Checked(
            f"no file of {base}",
            [f"{base}/{MANIFEST}: is not a manifest of this version, or damaged"],
        )
    problems = [] if whole else [f"{base}/{MANIFEST}: does not match its own digest"]
    problems += _compared(base, files, read)
    if not remote:
        there = {
            path.relative_to(base).as_posix() for path in Path(base).rglob("*") if path.is_file()
        }
        problems += [
            f"{base}/{name}: surplus; the manifest does not name it"
            for name in sorted(there - files.keys() - {MANIFEST})
        ]
    if store:
        problems += _other_records(base, records, store)
    return Checked(
        f"{len(files)} files of {base}" + (", where surplus ones cannot be seen" if remote else ""),
        problems,
    )


def _compared(
    base: str, files: dict[str, tuple[int, str]], read: Callable[[str, int], bytes | None]
) -> Iterator[str]:
    failures = 0

    def look(name: str) -> str | None:
        nonlocal failures
        size, digest = files[name]
        if failures >= GIVE_UP:
            return None
        if name.startswith("/") or ".." in name.split("/"):
            return f"{base}/{MANIFEST}: names {name}, which lies outside of the site"
        try:
            content = read(name, size)
        except _Gone as error:
            failures += 1
            return f"{base}/{name}: cannot be had ({error})"
        if content is None:
            return f"{base}/{name}: missing"
        if len(content) != size or hashlib.sha256(content).hexdigest() != digest:
            return f"{base}/{name}: changed, it does not match its digest in {MANIFEST}"
        return None

    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield from filter(None, pool.map(look, sorted(files)))
    if failures >= GIVE_UP:
        yield f"{base}: gave up after {failures} failed requests; other files were not looked at"


def _from_folder(folder: Path) -> Callable[[str, int], bytes | None]:
    def read(name: str, limit: int) -> bytes | None:
        try:
            with open(folder / name, "rb") as file:
                return file.read(limit + 1)
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None
        except OSError as error:
            raise _Gone(error.strerror) from None

    return read


def _from_web(base: str) -> Callable[[str, int], bytes | None]:
    def read(name: str, limit: int) -> bytes | None:
        request = Request(
            f"{base}/{quote(name)}",
            headers={"Accept-Encoding": "identity", "Cache-Control": "no-cache"},
        )
        try:
            with urlopen(request, timeout=TIMEOUT) as answer:
                return answer.read(limit + 1)
        except HTTPError as error:
            if error.code in (404, 410):
                return None
            raise _Gone(f"status {error.code}") from None
        except (OSError, HTTPException, ValueError) as error:
            raise _Gone(
                getattr(error, "reason", None) or str(error) or type(error).__name__
            ) from None

    return read


def _other_records(base: str, records: dict[str, str], store: Path) -> Iterator[str]:
    """Runs of which the store holds another record than the site was made from."""
    for run, digest in records.items():
        try:
            there = json.loads((store / run / "record.json").read_text(encoding="utf-8"))["digest"]
        except (OSError, ValueError, KeyError, TypeError):
            continue  # not there, or damaged, which the check of the store tells
        if there != digest:
            yield f"{base}: was made from another record of {run} than {store} holds; build it again"
