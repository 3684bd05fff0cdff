"""`manifest.json`, which every published site carries: what it was made from, and the size and
digest of every file.

`verify` and the next build read it; it names every file of the site but itself.
"""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Annotated, Any

import msgspec

from report_builder.results.report import DataSetName, Provenance, Report, RunCounts
from report_builder.site.checkout import Commit
from report_builder.text import LANGUAGES
from xo.store import sealed
from xo.store.inputs import digest, sha256

MANIFEST = "manifest.json"
FileName = Annotated[str, msgspec.Meta(pattern=r"^[^\0]+$")]  # no system has a file with a NUL


class PublishedArtifact(Provenance, frozen=True, omit_defaults=True):
    """The inputs of an artifact, its digest (of its files' digests, where it consists of files),
    and those files.
    """


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """The content of manifest.json, but for `digest`, SHA-256 of all before it.

    `artefacts` are named like "run baseline/0-5e53...", "figure loss.baseline", "notebook zh/...",
    "value baseline.n", "table accuracy", "page zh/index.md", "asset assets/xo.css".
    """

    made_from: (
        str  # digest of all that the site was built from; a build with the same leaves it as it is
    )
    commit: Commit
    study: str = ""
    data: DataSetName | None = None
    runs: RunCounts | None = None
    files: dict[FileName, tuple[int, str]]  # path -> bytes, SHA-256
    # What a browser printed: it is there, and as no two prints have the same bytes, has no digest.
    printed: tuple[FileName, ...] = ()
    artefacts: dict[str, PublishedArtifact]
    details: dict[
        str, dict[str, Any]
    ] = {}  # digest -> the part of an artifact's inputs it stands for


def describe(
    site: Path, made_from: str, report: Report, commit: Commit, printed: tuple[str, ...] = ()
) -> Manifest:
    """The manifest of the files in `site`, built from `report`."""
    files = {}
    for path in sorted(path for path in site.rglob("*") if path.is_file()):
        if (name := path.relative_to(site).as_posix()) not in printed:
            content = path.read_bytes()
            files[name] = (len(content), sha256(content))
    artefacts = {}
    for name, made in report.provenance.items():
        paths = tuple(published_path(path) for path in made.files)
        own = digest({path: files[path][1] for path in paths}) if paths else made.digest
        artefacts[name] = PublishedArtifact(inputs=made.inputs, digest=own, files=paths)
    return Manifest(
        made_from=made_from,
        commit=commit,
        study=report.study,
        data=report.data,
        runs=report.runs,
        files=files,
        printed=printed,
        artefacts=artefacts,
        details=report.details,
    )


def as_text(manifest: Manifest) -> bytes:
    """The content of manifest.json, sealed."""
    return sealed.seal_document(msgspec.to_builtins(manifest))


def read_manifest(site: Path) -> Manifest | None:
    """The manifest of the site in a folder; None where there is none of this version."""
    try:
        return parse((site / MANIFEST).read_bytes())
    except OSError:
        return None


def parse(text: bytes) -> Manifest | None:
    """The manifest with this text, as it was written or not; None where it is none."""
    try:
        return msgspec.json.decode(text, type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def published_path(rendered: str) -> str:
    """Where a file of build/docs lies in the site."""
    path = PurePosixPath(rendered.removeprefix(f"{LANGUAGES[0]}/"))
    if path.suffix not in (".md", ".ipynb"):
        return str(path)
    if path.stem == "index":
        return str(path.with_suffix(".html"))
    return str(path.with_suffix("") / "index.html")
