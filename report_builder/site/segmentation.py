"""The dictionary by which the search index splits Chinese text into words.

jieba keeps it, parsed, in the temp folder and trusts what it finds there, which anybody may have
written. Here it is parsed from the package itself, 0.6 s in each process that needs it.
"""

from __future__ import annotations

import logging

import jieba


def read_no_cache() -> None:
    """Has jieba parse its own dictionary when it needs it first."""
    jieba.setLogLevel(logging.WARNING)
    jieba.dt.initialize = load


def load(dictionary: None = None) -> None:
    """Takes the place of `jieba.Tokenizer.initialize`."""
    with jieba.dt.lock:
        if not jieba.dt.initialized:
            jieba.dt.FREQ, jieba.dt.total = jieba.dt.gen_pfdict(jieba.dt.get_dict_file())
            jieba.dt.initialized = True
