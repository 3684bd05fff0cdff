"""Makes `mkdocs serve` and `mkdocs build` work by themselves, and fills what MkDocs and its plugins leave open.

docs/ is rendered to build/docs with the results of build/report.json, or with placeholders where there is none yet,
and MkDocs reads build/docs. Beside that: notebooks stay pages, formulas become MathML, each language searches its own
pages, and a page whose inputs are unchanged is taken from the last build.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
from pathlib import Path
from posixpath import dirname, join, normpath
from types import SimpleNamespace
from urllib.parse import urljoin

import jieba
from jinja2 import ChoiceLoader, DictLoader, FileSystemBytecodeCache
from mkdocs.exceptions import PluginError
from mkdocs.plugins import event_priority
from mkdocs.structure.toc import get_toc
from mkdocs.utils import CountHandler, get_relative_url

sys.path.insert(
    0, str(Path(__file__).parents[2])
)  # MkDocs loads this file by its path, outside of the package
from report_builder.pages import notebooks  # noqa: E402
from report_builder.pages import render as pages  # noqa: E402
from report_builder.site import mathml as formulas  # noqa: E402
from report_builder.site.notebook_page import cells  # noqa: E402
from report_builder.site.page_cache import Reuse, origin  # noqa: E402
from xo.errors import CheckFailed, InputError  # noqa: E402
from xo.store.ownership import claim  # noqa: E402
from xo.variants import VARIANTS  # noqa: E402

FIRST, LAST = 100, -200  # before and after all plugins, of which i18n is the last at -100
log = logging.getLogger("mkdocs.report_builder")
jieba.setLogLevel(logging.WARNING)
_warnings = CountHandler(level=logging.WARNING)
_command = "build"
_reuse: Reuse  # of the language that is being built


def on_startup(command: str, dirty: bool) -> None:
    global _command
    _command = command
    logging.getLogger("mkdocs").addHandler(_warnings)


# What MkDocs reads


@event_priority(FIRST)
def on_config(config):
    """Render docs/ and have MkDocs read the result; `python -m report_builder build` has done so already."""
    root = Path(config.config_file_path).parent
    docs, out = root / "docs", root / "build" / "docs"
    if Path(config.docs_dir) == docs:
        try:
            claim(out.parent, "build")
            if _command != "serve":  # which publishes to a scratch folder
                claim(Path(config.site_dir), "site")
            report = pages.load_report(root / "build" / "report.json")
            pages.render(docs, report, out)
        except (InputError, CheckFailed) as error:
            raise PluginError(str(error)) from None
        config.docs_dir = str(out)
    config.extra["origin"] = origin(pages.load_report(Path(config.docs_dir).parent / "report.json"))
    _add_variants(config.nav, Path(config.docs_dir))
    return config


def _add_variants(items: list, docs: Path) -> None:
    """Put the page of each variant below variants/index.md, wherever in the navigation that is."""
    for item in items:
        for children in item.values() if isinstance(item, dict) else ():
            if isinstance(children, list):
                _add_variants(children, docs)
    if "variants/index.md" in items:
        names = [f"variants/{name}.md" for name in VARIANTS]
        items[:] = ["variants/index.md", *(name for name in names if (docs / "zh" / name).exists())]


def on_serve(server, config, builder):
    """Watch what pages are made from, not what is made."""
    root = Path(config.config_file_path).parent
    server.unwatch(config.docs_dir)
    server.watch(str(root / "docs"))
    server.watch(str(root / "data" / "published.toml"))
    server.watch(str(root / "build"), recursive=False)  # for report.json
    threading.Thread(
        target=jieba.initialize, daemon=True
    ).start()  # 0.7 s that the first change need not wait for
    return server


# Languages and notebooks


@event_priority(LAST)
def on_files(files, config):
    i18n = config.plugins["i18n"]
    default = i18n.current_language == i18n.default_language
    for file in list(files):
        if file.src_uri.endswith(".ipynb"):
            # i18n has replaced mkdocs-jupyter's file by a plain one, which would be published as raw JSON.
            file.is_documentation_page = lambda: True
            path = file.src_uri.partition("/")[2].removesuffix(".ipynb") + "/"
            file.alternates = {
                language: SimpleNamespace(
                    url=path if language == i18n.default_language else f"{language}/{path}",
                    page=None,
                )
                for language in i18n.build_languages
            }
        elif file.src_uri == "sitemap.xml" or file.src_uri.startswith("assets/") and not default:
            files.remove(file)  # a template, and what the default language has published
    i18n.i18n_files_per_language[i18n.current_language] = (
        files.documentation_pages()
    )  # for the sitemap
    # One 404 page speaks both languages. A sitemap needs to know all pages, and the site's address.
    config.theme.static_templates = (
        {"404.html"} if default else {"sitemap.xml"} if config.site_url else set()
    )
    return files


@event_priority(LAST)
def on_nav(nav, config, files):
    global _reuse
    _reuse = Reuse(Path(config.docs_dir).parent / "pages" / _command, config, files)
    return nav


def on_env(env, config, files):
    env.loader = ChoiceLoader([env.loader, DictLoader({"unchanged.html": ""})])
    compiled = Path(config.docs_dir).parent / "templates"
    compiled.mkdir(exist_ok=True)
    env.bytecode_cache = FileSystemBytecodeCache(str(compiled), pages.COMPILED)
    return env


@event_priority(LAST)
def on_post_build(config):
    """Give each language a search index of its own; i18n has written one for all."""
    i18n = config.plugins["i18n"]
    if i18n.building:
        return  # a language is still to come
    site = Path(config.site_dir)
    index = json.loads((site / "search" / "search_index.json").read_text(encoding="utf-8"))
    others = [language for language in i18n.build_languages if language != i18n.default_language]
    for language in [*others, i18n.default_language]:
        prefix = f"{language}/" if language in others else ""
        sections = [section for section in index["docs"] if section["location"].startswith(prefix)]
        index["docs"] = [section for section in index["docs"] if section not in sections]
        sections = [
            section | {"location": section["location"].removeprefix(prefix)} for section in sections
        ]
        path = site / prefix / "search" / "search_index.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            json.dumps({"config": index["config"], "docs": sections}, ensure_ascii=False),
            encoding="utf-8",
        )


# Pages: all are read and converted first, then all are laid out


@event_priority(LAST)
def on_pre_page(page, config, files):
    page.unchanged = _reuse.find(page)
    page.warnings = _count()
    if page.unchanged:
        page.render = lambda config, files: _reuse.restore(page, page.unchanged)
    return page


@event_priority(LAST)
def on_page_markdown(markdown, page, config, files):
    if page.unchanged:
        page.meta |= {"template": "unchanged.html", "search": {"exclude": True}, "glightbox": False}
    elif page.file.src_uri.endswith(".md") and "title" not in page.meta:
        log.warning("%s: the front matter has no title", page.file.src_uri)
    return markdown


@event_priority(FIRST)
def on_page_content(html, page, config, files):
    is_notebook = page.file.src_uri.endswith(".ipynb")
    if is_notebook:
        page.download = notebooks.download(
            Path(page.file.abs_src_path).read_bytes(),
            lambda url: _full_address(url, page, config, files),
        )
    if page.unchanged:
        return html
    try:
        if is_notebook:
            notebook = cells(
                html, lambda url: _page_address(url, page, files), _download_link(page, config)
            )
            html, page.toc, page.present_anchor_ids = (
                notebook.html,
                get_toc(notebook.headings),
                notebook.anchors,
            )
            page.meta |= {"description": notebook.summary}
        else:
            html = formulas.in_page(html)
    except ValueError as error:
        log.warning("%s: %s", page.file.src_uri, error)
    page.warnings = _count() - page.warnings
    return html


def _page_address(url: str, page, files) -> str:
    """MkDocs turns links to sources into links to pages, but not those of a notebook."""
    path, mark, anchor = url.partition("#")
    if "://" in path or not path.endswith((".md", ".ipynb")):
        return url
    target = files.get_file_from_path(normpath(join(dirname(page.file.src_uri), path)))
    if target is None:
        log.warning("%s: the link '%s' leads to no page", page.file.src_uri, url)
        return url
    if anchor:  # MkDocs checks it when all pages are converted
        page.links_to_anchors = page.links_to_anchors or {}
        page.links_to_anchors.setdefault(target, {})[anchor] = url
    return get_relative_url(target.url, page.url) + mark + anchor


def _full_address(url: str, page, config, files) -> str:
    """For a link that is read away from the site: nothing where the site's address is not known or the link leads to no page."""
    path, mark, anchor = url.partition("#")
    target = files.get_file_from_path(normpath(join(dirname(page.file.src_uri), path)))
    return (
        urljoin(config.site_url, target.url) + mark + anchor if target and config.site_url else ""
    )


def _download_link(page, config) -> str:
    """To the notebook, which `on_post_page` puts beside its page."""
    link = f'<a href="{Path(page.file.src_uri).name}" download>'
    said = {
        "zh": f"{link}下载这个笔记本</a>，装好本项目后用 JupyterLab 或 VS Code 打开，每一格都可以改了再运行。",
        "en": f"{link}Download this notebook</a> and open it in JupyterLab or VS Code, with this project installed.",
    }
    return f'<p class="xo-download">{said[config.theme["language"]]}</p>'


@event_priority(FIRST)
def on_page_context(context, page, config, nav):
    page.sections = len(_search(config))
    return context


@event_priority(LAST)
def on_post_page(output, page, config):
    if page.file.src_uri.endswith(".ipynb"):
        target = Path(page.file.abs_dest_path).with_name(Path(page.file.src_uri).name)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(page.download)
    if page.unchanged:
        _search(config).extend(page.unchanged["search"])
        return page.unchanged["html"]
    if not page.warnings:  # one that warns is to warn again
        _reuse.keep(page, output, _search(config)[page.sections :])
    return output


def _search(config) -> list[dict]:
    return config.plugins["material/search"].search_index.entries


def _count() -> int:
    return sum(count for _, count in _warnings.get_counts())
