"""Whether what is stored and published is as it was written: every file rehashed, each damaged one
named.

A store is checked artifact by artifact against the digests that each carries, a site against its
manifest alone, in a folder or over the web. Training runs again is in `retrain`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from pathlib import Path
from typing import NamedTuple
from urllib.error import HTTPError
from urllib.parse import quote, urlsplit
from urllib.request import Request, urlopen

from report_builder.checks.retrain import retrain
from report_builder.pages.templating import BUILD
from report_builder.site.manifest import MANIFEST, Manifest, parse
from xo.data.dataset import DataSet
from xo.errors import InputError
from xo.runs.record import RunRecord
from xo.runs.study import Run
from xo.store import sealed
from xo.store.artifact import Damaged, read
from xo.store.inputs import sha256
from xo.store.problems import problems
from xo.store.store import NEVER, Store

SITE = Path("site")  # where a build puts it
TIMEOUT = 20  # seconds without an answer
PARALLEL_REQUESTS = 8
MAX_FAILED_REQUESTS = 5  # after which a server counts as out of reach
LARGEST_MANIFEST = 100_000_000  # bytes
KINDS = {"run": "records", "demonstration": "demonstrations", "images": "decoded data sets"}

ReadFile = Callable[[str, int], bytes | None]
"""Path below the site, limit in bytes -> at most one byte more than the limit; None where there is
no such file. Raises _Unreachable."""


class CheckResult(NamedTuple):
    """What was checked, in words, and a line for everything wrong with it."""

    subject: str
    problems: list[str]
    remedy: str = ""  # what puts them right


class _Unreachable(Exception):
    """A file could not be read, which does not mean that it is missing or changed."""


def verify(
    store: Path,
    site: str | None,
    sample: int | None,
    seed: int,
    variant: str | None,
    data: Callable[[], DataSet],
    train: Callable[[list[tuple[Run, str]], Store], list[RunRecord]],
) -> Iterator[CheckResult]:
    """Checks `site` alone, from its manifest; without one, the store, and the site in SITE if there
    is one. Then trains `sample` runs again, chosen with `seed`, of one variant or of all.
    """
    if site is not None:
        yield check_site(site)
    else:
        yield check_store(store)
        if SITE.is_dir():
            yield check_site(str(SITE), store)
    if not sample:
        return

    def train_again(runs: list[Run], scratch: Store) -> list[RunRecord]:
        return train([(run, NEVER) for run in runs], scratch)

    for compared in retrain(Store(store), data(), sample, seed, variant, train_again):
        yield CheckResult(
            f"{compared.run}, trained again, chosen with seed {seed}, compared {compared.how}",
            compared.problems,
        )


def check_store(root: Path) -> CheckResult:
    """Every artifact of a store; those that were quarantined are left out."""
    if not root.is_dir():
        raise InputError(
            f"{root}: no such folder; name the store with --store, "
            "or make one with 'python -m report_builder build'"
        )
    store = Store(root)
    folders = {kind: store.folders(kind) for kind in KINDS}
    found = [problem for kind in KINDS for folder in folders[kind] for problem in problems(folder)]
    *counts, last = (f"{len(folders[kind])} {word}" for kind, word in KINDS.items())
    return CheckResult(f"{', '.join(counts)} and {last} in {root}", found)


# A site


def check_site(place: str, store: Path | None = None) -> CheckResult:
    """Every file of the manifest, in a folder or at an address; in a folder also surplus files.

    With `store`, the records there must be those that the site was made from.
    """
    remote = urlsplit(place).scheme in ("http", "https")
    if not remote and not Path(place).is_dir():
        raise InputError(
            f"{place}: neither a folder nor an address that starts with http:// or https://"
        )
    base = place.removesuffix(MANIFEST).removesuffix("index.html").rstrip("/")
    read_file = _read_from_web(base) if remote else _read_from_folder(Path(base))
    while True:
        text = _manifest_text(base, read_file)
        checked = _check_files(base, text, read_file, remote, store)
        # A build may have replaced the site meanwhile.
        if not checked.problems or _manifest_text(base, read_file) == text:
            remedy = f"'{BUILD}' publishes it again" + (", to be uploaded anew" if remote else "")
            return checked._replace(remedy=remedy)


def _check_files(
    base: str, text: bytes, read_file: ReadFile, remote: bool, store: Path | None
) -> CheckResult:
    manifest = parse(text)
    if manifest is None:
        problem = f"{base}/{MANIFEST}: is not a manifest of this version, or damaged"
        return CheckResult(f"no file of {base}", [problem])
    found = [] if sealed.is_intact(text) else [f"{base}/{MANIFEST}: does not match its own digest"]
    found += _changed_files(base, manifest.files, read_file)
    if not remote:
        found += _misplaced_files(Path(base), manifest)
    if store:
        found += _other_records(base, manifest, store)
    limits = ", where surplus ones cannot be seen" if remote else ""
    return CheckResult(f"{len(manifest.files)} files of {base}{limits}", found)


def _manifest_text(base: str, read_file: ReadFile) -> bytes:
    try:
        text = read_file(MANIFEST, LARGEST_MANIFEST)
    except _Unreachable as error:
        raise InputError(
            f"{base}/{MANIFEST}: cannot be had ({error}); "
            "is the address right, and can this machine reach it?"
        ) from None
    if text is None:
        raise InputError(
            f"{base}: holds no {MANIFEST}; name a site that 'python -m report_builder build' made"
        )
    return text


def _changed_files(
    base: str, files: dict[str, tuple[int, str]], read_file: ReadFile
) -> Iterator[str]:
    """A line for each file that is missing, changed or cannot be read."""
    failures = 0

    def problem(name: str) -> str | None:
        nonlocal failures
        size, digest = files[name]
        if failures >= MAX_FAILED_REQUESTS:
            return None
        if name.startswith("/") or ".." in name.split("/"):
            return f"{base}/{MANIFEST}: names {name}, which lies outside of the site"
        try:
            content = read_file(name, size)
        except _Unreachable as error:
            failures += 1
            return f"{base}/{name}: cannot be had ({error})"
        if content is None:
            return f"{base}/{name}: missing"
        if len(content) != size or sha256(content) != digest:
            return f"{base}/{name}: changed, it does not match its digest in {MANIFEST}"
        return None

    with ThreadPoolExecutor(PARALLEL_REQUESTS) as pool:
        yield from filter(None, pool.map(problem, sorted(files)))
    if failures >= MAX_FAILED_REQUESTS:
        yield f"{base}: gave up after {failures} failed requests; other files were not looked at"


def _misplaced_files(site: Path, manifest: Manifest) -> Iterator[str]:
    """Files that the manifest does not name, and prints, which have no digest there, that are
    missing.
    """
    present = {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}
    named = {*manifest.files, *manifest.printed, MANIFEST}
    for name in sorted(present - named):
        yield f"{site}/{name}: surplus; the manifest does not name it"
    for name in sorted({*manifest.printed} - present):
        yield f"{site}/{name}: missing"


def _other_records(base: str, manifest: Manifest, store: Path) -> Iterator[str]:
    """Runs of which the store holds another record than the site was made from."""
    for name, published in manifest.artefacts.items():
        kind, _, run = name.partition(" ")
        if kind != "run":
            continue
        try:
            stored = read(store / run)
        except (Damaged, InputError):
            continue  # not there, or damaged, which the check of the store says
        if stored.digest != published.digest:
            yield (
                f"{base}: was made from another record of {run} than {store} holds; build it again"
            )


def _read_from_folder(folder: Path) -> ReadFile:
    def read_file(name: str, limit: int) -> bytes | None:
        try:
            with open(folder / name, "rb") as file:
                return file.read(limit + 1)
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None
        except OSError as error:
            raise _Unreachable(error.strerror) from None

    return read_file


def _read_from_web(base: str) -> ReadFile:
    headers = {"Accept-Encoding": "identity", "Cache-Control": "no-cache"}

    def read_file(name: str, limit: int) -> bytes | None:
        request = Request(f"{base}/{quote(name)}", headers=headers)
        try:
            with urlopen(request, timeout=TIMEOUT) as answer:
                return answer.read(limit + 1)
        except HTTPError as error:
            if error.code in (404, 410):
                return None
            raise _Unreachable(f"status {error.code}") from None
        except (OSError, HTTPException, ValueError) as error:
            reason = getattr(error, "reason", None) or str(error) or type(error).__name__
            raise _Unreachable(reason) from None

    return read_file
