"""Takes an unchanged page from the last build: only pages whose inputs changed are converted and laid out again.

A page's HTML is decided by its own source and by what it has in common with all others: settings, theme, plugins,
languages, the navigation with its titles, the names of all files. Both are digested into the page's key.
"""

from __future__ import annotations

import hashlib
import json
import os
from importlib.metadata import version
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import TableOfContents
from mkdocs.utils.meta import get_data

from report_builder.results.provenance import file_digest
from xo.store.files import write_atomically

CODE = (
    "pages/notebooks.py",
    "site/mathml.py",
    "site/notebook_page.py",
    "site/page_cache.py",
    "site/plugin.py",
)
PACKAGES = (
    "jieba",
    "jinja2",
    "jupytext",
    "markdown",
    "math-core",
    "mkdocs",
    "mkdocs-glightbox",
    "mkdocs-jupyter",
    "mkdocs-material",
    "mkdocs-static-i18n",
    "nbconvert",
    "pygments",
    "pymdown-extensions",
)


def machinery(config_file: Path) -> str:
    """Digest of all that turns pages into HTML: mkdocs.yml, theme overrides, the code beside this file, versions."""
    digest = hashlib.sha256(os.environ.get("SITE_URL", "").encode())
    for name, of_file in layout_files(config_file).items():
        digest.update(f"\0{name}\0{of_file}".encode())
    digest.update("\0".join(f"{name} {version(name)}" for name in PACKAGES).encode())
    return digest.hexdigest()


def layout_files(config_file: Path) -> dict[str, str]:
    """The digests of the files that lay out every page: settings, theme overrides, the hook's code."""
    here, root = Path(__file__).parents[1], config_file.parent
    overrides = sorted(path for path in (root / "docs" / "overrides").rglob("*") if path.is_file())
    named = {"mkdocs.yml": config_file} | {
        path.relative_to(root).as_posix(): path for path in overrides
    }
    named |= {f"report_builder/{name}": here / name for name in CODE}
    return {name: file_digest(path) for name, path in named.items()}


def origin(report: dict) -> dict | None:
    """What the foot of every page says of where its numbers come from."""
    return {key: report[key] for key in ("study", "data", "runs")} if report else None


def common(config: MkDocsConfig, files: Files) -> str:
    """Digest of what all pages of one language share; the navigation shows every page's front matter."""
    pages = [
        (file.src_uri, get_data(file.content_string)[1] if file.src_uri.endswith(".md") else {})
        for file in files.documentation_pages()
    ]
    shared = [
        machinery(Path(config.config_file_path)),
        config.theme["language"],
        config.site_name,
        config.site_url,
        config.extra.get("origin"),
        config.nav,
        pages,
        sorted((file.src_uri, file.dest_uri) for file in files),
    ]
    return hashlib.sha256(json.dumps(shared, default=str).encode()).hexdigest()


class Reuse:
    """The pages of one language as the last build left them, each in a file of its own under `folder`."""

    def __init__(self, folder: Path, config: MkDocsConfig, files: Files) -> None:
        self.folder, self.files, self.common = folder, files, common(config, files)

    def find(self, page: Page) -> dict | None:
        """What `keep` stored for this page, if all that decides it is the same."""
        try:
            stored = json.loads(self._path(page).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return stored if stored["key"] == self._key(page) else None

    def keep(self, page: Page, html: str, search: list[dict]) -> None:
        """Store a page: its HTML, its sections in the search index, and its side of the check of anchors."""
        stored = {
            "key": self._key(page),
            "html": html,
            "search": search,
            "anchors": sorted(page.present_anchor_ids or ()),
            "links": {
                file.src_uri: anchors for file, anchors in (page.links_to_anchors or {}).items()
            },
        }
        write_atomically(self._path(page), json.dumps(stored, ensure_ascii=False))

    def restore(self, page: Page, stored: dict) -> None:
        """Stand in for the conversion of a page whose HTML is there already."""
        page.content, page.toc = "", TableOfContents([])
        page.present_anchor_ids = set(stored["anchors"])
        by_uri = {file.src_uri: file for file in self.files}
        page.links_to_anchors = {by_uri[uri]: anchors for uri, anchors in stored["links"].items()}

    def _path(self, page: Page) -> Path:
        return self.folder / f"{page.file.src_uri}.json"

    def _key(self, page: Page) -> str:
        source = Path(page.file.abs_src_path).read_bytes()
        return hashlib.sha256(self.common.encode() + source).hexdigest()
