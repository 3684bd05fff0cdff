"""The glossary: its page, the links and tooltips of first uses, and abbreviations."""

from __future__ import annotations

from markupsafe import Markup

from report_builder.pages.templating import fill
from report_builder.pages.terms import TERMS
from report_builder.text import LANGUAGES
from xo.unknown_names import unknown

# As they stand in prose, and their terms.
ABBREVIATIONS: dict[str, str] = {"CNN": "cnn", "FCN": "fcn", "SGD": "sgd"}


def page(language: str) -> Markup:
    """The glossary as a table in the order of the English terms; each row has its anchor."""
    (other,) = (each for each in LANGUAGES if each != language)
    terms = sorted(TERMS.items(), key=lambda item: item[1].name.en.lower())
    return fill("glossary.md", language, terms=terms, other=other)


def link(anchor: str, language: str, text: str, page: str) -> Markup:
    """A term at its first use, as a link to the glossary with the meaning as its tooltip."""
    if anchor not in TERMS:
        raise unknown("term", anchor, TERMS)
    return fill(
        "term.md",
        language,
        name=text or _name(anchor, language),
        page=page,
        anchor=anchor,
        meaning=TERMS[anchor].meaning[language],
    )


def abbreviations(text: str, language: str) -> Markup:
    """Lines that explain, in a tooltip, the short forms that stand in this text."""
    found = {
        short: _name(anchor, language) for short, anchor in ABBREVIATIONS.items() if short in text
    }
    return fill("abbreviations.md", language, abbreviations=found)


def _name(anchor: str, language: str) -> str:
    """Chinese pages give the English term beside the Chinese one."""
    name = TERMS[anchor].name
    return name.en if language == "en" or name.zh == name.en else f"{name.zh}（{name.en}）"
