"""Live channels and units of every layer, epoch by epoch, of a run that collapsed beside one that
solved its task.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from report_builder.evidence.fates import FATE_NAMES, Fate, dead_layers, fate
from report_builder.evidence.training_course import assigned_runs
from report_builder.figures.toolkit.description import Description
from report_builder.figures.toolkit.layout import (
    DASHES,
    SMALL,
    WIDTH,
    axes,
    end_labels,
    epoch_axis,
    log_ticks,
    sheet,
)
from report_builder.figures.toolkit.style import Style
from report_builder.figures.toolkit.words import joined, listed, title_of
from report_builder.figures.training.lines import LEFT
from report_builder.text import SPACE, Text, number, percent, plural, same
from xo.variants import Variant

if TYPE_CHECKING:
    from report_builder.figures.toolkit.typing import Axes, Evidence, Figure, RunRecord

LABELS, GAP = 0.88, 0.1  # inches for the labels right of a panel, between panels
WIDE = (WIDTH - LEFT - 2 * LABELS - GAP) / 2
FOOT, LOSS, BETWEEN, ALIVE, HEAD = 0.5, 0.95, 0.18, 1.9, 0.42  # inches, from below upwards
LINES = ("-", DASHES, (0, (1, 1.2)), (0, (5, 1, 1, 1)), (0, (3, 1, 1, 1, 1, 1)))
MARKS = ("o", "s", "^", "D", "v")
SHOWN: tuple[Fate, ...] = ("solved", "collapsed")


class Course(NamedTuple):
    """One run."""

    variant: Variant
    seed: int
    fate: Fate
    layers: tuple[str, ...]
    alive: np.ndarray  # (layers, 1 + epochs) 0 to 1, from before training on
    largest_loss: np.ndarray  # (epochs,) nats, of any batch

    @property
    def dead(self) -> tuple[str, ...]:
        """The layers without any live unit at the end."""
        return tuple(name for name, alive in zip(self.layers, self.alive) if alive[-1] == 0)


class DeadUnits(NamedTuple):
    courses: tuple[Course, ...]  # one that solved its task and one that collapsed, if there are


def measure(evidence: Evidence) -> DeadUnits:
    """The first variant, in their order, that has both; else the first run of each fate; where no
    run has either, the first run. Of collapsed runs one with a dead layer, if there is one.
    """
    runs = assigned_runs(evidence)
    found = {
        each: sorted(
            (run for run in runs if fate(run) == each), key=lambda run: not dead_layers(run)
        )
        for each in SHOWN
    }
    both = [
        pair
        for variant in dict.fromkeys(run.variant for run in runs)
        if all(pair := [next((r for r in found[f] if r.variant == variant), None) for f in SHOWN])
    ]
    chosen = both[0] if both else [found[each][0] for each in SHOWN if found[each]]
    return DeadUnits(tuple(_course(evidence, run) for run in chosen or runs[:1] if run))


def _course(evidence: Evidence, run: RunRecord) -> Course:
    names = tuple(layer.name for layer in run.untrained if layer.alive is not None)
    states = [
        {layer.name: layer.alive for layer in state}
        for state in (run.untrained, *(each.layers for each in run.epochs))
    ]
    alive = np.array([[state[name] for state in states] for name in names], dtype=float)
    largest = np.array([each.largest_batch_loss for each in run.epochs])
    return Course(evidence.variant(run.variant), run.seed, fate(run), names, alive, largest)


def draw(numbers: DeadUnits, style: Style) -> Figure:
    figure = sheet(style.text(_title(numbers)), FOOT + LOSS + BETWEEN + ALIVE + HEAD)
    finite = np.concatenate([each.largest_loss for each in numbers.courses])
    finite = finite[np.isfinite(finite)]
    low, high = (finite.min() / 1.5, finite.max() * 1.5) if len(finite) else (0.1, 1.0)
    for column, course in enumerate(numbers.courses):
        left = LEFT + column * (WIDE + LABELS + GAP)
        alive = axes(figure, left, FOOT + LOSS + BETWEEN, WIDE, ALIVE)
        loss = axes(figure, left, FOOT, WIDE, LOSS)
        color, epochs = style.color(course.fate), len(course.largest_loss)
        _draw_alive(alive, course, color)
        x = np.arange(1, epochs + 1)
        loss.plot(x, course.largest_loss, color=color, lw=1.4, marker="o", ms=3)
        loss.set_yscale("log")
        loss.set_ylim(low, high)
        log_ticks(loss.yaxis, low, high, most=3)
        for ax in (alive, loss):
            epoch_axis(style, ax, epochs, ticks=5)
            ax.set_xlim(-0.4, epochs + 0.4)
        alive.set_xlabel("")
        alive.tick_params(labelbottom=False)
        if column:
            alive.tick_params(labelleft=False)
            loss.tick_params(labelleft=False)
        else:
            words = Text("有响应的通道或单元（%）", "Live channels or units (%)")
            alive.set_ylabel(style.text(words))
            loss.set_ylabel(style.text(Text("最大的批损失", "Largest\nbatch loss")))
        heading = FATE_NAMES[course.fate] + same("\n") + _named(course)
        lines = style.text(heading)
        alive.text(0, 1.03, lines, fontsize=SMALL, color=color, transform=alive.transAxes)
    return figure


def _draw_alive(ax: Axes, course: Course, color: str) -> None:
    for i, values in enumerate(course.alive):
        ax.plot(
            np.arange(len(values)),
            100 * values,
            color=color,
            lw=1.4,
            ls=LINES[i % len(LINES)],
            marker=MARKS[i % len(MARKS)],
            ms=3.2,
            gid=course.layers[i],
            clip_on=False,
        )
    ax.set_ylim(0, 103)
    labels = [
        (100 * values[-1], f"{name} {percent(values[-1], 0)}", color)
        for name, values in zip(course.layers, course.alive)
    ]
    end_labels(ax, labels)


def _named(course: Course) -> Text:
    return title_of(course.variant) + Text(
        f"，种子{SPACE}{course.seed}", f", seed{SPACE}{course.seed}"
    )


def describe(numbers: DeadUnits) -> Description:
    each = listed(
        _named(course)
        + Text("（", " (")
        + FATE_NAMES[course.fate]
        + Text("）：", "): ")
        + joined(
            f"{name} {percent(alive[-1], 0)}" for name, alive in zip(course.layers, course.alive)
        )
        for course in numbers.courses
    )
    return Description(
        _title(numbers),
        Text(
            f"{len(numbers.courses)} 次训练各一列：上为各层有响应的通道或单元的比例，"
            "下为每轮最大的批损失。最后一轮：{each}。",
            f"{plural(len(numbers.courses), 'run')}, one a column: above, the share of live "
            "channels or units of every layer; below, the largest batch loss of every epoch. Last "
            "epoch: {each}.",
        ).format(each=each),
        Text(
            "上：一层里，对部分训练图像中至少一幅有正响应（ReLU 之后不为零）的通道（卷积层）"
            "或单元（全连接层）所占的比例；最左的点是训练之前。一层降到零，它之后的各层"
            "对每幅图像都得到同样的输入，它的权重也不再有梯度。下：每轮各批中最大的损失（nat），"
            "对数纵轴。各线右端写明层的名称和最后的比例；n = 每列一次训练。",
            "Above: the share of a layer's channels (convolutions) or units (dense layers) that "
            "respond, above zero after the ReLU, to at least one of a sample of training images; "
            "the leftmost point is before training. Behind a layer at zero every image looks the "
            "same, and its own weights get no gradient any more. Below: the largest loss of any "
            "batch of the epoch, in nats, on a log scale. Lines are labelled with their layer and "
            "last share; n = one run a column.",
        ),
        [
            {
                "variant": course.variant.name,
                "seed": course.seed,
                "fate": course.fate,
                "layer": name,
                "epoch": e,
                "alive": float(share),
                "largest_batch_loss": float(course.largest_loss[e - 1]) if e else "",
            }
            for course in numbers.courses
            for name, alive in zip(course.layers, course.alive)
            for e, share in enumerate(alive)
        ],
    )


def _title(numbers: DeadUnits) -> Text:
    courses = {course.fate: course for course in numbers.courses}
    collapsed = courses.get("collapsed")
    if collapsed is None or not collapsed.dead:
        return Text(
            "各层有响应的通道和单元，逐轮清点",
            "Live channels and units of every layer, epoch by epoch",
        )
    layer = collapsed.dead[0]
    since = int(np.flatnonzero(collapsed.alive[collapsed.layers.index(layer)])[-1]) + 1
    loss = collapsed.largest_loss[since - 1]
    return Text(
        f"崩溃的这次：第 {since} 轮有一批的损失达 {number(loss, 2)}，{layer} 此后没有一个通道"
        "或单元有响应",
        f"The collapsed run: in epoch {since} a batch loss reaches {number(loss, 2)}, and no "
        f"channel or unit of {layer} has responded since",
    )
