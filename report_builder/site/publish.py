"""Publishes build/docs as a site: built aside by MkDocs, checked, and only then put in place of
the old one.
"""

from __future__ import annotations

import gc
import logging
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import msgspec

from report_builder.pages.sources import CLUTTER
from report_builder.results.report import Report, read_report
from report_builder.site.checkout import current_commit
from report_builder.site.edition import make as editions
from report_builder.site.manifest import (
    MANIFEST,
    Manifest,
    as_text,
    describe,
    parse,
    read_manifest,
    read_sealed,
)
from report_builder.site.swap import put_in_place
from report_builder.text import LANGUAGES
from xo.errors import CheckFailed, InputError
from xo.store import disk
from xo.store.files import write_atomically
from xo.store.inputs import digest, file_digest, sha256
from xo.store.locks import LOCKS, locked
from xo.store.ownership import MARK, claim, refuse_foreign


def build_lock(build: Path) -> Path:
    """The lock of whoever changes what lies in a build folder, or reads it for a site.

    Not beside the report, where `mkdocs serve` takes every new file for a new report.
    """
    return build / LOCKS / "build"


class Published(NamedTuple):
    """What publishing did."""

    changed: bool
    made_from: str  # digest of all that the site was built from
    failure: str = ""  # why a file of the edition is not there, in one line


def publish(
    docs: Path, site: Path, config: Path, edition: editions.Edition | None = None
) -> Published:
    """Brings `site` in line with the rendered pages in `docs`, which nobody else may change
    meanwhile; with an `edition`, the site offers that.

    The old site stays as it is until the new one has passed every check, and wherever this is
    interrupted. Raises CheckFailed where the new one does not pass or was not made from what it
    says, InputError where `site` holds files that no build made.
    """
    site = site.resolve()
    report = read_report(docs.parent / "report.json")
    made_from = _inputs_digest(docs, config, report)
    work = _work(site)
    old, new = work / "old", work / "new"

    def is_done() -> bool:
        return published_from(site) == made_from and offers(site, edition)

    if not (old.exists() or new.exists()) and is_done():
        return Published(False, made_from)
    refuse_additions(site)
    claim(work, "publishing")
    with locked(work / "lock"):  # another build of the same site is waited for
        _recover(site, old, new)
        if is_done():
            return Published(False, made_from)
        made = editions.Made()
        try:
            _build(docs.resolve(), new, config, made_from)
            _check(new)
            if edition:
                made = editions.make(new, edition, report, made_from)
            commit = current_commit(config.resolve().parent)
            text = as_text(describe(new, made_from, report, commit, made.printed))
            write_atomically(new / MANIFEST, text)
            write_atomically(work / MANIFEST, text)  # for the day when the site's own is damaged
            if _inputs_digest(docs, config, report) != made_from:
                raise CheckFailed(
                    "the site is not published, the old one stays: pages or settings changed while "
                    "it was built from them; run the same command again"
                )
            refuse_additions(site)
            put_in_place(new, site, old)
        except BaseException as error:
            _sweep(new)
            if not isinstance(error, OSError):
                raise
            raise CheckFailed(
                f"the site is not published, the old one stays: {error.filename or new}: "
                f"{error.strerror}; mend that and run the same command again"
            ) from error
    return Published(True, made_from, made.failure)


def offers(site: Path, edition: editions.Edition | None) -> bool:
    """Whether the published site has all files of this edition, and no others of one."""
    manifest = read_manifest(site)
    there = {*manifest.files, *manifest.printed} & editions.NAMES if manifest else set()
    return there == (edition.files if edition else set())


def is_published(site: Path) -> bool:
    """Whether a site stands there, every file of it as it was published."""
    return published_from(site) is not None


def published_from(site: Path) -> str | None:
    """The digest of what the site was built from; None where it is not as it was published."""
    manifest = read_manifest(site)
    return manifest.made_from if manifest and not damage(site) else None


def damage(site: Path) -> str:
    """Why what stands there is no published site, in words; empty where it is one."""
    while True:
        before = _manifest(site)
        found = _damage(site, before)
        if not found or _manifest(site) == before:  # else another build replaced it meanwhile
            return found


def _damage(site: Path, text: bytes | None) -> str:
    if text is None:
        return "not published"
    manifest = read_sealed(text)
    if manifest is None:
        return f"damaged: {MANIFEST} is not as it was written"
    for name, (size, digest_of_file) in manifest.files.items():
        try:
            content = (site / name).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return f"damaged: {name} is missing"
        except OSError as error:
            return f"damaged: {name} cannot be read ({error.strerror})"
        if len(content) != size or sha256(content) != digest_of_file:
            return f"damaged: {name} is not as it was published"
    return next((f"damaged: {name} is missing" for name in _missing(site, manifest.printed)), "")


def _missing(site: Path, names: Iterable[str]) -> Iterator[str]:
    return (name for name in names if not (site / name).is_file())


def _manifest(site: Path) -> bytes | None:
    try:
        return (site / MANIFEST).read_bytes()
    except OSError:
        return None


def refuse_additions(site: Path) -> None:
    """Raises InputError unless `site` may be replaced: absent, empty, or a site with no file that
    was added to it since.
    """
    if not _manifest_lost(site):
        refuse_foreign(site, "site")
    while added := _added(site, before := _manifest(site)):
        if _manifest(site) == before:  # else another build replaced it meanwhile
            raise InputError(
                f"{added}: was added to the site, which a build replaces; move it out, "
                "or choose another folder with --site"
            )


def _added(site: Path, manifest_text: bytes | None) -> Path | None:
    """A file that the manifest does not name; None where there is none, or no manifest."""
    manifest = parse(manifest_text or b"") or _second_manifest(site)
    if manifest is None:  # empty, or what MkDocs alone made and lists nowhere
        return None
    known = {*manifest.files, *manifest.printed, MANIFEST, MARK}
    for folder, folders, names in os.walk(site):
        links = [name for name in folders if Path(folder, name).is_symlink()]
        for name in sorted(links + names):
            path = Path(folder, name)
            if name not in CLUTTER and path.relative_to(site).as_posix() not in known:
                return path
    return None


def _work(site: Path) -> Path:
    """Where the next site is built, beside the one that it will replace."""
    return site.with_name(f".{site.name}.work")


def _second_manifest(site: Path) -> Manifest | None:
    """The copy of the manifest that publishing left beside the site."""
    text = _manifest(_work(site.resolve()))
    return read_sealed(text) if text else None


def _manifest_lost(site: Path) -> bool:
    """Whether it is a published site, but for its manifest, which no longer parses or is gone: most
    files that the copy names are there as they were published.
    """
    if parse(_manifest(site) or b"") or not (copy := _second_manifest(site)):
        return False
    intact = sum(_is_intact(site / name, *recorded) for name, recorded in copy.files.items())
    return intact > len(copy.files) / 2


def _is_intact(path: Path, size: int, digest_of_file: str) -> bool:
    try:
        return path.stat().st_size == size and sha256(path.read_bytes()) == digest_of_file
    except OSError:
        return False


def build_problems(docs: Path, config: Path) -> Iterator[str]:
    """What keeps the rendered pages in `docs` from being published, links and anchors included;
    publishes nothing.
    """
    with locked(build_lock(docs.parent)), tempfile.TemporaryDirectory() as scratch:
        site = Path(scratch) / "site"
        try:
            _build(docs.resolve(), site, config)
            _check(site)
        except CheckFailed as error:
            yield str(error)


def load_mkdocs() -> None:
    """Imports MkDocs and what it will need, two seconds' work; `publish` does so itself where it
    has not been done.
    """
    os.environ.setdefault("NO_MKDOCS_2_WARNING", "1")  # a notice of the theme about its successor
    import mkdocs.commands.build  # noqa: F401
    import mkdocs_jupyter.plugin  # noqa: F401

    from report_builder.site import segmentation

    gc.set_threshold(100_000)  # pages are many objects, and hardly any of them garbage
    segmentation.read_no_cache()
    segmentation.load()


def _inputs_digest(docs: Path, config: Path, report: Report) -> str:
    """The digest of all that decides the site: pages and figures, their provenance, the study
    named on every page, the layout.
    """
    from report_builder.site.page_cache import footer, layout_digest

    files = {
        path.relative_to(docs).as_posix(): file_digest(path)
        for path in docs.rglob("*")
        if path.is_file()
    }
    provenance = msgspec.to_builtins(report.provenance)
    layout = [layout_digest(config), editions.code_digests()]
    return digest([layout, footer(report), provenance, files])


def _recover(site: Path, old: Path, new: Path) -> None:
    """Puts right what a killed build left."""
    if old.exists() and not site.exists():
        disk.rename(old, site)
    for left in (old, new, *new.parent.glob(f".{MANIFEST}.*")):
        _sweep(left)


def _sweep(left: Path) -> None:
    with suppress(OSError):  # then the next build tries again
        if left.exists():
            disk.remove(left)


def _build(docs: Path, site: Path, config: Path, made_from: str = "") -> None:
    """Runs MkDocs, where every warning counts and nothing is printed; pages name `made_from`."""
    load_mkdocs()
    from mkdocs.commands.build import build
    from mkdocs.config import load_config

    from report_builder.site.page_cache import MADE_FROM

    warnings = _Warnings()
    logger = logging.getLogger("mkdocs")
    before = logger.level, logger.propagate
    logger.addHandler(warnings)
    logger.setLevel(logging.WARNING)
    logger.propagate = False
    try:
        settings = load_config(str(config), docs_dir=str(docs), site_dir=str(site))
        settings.extra[MADE_FROM] = made_from
        settings.plugins.on_startup(command="build", dirty=False)
        try:
            build(settings)
        finally:
            settings.plugins.on_shutdown()
    except OSError:
        raise
    # MkDocs aborts with SystemExit, plugins and templates fail with anything
    except (Exception, SystemExit) as error:
        failure = f"MkDocs failed with {type(error).__name__}: {error}"
        raise CheckFailed(_summary([*warnings.messages, failure][:1])) from error
    finally:
        logger.removeHandler(warnings)
        logger.setLevel(before[0])
        logger.propagate = before[1]
    if warnings.messages:
        raise CheckFailed(_summary(warnings.messages))


def _check(site: Path) -> None:
    from report_builder.site.built_site import problems

    if found := list(problems(site, LANGUAGES)):
        raise CheckFailed(_summary(found))


def _summary(problems: list[str]) -> str:
    """One line of the first problem and how many more there are."""
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return f"the site is not published, the old one stays: {' '.join(problems[0].split())}{more}"


class _Warnings(logging.Handler):
    """Collects what MkDocs warns of."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())
