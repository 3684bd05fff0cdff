"""How well a linear probe separates the classes at every depth, before and after training."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from report_builder.evidence.shown_network import network_of
from report_builder.figures.toolkit.description import Description
from report_builder.figures.toolkit.layout import DASHES, DOTS, WIDTH, axes, end_labels, sheet
from report_builder.figures.toolkit.style import Style
from report_builder.text import EMPTY, Text, percent, plural

if TYPE_CHECKING:
    from report_builder.figures.toolkit.typing import Axes, Evidence, Figure, Variant

LEFT, RIGHT = 0.78, 1.75  # inches for the y axis and for the labels at the lines' ends
TICKS = (0.25, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999)


class Probes(NamedTuple):
    """Test accuracy of probes on the outputs of several depths of several networks."""

    depths: list[str]  # "input", "relu1", ... "dense1", ...
    sizes: list[int]  # values of one image at each depth
    seeds: list[int]
    solved: list[bool]  # whether the network itself has solved its task, by seed
    trained: np.ndarray  # (depths, seeds) accuracy, 0 to 1
    untrained: np.ndarray  # (depths, seeds)
    blind: float  # accuracy of always answering the commonest class
    train_images: int
    test_images: int
    penalty: float  # of the ridge regression
    variant: Variant

    @property
    def missed(self) -> int:
        """How many networks have not solved their task."""
        return len(self.solved) - sum(self.solved)


def measure(evidence: Evidence) -> Probes:
    """The accuracies that the demonstration "probes" has recorded."""
    record = evidence.shown_demonstration("probes")
    facts = record.facts
    depths = facts["depths"]
    return Probes(
        depths=depths,
        sizes=[facts["sizes"][depth] for depth in depths],
        seeds=facts["seeds"],
        solved=facts["solved"],
        trained=np.array([facts["accuracy"][depth] for depth in depths]),
        untrained=np.array([facts["untrained"][depth] for depth in depths]),
        blind=facts["blind"],
        train_images=facts["images_train"],
        test_images=facts["images_test"],
        penalty=facts["penalty"],
        variant=network_of(evidence, record, "features").variant,
    )


def draw(numbers: Probes, style: Style) -> Figure:
    """A thin line for each seed and a thick one for the median, on an axis of errors."""
    figure = sheet(style.text(describe(numbers).title), 3.3)
    ax = axes(figure, LEFT, 0.75, WIDTH - LEFT - RIGHT, 2.45)
    trained, untrained = np.median(numbers.trained, axis=1), np.median(numbers.untrained, axis=1)
    color, pale = style.color("features"), style.color("chance")
    x = np.arange(len(numbers.depths))
    for line in numbers.untrained.T:
        ax.plot(x, _height(numbers, line), color=pale, lw=0.7, alpha=0.35, ls=DASHES)
    for line, solved in zip(numbers.trained.T, numbers.solved):
        y, dash, mark = _height(numbers, line), "-" if solved else DOTS, "o" if solved else "x"
        ax.plot(x, y, color=color, lw=0.8, alpha=0.45, ls=dash)
        ax.plot(x, y, color=color, alpha=0.6, ls="", marker=mark, ms=3 if solved else 5)
    ax.plot(x, _height(numbers, untrained), color=pale, lw=2, ls=DASHES)
    ax.plot(x, _height(numbers, trained), color=color, lw=2.4)
    ax.axhline(_height(numbers, numbers.blind), color=pale, lw=1.2, ls=DOTS)
    _label_axes(ax, numbers, style)
    n, blind = len(numbers.seeds), percent(numbers.blind, 0)
    labels = (
        (trained[-1], Text(f"训练之后（n = {n}）", f"after training (n = {n})"), color),
        (untrained[-1], Text(f"训练之前（n = {n}）", f"before training (n = {n})"), pale),
        (numbers.blind, Text(f"随机猜测 {blind}", f"blind guess {blind}"), pale),
    )
    end_labels(ax, [(_height(numbers, y), style.text(words), c) for y, words, c in labels])
    return figure


def _height(numbers: Probes, accuracy: Any) -> Any:
    """Where accuracies (...) stand: errors on a logarithmic scale, none counts as half an image."""
    return -np.log10(1 - np.asarray(accuracy) + 0.5 / numbers.test_images)


def _label_axes(ax: Axes, numbers: Probes, style: Style) -> None:
    lowest = min(numbers.trained.min(), numbers.untrained.min(), numbers.blind)
    highest = 1 - 0.7 / numbers.test_images
    ticks = [*(tick for tick in TICKS if lowest - 0.01 <= tick < highest), 1]
    ax.set_yticks(_height(numbers, ticks), [f"{100 * tick:g}" for tick in ticks])
    ax.set_ylim(_height(numbers, lowest) - 0.12, _height(numbers, 1) + 0.12)
    ax.set_ylabel(style.text(Text("测试准确率（%）", "Test accuracy (%)")))
    ax.set_xlim(-0.25, len(numbers.depths) - 0.75)
    names = {"input": style.text(Text("像素", "pixels"))}
    labels = [
        f"{names.get(depth, depth)}\n{size:,}" for depth, size in zip(numbers.depths, numbers.sizes)
    ]
    ax.set_xticks(range(len(labels)), labels)
    words = Text("深度，下面是一幅图像的数值个数", "Depth, and below it the values of an image")
    ax.set_xlabel(style.text(words))


def describe(numbers: Probes) -> Description:
    """The medians in words, and a row for each state, seed and depth."""
    depths, n, missed = numbers.depths, len(numbers.seeds), numbers.missed
    trained, untrained = (
        [percent(value) for value in np.median(values, axis=1)]
        for values in (numbers.trained, numbers.untrained)
    )
    after, before = (
        [f"{depth} {value}" for depth, value in zip(depths, values)]
        for values in (trained, untrained)
    )
    pixels, first, last = trained[0], trained[depths.index("relu1")], trained[-1]
    gained = np.median(numbers.untrained[-1]) < np.median(numbers.trained[-1])
    earlier = Text(
        f"；训练之前，最后这层只有 {untrained[-1]}", f"; before training, {untrained[-1]} there"
    )
    return Description(
        title=Text(
            f"线性探针的准确率：像素上 {pixels}，第一块 {first}，最后一个隐藏层 {last}",
            f"Linear probes are right on {pixels} from the pixels, {first} after the first block, "
            f"{last} at the last hidden layer",
        )
        + (earlier if gained else EMPTY),
        alt=Text(
            f"每个深度上线性探针的测试准确率，{n} 个种子的中位数：{'，'.join(after)}。"
            f"训练之前：{'，'.join(before)}。",
            f"Test accuracy of a linear probe at each depth, median of {plural(n, 'seed')}: "
            f"{', '.join(after)}. Before training: {', '.join(before)}.",
        ),
        caption=Text(
            f"{numbers.variant.zh}，各层 ReLU 之后的输出标准化，用 {numbers.train_images:,} 幅训练"
            f"图像拟合岭回归，在 {numbers.test_images} 幅测试图像上计分；网络本身不再训练。"
            f"正则系数 {numbers.penalty:g} 对所有深度和种子相同，取留一法下训练图像平均准确率最高"
            f"的一个。细线为单个种子，粗线为中位数；叉和点线是网络自己没有学会的种子（{n} 个中的 "
            f"{missed} 个）。虚线是同一批种子训练之前。纵轴按错误率取对数。",
            f"“{numbers.variant.en}”: outputs after the ReLU of each layer are standardized, a "
            f"ridge regression is fitted to {numbers.train_images:,} training images and scored on "
            f"{numbers.test_images} test images; the network is not trained any further. One "
            f"penalty, {numbers.penalty:g}, serves all depths and seeds: that with the best mean "
            "accuracy on training images left out one by one. Thin lines are single seeds, thick "
            "ones medians; crosses and dots mark seeds whose network has not solved the task "
            f"({missed} of {n}). Dashed: the same seeds before training. The vertical axis is "
            "logarithmic in the share of errors.",
        ),
        rows=[
            {
                "state": state,
                "seed": seed,
                "solved": int(solved),
                "depth": depth,
                "values": size,
                "accuracy": float(values[i, k]),
            }
            for state, values in (("trained", numbers.trained), ("untrained", numbers.untrained))
            for k, (seed, solved) in enumerate(zip(numbers.seeds, numbers.solved))
            for i, (depth, size) in enumerate(zip(depths, numbers.sizes))
        ],
    )
