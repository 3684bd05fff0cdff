"""Loss of every batch, and of every epoch on training and test images, of one variant."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from report_builder.evidence.estimates import curve, lost_is_infinite
from report_builder.evidence.fates import Fate, chance_loss, fate, left_chance_epoch
from report_builder.figures.toolkit import layout
from report_builder.figures.toolkit.description import Description
from report_builder.figures.toolkit.fates import KEY, count_each, draw_key
from report_builder.figures.toolkit.style import Style
from report_builder.figures.toolkit.words import k_of_n_runs, title_of
from report_builder.figures.training.lines import LEFT, RIGHT, THIN, draw_seeds, last_median
from report_builder.results.fate_words import fates_explained, fates_in_words
from report_builder.text import SPACE, Text, number, plural
from xo.variants import Variant

if TYPE_CHECKING:
    from report_builder.figures.toolkit.typing import Axes, Evidence, Figure

FLOOR = 1e-6  # nats; smaller losses are drawn here, as float32 knows little below


class Loss(NamedTuple):
    """Losses in nats; infinite where training diverged."""

    variant: Variant
    seeds: tuple[int, ...]
    batch: np.ndarray  # (seeds, epochs, batches)
    train: np.ndarray  # (seeds, epochs), the mean over the batches of an epoch
    test: np.ndarray  # (seeds, epochs), at the end of an epoch
    classes: int
    blind: float  # of a guess that knows nothing but the shares of the classes
    fates: tuple[Fate, ...]  # of the seeds
    left_chance: int  # seeds whose loss has left that of a blind guess in some epoch

    @property
    def even(self) -> float:
        """Of a guess that takes all classes for equally common."""
        return float(np.log(self.classes))


def measure(evidence: Evidence, name: str) -> Loss:
    runs = evidence.runs(name)
    return Loss(
        evidence.variant(name),
        tuple(run.seed for run in runs),
        lost_is_infinite(np.array([run.array("batch_loss") for run in runs])),
        curve(runs, "train_loss"),
        curve(runs, "test_loss"),
        len(runs[0].label_counts),
        chance_loss(runs[0]),
        tuple(fate(run) for run in runs),
        sum(left_chance_epoch(run) is not None for run in runs),
    )


def draw(numbers: Loss, style: Style) -> Figure:
    figure = layout.sheet(style.text(_title(numbers)), 4.35 + KEY)
    wide = layout.WIDTH - LEFT - RIGHT
    upper = layout.axes(figure, LEFT, 2.45 + KEY, wide, 1.8)
    lower = layout.axes(figure, LEFT, 0.5 + KEY, wide, 1.7, sharex=upper)
    draw_key(figure, style, numbers.fates, LEFT, 0.1)
    _draw_batches(upper, numbers, style)
    _draw_epochs(lower, numbers, style)
    chance = _chance(numbers, style)
    for ax in (upper, lower):
        for y, _, color in chance:
            ax.axhline(y, color=color, lw=1.2, ls=layout.DOTS, zorder=1)
    color, n = style.color(numbers.variant.name), len(numbers.seeds)
    median = Text(f"{n} 个种子的中位数", f"median of {n} seeds")
    if n == 1:
        median = Text("只有一个种子", "one seed only")
    layout.end_labels(
        upper, [*chance, (last_median(numbers.batch[:, -1]), style.text(median), color)]
    )
    lines = (
        (numbers.train, Text("训练（实线）", "training (solid)")),
        (numbers.test, Text("测试（虚线）", "test (dashed)")),
    )
    ends = [(max(FLOOR, last_median(values)), style.text(name), color) for values, name in lines]
    layout.end_labels(lower, [*chance, *ends])
    return figure


def _draw_batches(ax: Axes, numbers: Loss, style: Style) -> None:
    seeds, epochs, batches = numbers.batch.shape
    flat = numbers.batch.reshape(seeds, -1)  # (seeds, epochs * batches)
    x = (np.arange(epochs * batches) + 1) / batches
    draw_seeds(style, ax, x, flat, numbers.fates, style.color(numbers.variant.name))
    most = float(np.quantile(_finite(flat, numbers.even), 0.995))
    ax.set_ylim(0, max(1.3 * numbers.even, 1.05 * most))
    ax.set_ylabel(style.text(Text("每批的损失（nat）", "Loss of a batch (nats)")))
    ax.tick_params(labelbottom=False)


def _draw_epochs(ax: Axes, numbers: Loss, style: Style) -> None:
    epochs, color = numbers.train.shape[1], style.color(numbers.variant.name)
    for values, dash in ((numbers.train, "-"), (numbers.test, layout.DASHES)):
        shown = np.maximum(values, FLOOR)
        draw_seeds(style, ax, np.arange(1, epochs + 1), shown, numbers.fates, color, dash)
    finite = _finite(np.concatenate([numbers.train, numbers.test]), numbers.even)
    finite = np.maximum(finite, FLOOR)
    low, high = min(finite.min(), numbers.even) / 2, max(finite.max(), numbers.even) * 2
    ax.set_yscale("log")
    ax.set_ylim(low, high)
    layout.log_ticks(ax.yaxis, low, high)
    ax.set_ylabel(style.text(Text("每轮的损失（nat）", "Loss of an epoch (nats)")))
    ax.set_xlim(0, epochs * 1.01)
    layout.epoch_axis(style, ax, epochs)


def _chance(numbers: Loss, style: Style) -> list[tuple[float, str, str]]:
    """The levels of guessing with their labels and color; one where both nearly agree."""
    even, blind = numbers.even, numbers.blind
    known = Text(
        f"ln{SPACE}{numbers.classes} = {even:.3f}（均匀猜）",
        f"ln{SPACE}{numbers.classes} = {even:.3f} (even guess)",
    )
    levels = [(even, style.text(known), style.color("chance"))]
    if even - blind > 0.02:
        shares = Text(f"{blind:.3f}（只按比例猜）", f"{blind:.3f} (shares only)")
        levels.append((blind, style.text(shares), style.color("chance")))
    return levels


def _finite(values: np.ndarray, default: float) -> np.ndarray:
    finite = values[np.isfinite(values)]
    return finite if finite.size else np.array([default])


def describe(numbers: Loss) -> Description:
    variant, (n, epochs, batches) = numbers.variant, numbers.batch.shape
    train, test = number(last_median(numbers.train)), number(last_median(numbers.test))
    counts = count_each(numbers.fates)
    return Description(
        _title(numbers),
        Text(
            f"“{variant.zh}”的损失曲线，{n} 个种子，{epochs} 轮。最后一轮的中位数：训练 {train}，"
            f"测试 {test}；随机猜测为 {numbers.blind:.3f}。{{fates}}。",
            f"Loss curves of “{variant.en}”, {plural(n, 'seed')}, {plural(epochs, 'epoch')}. "
            f"Median of the last epoch: training {train}, test {test}; "
            f"a blind guess has {numbers.blind:.3f}. {{fates}}.",
        ).format(fates=fates_in_words(counts)),
        Text(
            f"上：每批的交叉熵，横轴以轮计（每轮 {batches} 批）。下：每轮的平均，对数纵轴；训练值是"
            f"该轮各批的平均，测试值在轮末测得。{THIN.zh}，粗线为中位数（n = {n}）。点线是随机猜测"
            "的损失：只知道有几类，或只知道各类的比例。",
            "Above: cross-entropy of every batch, counted in epochs "
            f"({plural(batches, 'batch', 'batches')} each). Below: mean of every epoch, on a log "
            "scale; training values are averages over the epoch's batches, test values are taken "
            f"at its end; {THIN.en}; the thick one is their median (n = {n}). "
            "Dotted: the loss of a blind guess that knows only how many classes there are, or only "
            "their shares.",
        )
        + fates_explained(counts),
        list(_rows(numbers)),
    )


def _title(numbers: Loss) -> Text:
    left, n, collapsed = numbers.left_chance, len(numbers.seeds), numbers.fates.count("collapsed")
    title = title_of(numbers.variant) + Text(
        "：{runs}，损失离开了随机猜测的水平", ": in {runs} the loss leaves that of a blind guess"
    ).format(runs=k_of_n_runs(left, n))
    if not left:
        return title
    back = Text("，没有一次崩溃", "; none of these collapsed")
    if collapsed:
        back = Text(f"，其中 {collapsed} 次崩溃", f"; {collapsed} of these collapsed")
    return title + back


def _rows(numbers: Loss) -> Iterator[dict]:
    runs = [{"seed": seed, "fate": fate} for seed, fate in zip(numbers.seeds, numbers.fates)]
    for run, epochs in zip(runs, numbers.batch):
        for e, batches in enumerate(epochs, 1):
            for b, loss in enumerate(batches, 1):
                yield {"series": "batch", **run, "epoch": e, "batch": b, "loss": float(loss)}
    for series, values in (("train", numbers.train), ("test", numbers.test)):
        for run, line in zip(runs, values):
            for e, loss in enumerate(line, 1):
                yield {"series": series, **run, "epoch": e, "batch": "", "loss": float(loss)}
