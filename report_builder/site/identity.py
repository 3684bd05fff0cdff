"""By what name a report is published: title, authors, course, license, addresses, version.

`mkdocs.yml` alone decides them, so whoever builds the report of images of their own publishes it
under a name of their own. What is written there is plain text, whatever characters it has.
"""

from __future__ import annotations

import html
import re
import tomllib
from importlib.metadata import version
from pathlib import Path
from typing import Any, cast

import msgspec
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import ConfigurationError
from mkdocs_static_i18n.plugin import I18n

from report_builder.results.report import DataSetName
from report_builder.site.checkout import repository_address, web_address
from report_builder.text import LANGUAGES, Text

# What mkdocs.yml says of the embedded images. It is not said of others: those have the title of
# their data card, unless mkdocs.yml has one of its own.
EMBEDDED_TITLE = Text("XO 识别报告", "XO recognition report")
EMBEDDED_DESCRIPTION = Text(
    "用卷积神经网络区分 X 与 O：数据、训练、特征图、卷积核，全部结果由一条命令重新生成。",
    "Telling X from O with convolutional networks; data, training, feature maps, kernels, all made "
    "anew by one command.",
)
_OTHER_TITLE = Text("{data} 识别报告", "{data} recognition report")
_OTHER_DESCRIPTION = Text(
    "卷积神经网络在数据集 {data} 上：数据、训练、特征图、卷积核，全部结果由一条命令重新生成。",
    "Convolutional networks on the data set {data}; data, training, feature maps, kernels, all "
    "made anew by one command.",
)


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """Plain text, which is to be escaped where it is shown; what is not known is empty."""

    title: Text
    description: Text
    authors: dict[str, tuple[str, ...]]  # language -> "Name" or "Family, Given"
    course: Text
    license: str  # an identifier of SPDX, or words
    copyright: Text
    address: str  # of the site
    repository: str  # for a browser
    version: str  # of this project


def read_identity(config: MkDocsConfig, data: DataSetName | None = None) -> Identity:
    """What the settings say, as `load_config` reads them, of a report on `data`.

    Raises ConfigurationError, in one line, on what is no text.
    """
    root = Path(config.config_file_path).absolute().parent
    title, description = (_in_languages(config, name) for name in ("site_name", "site_description"))
    if data and not data.embedded:
        named = data.title or _OTHER_TITLE.format(data=data.name)
        title = _replaced(title, EMBEDDED_TITLE, named)
        about = _OTHER_DESCRIPTION.format(data=data.name)
        description = _replaced(description, EMBEDDED_DESCRIPTION, about)
    authors = _in_languages(config, "site_author")
    repository = web_address(config.repo_url) if config.repo_url else repository_address(root)
    return Identity(
        title=title,
        description=description,
        authors={language: _names(authors[language]) for language in LANGUAGES},
        course=_in_languages(config, "course", extra=True),
        license=_in_languages(config, "license", extra=True)[LANGUAGES[0]],
        copyright=_in_languages(config, "copyright"),
        address=config.site_url or "",
        repository=repository,
        version=project_version(root),
    )


def project_version(root: Path) -> str:
    """The version of this project: that of the clone in `root`, else the installed one."""
    try:
        settings = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
        return str(settings["project"]["version"])
    except (OSError, tomllib.TOMLDecodeError, KeyError):
        return version("xo-report")


def _in_languages(config: MkDocsConfig, name: str, extra: bool = False) -> Text:
    """A setting in both languages, one line each: a language's own, else that of all."""

    def read(settings: Any, where: str) -> str | None:
        value = (settings.get("extra") or {}).get(name) if extra else settings.get(name)
        if value is not None and not isinstance(value, str):
            place = f"{where}{'extra.' if extra else ''}{name}"
            raise ConfigurationError(
                f"{config.config_file_path}: {place} is {value!r}; write it as text, in quotes"
            )
        return None if value is None else " ".join(html.unescape(value).split())

    common, found = read(config, "") or "", dict.fromkeys(LANGUAGES, "")
    plugin = cast(I18n, config.plugins["i18n"])
    own = {each.locale: each for each in plugin.config.languages}
    for language in LANGUAGES:
        its = read(own[language], f"{language}: ") if language in own else None
        found[language] = common if its is None else its
    return Text(**found)


def _replaced(words: Text, default: Text, other: Text) -> Text:
    """The words, with `other` for those that are the default."""
    kept = {
        language: other[language] if words[language] == default[language] else words[language]
        for language in LANGUAGES
    }
    return Text(**kept)


def _names(authors: str) -> tuple[str, ...]:
    """Names as one setting has them, with semicolons between."""
    return tuple(filter(None, map(str.strip, re.split("[;；]", authors))))
