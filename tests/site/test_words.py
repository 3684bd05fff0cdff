"""What sentences say where a study has little to say: in smoke no seed solves its task."""

from __future__ import annotations

import re

import pytest
from selectolax.lexbor import LexborHTMLParser


@pytest.fixture(scope="module")
def sentences(site) -> list[tuple[str, str]]:
    """Page and text of every paragraph and list item, without tables."""
    found = []
    for path in site.pages():
        tree = LexborHTMLParser((site.folder / path / "index.html").read_text("utf-8"))
        for node in tree.css("article p, article li, article summary"):
            found.append((path, " ".join(node.text().split())))
    return found


@pytest.mark.parametrize(
    "unwanted",
    [
        r"第 — |—(已经|学会|恰好)|\b(is|are|in|epoch|out:) —[ ,.;]|^— ",  # a value without a number
        r"\b1 (runs|seeds|networks|maps|images|kernels|channels) (is|are|was|were|have|had)\b",
        r"\bn = 1, \d|\bp = 1\.0\b",
        r"\b(\d[\d.]*) (to|至) \1\b(?! (points|pixels))",
    ],
)
def test_no_sentence_reads_as_generated(sentences, unwanted):
    assert [(path, text[:200]) for path, text in sentences if re.search(unwanted, text)] == []
