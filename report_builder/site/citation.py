"""How a report is cited: an entry for BibTeX, and CITATION.cff (Citation File Format 1.2.0).

The project's own CITATION.cff is what this module prints; a test holds it to that:

    python -m report_builder.site.citation > CITATION.cff
"""

from __future__ import annotations

import re
from typing import Any

import yaml
from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

from report_builder import escape
from report_builder.site.identity import Identity, read_identity
from report_builder.text import Text
from xo.store.source_digest import ROOT

COURSE, LICENSE = Text("课程：{0}。", "Course: {0}."), Text("许可：{0}。", "License: {0}.")
MESSAGE = Text(
    "如果使用了这份报告，请这样引用。", "If you use this report, please cite it as below."
)
DESCRIPTION = Text(
    "构建摘要，即 manifest.json 中的 made_from",
    "digest of the build, made_from in manifest.json",
)
_VERSION, _BUILD = Text("版本 {0}", "version {0}"), Text("构建 {0}", "build {0}")
_BIBTEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\textbraceleft{}",  # BibTeX counts braces, escaped ones too
        "}": r"\textbraceright{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "<": r"\textless{}",
        ">": r"\textgreater{}",
        **{character: f"\\{character}" for character in "#$%&_"},
    }
)


def bibtex(identity: Identity, language: str, build: str = "") -> str:
    """The entry, which any style of BibTeX and biblatex takes; `build` is the digest of what the
    site was made from.
    """
    notes = [_VERSION[language].format(identity.version), *_remarks(identity, language)]
    if build:
        notes.insert(1, _BUILD[language].format(build))
    fields = {
        "title": f"{{{_bibtex(identity.title[language])}}}",  # keeps its capitals
        "author": " and ".join(map(_bibtex_name, identity.authors[language])),
        "url": _verbatim(identity.address or identity.repository),
        "note": _bibtex("; ".join(note.rstrip(".。") for note in notes)),
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@misc{{{_key(identity.title.en)},", *lines, "}"])


def citation_file(identity: Identity, language: str, build: str = "") -> str:
    """The content of CITATION.cff, with `build` as `bibtex` has it."""
    spdx = _spdx(identity.license)
    content = {
        "cff-version": "1.2.0",
        "message": MESSAGE[language],
        "type": "software",
        "title": identity.title[language],
        "abstract": " ".join(_remarks(identity, language, with_license=not spdx)),
        "version": identity.version,
        "authors": [_person(name) for name in identity.authors[language]],
        "license": spdx,
        "url": _verbatim(identity.address),
        "repository-code": identity.repository,
        "identifiers": [{"type": "other", "value": build, "description": DESCRIPTION[language]}]
        if build
        else [],
    }
    known = {name: value for name, value in content.items() if value}
    return yaml.safe_dump(known, allow_unicode=True, sort_keys=False, width=10_000)


def _remarks(identity: Identity, language: str, with_license: bool = True) -> list[str]:
    """Course and license as sentences."""
    found = [(COURSE, identity.course[language]), (LICENSE, identity.license * with_license)]
    return [sentence[language].format(words) for sentence, words in found if words]


def _person(name: str) -> dict[str, str]:
    family, comma, given = (part.strip() for part in name.partition(","))
    if comma and family and given:
        return {"family-names": family, "given-names": given}
    return {"name": name}


def _bibtex_name(name: str) -> str:
    """`Family, Given` in parts; any other name as one that is not taken apart."""
    return ", ".join(f"{{{_bibtex(part)}}}" for part in _person(name).values())


def _bibtex(text: str) -> str:
    return text.translate(_BIBTEX)


def _verbatim(address: str) -> str:
    """An address without characters that LaTeX, YAML or a style would take for markup."""
    return str(escape.link(address)) if address else ""


def _key(title: str) -> str:
    return re.sub("[^a-z0-9]+", "-", title.lower()).strip("-") or "report"


def _spdx(license: str) -> str:
    """The identifier that CITATION.cff may name; empty where the license has none."""
    try:
        known = canonicalize_license_expression(license) if license else ""
    except InvalidLicenseExpression:
        return ""
    return "" if " " in known or known.startswith("LicenseRef-") else known


def own_file() -> str:
    """CITATION.cff of this project, without what each clone and build has of its own."""
    from mkdocs.config import load_config
    from msgspec.structs import replace

    identity: Any = read_identity(load_config(str(ROOT / "mkdocs.yml")))
    return citation_file(replace(identity, address="", repository=""), "en")


if __name__ == "__main__":
    print(own_file(), end="")
