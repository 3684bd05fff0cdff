"""How the fate of a run looks in every figure: one color and one mark, and the key to them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from report_builder.evidence.fates import FATE_NAMES, FATES, Fate
from report_builder.figures.toolkit.layout import POINT, SMALL, note
from report_builder.figures.toolkit.style import Style
from report_builder.figures.toolkit.words import width
from report_builder.results.fate_words import fates_in_words

if TYPE_CHECKING:
    from report_builder.figures.toolkit.typing import Figure

MARKS: dict[Fate, str] = {
    "solved": "o",
    "unsettled": "^",
    "collapsed": "x",
    "never left chance": "s",
}
COLUMN = 0.54 * SMALL * POINT  # inches that a half-width column of small text takes at most
KEY = 0.28  # inches of height for a key


def count_each(fates: Iterable[Fate]) -> dict[Fate, int]:
    """How often each fate is among these, in the order of FATES, zeros included."""
    counts = Counter(fates)
    return {fate: counts[fate] for fate in FATES}


def columns(counts: dict[Fate, int]) -> dict[str, int]:
    """The counts as columns of a figure's data: `never_left_chance` and the like."""
    return {fate.replace(" ", "_"): k for fate, k in counts.items()}


def mark(fate: Fate, style: Style, size: float = 4.5) -> dict[str, Any]:
    """What draws the mark of a fate, as options of a line of one point."""
    return {
        "marker": MARKS[fate],
        "ls": "",
        "color": style.color(fate),
        "ms": size,
        "mew": 1.4 if fate == "collapsed" else 0.5,
    }


def draw_key(
    figure: Figure, style: Style, fates: Iterable[Fate], x: float, y: float, counted: bool = True
) -> None:
    """Names each fate that occurs beside its mark, with how often where `counted`, in a row that
    starts at a place in inches from the figure's lower left corner.
    """
    from matplotlib.lines import Line2D

    wide, tall = figure.get_size_inches()
    for fate, k in count_each(fates).items():
        if not k:
            continue
        words = style.text(fates_in_words({fate: k}) if counted else FATE_NAMES[fate])
        figure.add_artist(Line2D([(x + 0.05) / wide], [(y + 0.05) / tall], **mark(fate, style, 6)))
        note(figure, x + 0.16, y, words, color=style.color(fate))
        x += 0.16 + COLUMN * width(words) + 0.2
