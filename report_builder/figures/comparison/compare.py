"""Draws counts and comparisons: which runs solve, how the variants compare, what is taken for what."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from report_builder.evidence.study import curve, share, solved
from report_builder.figures.toolkit.layout import WIDTH, axes, log_ticks, note, sheet
from report_builder.figures.toolkit.pixels import mixed, shades
from report_builder.figures.toolkit.style import Drawing, Style
from report_builder.figures.toolkit.words import (
    class_names,
    described,
    of_runs,
    shorten,
    variant_of,
    variant_title,
    width,
    wrap,
)
from report_builder.text import SPACE, big, number, percent, plural
from xo.runs.record import SOLVED

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from report_builder.evidence.study import Evidence
    from xo.variants import Variant

NAMES = 1.75  # inches for the variants' names at the left
NAME_COLUMNS = 25
MARKERS = {"O": "o", "X": "X"}
FURTHER_MARKERS = "s^Dv*hP<>d"


def solved_share(evidence: Evidence, style: Style) -> Drawing:
    """The share of runs that solve their task, for each variant, with its interval."""
    variants = evidence.variants
    shares = [
        share(int((runs := solved(evidence.runs(v.name))).sum()), len(runs)) for v in variants
    ]
    asked = [s for v, s in zip(variants, shares) if v.labels == "class"] or shares
    mixed = sum(0 < s.k < s.n for s in asked)
    k, n, goal = sum(s.k for s in asked), sum(s.n for s in asked), percent(SOLVED, 0)
    if mixed:
        title = style.words(
            f"能否学会要看随机种子：{len(asked)} 个网络中有 {mixed} 个，同一网络有的种子学会、有的没有",
            f"Learning is a matter of the random seed: in {mixed} of {plural(len(asked), 'network')}, "
            "some seeds solve the task and others do not",
        )
    else:
        alone = all(each.n == 1 for each in asked)
        title = of_runs(style, k, n) + style.words(
            "学会了；", f" {'solves' if 1 in (k, n) else 'solve'} the task; "
        )
        title += style.words(
            "每个网络只有一个种子，看不出种子的影响" if alone else "没有一个网络的种子之间结果不同",
            "one seed per network cannot tell what the seed does"
            if alone
            else "no network's seeds disagree",
        )
    row = 0.4
    figure = sheet(title, row * len(variants) + 0.6)
    ax = axes(figure, NAMES, 0.5, WIDTH - NAMES - 1.75, row * len(variants))
    variant_rows(style, ax, variants)
    for y, (variant, s) in enumerate(zip(variants, shares)):
        color = style.color(variant.name)
        ax.plot([100 * s.low, 100 * s.high], [y, y], color=color, lw=2.5, alpha=0.55)
        ax.plot(
            100 * s.k / s.n,
            y,
            color=color,
            ms=8,
            marker="o" if variant.labels == "class" else "D",
            mfc=color if variant.labels == "class" else style.ground,
            mew=1.8,
            zorder=3,
            clip_on=False,
        )
        ax.text(
            1.045,
            y,
            style.words(f"{s.n} 次中 {s.k} 次", f"{s.k} of {s.n}")
            + f"  ({100 * s.low:.0f}–{percent(s.high, 0)})",
            va="center",
            fontsize=9,
            color=color,
            transform=ax.get_yaxis_transform(),
        )
    ax.set_xlim(0, 100)
    ax.set_xlabel(style.words("学会的训练所占比例（%）", "Runs that solve (%)"))
    each = "; ".join(f"{variant_title(style, v)}: {s.k}/{s.n}" for v, s in zip(variants, shares))
    others = len(variants) - sum(v.labels == "class" for v in variants)
    return Drawing(
        figure=figure,
        style=style,
        title=title,
        alt=style.words(
            f"每个变体一行，点是学会的比例，横线是它的区间：{each}。",
            "A row for each variant, with a dot for the share of runs that solve and a line for its "
            f"interval: {each}.",
        ),
        caption=style.words(
            f"学会：最后一轮的准确率达到 {goal}。点是学会的比例，横线和括号里是 95{SPACE}% 区间（Wilson）。各变体的 n 见右侧，共 {sum(s.n for s in shares)} 次训练。"
            + (
                f"空心菱形（{others} 个变体）：重演两份反常的日志，标签或图像数不同，不计入标题。"
                if others
                else ""
            ),
            f"Solved: an accuracy of {goal} or more in the last epoch. Dots are shares, lines and brackets their "
            f"95{SPACE}% intervals (Wilson); n stands at the right, {plural(sum(s.n for s in shares), 'run')} in all."
            + (
                f" Open diamonds ({plural(others, 'variant')}): replays of the two odd logs, with other labels or "
                "other numbers of images; not counted in the title."
                if others
                else ""
            ),
        ),
        rows=[
            {
                "variant": v.name,
                "solved": s.k,
                "n": s.n,
                "share": s.k / s.n,
                "low": float(s.low),
                "high": float(s.high),
            }
            for v, s in zip(variants, shares)
        ],
    )


def variants_compared(evidence: Evidence, style: Style) -> Drawing:
    """Accuracy, parameters and seconds per epoch of every variant, in one picture."""
    variants = evidence.variants
    final = [curve(evidence.runs(v.name), "test_accuracy")[:, -1] for v in variants]
    parameters = [int(evidence.runs(v.name)[0].parameters) for v in variants]
    seconds = [
        np.array([s for run in evidence.runs(v.name) for s in run.epoch_seconds]) for v in variants
    ]
    medians = [float(np.median(s)) for s in seconds]
    slow, fast = int(np.argmax(medians)), int(np.argmin(medians))
    sizes = style.words(
        f"参数数从 {big(min(parameters), style.language)}到 {big(max(parameters), style.language)}",
        f"parameters from {big(min(parameters), style.language)} to {big(max(parameters), style.language)}",
    )
    least, most = number(medians[fast], 2), number(medians[slow], 2)
    if len(variants) == 1:
        title = style.words(
            f"{variants[0].zh}：{parameters[0]:,} 个参数，每轮 {least} 秒",
            f"{variants[0].en}: {parameters[0]:,} parameters, {least} s an epoch",
        )
    elif least == most:
        title = style.words(
            f"每轮都是 {least} 秒，{sizes}", f"An epoch takes {least} s with each network; {sizes}"
        )
    else:
        title = style.words(
            f"每轮秒数：{variants[fast].zh} {least}，{variants[slow].zh} {most}；{sizes}",
            f"Seconds per epoch from {least} ({variants[fast].en}) to {most} ({variants[slow].en}), "
            f"{sizes}",
        )
    row, gap, value = 0.4, 0.12, 0.78  # inches; `value` for the numbers right of a panel
    figure = sheet(title, row * len(variants) + 0.85)
    wide = (WIDTH - NAMES - 3 * value - 2 * gap) / 3
    panels = [
        axes(figure, NAMES + i * (wide + value + gap), 0.5, wide, row * len(variants))
        for i in range(3)
    ]
    headings = (
        style.words("最后一轮准确率（%）", "Final accuracy (%)"),
        style.words("参数（对数）", "Parameters (log)"),
        style.words("每轮秒数（对数）", "Seconds per epoch (log)"),
    )
    for ax, heading in zip(panels, headings):
        variant_rows(style, ax, variants, named=ax is panels[0])
        ax.text(0, 1.02, heading, fontsize=9, color=style.muted, transform=ax.transAxes)
    for y, variant in enumerate(variants):
        color = style.color(variant.name)
        median = float(np.median(final[y]))
        panels[0].plot(
            100 * final[y],
            np.full(len(final[y]), y),
            "|",
            color=color,
            ms=11,
            mew=1,
            alpha=0.5,
            clip_on=False,
        )
        panels[1].plot(parameters[y], y, "o", color=color, ms=7)
        panels[2].plot([seconds[y].min(), seconds[y].max()], [y, y], color=color, lw=2.5, alpha=0.5)
        panels[2].plot(medians[y], y, "o", color=color, ms=7)
        panels[0].plot(100 * median, y, "o", color=color, ms=7, clip_on=False, zorder=3)
        for ax, text in zip(
            panels,
            (
                percent(median),
                big(parameters[y], style.language),
                f"{number(medians[y], 2)}{SPACE}{style.words('秒', 's')}",
            ),
        ):
            ax.text(
                1.1,
                y,
                text,
                va="center",
                fontsize=9,
                color=color,
                transform=ax.get_yaxis_transform(),
            )
    lowest = 100 * min(each.min() for each in final)
    panels[0].set_xlim(lowest - 0.06 * (100 - lowest) - 1, 100 + 0.06 * (100 - lowest) + 1)
    for ax, values, said in (
        (panels[1], parameters, lambda power: big(round(power), style.language, short=True)),
        (panels[2], np.concatenate(seconds), "{:,g}".format),
    ):
        low, high = max(min(values), 1e-3) / 1.6, max(max(values), 1e-3) * 1.6
        low, high = (
            min(low, 10 ** np.floor(np.log10(high))),
            max(high, 10 ** np.ceil(np.log10(low))),
        )  # a tick at least
        ax.set_xscale("log")
        ax.set_xlim(low, high)
        log_ticks(ax.xaxis, low, high, 2, said)
    each = "; ".join(
        f"{variant_title(style, v)}: {percent(float(np.median(f)))}, {p:,}, "
        f"{number(s, 2)}{SPACE}{style.words('秒', 's')}"
        for v, f, p, s in zip(variants, final, parameters, medians)
    )
    counts = sorted({len(f) for f in final})
    n = (
        str(counts[0])
        if len(counts) == 1
        else style.words(f"{counts[0]} 至 {counts[-1]}", f"{counts[0]} to {counts[-1]}")
    )
    return Drawing(
        figure=figure,
        style=style,
        title=title,
        alt=style.words(
            f"三列点图，每个变体一行，依次为准确率中位数、参数数、每轮秒数：{each}。",
            "Three columns of dots, a row for each variant: median accuracy, parameters, seconds per "
            f"epoch. {each}.",
        ),
        caption=style.words(
            f"准确率：竖线为单个种子，圆点为中位数（每个变体 n = {n}）。秒数：圆点为各轮的中位数，横线从最快到最慢；只计训练，不计测试，"
            "在训练所用的机器上测得。参数和秒数的横轴为对数。",
            f"Accuracy: ticks are single seeds, dots their median (n = {n} for each variant). Seconds: dots are "
            "medians over all epochs, lines reach from the fastest to the slowest; training alone, without the "
            "test, on the machine that trained. Parameters and seconds are on log scales.",
        ),
        rows=[
            {
                "variant": v.name,
                "n": len(f),
                "accuracy_median": float(np.median(f)),
                "accuracy_low": float(f.min()),
                "accuracy_high": float(f.max()),
                "parameters": p,
                "epoch_seconds_median": m,
                "epoch_seconds_low": float(s.min()),
                "epoch_seconds_high": float(s.max()),
            }
            for v, f, p, m, s in zip(variants, final, parameters, medians, seconds)
        ],
    )


def confusion(evidence: Evidence, style: Style, name: str) -> Drawing:
    """What the representative run takes for what, and how much of each class every run recognizes."""
    variant, runs, run = (
        variant_of(evidence, name),
        evidence.runs(name),
        evidence.representative(name),
    )
    names, counts = (
        class_names(run),
        np.array(run.confusion),
    )  # (classes, classes), rows are the truth
    recall = np.array(
        [np.diag(c := np.array(r.confusion)) / np.maximum(c.sum(axis=1), 1) for r in runs]
    )  # (seeds, classes)
    right, total, k = int(np.trace(counts)), int(counts.sum()), len(names)
    title = variant_title(style, variant) + style.words(
        f"：种子 {run.seed} 判对 {total:,} 幅图像中的 {right:,} 幅（{percent(right / total)}）",
        f": seed {run.seed} is right on {right:,} of {plural(total, 'image')} ({percent(right / total)})",
    )
    cell = {2: 0.75, 3: 0.62}.get(k, min(0.5, 3.2 / k))  # inches
    labels = [shorten(described(style, each), 18) for each in names]
    longest = max(map(width, labels)) * 0.072 + 0.1
    upright = k > 3 or longest > cell * 1.25
    room, head = longest + 0.35, (longest if upright else 0.25) + 0.28
    figure = sheet(title, cell * k + 0.5 + head)
    matrix = axes(figure, room, 0.5, cell * k, cell * k)
    shade = shades(
        shares_of_rows(counts), 0, 1, (style.ground, mixed(style.ground, style.color(name), 0.4))
    )
    matrix.set(xlim=(-0.5, k - 0.5), ylim=(k - 0.5, -0.5))
    for i in range(k):
        for j in range(k):
            matrix.fill(
                [j - 0.5, j + 0.5, j + 0.5, j - 0.5],
                [i - 0.5, i - 0.5, i + 0.5, i + 0.5],
                fc=shade[i, j] / 255,
                ec=style.color("grid"),
                lw=0.6,
            )
            matrix.text(
                j, i, f"{counts[i, j]:,}", ha="center", va="center", fontsize=12 if k <= 4 else 9
            )
    matrix.set_xticks(range(k), labels, rotation=90 if upright else 0)
    matrix.set_yticks(range(k), labels)
    matrix.grid(False)
    matrix.xaxis.tick_top()
    matrix.tick_params(length=0)
    matrix.spines[:].set_visible(False)
    tall = figure.get_size_inches()[1]
    top = 0.5 + cell * k + head - 0.2
    note(
        figure,
        room,
        top,
        style.words(f"种子 {run.seed}：判为", f"Seed {run.seed}: taken for"),
        color=style.muted,
    )
    figure.text(
        0.14 / WIDTH,
        (0.5 + cell * k / 2) / tall,
        style.words("真实", "Truth"),
        rotation=90,
        va="center",
        ha="center",
        fontsize=9,
        color=style.muted,
    )

    left = room + cell * k + 0.4
    dots = axes(figure, left, 0.5, WIDTH - left - 0.2, cell * k)
    note(
        figure,
        left,
        top,
        style.words("每个种子认对的比例", "Recognized by each seed"),
        color=style.muted,
    )
    heights = np.linspace(-0.3, 0.3, len(runs)) if len(runs) > 1 else np.zeros(1)
    further = iter(FURTHER_MARKERS)
    for i, color in enumerate(style.class_colors(names)):
        marker = MARKERS.get(names[i]) or next(further)
        dots.plot(
            100 * recall[:, i],
            i + heights,
            marker,
            color=color,
            ms=5,
            mew=1.5,
            mfc="none",
            alpha=0.8,
            clip_on=False,
        )
        shown = runs.index(run)
        dots.plot(
            100 * recall[shown, i],
            i + heights[shown],
            marker,
            color=color,
            ms=7,
            mew=2.5,
            clip_on=False,
        )
        if i:
            dots.axhline(i - 0.5, color=style.color("grid"), lw=0.6)
    dots.set(xlim=(-2, 102), ylim=(k - 0.5, -0.5))
    dots.set_yticks([])
    dots.grid(True, axis="x")
    dots.spines["left"].set_visible(False)
    dots.set_xlabel(style.words("认对的比例（%）", "Recognized (%)"))
    each = "; ".join(
        f"{a}: {int(counts[i, i])}/{int(counts[i].sum())}" for i, a in enumerate(names)
    )
    tested = (
        style.words("全部图像，也是训练所用的图像", "all images, those it was trained on")
        if variant.labels == "split"
        else style.words("测试图像", "the test images")
    )
    return Drawing(
        figure=figure,
        style=style,
        title=title,
        alt=style.words(
            f"{variant.zh}的混淆矩阵，{k} 行 {k} 列。种子 {run.seed} 认对：{each}。右图是 {len(runs)} 个种子在每一类上认对的比例。",
            f"Confusion matrix of “{variant.en}”, {k} by {k}. Seed {run.seed} recognizes: {each}. Beside "
            f"it the share of each class that each of {plural(len(runs), 'seed')} recognizes.",
        ),
        caption=style.words(
            f"左：种子 {run.seed} 的混淆矩阵（{tested}，{total:,} 幅），行是真实类别，列是网络的回答，颜色深浅是占该行的比例。"
            f"右：每个记号是一个种子（n = {len(runs)}），粗记号是左图的种子；没学会的网络把所有图像判为同一类，它的记号在 0 和 100{SPACE}%。",
            f"Left: confusion matrix of seed {run.seed} ({tested}, {total:,}); rows are the truth, columns the "
            f"network's answer, the shade is the share of the row. Right: a mark for each seed (n = {len(runs)}), "
            "the bold one is the seed at the left; a network that has not learned calls all images the same, its "
            f"marks lie at 0 and 100{SPACE}%.",
        ),
        rows=[
            {
                "seed": r.seed,
                "truth": names[i],
                "answer": names[j],
                "images": int(r.confusion[i][j]),
            }
            for r in runs
            for i in range(k)
            for j in range(k)
        ],
    )


def shares_of_rows(counts: np.ndarray) -> np.ndarray:
    """Each row divided by its sum; an empty row stays 0."""
    return counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)


def variant_rows(style: Style, ax: Axes, variants: tuple[Variant, ...], named: bool = True) -> None:
    """A row for each variant from the top down, named at the left in the variant's color."""
    ax.set_ylim(len(variants) - 0.5, -0.5)
    titles = (
        ["\n".join(wrap(variant_title(style, v), NAME_COLUMNS)[:2]) for v in variants]
        if named
        else [""] * len(variants)
    )
    ax.set_yticks(range(len(variants)), titles)
    for label, variant in zip(ax.get_yticklabels(), variants):
        label.set(color=style.color(variant.name), linespacing=1.1)
    ax.tick_params(axis="y", length=0, pad=9)
    ax.grid(False, axis="y")
    ax.grid(True, axis="x")
    ax.spines["left"].set_visible(False)
