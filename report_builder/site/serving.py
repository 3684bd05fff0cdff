"""What `mkdocs serve` need not do again after a change: copy files that are the same, list those of
the theme; and how soon it notices.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

from jinja2 import Environment
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.livereload import LiveReloadServer
from mkdocs.structure.files import Files
from watchdog.observers.polling import PollingObserver

from report_builder.pages import sources

LOOKS_EVERY = 0.15  # seconds; MkDocs' own is 0.5
WAITS = 0.05  # seconds for further changes; MkDocs' own is 0.1


class KeptSite:
    """The site as the last build of this process left it, which MkDocs would delete and copy anew.

    Put aside before MkDocs cleans the site's folder and brought back then. Of its files only those
    are copied whose source is newer.
    """

    def __init__(self) -> None:
        self.site: Path | None = None
        self.published: set[str] = set()  # paths, by the last build
        self.publishing: set[str] = set()  # by this one, of the languages until now

    @property
    def _aside(self) -> Path:
        return self.site.with_name(f"{self.site.name}-kept") if self.site else Path()

    def put_aside(self, site: Path) -> None:
        """Before the first language is built."""
        self.site, self.publishing = site, set()
        if self.published and site.is_dir() and not self._aside.exists():
            with suppress(OSError):  # of a file that is open, on Windows: then it is made anew
                site.rename(self._aside)

    def bring_back(self) -> None:
        """Once MkDocs has cleaned the folder, or has failed."""
        if self.site and self._aside.exists() and not self.site.exists():
            self._aside.rename(self.site)

    def copy_what_changed(self, files: Files) -> None:
        """Of the files of one language."""
        for file in files:
            path = file.abs_dest_path
            self.publishing.add(path)
            if path in self.published and not file.is_documentation_page():
                file.copy_file = partial(_copy_if_newer, file.copy_file)  # type: ignore[method-assign]

    def remove_what_is_gone(self) -> None:
        """After the last language."""
        for path in self.published - self.publishing:
            Path(path).unlink(missing_ok=True)
        self.published = self.publishing

    def discard(self) -> None:
        """When the server has ended."""
        if self.site:
            shutil.rmtree(self._aside, ignore_errors=True)


def _copy_if_newer(copy: Callable[[bool], None], dirty: bool = False) -> None:
    copy(True)


_LISTINGS: dict[tuple[object, ...], list[str]] = {}


def list_once(config: MkDocsConfig) -> None:
    """Lists the thousands of files of the theme once, unless those of this project change."""
    theme, get_env = config.theme, config.theme.get_env

    def environment() -> Environment:
        found = get_env()
        found.list_templates = partial(_listed, found.list_templates, config)  # type: ignore[method-assign]
        return found

    theme.get_env = environment  # type: ignore[method-assign]


def _listed(
    list_templates: Callable[..., list[str]],
    config: MkDocsConfig,
    extensions: object = None,
    filter_func: object = None,
) -> list[str]:
    own = sources.files(Path(config.theme.custom_dir)) if config.theme.custom_dir else []
    key = (*config.theme.dirs, *sorted(config.theme.static_templates), *map(os.fspath, own))
    if key not in _LISTINGS:
        _LISTINGS[key] = list_templates(extensions, filter_func)
    return _LISTINGS[key]


def layouts(config: MkDocsConfig) -> list[str]:
    """The theme's templates of pages and their parts."""
    found = {
        path.relative_to(folder).as_posix()
        for folder in config.theme.dirs
        for pattern in ("*.html", "partials/**/*.html")
        for path in Path(folder).glob(pattern)
    }
    return sorted(found)


def notice_sooner(server: LiveReloadServer) -> None:
    """Has the server, before it starts, look for changes more often."""
    watched = list(server._watched_paths)
    server.observer, server.build_delay = PollingObserver(timeout=LOOKS_EVERY), WAITS
    server._watched_paths, server._watch_refs = {}, {}
    for path in watched:
        server.watch(path)
