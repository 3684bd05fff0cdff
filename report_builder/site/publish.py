"""Publishes build/docs as a site: built aside by MkDocs, checked, and only then put in place of
the old one.
"""

from __future__ import annotations

import gc
import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import msgspec

from report_builder.pages.sources import CLUTTER
from report_builder.results.report import Report, read_report
from report_builder.site.manifest import (
    MANIFEST,
    as_text,
    current_commit,
    describe,
    read_manifest,
)
from report_builder.text import LANGUAGES
from xo.errors import CheckFailed, InputError
from xo.store.files import write_atomically
from xo.store.inputs import digest, file_digest
from xo.store.ownership import MARK, claim, refuse_foreign


def publish(docs: Path, site: Path, config: Path) -> bool:
    """Brings `site` in line with the rendered pages in `docs`; returns whether it changed.

    The old site stays as it is until the new one has passed every check, and wherever this is
    interrupted. Raises CheckFailed where the new one does not pass, InputError where `site` holds
    files that no build made.
    """
    from filelock import FileLock

    site = site.resolve()
    report = read_report(docs.parent / "report.json")
    made_from = _inputs_digest(docs, config, report)
    if _made_from(site) == made_from:
        return False
    refuse_additions(site)
    work = site.with_name(f".{site.name}.work")
    claim(work, "publishing")
    with FileLock(work / "lock"):  # another build of the same site is waited for
        _recover(site, work)
        if _made_from(site) == made_from:
            return False
        new = work / "new"
        try:
            _build(docs.resolve(), new, config)
            _check(new)
            manifest = describe(new, made_from, report, current_commit(config.resolve().parent))
            write_atomically(new / MANIFEST, as_text(manifest))
            _swap(site, new, work)
        finally:
            shutil.rmtree(new, ignore_errors=True)
    return True


def is_published(site: Path) -> bool:
    """Whether a site stands there with every file of its manifest, in its size."""
    return _made_from(site) is not None


def refuse_additions(site: Path) -> None:
    """Raises InputError unless `site` may be replaced: absent, empty, or a site with no file that
    was added to it since.
    """
    refuse_foreign(site, "site")
    manifest = read_manifest(site)
    if manifest is None:  # empty, or what MkDocs alone made and lists nowhere
        return
    known = {*manifest.files, MANIFEST, MARK}
    for path in sorted(site.rglob("*")):
        is_file = path.is_symlink() or not path.is_dir()
        if is_file and path.name not in CLUTTER and path.relative_to(site).as_posix() not in known:
            raise InputError(
                f"{path}: was added to the site, which a build replaces; move it out, "
                "or choose another folder with --site"
            )


def build_problems(docs: Path, config: Path) -> Iterator[str]:
    """What keeps the rendered pages in `docs` from being published, links and anchors included;
    publishes nothing.
    """
    with tempfile.TemporaryDirectory() as scratch:
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
    import jieba
    import mkdocs.commands.build  # noqa: F401
    import mkdocs_jupyter.plugin  # noqa: F401

    gc.set_threshold(100_000)  # pages are many objects, and hardly any of them garbage
    jieba.setLogLevel(logging.WARNING)
    jieba.initialize()


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
    return digest([layout_digest(config), footer(report), provenance, files])


def _made_from(site: Path) -> str | None:
    """The digest of what the site was built from; None where a file of its manifest is missing or
    of another size.
    """
    manifest = read_manifest(site)
    if manifest is None:
        return None
    try:
        complete = all(
            (site / name).stat().st_size == size for name, (size, _) in manifest.files.items()
        )
    except OSError:
        return None
    return manifest.made_from if complete else None


def _recover(site: Path, work: Path) -> None:
    """Puts right what a killed build left."""
    old = work / "old"
    if old.exists() and not site.exists():
        os.rename(old, site)
    for left in (old, work / "new"):
        shutil.rmtree(left, ignore_errors=True)


def _swap(site: Path, new: Path, work: Path) -> None:
    old = work / "old"
    if site.exists():
        os.rename(site, old)
    os.rename(new, site)
    shutil.rmtree(old, ignore_errors=True)


def _build(docs: Path, site: Path, config: Path) -> None:
    """Runs MkDocs, where every warning counts and nothing is printed."""
    load_mkdocs()
    from mkdocs.commands.build import build
    from mkdocs.config import load_config

    warnings = _Warnings()
    logger = logging.getLogger("mkdocs")
    before = logger.level, logger.propagate
    logger.addHandler(warnings)
    logger.setLevel(logging.WARNING)
    logger.propagate = False
    try:
        settings = load_config(str(config), docs_dir=str(docs), site_dir=str(site))
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
