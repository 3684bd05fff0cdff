"""The report: all that pages may show, typed, written as JSON once per build and read by pages and
site.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import msgspec

from report_builder.text import EMPTY, Text
from xo.store import sealed
from xo.store.inputs import Inputs, digest

Verdict = Literal["supported", "refuted", "undecided", "no data"]
VERDICT_NAMES: dict[Verdict, Text] = {
    "supported": Text("得到支持", "Supported"),
    "refuted": Text("被推翻", "Refuted"),
    "undecided": Text("未定", "Undecided"),
    "no data": Text("没有数据", "No data"),
}


class Value(msgspec.Struct, frozen=True):
    """A single number that prose may quote."""

    text: Text
    note: Text = EMPTY  # n, interval, what is meant; shown on demand


class Table(msgspec.Struct, frozen=True):
    """Plain text in rows and columns."""

    columns: tuple[Text, ...]
    numeric: tuple[bool, ...]  # columns whose cells stand at the right
    rows: tuple[tuple[Text, ...], ...]


class Reading(msgspec.Struct, frozen=True):
    """What other seeds than those that decide say of a claim."""

    seeds: Text  # which
    verdict: Verdict
    numbers: Text


class DecidedClaim(msgspec.Struct, frozen=True, kw_only=True):
    """A claim with what the records say of it."""

    place: str  # row of the original's contents, or "ours"
    statement: Text
    verdict: Verdict
    wording: Text  # what a page says for this verdict
    numbers: Text  # that decide
    n: int
    needed: Text  # what would settle it; empty where it is settled
    figure: str  # that shows it
    p: float | None = None  # of the value that the verdict excludes; None: no test was made
    # Whether its seeds were trained after its rule was fixed; else it is exploratory.
    confirmed: bool = False
    beside: tuple[Reading, ...] = ()


class DrawnFigure(msgspec.Struct, frozen=True, kw_only=True):
    """A figure in both languages and schemes, with its words."""

    kind: Literal["svg", "png"]
    folder: str  # {zh,en}-{light,dark}.{kind}, data.csv
    command: str  # that draws it again
    title: Text
    alt: Text
    caption: Text
    sizes: dict[str, tuple[int, int]]  # language -> width and height to show it with, in pixels
    smallest_text: float  # in pixels at that width
    colors: tuple[str, ...]  # things that it shows in a color of their own


class ShippedNetwork(msgspec.Struct, frozen=True, kw_only=True):
    """A trained network as files that the lab loads."""

    folder: str  # of the files
    files: dict[str, int]  # name -> bytes
    test_images: int
    same_class: int  # of the test images, those on which int8 and float32 give the same class
    largest_difference: float  # of a class's probability, between int8 and float32, over them
    epochs: int  # whose files there are, beside the file of epoch 0; 0: none


class Provenance(msgspec.Struct, frozen=True):
    """What something on the site was made from."""

    inputs: dict[str, Any]  # part -> its digest in `Report.details`, or plain data
    digest: str = ""  # of what was made, where it is not files
    files: tuple[str, ...] = ()  # below build/docs


class RunCounts(msgspec.Struct, frozen=True):
    """How many runs of a study there are, of how many."""

    made: int
    planned: int
    incomplete: dict[str, tuple[int, int]] = {}  # made and planned runs of variants that lack some
    in_training: bool = False  # whether the others were being trained as the report was written


class AttachedRuns(msgspec.Struct, frozen=True, kw_only=True):
    """An export of the study's records that the site offers beside its pages."""

    name: str  # of the file, at the root of the site
    file: str  # that a build wrote
    address: str  # where the site is published; only the name where that is not known
    runs: int
    bytes: int
    sha256: str


class DataSetName(msgspec.Struct, frozen=True):
    """The images that the report is about, as pages speak of them."""

    name: str
    digest: str  # of the images that the study uses
    embedded: bool  # whether they are of the embedded set, which follows the original's
    title: Text = EMPTY  # of the site, where they are not and the data card has one
    shows: Text = EMPTY  # what an image shows, by the data card
    changes: dict[str, int] = {}  # what importing did to images, and to how many
    findings: tuple[str, ...] = ()  # what importing warned of
    drawings: bool = True  # whether they are shapes on an even ground
    whole_digest: str = ""  # of all images
    partial: bool = False  # whether the study uses only a part of the images
    class_key: dict[str, str] = {}  # "#3" in figures -> the class whose letters no font has
    size: tuple[int, int] = (116, 116)  # (H, W) in pixels
    channels: int = 1  # 1: gray, 3: color
    classes: int = 2


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """All that pages may show. Without results, before the first build, every field is empty."""

    study: str = ""
    data: DataSetName | None = None
    data_folder: str = ""  # that commands must name to work on it; empty for the default one
    variants: tuple[str, ...] = ()  # that have runs
    runs: RunCounts | None = None
    trained_until: str = ""  # the day on which the last of the runs ended, as 2025-12-31, UTC
    unsolved: tuple[str, ...] = ()  # variants of whose runs none solved its task
    figure_command: str = ""
    value_command: str = ""
    drawable: tuple[str, ...] = ()  # figures that this evidence can show
    unavailable: dict[str, Text] = {}  # "figure shifts", "demonstration shifts" -> why not
    figure_pages: dict[str, str] = {}  # figure -> the page where a reader should meet it
    cited_on: dict[str, dict[str, Text]] = {}  # reference -> pages that cite it, with their titles
    values: dict[str, Value] = {}
    tables: dict[str, Table] = {}
    claims: dict[str, DecidedClaim] = {}
    widgets: dict[str, dict[str, Any]] = {}  # data for their scripts
    figures: dict[str, DrawnFigure] = {}
    networks: dict[str, ShippedNetwork] = {}  # variant -> its network in the lab
    notebooks: dict[str, str] = {}  # zh/hands-on/sizes.py -> path of the executed notebook
    attached_runs: AttachedRuns | None = None
    withheld_claims: tuple[Text, ...] = ()  # what those state that are not about these images
    code_outputs: dict[str, str] = {}  # what code on pages printed
    provenance: dict[str, Provenance] = {}  # "value baseline.n", "page zh/index.md", ...
    details: dict[str, dict[str, Any]] = {}  # digest -> the part of inputs that it stands for
    run_names: dict[str, str] = {}  # baseline/0 -> baseline/0-5e533bfc2e90ac6e

    @property
    def has_results(self) -> bool:
        return bool(self.values)

    def inputs(self, name: str) -> Inputs:
        """What `value baseline.n` was made from, in full."""
        packed = self.provenance[name].inputs
        return {
            part: self.details.get(content, content) if isinstance(content, str) else content
            for part, content in packed.items()
        }


@dataclass
class Packer:
    """Packs inputs, most of whose parts many of them share: each part is kept once.

    The digest of the part `code` is what pages show as the digest of the code.
    """

    details: dict[str, dict[str, Any]] = field(default_factory=dict)  # as those of a report
    # By the id of a part, which stays its own as the part is kept beside its digest.
    _known: dict[int, tuple[dict[str, Any], str]] = field(default_factory=dict, init=False)

    def pack(self, inputs: Inputs) -> dict[str, Any]:
        """The inputs with each part that is a dict replaced by its digest, under which `details`
        then holds it.
        """
        return {
            part: self._digest(content) if isinstance(content, dict) else content
            for part, content in inputs.items()
        }

    def _digest(self, content: dict[str, Any]) -> str:
        """The digest of a part, found once for one that many inputs share: it may hold those of
        thousands of records.
        """
        if id(content) not in self._known:
            found = digest(content)
            self._known[id(content)] = content, found
            self.details[found] = content
        return self._known[id(content)][1]


def read_report(path: Path) -> Report:
    """The report that the last build left; an empty one where there is none of this version, or it
    is damaged.
    """
    return sealed.read(path, Report) or Report()


def with_root(report: Report, root: Path) -> Report:
    """The report of a build in the folder `root` with absolute paths, to be read from elsewhere."""
    replace = msgspec.structs.replace
    attached = report.attached_runs
    return replace(
        report,
        figures={
            name: replace(figure, folder=str(root / figure.folder))
            for name, figure in report.figures.items()
        },
        networks={
            name: replace(network, folder=str(root / network.folder))
            for name, network in report.networks.items()
        },
        notebooks={name: str(root / path) for name, path in report.notebooks.items()},
        attached_runs=attached and replace(attached, file=str(root / attached.file)),
    )


def write_report(path: Path, report: Report) -> None:
    """Writes the report; an unchanged one is left alone, so that `mkdocs serve` sees no change."""
    # in the order of tables
    sealed.write(path, msgspec.json.format(msgspec.json.encode(report), indent=1))
