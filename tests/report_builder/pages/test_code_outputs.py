"""Code on pages: run once by a build, shown with what it printed, named where it fails."""

from __future__ import annotations

import re
from pathlib import Path

import markdown
import pytest

from report_builder.pages import code_outputs
from report_builder.pages import render as pages
from report_builder.pages.code_outputs import CodeBlock, execute, inputs, make
from report_builder.results.report import Report
from xo.errors import CheckFailed
from xo.store.inputs import Inputs
from xo.store.source_digest import Source
from xo.store.store import Store

CODE = "import os\n\nprint('<one>', 6 * 7)\nprint(os.path.basename(os.environ['XO_DATA']))"
VARIABLES = {"XO_DATA": "/a/folder/data"}


@pytest.fixture
def docs(tmp_path) -> Path:
    write(tmp_path, "zh", f"{CODE}  # 说明")
    write(tmp_path, "en", CODE)
    return tmp_path


def write(docs: Path, language: str, code: str) -> None:
    (docs / language).mkdir(exist_ok=True)
    (docs / language / "local.md").write_text(
        f'# Page\n\nWords.\n\n{{{{ run("""\n{code}\n""") }}}}\n', encoding="utf-8"
    )


def blocks(docs: Path) -> list[CodeBlock]:
    return pages.code_blocks(pages.page_requests(docs, Report()))


def english(docs: Path) -> CodeBlock:
    return next(block for block in blocks(docs) if block.page == "en/local.md")


def decides(block: CodeBlock) -> Inputs:
    return inputs(block, Source(), {"data": "digest of data"}, {"baseline/0": "digest of record"})


def shown(docs: Path, report: Report) -> str:
    pages.render(docs, report, docs / "build" / "docs")
    return (docs / "build" / "docs" / "en" / "local.md").read_text(encoding="utf-8")


def test_the_same_code_in_both_languages_is_run_once_and_shown_with_what_it_printed(docs):
    (block,) = blocks(docs)
    store = Store(docs / "build")
    stored = make(block, decides(block), store, docs, VARIABLES)
    assert store.find("code output", block.name, decides(block)) == stored
    assert stored.content_as(dict) == {"printed": "<one> 42\ndata"}
    text = shown(docs, Report(code_outputs={block.name: stored.content_as(dict)["printed"]}))
    assert f"```python\n{CODE}\n```" in text
    block = '```{ .text .xo-output .no-copy data-search-exclude="yes" }\n'
    assert f"{block}<one> 42\ndata\n```\n" in text


def test_code_in_an_answer_and_its_output_stay_within_it(docs):
    page = docs / "en" / "local.md"
    page.write_text(
        '# Page\n\n!!! question "With code: how?"\n\n    ??? success "Answer"\n\n'
        '        {{ run("""\n        for each in (1, 2):\n\n            print(each)\n'
        '        """) }}\n\n        Done.\n'
    )
    block = english(docs)
    assert block.code == "for each in (1, 2):\n\n    print(each)"
    text = shown(docs, Report(code_outputs={block.name: "a `x` and\n\n```"}))
    answer = text[text.index("??? success") :].splitlines()[1:]
    assert all(line.startswith("        ") for line in answer if line)
    html = markdown.markdown(
        text, extensions=["admonition", "pymdownx.details", "pymdownx.superfences"]
    )
    (within,) = re.findall(r"<details.*?</details>", html, re.DOTALL)
    assert "a `x` and\n\n```" in within and "Done." in within
    assert 'class="xo-output no-copy highlight"' in within


def test_without_a_build_the_code_stands_there_with_a_note_and_nothing_is_run(docs, monkeypatch):
    monkeypatch.setattr(code_outputs, "execute", lambda *given: pytest.fail("was run"))
    text = shown(docs, Report())
    assert CODE in text and "has not been run yet" in text and "xo-output" not in text
    (block,) = blocks(docs)
    # Edited while served: what the old code printed is not the new code's.
    write(docs, "en", CODE.replace("7", "8"))
    printed = Report(code_outputs={block.name: "<one> 42"})
    assert "has not been run yet" in shown(docs, printed)


def test_it_is_run_again_when_its_text_or_a_library_changes_and_not_for_other_words_on_the_page(
    docs, monkeypatch
):
    (before,) = blocks(docs)
    page = docs / "en" / "local.md"
    page.write_text(page.read_text().replace("Words", "Other words"))
    assert blocks(docs) == [before]
    of_before = decides(before)
    monkeypatch.setattr(code_outputs, "version", lambda name: "0")
    assert decides(before) != of_before
    write(docs, "en", CODE + "\nprint()")
    assert len(blocks(docs)) == 2


@pytest.mark.parametrize(
    "code, line, message",
    [
        ("x = 1\n\nprint(x / 0)", 8, "ZeroDivisionError: division by zero"),
        ("def f():\n    raise ValueError('no')\n\nf()", 7, "ValueError: no"),
        ("print(", 6, "SyntaxError: '(' was never closed"),
    ],
)
def test_code_that_fails_is_named_with_the_pages_line(docs, code, line, message):
    write(docs, "en", code)
    block, store = english(docs), Store(docs / "build")
    place = f"{docs / 'en' / 'local.md'}:{line}"
    with pytest.raises(
        CheckFailed, match=re.escape(f"{place}: the code failed with {message}; mend it")
    ):
        make(block, decides(block), store, docs, VARIABLES)
    assert store.find("code output", block.name, decides(block)) is None


def test_code_that_fails_in_an_answer_is_named_with_the_pages_line(docs):
    page = docs / "en" / "local.md"
    page.write_text(
        'import os\n\n        {{ run("""\n        import os\n\n        print(x)\n""") }}\n'
    )
    with pytest.raises(CheckFailed, match=re.escape(f"{page}:6: the code failed with NameError")):
        execute(english(docs), docs, VARIABLES)


def test_code_that_never_ends_is_stopped(docs, monkeypatch):
    monkeypatch.setattr(code_outputs, "TIMEOUT", 0.5)
    write(docs, "en", "while True:\n    pass")
    with pytest.raises(CheckFailed, match=r"en/local.md:6: the code ran for more than 0.5 s"):
        execute(english(docs), docs, VARIABLES)


def test_data_and_records_decide_only_where_the_code_reads_them(docs):
    write(docs, "en", "print(1)")
    reading, one = blocks(docs)
    assert "data" not in decides(one) and "records" not in decides(one)
    assert decides(reading)["data"] == "digest of data"
    records = CodeBlock.of("print(os.environ['XO_STORE'])", "en/local.md")
    assert decides(records)["records"] == {"baseline/0": "digest of record"}
