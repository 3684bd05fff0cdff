"""The options that several commands take."""

from __future__ import annotations

import locale
import os
from pathlib import Path

import click

from xo.command_line import STUDY_NAME

STUDY = click.option(
    "--study",
    type=STUDY_NAME,
    default="default",
    show_default=True,
    help="smoke is for tests; full has seeds that confirm what the others show.",
)
BUILD = click.option(
    "--build",
    "build_dir",
    type=click.Path(path_type=Path),
    default=Path("build"),
    show_default=True,
    help=(
        "Folder of what lies between records and site: a new or an empty one, or one of an earlier "
        "build."
    ),
)
SITE = click.option(
    "--site",
    type=click.Path(path_type=Path),
    default=Path("site"),
    show_default=True,
    help="Folder of the finished site: a new or an empty one, or one of an earlier build.",
)


def language_of_locale() -> str:
    """Chinese in a Chinese locale, else English."""
    named = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), None)
    named = named or locale.getlocale()[0] or ""  # of Windows: Chinese (Simplified)_China
    return "zh" if named.lower().startswith(("zh", "chinese")) else "en"


LANGUAGE = click.option(
    "--lang",
    "language",
    type=click.Choice(["zh", "en"]),
    default=language_of_locale,
    show_default="that of the system",
    help="Chinese or English.",
)
