"""Changes in a copy of the project: what is stale, what is made anew, and that nothing stale is
left.

The right-hand sides are written by hand: a name stands for itself or, with `*`, for all that match;
`-` takes away again.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

import pytest
from PIL import Image

from tests.report_builder.made_up_study import draw_images
from xo.store.source_digest import ROOT

PAGES = {
    "index.md": '---\ntitle: Home\n---\n\n{{ value("baseline.solved") }} {{ figure("samples") }} '
    '{{ figure("loss.baseline") }} {{ table("layers.baseline") }}',
    "about.md": "---\ntitle: About\n---\n\nNo result stands here.",
    "more.md": '---\ntitle: More\n---\n\n{{ claim("11-channels-are-fine") }} '
    '{{ value("features.epoch_seconds") }}',
}


class Oracle(NamedTuple):
    """What `oracle.py` says of a copy of the project."""

    project: Path
    untouched: Path  # a copy of the project as it is after a build
    names: set[str]  # of all that is made
    ask: Callable[[str], dict]  # for the answer now, perhaps with another version of a library


@pytest.fixture(scope="module")
def oracle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Oracle]:
    """The project with three pages in two languages and small images, built once."""
    folder = tmp_path_factory.mktemp("oracle")
    project = folder / "project"
    copy_project(project)
    script = [sys.executable, str(Path(__file__).with_name("oracle.py")), str(project)]
    streams = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    with subprocess.Popen(script, env=environment, **streams) as process:

        def answer() -> dict:
            found = json.loads(process.stdout.readline() or "null")
            assert found, "see the error stream"
            return found

        def ask(library: str) -> dict:
            process.stdin.write(f"{library}\n")
            process.stdin.flush()
            return answer()

        first = answer()
        assert not any(first["after"].values()) and first["differs"] == []
        ignored = shutil.ignore_patterns("scratch")  # the other build, each time from nothing
        shutil.copytree(project, folder / "untouched", ignore=ignored)
        yield Oracle(project, folder / "untouched", set(first["after"]), ask)
        process.stdin.close()


def copy_project(folder: Path) -> None:
    for part in ("xo", "report_builder"):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    helpers = [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "tests/report_builder").glob("[!t]*.py")
    ]  # not the tests
    quoted = [f"data/{path.name}" for path in (ROOT / "data").glob("*.toml")]
    for name in ("mkdocs.yml", *quoted, *helpers):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    for name, text in {
        f"{language}/{name}": text for language in ("zh", "en") for name, text in PAGES.items()
    }.items():
        (folder / "docs" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "docs" / name).write_text(text, encoding="utf-8")
    (folder / "docs" / "assets").mkdir()
    (folder / "docs" / "assets" / "xo.css").write_text("a {}")
    draw_images(folder / "images", ("circles", "crosses"), (30, 30), 8, 6)


def replaced(name: str, old: str, new: str) -> Callable[[Path], None]:
    """Changes one place in one file."""

    def change(project: Path) -> None:
        text = (project / name).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{name} has {text.count(old)} times {old!r}"
        (project / name).write_text(text.replace(old, new), encoding="utf-8")

    return change


def one_pixel(project: Path) -> None:
    path = project / "images" / "test" / "circles" / "0008.png"
    image = Image.open(path)
    image.putpixel((29, 29), 255 - image.getpixel((29, 29)))
    image.save(path)


def comments(project: Path) -> None:
    for name in (
        "xo/network/train.py",
        "xo/network/model.py",
        "report_builder/results/values.py",
        "report_builder/results/training_claims.py",
        "report_builder/figures/training/loss.py",
    ):
        text = (project / name).read_text(encoding="utf-8")
        (project / name).write_text(
            text.replace('"""', '"""Anew: ', 1) + "\n# another comment\n", encoding="utf-8"
        )


ALL_PAGES = ["page */index.md", "page */about.md", "page */more.md"]
OF_RUNS = [  # results that ask for runs
    "value *",
    "-value data.*",
    "-value rules.*",
    "-value exercises.*",
    "-value trivial-baselines.*",  # of a demonstration without a network
    "table *",
    "-table data",
    "-table accuracy-intervals",
    "-table faults",
    "widget fates",
    "widget lab",
    "widget levels",
    "claim *",
    "-claim deeper-is-more-abstract",  # asks for a demonstration, as the next
    "-claim pooling-lowers-sensitivity",
]
# name: (changes, library, what is stale, words of the reason that each gives, what is made)
# Of changes that make different things stale, several are tried at once.
CASES = {
    "a constant that training reaches": (
        [replaced("xo/network/lookup.py", "DENSEST = 0.25", "DENSEST = 0.24")],
        "",
        ["run *", "figure loss.baseline", *OF_RUNS, "page */index.md", "page */more.md"],
        {
            "run baseline seed 0": "code xo.network.lookup:DENSEST",
            "value baseline.n": "run baseline/0, run baseline/1",
        },
        ["run *", "figure loss.baseline"],
    ),
    "one pixel of an image": (
        [one_pixel],
        "",
        ["*", "-asset *"],
        {"run baseline seed 0": "data", "value data.classes": "data"},
        ["run *", "figure *", "demonstration *"],
    ),
    "a setting of a variant": (
        [replaced("xo/variants.py", "channels=(11, 5), ", "channels=(11, 5), lr=0.05, ")],
        "",
        [
            "run channels-11 *",
            "value channels-11.*",
            "value study.*",
            "value training.*",
            "value exercises.*",  # of the table of variants
            "table accuracy",
            "table cost",
            "table dead-layers",
            "table layers.channels-11",
            "table signal",
            "table trivial-baselines",
            "table variants",
            "table verdicts",
            "table versions",
            "table environments",
            "claim 11-channels-are-fine",
            "claim seed-decides",  # asks for the runs of all variants, as the next five
            "claim escape-is-sudden",
            "claim few-end-between",
            "claim failures-collapse",
            "claim collapsed-are-dead",
            "claim signal-shrinks",
            "claim split-replays-stay",  # names a variant that has no run
            "widget fates",
            "widget lab",
            *ALL_PAGES,  # there is one for each variant
        ],
        {
            "run channels-11 seed 0": "variant lr default -> 0.05",
            "value channels-11.n": "run channels-11/0",
        },
        ["run channels-11 *"],
    ),
    "the version of a library that trains": (
        [],
        "torch=99.0",
        [
            "run *",
            "demonstration *",
            "figure loss.baseline",
            *OF_RUNS,
            "value trivial-baselines.*",
            "page */index.md",
            "page */more.md",
        ],
        {"run baseline seed 0": "versions torch"},
        ["run *", "demonstration *", "figure loss.baseline"],
    ),
    "the version of a library that draws": (
        [comments],  # which alone make nothing anew, but without them no build begins
        "matplotlib=99.0",
        ["figure *", "page */index.md"],
        {"figure samples": "versions matplotlib"},
        ["figure *"],
    ),
    "the function of some values": (
        [
            replaced(
                "report_builder/results/values.py",
                "    peaks = [run.cost",
                "    runs = tuple(runs)\n    peaks = [run.cost",
            )
        ],
        "",
        [
            "value *.epoch_seconds",
            "value *.train_seconds",
            "value *.peak_memory",
            "table cost",
            "page */more.md",
        ],
        {
            "value baseline.train_seconds": "code report_builder.results.values:_of_cost",
        },
        [],
    ),
    "the function of a figure, what decides a claim": (
        [
            replaced("report_builder/figures/training/loss.py", ", 4.35 +", ", 4.45 +"),
            replaced(
                "report_builder/results/original_claims.py",
                "def eleven_are_fine(evidence: Evidence) -> Finding:\n",
                "def eleven_are_fine(evidence: Evidence) -> Finding:\n    changed = 1\n",
            ),
        ],
        "",
        [
            "figure loss.baseline",
            "page */index.md",
            "claim 11-channels-are-fine",
            "table verdicts",
            "page */more.md",
        ],
        {
            "figure loss.baseline": "code report_builder.figures.training.loss:draw",
            "claim 11-channels-are-fine": (
                "code report_builder.results.original_claims:eleven_are_fine"
            ),
        },
        ["figure loss.baseline"],
    ),
    "a constant of a figure, the words of a claim": (
        [
            replaced("report_builder/figures/images/samples.py", "IN_A_ROW = 10", "IN_A_ROW = 9"),
            replaced(
                "report_builder/results/original_claim_texts.py",
                '"11 channels do well"',
                '"11 channels do quite well"',
            ),
        ],
        "",
        [
            "figure samples",
            "page */index.md",
            "claim 11-channels-are-fine",
            "table verdicts",
            "page */more.md",
        ],
        {
            "figure samples": "code report_builder.figures.images.samples:IN_A_ROW",
            "claim 11-channels-are-fine": "row",
        },
        ["figure samples"],
    ),
    "the text of a page, a style sheet, comments and docstrings": (
        [
            replaced("docs/en/about.md", "No result", "No number"),
            replaced("docs/assets/xo.css", "a {}", "b {}"),
            comments,
        ],
        "",
        ["page en/about.md", "asset assets/xo.css"],
        {
            "page en/about.md": "file docs/en/about.md",
            "asset assets/xo.css": "file docs/assets/xo.css",
        },
        [],
    ),
    "the title of a page": (
        [replaced("docs/en/about.md", "title: About", "title: Of this")],
        "",
        ALL_PAGES,
        {"page en/about.md": "file docs/en/about.md", "page zh/index.md": "navigation en/about.md"},
        [],
    ),
    "the settings of the site": (
        [replaced("mkdocs.yml", "theme:\n  name", "theme:  # ours\n  name")],
        "",
        ALL_PAGES,
        {"page en/about.md": "file mkdocs.yml"},
        [],
    ),
}


def matching(patterns: list[str], names: set[str]) -> set[str]:
    found: set[str] = set()
    for pattern in patterns:
        of_it = {name for name in names if fnmatchcase(name, pattern.removeprefix("-"))}
        assert of_it, f"{pattern} stands for nothing"
        found = found - of_it if pattern.startswith("-") else found | of_it
    return found


@pytest.mark.parametrize("name", CASES)
def test_just_what_depends_on_a_change_is_made_anew(oracle, name):
    changes, library, stale, reasons, made = CASES[name]
    shutil.rmtree(oracle.project)
    shutil.copytree(oracle.untouched, oracle.project)
    for change in changes:
        change(oracle.project)
    answer = oracle.ask(library)
    found = {each: why for each, why in answer["before"].items() if why}
    assert set(found) == matching(stale, oracle.names)
    assert {each: words for each, words in reasons.items() if words not in found[each]} == {}
    assert set(answer["made"]) == matching(
        made,
        {each for each in oracle.names if each.startswith(("run ", "figure ", "demonstration "))},
    )
    assert not any(answer["after"].values()) and answer["differs"] == []
