"""What counts as a source of the site, and how one is read."""

from __future__ import annotations

import pytest

from report_builder.pages import render as pages
from report_builder.pages.sources import Unreadable, files, is_leftover, read
from report_builder.results.report import Report
from xo.errors import InputError

LEFTOVERS = (
    ".#local.md",
    "#local.md#",
    "local.md~",
    ".local.md.swp",
    "._local.md",
    ".ipynb_checkpoints",
    "__pycache__",
    "local.md.orig",
    "Thumbs.db",
    ".DS_Store",
)


@pytest.fixture
def docs(tmp_path):
    for language in ("zh", "en"):
        (tmp_path / "docs" / language / "xo").mkdir(parents=True)
    (tmp_path / "docs" / "assets").mkdir()
    return tmp_path / "docs"


def rendered(docs, text: bytes, page: str = "en/xo/data.md") -> str:
    (docs / page).write_bytes(text)
    out = docs.with_name("rendered")
    pages.render(docs, Report(study="smoke"), out)
    return (out / page).read_text("utf-8")


@pytest.mark.parametrize("name", LEFTOVERS)
def test_what_editors_and_systems_leave_is_no_source(name):
    assert is_leftover(name)


def test_leftovers_are_neither_rendered_nor_run_nor_published(docs):
    for folder in ("en/xo", "assets"):
        (docs / folder / ".#data.md").symlink_to("nobody@nowhere.1234")
        for checkpoint in ("data-checkpoint.md", "data-checkpoint.py"):
            (docs / folder / ".ipynb_checkpoints").mkdir(exist_ok=True)
            (docs / folder / ".ipynb_checkpoints" / checkpoint).write_text("{{ nonsense }}")
        for name in ("#data.md#", "data.md~", "data.md.orig", "Thumbs.db"):
            (docs / folder / name).write_text("{{ nonsense }}")
    rendered(docs, b"# D\n")
    out = docs.with_name("rendered")
    assert [file.name for file in out.rglob("*") if file.is_file()] == ["data.md"]


def test_a_linked_folder_counts_and_one_that_holds_itself_ends(docs, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "more.md").write_text("# More\n")
    (elsewhere / "picture.png").write_bytes(b"p")
    (docs / "en" / "more").symlink_to(elsewhere)
    (docs / "en" / "xo" / "again").symlink_to(docs / "en")
    names = [file.relative_to(docs).as_posix() for file in files(docs / "en")]
    assert names == ["en/more/more.md", "en/more/picture.png"]
    rendered(docs, b"# D\n")
    out = docs.with_name("rendered")
    assert (out / "en/more/picture.png").read_bytes() == b"p" and (out / "en/more/more.md").exists()


def test_a_page_that_is_a_link_to_nowhere_is_named(docs):
    (docs / "en" / "lost.md").symlink_to("nowhere")
    with pytest.raises(InputError, match=r"lost\.md: is a link that leads nowhere"):
        files(docs / "en")


@pytest.mark.parametrize(
    "text",
    [b"# D\n\ntext\n", b"\xef\xbb\xbf# D\n\ntext\n", b"# D\r\n\r\ntext\r\n", b"# D\r\rtext\r"],
)
def test_line_ends_and_a_byte_order_mark_change_nothing(docs, text):
    assert rendered(docs, text) == "# D\n\ntext\n"
    assert read(docs / "en/xo/data.md") == "# D\n\ntext\n"


@pytest.mark.parametrize("encoding", ["gbk", "cp1252", "utf-16"])
@pytest.mark.parametrize("page", ["en/xo/data.md", "en/xo/data.py", "assets/a.css"])
def test_another_encoding_is_refused_by_name_and_line(docs, encoding, page):
    text = "# D\n\n# \u6570\u636e\n" if encoding == "gbk" else "# D\n\n# \u00e9 \u00fc\n"
    (docs / page).write_bytes(text.encode(encoding))
    line = 1 if encoding == "utf-16" else 3
    with pytest.raises(InputError, match=rf"{page.rpartition('/')[2]}:{line}: is not UTF-8"):
        pages.render(docs, Report(study="smoke"), docs.with_name("rendered"))


CONFLICT = "# D\n<<<<<<< HEAD\none\n=======\nother\n>>>>>>> branch\n"


@pytest.mark.parametrize(
    "page", ["zh/index.md", "en/xo/data.md", "en/xo/data.py", "assets/a.css", "overrides/main.html"]
)
def test_the_marks_of_a_merge_are_refused_by_name_and_line(docs, page):
    (docs / page).parent.mkdir(exist_ok=True)
    (docs / page).write_text(CONFLICT)
    with pytest.raises(InputError, match=r":2: '<<<<<<< HEAD' is left of a merge"):
        pages.render(docs, Report(study="smoke"), docs.with_name("rendered"))


def test_a_heading_underlined_with_seven_signs_is_no_mark_of_a_merge(docs):
    assert rendered(docs, b"Heading\n=======\n") == "Heading\n=======\n"


def test_the_name_of_an_anchor_is_no_comment(docs):
    text = "## A {#a}\n\nkept\n\n## B {#b .wide}\n\n{# a comment #}and {#- c -#}#}\n"
    assert rendered(docs, text.encode()) == ("## A {#a}\n\nkept\n\n## B {#b .wide}\n\nand #}\n")


@pytest.mark.parametrize("comment", ["{# a }", "{# begun", "{#a b#}", "{#- a"])
def test_a_comment_that_does_not_end_on_its_line_is_refused(docs, comment):
    with pytest.raises(Unreadable, match=r"data\.md:3: '\{#' begins a comment"):
        rendered(docs, f"# D\n\n## T {comment}\n\nlost #}}\n".encode())
