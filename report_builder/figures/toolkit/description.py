"""A figure in words, and a figure that is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from report_builder.text import Text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from report_builder.figures.toolkit.style import Style


class Description(NamedTuple):
    """What a figure says, in both languages, and its data."""

    title: Text  # the finding, as it stands in the figure
    alt: Text  # what is to be seen, for readers that do not see it
    caption: Text  # what is shown, how to read it, n
    rows: list[dict[str, str | int | float]]  # the data, for the CSV


@dataclass(frozen=True)
class Drawing:
    """A drawn figure with what a page needs beside it, in one language."""

    figure: Figure
    title: str
    alt: str
    caption: str
    rows: list[dict[str, str | int | float]]
    style: Style
