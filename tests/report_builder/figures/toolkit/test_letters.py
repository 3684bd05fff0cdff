"""Names of classes in any script: fonts of the system, else numbers."""

from __future__ import annotations

import pytest

from report_builder.figures.toolkit import letters
from report_builder.fonts import FONT
from report_builder.text import class_name


@pytest.fixture(autouse=True)
def no_font_but_ours(monkeypatch):
    monkeypatch.setattr(letters, "_system_fonts", list)
    letters.letters_of.cache_clear()
    yield
    letters.letters_of.cache_clear()


def test_names_that_our_own_font_can_write_need_nothing():
    assert letters.letters_of(("circles", "大", "naïve")) == letters.Letters()


def test_a_name_that_no_font_can_write_gets_the_number_of_its_class():
    classes = ("cat", "ქართული", "🐈")
    with letters.writing(classes):
        assert [class_name(name) for name in classes] == ["cat", "#2", "#3"]
    assert class_name("🐈") == "🐈", "outside of figures the name is written"
    assert letters.key(classes) == {"#2": "ქართული", "#3": "🐈"}
    line = letters.note_on_letters(classes)
    assert "#2 for 'ქართული'" in line and "install a font" in line and "\n" not in line


def test_a_font_of_the_system_that_has_the_letters_is_taken(monkeypatch):
    monkeypatch.setattr(letters, "_system_fonts", lambda: [("Of the system", "file")])
    characters = letters._characters
    monkeypatch.setattr(
        letters, "_characters", lambda path: frozenset("🐈") if path == "file" else characters(path)
    )
    found = letters.letters_of(("cat", "🐈"))
    assert (found.families, found.numbers) == (("Of the system",), ())
    assert found.as_inputs, "another font makes another figure"


def test_marks_and_joiners_of_a_name_need_no_glyph_of_their_own():
    assert letters._drawn("می‌خواهم") == set("میخواهم")
    assert letters._characters(str(FONT)) >= set("abcO×")
