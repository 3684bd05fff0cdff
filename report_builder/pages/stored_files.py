"""The files of figures, networks and notebooks that pages take over from the build's store, each
hashed as it is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from report_builder.pages import notebooks
from report_builder.pages.templating import BUILD
from report_builder.results.report import DrawnFigure, Report, ShippedNetwork
from xo.errors import InputError
from xo.store.artifact import RECORD, Artifact, Damaged, read


def artifact_folders(report: Report) -> Iterator[Path]:
    """The folder of each figure, network and executed notebook."""
    yield from (Path(figure.folder) for figure in report.figures.values())
    yield from (Path(network.folder) for network in report.networks.values())
    yield from (Path(executed).parent for executed in report.notebooks.values())


def is_whole(folder: Path) -> bool:
    """Whether an artifact is there with all its files as they were written."""
    try:
        _read(folder, rehash=True)
    except Damaged:
        return False
    return True


def figure_files(name: str, figure: DrawnFigure, language: str) -> Iterator[tuple[str, bytes]]:
    """The files of a figure in one language: where each is to lie below build/docs, and its bytes.

    Raises InputError where one is damaged.
    """
    shown, file = f"{language}/figures/{name}", partial(_file, _artifact(Path(figure.folder)))
    for scheme in ("light", "dark"):
        yield f"{shown}.{scheme}.{figure.kind}", file(f"{language}-{scheme}.{figure.kind}")
    yield f"{shown}.csv", file("data.csv")


def network_path(variant: str, file: str) -> str:
    """Where a file of the lab's network of that variant lies below build/docs."""
    return f"assets/lab/networks/{variant}/{file}"


def network_files(variant: str, network: ShippedNetwork) -> Iterator[tuple[str, bytes]]:
    """The files of a network: where each is to lie below build/docs, and its bytes.

    Raises InputError where one is damaged.
    """
    artifact = _artifact(Path(network.folder))
    for name in network.files:
        yield network_path(variant, name), _file(artifact, name)


def executed_notebook(path: Path) -> bytes:
    """A notebook with its output; raises InputError where it is damaged."""
    return _file(_artifact(path.parent), notebooks.EXECUTED)


def _artifact(folder: Path) -> Artifact:
    try:
        return _read(folder)
    except Damaged as damage:
        raise _refused(damage) from damage


def _read(folder: Path, rehash: bool = False) -> Artifact:
    artifact = read(folder, rehash)
    if folder.name != f"{artifact.name.rpartition('/')[2]}-{artifact.key}":
        raise Damaged(folder, RECORD, f"is the record of {artifact.name}-{artifact.key}")
    return artifact


def _file(artifact: Artifact, name: str) -> bytes:
    try:
        if name not in artifact.files:
            raise Damaged(artifact.folder, name, "missing")
        return artifact.read(name)
    except Damaged as damage:
        raise _refused(damage) from damage


def _refused(damage: Damaged) -> InputError:
    return InputError(f"{damage}; '{BUILD}' makes it again")
