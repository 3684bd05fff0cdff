"""On which pages a page builds, and so to which it leads: the order in which a learner reads."""

from __future__ import annotations

import re
from pathlib import Path

from report_builder.pages import sources
from report_builder.text import LANGUAGES, Text

ROOMS = ("concepts", "xo", "redesign", "evidence")  # folders whose pages are read in this order
LISTS = ("evidence/values.md",)  # in a room, but looked up rather than read

# Every page of ROOMS but LISTS, in the order of the navigation, and those that it takes for known.
BUILDS_ON: dict[str, tuple[str, ...]] = {
    "concepts/convolution.md": (),
    "concepts/local.md": ("concepts/convolution.md",),
    "concepts/sharing.md": ("concepts/local.md",),
    "concepts/pooling.md": ("concepts/sharing.md",),
    "concepts/fcn.md": ("concepts/sharing.md", "concepts/pooling.md"),
    "concepts/levels.md": ("concepts/local.md", "concepts/pooling.md"),
    "concepts/channels.md": ("concepts/local.md",),
    "concepts/one-by-one.md": ("concepts/channels.md",),
    "concepts/backward.md": ("concepts/pooling.md", "concepts/channels.md"),
    "concepts/training.md": ("concepts/backward.md",),
    "xo/data.md": (),
    "xo/network.md": ("concepts/channels.md", "xo/data.md"),
    "xo/training.md": ("concepts/training.md", "xo/network.md"),
    "xo/one-image.md": ("xo/training.md",),
    "xo/accuracy.md": ("xo/one-image.md",),
    "xo/feature-maps.md": ("concepts/pooling.md", "xo/network.md"),
    "xo/kernels.md": ("concepts/channels.md", "xo/feature-maps.md"),
    "redesign/three-layers.md": ("xo/network.md", "xo/training.md"),
    "redesign/no-pooling.md": ("concepts/pooling.md", "redesign/three-layers.md"),
    "redesign/channels.md": ("concepts/channels.md", "xo/accuracy.md"),
    "redesign/levels.md": ("concepts/levels.md", "xo/feature-maps.md"),
    "evidence/claims.md": ("xo/accuracy.md",),
    "evidence/published.md": ("xo/training.md", "redesign/three-layers.md"),
    "evidence/method.md": ("xo/accuracy.md", "evidence/claims.md"),
    "evidence/learned.md": ("evidence/claims.md", "evidence/published.md"),
    "evidence/checked.md": ("evidence/method.md",),
    "evidence/reproducibility.md": ("evidence/method.md", "evidence/checked.md"),
}
_TITLE = re.compile(r'^title: *"?(.*?)"? *$', re.MULTILINE)


def neighbors(docs: Path, language: str, page: str) -> tuple[dict[str, str], dict[str, str]]:
    """The pages that a page builds on, and those that it leads to: path -> title, in that order.

    Pages that `docs` lacks are left out.
    """
    before = BUILDS_ON.get(page, ())
    after = (each for each, needed in BUILDS_ON.items() if page in needed)
    found = [
        {each: title(docs, language, each) for each in pages if (docs / language / each).is_file()}
        for pages in (before, after)
    ]
    return found[0], found[1]


def pages(docs: Path, language: str) -> list[str]:
    """The pages of ROOMS that are read, below the folder of the language."""
    found = [
        file.relative_to(docs / language).as_posix()
        for room in ROOMS
        for file in sources.files(docs / language / room, sources.PAGE)
    ]
    return [page for page in found if page not in LISTS]


def title(docs: Path, language: str, page: str) -> str:
    """What a page is called, from its front matter."""
    return title_in(sources.read(docs / language / page)) or page


def title_in(text: str) -> str:
    """The title in the front matter of a page's source; empty where it has none."""
    found = _TITLE.search(text)
    return found[1] if found else ""


def titles(docs: Path, page: str) -> Text:
    """What a page is called in both languages."""
    return Text(*(title(docs, language, page) for language in LANGUAGES))
