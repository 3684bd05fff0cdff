"""Results that are typed in are found, constants are not: on sentences kept as data, and on this
site's own pages.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from report_builder.checks import typed_numbers as typed
from report_builder.checks.prose import of_page
from report_builder.checks.typed_numbers import Allowed, typed_results
from report_builder.evidence.study import Evidence
from report_builder.results.values import values
from report_builder.text import Text
from xo.store.source_digest import ROOT

CORPUS = tomllib.loads(Path(__file__).with_name("typed-corpus.toml").read_text(encoding="utf-8"))
VALUE = re.compile(r"\{\{ value\((?:\"([\w.-]+)\"|variant\.name ~ \"\.(\w+)\")\) \}\}")
RESULTS = {
    "solved",
    "solved_share",
    "solved_by_10",
    "solved_by_20",
    "test_accuracy",
    "accuracy_solved",
    "final_loss",
    "escape_epoch",
    "epoch_seconds",
    "train_seconds",
    "peak_memory",
    "parameters",
    "multiply_adds",
    "mistakes",
}


def sentences(kind: str) -> dict[str, str]:
    """Every planted or innocent sentence, by the name of the file that it will stand in."""
    ending = {"markdown": "md", "front": "md", "figure": "py", "notebook": "py"}
    return {
        f"{part}-{form}-{i}.{ending[form]}": f"---\n{text}\n---\n"
        if form == "front"
        else f"{text}\n"
        for part, kinds in CORPUS.items()
        for form, texts in kinds[kind].items()
        for i, text in enumerate(texts)
    }


def found(folder: Path, files: dict[str, str]) -> list[str]:
    """What is found in these files: a figure's lies in the package, all else among the English
    pages.
    """
    docs, package = folder / "docs", folder / "report_builder"
    for path in (docs / "zh", docs / "en", package / "figures"):
        path.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (package / "figures" / name if "-figure-" in name else docs / "en" / name).write_text(
            text, encoding="utf-8"
        )
    return [problem for problem in typed_results(docs, package) if "ALLOWED has" not in problem]


def named(problems: list[str]) -> set[str]:
    return {Path(problem.partition(":")[0]).name for problem in problems}


def test_every_planted_result_is_found(tmp_path: Path):
    planted = sentences("planted")
    assert len(planted) >= 45
    missed = planted.keys() - named(found(tmp_path, planted))
    assert {name: planted[name] for name in missed} == {}


def test_at_most_three_innocent_sentences_are_reported(tmp_path: Path):
    innocent = sentences("innocent")
    assert len(innocent) >= 65
    assert len(named(found(tmp_path, innocent))) <= 3


def test_a_result_is_named_with_file_line_kind_and_remedy(tmp_path: Path):
    page = (
        "# Title\n\n```text\n83 %\n```\n\n"
        'Of 6 seeds,\n{{ value("baseline.n") }} in all, 83 % solve it.\n'
    )
    problems = found(tmp_path, {"a.md": page})
    assert [problem.partition("' looks like ")[0] for problem in problems] == [
        "docs/en/a.md:7: 'Of 6 seeds",
        "docs/en/a.md:8: '83 %",
    ]
    assert problems[1].endswith(
        "looks like a share: take it from the records with value(...) or claim(...), "
        "or put the constant into ALLOWED in report_builder/checks/typed_numbers.py"
    )


def test_a_result_in_a_figures_words_is_named_with_its_line_whatever_is_filled_in_before(
    tmp_path: Path,
):
    figure = (
        'def draw(style, n):\n    """Reaches 99.7 %."""\n    return Text(f"{n} 个种子",\n'
        '                f"Of {n} seeds "\n                f"the last loses 0.004 in {n} epochs")\n'
    )
    (problem,) = found(tmp_path, {"x-figure-0.py": figure})
    assert problem.startswith(
        "report_builder/figures/x-figure-0.py:5: '0.004' looks like a measured number"
    )


def test_a_result_in_a_notebook_is_named_with_its_line(tmp_path: Path):
    notebook = (
        "# %% [markdown]\n# # By hand\n#\n# It takes 3 minutes.\n\n"
        '# %%\nlr = 0.05  # of 3 minutes\nshow(fig, "accuracy of 97 %")\n'
    )
    assert [problem.partition("' ")[0] for problem in found(tmp_path, {"n.py": notebook})] == [
        "docs/en/n.py:4: '3 minutes",
        "docs/en/n.py:8: '97 %",
    ]


def test_an_allowed_constant_passes_only_where_it_may_stand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(typed, "ALLOWED", [Allowed("half of 42 %", "*/a.md"), Allowed("43 %")])
    problems = found(
        tmp_path, {"a.md": "half of 42 %\n", "b.md": "half of 42 %\n", "c.md": "42 %, then 43 %\n"}
    )
    assert [problem.partition(" looks")[0] for problem in problems] == [
        "docs/en/b.md:1: '42 %'",
        "docs/en/c.md:1: '42 %'",
    ]


def test_an_allowed_constant_that_stands_nowhere_is_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    found(tmp_path, {"a.md": "half of 42 %\n"})
    monkeypatch.setattr(typed, "ALLOWED", [Allowed("half of 42 %"), Allowed("43 %")])
    assert list(typed_results(tmp_path / "docs", tmp_path / "report_builder")) == [
        "report_builder/checks/typed_numbers.py: ALLOWED has '43 %', which lets nothing through "
        "any more: take it out"
    ]


@pytest.fixture(scope="module")
def texts(evidence: Evidence) -> dict[str, Text]:
    return {name: value.text for name, value in values(evidence).items()}


@pytest.mark.parametrize(
    "page",
    sorted((ROOT / "docs").glob("*/**/*.md")),
    ids=lambda page: page.relative_to(ROOT / "docs").as_posix(),
)
def test_a_value_of_the_site_that_is_typed_over_is_found(
    page: Path, tmp_path: Path, texts: dict[str, Text]
):
    language, over = page.relative_to(ROOT / "docs").parts[0], []

    def typed_over(call: re.Match) -> str:
        name = call[1] or f"baseline.{call[2]}"
        text = texts.get(name, {language: "—"})[language]
        if name.rpartition(".")[2] not in RESULTS or text == "—":
            return call[0]
        over.append(1 + call.string.count("\n", 0, call.start()))
        return text

    text = VALUE.sub(typed_over, page.read_text(encoding="utf-8"))
    lines = {int(problem.split(":")[1]) for problem in found(tmp_path, {page.name: text})}
    assert set(over) <= lines


def test_blanking_out_keeps_the_place_of_every_word():
    for page in (ROOT / "docs").glob("*/**/*.md"):
        text = page.read_text(encoding="utf-8")
        assert len(of_page(text)) == len(text) and of_page(text).count("\n") == text.count("\n"), (
            page
        )


def test_no_result_is_typed_into_this_site():
    assert list(typed_results(ROOT / "docs", ROOT / "report_builder")) == []
