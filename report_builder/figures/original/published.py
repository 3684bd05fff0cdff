"""Draws what the original printed over what our runs print: each log among its replicates, each reading of the odd logs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from report_builder.evidence.log_explanations import FEWEST_SEEDS, SUSPECT_LOGS, EXPLANATIONS, Fit, Comparison, compare_explanations
from report_builder.evidence.original_logs import (
    Log,
    Placement,
    logs,
    place,
    printed_rows,
    rows_per_epoch,
)
from report_builder.evidence.estimates import CHANCE, entropy
from report_builder.figures.toolkit.layout import SMALL, WIDTH, axes, epoch_axis, note, sheet
from report_builder.figures.toolkit.style import Drawing, Style
from report_builder.figures.toolkit.words import variant_title
from report_builder.text import SPACE
from xo.variants import VARIANTS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from report_builder.evidence.study import Evidence

LEFT, GAP, TALL, LINE = (
    0.72,
    0.22,
    1.25,
    0.165,
)  # inches: y axis, between panels, a panel, a line of words
FOOT, TICKS = 0.5, 0.32  # inches below a panel: the x axis with its name, and without
COLUMNS = 3
DOTS = (0, (1, 1.5))
TOP = 1.3 * CHANCE / 10  # of the y axes; what lies higher is cut off
TENTH = f"ln{SPACE}2{SPACE}/{SPACE}10"


def published_logs(evidence: Evidence, style: Style) -> Drawing:
    """The six logs, each over our runs of the same variant."""
    published = list(logs().values())
    rows = {log.name: _rows(evidence, log.variant) for log in published}
    placed = {
        log.name: place(log, evidence.runs(log.variant))
        if evidence.runs(log.variant)
        else None
        for log in published
    }
    title = _logs_title(style, published, placed)
    figure, panels = _grid(style, title, len(published) // COLUMNS, 3)
    for log, ax in zip(published, panels):
        ours, found = rows[log.name], placed[log.name]
        _curves(style, ax, log, ours, style.color(log.variant), found.inside if found else None)
        _frame(style, ax, log.epochs, CHANCE / 10)
        _heading(
            ax,
            [
                (_log_title(style, log), style.color(log.variant)),
                (_row_counts(style, log, ours), style.muted),
                (_as_far(style, ours, found), style.muted),
            ],
        )
    _outer_labels(style, panels)
    each = style.words("；", "; ").join(
        f"{_log_title(style, log)}: {_row_counts(style, log, rows[log.name])}, {_as_far(style, rows[log.name], placed[log.name])}"
        for log in published
    )
    return Drawing(
        figure=figure,
        style=style,
        title=title,
        alt=style.words(
            f"{len(published)} 个小图，每份日志一个，原报告打印的损失画在我们同一变体的训练之上。{each}。",
            f"{len(published)} panels, one for each log: the losses that the original printed, over those of our runs of the "
            f"same variant. {each}.",
        ),
        caption=style.words(
            f"每十批打印一次的损失（平均损失的十分之一），一轮之内均匀排开。圆点是原报告，实心的一轮在我们种子的范围之内，空心的在范围之外；细线为单个种子，粗线为中位数；"
            f"点线是两类一样多时瞎猜的水平 {TENTH}。“同样远”：到其余种子的中位数的距离（各轮之差的绝对值的平均）不小于原日志到我们中位数的距离的种子。高于纵轴的部分不画。",
            "Loss as printed after every ten batches, a tenth of the mean loss, spread evenly over its epoch. Dots are the "
            "original's, full where the epoch lies within the range of our seeds, open where not; thin lines are single seeds, "
            f"the thick one their median; the dotted line is blind guessing between two equal classes, {TENTH}. A seed lies 'as "
            "far' if its distance from the median of the other seeds (mean absolute difference over epochs) is no smaller than that of the "
            "log from the median of ours. What exceeds the axis is cut off.",
        ),
        rows=[row for log in published for row in _log_rows(log, placed[log.name])],
    )


def published_readings(evidence: Evidence, style: Style) -> Drawing:
    """The two odd logs over the replay of each reading."""
    odd, found = [logs()[name] for name in SUSPECT_LOGS], {name: compare_explanations(name, evidence) for name in SUSPECT_LOGS}
    title = style.words("；", "; ").join(_conclusion(style, log, found[log.name]) for log in odd)
    figure, panels = _grid(style, title, len(odd), 4)
    rows = []
    for i, (log, name) in enumerate((log, name) for log in odd for name in EXPLANATIONS):
        reading, ax = EXPLANATIONS[name], panels[i]
        variant = reading.variants[log.name]
        ours = _rows(evidence, variant)
        _curves(style, ax, log, ours, style.color(variant), None)
        _frame(style, ax, log.epochs, entropy(reading.images) / 10)
        fits = [
            (judgement, fit)
            for judgement in found[log.name]
            for fit in judgement.fits
            if fit.explanation == name
        ]
        _heading(
            ax,
            [
                (_log_title(style, log) if i % COLUMNS == 0 else "", style.color("published")),
                (style.words(reading.title.zh, reading.title.en), style.color(variant)),
                (_printing(style, reading.images), style.muted),
                (_outcome(style, fits), style.muted),
            ],
        )
        rows += _reading_rows(log, name, ours, fits[0][1])
    _outer_labels(style, panels)
    each = style.words("；", "; ").join(
        f"{_log_title(style, log)}, {style.words(EXPLANATIONS[fit.explanation].title.zh, EXPLANATIONS[fit.explanation].title.en)}: {_outcome(style, [(judgement, fit)])}"
        for log in odd
        for judgement in found[log.name][:1]
        for fit in judgement.fits
    )
    return Drawing(
        figure=figure,
        style=style,
        title=title,
        alt=style.words(
            f"{len(odd)} 行 {len(EXPLANATIONS)} 列小图：两份反常的日志各画在三种解读的重演之上。{each}。",
            f"{len(odd)} rows of {len(EXPLANATIONS)} panels: each of the two odd logs over the replays of three readings. {each}.",
        ),
        caption=style.words(
            "圆点是原报告打印的损失，细线是按该解读训练的种子，粗线是中位数，点线是只知道类别比例时的水平。Δ 是与最可能的解读的对数似然之差（0 即最可能），"
            f"n 是种子数；后来下降的那份日志有两个 Δ：下降之前的各轮，下降的各轮。相差不到 ln{SPACE}20，或者换一批种子就会变，都算分不出高下。没有训练的解读不参加比较。",
            "Dots are the losses that the original printed, thin lines seeds trained by that reading, thick ones their median; the dotted line is the "
            "level of who knows only the shares of the classes. Δ is the difference in log-likelihood from the likeliest reading, "
            "which has 0, and n counts seeds; the log that falls in the end has two: the epochs before the fall, and those of it. A lead below "
            f"ln{SPACE}20, or one that other seeds could undo, tells nothing. Readings without runs are not compared.",
        ),
        rows=rows,
    )


# Words


def _log_title(style: Style, log: Log) -> str:
    title = variant_title(style, VARIANTS[log.variant])
    return style.words(f"{title}，{log.epochs} 轮", f"{title}, {log.epochs} epochs")


def _logs_title(style: Style, published: list[Log], placed: dict[str, Placement | None]) -> str:
    """How many logs print more rows than their data allow, and how many of the others lie where our seeds do."""
    most = rows_per_epoch(sum(EXPLANATIONS["right"].images))
    odd = [log for log in published if log.rows.shape[1] > most]
    compared = [
        found for log in published if log not in odd and (found := placed[log.name]) and found.n > 1
    ]
    near = sum(found.as_far > 0 for found in compared)
    start = style.words(
        f"{len(published)} 份日志中有 {len(odd)} 份每轮多打印一行，标签无误时打印不出；",
        f"{len(odd)} of {len(published)} logs print more rows an epoch than right labels can; ",
    )
    if not compared:
        return start + style.words(
            "其余的还不能与我们的训练相比", "the others cannot be compared with our runs yet"
        )
    return start + style.words(
        f"其余 {len(compared)} 份中有 {near} 份不比我们最偏的种子更偏",
        f"of the other {len(compared)}, {near} {'lies' if near == 1 else 'lie'} no further out than our seeds",
    )


def _row_counts(style: Style, log: Log, ours: np.ndarray | None) -> str:
    theirs = log.rows.shape[1]
    if ours is None or ours.shape[2] == theirs:
        return style.words(f"每轮 {theirs} 行", f"{theirs} rows an epoch")
    return style.words(
        f"每轮 {theirs} 行，我们 {ours.shape[2]} 行",
        f"{theirs} rows an epoch, ours {ours.shape[2]}",
    )


def _as_far(style: Style, ours: np.ndarray | None, found: Placement | None) -> str:
    if ours is None:
        return style.words("我们还没有训练", "no run of ours yet")
    if found is None:
        return style.words("还不能相比", "cannot be compared yet")
    if found.n == 1:
        return style.words("我们只有一个种子", "one seed of ours only")
    return style.words(
        f"同样远的种子 {found.as_far}/{found.n}", f"{found.as_far} of {found.n} seeds as far"
    )


def _conclusion(style: Style, log: Log, found: tuple[Comparison, ...]) -> str:
    """Which reading fits a log best; of plateau and fall apart where these differ."""
    said, parts = _fits_best(style, found[0]), found[1:]
    if len({part.best for part in parts}) > 1:
        plateau, fall = (
            _fits_best(style, part) if part.best else style.words("未定", "undecided")
            for part in parts
        )
        said = style.words(
            f"停住的一段{plateau}，下降的一段{fall}",
            f"on its plateau {plateau}, in its fall {fall}",
        )
    return _log_title(style, log) + style.words("：", ": ") + said


def _fits_best(style: Style, judgement: Comparison) -> str:
    if judgement.best:
        reading = EXPLANATIONS[judgement.best]
        return style.words(f"“{reading.title.zh}”最合", f"{reading.title.en.lower()} fits best")
    if all(fit.state == "excluded" or fit.n >= FEWEST_SEEDS for fit in judgement.fits):
        return style.words("分不出高下", "readings cannot be told apart")
    return style.words("还缺训练，不能判断", "too few runs to judge by")


def _printing(style: Style, images: tuple[int, int]) -> str:
    a, b = images
    rows = rows_per_epoch(a + b)
    return style.words(f"{a:,} + {b:,} 幅，每轮 {rows} 行", f"{a:,} + {b:,} images: {rows} rows")


def _outcome(style: Style, fits: list[tuple[Comparison, Fit]]) -> str:
    """What came of a reading: why it was not judged, or how far it is behind the likeliest, part by part."""
    _, fit = fits[0]
    if fit.state != "compared":
        return {
            "excluded": style.words("行数不符，排除", "excluded by its rows"),
            "no runs": style.words("还没有训练", "no runs yet"),
            "too few": style.words(f"n = {fit.n}，太少", f"n = {fit.n}, too few"),
            "not comparable": style.words("还不能相比", "cannot be compared yet"),
        }[fit.state]
    shown = fits[1:] or fits  # both parts, where there are two
    behind = [
        f"{each.log_likelihood - judgement.ranked[0].log_likelihood:.1f}".replace("-", "−")
        for judgement, each in shown
    ]
    return f"Δ {' / '.join(behind)}; n = {fit.n}"


# Panels


def _rows(evidence: Evidence, variant: str) -> np.ndarray | None:
    """`(n, epochs, rows)` as printed; None where there is no run, or none that prints."""
    runs = evidence.runs(variant)
    rows = printed_rows(runs) if runs else None
    return rows if rows is not None and rows.shape[2] else None


def _grid(style: Style, title: str, lines: int, words: int) -> tuple[Figure, list[Axes]]:
    """A figure with `lines` rows of three panels, each with room for so many lines of words above, and a key above all."""
    wide = (WIDTH - LEFT - 0.1 - GAP * (COLUMNS - 1)) / COLUMNS
    head = TICKS + LINE * words
    above = FOOT + lines * (TALL + head) - TICKS + 0.2
    figure = sheet(title, above + LINE)
    for x, text, color in (
        (LEFT, style.words("● 原报告", "● original"), style.color("published")),
        (
            LEFT + 1.2,
            style.words("我们的种子（细）和中位数（粗）", "our seeds (thin), their median (thick)"),
            style.ink,
        ),
        (LEFT + 4.2, style.words("···· 瞎猜的水平", "···· blind guess"), style.color("chance")),
    ):
        note(figure, x, above, text, color=color)
    return figure, [
        axes(
            figure,
            LEFT + i % COLUMNS * (wide + GAP),
            FOOT + (lines - 1 - i // COLUMNS) * (TALL + head),
            wide,
            TALL,
        )
        for i in range(lines * COLUMNS)
    ]


def _at(shape: tuple[int, int]) -> np.ndarray:
    """Where rows stand on the axis of epochs, spread evenly: `(epochs * rows,)`."""
    epochs, rows = shape
    return (np.arange(epochs)[:, None] + np.arange(1, rows + 1) / (rows + 1)).ravel() + 0.5


def _curves(
    style: Style, ax: Axes, log: Log, ours: np.ndarray | None, color: str, inside: np.ndarray | None
) -> None:
    if ours is not None:
        shown = ours[:, : log.epochs]
        x, flat = _at(shown.shape[1:]), shown.reshape(len(shown), -1)
        for line in flat:
            ax.plot(x, line, color=color, lw=0.7, alpha=0.35)
        ax.plot(x, np.median(flat, axis=0), color=color, lw=1.8, gid="median")
    x, y = _at(log.rows.shape), log.rows.ravel()
    full = np.repeat(
        np.ones(log.epochs, dtype=bool) if inside is None else inside, log.rows.shape[1]
    )
    size = 3 if len(x) <= 30 else 2.2  # points
    ax.plot(x, y, color=style.color("published"), lw=0.5, gid="published")
    for which, face in ((full, style.color("published")), (~full, style.ground)):
        ax.plot(
            x[which],
            y[which],
            "o",
            ms=size,
            mew=0.7,
            color=style.color("published"),
            mfc=face,
            zorder=3,
        )


def _frame(style: Style, ax: Axes, epochs: int, level: float) -> None:
    ax.axhline(level, color=style.color("chance"), lw=1.2, ls=DOTS, zorder=1)
    ax.set(xlim=(0.5, epochs + 0.5), ylim=(-0.002, TOP))
    epoch_axis(style, ax, epochs, ticks=4)


def _heading(ax: Axes, lines: list[tuple[str, str]]) -> None:
    """Lines of words above a panel, the last one next to it."""
    for k, (text, color) in enumerate(reversed(lines)):
        ax.text(
            0, 1.04 + k * LINE / TALL, text, color=color, fontsize=SMALL, transform=ax.transAxes
        )


def _outer_labels(style: Style, panels: list[Axes]) -> None:
    for i, ax in enumerate(panels):
        if i % COLUMNS:
            ax.tick_params(labelleft=False)
        else:
            ax.set_ylabel(style.words("打印的损失", "Loss as printed"))
        if i + COLUMNS < len(panels):
            ax.set_xlabel("")


# Data


def _log_rows(log: Log, found: Placement | None) -> list[dict]:
    means = log.rows.mean(1)
    rows = []
    for e in range(log.epochs):
        row = {
            "log": log.name,
            "section": log.section,
            "epoch": e + 1,
            "printed": " ".join(f"{each:.3f}" for each in log.rows[e]),
            "mean": float(means[e]),
        }
        ours = (
            {"n": 0, "below": "", "percentile": "", "low": "", "median": "", "high": ""}
            if found is None
            else {
                "n": found.n,
                "below": int(found.below[e]),
                "percentile": float(found.percentile[e]),
                "low": float(found.ours[:, e].min()),
                "median": float(np.median(found.ours[:, e])),
                "high": float(found.ours[:, e].max()),
            }
        )
        rows.append(row | ours)
    return rows


def _reading_rows(log: Log, reading: str, ours: np.ndarray | None, fit: Fit) -> list[dict]:
    """A row for every epoch: the mean of what it prints, of the original and of our runs."""
    means = None if ours is None or ours.shape[1] < log.epochs else ours.mean(2)  # (n, epochs)
    rows = []
    for e, mean in enumerate(log.rows.mean(1)):
        low, median, high = (
            ("", "", "")
            if means is None
            else (float(means[:, e].min()), float(np.median(means[:, e])), float(means[:, e].max()))
        )
        rows.append(
            {
                "log": log.name,
                "reading": reading,
                "state": fit.state,
                "n": 0 if ours is None else len(ours),
                "log_likelihood": fit.log_likelihood if fit.state == "compared" else "",
                "epoch": e + 1,
                "mean": float(mean),
                "low": low,
                "median": median,
                "high": high,
            }
        )
    return rows
