"""Whether what stands in a site's folder is as it was published, and whether a build may replace
it: no file is lost that a build did not make.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from report_builder.pages.sources import CLUTTER
from report_builder.site.edition.make import NAMES, Edition
from report_builder.site.manifest import MANIFEST, Manifest, parse, read_manifest
from xo.errors import InputError
from xo.store import sealed
from xo.store.inputs import sha256
from xo.store.ownership import MARK, refuse_foreign


def offers(site: Path, edition: Edition | None) -> bool:
    """Whether the published site has all files of this edition, and no others of one."""
    manifest = read_manifest(site)
    there = {*manifest.files, *manifest.printed} & NAMES if manifest else set()
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
    manifest = sealed.decode(text, Manifest)
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


def work_folder(site: Path) -> Path:
    """Where the next site is built, beside the one that it will replace."""
    return site.with_name(f".{site.name}.work")


def _second_manifest(site: Path) -> Manifest | None:
    """The copy of the manifest that publishing left beside the site."""
    text = _manifest(work_folder(site.resolve()))
    return sealed.decode(text, Manifest) if text else None


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
