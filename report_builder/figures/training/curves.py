"""Draws how learning went: loss and accuracy over the epochs, each seed thin and pale, the median strong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from report_builder.evidence.study import curve, lost_is_infinite, share, solved
from report_builder.figures.toolkit.layout import (
    WIDTH,
    axes,
    end_labels,
    epoch_axis,
    log_ticks,
    sheet,
)
from report_builder.figures.toolkit.style import Drawing, Style
from report_builder.figures.toolkit.words import of_runs, variant_of, variant_title, wrap
from report_builder.text import SPACE, number, percent, plural
from xo.runs.record import SOLVED

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from report_builder.evidence.study import Evidence
    from xo.variants import Variant

FLOOR = 1e-6  # nats; smaller losses are drawn here, as float32 knows little below
LEFT, RIGHT = 0.78, 1.62  # inches for the y axis and for the labels at the lines' ends
DOTS = (0, (1, 1.5))
DASHES = (0, (4, 2))


def loss(evidence: Evidence, style: Style, name: str) -> Drawing:
    """Loss of every batch, and of every epoch on training and test images."""
    variant, runs = variant_of(evidence, name), evidence.runs(name)
    color, n, epochs = style.color(name), len(runs), len(runs[0].epochs)
    batch = lost_is_infinite(
        np.array([run.array("batch_loss") for run in runs])
    )  # (seeds, epochs, batches)
    batches = batch.shape[2]
    train, test = (curve(runs, key) for key in ("train_loss", "test_loss"))  # (seeds, epochs)
    shares = label_shares(evidence, variant)
    even, blind = float(np.log(len(shares))), entropy(shares)
    learned = int((train[:, -1] < blind / 2).sum())

    title = variant_title(style, variant) + style.words(
        f"：{of_runs(style, learned, n)}，训练损失降到瞎猜的一半以下",
        f": training loss falls below half that of a blind guess in {of_runs(style, learned, n)}",
    )
    figure = sheet(title, 4.35)
    upper = axes(figure, LEFT, 2.45, WIDTH - LEFT - RIGHT, 1.8)
    lower = axes(figure, LEFT, 0.5, WIDTH - LEFT - RIGHT, 1.7, sharex=upper)

    flat = batch.reshape(n, -1)  # (seeds, epochs * batches)
    _seeds_and_median(upper, (np.arange(epochs * batches) + 1) / batches, flat, color)
    upper.set_ylim(0, max(1.3 * even, 1.05 * float(np.quantile(_finite(flat, even), 0.995))))
    upper.set_ylabel(style.words("每批的损失（nat）", "Loss of a batch (nats)"))
    upper.tick_params(labelbottom=False)

    x = np.arange(1, epochs + 1)
    _seeds_and_median(lower, x, np.maximum(train, FLOOR), color)
    _seeds_and_median(lower, x, np.maximum(test, FLOOR), color, dash=DASHES)
    finite = np.maximum(_finite(np.concatenate([train, test]), even), FLOOR)
    low, high = min(finite.min(), even) / 2, max(finite.max(), even) * 2
    lower.set_yscale("log")
    lower.set_ylim(low, high)
    log_ticks(lower.yaxis, low, high)
    lower.set_ylabel(style.words("每轮的损失（nat）", "Loss of an epoch (nats)"))
    lower.set_xlim(0, epochs * 1.01)
    epoch_axis(style, lower, epochs)

    chance = [
        (
            even,
            f"ln{SPACE}{len(shares)} = {even:.3f}{style.words('（均匀猜）', ' (even guess)')}",
            style.color("chance"),
        )
    ]
    if even - blind > 0.02:
        chance.append(
            (
                blind,
                f"{blind:.3f}{style.words('（只按比例猜）', ' (shares only)')}",
                style.color("chance"),
            )
        )
    for ax in (upper, lower):
        for y, _, _ in chance:
            ax.axhline(y, color=style.color("chance"), lw=1.2, ls=DOTS, zorder=1)
    end_labels(upper, [*chance, (_last(flat), _median_of(style, n), color)])
    end_labels(
        lower,
        [
            *chance,
            (max(FLOOR, _last(train)), style.words("训练（实线）", "training (solid)"), color),
            (max(FLOOR, _last(test)), style.words("测试（虚线）", "test (dashed)"), color),
        ],
    )

    ends = style.words(
        f"最后一轮的中位数：训练 {number(_last(train))}，测试 {number(_last(test))}",
        f"median of the last epoch: training {number(_last(train))}, test {number(_last(test))}",
    )
    return Drawing(
        figure=figure,
        style=style,
        title=title,
        alt=style.words(
            f"{variant.zh}的损失曲线，{n} 个种子，{epochs} 轮。{ends}；瞎猜为 {blind:.3f}。",
            f"Loss curves of “{variant.en}”, {plural(n, 'seed')}, {plural(epochs, 'epoch')}. {ends}; "
            f"a blind guess has {blind:.3f}.",
        ),
        caption=style.words(
            f"上：每批的交叉熵，横轴以轮计（每轮 {batches} 批）。下：每轮的平均，对数纵轴；训练值是该轮各批的平均，测试值在轮末测得。"
            f"细线为单个种子，粗线为中位数（n = {n}）。点线是瞎猜的损失：只知道有几类，或只知道各类的比例；停在那里的曲线没有学到东西。",
            f"Above: cross-entropy of every batch, counted in epochs ({plural(batches, 'batch', 'batches')} each). "
            "Below: mean of every epoch, on a log scale; training values are averages over the epoch's batches, "
            f"test values are taken at its end. Thin lines are single seeds, the thick one their median (n = {n}). "
            "Dotted: the loss of a blind guess that knows only how many classes there are, or only their shares; a "
            "curve that stays there has learned nothing.",
        ),
        rows=[
            *(
                {
                    "series": "batch",
                    "seed": run.seed,
                    "epoch": e + 1,
                    "batch": b + 1,
                    "loss": float(batch[s, e, b]),
                }
                for s, run in enumerate(runs)
                for e in range(epochs)
                for b in range(batches)
            ),
            *(
                {
                    "series": series,
                    "seed": run.seed,
                    "epoch": e + 1,
                    "batch": "",
                    "loss": float(values[s, e]),
                }
                for series, values in (("train", train), ("test", test))
                for s, run in enumerate(runs)
                for e in range(epochs)
            ),
        ],
    )


def accuracy(evidence: Evidence, style: Style, name: str) -> Drawing:
    """Test accuracy after every epoch."""
    variant, runs = variant_of(evidence, name), evidence.runs(name)
    values, n = curve(runs, "test_accuracy"), len(runs)  # (seeds, epochs)
    epochs, reached, goal = values.shape[1], share(int(solved(runs).sum()), n), percent(SOLVED, 0)
    blind = common_share(evidence, variant)
    title = variant_title(style, variant) + style.words(
        f"：{of_runs(style, reached.k, n)}，准确率达到 {goal}",
        f": {of_runs(style, reached.k, n)} {'reaches' if 1 in (reached.k, n) else 'reach'} an accuracy of {goal}",
    )
    figure = sheet(title, 2.95)
    ax = axes(figure, LEFT, 0.5, WIDTH - LEFT - RIGHT, 2.35)
    _accuracy_lines(style, ax, values, style.color(name), blind)
    ax.set_ylim(*_accuracy_limits(values, blind))
    epoch_axis(style, ax, epochs)
    ax.set_ylabel(accuracy_label(style, variant))
    middle = _last(values)
    end_labels(
        ax,
        [
            (
                100 * blind,
                f"{percent(blind)}{style.words('（瞎猜）', ' (blind guess)')}",
                style.color("chance"),
            ),
            (100 * SOLVED, f"{goal}{style.words('（学会）', ' (solved)')}", style.muted),
            (
                100 * middle,
                f"{percent(middle)}{style.words('（中位数）', ' (median)') if n > 1 else ''}",
                style.color(name),
            ),
        ],
    )
    low, high = percent(values[:, -1].min()), percent(values[:, -1].max())
    return Drawing(
        figure=figure,
        style=style,
        title=title,
        alt=style.words(
            f"{variant.zh}的准确率曲线，{n} 个种子，{epochs} 轮。最后一轮：中位数 {percent(middle)}，最低 {low}，最高 {high}。",
            f"Accuracy curves of “{variant.en}”, {plural(n, 'seed')}, {plural(epochs, 'epoch')}. Last epoch: median "
            f"{percent(middle)}, lowest {low}, highest {high}.",
        ),
        caption=style.words(
            f"每轮末的准确率；细线为单个种子，粗线为中位数（n = {n}）。最后一轮达到 {goal} 算学会：{percent(reached.k / n, 0)} 的训练学会了，"
            f"95{SPACE}% 区间（Wilson）为 {percent(reached.low, 0)} 至 {percent(reached.high, 0)}。瞎猜是总答最常见的那一类。",
            f"Accuracy after every epoch; thin lines are single seeds, the thick one their median (n = {n}). A run "
            f"that ends at {goal} or more counts as solved: {percent(reached.k / n, 0)} of the runs, 95{SPACE}% "
            f"interval (Wilson) {percent(reached.low, 0)} to {percent(reached.high, 0)}. A blind guess always names "
            "the most common class.",
        ),
        rows=[
            {"seed": run.seed, "epoch": e + 1, "test_accuracy": float(values[s, e])}
            for s, run in enumerate(runs)
            for e in range(epochs)
        ],
    )


def accuracy_by_epoch(evidence: Evidence, style: Style) -> Drawing:
    """Test accuracy after every epoch, a small panel for each variant."""
    variants = evidence.variants
    values = {v.name: curve(evidence.runs(v.name), "test_accuracy") for v in variants}
    asked = [v for v in variants if v.labels == "class"] or list(variants)
    runs = [line for v in asked for line in values[v.name]]
    first = [int(np.argmax(line >= SOLVED)) + 1 for line in runs if line[-1] >= SOLVED]
    goal = percent(SOLVED, 0)
    title = style.words(
        f"{of_runs(style, len(first), len(runs))}达到 {goal}"
        + (f"，最早在第 {min(first)} 轮，最晚在第 {max(first)} 轮" if first else ""),
        f"{of_runs(style, len(first), len(runs))} {'reaches' if 1 in (len(first), len(runs)) else 'reach'} {goal}"
        + (
            f", the earliest in epoch {min(first)}, the latest in epoch {max(first)}"
            if first
            else ""
        ),
    )

    columns = min(4, len(variants))
    lines, gap = -(-len(variants) // columns), 0.22
    wide = (WIDTH - LEFT - 0.1 - gap * (columns - 1)) / columns
    headings = [wrap(variant_title(style, v), int((wide + gap / 2) * 15.5))[:3] for v in variants]
    tall, foot = 1.2, 0.5  # inches of a panel, and of the x axis below all
    head = 0.3 + 0.165 * max(map(len, headings))
    figure = sheet(title, lines * (tall + head) + foot)
    limits = _accuracy_limits(
        np.concatenate([v.ravel() for v in values.values()]),
        min(common_share(evidence, v) for v in variants),
    )
    most = max(v.shape[1] for v in values.values())
    for i, variant in enumerate(variants):
        row, column = divmod(i, columns)
        ax = axes(
            figure,
            LEFT + column * (wide + gap),
            foot + (lines - 1 - row) * (tall + head),
            wide,
            tall,
        )
        _accuracy_lines(
            style,
            ax,
            values[variant.name],
            style.color(variant.name),
            common_share(evidence, variant),
        )
        ax.set_ylim(*limits)
        epoch_axis(style, ax, most, ticks=4)
        ax.set_xlim(0.5, most + 0.5)
        count = solved(evidence.runs(variant.name))
        ax.text(
            0,
            1.04,
            style.words(f"学会 {count.sum()}/{len(count)}", f"{count.sum()} of {len(count)} solve"),
            color=style.muted,
            fontsize=9,
            transform=ax.transAxes,
        )
        ax.text(
            0,
            1.04 + 0.165 / tall,
            "\n".join(headings[i]),
            color=style.color(variant.name),
            fontsize=9,
            linespacing=1.15,
            transform=ax.transAxes,
        )
        if column:
            ax.tick_params(labelleft=False)
        else:
            ax.set_ylabel(style.words("准确率（%）", "Accuracy (%)"))
        if i + columns < len(variants):
            ax.tick_params(labelbottom=False)
            ax.set_xlabel("")
    each = "; ".join(
        f"{variant_title(style, v)}: {int(solved(evidence.runs(v.name)).sum())}/{len(values[v.name])}"
        for v in variants
    )
    return Drawing(
        figure=figure,
        style=style,
        title=title,
        alt=style.words(
            f"{len(variants)} 个小图，每个变体一个，画出每轮的准确率。学会的次数：{each}。",
            f"{plural(len(variants), 'panel')}, one for each variant, with accuracy by epoch. Runs that "
            f"solve: {each}.",
        ),
        caption=style.words(
            f"各变体每轮末的准确率，坐标相同；细线为单个种子，粗线为中位数。虚线为 {goal}（学会），点线为瞎猜。"
            f"标题不计重演两份反常日志的变体（n = {len(runs)}）；其中文件夹取错的学的是图像来自哪个子集，并在这些图像上测。",
            "Accuracy after every epoch on equal axes; thin lines are single seeds, the thick one their median. "
            f"Dashed: {goal} (solved); dotted: a blind guess. The title leaves out the replays of the two odd "
            f"logs (n = {len(runs)}); those of the wrong folder learn which split an image came from, and are "
            "measured on those same images.",
        ),
        rows=[
            {"variant": v.name, "seed": run.seed, "epoch": e + 1, "test_accuracy": float(value)}
            for v in variants
            for run, line in zip(evidence.runs(v.name), values[v.name])
            for e, value in enumerate(line)
        ],
    )


def label_shares(evidence: Evidence, variant: Variant) -> np.ndarray:
    """How common each label is among the images that a variant learns, `(classes,)`, sum 1."""
    counts = np.array(evidence.runs(variant.name)[0].label_counts)
    return counts / counts.sum()


def entropy(shares: np.ndarray) -> float:
    """The mean loss, in nats, of who knows nothing but the shares; ln K for K equally common classes."""
    known = shares[shares > 0]
    return float(-(known * np.log(known)).sum())


def common_share(evidence: Evidence, variant: Variant) -> float:
    """The accuracy of always naming the most common class among the images that a variant is tested on."""
    if variant.labels == "split":
        return float(label_shares(evidence, variant).max())
    labels = evidence.data.test.labels
    return float(np.bincount(labels).max() / len(labels))


def accuracy_label(style: Style, variant: Variant) -> str:
    if variant.labels == "split":  # trained and measured on all images
        return style.words("在所学图像上的准确率（%）", "Accuracy, same images (%)")
    return style.words("测试准确率（%）", "Test accuracy (%)")


def _accuracy_lines(style: Style, ax: Axes, values: np.ndarray, color: str, blind: float) -> None:
    epochs = values.shape[1]
    _seeds_and_median(ax, np.arange(1, epochs + 1), 100 * values, color)
    ax.axhline(100 * SOLVED, color=style.muted, lw=1, ls=DASHES, zorder=1)
    ax.axhline(100 * blind, color=style.color("chance"), lw=1.2, ls=DOTS, zorder=1)
    ax.set_xlim(0.5, epochs + 0.5)


def _accuracy_limits(values: np.ndarray, blind: float) -> tuple[float, float]:
    low = 100 * min(values.min(), blind, 0.9)
    return low - 0.06 * (100 - low), 100 + 0.06 * (100 - low)


def _seeds_and_median(
    ax: Axes, x: np.ndarray, values: np.ndarray, color: str, dash: str | tuple = "-"
) -> None:
    """A thin pale line for each row of `values` (seeds, points) and a strong one for their median."""
    marker = "o" if len(x) == 1 else None  # one point makes no line
    for line in values:
        ax.plot(x, line, color=color, lw=0.7, alpha=0.35, ls=dash, marker=marker, ms=4)
    ax.plot(
        x, np.median(values, axis=0), color=color, lw=2, ls=dash, marker=marker, ms=7, gid="median"
    )


def _median_of(style: Style, n: int) -> str:
    if n == 1:
        return style.words("只有一个种子", "one seed only")
    return style.words(f"{n} 个种子的中位数", f"median of {n} seeds")


def _last(values: np.ndarray) -> float:
    """The median of the last column."""
    return float(np.median(values[:, -1]))


def _finite(values: np.ndarray, default: float) -> np.ndarray:
    finite = values[np.isfinite(values)]
    return finite if finite.size else np.array([default])
