"""The two suspect logs of the original, each over the runs that replay an explanation of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from report_builder.evidence.estimates import entropy
from report_builder.evidence.log_explanations import (
    EXPLANATIONS,
    FEWEST_SEEDS,
    SUSPECT_LOGS,
    Comparison,
    Explanation,
    Fit,
    compare_explanations,
)
from report_builder.evidence.original_logs import Log, log_title, logs, rows_per_epoch
from report_builder.figures.original import log_panels
from report_builder.figures.toolkit.description import Description
from report_builder.figures.toolkit.style import Style
from report_builder.figures.toolkit.words import listed
from report_builder.text import EMPTY, SPACE, Text, same

if TYPE_CHECKING:
    from report_builder.figures.toolkit.typing import Evidence, Figure


class Replay(NamedTuple):
    """One explanation of one log."""

    name: str  # of the explanation
    ours: np.ndarray | None  # (n, epochs, rows), as printed; None where there is no run that prints
    fits: tuple[Fit, ...]  # to the log as a whole, then to its parts

    @property
    def explanation(self) -> Explanation:
        return EXPLANATIONS[self.name]


class SuspectLog(NamedTuple):
    log: Log
    comparisons: tuple[Comparison, ...]  # of the log as a whole, then of its parts
    replays: tuple[Replay, ...]


class PublishedExplanations(NamedTuple):
    logs: tuple[SuspectLog, ...]


def measure(evidence: Evidence) -> PublishedExplanations:
    suspects = []
    for log in (logs()[name] for name in SUSPECT_LOGS):
        judged = compare_explanations(log.name, evidence)
        replays = tuple(
            Replay(
                name,
                log_panels.our_rows(evidence, explanation.variants[log.name]),
                tuple(fit for part in judged for fit in part.fits if fit.explanation == name),
            )
            for name, explanation in EXPLANATIONS.items()
        )
        suspects.append(SuspectLog(log, judged, replays))
    return PublishedExplanations(tuple(suspects))


def draw(numbers: PublishedExplanations, style: Style) -> Figure:
    figure, panels = log_panels.panel_grid(style, _title(numbers), len(numbers.logs), 4)
    shown = [(suspect, replay) for suspect in numbers.logs for replay in suspect.replays]
    for i, ((suspect, replay), ax) in enumerate(zip(shown, panels)):
        log, explanation = suspect.log, replay.explanation
        color = style.color(explanation.variants[log.name])
        log_panels.draw_log(style, ax, log, replay.ours, color, entropy(explanation.images) / 10)
        lines = (
            (log_title(log) if i % log_panels.COLUMNS == 0 else EMPTY, style.color("published")),
            (explanation.title, color),
            (_printing(*explanation.images), style.muted),
            (_outcome(replay.fits, suspect.comparisons), style.muted),
        )
        log_panels.write_heading(style, ax, lines)
    log_panels.label_outer_axes(style, panels)
    return figure


def describe(numbers: PublishedExplanations) -> Description:
    each = [
        Text("{log}，{name}：{outcome}", "{log}, {name}: {outcome}").format(
            log=log_title(suspect.log),
            name=replay.explanation.title,
            outcome=_outcome(replay.fits[:1], suspect.comparisons),
        )
        for suspect in numbers.logs
        for replay in suspect.replays
    ]
    n, columns = len(numbers.logs), len(EXPLANATIONS)
    return Description(
        _title(numbers),
        Text(
            f"{n} 行 {columns} 列小图：两份反常的日志各画在三种解读的重放之上。{{each}}。",
            f"{n} rows of {columns} panels: each of the two odd logs over the replays of three "
            "readings. {each}.",
        ).format(each=listed(each)),
        Text(
            "圆点是原报告打印的损失，细线是按该解读训练的种子，粗线是中位数，点线是只知道类别比例时"
            "的水平。Δ 是与最可能的解读的对数似然之差（0 即最可能），n 是种子数；后来下降的那份日志"
            f"有两个 Δ：下降之前的各轮，下降的各轮。相差不到 ln{SPACE}20，或者换一批种子就会变，都"
            "算分不出高下。没有训练的解读不参加比较。",
            "Dots are the losses that the original printed, thin lines seeds trained by that "
            "reading, thick ones their median; the dotted line is the loss of a network that "
            "knows only the shares of the classes. Δ is the difference in log-likelihood from the "
            "likeliest reading, which has 0, and n counts seeds; the log that falls in the end "
            "has two: the epochs before the fall, and those of it. A lead below "
            f"ln{SPACE}20, or one that other seeds could undo, tells nothing. Readings without "
            "runs are not compared.",
        ),
        [
            row
            for suspect in numbers.logs
            for replay in suspect.replays
            for row in _rows(suspect.log, replay)
        ],
    )


def _title(numbers: PublishedExplanations) -> Text:
    return listed(_conclusion(suspect) for suspect in numbers.logs)


def _conclusion(suspect: SuspectLog) -> Text:
    """Which explanation fits a log best; of plateau and fall apart where these differ."""
    whole, *parts = suspect.comparisons
    words = _fits_best(whole)
    if len({part.best for part in parts}) > 1:
        undecided = Text("未定", "undecided")
        plateau, fall = (_fits_best(part) if part.best else undecided for part in parts)
        words = Text(
            "停住的一段{plateau}，下降的一段{fall}", "on its plateau {plateau}, in its fall {fall}"
        ).format(plateau=plateau, fall=fall)
    return log_title(suspect.log) + Text("：", ": ") + words


def _fits_best(comparison: Comparison) -> Text:
    if comparison.best:
        best = EXPLANATIONS[comparison.best].title
        return Text(f"“{best.zh}”最合", f"{best.en.lower()} fits best")
    if all(fit.state == "excluded" or fit.n >= FEWEST_SEEDS for fit in comparison.fits):
        return Text("分不出高下", "readings cannot be told apart")
    return Text("还缺训练，不能判断", "too few runs to judge by")


def _printing(a: int, b: int) -> Text:
    """What a run prints that learns from so many images of each class."""
    rows = rows_per_epoch(a + b)
    return Text(f"{a:,} + {b:,} 幅，每轮 {rows} 行", f"{a:,} + {b:,} images: {rows} rows")


def _outcome(fits: tuple[Fit, ...], comparisons: tuple[Comparison, ...]) -> Text:
    """Why an explanation was not judged, or how far it is behind the likeliest, part by part.

    `fits` belong to the first of `comparisons`: to the log as a whole, then to its parts.
    """
    fit = fits[0]
    if fit.state != "compared":
        return {
            "excluded": Text("行数不符，排除", "excluded by its rows"),
            "no runs": Text("还没有训练", "no runs yet"),
            "too few": Text(f"n = {fit.n}，太少", f"n = {fit.n}, too few"),
            "not comparable": Text("还不能相比", "cannot be compared yet"),
        }[fit.state]
    pairs = list(zip(fits, comparisons))
    behind = [
        f"{fit.log_likelihood - comparison.ranked[0].log_likelihood:.1f}".replace("-", "−")
        for fit, comparison in pairs[1:] or pairs  # of both parts, where there are two
    ]
    return same(f"Δ {' / '.join(behind)}; n = {fit.n}")


def _rows(log: Log, replay: Replay) -> Iterator[dict]:
    """A row for every epoch: the mean of what it prints, of the original and of our runs."""
    fit, ours = replay.fits[0], replay.ours
    means = None if ours is None or ours.shape[1] < log.epochs else ours.mean(2)  # (n, epochs)
    for e, mean in enumerate(log.rows.mean(1)):
        every = None if means is None else means[:, e]
        yield {
            "log": log.name,
            "reading": replay.name,
            "state": fit.state,
            "n": 0 if ours is None else len(ours),
            "log_likelihood": fit.log_likelihood if fit.state == "compared" else "",
            "epoch": e + 1,
            "mean": float(mean),
            "low": "" if every is None else float(every.min()),
            "median": "" if every is None else float(np.median(every)),
            "high": "" if every is None else float(every.max()),
        }
