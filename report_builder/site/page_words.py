"""What pages say of the site that they are part of, by the names that `pages/of_site.py` lists."""

from __future__ import annotations

from urllib.parse import unquote

from report_builder import escape
from report_builder.site.citation import bibtex, citation_file
from report_builder.site.identity import Identity
from report_builder.text import EMPTY, Text

UNKNOWN, FOLDER = "ADDRESS", "xo-report"  # of a repository whose address is not known
_NOTE = Text(
    f"{UNKNOWN} 换成本项目仓库的地址。",
    f"{UNKNOWN} stands for the address of this project's repository.",
)
_PREVIEW = Text("还没有（这是没有发布的预览）", "none yet, as this is a preview and not published")
_NONE = Text("没有写明", "not stated")


def page_words(identity: Identity, language: str, made_from: str) -> dict[str, str]:
    """Plain text and code in one language; `made_from` is empty where the site is not published."""
    separator = Text("；", "; ")[language]
    return {
        "title": identity.title[language],
        "authors": separator.join(identity.authors[language]) or _NONE[language],
        "license": identity.license or _NONE[language],
        "version": identity.version,
        "build": made_from or _PREVIEW[language],
        "clone": _clone(identity.repository),
        "clone-note": (EMPTY if identity.repository else _NOTE)[language],
        "bibtex": bibtex(identity, language, made_from),
        "citation-file": citation_file(identity, language, made_from).rstrip("\n"),
    }


def _clone(repository: str) -> str:
    """The lines that bring the repository here and go into it."""
    if not repository:
        return f"git clone {UNKNOWN} {FOLDER}\ncd {FOLDER}"
    folder = unquote(repository.rstrip("/").rpartition("/")[2])
    return f"git clone {escape.shell(repository)}\ncd {escape.shell(folder)}"
