"""How well linear probes that are told few labels separate the classes at every depth, on test
images and on shifted ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from report_builder.evidence.shown_network import network_of
from report_builder.figures.toolkit.description import Description
from report_builder.figures.toolkit.layout import DASHES, DOTS, WIDTH, axes, end_labels, sheet
from report_builder.figures.toolkit.style import Style
from report_builder.text import Text, percent, plural

if TYPE_CHECKING:
    from report_builder.figures.toolkit.typing import Axes, Evidence, Figure, Variant

LEFT, RIGHT = 0.62, 1.72  # inches for the y axis and for the labels at the lines' ends
TALL, GAP, FOOT = 1.55, 0.4, 0.55  # inches: a panel, its title above it, the x axis below all
CONDITIONS = {
    "test": Text("训练之后", "after training"),
    "shifted": Text("训练之后，测试图像平移", "after training, images shifted"),
    "untrained": Text("训练之前", "before training"),
}


class FewShotProbes(NamedTuple):
    """Accuracy of probes, the mean over draws of the labelled images, 0 to 1."""

    depths: list[str]  # "input", "relu1", ... "dense1", ...
    seeds: list[int]
    solved: list[bool]  # whether the network itself has solved its task, by seed
    labelled: list[int]  # images of each class whose label a probe is told
    accuracy: dict[str, np.ndarray]  # by CONDITIONS, (depths, labelled, seeds)
    blind: float  # accuracy of always answering the commonest class
    draws: int
    shift: int  # pixels to the right and down
    test_images: int
    variant: Variant


def measure(evidence: Evidence) -> FewShotProbes:
    """The accuracies that the demonstration "few-shot-probes" has recorded."""
    record = evidence.shown_demonstration("few-shot-probes")
    facts = record.facts
    test, shifted = (record.array(name).mean(3) for name in ("test", "shifted"))
    return FewShotProbes(
        depths=facts["depths"],
        seeds=facts["seeds"],
        solved=facts["solved"],
        labelled=facts["labelled"],
        accuracy={"test": test[0], "shifted": shifted[0], "untrained": test[1]},
        blind=facts["blind"],
        draws=facts["draws"],
        shift=facts["shift"],
        test_images=facts["images_test"],
        variant=network_of(evidence, record, "features").variant,
    )


def draw(numbers: FewShotProbes, style: Style) -> Figure:
    """A panel for the fewest and one for the most labelled images."""
    shown = sorted({0, len(numbers.labelled) - 1})
    figure = sheet(style.text(describe(numbers).title), FOOT + len(shown) * (TALL + GAP) - 0.1)
    for i, k in enumerate(reversed(shown)):
        bottom = FOOT + i * (TALL + GAP)
        ax = axes(figure, LEFT, bottom, WIDTH - LEFT - RIGHT, TALL)
        _draw_panel(ax, numbers, k, style)
        ax.tick_params(labelbottom=not i)
        if not i:
            ax.set_xlabel(style.text(Text("深度", "Depth")))
        end_labels(ax, _labels(numbers, k, style))
    return figure


def _draw_panel(ax: Axes, numbers: FewShotProbes, k: int, style: Style) -> None:
    """Thin lines are single seeds, thick ones their median."""
    x = np.arange(len(numbers.depths))
    for condition, (color, dash) in _looks(style).items():
        by_seed = 100 * numbers.accuracy[condition][:, k]  # (depths, seeds)
        for line, solved in zip(by_seed.T, numbers.solved):
            ax.plot(x, line, color=color, lw=0.7, alpha=0.35, ls=dash)
            if not solved and condition != "untrained":
                ax.plot(x, line, color=color, alpha=0.6, ls="", marker="x", ms=4)
        ax.plot(x, np.median(by_seed, axis=1), color=color, lw=2.2, ls=dash)
    ax.axhline(100 * numbers.blind, color=style.color("chance"), lw=1.2, ls=DOTS)
    lowest = min(numbers.blind, *(values.min() for values in numbers.accuracy.values()))
    ax.set_ylim(100 * lowest - 4, 103)
    ax.set_xlim(-0.3, len(x) - 0.7)
    pixels = style.text(Text("像素", "pixels"))
    names = [pixels if depth == "input" else depth for depth in numbers.depths]
    ax.set_xticks(x, names)
    ax.set_ylabel(style.text(Text("准确率（%）", "Accuracy (%)")))
    n = numbers.labelled[k]
    ax.set_title(style.text(Text(f"每类 {n} 幅有标签", f"{n} labelled of each class")), fontsize=10)


def _looks(style: Style) -> dict[str, tuple[str, object]]:
    """Color and dash of each condition."""
    color, pale = style.color("features"), style.color("chance")
    return {"test": (color, "-"), "shifted": (color, DOTS), "untrained": (pale, DASHES)}


def _labels(numbers: FewShotProbes, k: int, style: Style) -> list[tuple[float, str, str]]:
    pale = style.color("chance")
    blind = Text("随机猜测", "blind guess")
    ends = [
        (
            100 * float(np.median(numbers.accuracy[condition][-1, k])),
            style.text(_short(condition, numbers)),
            color,
        )
        for condition, (color, _) in _looks(style).items()
    ]
    return [*ends, (100 * numbers.blind, style.text(blind), pale)]


def _short(condition: str, numbers: FewShotProbes) -> Text:
    if condition == "shifted":
        return Text(f"平移 {numbers.shift} 像素之后", f"same, shifted by {numbers.shift} px")
    return CONDITIONS[condition]


def describe(numbers: FewShotProbes) -> Description:
    """The medians in words, and a row for each condition, number of labels, seed and depth."""
    depths, n, fewest = numbers.depths, len(numbers.seeds), numbers.labelled[0]
    medians = {
        condition: [percent(float(value)) for value in np.median(values[:, 0], axis=1)]
        for condition, values in numbers.accuracy.items()
    }
    listed = {
        condition: [f"{depth} {value}" for depth, value in zip(depths, values)]
        for condition, values in medians.items()
    }
    first, third, last = (medians["test"][i] for i in (1, depths.index("relu3"), -1))
    missed = n - sum(numbers.solved)
    return Description(
        title=Text(
            f"每类只有 {fewest} 幅有标签时：第一块之后 {first}，第三块之后 {third}，最后一个隐藏层"
            f" {last}",
            f"Told {fewest} labels of each class, probes are right on {first} after the first "
            f"block, {third} after the third, {last} at the last hidden layer",
        ),
        alt=Text(
            f"每类 {fewest} 幅有标签，每个深度上线性探针的测试准确率，{n} 个种子的中位数："
            f"{'，'.join(listed['test'])}。测试图像平移之后：{'，'.join(listed['shifted'])}。"
            f"训练之前：{'，'.join(listed['untrained'])}。",
            f"Test accuracy of linear probes at each depth with {fewest} labelled images of each "
            f"class, median of {plural(n, 'seed')}: {', '.join(listed['test'])}. On shifted test "
            f"images: {', '.join(listed['shifted'])}. Before training: "
            f"{', '.join(listed['untrained'])}.",
        ),
        caption=Text(
            f"{numbers.variant.zh}，各层 ReLU 之后的输出上的岭回归，只用每类几幅训练图像的标签；"
            f"有标签的图像抽 {numbers.draws} 次，对所有深度和种子相同，取平均。"
            f"在 {numbers.test_images} 幅测试图像上计分；点线是把它们向右、向下各平移 "
            f"{numbers.shift} 个像素之后。细线为单个种子，粗线为中位数（n = {n}）；叉是网络自己"
            f"没有学会的种子（{missed} 个）。虚线是同一批种子训练之前。",
            f"“{numbers.variant.en}”: ridge regression on the outputs after the ReLU of each "
            "layer, told the labels of a few training images only. These are drawn "
            f"{plural(numbers.draws, 'time')}, alike for all depths and seeds, and the mean is "
            f"taken. Scored on {numbers.test_images} test images; dotted, on these moved by "
            f"{numbers.shift} pixels to the right and down. Thin lines are single seeds, thick "
            f"ones medians (n = {n}); crosses mark seeds whose network has not solved the task "
            f"({missed}). Dashed: the same seeds before training.",
        ),
        rows=[
            {
                "condition": condition,
                "labelled_per_class": labelled,
                "seed": seed,
                "solved": int(solved),
                "depth": depth,
                "accuracy": float(values[i, j, k]),
            }
            for condition, values in numbers.accuracy.items()
            for j, labelled in enumerate(numbers.labelled)
            for k, (seed, solved) in enumerate(zip(numbers.seeds, numbers.solved))
            for i, depth in enumerate(depths)
        ],
    )
