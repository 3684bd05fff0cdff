"""Draws what the seeds say together: when they escape from chance, and what success costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from report_builder.evidence.study import escape_epochs, escaped_by, share, solved
from report_builder.figures.comparison.compare import NAMES, variant_rows
from report_builder.figures.toolkit.layout import WIDTH, apart, axes, epoch_axis, log_ticks, sheet
from report_builder.figures.toolkit.style import Drawing, Style
from report_builder.figures.toolkit.words import variant_title
from report_builder.text import SPACE, big, number, percent, plural
from xo.runs.record import SOLVED

if TYPE_CHECKING:
    from report_builder.evidence.study import Evidence

LEFT, RIGHT = 0.78, 2.25  # inches for the y axis and for the labels at the lines' ends
DASHES = ("-", (0, (5, 1.5)), (0, (3, 1, 1, 1)), (0, (1, 1)))


def escape(evidence: Evidence, style: Style) -> Drawing:
    """The share of seeds that have reached SOLVED by each epoch, a step line for each variant; seeds still at it are censored."""
    variants = [v for v in evidence.variants if v.labels == "class"] or list(evidence.variants)
    reached = {v.name: escape_epochs(evidence.runs(v.name)) for v in variants}
    last = {v.name: len(evidence.runs(v.name)[0].epochs) for v in variants}
    lines = {v.name: escaped_by(reached[v.name], last[v.name]) for v in variants}
    every = np.concatenate(list(reached.values()))
    done, goal = every[np.isfinite(every)], percent(SOLVED, 0)
    title = (
        style.words(
            f"首次达到 {goal} 的轮次：最早第 {done.min():.0f} 轮，最晚第 {done.max():.0f} 轮，{len(every)} 次中有 {len(every) - len(done)} 次始终没有",
            f"Seeds first reach {goal} between epoch {done.min():.0f} and epoch {done.max():.0f}; "
            f"{len(every) - len(done)} of {len(every)} never do",
        )
        if len(done)
        else style.words(
            f"{len(every)} 次训练没有一次达到 {goal}",
            f"None of {plural(len(every), 'run')} reaches {goal}",
        )
    )
    most = max(last.values())
    figure = sheet(title, 3.6)
    ax = axes(figure, LEFT, 0.5, WIDTH - LEFT - RIGHT, 3.0)
    ends = []
    for i, variant in enumerate(variants):
        values, n = 100 * lines[variant.name], len(reached[variant.name])
        ax.step(
            [0, *range(1, last[variant.name] + 1)],
            [0, *values],
            where="post",
            color=style.color(variant.name),
            lw=1.8,
            ls=DASHES[i % len(DASHES)],
            gid=variant.name,
        )
        ax.plot(last[variant.name], values[-1], "|", color=style.color(variant.name), ms=9, mew=1.8)
        ends.append(
            (
                values[-1],
                f"{variant_title(style, variant)}  {int(round(values[-1] * n / 100))}/{n}",
                style.color(variant.name),
            )
        )
    ax.set(xlim=(0, most), ylim=(0, 102))
    epoch_axis(style, ax, most)
    ax.set_ylabel(style.words(f"已达到 {goal} 的种子（%）", f"Seeds that have reached {goal} (%)"))
    for y, (_, text, color) in zip(
        apart([end / 102 for end, _, _ in ends], 0.062, 0.02, 0.98), ends
    ):
        ax.text(1.02, y, text, color=color, fontsize=9, va="center", transform=ax.transAxes)
    each = "; ".join(
        f"{variant_title(style, v)}: {int(np.isfinite(reached[v.name]).sum())}/{len(reached[v.name])}"
        for v in variants
    )
    return Drawing(
        figure=figure,
        style=style,
        title=title,
        alt=style.words(
            f"阶梯线，每个变体一条：到每一轮为止已达到 {goal} 的种子所占比例。最后：{each}。",
            f"Step lines, one for each variant: the share of seeds that have reached {goal} by each epoch. At the end: {each}.",
        ),
        caption=style.words(
            f"逃离瞎猜的轮次的经验分布：一个种子在测试准确率首次达到 {goal} 的那一轮计入。竖记号是该变体训练的最后一轮，此时还没有达到的种子是删失的：再训练下去会怎样，这里不知道。"
            "右侧是达到过的种子数和总数。",
            f"Empirical distribution of the epoch of escape from chance: a seed counts from the epoch in which its test accuracy "
            f"first reaches {goal}. An upright mark is the variant's last epoch; seeds that have not reached it by then are censored: "
            "what more epochs would bring is not known. At the right, seeds that have reached it, of all.",
        ),
        rows=[
            {
                "variant": v.name,
                "epoch": e + 1,
                "escaped": int(round(value * len(reached[v.name]))),
                "n": len(reached[v.name]),
                "share": float(value),
            }
            for v in variants
            for e, value in enumerate(lines[v.name])
        ],
    )


def cost_and_success(evidence: Evidence, style: Style) -> Drawing:
    """Seconds per epoch and parameters of each variant against the share of seeds that solve the task, with intervals."""
    variants = [v for v in evidence.variants if v.labels == "class"] or list(evidence.variants)
    shares = [
        share(int((done := solved(evidence.runs(v.name))).sum()), len(done)) for v in variants
    ]
    seconds = [
        float(np.median([s for run in evidence.runs(v.name) for s in run.epoch_seconds]))
        for v in variants
    ]
    parameters = [int(evidence.runs(v.name)[0].parameters) for v in variants]
    slow, quick = int(np.argmax(seconds)), int(np.argmin(seconds))
    parted = (shares[slow].low > shares[quick].high) or (shares[quick].low > shares[slow].high)
    times = number(seconds[slow] / max(seconds[quick], 1e-9), 2)
    title = style.words(
        f"“{variants[slow].zh}”一轮的时间是“{variants[quick].zh}”的 {times} 倍，学会的比例",
        f'"{variants[slow].en}" takes {times} times as long an epoch as "{variants[quick].en}"; the shares that solve the task ',
    ) + (
        style.words("不同", "differ")
        if parted
        else style.words("却分不出高下", "cannot be told apart")
    )
    order = sorted(range(len(variants)), key=lambda k: (-shares[k].k / shares[k].n, seconds[k]))
    variants, shares, seconds, parameters = (
        [each[k] for k in order] for each in (variants, shares, seconds, parameters)
    )
    row, value, gap = 0.4, 0.92, 0.08  # inches; `value` for the numbers right of a panel
    figure = sheet(title, row * len(variants) + 0.85)
    wide = (WIDTH - NAMES - 3 * value - 2 * gap) / 3
    panels = [
        axes(figure, NAMES + i * (wide + value + gap), 0.5, wide, row * len(variants))
        for i in range(3)
    ]
    for ax, heading in zip(
        panels,
        (
            style.words("学会的比例（%）", "Share that solves it (%)"),
            style.words("每轮秒数（对数）", "Seconds per epoch (log)"),
            style.words("参数（对数）", "Parameters (log)"),
        ),
    ):
        variant_rows(style, ax, tuple(variants), named=ax is panels[0])
        ax.text(0, 1.02, heading, fontsize=9, color=style.muted, transform=ax.transAxes)
    panels[0].set_xlim(0, 100)
    for ax, values, said in (
        (panels[1], seconds, "{:,g}".format),
        (panels[2], parameters, lambda v: big(round(v), style.language, short=True)),
    ):
        low, high = max(min(values), 1e-3) / 1.6, max(max(values), 1e-3) * 1.6
        low, high = (
            min(low, 10 ** np.floor(np.log10(high))),
            max(high, 10 ** np.ceil(np.log10(low))),
        )  # a tick at least
        ax.set_xscale("log")
        ax.set_xlim(low, high)
        log_ticks(ax.xaxis, low, high, 2, said)
    for y, (variant, s, t, p) in enumerate(zip(variants, shares, seconds, parameters)):
        color = style.color(variant.name)
        panels[0].plot([100 * s.low, 100 * s.high], [y, y], color=color, lw=2.5, alpha=0.5)
        for ax, x, text in zip(
            panels,
            (100 * s.k / s.n, t, p),
            (
                f"{s.k}/{s.n}",
                f"{number(t, 2)}{SPACE}{style.words('秒', 's')}",
                big(p, style.language),
            ),
        ):
            ax.plot(x, y, "o", color=color, ms=7, clip_on=False, zorder=3)
            ax.text(
                1.16 if ax is panels[0] else 1.1,
                y,
                text,
                va="center",
                fontsize=9,
                color=color,
                transform=ax.get_yaxis_transform(),
            )
    listed = style.words("；", "; ").join(
        f"{variant_title(style, v)} {s.k}/{s.n}, {number(t, 2)}{SPACE}{style.words('秒', 's')}, {p:,}"
        for v, s, t, p in zip(variants, shares, seconds, parameters)
    )
    return Drawing(
        figure=figure,
        style=style,
        title=title,
        alt=style.words(
            f"三列点图，每个变体一行，按学会的比例排列：学会的比例和区间、每轮秒数、参数数。{listed}。",
            f"Three columns of dots, a row for each variant in the order of success: share that solves the task with its interval, seconds per epoch, parameters. {listed}.",
        ),
        caption=style.words(
            f"各行按学会的比例从高到低。左列横线是 95{SPACE}% 区间（Wilson），数字是学会的种子数和总数。秒数是各轮的中位数，只计训练，在训练所用的机器上测得。"
            "若更慢或更大的网络学会得更多，右两列的点会自下而上向右移。",
            f"Rows in the order of the share that solves the task. Lines at the left are 95{SPACE}% intervals (Wilson), the numbers seeds that "
            "solve it, of all. Seconds are medians over all epochs, training alone, on the machine that trained. If slower or "
            "larger networks solved it more often, the dots of the other columns would move right from the bottom up.",
        ),
        rows=[
            {
                "variant": v.name,
                "solved": s.k,
                "n": s.n,
                "low": s.low,
                "high": s.high,
                "epoch_seconds": t,
                "parameters": p,
            }
            for v, s, t, p in zip(variants, shares, seconds, parameters)
        ],
    )
