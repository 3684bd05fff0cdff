"""Names and counts as figures write them, and how text is broken to a width."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from report_builder.evidence.training_course import class_variants as class_variants
from report_builder.text import Text, class_name, plural, same

if TYPE_CHECKING:
    from report_builder.figures.toolkit.typing import RunRecord, Variant

SPLITS = {"test": Text("测试集", "test split"), "train": Text("训练集", "train split")}
NAMES_OF_COLORS = ("red", "green", "blue")  # of the channels of an image, in tables
COLORS = Text(
    "图像有三种颜色，每个核从上到下是红、绿、蓝三部分。",
    "Images have three colors; from top to bottom, each kernel's parts for red, green and blue. ",
)
CLOSING = "，。、：；！？）》」』”’,.:;!?)%"  # never first on a line


def width(text: str) -> int:
    """The width of text in half-width columns: two for a Chinese character."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def wrap(text: str, columns: int) -> list[str]:
    """Text as lines of at most `columns` half-width columns."""
    lines, line = [], ""
    for word in _words(text):
        if line and width(line + word.rstrip(" ")) > columns:
            lines.append(line.rstrip(" "))
            line = ""
        line += word
    return [*lines, line.rstrip(" ")]


def _words(text: str) -> list[str]:
    """What may stand on different lines: words with the space behind them, Chinese characters."""
    words = [""]
    for before, character in zip(" " + text, text, strict=False):
        wide = "W" in (unicodedata.east_asian_width(each) for each in (before, character))
        if (
            (wide or before in " ，。、：；！？")
            and character not in CLOSING + " "
            and before not in "（《「“"
        ):
            words.append("")
        words[-1] += character
    return [word for word in words if word]


def shorten(text: str, columns: int) -> str:
    """Text that fits into `columns`, its middle left out where it does not."""
    if width(text) <= columns:
        return text
    head, tail = text, ""
    while width(head) > (columns - 1) * 2 // 3:
        head = head[:-1]
    for character in reversed(text):
        if width(head + "…" + character + tail) > columns:
            break
        tail = character + tail
    return f"{head}…{tail}"


def on_lines(text: str, columns: int, lines: int = 2) -> str:
    """Text on at most so many lines of `columns`; its middle is left out where they do not do."""
    found = wrap(text, columns)
    if len(found) > lines or max(map(width, found)) > columns:
        found = wrap(shorten(text, columns * lines), columns)
    if len(found) > lines or max(map(width, found)) > columns:  # one long word
        found = [shorten(text, columns)]
    return "\n".join(found)


def k_of_n_runs(k: int, n: int) -> Text:
    """5 of 6 runs."""
    return Text(f"{n} 次训练中的 {k} 次", f"{k} of {plural(n, 'run')}")


def title_of(variant: Variant) -> Text:
    """A variant's name for readers."""
    return Text(variant.zh, variant.en)


def class_names(record: RunRecord) -> tuple[str, ...]:
    """The classes that a run learned; test and train where it learned the split."""
    return tuple(class_name(name) for name in record.classes)


def class_label(name: str) -> Text:
    """A class's name on an axis, the splits spelled out."""
    return SPLITS.get(name) or same(name)


def joined(items: Iterable[Text | str], zh: str = "，", en: str = ", ") -> Text:
    """Items one after another, with what stands between two of them in each language."""
    texts = [item if isinstance(item, Text) else same(item) for item in items]
    return Text(zh.join(text.zh for text in texts), en.join(text.en for text in texts))


def listed(items: Iterable[Text | str]) -> Text:
    """a; b; c."""
    return joined(items, "；", "; ")


def enumerated(items: Sequence[str]) -> Text:
    """a, b and c."""
    *most, last = items
    return joined([joined(most, "、"), last], " 和 ", " and ") if most else same(last)
