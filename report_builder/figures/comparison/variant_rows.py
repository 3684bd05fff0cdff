"""What figures with a row for each variant share: names at the left, panels side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from report_builder.evidence.estimates import Share, curve, epoch_seconds, solved_share
from report_builder.evidence.fates import Fate, fate
from report_builder.figures.toolkit.layout import SMALL, WIDTH, axes, log_ticks, sheet
from report_builder.figures.toolkit.style import Style
from report_builder.figures.toolkit.words import joined, title_of, wrap
from report_builder.text import SPACE, Text, big, number
from xo.variants import Variant

if TYPE_CHECKING:
    from report_builder.figures.toolkit.typing import Axes, Evidence, Figure

ROW = 0.4  # inches
NAMES = 1.75  # inches for the variants' names at the left
NAME_COLUMNS = 25  # half-width columns of text that fit there


class MeasuredVariant(NamedTuple):
    variant: Variant
    accuracy: np.ndarray  # (seeds,), 0 to 1, after the last epoch
    solved: Share  # of the seeds
    parameters: int
    seconds: np.ndarray  # (seeds,), median of the epochs of each
    fates: tuple[Fate, ...]  # of the seeds

    @property
    def median_accuracy(self) -> float:
        return float(np.median(self.accuracy))

    @property
    def median_seconds(self) -> float:
        return float(np.median(self.seconds))


def measure_variant(evidence: Evidence, variant: Variant) -> MeasuredVariant:
    runs = evidence.runs(variant.name)
    return MeasuredVariant(
        variant,
        curve(runs, "test_accuracy")[:, -1],
        solved_share(runs),
        int(runs[0].parameters),
        epoch_seconds(runs),
        tuple(fate(run) for run in runs),
    )


def label_rows(style: Style, ax: Axes, variants: Sequence[Variant], named: bool = True) -> None:
    """A row for each variant from the top down, named at the left in the variant's color."""
    ax.set_ylim(len(variants) - 0.5, -0.5)
    titles = [wrap(style.text(title_of(variant)), NAME_COLUMNS)[:2] for variant in variants]
    ax.set_yticks(range(len(variants)), ["\n".join(lines) if named else "" for lines in titles])
    for label, variant in zip(ax.get_yticklabels(), variants):
        label.set(color=style.color(variant.name), linespacing=1.1)
    ax.tick_params(axis="y", length=0, pad=9)
    ax.grid(False, axis="y")
    ax.grid(True, axis="x")
    ax.spines["left"].set_visible(False)


def row_panels(
    style: Style,
    title: Text,
    variants: Sequence[Variant],
    headings: Sequence[Text],
    value: float,
    gap: float,
    foot: float = 0.0,
) -> tuple[Figure, list[Axes]]:
    """A figure with a panel for each heading; `value` inches right of each are free for numbers,
    and `foot` below all.
    """
    tall, n = ROW * len(variants), len(headings)
    figure = sheet(style.text(title), tall + 0.85 + foot)
    wide = (WIDTH - NAMES - n * value - (n - 1) * gap) / n
    lefts = [NAMES + i * (wide + value + gap) for i in range(n)]
    panels = [axes(figure, left, 0.5 + foot, wide, tall) for left in lefts]
    for ax, heading in zip(panels, headings):
        label_rows(style, ax, variants, named=ax is panels[0])
        words = style.text(heading)
        ax.text(0, 1.02, words, fontsize=SMALL, color=style.muted, transform=ax.transAxes)
    return figure, panels


def write_beside(ax: Axes, row: int, text: str, color: str, x: float = 1.1) -> None:
    """Writes right of a panel, in a row; `x` is in widths of the panel."""
    place = ax.get_yaxis_transform()
    ax.text(x, row, text, va="center", fontsize=SMALL, color=color, transform=place)


def log_axis(
    ax: Axes, values: Iterable[float], write: Callable[[float], str] = "{:,g}".format
) -> None:
    """A log scale on the x axis that shows all values and at least one tick."""
    values = list(values)
    low, high = max(min(values), 1e-3) / 1.6, max(max(values), 1e-3) * 1.6
    power_below, power_above = 10 ** np.floor(np.log10(high)), 10 ** np.ceil(np.log10(low))
    low, high = min(low, power_below), max(high, power_above)
    ax.set_xscale("log")
    ax.set_xlim(low, high)
    log_ticks(ax.xaxis, low, high, 2, write)


def round_count(style: Style) -> Callable[[float], str]:
    """Writes a power of ten in few characters, as a tick: 10 M, 1000 万."""
    return lambda power: big(round(power), style.language, short=True)


def large(count: int) -> Text:
    """A large count in few characters: 4.45 million, 445 万."""
    return Text(big(count, "zh"), big(count, "en"))


def in_seconds(value: float) -> Text:
    """2.1 s."""
    return Text(f"{number(value, 2)}{SPACE}秒", f"{number(value, 2)}{SPACE}s")


NAMED = Text("：", ": ")  # between a variant's name and what holds of it


def each_variant(
    variants: Sequence[Variant],
    words: Sequence[Text],
    between: Text,
    colon: Text = NAMED,
) -> Text:
    """What holds of each variant after its name: `Baseline: 2/3; Features: 1/3`."""
    named = [title_of(variant) + colon + text for variant, text in zip(variants, words)]
    return joined(named, between.zh, between.en)
