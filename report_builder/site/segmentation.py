"""The dictionary by which the search index splits Chinese text into words: jieba's, and the terms
of the glossary.

jieba keeps its own, parsed, in the temp folder and trusts what it finds there, which anybody may
have written. Here it is parsed from the package itself, 0.6 s in each process that needs it.
"""

from __future__ import annotations

import logging
import re

import jieba

from report_builder.pages.terms import TERMS

HAN = re.compile(r"[\u4e00-\u9fff]+")


def read_no_cache() -> None:
    """Has jieba parse its own dictionary when it needs it first."""
    jieba.setLogLevel(logging.WARNING)
    jieba.dt.initialize = load


def load(dictionary: None = None) -> None:
    """Takes the place of `jieba.Tokenizer.initialize`."""
    with jieba.dt.lock:
        if jieba.dt.initialized:
            return
        jieba.dt.FREQ, jieba.dt.total = jieba.dt.gen_pfdict(jieba.dt.get_dict_file())
        jieba.dt.initialized = True
        for word in words():
            jieba.add_word(word)


def split(text: str) -> str:
    """The text, its Chinese words apart by spaces of no width, as the index has them."""
    return HAN.sub(lambda run: "\u200b".join(jieba.cut(run[0])), text)


def words() -> list[str]:
    """The Chinese terms that are one word to the index.

    The search finds what begins with a typed word. So a term that ends with another, as 局部感受野
    does, stays in parts and is found by each; one that begins with another, as 卷积核 does, is one
    word and is found by both.
    """
    names = {word for term in TERMS.values() for word in HAN.findall(term.name.zh)}
    return sorted(
        word
        for word in names
        if len(word) > 1 and not any(word.find(other) > 0 for other in names if len(other) > 1)
    )
