"""A page that lacks a kind of exercise or an answer is named, with the line."""

from __future__ import annotations

from pathlib import Path

import pytest

from report_builder.checks.exercises import count_exercises, exercises, faults
from xo.store.source_digest import ROOT

PAGE = '''# Pooling

Words.

## Try it

!!! question "Recall: what does it keep?"

    ??? success "Answer"

        The largest.

!!! question "By hand: of $1, 4, 2, 3$?"

    ??? success "Answer"

        Four.

!!! question "With code: of these?"

    ??? success "Answer"

        So:

        {{ run("""
        print(max(1, 4))

        print('two')
        """) }}

        Done.

## Sources

None.
'''


def found(tmp_path: Path, page: str) -> list[str]:
    folder = tmp_path / "docs" / "en" / "concepts"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pooling.md").write_text(page, encoding="utf-8")
    return list(faults(tmp_path / "docs"))


def test_a_page_with_all_kinds_and_answers_passes(tmp_path):
    assert found(tmp_path, PAGE) == []
    assert count_exercises(tmp_path / "docs") == [3]
    *_, with_code = exercises(PAGE)
    assert with_code.line == 19 and with_code.answers[0].endswith("Done.")


@pytest.mark.parametrize(
    "old, new, line, fault",
    [
        ("## Try it", "## More", 1, "no heading '## Try it'"),
        ("By hand:", "Recall:", 5, "no exercise 'By hand'"),
        ("By hand:", "Recalling:", 13, "an exercise of no kind"),
        ("        Four.\n", "", 13, "one folded answer"),
        ('    ??? success "Answer"\n\n        Four.', "    Four.", 13, "one folded answer"),
        ('{{ run("""', "```python", 19, "its answer runs no code"),
        ("\n## Sources", '\n??? question "Exercises"\n\n    1. Why?\n', 33, "of no kind"),
    ],
)
def test_what_is_missing_is_named_with_its_line(tmp_path, old, new, line, fault):
    assert old in PAGE
    lines = found(tmp_path, PAGE.replace(old, new))
    assert any(
        each.startswith(f"docs/en/concepts/pooling.md:{line}: ") and fault in each for each in lines
    ), lines


def test_exercises_stand_below_their_heading(tmp_path):
    head, tail = PAGE.split("## Try it\n")
    moved = head + tail.replace("## Sources", "## Try it\n\n## Sources")
    assert len(found(tmp_path, moved)) == 3


def test_lists_and_other_rooms_need_none(tmp_path):
    for page in ("evidence/values.md", "hands-on/reproduce.md", "index.md"):
        file = tmp_path / "docs" / "en" / page
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("# Title\n")
    assert list(faults(tmp_path / "docs")) == []


def test_all_pages_have_them():
    assert list(faults(ROOT / "docs")) == []
