"""Says in full what is wrong with a stored artifact: every file is rehashed, optional ones too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from xo.errors import InputError
from xo.store.artifact import RECORD, Damaged, read
from xo.store.store import KINDS


def problems(folder: Path) -> Iterator[str]:
    """A line for everything in an artifact's folder that is not as written, optional files too."""
    try:
        artifact = read(folder)
        artifact.content_as(dict)
    except InputError as error:
        yield str(error)
        return
    except Damaged as damage:
        yield str(damage)
        return
    if not artifact.has_own_key:
        yield f"{folder / RECORD}: its key is not that of its inputs"
    expected = f"{artifact.name}-{artifact.key}"
    if not folder.as_posix().endswith(
        f"/{KINDS.get(artifact.kind, '')}/{expected}".replace("//", "/")
    ):
        yield f"{folder / RECORD}: is the record of {expected}"
    for file, stored in artifact.files.items():
        if not (folder / file).is_file():
            if not stored.optional:
                yield f"{folder / file}: missing"
            continue
        try:
            artifact.rehash(file)
        except (Damaged, InputError) as fault:
            yield str(fault)
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        if path.relative_to(folder).as_posix() not in {RECORD, *artifact.files}:
            yield f"{path}: surplus; the record does not name it"
