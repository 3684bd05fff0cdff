"""The words below a figure and beside a value: the runs, data, code and versions it rests on, and the command that makes it.

All comes from the report's `artefacts` and `details` (see `provenance`). The page VALUES lists every value there is.
"""

from __future__ import annotations

import csv
import io

from report_builder import escape
from xo.variants import VARIANTS

VALUES, VALUES_CSV = "evidence/values.md", "evidence/values.csv"
SHOWN, SHOWN_IN_ROW = 12, 8  # characters of a digest
OTHERS = {
    "study": ("研究", "Study"),
    "data": ("数据集", "Data set"),
    "published": ("已发表与重做", "Published against replicated"),
    "demonstrations": ("演示", "Demonstrations"),
}

_SAID = {
    "zh": {
        "summary": "这张图的来历",
        "csv": "数据（CSV）",
        "columns": ("名字", "值", "说明", "代码"),
        "runs": "依据数据集 {data} 上的 {runs}：{seeds}。",
        "no_runs": "依据数据集 {data}。",
        "code": "代码：{code}。",
        "versions": "版本：{versions}。",
        "of": "{what} {it}",
        "and": "；",
        "to": "–",
        "training": "训练",
        "computing": "演示",
        "drawing": "画图",
        "counting": "统计",
        "records": "{runs}的记录",
        "one": "1 次训练",
        "many": "{n} 次训练",
        "data": "{name}（`{digest}`）",
        "demonstration": "来自演示 `{name}`。",
    },
    "en": {
        "summary": "Where this figure comes from",
        "csv": "Data (CSV)",
        "columns": ("Name", "Value", "Note", "Code"),
        "runs": "Rests on {runs} on the data set {data}: {seeds}.",
        "no_runs": "Rests on the data set {data}.",
        "code": "Code: {code}.",
        "versions": "Versions: {versions}.",
        "of": "{what} {it}",
        "and": "; ",
        "to": "–",
        "training": "training",
        "computing": "demonstration",
        "drawing": "drawing",
        "counting": "counting",
        "records": "Records of {runs}",
        "one": "1 run",
        "many": "{n} runs",
        "data": "{name} (`{digest}`)",
        "demonstration": "From the demonstration `{name}`. ",
    },
}


def value_link(name: str, text: str, note: str, page: str) -> str:
    """Markdown of a value that leads to its row."""
    title = f' title="{escape.tooltip(note)}"' if note else ""
    return f"[{escape.markdown(text)}]({page}#{name}){{ .value{title} }}"


def figure_fold(report: dict, name: str, language: str, data: str, values_page: str) -> str:
    """What is folded away below a figure; `data` and `values_page` are addresses, the latter perhaps empty."""
    said, artefact = _SAID[language], f"figure {name}"
    steps = _steps(report, artefact, "drawing")
    return (
        f'<details class="origin" markdown="1"><summary>{said["summary"]}</summary>\n\n'
        f"```bash\n{report['figures'][name]['command']}\n```\n\n"
        f"{_rests(report, artefact, language, values_page)}\n\n"
        f"{said['code'].format(code=_told([(step, f'`{code[:SHOWN]}`') for step, code, _ in steps], language))}\n\n"
        f"{_versions(report, steps, language)}\n\n"
        f"[{said['csv']}]({data})\n\n</details>"
    )


# The page of values


def sections(report: dict, language: str) -> list[dict]:
    """The parts of the page: the study, the data set, every variant with runs, the demonstrations."""
    titles = {name: pair[language == "en"] for name, pair in OTHERS.items()}
    titles |= {variant.name: getattr(variant, language) for variant in VARIANTS.values()}
    order = ["study", "data", *VARIANTS, "published", "demonstrations"]
    return [
        {"name": name, "title": titles[name]}
        for name in order
        if section(report, name) or "values" not in report
    ]


def section(report: dict, name: str) -> list[str]:
    """The names of the values of one part; what belongs to no other is a demonstration's."""

    def part(value: str) -> str:
        head = value.partition(".")[0]
        return head if head in VARIANTS or head in OTHERS else "demonstrations"

    return [value for value in report.get("values", {}) if part(value) == name]


def values_table(report: dict, name: str, language: str) -> str:
    """The command that prints a value of one part; then, of those that rest on the same, what that is, and a row for each."""
    names = section(report, name)
    alike: dict[tuple, list[str]] = {}
    for value in names:
        inputs = report["artefacts"][f"value {value}"]["inputs"]
        alike.setdefault(
            (inputs.get("demonstrations"), inputs["records"], inputs["versions"]), []
        ).append(value)
    lines = [f"```bash\n{_command(report, names[0])}\n```"]
    for of_it in alike.values():
        artefact = f"value {of_it[0]}"
        steps = _steps(report, artefact, "counting")
        lines += [f"### {shown} {{ #{shown} }}" for shown in _demonstrations(report, artefact)]
        lines += [_rests(report, artefact, language, ""), _versions(report, steps, language)]
        if name in VARIANTS:
            lines.append(_records(report, name, _runs_of(report, artefact), language))
        lines.append(_rows(report, of_it, language))
    return "\n\n".join(lines)


def _records(report: dict, variant: str, runs: list[str], language: str) -> str:
    """The runs of a variant by name, each with the digest of its record, folded away."""
    listed = ", ".join(
        f"<code>{run}</code> {report['artefacts'][f'run {run}']['digest'][:SHOWN]}" for run in runs
    )
    return (
        f'<details class="origin" id="runs-{variant}"><summary>{_SAID[language]["records"].format(runs=_number(runs, language))}</summary>'
        f"<p>{listed}</p></details>"
    )


def _rows(report: dict, names: list[str], language: str) -> str:
    head = "".join(f"<th>{column}</th>" for column in _SAID[language]["columns"])
    rows = []
    for name in names:
        found, code = report["values"][name], report["artefacts"][f"value {name}"]["inputs"]["code"]
        cells = (
            f"<code>{name}</code>",
            escape.markdown(found["text"][language]),
            escape.markdown(found["note"][language]),
            f"<code>{code[:SHOWN_IN_ROW]}</code>",
        )
        rows.append(f'<tr id="{name}">{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>')
    return "\n".join([f"<table><thead><tr>{head}</tr></thead><tbody>", *rows, "</tbody></table>"])


def values_csv(report: dict, language: str) -> str:
    """A line for every value."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("name", "value", "note", "runs", "data", "code", "versions", "command"))
    for name, value in report["values"].items():
        inputs = report["artefacts"][f"value {name}"]["inputs"]
        writer.writerow(
            map(
                escape.csv_cell,
                (
                    name,
                    value["text"][language],
                    value["note"][language],
                    "; ".join(_by_variant(_runs_of(report, f"value {name}"), language).values()),
                    inputs["data"],
                    inputs["code"],
                    _listed(report["details"][inputs["versions"]]),
                    _command(report, name),
                ),
            )
        )
    return out.getvalue()


# Their parts


def _runs_of(report: dict, artefact: str) -> list[str]:
    """`baseline/0-5e533bfc2e90ac6e` of every run whose record it rests on."""
    records = report["details"][report["artefacts"][artefact]["inputs"]["records"]]
    return [name for run, name in report["run_names"].items() if run in records]


def _command(report: dict, value: str) -> str:
    return f"{report['value_command']} {value}"


def _rests(report: dict, artefact: str, language: str, values_page: str) -> str:
    """The data set, the seeds of every variant, and the demonstration computed from them."""
    said, runs = _SAID[language], _runs_of(report, artefact)
    data = said["data"].format(
        name=escape.markdown(report["data"]["name"]), digest=report["data"]["digest"][:SHOWN]
    )
    if not runs:
        return said["no_runs"].format(data=data)
    shown = [
        f"[{seeds}]({values_page}#runs-{name})" if values_page else seeds
        for name, seeds in _by_variant(runs, language).items()
    ]
    through = "".join(
        said["demonstration"].format(name=name) for name in _demonstrations(report, artefact)
    )
    return through + said["runs"].format(
        runs=_number(runs, language), data=data, seeds=said["and"].join(shown)
    )


def _number(runs: list[str], language: str) -> str:
    return _SAID[language]["one" if len(runs) == 1 else "many"].format(n=len(runs))


def _demonstrations(report: dict, artefact: str) -> list[str]:
    inputs = report["artefacts"][artefact]["inputs"]
    return list(report["details"][inputs["demonstrations"]]) if "demonstrations" in inputs else []


def _by_variant(runs: list[str], language: str) -> dict[str, str]:
    """`baseline` -> `baseline 0–19`: the seeds of every variant, consecutive ones as a range."""
    seeds: dict[str, list[int]] = {}
    for run in runs:
        variant, _, tail = run.partition("/")
        seeds.setdefault(variant, []).append(int(tail.partition("-")[0]))
    return {
        variant: f"{variant} {', '.join(_ranges(sorted(found), _SAID[language]['to']))}"
        for variant, found in seeds.items()
    }


def _ranges(numbers: list[int], to: str) -> list[str]:
    starts = [n for n in numbers if n - 1 not in numbers]
    ends = [n for n in numbers if n + 1 not in numbers]
    return [
        f"{first}" if first == last else f"{first}{to}{last}" for first, last in zip(starts, ends)
    ]


def _steps(report: dict, artefact: str, last: str) -> list[tuple[str, str, str]]:
    """How it came about, backwards: what was done, with the digests of the code and of the versions that did it."""
    before = [("computing", f"demonstration {name}") for name in _demonstrations(report, artefact)]
    before += [("training", f"run {run}") for run in _runs_of(report, artefact)]
    found = (
        (step, report["artefacts"][name]["inputs"]) for step, name in [(last, artefact), *before]
    )
    return list(dict.fromkeys((step, inputs["code"], inputs["versions"]) for step, inputs in found))


def _versions(report: dict, steps: list[tuple[str, str, str]], language: str) -> str:
    found = dict.fromkeys(
        (step, _listed(report["details"][versions])) for step, _, versions in steps
    )
    return _SAID[language]["versions"].format(versions=_told(list(found), language))


def _told(pairs: list[tuple[str, str]], language: str) -> str:
    said = _SAID[language]
    return said["and"].join(said["of"].format(what=said[what], it=it) for what, it in pairs)


def _listed(versions: dict[str, str]) -> str:
    return ", ".join(f"{name} {number}" for name, number in sorted(versions.items()))
