"""Code on pages: run once by a build, shown with what it printed, never run for a preview, and named where it fails."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from report_builder.pages import code_outputs as snippets
from report_builder.pages import render as pages
from report_builder.results.artefacts import ran
from xo.errors import CheckFailed

CODE = "import os\n\nprint('<one>', 6 * 7)\nprint(os.path.basename(os.environ['XO_DATA']))"
HEAD = {"values": {}, "drawable": [], "figures": {}, "variants": [], "study": "test"}


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


def made(docs: Path, evidence) -> list:
    return ran(pages.snippets_of(docs, {}), docs, evidence, docs / "runs", docs / "build")


def english(docs: Path, evidence):
    return next(each for each in made(docs, evidence) if each.snippet.page == "en/local.md")


def shown(docs: Path, report: dict) -> str:
    pages._environment.cache_clear()
    return next(text for page, text in pages._rendered(docs, report) if page.language == "en")


def test_the_same_code_in_both_languages_is_run_once_and_shown_with_what_it_printed(docs, evidence):
    (run,) = made(docs, evidence)
    assert not run.is_made and run.why_stale == "never run"
    run.make(evidence)
    assert run.output == "<one> 42\ndata" and made(docs, evidence)[0].is_made
    text = shown(docs, HEAD | {"snippets": {run.name: run.output}})
    assert f"```python\n{CODE}\n```" in text
    assert '<div class="xo-output"><pre>&lt;one&gt; 42\ndata</pre></div>' in text


def test_without_a_build_the_code_stands_there_with_a_note_and_nothing_is_run(
    docs, evidence, monkeypatch
):
    monkeypatch.setattr(snippets, "execute", lambda *given: pytest.fail("was run"))
    text = shown(docs, {})
    assert CODE in text and "has not been run yet" in text and "xo-output" not in text
    (run,) = made(docs, evidence)
    write(
        docs, "en", CODE.replace("7", "8")
    )  # edited while served: what the old code printed is not the new code's
    assert "has not been run yet" in shown(docs, HEAD | {"snippets": {run.name: "<one> 42"}})


def test_it_is_run_again_when_its_text_or_a_library_changes_and_not_for_other_words_on_the_page(
    docs, evidence, monkeypatch
):
    (before,) = made(docs, evidence)
    page = docs / "en" / "local.md"
    page.write_text(page.read_text().replace("Words", "Other words"))
    pages._environment.cache_clear()
    assert made(docs, evidence)[0].folder == before.folder
    monkeypatch.setattr("report_builder.results.artefacts.version", lambda name: "0")
    assert made(docs, evidence)[0].folder != before.folder
    write(docs, "en", CODE + "\nprint()")
    pages._environment.cache_clear()
    assert len(made(docs, evidence)) == 2


@pytest.mark.parametrize(
    "code, line, said",
    [
        ("x = 1\n\nprint(x / 0)", 8, "ZeroDivisionError: division by zero"),
        ("def f():\n    raise ValueError('no')\n\nf()", 7, "ValueError: no"),
        ("print(", 6, "SyntaxError: '(' was never closed"),
    ],
)
def test_code_that_fails_is_named_with_the_pages_line(docs, evidence, code, line, said):
    write(docs, "en", code)
    pages._environment.cache_clear()
    failing = english(docs, evidence)
    with pytest.raises(
        CheckFailed,
        match=re.escape(f"{docs / 'en' / 'local.md'}:{line}: the code failed with {said}; mend it"),
    ):
        failing.make(evidence)
    assert not failing.is_made


def test_code_that_never_ends_is_stopped(docs, evidence, monkeypatch):
    monkeypatch.setattr(snippets, "TIMEOUT", 0.5)
    write(docs, "en", "while True:\n    pass")
    pages._environment.cache_clear()
    with pytest.raises(CheckFailed, match=r"en/local.md:6: the code ran for more than 0.5 s"):
        english(docs, evidence).make(evidence)


def test_code_rests_on_the_data_and_the_records_only_where_it_reads_them(docs, evidence):
    write(docs, "en", "print(1)")
    pages._environment.cache_clear()
    reading, one = made(docs, evidence)
    assert "data" not in one.inputs and "records" not in one.inputs
    assert reading.inputs["data"] == evidence.data.digest
