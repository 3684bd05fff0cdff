"""One search index per language, in place of the common one that mkdocs-static-i18n writes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from xo.store.files import write_atomically

INDEX = "search/search_index.json"


def split_by_language(site: Path, default: str, others: Sequence[str]) -> None:
    """Moves the sections of each further language to `<language>/search/`, their addresses
    relative to that folder.
    """
    index = json.loads((site / INDEX).read_text(encoding="utf-8"))
    sections = {language: [] for language in (default, *others)}
    for section in index["docs"]:
        head, _, rest = section["location"].partition("/")
        if head in others:
            sections[head].append(section | {"location": rest})
        else:
            sections[default].append(section)
    for language, docs in sections.items():
        folder = site if language == default else site / language
        content = {"config": index["config"], "docs": docs}
        write_atomically(folder / INDEX, json.dumps(content, ensure_ascii=False))
