"""How runs end at other learning rates and another initialization, after equally many epochs."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from report_builder.evidence.fates import FATES, Fate, count_fates
from report_builder.evidence.training_course import training_settings, until
from report_builder.figures.comparison.solved import draw_fates
from report_builder.figures.comparison.variant_rows import ROW
from report_builder.figures.toolkit.description import Description
from report_builder.figures.toolkit.fates import KEY, draw_key
from report_builder.figures.toolkit.layout import SMALL, WIDTH, axes, sheet
from report_builder.figures.toolkit.style import Style
from report_builder.figures.toolkit.words import joined, listed
from report_builder.results.fate_words import fates_in_words
from report_builder.text import Text, same
from xo.variants import Variant

if TYPE_CHECKING:
    from report_builder.figures.toolkit.typing import Axes, Evidence, Figure

NAMES, COUNTS, GAP = 1.4, 0.12, 0.25  # inches: rows' names, right of and between panels
FOOT, HEAD = 0.5, 0.28  # inches: the x axis, a panel's heading
COMMA = Text("，", ", ")
INITIALISATIONS = {
    "pytorch": Text("PyTorch 的初始化", "PyTorch's default"),
    "kaiming": Text("Kaiming 初始化", "Kaiming"),
}


class Setting(NamedTuple):
    """A learning rate and an initialization."""

    variant: Variant
    seeds: int
    fates: tuple[dict[Fate, int] | None, ...]  # after each horizon; None: it has fewer epochs

    def met(self, fate: Fate) -> bool:
        """Whether some run has this fate after some horizon."""
        return any(counts is not None and counts[fate] for counts in self.fates)


class LearningRates(NamedTuple):
    horizons: tuple[int, ...]  # epochs after which settings are compared
    settings: tuple[Setting, ...]


def measure(evidence: Evidence) -> LearningRates:
    variants = training_settings(evidence.variants)
    runs = {variant.name: evidence.runs(variant.name) for variant in variants}
    horizons = tuple(sorted({len(found[0].epochs) for found in runs.values()}))
    return LearningRates(
        horizons,
        tuple(
            Setting(
                variant,
                len(runs[variant.name]),
                tuple(
                    count_fates(until(run, horizon) for run in runs[variant.name])
                    if horizon <= len(runs[variant.name][0].epochs)
                    else None
                    for horizon in horizons
                ),
            )
            for variant in variants
        ),
    )


def draw(numbers: LearningRates, style: Style) -> Figure:
    tall = ROW * len(numbers.settings)
    figure = sheet(style.text(_title(numbers)), FOOT + tall + HEAD + KEY)
    n = len(numbers.horizons)
    wide = (WIDTH - NAMES - COUNTS - (n - 1) * GAP) / n
    for column, horizon in enumerate(numbers.horizons):
        ax = axes(figure, NAMES + column * (wide + GAP), FOOT, wide, tall)
        _draw_shares(ax, [each.fates[column] for each in numbers.settings], style)
        names = [
            style.text(setting_name(each.variant, same("\n"))) if not column else ""
            for each in numbers.settings
        ]
        ax.set_yticks(range(len(names)), names)
        ax.set_xlabel(style.text(Text("训练所占比例（%）", "Share of runs (%)")))
        words = style.text(Text(f"{horizon} 轮之后", f"After {horizon} epochs"))
        ax.text(0, 1.03, words, fontsize=SMALL, color=style.muted, transform=ax.transAxes)
    met = [each for each in FATES if any(s.met(each) for s in numbers.settings)]
    draw_key(figure, style, met, NAMES, FOOT + tall + HEAD + 0.08, counted=False)
    return figure


def _draw_shares(ax: Axes, rows: list[dict[Fate, int] | None], style: Style) -> None:
    """A bar of the shares of fates in each row."""
    for y, counts in enumerate(rows):
        if counts is None:
            words = style.text(Text("没有训练到这一轮", "not trained that long"))
            ax.text(2, y, words, fontsize=SMALL, color=style.muted, va="center")
            continue
        draw_fates(ax, y, counts, style)
    ax.set_ylim(len(rows) - 0.5, -0.5)
    ax.set_xlim(0, 100)
    ax.tick_params(axis="y", length=0)
    ax.grid(False, axis="y")
    ax.spines["left"].set_visible(False)


def setting_name(variant: Variant, between: Text = COMMA) -> Text:
    """`rate 0.1, Kaiming`."""
    return (
        Text(f"学习率 {variant.lr:g}", f"rate {variant.lr:g}")
        + between
        + INITIALISATIONS[variant.initialisation]
    )


def describe(numbers: LearningRates) -> Description:
    def counted(counts: dict[Fate, int] | None) -> Text:
        if counts is None:
            return same("—")
        return fates_in_words(counts)

    each = listed(
        setting_name(setting.variant)
        + Text(f"，{horizon} 轮之后：", f", after {horizon} epochs: ")
        + counted(counts)
        for setting in numbers.settings
        for horizon, counts in zip(numbers.horizons, setting.fates)
    )
    seeds = joined((str(setting.seeds) for setting in numbers.settings), "、", ", ")
    return Description(
        _title(numbers),
        Text(
            "叠起来的横条，每种设置一行，每个轮数一列：各结局所占的比例。{each}。",
            "Stacked bars, a row for each setting, a column for each number of epochs: the share "
            "of runs that end in each way. {each}.",
        ).format(each=each),
        Text(
            "同一个网络、同样的图像和批大小，只有学习率和初始化不同；各行自上而下的种子数 n："
            "{seeds}。条中的数字是训练的次数。结局按标明的那一轮判定，所以同一列里"
            "各行训练的轮数相同。",
            "The same network, images and batches; only learning rate and initialization differ. "
            "Seeds n, row by row: {seeds}. Numbers in the bars count runs. Fates are those after "
            "the epoch that stands above a column, so within a column all rows had equally many "
            "epochs.",
        ).format(seeds=seeds),
        [
            {
                "variant": setting.variant.name,
                "learning_rate": setting.variant.lr,
                "initialisation": setting.variant.initialisation,
                "epochs": horizon,
                "fate": each,
                "runs": k,
                "n": setting.seeds,
            }
            for setting in numbers.settings
            for horizon, counts in zip(numbers.horizons, setting.fates)
            if counts is not None
            for each, k in counts.items()
        ],
    )


def _title(numbers: LearningRates) -> Text:
    """The setting that solves most often after the first horizon, beside the first one."""
    counted = [
        (counts["solved"] / each.seeds, counts["solved"], each)
        for each in numbers.settings
        if (counts := each.fates[0]) is not None
    ]
    _, most, best = max(counted, key=lambda each: each[0])  # of equal ones the first
    _, k, first = counted[0]
    words = Text(
        "训练 {horizon} 轮：{first}，{n} 次中 {k} 次学会",
        "After {horizon} epochs {k} of {n} solved at {first}",
    )
    if best is not first:
        words += Text("；{best}，{m} 次中 {most} 次", ", {most} of {m} at {best}")
    return words.format(
        horizon=numbers.horizons[0],
        k=k,
        n=first.seeds,
        first=setting_name(first.variant),
        most=most,
        m=best.seeds,
        best=setting_name(best.variant),
    )
