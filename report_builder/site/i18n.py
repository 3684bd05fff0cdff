"""What mkdocs-static-i18n leaves open: notebooks in two languages, files that the languages share,
and one search index per language.
"""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from markupsafe import escape
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs_static_i18n.plugin import I18n

from report_builder.pages import sources
from report_builder.site.identity import Identity
from xo.store.files import write_atomically

INDEX = "search/search_index.json"


def arrange_files(files: Files, config: MkDocsConfig) -> None:
    """Makes notebooks pages again and takes out what the default language publishes for both."""
    i18n = _i18n(config)
    is_default = i18n.current_language == i18n.default_language
    for file in list(files):
        if file.src_uri.endswith(".ipynb"):
            _make_page(file, i18n)
        elif file.src_uri == "sitemap.xml" or (
            file.src_uri.startswith("assets/") and not is_default
        ):
            files.remove(file)  # a template, and what the default language has published
    if not is_default:
        _share_assets(files, config)
    # for the sitemap
    i18n.i18n_files_per_language[i18n.current_language] = files.documentation_pages()
    # One 404 page speaks both languages. A sitemap needs to know all pages, and the site's address.
    last = {"sitemap.xml"} if config.site_url else set()
    config.theme.static_templates = {"404.html"} if is_default else last


def split_search_index(config: MkDocsConfig) -> None:
    """When all languages are built, moves the sections of each further language from the common
    index to `<language>/search/`, their addresses relative to that folder.
    """
    i18n, site = _i18n(config), Path(config.site_dir)
    if is_building_a_further_language(config):
        return
    index = json.loads((site / INDEX).read_text(encoding="utf-8"))
    sections: dict[str, list[dict[str, Any]]] = {each: [] for each in i18n.build_languages}
    for section in index["docs"]:
        head, _, rest = section["location"].partition("/")
        if head in sections:
            sections[head].append(section | {"location": rest})
        else:
            sections[i18n.default_language].append(section)
    for language, docs in sections.items():
        folder = site if language == i18n.default_language else site / language
        content = {"config": index["config"], "docs": docs}
        write_atomically(folder / INDEX, json.dumps(content, ensure_ascii=False))


def name_site(config: MkDocsConfig, identity: Identity) -> None:
    """Names the site in each language. The names are escaped for HTML, since the theme does not do
    so everywhere.
    """
    i18n = _i18n(config)
    default = next(each for each in i18n.config.languages if each.default)
    for language in i18n.config.languages:
        locale = language.locale
        language.site_name = str(escape(identity.title[locale]))
        language.site_description = str(escape(identity.description[locale]))
        language.site_author = str(escape("; ".join(identity.authors[locale])))
    config.site_name, config.site_description, config.site_author = (
        default.site_name,
        default.site_description,
        default.site_author,
    )


def _share_assets(files: Files, config: MkDocsConfig) -> None:
    """Has pages link to assets where the default language has published them."""
    docs = Path(config.docs_dir)
    for path in sources.files(docs / "assets"):
        name = path.relative_to(docs).as_posix()
        file = File(name, config.docs_dir, config.site_dir, config.use_directory_urls)
        file.copy_file = lambda dirty=False: None  # type: ignore[method-assign]
        files.append(file)


def _make_page(file: File, i18n: I18n) -> None:
    """i18n has replaced mkdocs-jupyter's file by a plain one, which would be published as JSON."""
    path = file.src_uri.partition("/")[2].removesuffix(".ipynb") + "/"
    urls = {
        language: path if language == i18n.default_language else f"{language}/{path}"
        for language in i18n.build_languages
    }
    file.is_documentation_page = lambda: True  # type: ignore[method-assign]
    file.alternates = {  # type: ignore[attr-defined]
        language: SimpleNamespace(url=url, page=None) for language, url in urls.items()
    }


def is_building_a_further_language(config: MkDocsConfig) -> bool:
    """Whether MkDocs builds another language than the first, within the build of the first."""
    return _i18n(config).building


def _i18n(config: MkDocsConfig) -> I18n:
    return cast(I18n, config.plugins["i18n"])
