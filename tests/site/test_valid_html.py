"""The rules that the Nu HTML checker found broken on pages; what it finds in the theme is left out.

By hand, with Java: `npx vnu-jar --skip-non-html site`.
"""

from __future__ import annotations

import re

import pytest

BLOCKS = "div|pre|figure|table|ul|ol|dl|details|section|h[1-6]|hr|p"
RULES = {
    "a paragraph holds no block": rf"<p\b[^>]*>(?:(?!</p>)[\s\S])*?<(?:{BLOCKS})\b",
    "a caption is the last in its figure": r"</figcaption>(?!\s*</figure>)",
    "a fraction has no style of its own": r"<mfrac[^>]*\b(?:displaystyle|scriptlevel)=",
    "a matrix has no script level": r"<mtable[^>]*\bscriptlevel=",
}


@pytest.fixture(scope="module")
def articles(site) -> dict[str, str]:
    """The HTML of every page's content, by its path; without code, which shows HTML as text."""
    texts = {path: (site.folder / path / "index.html").read_text("utf-8") for path in site.pages()}
    return {
        path: text[text.index("<article") : text.index("</article>")]
        for path, text in texts.items()
    }


@pytest.mark.parametrize("rule", RULES)
def test_pages_are_valid_html(articles, rule):
    found = {path: re.search(RULES[rule], text) for path, text in articles.items()}
    assert {path: match[0][-120:] for path, match in found.items() if match} == {}


@pytest.mark.parametrize(
    "broken",
    [
        "<p>x <div>y</div></p>",
        "<figure><img><figcaption>x</figcaption><details></details></figure>",
        '<mfrac displaystyle="true"></mfrac>',
        '<mtable displaystyle="false" scriptlevel="0"></mtable>',
    ],
)
def test_each_rule_finds_what_breaks_it(broken):
    assert sum(bool(re.search(rule, broken)) for rule in RULES.values()) == 1


def test_identifiers_of_a_page_differ(articles):
    for path, text in articles.items():
        ids = re.findall(r'\sid="([^"]*)"', text)
        assert len(ids) == len(set(ids)), path
