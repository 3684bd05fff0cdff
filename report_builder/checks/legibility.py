"""Whether figures can be read: how small their text gets, and how far apart the colors that one
figure draws look to every kind of sight.

Which colors a figure draws was recorded while it was drawn.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

from report_builder.checks.color_vision import SIGHTS, distance
from report_builder.evidence.fates import FATES
from report_builder.palette import pair
from report_builder.results.forms import Cell, Column, table
from report_builder.results.report import DrawnFigure, Report, Table
from report_builder.text import Text, count

SMALLEST_TEXT = 11.0  # pixels, at the width a page shows a figure with
LEAST_DISTANCE = 10.0  # CIEDE2000; about 1 is just noticeable side by side
SCHEMES = ("light", "dark")
# Drawn as ground, text, grid, and as the dotted line of a level: no color says which of them it is.
NEUTRAL = {"ground", "ink", "muted", "grid", "chance"}
COLOR_SIGHTS = tuple(sight for sight in SIGHTS if sight != "grey")
SIGHT_NAMES = {
    "normal": Text("三种视锥", "All cones"),
    "protanopia": Text("红色盲", "Protanopia"),
    "deuteranopia": Text("绿色盲", "Deuteranopia"),
    "tritanopia": Text("蓝色盲", "Tritanopia"),
    "grey": Text("灰度", "In gray"),
}


class Closest(NamedTuple):
    """The two things of a figure whose colors are nearest each other."""

    distance: float
    scheme: str
    first: str
    second: str


def colored(figure: DrawnFigure) -> list[str]:
    """The things that a figure tells apart by color."""
    return sorted(set(figure.colors) - NEUTRAL)


def closest(things: list[str], sight: str) -> Closest | None:
    """Over both schemes; None of fewer than two things."""
    found = [
        Closest(distance(pair(a)[k], pair(b)[k], sight), scheme, a, b)
        for a, b in combinations(things, 2)
        for k, scheme in enumerate(SCHEMES)
    ]
    return min(found, default=None)


def faults(report: Report) -> Iterator[str]:
    """A line for each figure with smaller text, and for each that tells two things apart by colors
    that are nearer each other.

    Of three and more colors some always look alike to some eyes: there a word, marker or dash
    tells, which no floor can hold, and a fate always has its mark. In grey so does every pair:
    colors that can all be read as text are about equally dark.
    """
    for name, figure in report.figures.items():
        if figure.smallest_text < SMALLEST_TEXT:
            yield (
                f"figure {name}: its smallest text is {figure.smallest_text:.1f} px, below "
                f"{SMALLEST_TEXT:g} px: enlarge it"
            )
        things = [thing for thing in colored(figure) if thing not in FATES]
        for sight in COLOR_SIGHTS if len(things) == 2 else ():
            near = closest(things, sight)
            if near and near.distance < LEAST_DISTANCE:
                yield (
                    f"figure {name}: '{near.first}' and '{near.second}' are "
                    f"{near.distance:.1f} apart to {sight} sight on {near.scheme} pages, below "
                    f"{LEAST_DISTANCE:g}: change one of them in report_builder/palette.py"
                )


def legibility(report: Report) -> Table:
    """The smallest text of every kind of figure, how many colors it draws, and how far apart the
    closest two of them look.
    """
    columns = [
        Column(Text("图", "Figure")),
        Column(Text("最小的字（像素）", "Smallest text (px)"), True),
        Column(Text("颜色", "Colors"), True),
        *(Column(SIGHT_NAMES[sight], True) for sight in SIGHTS),
    ]
    kinds: dict[str, list[DrawnFigure]] = {}
    for name, figure in report.figures.items():
        kinds.setdefault(name.partition(".")[0], []).append(figure)

    def row(name: str, figures: list[DrawnFigure]) -> list[Cell]:
        sets = {tuple(colored(figure)) for figure in figures}
        least = (
            min((near for things in sets if (near := closest([*things], sight))), default=None)
            for sight in SIGHTS
        )
        return [
            name,
            f"{min(figure.smallest_text for figure in figures):.1f}",
            count(max(map(len, sets))),
            *("—" if near is None else f"{near.distance:.1f}" for near in least),
        ]

    floor: list[Cell] = [
        Text("下限（距离只对两种颜色的图）", "Floor (of distances where there are two colors)"),
        f"{SMALLEST_TEXT:.1f}",
        "",
        *(f"{LEAST_DISTANCE:.1f}" if sight in COLOR_SIGHTS else "—" for sight in SIGHTS),
    ]
    return table(columns, [*(row(name, figures) for name, figures in kinds.items()), floor])
