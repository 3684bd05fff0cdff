"""One figure or one value by its name, or the names of all, from the records there are."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from report_builder.evidence.gather import gather, look_up_study, name_damaged
from report_builder.evidence.study import Evidence
from report_builder.figures import table
from report_builder.figures.save import encode
from report_builder.figures.signature import is_signed, sign
from report_builder.figures.toolkit.style import Style
from report_builder.paths import Paths
from report_builder.results.report import Value
from report_builder.text import Text
from xo.errors import InputError
from xo.store.files import write_atomically
from xo.unknown_names import unknown

KINDS: dict[str, Literal["svg", "png"]] = {".svg": "svg", ".png": "png"}


def draw_figure(name: str, study: str, paths: Paths, style: Style, out: Path | None) -> Path:
    """Draws a figure and returns where it was written, by default as NAME.svg or NAME.png in this
    folder.

    Raises InputError for an unknown figure, and where that would overwrite anything but a figure
    written before.
    """
    if out:
        _refuse_overwriting(out)
    evidence = _evidence(study, paths)
    row, _ = table.find(name, evidence)
    path = out or Path(f"{name}.{row.kind}")
    kind = KINDS.get(path.suffix.lower())
    if kind is None:
        raise InputError(
            f"--out {path}: expected a name that ends in .svg or .png, got '{path.suffix}'"
        )
    _refuse_overwriting(path)
    write_atomically(path, sign(encode(table.draw(name, evidence, style), kind), kind))
    return path


def figure_titles(study: str, paths: Paths) -> Iterator[tuple[str, Text]]:
    """The name and the title of every figure that can be drawn."""
    evidence = _evidence(study, paths)
    for name in table.names(evidence):
        yield name, table.describe(name, evidence).title


def all_values(study: str, paths: Paths) -> dict[str, Value]:
    """Every value, by name."""
    from report_builder.results.values import values

    return values(_evidence(study, paths))


def read_value(name: str, study: str, paths: Paths) -> Value:
    """A value; raises InputError for an unknown one."""
    found = all_values(study, paths)
    if name not in found:
        raise unknown("value", name, found)
    return found[name]


def _evidence(study: str, paths: Paths) -> Evidence:
    """What the store holds of a study; the error stream names the records that are damaged."""
    found = look_up_study(study, paths.data, paths.store)
    name_damaged(found.lookup)
    return gather(found)


def _refuse_overwriting(path: Path) -> None:
    if os.path.lexists(path) and not is_signed(path):
        raise InputError(
            f"{path}: exists, and is no figure that this command wrote and nobody changed; "
            "remove it, or choose another name with --out"
        )
    if not path.parent.is_dir():
        raise InputError(
            f"{path}: expected a folder {path.parent}, found none; make it, or choose another "
            "place with --out"
        )
