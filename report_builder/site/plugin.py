"""The MkDocs plugin `xo-report`: makes `mkdocs serve` and `mkdocs build` work by themselves, and
fills what MkDocs and its other plugins leave open.

The pages' sources are rendered to build/docs, or build/serve/docs, with the results of
build/report.json, or with placeholders where there is none yet, and MkDocs reads that. Beside that:
notebooks stay pages, formulas become MathML, each language searches its own pages, and a page whose
inputs are unchanged is taken from the last build.
"""

from __future__ import annotations

import logging
import os
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from urllib.parse import unquote, urlsplit

from filelock import BaseFileLock
from jinja2 import Environment, TemplateError
from material.plugins.search.plugin import SearchPlugin
from mkdocs.config import base
from mkdocs.config import config_options as options
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import BasePlugin, event_priority
from mkdocs.structure.files import Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import get_toc
from mkdocs.utils import CountHandler
from mkdocs.utils.templates import TemplateContext

from report_builder.pages import notebooks, of_site
from report_builder.pages.folder import is_rendered
from report_builder.pages.render import Kept, render
from report_builder.pages.sources import is_leftover
from report_builder.pages.templating import CompiledHere
from report_builder.results.report import read_report, with_root
from report_builder.site import i18n, mathml, notebook_page, pictures, search, segmentation, serving
from report_builder.site.identity import read_identity
from report_builder.site.page_cache import IDENTITY, MADE_FROM, PageCache, StoredPage, footer
from report_builder.site.page_words import page_words
from report_builder.site.publish import build_lock
from xo.command_line import print_anything
from xo.errors import CheckFailed, InputError
from xo.store.locks import LOCKS, acquire, release
from xo.store.memory import collect_garbage_rarely
from xo.store.ownership import claim
from xo.variants import VARIANTS

FIRST, LAST = 100, -200  # before and after all other plugins, of which i18n is the last at -100
VARIANTS_INDEX = "variants/index.md"  # below which the navigation gets a page for each variant
LOGO, PLAIN_LOGO = "assets/logo.svg", "assets/logo-plain.svg"  # an O and an X; neither
UNCHANGED = {"template": "unchanged.html", "search": {"exclude": True}}
RENDERED = Kept()  # by this process, for the next change of a page
SITE = serving.KeptSite()
LAID_OUT: dict[str, StoredPage] = {}  # by their keys, while MkDocs serves
LAYOUTS = CompiledHere()  # the theme's, whose environment is a new one at each change of a page
log = logging.getLogger("mkdocs.xo_report")
segmentation.read_no_cache()


class ReportPluginConfig(base.Config):
    """What mkdocs.yml may set."""

    sources = options.Type(str, default="docs")  # folder of the pages' sources, beside mkdocs.yml
    build = options.Type(str, default="build")  # of what lies between records and site


@dataclass
class PageState:
    """What is known of a page between MkDocs' events."""

    unchanged: StoredPage | None
    warnings_before: int
    has_warnings: bool = False
    notebook: bytes = b""  # that is offered for download
    first_section: int = 0  # of the page, in the search index


class ReportPlugin(BasePlugin[ReportPluginConfig]):
    """State that changes with the language that is being built: `cache` and `states`."""

    def __init__(self) -> None:
        self.command = "build"
        self.warnings = CountHandler(level=logging.WARNING)
        self.lock: BaseFileLock | None = None
        self.cache: PageCache
        self.states: dict[str, PageState] = {}  # source of the page -> its state

    def on_startup(self, *, command: str, dirty: bool) -> None:
        self.command = command
        collect_garbage_rarely()
        print_anything()  # of names that MkDocs warns of
        logging.getLogger("mkdocs").addHandler(self.warnings)

    def on_shutdown(self) -> None:
        logging.getLogger("mkdocs").removeHandler(self.warnings)
        self._release()
        SITE.discard()

    # What MkDocs reads

    @event_priority(FIRST)
    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Renders the sources and has MkDocs read the result; `python -m report_builder build` has
        done so already.
        """
        root = _root(config)
        sources, build = root / self.config.sources, root / self.config.build
        if self.command == "serve":  # as in a build, whose pages then are the same
            config.site_url = _site_url(config)
        if Path(config.docs_dir).resolve() == sources.resolve():
            is_served = self.command == "serve"  # which publishes to a scratch folder
            try:
                claim(build, "build")
                if not is_served:
                    claim(Path(config.site_dir), "site")
                # A folder of its own: a build may publish its pages at the same time.
                docs = build / "serve" / "docs" if is_served else build / "docs"
                self.lock = acquire(build / LOCKS / "serve" if is_served else build_lock(build))
                report = with_root(read_report(build / "report.json"), root)
                render(sources, report, docs, RENDERED if is_served else None)
            except (InputError, CheckFailed) as error:
                raise PluginError(str(error)) from None
            finally:
                if is_served:
                    self._release()
            config.docs_dir = str(docs)
        elif is_rendered(Path(config.docs_dir)):
            if Path(config.docs_dir) != build / "serve" / "docs":  # of a further language, served
                build = Path(config.docs_dir).parent
        else:
            raise PluginError(
                f"docs_dir is {config.docs_dir}, whose pages are not rendered; leave it out of the "
                "settings, or set it to the folder of the pages' sources"
            )
        report = read_report(build / "report.json")
        config.extra["provenance"] = footer(report)
        if IDENTITY not in config.extra:  # else MkDocs begins with another language
            config.extra[IDENTITY] = identity = read_identity(config, report.data)
            i18n.name_site(config, identity)
            _link_repository(config, identity.repository)
        if report.data and not report.data.embedded and config.theme["logo"] == LOGO:
            config.theme["logo"] = PLAIN_LOGO
        _add_variants(config.nav or [], Path(config.docs_dir))
        return config

    def _release(self) -> None:
        """Lets go of the pages, which nobody else may change while a site is made of them."""
        lock, self.lock = self.lock, None
        if lock:
            release(lock)

    def on_serve(
        self, server: LiveReloadServer, *, config: MkDocsConfig, builder: Any
    ) -> LiveReloadServer:
        """Watches what pages are made from, not what is made."""
        root = _root(config)
        server.unwatch(config.docs_dir)
        serving.notice_sooner(server)
        server.watch(str(root / self.config.sources))
        for file in ("published.toml", "measured-elsewhere.toml"):
            server.watch(str(root / "data" / file))
        server.watch(str(root / self.config.build), recursive=False)  # for report.json
        # Two seconds that the first change need not wait for.
        threading.Thread(target=_get_ready_for_changes, args=(config,), daemon=True).start()
        return server

    def on_pre_build(self, *, config: MkDocsConfig) -> None:
        if self.command == "serve":
            serving.list_once(config)
            if not i18n.is_building_a_further_language(config):
                SITE.put_aside(Path(config.site_dir))

    def on_build_error(self, *, error: Exception) -> None:
        SITE.bring_back()

    @event_priority(LAST)
    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        SITE.bring_back()
        for file in list(files):
            if any(map(is_leftover, file.src_uri.split("/"))):
                files.remove(file)
        i18n.arrange_files(files, config)
        if self.command == "serve":
            SITE.copy_what_changed(files)
        return files

    @event_priority(LAST)
    def on_nav(self, nav: Navigation, *, config: MkDocsConfig, files: Files) -> Navigation:
        stored = Path(config.docs_dir).parent / "pages" / self.command
        built = _root(config) / self.config.build / "pages" / "build"
        others = [built] if self.command == "serve" else []
        memory = LAID_OUT if self.command == "serve" else None
        self.cache, self.states = PageCache(stored, config, files, others, memory), {}
        return nav

    def on_env(self, env: Environment, *, config: MkDocsConfig, files: Files) -> Environment:
        env.bytecode_cache = LAYOUTS
        return env

    @event_priority(LAST)
    def on_post_build(self, *, config: MkDocsConfig) -> None:
        i18n.split_search_index(config)
        if self.command == "serve" and not i18n.is_building_a_further_language(config):
            SITE.remove_what_is_gone()

    # Pages: all are read and converted first, then all are laid out

    @event_priority(LAST)
    def on_pre_page(self, page: Page, *, config: MkDocsConfig, files: Files) -> Page:
        stored = self.cache.find(page)
        self.states[page.file.src_uri] = PageState(stored, self._warning_count())
        if stored:  # as mkdocs-jupyter does for notebooks: there is nothing to convert
            page.render = lambda config, files: self.cache.restore(  # type: ignore[method-assign]
                page, stored
            )
        return page

    @event_priority(LAST)
    def on_page_markdown(
        self, markdown: str, *, page: Page, config: MkDocsConfig, files: Files
    ) -> str:
        if self._state(page).unchanged:
            page.meta.update(UNCHANGED)
        elif page.file.src_uri.endswith(".md") and "title" not in page.meta:
            log.warning("%s: the front matter has no title", page.file.src_uri)
        if of_site.has_marks(markdown) and not self._state(page).unchanged:
            extra, language = config.extra, config.theme["language"]
            words = page_words(extra[IDENTITY], language, extra.get(MADE_FROM, ""))
            markdown = of_site.fill_in(markdown, words)
        return markdown

    @event_priority(FIRST)
    def on_page_content(self, html: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
        state, is_notebook = self._state(page), page.file.src_uri.endswith(".ipynb")
        if is_notebook and not (state.unchanged and _download_of(page).exists()):
            state.notebook = notebooks.download(
                page.file.content_bytes,
                lambda link: notebook_page.full_address(link, page, files, config.site_url),
                config.theme["language"],
                config.extra[IDENTITY].repository,
            )
        if state.unchanged:
            return html
        try:
            html = _notebook(html, page, config, files) if is_notebook else mathml.in_page(html)
        except ValueError as error:
            log.warning("%s: %s", page.file.src_uri, error)
        html = pictures.in_page(html, page, files)
        state.has_warnings = self._warning_count() > state.warnings_before
        return html

    @event_priority(FIRST)
    def on_page_context(
        self, context: TemplateContext, *, page: Page, config: MkDocsConfig, nav: Navigation
    ) -> TemplateContext:
        self._state(page).first_section = len(_search_sections(config))
        return context

    @event_priority(LAST)
    def on_post_page(self, output: str, *, page: Page, config: MkDocsConfig) -> str:
        state = self._state(page)
        if state.notebook:
            target = _download_of(page)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(state.notebook)
        sections = _search_sections(config)
        if state.unchanged:
            sections.extend(state.unchanged.search)
            return state.unchanged.html
        own = sections[state.first_section :]
        try:
            search.rank(own, page)
        except ValueError as error:
            log.warning("%s: %s", page.file.src_uri, error)
            state.has_warnings = True
        if not state.has_warnings:  # a page that warns is to warn again
            self.cache.keep(page, output, own)
        return output

    def _state(self, page: Page) -> PageState:
        return self.states[page.file.src_uri]

    def _warning_count(self) -> int:
        return sum(count for _, count in self.warnings.get_counts())


def _root(config: MkDocsConfig) -> Path:
    """The project's folder, however the path of its settings was given."""
    return Path(os.path.abspath(config.config_file_path)).parent


def _download_of(page: Page) -> Path:
    """Where the notebook of a page lies in the site."""
    return Path(page.file.abs_dest_path).with_name(Path(page.file.src_uri).name)


def _link_repository(config: MkDocsConfig, address: str) -> None:
    """Has every page link to the repository, by a name that tells which it is."""
    if not config.repo_url:  # else the settings name it as well
        config.repo_name = config.repo_name or unquote(urlsplit(address).path.strip("/"))
    config.repo_url = address


def _get_ready_for_changes(config: MkDocsConfig) -> None:
    """Loads what laying out a page takes: the words of the search, and the theme's templates."""
    segmentation.load()
    environment = config.theme.get_env()
    environment.bytecode_cache = LAYOUTS
    for name in serving.layouts(config):
        with suppress(TemplateError):  # those of a blog take filters of a plugin that is not here
            environment.get_template(name)


def _site_url(config: MkDocsConfig) -> str:
    """The site's address by the settings; MkDocs puts that of its own server in its place."""
    return next(
        (str(c["site_url"]) for c in reversed(config.user_configs) if c.get("site_url")), ""
    )


def _add_variants(items: list, docs: Path) -> None:
    """Puts the page of each variant below VARIANTS_INDEX, wherever in the navigation that is."""
    for item in items:
        for children in item.values() if isinstance(item, dict) else ():
            if isinstance(children, list):
                _add_variants(children, docs)
    if VARIANTS_INDEX in items:
        names = [f"variants/{name}.md" for name in VARIANTS]
        items[:] = [VARIANTS_INDEX, *(name for name in names if (docs / "zh" / name).exists())]


def _notebook(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """The notebook's HTML as ours; sets the page's headings, anchors and description."""
    notebook = notebook_page.convert(
        html,
        link=lambda address: notebook_page.page_address(address, page, files),
        language=config.theme["language"],
        file=Path(page.file.src_uri).name,
    )
    page.toc, page.present_anchor_ids = get_toc(notebook.headings), notebook.anchors
    page.meta["description"] = notebook.summary
    return notebook.html


def _search_sections(config: MkDocsConfig) -> list[dict[str, Any]]:
    """What the search index holds so far."""
    plugin = cast(SearchPlugin, config.plugins["material/search"])
    return plugin.search_index.entries
