"""Which fonts can write the names of a data set's classes in figures, and which names none can:
these get a number, which a key below the figure explains.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import NamedTuple

from report_builder.fonts import FONT
from report_builder.text import class_name, numbered_classes

PREFERRED = (  # of the system, where ours lacks a character; then any other that has it
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "WenQuanYi Micro Hei",
    "PingFang SC",
    "Microsoft YaHei",
)
PLACEHOLDERS = ("Last Resort", "LastResort")  # fonts whose letters are all boxes
LAST = "DejaVu Sans"  # comes with matplotlib


class Letters(NamedTuple):
    """How the names of the classes are written."""

    families: tuple[str, ...] = ()  # of the system, that have what ours and the last one lack
    numbers: tuple[tuple[str, str], ...] = ()  # class -> #3, where no font has its letters

    @property
    def as_inputs(self) -> dict[str, object]:
        """What decides figures beside our own font; nothing where that has all letters."""
        return {"letters": [self.families, dict(self.numbers)]} if any(self) else {}


@lru_cache
def letters_of(classes: tuple[str, ...]) -> Letters:
    """How figures write the names of these classes on this machine."""
    names = {name: _drawn(class_name(name)) for name in classes}
    needed = frozenset[str]().union(*names.values())
    if all(map(str.isascii, needed)):  # which no font need be read for
        return Letters()
    lacking = needed - _characters(str(FONT))
    if not lacking:
        return Letters()
    families, missing = [], lacking
    for family, path in _system_fonts():
        if found := missing & _characters(path):
            families.append(family)
            missing -= found
        if not missing:
            break
    numbers = [
        (name, f"#{label}") for label, name in enumerate(classes, 1) if names[name] & missing
    ]
    return Letters(tuple(families), tuple(numbers))


@contextmanager
def writing(classes: tuple[str, ...]) -> Iterator[Letters]:
    """Within the block, `class_name` gives a number for names that no font can write."""
    letters = letters_of(classes)
    with numbered_classes(dict(letters.numbers)):
        yield letters


def note_on_letters(classes: tuple[str, ...]) -> str:
    """A line that says which classes figures number; empty where all can be written."""
    numbers = letters_of(classes).numbers
    if not numbers:
        return ""
    listed = ", ".join(f"{number} for '{name}'" for name, number in numbers)
    return (
        f"no font here has the letters of {len(numbers)} of the classes' names; figures write "
        f"{listed}; install a font that has them, such as fonts-noto, and build again"
    )


def key(classes: tuple[str, ...]) -> dict[str, str]:
    """#3 -> the name of the class that it stands for in figures."""
    return {number: name for name, number in letters_of(classes).numbers}


def _drawn(text: str) -> frozenset[str]:
    """The characters that need a glyph: no spaces, joiners, or marks that choose a form."""
    return frozenset(
        character
        for character in text
        if unicodedata.category(character) not in ("Zs", "Cf", "Cc", "Mn")
    )


@lru_cache(maxsize=256)
def _characters(path: str) -> frozenset[str]:
    """Those that a font has; none of one that holds pictures instead of outlines."""
    from matplotlib import font_manager

    try:
        font = font_manager.get_font(path)
        return frozenset(map(chr, font.get_charmap())) if font.scalable else frozenset()
    except (OSError, RuntimeError, UnicodeDecodeError):
        return frozenset()


@lru_cache(maxsize=1)
def _system_fonts() -> list[tuple[str, str]]:
    """Family and file of the upright fonts of regular weight, the preferred ones first."""
    from matplotlib import font_manager

    found: dict[str, str] = {}
    for entry in font_manager.fontManager.ttflist:
        if entry.name.lstrip(".").startswith(PLACEHOLDERS):
            continue
        if entry.style == "normal" and entry.weight in (400, "normal", "regular", "book"):
            found.setdefault(entry.name, entry.fname)
    order = {family: place for place, family in enumerate((LAST, *PREFERRED))}
    return sorted(found.items(), key=lambda item: (order.get(item[0], len(order)), item[0]))
