"""How figures look: language, light or dark colors, font, settings of matplotlib."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from report_builder import palette
from report_builder.evidence.recording import current_requests
from report_builder.figures.toolkit.letters import LAST, PREFERRED
from report_builder.fonts import FONT
from report_builder.palette import DIVERGING
from report_builder.text import Text

SETTINGS = Path(__file__).with_name("report.mplstyle")
ASSETS = (SETTINGS, FONT)  # files that every figure depends on
SETTINGS_COLORS = ("ink", "muted", "ground", "grid")  # of text, axes and grid of every figure


@dataclass(frozen=True)
class Style:
    """One of the four ways a figure is drawn."""

    language: Literal["zh", "en"]
    scheme: Literal["light", "dark"]
    families: tuple[str, ...] = ()  # of the system, for names of classes that our font cannot write

    def text(self, words: Text) -> str:
        """The words in the language of the figure."""
        return words[self.language]

    def color(self, thing: str) -> str:
        """The color of a thing, such as a variant: `#rrggbb`."""
        current_requests().colors.add(thing)
        return palette.pair(thing)[self._shade]

    def class_colors(self, names: tuple[str, ...]) -> list[str]:
        """A color for each class, by `class_name`; up to ten classes have different ones."""
        current_requests().colors.update(names)
        return [pair[self._shade] for pair in palette.class_pairs(names)]

    @property
    def ink(self) -> str:
        return self.color("ink")

    @property
    def muted(self) -> str:
        return self.color("muted")

    @property
    def ground(self) -> str:
        return self.color("ground")

    @property
    def diverging(self) -> tuple[str, ...]:
        """Seven colors from the most negative over zero to the most positive."""
        return DIVERGING[self._shade]

    @property
    def _shade(self) -> int:
        return 0 if self.scheme == "light" else 1

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Within it matplotlib draws in this style.

        Ticks are created when a figure is saved, so saving needs it too.
        """
        import matplotlib

        current_requests().colors.update(SETTINGS_COLORS)
        with matplotlib.rc_context(_settings(self)):
            yield


STYLES = (Style("zh", "light"), Style("zh", "dark"), Style("en", "light"), Style("en", "dark"))


@lru_cache
def font_families(further: tuple[str, ...] = ()) -> list[str]:
    """Our font, then a Chinese font of the system for what it lacks, then those that are named,
    then matplotlib's own.
    """
    from matplotlib import font_manager

    font_manager.fontManager.addfont(FONT)
    installed = set(font_manager.get_font_names())
    ours = font_manager.FontProperties(fname=FONT).get_name()
    return [ours, *dict.fromkeys((*(n for n in PREFERRED if n in installed), *further, LAST))]


@lru_cache
def _settings(style: Style) -> dict[Any, Any]:
    """Computed once for many figures, so that it notes no colors as `Style.color` does."""
    import matplotlib

    ink, muted, ground, grid = (palette.pair(thing)[style._shade] for thing in SETTINGS_COLORS)
    settings: dict[Any, Any] = {
        **matplotlib.rcParamsDefault,
        **matplotlib.rc_params_from_file(SETTINGS, use_default_template=False),
        "text.color": ink,
        "axes.labelcolor": ink,
        "xtick.color": muted,
        "ytick.color": muted,
        "axes.edgecolor": muted,
        "figure.facecolor": ground,
        "axes.facecolor": ground,
        "grid.color": grid,
        "xtick.labelcolor": ink,
        "ytick.labelcolor": ink,
        "font.family": font_families(style.families),
    }
    del settings["backend"]
    return settings
