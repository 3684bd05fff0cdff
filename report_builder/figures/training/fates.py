"""The four ways a run ends, each on the curves of all runs that ended so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from report_builder.evidence.estimates import lost_is_infinite
from report_builder.evidence.fates import (
    FATE_NAMES,
    FATES,
    LEFT_CHANCE,
    THROWN_OFF,
    Fate,
    chance_loss,
    collapse_epoch,
    fate,
)
from report_builder.evidence.training_course import assigned_runs
from report_builder.figures.toolkit.description import Description
from report_builder.figures.toolkit.fates import mark
from report_builder.figures.toolkit.layout import (
    DASHES,
    DOTS,
    SMALL,
    WIDTH,
    axes,
    epoch_axis,
    sheet,
)
from report_builder.figures.toolkit.style import Style
from report_builder.figures.toolkit.words import title_of, wrap
from report_builder.figures.training.lines import LEFT
from report_builder.results.fate_words import fates_in_words, goal_in_words
from report_builder.text import SPACE, Text, percent, plural
from xo.data.card import goal
from xo.variants import Variant

if TYPE_CHECKING:
    from report_builder.figures.toolkit.typing import Axes, Evidence, Figure, RunRecord

GAP = 0.16  # inches between panels
WIDE = (WIDTH - LEFT - 0.1 - 3 * GAP) / 4  # of a panel
FOOT, LOSS, BETWEEN, ACCURACY = 0.5, 1.35, 0.16, 1.35  # inches, from below upwards
LINE = 0.155  # inches of a line of a column's heading
MOST = 1.6  # of the loss of guessing, at the upper end of the axis


class Course(NamedTuple):
    """One run, after every epoch."""

    variant: Variant
    seed: int
    loss: np.ndarray  # (epochs,) nats, on training images; infinite where it is not a number
    accuracy: np.ndarray  # (epochs,) 0 to 1, on test images
    fate: Fate
    collapsed_in: int | None  # the epoch, from 1


class Fates(NamedTuple):
    """All runs that are compared, by how they ended."""

    courses: dict[Fate, tuple[Course, ...]]  # in the order of variants and seeds
    goal: float  # accuracy from which a run has solved its task
    guessing: float  # nats
    guessed: float  # 0 to 1, the accuracy of guessing

    @property
    def runs(self) -> int:
        return sum(map(len, self.courses.values()))


def measure(evidence: Evidence) -> Fates:
    runs = assigned_runs(evidence)
    found: dict[Fate, tuple[Course, ...]] = {
        each: tuple(_course(evidence, run) for run in runs if fate(run) == each) for each in FATES
    }
    counts = np.array(runs[0].confusion).sum(1)
    return Fates(
        found, goal(evidence.data), chance_loss(runs[0]), float(counts.max() / counts.sum())
    )


def _course(evidence: Evidence, run: RunRecord) -> Course:
    loss = lost_is_infinite(np.array([each.sample_loss for each in run.epochs]))
    accuracy = np.array([each.test_accuracy for each in run.epochs])
    return Course(
        evidence.variant(run.variant), run.seed, loss, accuracy, fate(run), collapse_epoch(run)
    )


def draw(numbers: Fates, style: Style) -> Figure:
    named = {each: _named(found[0]) for each, found in numbers.courses.items() if found}
    lines = {each: wrap(style.text(text), 24)[:2] for each, text in named.items()}
    above = LINE * max(map(len, lines.values()))  # inches for the names of the strong runs
    head = 0.22 + above + 2 * LINE
    figure = sheet(style.text(_title(numbers)), FOOT + LOSS + BETWEEN + ACCURACY + head)
    most = max(len(each.loss) for courses in numbers.courses.values() for each in courses)
    lower_end = 100 * min(
        numbers.guessed,
        *(each.accuracy.min() for courses in numbers.courses.values() for each in courses),
    )
    for column, (each, courses) in enumerate(numbers.courses.items()):
        left = LEFT + column * (WIDE + GAP)
        accuracy = axes(figure, left, FOOT + LOSS + BETWEEN, WIDE, ACCURACY)
        loss = axes(figure, left, FOOT, WIDE, LOSS)
        for ax, scale in ((accuracy, 100.0), (loss, 1.0)):
            _draw_courses(ax, courses, scale, style)
            ax.set_xlim(0.5, most + 0.5)
            epoch_axis(style, ax, most, ticks=4)
            if column:
                ax.tick_params(labelleft=False)
        accuracy.set_ylim(lower_end - 4, 103)
        accuracy.tick_params(labelbottom=False)
        accuracy.set_xlabel("")
        accuracy.axhline(100 * numbers.goal, color=style.muted, lw=1, ls=DASHES, zorder=1)
        accuracy.axhline(100 * numbers.guessed, color=style.color("chance"), lw=1.2, ls=DOTS)
        loss.set_ylim(0, MOST * numbers.guessing)
        loss.axhline(numbers.guessing, color=style.color("chance"), lw=1.2, ls=DOTS)
        if column == 0:
            accuracy.set_ylabel(style.text(Text("测试准确率（%）", "Test accuracy (%)")))
            loss.set_ylabel(style.text(Text("训练图像的损失（nat）", "Training loss (nats)")))
        _label(accuracy, each, numbers, lines.get(each, []), above, style)
    return figure


def _draw_courses(ax: Axes, courses: tuple[Course, ...], scale: float, style: Style) -> None:
    """All of them thin, the first one strong; `scale` is 100 for accuracies."""
    for i, course in enumerate(courses):
        values = scale * course.accuracy if scale == 100 else course.loss
        x = np.arange(1, len(values) + 1)
        marker = "o" if len(x) == 1 else None  # one point makes no line
        strong: dict[str, Any] = (
            {"lw": 2.0, "zorder": 3, "gid": "strong"} if i == 0 else {"lw": 0.7, "alpha": 0.35}
        )
        color = style.color(course.fate)
        ax.plot(x, values, color=color, marker=marker, ms=4, **strong)
        if i == 0 and course.collapsed_in:
            at = course.collapsed_in
            height = min(values[at - 1], ax.get_ylim()[1])
            ax.plot(at, height, zorder=4, gid="collapse", **mark(course.fate, style, 8))


def _label(
    ax: Axes, each: Fate, numbers: Fates, named: list[str], above: float, style: Style
) -> None:
    """Above a column: the fate, how many runs ended so, and below it, in a space `above` inches
    high, which of them is drawn strong.
    """
    k, n = len(numbers.courses[each]), numbers.runs
    count = style.text(Text(f"{n} 次中的 {k} 次", f"{k} of {plural(n, 'run')}"))
    look: dict[str, Any] = {
        "fontsize": SMALL,
        "va": "bottom",
        "linespacing": 1.15,
        "transform": ax.transAxes,
    }
    ax.text(0, 1 + 0.07 / ACCURACY, "\n".join(named), color=style.muted, **look)
    top = 1 + (0.1 + above) / ACCURACY
    heading = f"{style.text(FATE_NAMES[each])}\n{count}"
    ax.text(0, top, heading, color=style.color(each), **look)


def _named(course: Course) -> Text:
    return title_of(course.variant) + Text(
        f"，种子{SPACE}{course.seed}", f", seed{SPACE}{course.seed}"
    )


def describe(numbers: Fates) -> Description:
    counts = fates_in_words({each: len(found) for each, found in numbers.courses.items()})
    needed, left = goal_in_words(numbers.goal), percent(LEFT_CHANCE, 0)
    guessing = f"{numbers.guessing:.3f}"
    return Description(
        _title(numbers),
        Text(
            "四列，每列一种结局，上为每轮末的测试准确率，下为训练图像上的损失。次数：{counts}。",
            "Four columns, one for each way to end; above test accuracy by epoch, below the loss "
            "on training images. Runs: {counts}.",
        ).format(counts=counts),
        Text(
            f"以类别为标签、设置不变的 {numbers.runs} 次训练，按结局分列："
            "{counts}。细线是单次训练，粗线是每列最上写明的那一次，叉号是它崩溃的那一轮。"
            f"上图虚线是学会的界线{SPACE}{needed}，点线是随机猜测。下图是每轮末在部分训练图像上的损失，"
            f"点线是随机猜测的损失{SPACE}{guessing}；有一轮低于它的{SPACE}{left}，或有一批高于它的"
            f"{SPACE}{THROWN_OFF:g}{SPACE}倍，就算离开过随机猜测。更高的损失不画。",
            f"The {plural(numbers.runs, 'run')} with the classes as labels and the usual "
            "settings, by how they ended: {counts}. Thin lines are single runs, the strong one is "
            "the run that is named above, a cross marks the epoch of its collapse. Above, the "
            f"dashed line is {needed}, from which a run counts as solved, the dotted one a blind "
            "guess. Below, the loss on a sample of training images after every epoch; dotted is "
            f"that of guessing, {guessing}. A run has left chance once an epoch ends below "
            f"{left} of it, or a batch has a loss above {THROWN_OFF:g} times it. Higher losses "
            "are cut off.",
        ).format(counts=counts),
        [
            {
                "fate": each,
                "variant": course.variant.name,
                "seed": course.seed,
                "epoch": e,
                "sample_loss": float(loss),
                "test_accuracy": float(accuracy),
            }
            for each, courses in numbers.courses.items()
            for course in courses
            for e, (loss, accuracy) in enumerate(zip(course.loss, course.accuracy), 1)
        ],
    )


def _title(numbers: Fates) -> Text:
    counts = fates_in_words({each: len(found) for each, found in numbers.courses.items()})
    return Text(f"{numbers.runs} 次训练：", f"{plural(numbers.runs, 'run')}: ") + counts
