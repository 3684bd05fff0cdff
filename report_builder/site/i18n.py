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
from report_builder.results.report import DataSetName
from report_builder.text import LANGUAGES, Text
from xo.store.files import write_atomically

PLAIN_LOGO = "assets/logo-plain.svg"
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


def name_after(config: MkDocsConfig, data: DataSetName) -> None:
    """Names the site after a data set that is not the embedded one, and gives it a logo without an
    O and an X. The names are escaped for HTML, since the theme does not do so everywhere.
    """
    titles = data.title or Text(f"{data.name} 识别报告", f"{data.name} recognition report")
    about = Text(
        f"卷积神经网络在数据集 {data.name} 上：数据、训练、特征图、卷积核，"
        "全部结果由一条命令重新生成。",
        f"Convolutional networks on the data set {data.name}; data, training, feature maps, "
        "kernels, all made anew by one command.",
    )
    i18n = _i18n(config)
    for language in i18n.config.languages:
        language.site_name, language.site_description = (
            str(escape(text[language.locale])) for text in (titles, about)
        )
    config.site_name, config.site_description = (
        str(escape(text[i18n.default_language or LANGUAGES[0]])) for text in (titles, about)
    )
    config.theme["logo"] = PLAIN_LOGO


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
