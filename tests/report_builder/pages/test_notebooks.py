"""The notebooks as a reader runs them: on images of another kind, from a fresh installation, in both languages alike."""

from __future__ import annotations

import ast
import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from unicodedata import east_asian_width

import jupytext
import matplotlib.pyplot as plt
import nbformat
import pytest
from nbclient import NotebookClient
from PIL import Image
from selectolax.lexbor import LexborHTMLParser

from report_builder.pages import notebook_helpers as hands_on
from report_builder.pages.notebooks import current, download, execute
from report_builder.results.artefacts import Executed, executions
from report_builder.text import LANGUAGES
from xo.runs.study import STUDIES, plan, study_data
from xo.store.source_digest import ROOT
from xo.store.store import Store
from xo.variants import VARIANTS

from .conftest import draw_images, write_record

NAMES = ("by-hand", "own-variant", "sizes")
BOOKS = [f"{language}/hands-on/{name}" for language in LANGUAGES for name in NAMES]
HERE = ("XO_DATA", "XO_STORE", "XO_STUDY")


@pytest.fixture(scope="module")
def books(tmp_path_factory) -> dict[str, nbformat.NotebookNode]:
    """All notebooks, executed on a few images of three classes, beside a store that is empty."""
    folder = tmp_path_factory.mktemp("books")
    draw_images(folder / "data", ("circles", "crosses", "bars"), (30, 36), 24, 8)
    surroundings = {
        "XO_DATA": str(folder / "data"),
        "XO_STORE": str(folder / "runs"),
        "XO_STUDY": "smoke",
    }

    def executed(book: str) -> nbformat.NotebookNode:
        execute(ROOT / "docs" / f"{book}.py", target := folder / f"{book}.ipynb", surroundings)
        return nbformat.read(target, as_version=4)

    with ThreadPoolExecutor(2) as pool:
        return dict(zip(BOOKS, pool.map(executed, BOOKS)))


def outputs(book: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [output for cell in book.cells if cell.cell_type == "code" for output in cell.outputs]


def printed(book: nbformat.NotebookNode) -> str:
    return "".join(output.text for output in outputs(book) if output.output_type == "stream")


@pytest.mark.parametrize("book", BOOKS)
def test_nothing_is_complained_of(books, book):
    """Neither a warning nor a character that the font lacks; and every picture has words."""
    assert [output.text for output in outputs(books[book]) if output.get("name") == "stderr"] == []
    html = "".join(
        output.data["text/html"]
        for output in outputs(books[book])
        if "text/html" in output.get("data", {})
    )
    images = LexborHTMLParser(html).css("img")
    assert images and all(image.attributes["alt"] and image.attributes["width"] for image in images)


@pytest.mark.parametrize(
    "language, agrees, differs", [("zh", "  一致", "不一致"), ("en", "  agrees", "differs")]
)
def test_what_is_counted_by_hand_is_what_the_project_counts(books, language, agrees, differs):
    text = printed(books[f"{language}/hands-on/sizes"])
    assert text.count(agrees) == sum(variant.labels == "class" for variant in VARIANTS.values())
    assert differs not in text and "False" not in text


@pytest.mark.parametrize(
    "language, line",
    [
        ("zh", r"量得：从第 (\d+) 列起，共 (\d+) 列；算得：从第 (\d+) 列起，共 (\d+) 列"),
        ("en", r"measured: (\d+) columns from (\d+); computed: (\d+) columns from (\d+)"),
    ],
)
def test_receptive_fields_are_measured_as_computed(books, language, line):
    found = re.findall(line, printed(books[f"{language}/hands-on/sizes"]))
    assert [row[:2] for row in found] == [row[2:] for row in found] and len(found) == 6
    assert sorted(int(size) for row in found for size in row[:2])[-1] == 22


def test_both_languages_run_the_same_code():
    for name in NAMES:
        zh, en = (
            _shape((ROOT / "docs" / language / "hands-on" / f"{name}.py").read_text("utf-8"))
            for language in LANGUAGES
        )
        assert zh == en, name


@pytest.mark.parametrize("book", BOOKS)
def test_no_line_of_code_is_wider_than_the_page(book):
    """A Chinese character takes two columns."""
    cells = nbformat.reads(
        current(ROOT / "docs" / f"{book}.py", None, book.partition("/")[0]).decode(), 4
    ).cells
    lines = [
        line for cell in cells if cell.cell_type == "code" for line in cell.source.splitlines()
    ]
    assert [
        line for line in lines if sum(1 + (east_asian_width(char) in "WF") for char in line) > 80
    ] == []


def _shape(text: str) -> list[str]:
    """The code line by line, without words: texts blanked, `variant.zh` and `variant.en` one."""

    class Wordless(ast.NodeTransformer):
        def visit_JoinedStr(self, node):
            return ast.Constant("")

        def visit_Constant(self, node):
            return ast.Constant("") if isinstance(node.value, str) else node

        def visit_Attribute(self, node):
            self.generic_visit(node)
            return ast.Attribute(node.value, "words", node.ctx) if node.attr in LANGUAGES else node

    return [ast.unparse(Wordless().visit(statement)) for statement in ast.parse(text).body]


def test_without_records_it_is_said_how_to_get_them(books):
    for language in LANGUAGES:
        assert "python -m report_builder build" in printed(
            books[f"{language}/hands-on/own-variant"]
        )


def test_a_fresh_installation_draws_the_images_where_the_notebook_lies(tmp_path, monkeypatch):
    """Both packages outside of a clone, as pip installs them, and nothing else given."""
    for package in ("xo", "report_builder"):
        shutil.copytree(
            ROOT / package,
            tmp_path / "installed" / package,
            ignore=shutil.ignore_patterns("__pycache__"),
        )
    for name in HERE:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "installed"))
    (tmp_path / "reader").mkdir()
    book = jupytext.read(ROOT / "docs/en/hands-on/sizes.py", fmt="py:percent")
    NotebookClient(
        book, kernel_name="python3", resources={"metadata": {"path": str(tmp_path / "reader")}}
    ).execute()
    assert "116 high and 116 wide, 2 classes" in printed(book)
    assert len(list((tmp_path / "reader/data/xo/train").rglob("*.png"))) == 1700


# What they take from the project


@pytest.fixture
def reader(tmp_path, monkeypatch) -> Path:
    """A folder with images, a store, and the variables that lead to them."""
    draw_images(tmp_path / "data", ("circles", "crosses"), (30, 30), 8, 6)
    for name, value in zip(HERE, (tmp_path / "data", tmp_path / "runs", "smoke")):
        monkeypatch.setenv(name, str(value))
    return tmp_path


def test_records_are_those_of_the_study_and_the_data_at_hand(reader):
    assert hands_on.recorded() == {}
    source, store = hands_on.Source(), Store(reader / "runs")
    data = study_data(STUDIES["smoke"], hands_on.data_set())
    for run in plan(STUDIES["smoke"], data, source):
        if run.variant.name == "baseline":
            write_record(store, run.variant, data, run.seed, True, run.inputs)
            write_record(store, run.variant, data, run.seed + 100, True)  # of no study
    assert {name: [run.seed for run in runs] for name, runs in hands_on.recorded().items()} == {
        "baseline": list(range(STUDIES["smoke"].but["baseline"]))
    }


def test_a_picture_has_its_words_and_is_the_same_each_time():
    def drawn() -> hands_on.Picture:
        figure, ax = plt.subplots(figsize=(2, 1))
        ax.plot([0, 1])
        return hands_on.show(figure, 'a line, "rising" & thin')

    picture = drawn()
    assert picture.png == drawn().png and not plt.get_fignums()
    image = LexborHTMLParser(picture._repr_html_()).css_first("img")
    assert image.attributes["alt"] == 'a line, "rising" & thin'
    pixels = Image.open(BytesIO(picture.png)).size
    assert pixels[0] > int(image.attributes["width"]) == picture.width > picture.height > 0


def test_a_record_makes_stale_only_what_shows_records(evidence, tmp_path):
    def planned(of) -> dict[str, Executed]:
        return {
            each.name: each
            for each in executions(ROOT / "docs", of, tmp_path / "runs", tmp_path / "build")
        }

    fewer = replace(
        evidence, records=evidence.records | {"baseline": evidence.records["baseline"][:1]}
    )
    before, after = planned(evidence), planned(fewer)
    assert {name for name in before if before[name].folder != after[name].folder} == {
        f"{language}/hands-on/own-variant.py" for language in LANGUAGES
    }
    assert before["en/hands-on/own-variant.py"].environment["XO_STUDY"] == evidence.study


# What is handed out


def book(*texts: str) -> bytes:
    new = nbformat.v4
    cells = [
        new.new_markdown_cell("# Title\n\n" + text, id=f"t{k}") for k, text in enumerate(texts)
    ]
    return nbformat.writes(
        new.new_notebook(cells=[*cells, new.new_code_cell("f[i](j)", id="c")])
    ).encode()


def test_a_download_has_whole_links_or_none():
    content = book(
        "[X3](../xo/training.md#loss), [other](sizes.ipynb), [elsewhere](https://example.org/a)"
    )
    whole = nbformat.reads(
        download(content, lambda url: f"https://site/{url}" if "xo" in url else "").decode(), 4
    )
    assert whole.cells[0].source.endswith(
        "[X3](https://site/../xo/training.md#loss), other, [elsewhere](https://example.org/a)"
    )
    assert whole.cells[1].source == "f[i](j)"


def test_a_download_does_not_carry_the_note_of_the_page():
    noted = current(ROOT / "docs/zh/hands-on/sizes.py", None, "zh")
    cells = nbformat.reads(download(noted, lambda url: "").decode(), 4).cells
    assert len(cells) == len(nbformat.reads(noted.decode(), 4).cells) - 1
    assert not any(
        "report_builder build" in cell.source and cell.cell_type == "markdown" for cell in cells[:2]
    )
