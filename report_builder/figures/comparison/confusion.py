"""What the representative run answers for each class, and what every seed recognizes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from report_builder.figures.comparison import confusion_heat_map
from report_builder.figures.toolkit.description import Description
from report_builder.figures.toolkit.layout import SMALL, WIDTH, axes, note, sheet
from report_builder.figures.toolkit.pixels import mixed, shades
from report_builder.figures.toolkit.style import Style
from report_builder.figures.toolkit.words import (
    class_label,
    class_names,
    listed,
    on_lines,
    title_of,
    width,
)
from report_builder.text import SPACE, Text, percent, plural, same
from xo.variants import Variant

if TYPE_CHECKING:
    from report_builder.figures.toolkit.typing import Axes, Evidence, Figure

MARKERS = {"O": "o", "X": "X"}
FURTHER_MARKERS = "s^Dv*hP<>d"
MOST_NUMBERED = 10  # classes whose counts are written into the matrix
FOOT = 0.5  # inches below both panels


class Confusion(NamedTuple):
    variant: Variant
    classes: tuple[str, ...]
    seeds: tuple[int, ...]
    counts: np.ndarray  # (seeds, classes, classes) images; rows are the truth, columns the answer
    shown: int  # index of the representative seed

    @property
    def seed(self) -> int:
        return self.seeds[self.shown]

    @property
    def matrix(self) -> np.ndarray:
        """`(classes, classes)` images, of the representative seed."""
        return self.counts[self.shown]

    @property
    def right(self) -> int:
        return int(np.trace(self.matrix))

    @property
    def recall(self) -> np.ndarray:
        """`(seeds, classes)`, the share of a class that a seed recognizes; 0 of an empty class."""
        right = np.diagonal(self.counts, axis1=1, axis2=2)
        return right / np.maximum(self.counts.sum(axis=2), 1)


def measure(evidence: Evidence, name: str) -> Confusion:
    runs, representative = evidence.runs(name), evidence.representative(name)
    return Confusion(
        evidence.variant(name),
        class_names(representative),
        tuple(run.seed for run in runs),
        np.array([run.confusion for run in runs]),
        runs.index(representative),
    )


def draw(numbers: Confusion, style: Style) -> Figure:
    k = len(numbers.classes)
    if k > MOST_NUMBERED:
        color = style.color(numbers.variant.name)
        return confusion_heat_map.draw(
            _title(numbers), numbers.classes, numbers.matrix, color, style
        )
    size = k * {2: 0.75, 3: 0.62}.get(k, min(0.5, 3.2 / k))  # inches of the matrix
    lines = 2 if k <= 4 else 1
    labels = [on_lines(style.text(class_label(name)), 18, lines) for name in numbers.classes]
    longest = max(width(line) for label in labels for line in label.split("\n")) * 0.072 + 0.1
    upright = k > 3 or longest > size / k * 1.25
    left, head = longest + 0.35, (longest if upright else 0.25) + 0.28
    figure = sheet(style.text(_title(numbers)), size + FOOT + head)
    top = FOOT + size + head - 0.2
    matrix = axes(figure, left, FOOT, size, size)
    _draw_matrix(matrix, numbers, style)
    matrix.set_xticks(range(k), labels, rotation=90 if upright else 0)
    matrix.set_yticks(range(k), labels)
    matrix.grid(False)
    matrix.xaxis.tick_top()
    matrix.tick_params(length=0)
    matrix.spines[:].set_visible(False)
    heading = Text(f"种子 {numbers.seed}：判为", f"Seed {numbers.seed}: taken for")
    note(figure, left, top, style.text(heading), color=style.muted)
    figure.text(
        0.14 / WIDTH,
        (FOOT + size / 2) / figure.get_size_inches()[1],
        style.text(Text("真实", "Truth")),
        rotation=90,
        va="center",
        ha="center",
        fontsize=SMALL,
        color=style.muted,
    )
    beside = left + size + 0.4
    dots = axes(figure, beside, FOOT, WIDTH - beside - 0.2, size)
    heading = Text("每个种子认对的比例", "Recognized by each seed")
    note(figure, beside, top, style.text(heading), color=style.muted)
    _draw_seeds(dots, numbers, style)
    return figure


def _draw_matrix(ax: Axes, numbers: Confusion, style: Style) -> None:
    """A square for each truth and answer, shaded by its share of the row."""
    counts, k = numbers.matrix, len(numbers.classes)
    strongest = mixed(style.ground, style.color(numbers.variant.name), 0.4)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    shade = shades(shares, 0, 1, (style.ground, strongest))
    ax.set(xlim=(-0.5, k - 0.5), ylim=(k - 0.5, -0.5))
    for i in range(k):
        for j in range(k):
            x = [j - 0.5, j + 0.5, j + 0.5, j - 0.5]
            y = [i - 0.5, i - 0.5, i + 0.5, i + 0.5]
            ax.fill(x, y, fc=shade[i, j] / 255, ec=style.color("grid"), lw=0.6)
            text = f"{counts[i, j]:,}"
            ax.text(j, i, text, ha="center", va="center", fontsize=12 if k <= 4 else SMALL)


def _draw_seeds(ax: Axes, numbers: Confusion, style: Style) -> None:
    """A mark for each seed in the row of each class; that of the matrix is bold."""
    recall, shown, k = 100 * numbers.recall, numbers.shown, len(numbers.classes)
    n = len(recall)
    heights = np.linspace(-0.3, 0.3, n) if n > 1 else np.zeros(1)
    further = iter(FURTHER_MARKERS)
    for i, color in enumerate(style.class_colors(numbers.classes)):
        marker = MARKERS.get(numbers.classes[i]) or next(further)
        every: dict[str, Any] = {"color": color, "clip_on": False}
        thin: dict[str, Any] = {"ms": 5, "mew": 1.5, "mfc": "none", "alpha": 0.8}
        ax.plot(recall[:, i], i + heights, marker, **every, **thin)
        ax.plot(recall[shown, i], i + heights[shown], marker, **every, ms=7, mew=2.5)
        if i:
            ax.axhline(i - 0.5, color=style.color("grid"), lw=0.6)
    ax.set(xlim=(-2, 102), ylim=(k - 0.5, -0.5))
    ax.set_yticks([])
    ax.grid(True, axis="x")
    ax.spines["left"].set_visible(False)
    ax.set_xlabel(style.text(Text("认对的比例（%）", "Recognized (%)")))


def describe(numbers: Confusion) -> Description:
    variant, seed, classes, n = (numbers.variant, numbers.seed, numbers.classes, len(numbers.seeds))
    k, total = len(classes), int(numbers.matrix.sum())
    each = listed(
        same(name) + Text("：", ": ") + same(f"{row[i]}/{row.sum()}")
        for i, (name, row) in enumerate(zip(classes, numbers.matrix))
    )
    recognized = Text(
        f"种子 {seed} 认对：{each.zh}。右图是 {n} 个种子在每一类上认对的比例。",
        f"Seed {seed} recognizes: {each.en}. Beside it, for {plural(n, 'seed')}, the share of each "
        "class that is recognized.",
    )
    beside = Text(
        f"右：每个记号是一个种子（n = {n}），粗记号是左图的种子；把"
        f"所有图像判为同一类的网络，记号在 0 和 100{SPACE}%。",
        f"Right: a mark for each seed (n = {n}), the bold one is the seed at the left; a network "
        f"that calls all images the same has its marks at 0 and 100{SPACE}%.",
    )
    if k > MOST_NUMBERED:
        beside = Text(
            "类别的次序上下左右一致，只写出其中几个；每一对的数目在数据（CSV）里。右：认得最差的"
            "几类、认对的比例和最常错成的一类。",
            "Classes stand in the same order down and across, and only some are named; the data "
            "(CSV) has the count of each pair. Right: the classes recognized worst, the share "
            "that is right, and the class that they are mistaken for most often.",
        )
        least = listed(
            Text(
                f"{name} {percent(right, 0)}，多错成 {other}",
                f"{name} {percent(right, 0)}, most often mistaken for {other}",
            )
            for name, right, other in confusion_heat_map.worst(classes, numbers.matrix)
        )
        recognized = Text(
            f"种子 {seed} 认得最差的类：{least.zh}。",
            f"Recognized worst by seed {seed}: {least.en}.",
        )
    tested = Text("测试图像", "the test images")
    if variant.labels == "split":
        tested = Text("训练所用图像的一个样本", "a sample of the images it was trained on")
    return Description(
        _title(numbers),
        Text(
            f"“{variant.zh}”的混淆矩阵，{k} 行 {k} 列。{recognized.zh}",
            f"Confusion matrix of “{variant.en}”, {k} by {k}. {recognized.en}",
        ),
        Text(
            f"左：种子 {seed} 的混淆矩阵（{{tested}}，{total:,} 幅），行是真实类别，列是网络的回"
            f"答，颜色深浅是占该行的比例。{beside.zh}",
            f"Left: confusion matrix of seed {seed} ({{tested}}, {total:,}); rows are the truth, "
            f"columns the network's answer, the shade is the share of the row. {beside.en}",
        ).format(tested=tested),
        [
            {"seed": seed, "truth": truth, "answer": answer, "images": int(count)}
            for seed, matrix in zip(numbers.seeds, numbers.counts)
            for truth, row in zip(classes, matrix)
            for answer, count in zip(classes, row)
        ],
    )


def _title(numbers: Confusion) -> Text:
    seed, right, total = numbers.seed, numbers.right, int(numbers.matrix.sum())
    share = percent(right / total)
    return title_of(numbers.variant) + Text(
        f"：种子 {seed} 判对 {total:,} 幅图像中的 {right:,} 幅（{share}）",
        f": seed {seed} is right on {right:,} of {plural(total, 'image')} ({share})",
    )
