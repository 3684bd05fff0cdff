"""Text in figures."""

from __future__ import annotations

from report_builder.figures.toolkit import words


def test_text_is_broken_at_spaces_and_between_chinese_characters():
    assert words.wrap("one two three", 8) == ["one two", "three"]
    assert words.wrap("一二三，四五", 6) == ["一二", "三，四", "五"]
    assert words.wrap("short", 20) == ["short"]
    assert (
        words.shorten("a-rather-long-name", 10) == "a-rath…ame"
        and words.shorten("short", 10) == "short"
    )
