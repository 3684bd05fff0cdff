"""Takes an unchanged page from the last build: only pages whose inputs changed are converted and
laid out again.

A page's HTML is decided by its own source and by what it has in common with all others: settings,
theme, plugins, languages, the navigation with its titles, the names of all files. Both are
digested into the page's key.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import TableOfContents
from mkdocs.utils.meta import get_data

from report_builder.pages.of_site import has_marks
from report_builder.pages.templating import TEMPLATES
from report_builder.results.report import Report
from report_builder.site.checkout import repository_address
from report_builder.site.identity import project_version
from xo.store import sealed
from xo.store.inputs import digest, file_digest, sha256

PACKAGE = Path(__file__).parents[1]
CODE = (  # of report_builder, that turns rendered Markdown into HTML
    "pages/notebooks.py",
    "pages/templates/notebook.html.j2",
    "pages/of_site.py",
    "pages/terms.py",
    "pages/templates/notebook_download.html.j2",
    "site/checkout.py",
    "site/citation.py",
    "site/i18n.py",
    "site/identity.py",
    "site/mathml.py",
    "site/notebook_page.py",
    "site/page_words.py",
    "site/page_cache.py",
    "site/pictures.py",
    "site/plugin.py",
    "site/search.py",
    "site/segmentation.py",
)
PACKAGES = (
    "jieba",
    "jinja2",
    "jupytext",
    "markdown",
    "math-core",
    "mkdocs",
    "mkdocs-jupyter",
    "mkdocs-material",
    "mkdocs-static-i18n",
    "nbconvert",
    "pygments",
    "pymdown-extensions",
)


# In the settings' `extra`: by what name the site is published, the digest of what it is made from.
IDENTITY, MADE_FROM = "identity", "made_from"


class StoredPage(msgspec.Struct, frozen=True):
    """A page as the last build left it."""

    key: str
    html: str
    search: list[dict[str, Any]]  # its sections in the search index
    anchors: list[str]
    links: dict[str, dict[str, str]]  # source of another page -> {anchor: link as written}


class PageCache:
    """The pages of one language as the last build left them, each in a file of its own under
    `folder`; what is not there may be in one of the folders `others`. `memory` holds those that
    this process has read or kept before, by their key.
    """

    def __init__(
        self,
        folder: Path,
        config: MkDocsConfig,
        files: Files,
        others: Iterable[Path] = (),
        memory: dict[str, StoredPage] | None = None,
    ) -> None:
        self.folder, self.files, self.common = folder, files, _common_digest(config, files)
        self.made_from = config.extra.get(MADE_FROM, "")
        self.folders = (folder, *others)
        self.memory = {} if memory is None else memory

    def find(self, page: Page) -> StoredPage | None:
        """What `keep` stored for this page, if all that decides it is the same."""
        key = self._key(page)
        for folder in () if key in self.memory else self.folders:
            stored = sealed.read(_path(folder, page), StoredPage)
            if stored and stored.key == key:
                self.memory[key] = stored
                break
        return self.memory.get(key)

    def keep(self, page: Page, html: str, search: list[dict[str, Any]]) -> None:
        """Stores a page: its HTML, its sections in the search index, and what the check of anchors
        asks of it.
        """
        links = {file.src_uri: anchors for file, anchors in (page.links_to_anchors or {}).items()}
        anchors = sorted(page.present_anchor_ids or ())
        stored = StoredPage(self._key(page), html, search, anchors, links)
        sealed.write(_path(self.folder, page), msgspec.json.encode(stored))
        self.memory[stored.key] = stored

    def restore(self, page: Page, stored: StoredPage) -> None:
        """Takes the place of converting a page whose HTML is there already."""
        page.content, page.toc = "", TableOfContents([])
        page.present_anchor_ids = set(stored.anchors)
        by_uri = {file.src_uri: file for file in self.files}
        page.links_to_anchors = {by_uri[uri]: anchors for uri, anchors in stored.links.items()}

    def _key(self, page: Page) -> str:
        content = page.file.content_bytes
        own = [self.made_from] if has_marks(content.decode("utf-8", "replace")) else []
        return digest([self.common, page.file.src_uri, sha256(content), *own])


def _path(folder: Path, page: Page) -> Path:
    return folder / f"{page.file.src_uri}.json"


def footer(report: Report) -> dict[str, Any] | None:
    """What the foot of every page says of where its numbers come from; None without results."""
    if not report.data:
        return None
    shown = {"study": report.study, "data": report.data, "runs": report.runs}
    return msgspec.json.decode(msgspec.json.encode(shown))  # as it is read back, without tuples


def layout_files(config_file: Path) -> dict[str, str]:
    """The digests of the files that lay out every page: settings, theme overrides, code, the
    templates of this project.
    """
    root = config_file.parent
    files = {"mkdocs.yml": config_file}
    files |= {
        path.relative_to(root).as_posix(): path
        for path in sorted((root / "docs" / "overrides").rglob("*.html"))
    }
    files |= {f"report_builder/{name}": PACKAGE / name for name in CODE}
    files |= {
        f"report_builder/{path.relative_to(PACKAGE).as_posix()}": path
        for path in sorted(TEMPLATES.glob("*.j2"))
    }
    return {name: file_digest(path) for name, path in files.items()}


def surroundings(config_file: Path) -> dict[str, str]:
    """What pages show of no file that lays them out: where site and repository are, and which
    version of the project this is.
    """
    root = config_file.absolute().parent
    return {
        "address": os.environ.get("SITE_URL", ""),
        "repository": repository_address(root),
        "version": project_version(root),
    }


def layout_digest(config_file: Path) -> str:
    """The digest of all that turns rendered Markdown into HTML: `layout_files`, versions, and the
    `surroundings`.
    """
    versions = {name: version(name) for name in PACKAGES}
    return digest([layout_files(config_file), versions, surroundings(config_file)])


def _common_digest(config: MkDocsConfig, files: Files) -> str:
    """The digest of what all pages of one language share; the navigation shows every page's front
    matter.
    """
    pages = [
        (file.src_uri, get_data(file.content_string)[1] if file.src_uri.endswith(".md") else {})
        for file in files.documentation_pages()
    ]
    shared = [
        layout_digest(Path(config.config_file_path)),
        config.theme["language"],
        config.site_name,
        config.site_url,
        config.extra.get(IDENTITY),
        config.extra.get("provenance"),
        config.nav,
        pages,
        sorted((file.src_uri, file.dest_uri) for file in files),
    ]
    return digest(msgspec.to_builtins(shared, enc_hook=str))
