"""Publishes build/docs as a site: built aside by MkDocs, checked, and only then put in place of the old one.

A site carries `manifest.json` (see `manifest`): what it was built from, and the size and digest of every file.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from report_builder.text import LANGUAGES
from xo.errors import CheckFailed, InputError
from xo.store.ownership import MARK, claim, refuse_foreign

MANIFEST = "manifest.json"
CLUTTER = (".DS_Store", "Thumbs.db", "desktop.ini")  # which file managers leave
READ = ("xo", "report_builder", "docs", "data", "mkdocs.yml")  # by a build


def publish(docs: Path, site: Path, config: Path) -> bool:
    """Bring `site` in line with the rendered pages in `docs`; whether it changed.

    The old site stays as it is until the new one has passed every check, and wherever this is interrupted.
    """
    site = site.resolve()
    report = _report(docs)
    inputs = _inputs(docs, config, report)
    if _made_from(site) == inputs:
        return False
    refuse_additions(site)
    from filelock import FileLock

    work = site.with_name(f".{site.name}.work")
    claim(work, "publishing")
    with FileLock(work / "lock"):  # another build of the same site is waited for
        _recover(site, work)
        if _made_from(site) == inputs:
            return False
        new = work / "new"
        try:
            _build(docs.resolve(), new, config)
            _check(new)
            _write_manifest(new, manifest(new, inputs, report, commit(config.resolve().parent)))
            _swap(site, new, work)
        finally:
            shutil.rmtree(new, ignore_errors=True)
    return True


def refuse_additions(site: Path) -> None:
    """Raises InputError unless `site` may be replaced: absent, empty, or a site with no file that was added to it since."""
    refuse_foreign(site, "site")
    try:
        made = json.loads((site / MANIFEST).read_text(encoding="utf-8"))["files"].keys() | {
            MANIFEST,
            MARK,
        }
    except (OSError, ValueError):  # empty, or what MkDocs alone made and lists nowhere
        return
    for path in sorted(site.rglob("*")):
        added = path.is_symlink() or not path.is_dir()
        if added and path.name not in CLUTTER and path.relative_to(site).as_posix() not in made:
            raise InputError(
                f"{path}: was added to the site, which a build replaces; move it out, or choose another "
                "folder with --site"
            )


def load_machinery() -> None:
    """Imports MkDocs and what it will need, two seconds' work; `publish` does so itself where it has not been done."""
    os.environ.setdefault("NO_MKDOCS_2_WARNING", "1")  # a notice of the theme about its successor
    import jieba
    import mkdocs.commands.build
    import mkdocs_jupyter.plugin

    jieba.setLogLevel(logging.WARNING)
    jieba.initialize()


def trial(docs: Path, config: Path) -> Iterator[str]:
    """What keeps the rendered pages in `docs` from being published, links and anchors included; nothing is published."""
    with tempfile.TemporaryDirectory() as scratch:
        try:
            _build(docs.resolve(), Path(scratch) / "site", config)
            _check(Path(scratch) / "site")
        except CheckFailed as error:
            yield str(error)


def is_published(site: Path) -> bool:
    """Whether a whole site stands there: every file of its manifest, in its size."""
    return _made_from(site) is not None


def manifest(site: Path, inputs: str, report: dict, commit: dict) -> dict:
    """What manifest.json says of a site.

    made_from  digest of all that the site was built from; a build with the same leaves the site as it is
    commit     {"id": "3f2a...", "clean": true}: what was checked out when this content was published first, and whether the files
               that a build reads were those of the commit. A later commit with the same content changes nothing here.
               Without git {"id": null, "why": "..."}.
    study, data, runs  as at the foot of every page
    files      path -> [bytes, SHA-256], of every file but the manifest
    artefacts  "run baseline/0-5e53...", "figure loss.baseline", "notebook zh/...", "value baseline.n", "table accuracy",
               "page zh/index.md", "asset assets/xo.css" and so on -> its digest (of its files' digests, where it consists of
               files), those files, and its inputs: code, records, data, versions, text, settings
    details    digest -> the part of an artefact's inputs that it stands for, such as every function of its code
    digest     SHA-256 of all the rest
    """
    from report_builder.results.provenance import digest
    from report_builder.site.page_cache import origin

    files = {
        path.relative_to(site).as_posix(): (
            path.stat().st_size,
            hashlib.sha256(path.read_bytes()).hexdigest(),
        )
        for path in sorted(site.rglob("*"))
        if path.is_file()
    }
    artefacts = {}
    for name, artefact in report.get("artefacts", {}).items():
        if "files" in artefact:
            paths = [_published(path) for path in artefact["files"]]
            artefact = artefact | {
                "files": paths,
                "digest": digest({path: files[path][1] for path in paths}),
            }
        artefacts[name] = artefact
    return {
        "made_from": inputs,
        "commit": commit,
        **(origin(report) or {}),
        "files": files,
        "artefacts": artefacts,
        "details": report.get("details", {}),
    }


def _write_manifest(site: Path, content: dict) -> None:
    (site / MANIFEST).write_text(sealed(content), encoding="utf-8")


def sealed(content: dict) -> str:
    """The manifest as text, with its own digest."""
    rest = {name: part for name, part in content.items() if name != "digest"}
    own = hashlib.sha256(json.dumps(rest, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    return json.dumps(rest | {"digest": own}, indent=1, ensure_ascii=False)


def _published(name: str) -> str:
    """Where a file of build/docs lies in the site."""
    path = PurePosixPath(name.removeprefix(f"{LANGUAGES[0]}/"))
    if path.suffix not in (".md", ".ipynb"):
        return str(path)
    return str(
        path.with_suffix(".html") if path.stem == "index" else path.with_suffix("") / "index.html"
    )


def commit(root: Path) -> dict:
    """The commit that is checked out in `root`, and whether what a build reads is as it is there."""

    def git(*arguments: str) -> str:
        environment = {
            name: value
            for name, value in os.environ.items()
            if name not in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE")
        }
        return subprocess.run(
            ["git", "--no-optional-locks", *arguments],
            cwd=root,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        ).stdout

    try:
        top, head = git("rev-parse", "--show-toplevel", "HEAD").split("\n")[:2]
        if Path(top).resolve() != root.resolve():
            return {"id": None, "why": "not a git checkout of its own"}
        return {"id": head, "clean": not git("status", "--porcelain", "--", *READ)}
    except OSError:
        return {"id": None, "why": "no git"}
    except subprocess.SubprocessError:
        return {"id": None, "why": "not a git checkout"}


def _report(docs: Path) -> dict:
    from report_builder.pages.render import load_report

    return load_report(docs.parent / "report.json")


def _inputs(docs: Path, config: Path, report: dict) -> str:
    """Digest of all that decides the site: pages and figures, what they rest on, the study named on every page, the machinery."""
    from report_builder.site.page_cache import machinery, origin

    digest = hashlib.sha256(machinery(config).encode())
    digest.update(json.dumps([origin(report), report.get("artefacts")], sort_keys=True).encode())
    for path in sorted(path for path in docs.rglob("*") if path.is_file()):
        digest.update(
            f"\0{path.relative_to(docs).as_posix()}\0".encode()
            + hashlib.sha256(path.read_bytes()).digest()
        )
    return digest.hexdigest()


def _made_from(site: Path) -> str | None:
    """The digest of the inputs of the site, if it is whole."""
    try:
        found = json.loads((site / MANIFEST).read_text(encoding="utf-8"))
        whole = all(
            (site / name).stat().st_size == size for name, (size, _) in found["files"].items()
        )
        return found["made_from"] if whole else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


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


def _build(docs: Path, site: Path, config: Path) -> None:
    """MkDocs, where every warning counts and nothing is printed."""
    load_machinery()
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
    except (
        Exception,
        SystemExit,
    ) as error:  # MkDocs aborts with SystemExit, plugins and templates fail with anything
        raise CheckFailed(
            _summary([*said.messages, f"MkDocs failed with {type(error).__name__}: {error}"][:1])
        ) from error
    finally:
        logger.removeHandler(said)
        logger.setLevel(before[0])
        logger.propagate = before[1]
    if said.messages:
        raise CheckFailed(_summary(said.messages))


def _check(site: Path) -> None:
    from report_builder.site.built_site import problems

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
