"""The notebooks as a reader runs them: on images of another kind, from a fresh installation.

What they put out on the embedded images, in both languages, is tested on the built site.
"""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path
from unicodedata import east_asian_width

import jupytext
import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from selectolax.lexbor import LexborHTMLParser

from report_builder.checks.prose import passages
from report_builder.pages import notebooks
from report_builder.pages.code_outputs import environment
from report_builder.pages.data_words import data_words
from report_builder.pages.notebooks import current, download, inputs
from report_builder.results.report import DataSetName, Report
from report_builder.text import LANGUAGES
from xo.errors import CheckFailed, InputError
from xo.store.source_digest import ROOT, Source
from xo.store.store import Store
from xo.variants import VARIANTS

from ..conftest import draw_images

NAMES = ("by-hand", "own-variant", "sizes")
BOOKS = [f"{language}/hands-on/{name}" for language in LANGUAGES for name in NAMES]
ENGLISH = ROOT / "docs/en/hands-on"
WORDS = data_words(Report(), "en")
DATA = {"data": "digest of data"}
VARIABLES = ("XO_DATA", "XO_STORE", "XO_STUDY")


@pytest.fixture(scope="module")
def books(tmp_path_factory) -> dict[str, nbformat.NotebookNode]:
    """The English notebooks, executed one after another by one kernel, each without the names of
    the one before, on images of three classes, beside a store that is empty.
    """
    folder = tmp_path_factory.mktemp("books")
    draw_images(folder / "data", ("circles", "crosses", "bars"), (30, 36), 8, 4)
    values = (str(folder / "data"), str(folder / "runs"), "smoke")
    books = {name: book_of(name) for name in NAMES}
    run(
        nbformat.v4.new_notebook(
            cells=[
                cell
                for book in books.values()
                for cell in (nbformat.v4.new_code_cell("%reset -f"), *book.cells)
            ]
        ),
        ENGLISH,
        environment(dict(zip(VARIABLES, values, strict=True))),
    )
    return books


def book_of(name: str) -> nbformat.NotebookNode:
    return jupytext.read(ENGLISH / f"{name}.py", fmt="py:percent")


def run(book: nbformat.NotebookNode, folder: Path, variables: dict[str, str]) -> None:
    client = NotebookClient(
        book,
        kernel_name="python3",
        coalesce_streams=True,
        resources={"metadata": {"path": str(folder)}},
    )
    client.execute(env=variables)


def outputs(book: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [output for cell in book.cells if cell.cell_type == "code" for output in cell.outputs]


def printed(book: nbformat.NotebookNode) -> str:
    return "".join(output.text for output in outputs(book) if output.output_type == "stream")


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_complained_of(books, name):
    """Neither a warning nor a character that the font lacks; and every picture has words."""
    found = outputs(books[name])
    assert [output.text for output in found if output.get("name") == "stderr"] == []
    html = "".join(output.get("data", {}).get("text/html", "") for output in found)
    images = LexborHTMLParser(html).css("img")
    assert images and all(image.attributes["alt"] and image.attributes["width"] for image in images)


def test_what_is_counted_by_hand_is_what_the_project_counts(books):
    text = printed(books["sizes"])
    assert text.count("  agrees") == sum(each.labels == "class" for each in VARIANTS.values())
    assert "differs" not in text and "False" not in text


def test_without_records_it_is_said_how_to_get_them(books):
    assert "python -m report_builder build" in printed(books["own-variant"])


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
        current(ROOT / "docs" / f"{book}.py", None, book.partition("/")[0], WORDS).decode(), 4
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


# What decides them


def test_a_record_makes_stale_only_what_shows_records():
    def decides(book: str, records: dict[str, str]) -> dict:
        docs = ROOT / "docs"
        return inputs(docs / f"{book}.py", docs, Source(), DATA, records)

    assert {book for book in BOOKS if decides(book, {}) != decides(book, {"baseline/0": "a"})} == {
        f"{language}/hands-on/own-variant" for language in LANGUAGES
    }


def test_prose_makes_nothing_stale_and_a_cell_that_fails_leaves_nothing(tmp_path):
    source, store = tmp_path / "docs" / "en" / "book.py", Store(tmp_path / "build")
    source.parent.mkdir(parents=True)

    def decides(text: str) -> dict:
        source.write_text(f"# %% [markdown]\n# # Title {text}\n\n# %%\n1 / 0\n")
        return inputs(source, tmp_path / "docs", Source(), DATA, {})

    assert decides("one") == decides("another")
    with pytest.raises(
        CheckFailed, match="book.py: a cell failed with ZeroDivisionError: division"
    ):
        notebooks.make(source, tmp_path / "docs", decides("one"), store, {})
    assert store.folders("notebook") == []


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
        download(
            content, lambda url: f"https://site/{url}" if "xo" in url else "", "en", ""
        ).decode(),
        4,
    )
    assert whole.cells[0].source.endswith(
        "[X3](https://site/../xo/training.md#loss), other, [elsewhere](https://example.org/a)"
    )
    assert whole.cells[2].source == "f[i](j)"


def test_a_download_does_not_carry_the_note_of_the_page():
    noted = current(ROOT / "docs/zh/hands-on/sizes.py", None, "zh", WORDS)
    cells = nbformat.reads(download(noted, lambda url: "", "zh", "").decode(), 4).cells
    notes = [cell for cell in nbformat.reads(noted.decode(), 4).cells if cell.id == "not-run"]
    assert len(notes) == 1 and not any(cell.id == "not-run" for cell in cells)
    assert not any(
        "report_builder build" in cell.source and cell.cell_type == "markdown" for cell in cells[:2]
    )


# A reader opens it alone

WITHOUT = """import sys

class Absent:
    def find_spec(name, path=None, target=None):
        if name.partition(".")[0] in ("xo", "report_builder"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Absent)
"""


@pytest.fixture
def bare(tmp_path, monkeypatch):
    """An empty folder, and an environment in which Python finds neither package."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(WITHOUT)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "site"))
    (tmp_path / "empty").mkdir()
    return tmp_path / "empty"


def taken_away(book: str, repository: str) -> nbformat.NotebookNode:
    language = book.partition("/")[0]
    page = current(ROOT / "docs" / f"{book}.py", None, language, data_words(Report(), language))
    return nbformat.reads(download(page, lambda url: "", language, repository).decode(), 4)


def code_of(book: nbformat.NotebookNode) -> list[str]:
    return [cell.source for cell in book.cells if cell.cell_type == "code"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_alone_it_says_in_one_line_how_to_install_what_it_needs(bare, language):
    """In the first cell that runs, which is the same in all."""
    taken, *others = (taken_away(f"{language}/hands-on/{name}", "") for name in NAMES)
    assert {code_of(other)[0] for other in others} == {code_of(taken)[0]}
    with pytest.raises(CellExecutionError):
        run(taken, bare, dict(os.environ))
    cells = [cell for cell in taken.cells if cell.cell_type == "code"]
    (output,) = cells[0].outputs
    (line,) = output.traceback
    assert "\n" not in line and line.endswith(" -m pip install .")
    assert {"zh": "还没有装", "en": "not installed"}[language] in line
    assert not any(cell.outputs for cell in cells[1:])  # Jupyter runs nothing after it
    assert list(bare.iterdir()) == []


@pytest.mark.parametrize("book", BOOKS[::3])
def test_alone_it_tries_to_install_from_its_repository(bare, book):
    """Here in vain: nobody answers there."""
    taken = taken_away(book, "https://127.0.0.1:1/owner/x")
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(code_of(taken))],
        cwd=bare,
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert len(done.stdout.splitlines()) == len(done.stderr.splitlines()) == 1
    assert done.stderr.rstrip().endswith(" -m pip install git+https://127.0.0.1:1/owner/x")


def test_a_fresh_installation_draws_the_images_where_the_notebook_lies(tmp_path, monkeypatch):
    """Both packages outside of a clone, as pip installs them, and nothing else given; the cell that
    installs them where they are missing does nothing.
    """
    for package in ("xo", "report_builder"):
        half_written = shutil.ignore_patterns("*.pyc.*")
        shutil.copytree(ROOT / package, tmp_path / "installed" / package, ignore=half_written)
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "reader").mkdir()
    install, first, *_ = code_of(taken_away("en/hands-on/sizes", "https://127.0.0.1:1/owner/x"))
    done = subprocess.run(
        [sys.executable, "-c", f"{install}\n{first}"],
        cwd=tmp_path / "reader",
        capture_output=True,
        env=os.environ | {"PYTHONPATH": str(tmp_path / "installed")},
        text=True,
    )
    assert (done.stdout, done.stderr) == ("images 116 high and 116 wide, 2 classes\n", "")
    assert len(list((tmp_path / "reader/data/xo/train").rglob("*.png"))) == 1700


def test_text_cells_are_worded_for_the_data_set_and_code_is_left_alone(tmp_path):
    source = tmp_path / "book.py"
    source.write_text(
        "# %% [markdown]\n# # Book\n#\n# {% if embedded %}O and X{% else %}{{ data }}{% endif %}: "
        "$\\frac{n}{t}$\n\n# %%\nprint('{{ data }}')\n"
    )

    def cells(report: Report) -> list[str]:
        content = current(source, None, "en", data_words(report, "en"))
        return [cell.source for cell in nbformat.reads(content.decode(), 4).cells]

    digits = Report(study="smoke", data=DataSetName("digits", "0" * 64, False))
    assert cells(Report())[0] == "# Book\n\nO and X: $\\frac{n}{t}$"
    assert cells(digits)[0] == "# Book\n\ndigits: $\\frac{n}{t}$"
    assert cells(digits)[-1] == "print('{{ data }}')"
    source.write_text("# %% [markdown]\n# # Book\n#\n# {{ nothing }}\n")
    with pytest.raises(InputError, match=r"book.py: the text cell that begins '# Book': 'nothing'"):
        cells(digits)


@pytest.mark.parametrize("line", ["%matplotlib inline", "x = (", "!ls"])
def test_a_notebook_that_is_not_plain_python_depends_on_everything_and_is_named(tmp_path, line):
    docs, packages = tmp_path / "docs", tmp_path / "packages"
    for file, name in (
        ("xo/network/train.py", "train"),
        ("report_builder/pages/notebook_helpers.py", "recorded"),
    ):
        (packages / file).parent.mkdir(parents=True)
        (packages / file).write_text(f"def {name}(): pass\n")
    for language in LANGUAGES:
        (docs / language).mkdir(parents=True)
    source = docs / "zh" / "book.py"
    source.write_text(f"# %% [markdown]\n# # Book\n\n# %%\n{line}\nprint(1)\n")
    found = inputs(source, docs, Source(packages), DATA, {"baseline/0": "a"})
    assert found["records"] == {"baseline/0": "a"}
    assert "xo.network.train:train" in found["code"]
    (fault,) = notebooks.faults(docs)
    assert fault.startswith("docs/zh/book.py:5: is not plain Python")
    assert list(passages(source))  # as `check` reads it: no traceback
    source.write_text("# %%\nprint(1)\n")
    assert list(notebooks.faults(docs)) == []
    assert "records" not in inputs(source, docs, Source(packages), DATA, {"baseline/0": "a"})
