"""How the search ranks pages: what a page explains comes first, and the pages that teach come
before those that list, prove or practice.

Each section of a page is an entry of the index, the page itself the first of them.
"""

from __future__ import annotations

from typing import Any

from mkdocs.structure.pages import Page

from report_builder.pages.terms import TERMS
from report_builder.site import segmentation
from report_builder.text import LANGUAGES

# A factor on the score of all sections of a page, by the beginning of its address, most special
# first; a page's own front matter may set another one.
BOOSTS = {
    "hands-on/": 0.5,
    "concepts/": 4.0,
    "xo/": 2.0,
    "redesign/": 1.5,
    "variants/": 0.5,
    "evidence/": 0.5,
    "appendix/": 0.5,
}
NOTEBOOK = 0.25


def rank(sections: list[dict[str, Any]], page: Page) -> None:
    """Gives a page's sections their weight, and the page the names, in all languages, of the terms
    that its front matter lists under `explains`.

    Raises ValueError on what is no term of the glossary.
    """
    if not sections:
        return
    explained = page.meta.get("explains") or []
    unknown = [anchor for anchor in explained if anchor not in TERMS]
    if unknown:
        raise ValueError(
            f"explains '{unknown[0]}', which is no term of the glossary; known are "
            f"{', '.join(TERMS)}"
        )
    for section in sections:
        section.setdefault("boost", _boost(page))  # the theme has set that of the front matter
    names = [TERMS[anchor].name[language] for anchor in explained for language in LANGUAGES]
    if names:
        sections[0]["tags"] = list(dict.fromkeys(map(segmentation.split, names)))


def _boost(page: Page) -> float:
    _, _, path = page.file.src_uri.partition("/")  # without its language
    if path.endswith(".ipynb"):
        return NOTEBOOK
    return next((boost for folder, boost in BOOSTS.items() if path.startswith(folder)), 1.0)
