"""The commands `figure` and `value`: one of them, or the names of all, from the records."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from report_builder.options import LANGUAGE, STUDY
from xo.command_line import DATA, STORE, Command, say
from xo.errors import InputError


@click.command(cls=Command)
@click.argument("name", required=False)
@click.option("--list", "listed", is_flag=True, help="The names of all figures, with titles.")
@STUDY
@DATA
@STORE
@LANGUAGE
@click.option(
    "--scheme",
    type=click.Choice(["light", "dark"]),
    default="light",
    show_default=True,
    help="For a light or a dark page.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help=(
        "svg or png; default: NAME in this folder. A file is replaced only if this command wrote "
        "it and nobody changed it."
    ),
)
def figure(
    name: str | None,
    listed: bool,
    study: str,
    data_dir: Path,
    store: Path,
    language: Literal["zh", "en"],
    scheme: Literal["light", "dark"],
    out: Path | None,
) -> None:
    """Draw one figure from the records there are, or list all that can be drawn.

    Example: python -m report_builder figure loss.baseline --out loss.svg
    """
    from report_builder.figures.toolkit.style import Style
    from report_builder.paths import Paths
    from report_builder.single import draw_figure, figure_titles

    paths = Paths(data_dir, store, Path("build"), Path("site"))
    name = _one_or_all(name, listed)
    if name is None:
        for each, title in figure_titles(study, paths):
            say(f"{each}: {title[language]}")
        return
    click.echo(draw_figure(name, study, paths, Style(language, scheme), out))


def _one_or_all(name: str | None, listed: bool) -> str | None:
    """The NAME, or None for --list; InputError unless exactly one of them is given."""
    if listed == (name is not None):
        raise InputError("give either the NAME of one, or --list for the names of all")
    return name


@click.command(cls=Command)
@click.argument("name", required=False)
@click.option("--list", "listed", is_flag=True, help="The names of all values, with each in short.")
@STUDY
@DATA
@STORE
@LANGUAGE
def value(
    name: str | None, listed: bool, study: str, data_dir: Path, store: Path, language: str
) -> None:
    """Print one value of the pages from the records there are, and below it what it means.

    Example: python -m report_builder value baseline.solved
    """
    from report_builder.paths import Paths
    from report_builder.single import all_values, read_value

    paths = Paths(data_dir, store, Path("build"), Path("site"))
    name = _one_or_all(name, listed)
    if name is None:
        for each, row in all_values(study, paths).items():
            note = row.note[language]
            say(f"{each}: {row.text[language]}{f' ({note})' if note else ''}")
        return
    found = read_value(name, study, paths)
    click.echo(found.text[language])
    if found.note[language]:
        click.echo(found.note[language])
