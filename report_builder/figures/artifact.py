"""A figure as an artifact of the build: in all styles, with its words, its data and its inputs.

What a figure asks the evidence for is recorded while it is drawn and stored with it, so that a
stored figure can tell whether it is still right. Nothing is declared beside it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection
from importlib.metadata import version
from typing import Literal, NamedTuple

import msgspec

from report_builder import escape
from report_builder.evidence.inputs import evidence_inputs
from report_builder.evidence.recording import Requests, recording
from report_builder.evidence.study import Evidence
from report_builder.figures import table
from report_builder.figures.save import encode, shown_size, smallest_text
from report_builder.figures.toolkit.description import Drawing
from report_builder.figures.toolkit.letters import letters_of
from report_builder.figures.toolkit.style import ASSETS, STYLES
from report_builder.results.report import DrawnFigure
from report_builder.text import LANGUAGES, Text
from xo.store.artifact import Artifact, Damaged, read
from xo.store.inputs import Inputs, changes, file_digest
from xo.store.source_digest import Source
from xo.store.store import NEVER, Store

KIND = "figure"  # of artifact
SCHEMES = ("light", "dark")
DATA = "data.csv"
LAYOUT = 4  # of the artifact; raise it when readers must change
LIBRARIES = ("matplotlib", "numpy", "pillow", "scipy")  # whose version decides how a figure looks
SAVING = ("report_builder.figures.save:encode", f"{__name__}:_csv", f"{__name__}:LAYOUT")


class FigureContent(msgspec.Struct, frozen=True, kw_only=True):
    """What the record of a figure holds beside its inputs."""

    kind: Literal["svg", "png"]
    title: Text
    alt: Text
    caption: Text
    sizes: dict[str, tuple[int, int]]  # language -> width and height to show it with, in pixels
    smallest_text: float  # in pixels at that width
    requests: Requests  # of the evidence, while it was drawn


class FigureLookup(NamedTuple):
    """A figure as the store holds it, or why it must be drawn."""

    name: str
    artifact: Artifact | None
    why_missing: str
    inputs: Inputs  # as far as they are known before it is drawn


def look_up(
    name: str, evidence: Evidence, fixed: Inputs, store: Store, pending: Collection[str] = ()
) -> FigureLookup:
    """The stored figure whose inputs are those of today; `pending` runs count as changed.

    `fixed` are its `fixed_inputs`.
    """
    nearest: tuple[list[str], Inputs] | None = None
    for artifact in store.artifacts(KIND, name):
        try:
            requests = artifact.content_as(FigureContent).requests
        except Damaged:  # of another version
            continue
        inputs = fixed | evidence_inputs(requests, evidence, pending)
        if inputs == artifact.inputs:
            return FigureLookup(name, *store.look_up(KIND, name, inputs, quarantine=True), inputs)
        differing = changes(artifact.inputs, inputs)
        if nearest is None or len(differing) < len(nearest[0]):
            nearest = differing, inputs
    if nearest is None:
        return FigureLookup(name, None, _damage(name, store) or NEVER, fixed)
    return FigureLookup(name, None, f"changed: {', '.join(nearest[0])}", nearest[1])


def _damage(name: str, store: Store) -> str:
    """What is wrong with a figure of that name whose record cannot be read; empty without one."""
    for folder in store.folders(KIND):
        if folder.name.rpartition("-")[0] == name:
            try:
                read(folder)
            except Damaged as damage:
                return f"damaged: {damage}"
    return ""


def fixed_inputs(name: str, evidence: Evidence, source: Source, shared: Inputs) -> Inputs:
    """What decides a figure beside the evidence: its code, and what all figures share."""
    row, _ = table.find(name, evidence)
    return {"code": source.reach(*table.code_of(row), *SAVING)} | shared


def shared_inputs(classes: tuple[str, ...]) -> Inputs:
    """What decides all figures: style, fonts, libraries, and how names of classes are written."""
    return {
        **letters_of(classes).as_inputs,
        "style": {path.name: file_digest(path) for path in ASSETS},
        "versions": {library: version(library) for library in LIBRARIES},
    }


def make(name: str, evidence: Evidence, fixed: Inputs, store: Store) -> Artifact:
    """Draws a figure and stores it; `fixed` are its `fixed_inputs`, taken before it is drawn."""
    row, _ = table.find(name, evidence)
    files: dict[str, bytes] = {}
    sizes: dict[str, tuple[int, int]] = {}
    drawings: dict[str, Drawing] = {}
    text_sizes: list[float] = []
    with recording() as requests:
        for drawing in table.draw_styles(name, evidence, STYLES):
            language, scheme = drawing.style.language, drawing.style.scheme
            files[f"{language}-{scheme}.{row.kind}"] = encode(drawing, row.kind)
            sizes[language] = shown_size(drawing)
            text_sizes.append(smallest_text(drawing))
            drawings[language] = drawing
    zh, en = (drawings[language] for language in LANGUAGES)
    files[DATA] = _csv(en.rows)
    content = FigureContent(
        kind=row.kind,
        title=Text(zh.title, en.title),
        alt=Text(zh.alt, en.alt),
        caption=Text(zh.caption, en.caption),
        sizes=sizes,
        smallest_text=min(text_sizes),
        requests=requests,
    )
    inputs = fixed | evidence_inputs(requests, evidence)
    # One whose record could not be read was not found by its inputs, and makes room now.
    store.look_up(KIND, name, inputs, quarantine=True)
    return store.add(KIND, name, inputs, msgspec.to_builtins(content, order="sorted"), files)


def drawn_figure(artifact: Artifact, command: str) -> DrawnFigure:
    """A stored figure as the report gives it to pages; `command` draws it again."""
    content = artifact.content_as(FigureContent)
    return DrawnFigure(
        kind=content.kind,
        folder=str(artifact.folder),
        command=command,
        title=content.title,
        alt=content.alt,
        caption=content.caption,
        sizes=content.sizes,
        smallest_text=content.smallest_text,
        colors=tuple(sorted(content.requests.colors)),
    )


def page_files(name: str, figure: DrawnFigure) -> tuple[str, ...]:
    """The files of a figure below build/docs."""
    endings = [*(f"{scheme}.{figure.kind}" for scheme in SCHEMES), "csv"]
    return tuple(
        f"{language}/figures/{name}.{ending}" for language in LANGUAGES for ending in endings
    )


def _csv(rows: list[dict[str, str | int | float]]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: escape.csv_cell(value) for name, value in row.items()} for row in rows)
    return out.getvalue().encode()
