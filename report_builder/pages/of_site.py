"""What a page says that is known only as its site is made: by what name it is published, where its
repository is, what it was built from.

Rendering leaves a mark in its place, which the MkDocs plugin fills in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from markupsafe import Markup

from report_builder import escape
from xo.unknown_names import unknown

NAMES = (
    "title",
    "authors",
    "license",
    "version",
    "build",  # what the site was built from, as a digest
    "clone",  # the commands that bring the repository here
    "clone-note",  # how to read them
    "bibtex",
    "citation-file",
)
_MARK = re.compile(r"<!--site (text|code) ([a-z-]+)-->")


def mark(kind: str, name: str) -> Markup:
    """The place of a text, or of code within a block of it; InputError on an unknown name."""
    if name not in NAMES:
        raise unknown("words of the site", name, NAMES)
    return Markup(f"<!--site {kind} {name}-->")


def has_marks(markdown: str) -> bool:
    return bool(_MARK.search(markdown))


def fill_in(markdown: str, words: Mapping[str, str]) -> str:
    """The page with these plain words, by NAMES, in the places of their marks."""

    def filled(found: re.Match[str]) -> str:
        kind, name = found.groups()
        if name not in words:  # written on the page by hand
            return found[0]
        return words[name] if kind == "code" else str(escape.markdown(words[name]))

    return _MARK.sub(filled, markdown)
