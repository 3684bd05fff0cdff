"""Publishes build/docs as a site: built aside by MkDocs, checked, and only then put in place of
the old one.
"""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import msgspec

from report_builder.results.report import Report, read_report
from report_builder.site.checkout import current_commit
from report_builder.site.edition import make as editions
from report_builder.site.manifest import MANIFEST, as_text, describe
from report_builder.site.published_site import (
    offers,
    published_from,
    refuse_additions,
    work_folder,
)
from report_builder.site.swap import put_in_place
from report_builder.text import LANGUAGES
from xo.errors import CheckFailed
from xo.store import disk
from xo.store.files import write_atomically
from xo.store.inputs import digest, file_digest
from xo.store.locks import LOCKS, locked
from xo.store.memory import collect_garbage_rarely
from xo.store.ownership import claim


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
    work = work_folder(site)
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

    collect_garbage_rarely()
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
