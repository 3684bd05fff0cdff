"""Test loss against test accuracy after every epoch: at the loss of guessing, accuracy is open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from report_builder.evidence.estimates import lost_is_infinite
from report_builder.evidence.fates import chance_loss
from report_builder.evidence.training_course import assigned_runs, chance_printed, epoch_ends
from report_builder.figures.toolkit.description import Description
from report_builder.figures.toolkit.layout import DOTS, SMALL, WIDTH, axes, log_ticks, sheet
from report_builder.figures.toolkit.style import Style
from report_builder.figures.training.lines import LEFT
from report_builder.text import Text, percent, plural

if TYPE_CHECKING:
    from report_builder.figures.toolkit.typing import Axes, Evidence, Figure

FLOOR = 1e-6  # nats; smaller losses are drawn here, as float32 knows little below
TALL, GAP = 2.8, 0.25  # inches: a panel, between panels
WIDE = (WIDTH - LEFT - 0.1 - GAP) / 2
NEAR = 0.06  # of the loss of guessing: the right panel reaches so far to both sides of it


class LossAndAccuracy(NamedTuple):
    """After each epoch of each run; arrays are (epoch ends,)."""

    variants: tuple[str, ...]  # names
    seeds: tuple[int, ...]
    epochs: tuple[int, ...]
    loss: np.ndarray  # nats, of the test images; infinite where it is not a number
    accuracy: np.ndarray  # 0 to 1, of the test images
    flat: np.ndarray  # bool: whether every printed row is that of guessing
    guessing: float  # nats
    printed: str  # 0.069
    runs: int


def measure(evidence: Evidence) -> LossAndAccuracy:
    runs = assigned_runs(evidence)
    ends = epoch_ends(runs)
    return LossAndAccuracy(
        tuple(each.run.variant for each in ends),
        tuple(each.run.seed for each in ends),
        tuple(each.epoch for each in ends),
        lost_is_infinite(np.array([each.loss for each in ends])),
        np.array([each.accuracy for each in ends]),
        np.array([each.prints_chance for each in ends]),
        chance_loss(runs[0]),
        chance_printed(runs[0]),
        len(runs),
    )


def draw(numbers: LossAndAccuracy, style: Style) -> Figure:
    figure = sheet(style.text(_title(numbers)), TALL + 0.8)
    whole = axes(figure, LEFT, 0.5, WIDE, TALL)
    near = axes(figure, LEFT + WIDE + GAP, 0.5, WIDE, TALL)
    loss = np.clip(numbers.loss, FLOOR, 1e3)
    low, high = loss.min() / 1.6, max(loss.max(), numbers.guessing) * 1.6
    whole.set_xscale("log")
    whole.set_xlim(low, high)
    log_ticks(whole.xaxis, low, high, most=4)
    near.set_xlim(*((1 + side * NEAR) * numbers.guessing for side in (-1, 1)))
    bottom = 100 * min(numbers.accuracy.min(), 0.9)
    for ax in (whole, near):
        ax.set_ylim(bottom - 3, 103)
    for ax, heading in (
        (whole, Text("全部轮次（对数横轴）", "All epochs (log scale)")),
        (near, Text("随机猜测的损失两侧", "Near the loss of guessing")),
    ):
        _scatter(ax, numbers, loss, style)
        ax.axvline(numbers.guessing, color=style.color("chance"), lw=1.2, ls=DOTS, zorder=1)
        ax.set_xlabel(style.text(Text("测试损失（nat）", "Test loss (nats)")))
        words = style.text(heading)
        ax.text(0, 1.02, words, fontsize=SMALL, color=style.muted, transform=ax.transAxes)
    whole.set_ylabel(style.text(Text("测试准确率（%）", "Test accuracy (%)")))
    near.tick_params(labelleft=False)
    _key(near, numbers, style)
    return figure


def _scatter(ax: Axes, numbers: LossAndAccuracy, loss: np.ndarray, style: Style) -> None:
    low, high = ax.get_xlim()
    inside = (loss >= low) & (loss <= high)
    for chosen, flat in ((inside & ~numbers.flat, False), (inside & numbers.flat, True)):
        x, y = _apart(ax, loss[chosen], 100 * numbers.accuracy[chosen])
        ax.plot(x, y, gid="flat" if flat else "other", zorder=2, **_mark(flat, style))


def _mark(flat: bool, style: Style) -> dict[str, Any]:
    """A filled dot for an epoch that prints nothing but the loss of guessing, a ring for others."""
    if flat:
        return {"marker": "o", "ls": "", "ms": 5, "mfc": style.ink, "mec": style.ground, "mew": 0.5}
    return {"marker": "o", "ls": "", "ms": 3.5, "mfc": "none", "mec": style.muted, "mew": 0.7}


def _apart(ax: Axes, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of points that fall on one pixel the first: the others would only make the file larger."""
    pixels = ax.transData.transform(np.stack([x, y], axis=1)).round()
    _, first = np.unique(pixels, axis=0, return_index=True)
    return x[np.sort(first)], y[np.sort(first)]


def _key(ax: Axes, numbers: LossAndAccuracy, style: Style) -> None:
    """What the two marks mean, at the upper right, where a high loss and accuracy do not meet."""
    entries = (
        (Text(f"整轮只打印 {numbers.printed}", f"prints only {numbers.printed}"), True),
        (Text("其他轮", "other epochs"), False),
    )
    for i, (words, flat) in enumerate(entries):
        y = 0.95 - 0.075 * i
        ax.plot(0.585, y, transform=ax.transAxes, **_mark(flat, style))
        place: dict[str, Any] = {"va": "center", "fontsize": SMALL, "transform": ax.transAxes}
        ax.text(0.615, y, style.text(words), color=style.ink if flat else style.muted, **place)


def describe(numbers: LossAndAccuracy) -> Description:
    flat, accuracy = int(numbers.flat.sum()), numbers.accuracy[numbers.flat]
    span = Text("没有", "none")
    if flat:
        low, high = percent(accuracy.min()), percent(accuracy.max())
        span = Text(f"{flat} 个，准确率 {low} 至 {high}", f"{flat}, accuracy {low} to {high}")
    return Description(
        _title(numbers),
        Text(
            "两幅散点图，横轴测试损失，纵轴测试准确率；左为全部，右为随机猜测的损失两侧。整轮只打印"
            f" {numbers.printed} 的轮次：{{span}}。",
            "Two scatter plots of test loss against test accuracy: all of it at the left, the "
            "neighborhood of the loss of guessing at the right. Epochs that print only "
            f"{numbers.printed}: {{span}}.",
        ).format(span=span),
        Text(
            f"每个点是以类别为标签、设置不变的 {numbers.runs} 次训练之一在一轮结束时，"
            f"共 {len(numbers.loss)} 个。"
            f"实心点（{flat} 个）是整轮只打印（损失的十分之一） {numbers.printed} 的轮次。"
            f"竖点线是随机猜测的损失 {numbers.guessing:.3f}。打印的是训练中各批的损失，画的是轮末的"
            "测试损失。",
            f"A dot is one of {plural(numbers.runs, 'run')} with the classes as labels and the "
            f"usual settings at the end of an epoch, {len(numbers.loss)} in all. Filled dots "
            f"({flat}) are epochs that print {numbers.printed}, a tenth of the loss, and nothing "
            f"else. The upright dotted line is the loss of guessing, {numbers.guessing:.3f}. What "
            "is printed are losses of batches during the epoch, what is drawn the test loss at its "
            "end.",
        ),
        [
            {
                "variant": variant,
                "seed": seed,
                "epoch": epoch,
                "test_loss": float(loss),
                "test_accuracy": float(accuracy),
                "prints_chance": int(flat),
            }
            for variant, seed, epoch, loss, accuracy, flat in zip(
                numbers.variants,
                numbers.seeds,
                numbers.epochs,
                numbers.loss,
                numbers.accuracy,
                numbers.flat,
            )
        ],
    )


def _title(numbers: LossAndAccuracy) -> Text:
    accuracy = numbers.accuracy[numbers.flat]
    if not len(accuracy):
        return Text("轮末的测试损失与准确率", "Test loss and accuracy at the end of each epoch")
    low, high = percent(accuracy.min(), 0), percent(accuracy.max(), 0)
    return Text(
        f"整轮只打印 {numbers.printed} 的 {len(accuracy)} 个轮次，轮末准确率从 {low} 到 {high}",
        f"{plural(len(accuracy), 'epoch')} that print {numbers.printed} throughout end with "
        f"accuracies from {low} to {high}",
    )
