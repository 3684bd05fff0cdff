"""What something on the site was computed from: its runs, code and versions.

It stands below every figure; the page VALUES lists all values with theirs.
"""

from __future__ import annotations

import csv
import io
from typing import NamedTuple

from markupsafe import Markup

from report_builder import escape
from report_builder.pages.templating import fill
from report_builder.results.report import Report
from report_builder.text import Text
from xo.variants import VARIANTS

VALUES, VALUES_CSV = "evidence/values.md", "evidence/values.csv"
CODE_DIGITS = 12  # of a digest that are shown
SECTIONS = {  # of the page of values, beside one for each variant
    "study": Text("研究", "Study"),
    "data": Text("数据集", "Data set"),
    "training": Text("训练的过程", "How training goes"),
    "published": Text("已发表与重做", "Published against replicated"),
    "exercises": Text("练习", "Exercises"),
    "demonstrations": Text("演示", "Demonstrations"),
}
TRAINING, DEMONSTRATION = Text("训练", "training"), Text("演示", "demonstration")
DRAWING, COUNTING = Text("画图", "drawing"), Text("统计", "counting")


class Step(NamedTuple):
    """A computation on the way from the images to what is shown."""

    kind: Text
    code: str  # digest
    versions: str  # numpy 2.3.5, torch 2.9.0


class Basis(NamedTuple):
    """What something was computed from."""

    runs: dict[str, str]  # baseline/0-5e533bfc2e90ac6e -> digest of its record
    demonstrations: tuple[str, ...]
    steps: tuple[Step, ...]  # the last one first

    @property
    def seeds(self) -> dict[str, str]:
        """`baseline` -> `0–19`: the seeds of every variant, consecutive ones as a range."""
        found: dict[str, list[int]] = {}
        for run in self.runs:
            variant, _, rest = run.partition("/")
            found.setdefault(variant, []).append(int(rest.partition("-")[0]))
        return {variant: ", ".join(_ranges(sorted(seeds))) for variant, seeds in found.items()}

    @property
    def versions(self) -> list[tuple[Text, str]]:
        """Of every kind of step; several where its code had several."""
        return list(dict.fromkeys((step.kind, step.versions) for step in self.steps))


def basis(report: Report, name: str, last_step: Text) -> Basis:
    """What `figure samples` or `value baseline.n` was computed from."""
    inputs = report.provenance[name].inputs
    records = report.details[inputs["records"]]
    runs = {
        stored: report.provenance[f"run {stored}"].digest
        for run, stored in report.run_names.items()
        if run in records
    }
    demonstrations = tuple(report.details.get(inputs.get("demonstrations", ""), ()))
    before = [(DEMONSTRATION, f"demonstration {each}") for each in demonstrations]
    before += [(TRAINING, f"run {run}") for run in runs]
    steps = dict.fromkeys(
        (kind, report.provenance[each].inputs["code"], report.provenance[each].inputs["versions"])
        for kind, each in [(last_step, name), *before]
    )
    return Basis(
        runs,
        demonstrations,
        tuple(
            Step(kind, code[:CODE_DIGITS], _versions(report, versions))
            for kind, code, versions in steps
        ),
    )


def value_sections(report: Report, language: str) -> list[dict[str, str]]:
    """The sections of the page of values, as far as they have any; all of them without results."""
    titles = SECTIONS | {each.name: Text(each.zh, each.en) for each in VARIANTS.values()}
    order = ("study", "data", *VARIANTS, "training", "published", "exercises", "demonstrations")
    return [
        {"name": name, "title": titles[name][language]}
        for name in order
        if values_of(report, name) or not report.has_results
    ]


def values_of(report: Report, section: str) -> list[str]:
    """The names of the values of one section; a value that has no other is a demonstration's."""

    def section_of(value: str) -> str:
        first = value.partition(".")[0]
        return first if first in VARIANTS or first in SECTIONS else "demonstrations"

    return [value for value in report.values if section_of(value) == section]


def values_table(report: Report, section: str, language: str) -> Markup:
    """The values of one section, grouped by what they rest on, and the command that prints one."""
    names = values_of(report, section)
    groups: dict[tuple[str, ...], list[str]] = {}
    for name in names:
        inputs = report.provenance[f"value {name}"].inputs
        alike = (inputs.get("demonstrations", ""), inputs["records"], inputs["versions"])
        groups.setdefault(alike, []).append(name)
    return fill(
        "values.md",
        language,
        command=_command(report, names[0]),
        data=report.data,
        variant=section if section in VARIANTS else "",
        page="",
        groups=[
            (
                basis(report, f"value {group[0]}", COUNTING),
                [
                    (name, report.values[name], report.provenance[f"value {name}"].inputs["code"])
                    for name in group
                ],
            )
            for group in groups.values()
        ],
    )


def values_csv(report: Report, language: str) -> str:
    """A line for every value."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("name", "value", "note", "runs", "data", "code", "versions", "command"))
    for name, value in report.values.items():
        inputs = report.provenance[f"value {name}"].inputs
        seeds = basis(report, f"value {name}", COUNTING).seeds
        row = (
            name,
            value.text[language],
            value.note[language],
            "; ".join(f"{variant} {numbers}" for variant, numbers in seeds.items()),
            inputs["data"],
            inputs["code"],
            _versions(report, inputs["versions"]),
            _command(report, name),
        )
        writer.writerow(map(escape.csv_cell, row))
    return out.getvalue()


def _command(report: Report, value: str) -> str:
    return f"{report.value_command} {value}"


def _ranges(numbers: list[int]) -> list[str]:
    starts = [n for n in numbers if n - 1 not in numbers]
    ends = [n for n in numbers if n + 1 not in numbers]
    return [
        f"{first}" if first == last else f"{first}–{last}"
        for first, last in zip(starts, ends, strict=True)
    ]


def _versions(report: Report, digest: str) -> str:
    return ", ".join(f"{name} {number}" for name, number in sorted(report.details[digest].items()))
