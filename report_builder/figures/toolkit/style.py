"""Knows how every figure looks: the language, the color of each thing on a light and a dark page, font and style.

A color belongs to a thing and keeps it on all pages. Text in any of these colors has at least 4.5:1 contrast.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from report_builder.text import Text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PACKAGE = Path(__file__).resolve().parents[2]
STYLE = PACKAGE / "report.mplstyle"
FONT = PACKAGE / "fonts" / "xo-report-sans.otf"
ASSETS = (STYLE, FONT)  # what a drawing depends on beside code and records
OTHER_FONTS = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "WenQuanYi Micro Hei",
    "PingFang SC",
    "Microsoft YaHei",
)

# thing: (on light, on dark); hues after Okabe & Ito and Paul Tol, darkened or lightened until text can be read
COLORS = {
    "ground": ("#ffffff", "#1e2129"),
    "ink": ("#1b1d21", "#e6e8ec"),
    "muted": ("#5a5e66", "#a9aeb8"),
    "grid": ("#e4e6ea", "#343945"),
    "chance": ("#63666a", "#a3a7ae"),
    "published": ("#a5407f", "#e59bc7"),
    "receptive field": ("#c2185b", "#ff80b0"),
    "O": ("#0067a5", "#56b4e9"),
    "X": ("#b34700", "#f0a23c"),
    "test": ("#5f5fc4", "#a9a9ff"),
    "train": ("#8a5a00", "#d9b45a"),
    "baseline": ("#332288", "#a79bf5"),
    "three-conv": ("#117733", "#57c785"),
    "no-pooling": ("#882255", "#ee88b4"),
    "channels-11": ("#1c7596", "#88ccee"),
    "channels-15": ("#0b766a", "#4fc3b0"),
    "features": ("#9a3b8e", "#dd93d0"),
    "trained-pooling": ("#5b4b9a", "#b6a6ff"),
    "one-by-one": ("#3b6d2c", "#9bd07f"),
    "max pooling": ("#0a5f5f", "#5fd0d0"),
    "mean pooling": ("#7a4a1f", "#d8a878"),
    "gaussian pooling": ("#9a2a4d", "#f59ab5"),
    "three-conv-wrong-folder": ("#69690f", "#c2c257"),
    "no-pooling-wrong-folder": ("#8f5a0a", "#e0c070"),
    "three-conv-uneven": ("#2f6b5b", "#7fcdb4"),
    "no-pooling-uneven": ("#96474b", "#eba2a4"),
}
# for variants and classes that a reader adds
FURTHER = (
    ("#b8323f", "#ff8e8e"),
    ("#4a5fa8", "#9db2ff"),
    ("#5b6e1e", "#b7cf6b"),
    ("#7a4bb5", "#c4a3f2"),
    ("#8c4a3a", "#e3a793"),
    ("#2e6f6f", "#7ccbcb"),
    ("#6e4e7e", "#c9a9da"),
    ("#55624a", "#afc29f"),
    ("#a03d70", "#f29cc0"),
    ("#3c6a94", "#a6cdf0"),
)
# negative, zero, positive; neither end is the color of a class
DIVERGING = (
    ("#40004b", "#762a83", "#c2a5cf", "#f4f4f4", "#a6dba0", "#1b7837", "#00441b"),
    ("#f3dcff", "#c883e0", "#6d3f7c", "#14161b", "#2f6d46", "#62c480", "#ddffe4"),
)


@dataclass(frozen=True)
class Style:
    """One of the four ways a figure is drawn."""

    language: Literal["zh", "en"]
    scheme: Literal["light", "dark"]

    def words(self, zh: str, en: str) -> str:
        return zh if self.language == "zh" else en

    def text(self, words: Text) -> str:
        """The words in the language of the figure."""
        return words[self.language]

    def color(self, thing: str) -> str:
        """The color of a thing; one that the table does not know takes one of the further colors, always the same."""
        light, dark = COLORS.get(thing) or FURTHER[sum(thing.encode()) % len(FURTHER)]
        return light if self.scheme == "light" else dark

    def class_colors(self, names: tuple[str, ...]) -> list[str]:
        """A color for each class, by `wording.class_name`; no two of up to ten are the same."""
        further = iter(FURTHER)
        pairs = [COLORS.get(name) or next(further, FURTHER[0]) for name in names]
        return [light if self.scheme == "light" else dark for light, dark in pairs]

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
        return DIVERGING[0] if self.scheme == "light" else DIVERGING[1]

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Within it matplotlib draws in this style. Ticks are made when a figure is saved: that happens within too."""
        import matplotlib

        with matplotlib.rc_context(_style(self)):
            yield


class Description(NamedTuple):
    """What a figure says in words, in both languages, and its data."""

    title: Text  # the finding, as it stands in the figure
    alt: Text  # what is to be seen, for those who do not see it
    caption: Text  # what is shown, how to read it, n
    rows: list[dict]  # the data, for the CSV


@dataclass(frozen=True)
class Drawing:
    """A drawn figure with what a page needs beside it."""

    figure: Figure
    title: str  # the finding, as it stands in the figure
    alt: str  # what is to be seen, for those who do not see it
    caption: str  # what is shown, how to read it, n
    rows: list[dict]  # the data, for the CSV
    style: Style


@lru_cache
def _families() -> list[str]:
    """Our font first, then a Chinese font of the system for what it lacks, then the one that comes with matplotlib."""
    from matplotlib import font_manager

    font_manager.fontManager.addfont(FONT)
    installed = set(font_manager.get_font_names())
    ours = font_manager.FontProperties(fname=FONT).get_name()
    return [ours, *(name for name in OTHER_FONTS if name in installed), "DejaVu Sans"]


@lru_cache
def _style(style: Style) -> dict:
    import matplotlib

    every = {
        **matplotlib.rcParamsDefault,
        **matplotlib.rc_params_from_file(STYLE, use_default_template=False),
    }
    colors = {
        "text.color": style.ink,
        "axes.labelcolor": style.ink,
        "xtick.color": style.muted,
        "ytick.color": style.muted,
        "axes.edgecolor": style.muted,
        "figure.facecolor": style.ground,
        "axes.facecolor": style.ground,
        "grid.color": style.color("grid"),
        "xtick.labelcolor": style.ink,
        "ytick.labelcolor": style.ink,
    }
    del every["backend"]
    return {**every, **colors, "font.family": _families()}
