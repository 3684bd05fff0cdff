"""Publishes build/docs as a site: built aside by MkDocs, checked, and only then put in place of the old one.

A site carries `manifest.json`: the digest of what it was built from, and the size and digest of every file.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
from pathlib import Path

from xo.errors import CheckFailed, InputError

MANIFEST = "manifest.json"


def publish(docs: Path, site: Path, config: Path) -> bool:
    """Bring `site` in line with the rendered pages in `docs`; whether it changed.

    The old site stays as it is until the new one has passed every check, and wherever this is interrupted.
    """
    site = site.resolve()
    inputs = _inputs(docs, config)
    if _made_from(site) == inputs:
        return False
    if site.exists() and not _is_site(site):
        raise InputError(f"{site}: this folder is not empty and holds no site; remove it or choose another with --site")
    from filelock import FileLock

    work = site.with_name(f".{site.name}.work")
    work.mkdir(parents=True, exist_ok=True)
    with FileLock(work / "lock"):  # another build of the same site is waited for
        _recover(site, work)
        if _made_from(site) == inputs:
            return False
        new = work / "new"
        try:
            _build(docs.resolve(), new, config)
            _check(new)
            _write_manifest(new, inputs)
            _swap(site, new, work)
        finally:
            shutil.rmtree(new, ignore_errors=True)
    return True


def is_published(site: Path) -> bool:
    """Whether a whole site stands there: every file of its manifest, in its size."""
    return _made_from(site) is not None


def _inputs(docs: Path, config: Path) -> str:
    """Digest of all that decides the site: pages and figures, the study named on every page, the machinery."""
    from report_builder.pages import load_report
    from report_builder.reuse import machinery, origin

    digest = hashlib.sha256(machinery(config).encode())
    digest.update(json.dumps(origin(load_report(docs.parent / "report.json")), sort_keys=True).encode())
    for path in sorted(path for path in docs.rglob("*") if path.is_file()):
        digest.update(f"\0{path.relative_to(docs).as_posix()}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _made_from(site: Path) -> str | None:
    """The digest of the inputs of the site, if it is whole."""
    try:
        manifest = json.loads((site / MANIFEST).read_text(encoding="utf-8"))
        whole = all((site / name).stat().st_size == size for name, (size, _) in manifest["files"].items())
    except (OSError, ValueError, KeyError):
        return None
    return manifest["inputs"] if whole else None


def _is_site(folder: Path) -> bool:
    """Whether it may be replaced: an empty folder, or what MkDocs made."""
    return folder.is_dir() and (not any(folder.iterdir()) or (folder / "search" / "search_index.json").is_file())


def _recover(site: Path, work: Path) -> None:
    """Put right what a killed build left."""
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


def _write_manifest(site: Path, inputs: str) -> None:
    files = {path.relative_to(site).as_posix(): (path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest())
             for path in sorted(site.rglob("*")) if path.is_file()}
    (site / MANIFEST).write_text(json.dumps({"inputs": inputs, "files": files}, indent=1), encoding="utf-8")


def _build(docs: Path, site: Path, config: Path) -> None:
    """MkDocs, where every warning counts and nothing is printed."""
    os.environ.setdefault("NO_MKDOCS_2_WARNING", "1")  # a notice of the theme about its successor
    from mkdocs.commands.build import build
    from mkdocs.config import load_config

    said = _Listener()
    logger = logging.getLogger("mkdocs")
    before = logger.level, logger.propagate
    logger.addHandler(said)
    logger.setLevel(logging.WARNING)
    logger.propagate = False
    try:
        settings = load_config(str(config), docs_dir=str(docs), site_dir=str(site))
        settings.plugins.on_startup(command="build", dirty=False)
        build(settings)
        settings.plugins.on_shutdown()
    except OSError:
        raise
    except (Exception, SystemExit) as error:  # MkDocs aborts with SystemExit, plugins and templates fail with anything
        raise CheckFailed(_summary([*said.messages, f"MkDocs failed with {type(error).__name__}: {error}"][:1])) from error
    finally:
        logger.removeHandler(said)
        logger.setLevel(before[0])
        logger.propagate = before[1]
    if said.messages:
        raise CheckFailed(_summary(said.messages))


def _check(site: Path) -> None:
    from report_builder.checks import problems
    from report_builder.wording import LANGUAGES

    if found := list(problems(site, LANGUAGES)):
        raise CheckFailed(_summary(found))


def _summary(problems: list[str]) -> str:
    """One line of the first problem and how many more there are."""
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return f"the site is not published, the old one stays: {' '.join(problems[0].split())}{more}"


class _Listener(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())
