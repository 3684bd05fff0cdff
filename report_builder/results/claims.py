"""What the original and this report claim of results, and the test that decides each claim anew for every study.

A row of CLAIMS says where the claim comes from, what it states, how the records decide it, and what a page says for each
verdict. No sentence about a result stands on the site but as the wording of a verdict or as a value.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Literal, NamedTuple

import msgspec
import numpy as np

from report_builder.evidence.log_explanations import FEW, ODD, READINGS, Judgement, Part, judgements
from report_builder.evidence.original_logs import BATCH_SIZE, logs, rows_per_epoch
from report_builder.evidence.study import (
    CHANCE,
    Difference,
    Evidence,
    Share,
    curve,
    delay,
    difference,
    escape_epochs,
    n_to_leave,
    n_to_part,
    printed,
    share,
    solved,
)
from report_builder.results.unavailable import unavailable
from report_builder.text import SPACE, count, number
from xo.runs.record import SOLVED, RunRecord

Verdict = Literal["supported", "refuted", "undecided"]
SIGNIFICANT = 0.05
FEWEST = 5  # runs of each kind below which a share decides nothing: intervals of two or three part too easily
CHANCE_ACCURACY = 0.6  # test accuracy up to which a run of two classes counts as guessing


class Both(NamedTuple):
    """The same said in both languages."""

    zh: str
    en: str


class Finding(NamedTuple):
    """What the records say of a claim: the verdict, the numbers and n that decide, and what would settle it if they do not."""

    verdict: Verdict
    numbers: Both
    n: int
    settles: Both = Both("", "")


class Claim(NamedTuple):
    place: str  # row of the original's contents, or "ours"
    states: Both
    test: Callable[[Evidence], Finding]
    says: dict[Verdict, Both]  # what a page says; the numbers follow in brackets
    figure: str  # that shows it
    demonstration: str = ""  # that the test reads instead of records


# How a verdict is found


def _no_run(*names: str) -> Finding:
    listed = "、".join(names), ", ".join(names)
    return Finding(
        "undecided",
        Both(f"这项研究没有 {listed[0]} 的训练", f"this study has no run of {listed[1]}"),
        0,
        Both("更大的研究，例如 full", "a larger study, such as full"),
    )


def _needs(*names: str):
    """Makes a test out of a function of the named variants' runs: it is undecided where one of them has none."""

    def decorate(decide):
        @wraps(decide)
        def test(evidence: Evidence) -> Finding:
            missing = [name for name in names if name not in evidence.records]
            return (
                _no_run(*missing) if missing else decide(*(evidence.runs(name) for name in names))
            )

        test.variants = names
        return test

    return decorate


def _counted(s: Share, what: Both = Both("", "")) -> Both:
    low, high = f"{100 * s.low:.0f}", f"{100 * s.high:.0f}"
    return Both(
        f"{s.n} 次训练中 {s.k} 次{what.zh}，95 % 区间 {low} 至 {high} %",
        f"{s.k} of {s.n} runs{what.en}, 95 % interval {low} to {high} %",
    )


def _more_seeds(n: int | None, each: bool = False) -> Both:
    if n is None:
        return Both(
            "比例若不变，再多种子也分不开", "if the shares stay, no number of seeds would settle it"
        )
    return Both(
        f"比例若不变，约需{'各' if each else ''} {count(n)} 个",
        f"if the shares stay, about {count(n)}{' of each' if each else ''}",
    )


def _judged(
    leans: Verdict, numbers: Both, n: int, fewest: int, needed: int | None, each: bool = False
) -> Finding:
    """What an interval decides, unless a kind has fewer than FEWEST runs, which is said; `needed` runs would settle it."""
    if leans != "undecided" and fewest < FEWEST:
        leans = "undecided"
        numbers = Both(
            f"{numbers.zh}；种子少于 {FEWEST} 个，不下结论",
            f"{numbers.en}; fewer than {FEWEST} seeds decide nothing",
        )
    return Finding(
        leans, numbers, n, _more_seeds(needed, each) if leans == "undecided" else Both("", "")
    )


def _share_against(k: int, n: int, bound: float, what: Both, small: bool = False) -> Finding:
    """Supported where the interval of k of n lies above the bound (`small`: below), refuted where on the other side."""
    s = share(k, n)
    above, below = ("refuted", "supported") if small else ("supported", "refuted")
    leans = above if s.low > bound else below if s.high < bound else "undecided"
    return _judged(leans, _counted(s, what), n, n, n_to_leave(k / n, bound, FEWEST))


def _fewer_solved(worse: tuple[RunRecord, ...], better: tuple[RunRecord, ...]) -> Finding:
    """Whether the first solve their task less often than the second."""
    a, b = (share(int(solved(runs).sum()), len(runs)) for runs in (worse, better))
    d = difference(b, a)
    leans = "undecided" if not d.parted else "supported" if d.value > 0 else "refuted"
    numbers = Both(
        f"学会 {a.k}/{a.n} 对 {b.k}/{b.n}，{_interval(d).zh}",
        f"{a.k} of {a.n} against {b.k} of {b.n} solve it, {_interval(d).en}",
    )
    return _judged(
        leans, numbers, a.n + b.n, min(a.n, b.n), n_to_part(a.k / a.n, b.k / b.n, FEWEST), each=True
    )


def _interval(d: Difference) -> Both:
    low, high = f"{100 * d.low:+.0f}".replace("-", "−"), f"{100 * d.high:+.0f}".replace("-", "−")
    return Both(
        f"比例之差的 95 % 区间 {low} 至 {high} 个百分点",
        f"95 % interval of the difference {low} to {high} points",
    )


def _computed(holds: bool, zh: str, en: str) -> Finding:
    """Of what is worked out, not measured: no seed decides it."""
    return Finding("supported" if holds else "refuted", Both(zh, en), 1)


def _parted(
    less: np.ndarray, more: np.ndarray, said: Callable[[np.ndarray], Both], names: tuple[Both, Both]
) -> Finding:
    """Supported where every value of the first lies below every value of the second, refuted the other way round."""
    verdict = (
        "supported"
        if less.max() < more.min()
        else "refuted"
        if more.max() < less.min()
        else "undecided"
    )
    first, second = said(less), said(more)
    return Finding(
        verdict,
        Both(
            f"{names[0].zh}{first.zh}，{names[1].zh}{second.zh}",
            f"{names[0].en} {first.en}, {names[1].en} {second.en}",
        ),
        len(less) + len(more),
        Both("更多种子", "more seeds") if verdict == "undecided" else Both("", ""),
    )


def _ranged(unit_zh: str, unit_en: str) -> Callable[[np.ndarray], Both]:
    def said(values: np.ndarray) -> Both:
        low, middle, high = (
            number(float(v), 2) for v in (values.min(), np.median(values), values.max())
        )
        return Both(
            f"中位数 {middle} {unit_zh}（{low} 至 {high}，n = {len(values)}）",
            f"median {middle} {unit_en} ({low} to {high}, n = {len(values)})",
        )

    return said


# The original's claims


@_needs("baseline", "no-pooling")
def _pooling_is_faster(pooled, bare) -> Finding:
    seconds = [np.array([np.median(run.epoch_seconds) for run in runs]) for runs in (pooled, bare)]
    return _parted(
        *seconds,
        _ranged("秒一轮", "s an epoch"),
        (Both("有池化", "with"), Both("没有池化", "without")),
    )


@_needs("baseline", "no-pooling")
def _without_pooling_is_later(pooled, bare) -> Finding:
    horizon = min(len(runs[0].epochs) for runs in (pooled, bare))
    epochs = [escape_epochs(runs) for runs in (bare, pooled)]
    by, p = delay(*epochs, horizon)
    verdict = "undecided" if p > SIGNIFICANT else "supported" if by > 0 else "refuted"
    n = f"n = {len(bare)}, {len(pooled)}"
    return Finding(
        verdict,
        Both(
            f"前 {horizon} 轮内平均{'晚' if by >= 0 else '早'} {abs(by):.1f} 轮，置换检验 p = {number(p, 2)}，{n}",
            f"{'later' if by >= 0 else 'earlier'} by {abs(by):.1f} epochs on average within {horizon}, permutation test p = "
            f"{number(p, 2)}, {n}",
        ),
        len(bare) + len(pooled),
        Both("两者更多的种子", "more seeds of both") if verdict == "undecided" else Both("", ""),
    )


@_needs("baseline", "no-pooling")
def _without_pooling_costs_time(pooled, bare) -> Finding:
    seconds = []
    for runs in (pooled, bare):
        epochs = escape_epochs(runs)
        spent = [
            sum(run.epoch_seconds[: int(epoch)])
            for run, epoch in zip(runs, epochs)
            if np.isfinite(epoch)
        ]
        seconds.append(np.array(spent))
    if not all(map(len, seconds)):
        return Finding(
            "undecided",
            Both("有一方没有学会的种子", "one of the two has no seed that solved the task"),
            0,
            Both("更多种子", "more seeds"),
        )
    return _parted(
        *seconds,
        _ranged("秒学会", "s to solve it"),
        (Both("有池化", "with"), Both("没有池化", "without")),
    )


@_needs("three-conv")
def _three_fail_in_ten(runs) -> Finding:
    s = share(int(solved(runs, 10).sum()) if len(runs[0].epochs) >= 10 else 0, len(runs))
    verdict = "refuted" if s.k else "supported" if s.high < 0.2 else "undecided"
    return Finding(
        verdict,
        _counted(s, Both("在第 10 轮已学会", " had solved it by epoch 10")),
        s.n,
        Both(
            "一次学会就足以推翻；没有时约需 20 个种子",
            "one seed that solves it refutes it; without one, about 20 seeds",
        )
        if verdict == "undecided"
        else Both("", ""),
    )


@_needs("three-conv")
def _three_need_twenty(runs) -> Finding:
    epochs = escape_epochs(runs)
    reached = epochs[np.isfinite(epochs)]
    if not len(reached):
        return Finding(
            "undecided",
            Both("没有种子学会", "no seed solved the task"),
            len(runs),
            Both("更多种子", "more seeds"),
        )
    return _share_against(
        int((reached > 10).sum()),
        len(reached),
        0.5,
        Both(
            "（只算学会过的）在第 10 轮之后才学会",
            " (of those that did) first solved it after epoch 10",
        ),
    )


@_needs("channels-11")
def _eleven_are_fine(runs) -> Finding:
    return _share_against(int(solved(runs).sum()), len(runs), 0.5, Both("学会", " solve it"))


@_needs("channels-15", "baseline")
def _fifteen_are_worse(fifteen, nine) -> Finding:
    return _fewer_solved(fifteen, nine)


@_needs("three-conv")
def _loss_gone_by_seven(runs) -> Finding:
    prints = [printed(run) for run in runs if run.solved]  # (epochs, rows) each
    if not prints or len(prints[0]) < 7 or not prints[0].shape[1]:
        return Finding(
            "undecided",
            Both("没有种子学会，或日志太短", "no seed solved the task, or logs are too short"),
            len(runs),
            Both("更多种子或轮数", "more seeds or epochs"),
        )
    gone = sum(bool((rows[6] < 0.0015).all()) for rows in prints)  # as it prints: 0.001 or 0.000
    return _share_against(
        gone,
        len(prints),
        0.5,
        Both(
            "（只算学会的）第 7 轮打印 0.001 或 0.000",
            " (of those that solve it) print 0.001 or 0.000 in epoch 7",
        ),
    )


@_needs("channels-11")
def _accuracy_near_the_published(runs) -> Finding:
    reached = curve(runs, "test_accuracy")[:, -1][solved(runs)]
    images, stated = len(runs[0].test_ids), 299 / 300  # printed as 99.666667 %
    if not len(reached):
        return Finding(
            "undecided",
            Both("没有种子学会", "no seed solved the task"),
            len(runs),
            Both("更多种子", "more seeds"),
        )
    low, high = reached.min(), reached.max()
    verdict = "supported" if low - 1 / images <= stated <= high + 1 / images else "refuted"
    verdict = "undecided" if verdict == "refuted" and len(reached) < 5 else verdict
    return Finding(
        verdict,
        Both(
            f"学会的 {len(reached)} 个种子从 {100 * low:.1f} 到 {100 * high:.1f} %",
            f"{len(reached)} seeds that solve it reach {100 * low:.1f} to {100 * high:.1f} %",
        ),
        len(reached),
        Both("5 个学会的种子", "5 seeds that solve it") if verdict == "undecided" else Both("", ""),
    )


def _deeper_separates_better(evidence: Evidence) -> Finding:
    probes = evidence.demonstrations.get("probes")
    if probes is None:
        return Finding(
            "undecided",
            Both("还没有线性探针的结果", "no linear probe has been computed"),
            0,
            Both("full 研究", "the study full"),
        )
    shallow, deep = (np.array(probes.facts["accuracy"][depth]) for depth in ("relu1", "relu3"))
    from scipy.stats import binomtest

    up, down = int((deep > shallow).sum()), int((deep < shallow).sum())
    p = binomtest(up, up + down).pvalue if up + down else 1.0
    verdict = "undecided" if p > SIGNIFICANT else "supported" if up > down else "refuted"
    return Finding(
        verdict,
        Both(
            f"{len(deep)} 个种子中，第三块的探针比第一块准的 {up} 个，更差的 {down} 个，符号检验 p = {number(p, 2)}",
            f"the probe of the third block is better than that of the first with {up} of {len(deep)} seeds, "
            f"worse with {down}; sign test p = {number(p, 2)}",
        ),
        len(deep),
        Both("至少 6 个种子", "at least 6 seeds") if verdict == "undecided" else Both("", ""),
    )


def _pooling_tolerates_shifts(evidence: Evidence) -> Finding:
    """Image by image, whether a shift by one pixel changes the map less after max-pooling than before, by a sign test."""
    shown = evidence.demonstrations.get("shifts")
    if shown is None:
        return Finding(
            "undecided",
            Both("还没有测量平移", "no shift has been measured"),
            0,
            Both("一个基准网络的权重", "the weights of one baseline network"),
        )
    if shown.unavailable:
        return Finding(
            "undecided", Both(*msgspec.structs.astuple(unavailable(shown.unavailable))), 0
        )
    from scipy.stats import binomtest

    bare, pooled = (
        shown.array(f"change.{kind}")[:, 1] for kind in ("none", "max")
    )  # (images,), relative changes
    less, more = int((pooled < bare).sum()), int((pooled > bare).sum())
    p = binomtest(less, less + more).pvalue if less + more else 1.0
    verdict = "undecided" if p > SIGNIFICANT else "supported" if less > more else "refuted"
    means = [number(float(change.mean()), 2) for change in (bare, pooled)]
    return Finding(
        verdict,
        Both(
            f"{len(bare)} 幅图像中 {less} 幅变得更少，相对变化平均从 {means[0]} 到 {means[1]}，符号检验 p = {number(p, 2)}",
            f"in {less} of {len(bare)} images; the relative change goes from {means[0]} to {means[1]} on average, "
            f"sign test p = {number(p, 2)}",
        ),
        len(bare),
        Both("更多图像", "more images") if verdict == "undecided" else Both("", ""),
    )


def _shape_of(evidence: Evidence, variant: str) -> list[int] | None:
    """The shape of a variant's last maps, for the assignment's images only."""
    if variant not in evidence.records or evidence.data.image_size != (116, 116):
        return None
    return [row for row in evidence.runs(variant)[0].layers if len(row.shape) == 3][-1].shape


def _conv3_leaves_twelve(evidence: Evidence) -> Finding:
    shape = _shape_of(evidence, "three-conv")
    if shape is None:
        return _not_these_images()
    return _computed(
        shape[1:] == [12, 12], f"算得 {shape[1]}×{shape[2]}", f"computed: {shape[1]}×{shape[2]}"
    )


def _dense_input_is_125(evidence: Evidence) -> Finding:
    shape = _shape_of(evidence, "features")
    if shape is None:
        return _not_these_images()
    size = int(np.prod(shape))
    text = f"{shape[0]}×{shape[1]}×{shape[2]} = {count(size)}"
    return _computed(size == 125, f"算得 {text}", f"computed: {text}")


def _not_these_images() -> Finding:
    return Finding(
        "undecided",
        Both("只对 116×116 的图像成立", "it is about images of 116×116"),
        0,
        Both("作业的图像", "the assignment's images"),
    )


def _print_of_chance(evidence: Evidence) -> Finding:
    """Of the runs whose first epoch prints ln 2 / 10 throughout, how many guess at its end."""
    asked = [
        run
        for variant in evidence.variants
        if variant.labels == "class"
        for run in evidence.runs(variant.name)
    ]
    flat = [
        run
        for run in asked
        if printed(run).shape[1] and (abs(printed(run)[0] - CHANCE / 10) < 0.0005).all()
    ]
    if not flat or len(evidence.data.classes) != 2:
        return Finding(
            "undecided",
            Both("没有这样的训练", "there is no such run"),
            0,
            Both("更多种子", "more seeds"),
        )
    guessing = sum(run.epochs[0].test_accuracy <= CHANCE_ACCURACY for run in flat)
    return _share_against(
        guessing,
        len(flat),
        0.5,
        Both(
            f"第 1 轮只打印 0.069，轮末准确率不过 {100 * CHANCE_ACCURACY:.0f} %",
            " that print 0.069 throughout epoch 1 guess at its end",
        ),
    )


@_needs("three-conv-wrong-folder")
def _odd_logs_are_of_the_split(runs) -> Finding:
    """Rows per epoch and level of the replay, against those of the failed log."""
    log = logs()["three-conv-failed"].rows  # (epochs, rows)
    ours = np.array([printed(run) for run in runs])  # (seeds, epochs, rows)
    if ours.shape[2] != log.shape[1] or ours.shape[1] < 2:
        return Finding(
            "undecided",
            Both(
                f"我们的日志每轮 {ours.shape[2]} 行，原日志 {log.shape[1]} 行",
                f"our logs have {ours.shape[2]} rows an epoch, the original {log.shape[1]}",
            ),
            len(runs),
            Both("与作业同样多的图像", "as many images as in the assignment"),
        )
    levels, level = ours[:, 1:].mean((1, 2)), float(log[1:].mean())
    spread = float(np.std(ours[:, 1:], axis=(1, 2)).mean()) / np.sqrt(log[1:].size)
    close = abs(float(np.median(levels)) - level) <= 3 * spread
    return Finding(
        "supported" if close else "refuted",
        Both(
            f"每轮同为 {log.shape[1]} 行；第 2 轮起的平均，原日志 {level:.4f}，我们 {np.median(levels):.4f}（n = {len(runs)}）",
            f"both have {log.shape[1]} rows an epoch; mean from epoch 2 on: {level:.4f} in the original's log, "
            f"{np.median(levels):.4f} in ours (n = {len(runs)})",
        ),
        len(runs),
    )


def _pooling_narrows_the_gap(evidence: Evidence) -> Finding:
    missing = [name for name in ("baseline", "no-pooling") if name not in evidence.records]
    if missing:
        return _no_run(*missing)
    gaps = [generalization_gap(evidence.runs(name)) for name in ("baseline", "no-pooling")]
    if min(map(len, gaps)) < 1:
        return Finding(
            "undecided",
            Both("有一方没有学会的种子", "one of the two has no seed that solved the task"),
            0,
            Both("更多种子", "more seeds"),
        )
    from scipy.stats import permutation_test

    p = 1.0
    if min(map(len, gaps)) > 1:
        p = float(
            permutation_test(
                gaps,
                lambda x, y, axis: x.mean(axis) - y.mean(axis),
                vectorized=True,
                n_resamples=9999,
                rng=np.random.default_rng(0),
            ).pvalue
        )
    means = [100 * float(gap.mean()) for gap in gaps]
    verdict = "undecided" if p > SIGNIFICANT else "supported" if means[0] < means[1] else "refuted"
    n = f"n = {len(gaps[0])}, {len(gaps[1])}"
    shown = [f"{mean:+.2f}".replace("-", "−") for mean in means]
    return Finding(
        verdict,
        Both(
            f"训练与测试准确率之差平均：有池化 {shown[0]}，没有 {shown[1]} 个百分点，置换检验 p = {number(p, 2)}，{n}",
            f"training minus test accuracy, mean: {shown[0]} points with, {shown[1]} without, "
            f"permutation test p = {number(p, 2)}, {n}",
        ),
        sum(map(len, gaps)),
        Both("两者更多学会的种子", "more seeds of both that solve it")
        if verdict == "undecided"
        else Both("", ""),
    )


def generalization_gap(runs: tuple[RunRecord, ...]) -> np.ndarray:
    """`(solved,)`, training minus test accuracy in the last epoch of the runs that solved their task."""
    last = [run.epochs[-1] for run in runs if run.solved]
    return np.array([each.train_accuracy - each.test_accuracy for each in last])


# Our own


def _asked(evidence: Evidence) -> dict[str, tuple[RunRecord, ...]]:
    """The runs that learn the images' classes from all images, by variant."""
    return {
        variant.name: evidence.runs(variant.name)
        for variant in evidence.variants
        if variant.labels == "class"
    }


def _seed_decides(evidence: Evidence) -> Finding:
    counts = {name: (int(solved(runs).sum()), len(runs)) for name, runs in _asked(evidence).items()}
    several = {name: kn for name, kn in counts.items() if kn[1] > 1}
    mixed = {name: kn for name, kn in several.items() if 0 < kn[0] < kn[1]}
    shown = ", ".join(f"{name} {k}/{n}" for name, (k, n) in (mixed or several or counts).items())
    verdict = "supported" if mixed else "undecided"
    return Finding(
        verdict,
        Both(f"学会/总数：{shown}", f"solved/all: {shown}"),
        sum(n for _, n in counts.values()),
        Both("", "") if mixed else Both("更多种子", "more seeds"),
    )


def _escape_is_sudden(evidence: Evidence) -> Finding:
    took = []
    for runs in _asked(evidence).values():
        for line in curve(runs, "test_accuracy"):
            if (line >= SOLVED).any():
                reached = int(np.argmax(line >= SOLVED))
                guessing = np.flatnonzero(line[:reached] <= CHANCE_ACCURACY)
                took.append(reached - (int(guessing[-1]) if len(guessing) else -1))
    if not took:
        return Finding(
            "undecided",
            Both("没有种子学会", "no seed solved the task"),
            0,
            Both("更多轮数或种子", "more epochs or seeds"),
        )
    return _share_against(
        sum(each <= 3 for each in took),
        len(took),
        0.5,
        Both(
            "（学会的）离开瞎猜后三轮之内达到 98 %",
            " that solve it reach 98 % within three epochs of leaving chance",
        ),
    )


def _few_end_between(evidence: Evidence) -> Finding:
    last = np.concatenate(
        [curve(runs, "test_accuracy")[:, -1] for runs in _asked(evidence).values()]
    )
    between = int(((last > CHANCE_ACCURACY) & (last < SOLVED)).sum())
    ends_there = Both(
        f"停在 {100 * CHANCE_ACCURACY:.0f} % 与 {100 * SOLVED:.0f} % 之间",
        f" end between {100 * CHANCE_ACCURACY:.0f} and {100 * SOLVED:.0f} %",
    )
    return _share_against(between, len(last), 0.25, ends_there, small=True)


@_needs("baseline")
def _first_dense_holds_most(runs) -> Finding:
    rows = {row.name: row.parameters for row in runs[0].layers}
    part = rows["dense1"] / sum(rows.values())
    return _computed(
        part > 0.5,
        f"{count(rows['dense1'])} 个，占 {100 * part:.1f} %",
        f"{count(rows['dense1'])}, {100 * part:.1f} %",
    )


@_needs("baseline", "no-pooling")
def _pooling_saves_parameters(pooled, bare) -> Finding:
    a, b = (runs[0].parameters for runs in (pooled, bare))
    return _computed(a < b, f"{count(a)} 对 {count(b)}", f"{count(a)} against {count(b)}")


def _split_replays_stay_at_the_shares(evidence: Evidence) -> Finding:
    names = [
        name
        for name in ("three-conv-wrong-folder", "no-pooling-wrong-folder")
        if name in evidence.records
    ]
    if not names:
        return _no_run("three-conv-wrong-folder")
    runs = [run for name in names for run in evidence.runs(name)]
    counts = np.array(runs[0].label_counts)
    shares = counts / counts.sum()
    level = float(-(shares * np.log(shares)).sum())
    stays = sum(
        abs(np.mean([epoch.train_loss for epoch in run.epochs[1:10]]) - level) < 0.02
        for run in runs
    )
    return _share_against(
        stays,
        len(runs),
        0.5,
        Both(f"在第 2 至 10 轮停在 {level:.3f} 附近", f" stay near {level:.3f} in epochs 2 to 10"),
    )


@_needs("trained-pooling", "baseline")
def _trained_pooling_is_no_better(trained, fixed) -> Finding:
    return _fewer_solved(trained, fixed)


@_needs("one-by-one", "baseline")
def _one_by_one_saves_work(bottleneck, plain) -> Finding:
    a, b = (sum(row.multiply_adds for row in runs[0].layers) for runs in (bottleneck, plain))
    return _computed(
        a < b, f"乘加 {count(a)} 对 {count(b)}", f"{count(a)} against {count(b)} multiply-adds"
    )


@_needs("one-by-one", "baseline")
def _one_by_one_solves_less(bottleneck, plain) -> Finding:
    return _fewer_solved(bottleneck, plain)


def _right_labels_cannot_print_three(evidence: Evidence) -> Finding:
    """Arithmetic of the original's own numbers."""
    theirs, can = (
        [logs()[name].rows.shape[1] for name in ODD],
        rows_per_epoch(sum(READINGS["right"].images)),
    )
    images = count(sum(READINGS["right"].images))
    return _computed(
        min(theirs) > can,
        f"每批 {BATCH_SIZE} 幅，{images} 幅图像每轮 {can} 行，这两份日志每轮 {min(theirs)} 行",
        f"in batches of {BATCH_SIZE}, {images} images give {can} rows an epoch; these logs have {min(theirs)}",
    )


def _failed_log_is_of_the_folders(evidence: Evidence) -> Finding:
    return _folders_fit_best(_judgement("three-conv-failed", "whole", evidence))


def _plateau_is_of_the_folders(evidence: Evidence) -> Finding:
    return _folders_fit_best(_judgement("no-pooling", "plateau", evidence))


def _fall_is_of_the_folders(evidence: Evidence) -> Finding:
    return _folders_fit_best(_judgement("no-pooling", "fall", evidence))


def _judgement(log: str, part: Part, evidence: Evidence) -> Judgement:
    return next(each for each in judgements(log, evidence) if each.part == part)


def _folders_fit_best(judgement: Judgement) -> Finding:
    """Whether folders taken for classes fit a part of an odd log better than every other reading."""
    judged, lacking = (
        judgement.judged,
        [fit for fit in judgement.fits if fit.state not in ("judged", "excluded")],
    )
    best = judgement.best
    verdict = "undecided" if best is None else "supported" if best == "folders" else "refuted"
    told = [
        (
            READINGS[fit.reading],
            f"{fit.log_likelihood - judged[0].log_likelihood:.1f}".replace("-", "−"),
            fit,
        )
        for fit in judged
    ]
    numbers = Both(
        "；".join(
            [
                *(
                    f"“{reading.zh}”Δ {behind}，像它的种子 {fit.alike}/{fit.n}"
                    for reading, behind, fit in told
                ),
                *(f"“{READINGS[fit.reading].zh}”还不能比" for fit in lacking),
            ]
        ),
        "; ".join(
            [
                *(
                    f"{reading.en.lower()} Δ {behind}, {fit.alike} of {fit.n} seeds alike"
                    for reading, behind, fit in told
                ),
                *(f"{READINGS[fit.reading].en.lower()} cannot be compared yet" for fit in lacking),
            ]
        ),
    )
    few = Both(f"每种解读至少 {FEW} 个种子", f"at least {FEW} seeds of each reading")
    more = Both(
        "更多种子，或原作业的图像和程序", "more seeds, or the original's own images and program"
    )
    settles = (
        Both("", "") if best else few if lacking or any(fit.n < FEW for fit in judged) else more
    )
    return Finding(verdict, numbers, sum(fit.n for fit in judged), settles)


def _folders_can_fall(evidence: Evidence) -> Finding:
    """Whether a net that is asked for the folder falls as the log without pooling does, within as many epochs."""
    judgement = _judgement("no-pooling", "fall", evidence)
    fit = next(fit for fit in judgement.fits if fit.reading == "folders")
    if fit.state == "no runs":
        return _no_run(fit.variant)
    if fit.state == "not comparable":
        return Finding(
            "undecided",
            Both("我们的训练还不能与那份日志相比", "our runs cannot be compared with that log yet"),
            fit.n,
            Both("与作业同样多的图像和轮数", "as many images and epochs as in the assignment"),
        )
    s = share(fit.alike, fit.n)
    verdict = "supported" if s.k else "refuted" if s.high < 0.2 else "undecided"
    return Finding(
        verdict,
        _counted(
            s, Both(f"到第 {judgement.last} 轮降了下来", f" have fallen by epoch {judgement.last}")
        ),
        s.n,
        _more_seeds(n_to_leave(0.0, 0.2)) if verdict == "undecided" else Both("", ""),
    )


def _says(
    *, supported: tuple[str, str], refuted: tuple[str, str], undecided: tuple[str, str]
) -> dict[Verdict, Both]:
    return {"supported": Both(*supported), "refuted": Both(*refuted), "undecided": Both(*undecided)}


UNDECIDED = ("这些种子分不出高下", "these seeds do not tell")

CLAIMS: dict[str, Claim] = {
    "pooling-speeds-training": Claim(
        "C3",
        Both("最大池化减少计算，加快训练", "Max-pooling saves computation and speeds training"),
        _pooling_is_faster,
        _says(
            supported=(
                "有池化的网络训练一轮更快",
                "With pooling an epoch of training takes less time",
            ),
            refuted=(
                "有池化的网络训练一轮反而更慢",
                "With pooling an epoch of training takes more time",
            ),
            undecided=(
                "有没有池化，训练一轮的时间分不出长短",
                "With and without pooling, the seconds of an epoch overlap",
            ),
        ),
        "variants-compared",
    ),
    "no-pooling-learns-slowly": Claim(
        "R2",
        Both("去掉池化，要 20 轮才有较好的效果", "Without pooling it takes 20 epochs to do well"),
        _without_pooling_is_later,
        _says(
            supported=(
                "按轮数算，没有池化的网络学会得更晚",
                "Counted in epochs, the network without pooling solves the task later",
            ),
            refuted=(
                "按轮数算，没有池化的网络反而学会得更早",
                "Counted in epochs, the network without pooling solves the task earlier",
            ),
            undecided=(
                "按轮数算，没有池化的网络是否学会得更晚，这些种子说不准",
                "Whether the network without pooling needs more epochs, these seeds cannot tell",
            ),
        ),
        "escape",
    ),
    "no-pooling-costs-time": Claim(
        "R2",
        Both("没有池化，速度比较慢", "Without pooling it is slow"),
        _without_pooling_costs_time,
        _says(
            supported=(
                "从开始到学会，没有池化要花更多时间",
                "From the start until it solves the task, the network without pooling takes longer",
            ),
            refuted=(
                "从开始到学会，没有池化反而更省时间",
                "From the start until it solves the task, the network without pooling takes less time",
            ),
            undecided=(
                "从开始到学会，两者花的时间分不出长短",
                "The times until the two solve the task overlap",
            ),
        ),
        "cost-and-success",
    ),
    "three-conv-fail-in-10": Claim(
        "R1",
        Both("三个卷积层，10 轮学不会", "Three convolutions do not learn it in 10 epochs"),
        _three_fail_in_ten,
        _says(
            supported=(
                "三个卷积层在 10 轮之内没有学会",
                "Three convolutions do not solve the task within 10 epochs",
            ),
            refuted=(
                "三个卷积层在 10 轮之内可以学会",
                "Three convolutions can solve the task within 10 epochs",
            ),
            undecided=(
                "到第 10 轮还没有种子学会，但种子太少",
                "No seed has solved the task by epoch 10, but there are few",
            ),
        ),
        "accuracy.three-conv",
    ),
    "three-conv-need-20": Claim(
        "R1",
        Both("三个卷积层需要 20 轮", "Three convolutions need 20 epochs"),
        _three_need_twenty,
        _says(
            supported=(
                "学会的种子多半在第 10 轮之后才学会",
                "Most seeds that solve the task do so after epoch 10",
            ),
            refuted=(
                "学会的种子多半在前 10 轮就已学会",
                "Most seeds that solve the task have done so by epoch 10",
            ),
            undecided=(
                "学会的种子在前 10 轮还是之后学会，各占多少还说不准",
                "How many of the seeds that solve the task need more than 10 epochs is open",
            ),
        ),
        "escape",
    ),
    "11-channels-are-fine": Claim(
        "R3",
        Both("11 个通道，效果好", "11 channels do well"),
        _eleven_are_fine,
        _says(
            supported=("11 个通道的网络多半学会", "With 11 channels most seeds solve the task"),
            refuted=(
                "11 个通道的网络多半没有学会",
                "With 11 channels most seeds do not solve the task",
            ),
            undecided=(
                "11 个通道的网络是否多半学会，种子还不够",
                "Whether most seeds solve the task with 11 channels takes more of them",
            ),
        ),
        "solved",
    ),
    "15-channels-are-worse": Claim(
        "R3",
        Both("15 个通道，效果不好", "15 channels do worse"),
        _fifteen_are_worse,
        _says(
            supported=(
                "15 个通道学会的比例低于 9 个通道",
                "With 15 channels fewer seeds solve the task than with 9",
            ),
            refuted=(
                "15 个通道学会的比例高于 9 个通道",
                "With 15 channels more seeds solve the task than with 9",
            ),
            undecided=(
                "15 个通道与 9 个通道，学会的比例分不出高下",
                "15 channels and 9 cannot be told apart by the share that solves the task",
            ),
        ),
        "solved",
    ),
    "loss-gone-by-epoch-7": Claim(
        "T1",
        Both("第 7 轮就没有损失了", "In epoch 7 the loss is gone"),
        _loss_gone_by_seven,
        _says(
            supported=(
                "三层卷积学会的种子，到第 7 轮多半已打印不出损失",
                "Of the seeds that solve it with three convolutions, most print next to no loss by epoch 7",
            ),
            refuted=(
                "三层卷积学会的种子，到第 7 轮多半还有损失",
                "Of the seeds that solve it with three convolutions, most still print a loss in epoch 7",
            ),
            undecided=(
                "到第 7 轮损失是否已经消失，因种子而异，还说不准",
                "Whether the loss is gone by epoch 7 differs from seed to seed and is open",
            ),
        ),
        "loss.three-conv",
    ),
    "accuracy-near-99.7": Claim(
        "R3",
        Both("准确率 99.67 %", "An accuracy of 99.67 %"),
        _accuracy_near_the_published,
        _says(
            supported=(
                "原报告的 99.67 % 落在我们学会的种子之间",
                "The original's 99.67 % lies among our seeds that solve the task",
            ),
            refuted=(
                "原报告的 99.67 % 不在我们学会的种子之间",
                "The original's 99.67 % lies outside of our seeds that solve the task",
            ),
            undecided=(
                "原报告的 99.67 % 是否在通常的范围里，种子还不够",
                "Whether the original's 99.67 % is usual takes more seeds",
            ),
        ),
        "accuracy.channels-11",
    ),
    "deeper-is-more-abstract": Claim(
        "C5",
        Both(
            "越深的特征越抽象，对分类越有用",
            "Deeper features are more abstract and serve better to classify",
        ),
        _deeper_separates_better,
        _says(
            supported=(
                "线性探针在更深的一层分得更准",
                "A linear probe separates the classes better at the deeper level",
            ),
            refuted=(
                "线性探针在更深的一层反而分得更差",
                "A linear probe separates the classes worse at the deeper level",
            ),
            undecided=(
                "更深的一层是否更容易线性分开，还说不准",
                "Whether the deeper level is easier to separate by a line is open",
            ),
        ),
        "probes",
        demonstration="probes",
    ),
    "conv3-leaves-12x12": Claim(
        "R1",
        Both("第三个卷积层之后是 12×12", "The third convolution leaves 12×12"),
        _conv3_leaves_twelve,
        _says(
            supported=(
                "三次卷积加池化之后，特征图确是 12×12",
                "After three blocks the maps are 12×12, as stated",
            ),
            refuted=(
                "三次卷积加池化之后，特征图不是 12×12",
                "After three blocks the maps are not 12×12",
            ),
            undecided=("这一条只对作业的图像成立", "This holds for the assignment's images only"),
        ),
        "network.three-conv",
    ),
    "dense-input-5x5x5": Claim(
        "R4",
        Both(
            "三层网络的全连接输入是 5×5×5",
            "The dense layers of the three-layer network take 5×5×5 inputs",
        ),
        _dense_input_is_125,
        _says(
            supported=(
                "全连接层的输入确是 125 个数",
                "The dense layers take 125 values, as stated",
            ),
            refuted=("全连接层的输入不是 5×5×5", "The dense layers do not take 5×5×5 inputs"),
            undecided=("这一条只对作业的图像成立", "This holds for the assignment's images only"),
        ),
        "network.features",
    ),
    "0.069-means-chance": Claim(
        "X3",
        Both("打印 0.069，就是还在瞎猜", "A printed 0.069 means that the network is guessing"),
        _print_of_chance,
        _says(
            supported=(
                "只打印 0.069 的那一轮结束时，网络多半在瞎猜",
                "A network that prints nothing but 0.069 mostly guesses",
            ),
            refuted=(
                "只打印 0.069 的网络多半并不是在瞎猜",
                "A network that prints nothing but 0.069 mostly does not guess",
            ),
            undecided=(
                "打印 0.069 是否就是瞎猜，训练还不够多",
                "Whether a printed 0.069 means guessing takes more runs",
            ),
        ),
        "loss.baseline",
    ),
    "odd-logs-are-of-the-split": Claim(
        "R1",
        Both(
            "每轮三行的日志出自 2,000 幅图像，按 15 % 与 85 % 分成两类",
            "The logs with three rows an epoch come from 2,000 images in shares of 15 % and 85 %",
        ),
        _odd_logs_are_of_the_split,
        _says(
            supported=(
                "把文件夹当作类别重演，行数和损失的水平都与那份失败的日志相合",
                "A replay with the folders as classes agrees with the failed log in rows and level",
            ),
            refuted=(
                "把文件夹当作类别重演，损失的水平与那份失败的日志不合",
                "A replay with the folders as classes does not meet the failed log's level",
            ),
            undecided=(
                "重演还不能与那份日志比较",
                "The replay cannot be compared with the log yet",
            ),
        ),
        "published-readings",
    ),
    "pooling-narrows-the-gap": Claim(
        "C3",
        Both("池化有助于防止过拟合", "Pooling helps against over-fitting"),
        _pooling_narrows_the_gap,
        _says(
            supported=(
                "有池化时，训练与测试的差距更小",
                "With pooling, training and test accuracy lie closer together",
            ),
            refuted=(
                "有池化时，训练与测试的差距反而更大",
                "With pooling, training and test accuracy lie further apart",
            ),
            undecided=(
                "有没有池化，训练与测试的差距分不出大小",
                "The gap between training and test accuracy cannot be told apart with and without pooling",
            ),
        ),
        "variants-compared",
    ),
    "pooling-tolerates-shifts": Claim(
        "C3",
        Both("池化具有特征不变性", "Pooling has feature invariance"),
        _pooling_tolerates_shifts,
        _says(
            supported=(
                "图像平移 1 个像素，最大池化之后的特征图比池化之前变得少",
                "When the image moves by a pixel, the map changes less after max-pooling than before",
            ),
            refuted=(
                "图像平移 1 个像素，最大池化之后的特征图反而变得更多",
                "When the image moves by a pixel, the map changes more after max-pooling than before",
            ),
            undecided=(
                "图像平移 1 个像素，特征图在最大池化前后哪个变得少，还说不准",
                "Whether the map changes less after max-pooling when the image moves by a pixel is open",
            ),
        ),
        "shifts",
        demonstration="shifts",
    ),
    "seed-decides": Claim(
        "ours",
        Both("能否学会要看随机种子", "Whether a network learns at all depends on the random seed"),
        _seed_decides,
        _says(
            supported=(
                "同一个网络，有的种子学会，有的没有",
                "Of the same network, some seeds solve the task and others do not",
            ),
            refuted=("同一个网络的种子，结果都一样", "All seeds of a network end alike"),
            undecided=(
                "每个网络的种子太少，看不出种子的影响",
                "There are too few seeds of each network to see what the seed does",
            ),
        ),
        "solved",
    ),
    "escape-is-sudden": Claim(
        "ours",
        Both(
            "一旦离开瞎猜的水平，两三轮就学会",
            "Once off chance, a network solves the task within two or three epochs",
        ),
        _escape_is_sudden,
        _says(
            supported=(
                "学会的网络一旦离开瞎猜，多半三轮之内就达到 98 %",
                "Once off chance, most networks that solve the task do so within three epochs",
            ),
            refuted=(
                "学会的网络离开瞎猜之后，多半要三轮以上才达到 98 %",
                "Once off chance, most networks that solve the task take more than three epochs",
            ),
            undecided=(
                "离开瞎猜之后多久学会，还说不准",
                "How soon after leaving chance a network solves the task is open",
            ),
        ),
        "accuracy-by-epoch",
    ),
    "few-end-between": Claim(
        "ours",
        Both("结果分成两群：学会，或停在瞎猜", "Runs end in two groups: solved, or at chance"),
        _few_end_between,
        _says(
            supported=(
                "很少有网络停在学会与瞎猜之间，所以平均准确率会误导人",
                "Few runs end between solved and chance, so a mean accuracy misleads",
            ),
            refuted=(
                "停在学会与瞎猜之间的网络不少",
                "A good part of the runs ends between solved and chance",
            ),
            undecided=(
                "停在学会与瞎猜之间的有多少，还说不准",
                "How many runs end between solved and chance is open",
            ),
        ),
        "variants-compared",
    ),
    "first-dense-holds-most": Claim(
        "ours",
        Both("参数大半在第一个全连接层", "Most parameters are in the first dense layer"),
        _first_dense_holds_most,
        _says(
            supported=(
                "基准网络的参数大半在第一个全连接层",
                "Most of the baseline's parameters are in its first dense layer",
            ),
            refuted=(
                "基准网络的参数大半不在第一个全连接层",
                "Most of the baseline's parameters are not in its first dense layer",
            ),
            undecided=UNDECIDED,
        ),
        "network.baseline",
    ),
    "pooling-saves-parameters": Claim(
        "C3",
        Both("池化减少后面各层的参数", "Pooling saves parameters of the layers behind it"),
        _pooling_saves_parameters,
        _says(
            supported=("有池化的网络参数更少", "The network with pooling has fewer parameters"),
            refuted=(
                "有池化的网络参数并不更少",
                "The network with pooling does not have fewer parameters",
            ),
            undecided=UNDECIDED,
        ),
        "variants-compared",
    ),
    "split-replays-stay": Claim(
        "ours",
        Both(
            "问“图像来自哪个文件夹”，网络只学到比例",
            "Asked which folder an image came from, a network learns the shares only",
        ),
        _split_replays_stay_at_the_shares,
        _says(
            supported=(
                "问“来自哪个文件夹”的网络，多半停在只知道比例的损失上",
                "Asked for the folder, most networks stay at the loss of who knows only the shares",
            ),
            refuted=(
                "问“来自哪个文件夹”的网络，多半降到了只知道比例的损失以下",
                "Asked for the folder, most networks get below the loss of who knows only the shares",
            ),
            undecided=(
                "问“来自哪个文件夹”时会怎样，种子还不够",
                "What happens when the folder is asked for takes more seeds",
            ),
        ),
        "loss.three-conv-wrong-folder",
    ),
    "right-labels-print-two-rows": Claim(
        "ours",
        Both(
            "用正确的训练集，每轮打印不出三行",
            "The right training set cannot print three rows an epoch",
        ),
        _right_labels_cannot_print_three,
        _says(
            supported=(
                "用正确的训练集，每轮打印不出三行，所以这两份日志不是用它训练的",
                "The right training set cannot print three rows an epoch, so these two logs were not trained on it",
            ),
            refuted=(
                "用正确的训练集，也打印得出这么多行",
                "The right training set can print as many rows",
            ),
            undecided=UNDECIDED,
        ),
        "published-logs",
    ),
    "failed-log-fits-folders": Claim(
        "ours",
        Both(
            "失败的日志最像是把文件夹当作了类别",
            "The failed log fits folders taken for classes best",
        ),
        _failed_log_is_of_the_folders,
        _says(
            supported=(
                "失败的那份日志，“文件夹当作类别”比“两类数目悬殊”更合",
                "The failed log fits folders taken for classes better than uneven classes",
            ),
            refuted=(
                "失败的那份日志，“文件夹当作类别”并不最合",
                "The failed log does not fit folders taken for classes best",
            ),
            undecided=(
                "失败的那份日志，是文件夹当作类别，还是两类数目悬殊，还分不出",
                "Whether folders were taken for classes or the classes were uneven, the failed log does not tell",
            ),
        ),
        "published-readings",
    ),
    "no-pooling-plateau-fits-folders": Claim(
        "ours",
        Both(
            "没有池化的日志，停住的一段最像是把文件夹当作了类别",
            "The plateau of the log without pooling fits folders taken for classes best",
        ),
        _plateau_is_of_the_folders,
        _says(
            supported=(
                "没有池化的日志停住的一段，“文件夹当作类别”比“两类数目悬殊”更合",
                "The plateau of the log without pooling fits folders taken for classes better than uneven classes",
            ),
            refuted=(
                "没有池化的日志停住的一段，“文件夹当作类别”并不最合",
                "The plateau of the log without pooling does not fit folders taken for classes best",
            ),
            undecided=(
                "没有池化的日志停住的一段，分不出是文件夹当作类别，还是两类数目悬殊",
                "The plateau of the log without pooling does not tell folders taken for classes from uneven classes",
            ),
        ),
        "published-readings",
    ),
    "no-pooling-fall-fits-folders": Claim(
        "ours",
        Both(
            "没有池化的日志，后来的下降最像是把文件夹当作了类别",
            "The fall of the log without pooling fits folders taken for classes best",
        ),
        _fall_is_of_the_folders,
        _says(
            supported=(
                "没有池化的日志后来的下降，“文件夹当作类别”比“两类数目悬殊”更合",
                "The late fall of the log without pooling fits folders taken for classes better than uneven classes",
            ),
            refuted=(
                "没有池化的日志后来的下降，“文件夹当作类别”并不最合",
                "The late fall of the log without pooling does not fit folders taken for classes best",
            ),
            undecided=(
                "没有池化的日志后来的下降出自哪一种情形，还分不出",
                "What the late fall of the log without pooling comes from is open",
            ),
        ),
        "published-readings",
    ),
    "folders-can-fall": Claim(
        "ours",
        Both(
            "把文件夹当作类别，没有池化的网络也会在 20 轮之内降下来",
            "With folders taken for classes, the network without pooling can fall within 20 epochs",
        ),
        _folders_can_fall,
        _says(
            supported=(
                "把文件夹当作类别，没有池化的网络也有降下来的",
                "With folders taken for classes, some seeds of the network without pooling fall as well",
            ),
            refuted=(
                "把文件夹当作类别，没有池化的网络很少或从不降下来",
                "With folders taken for classes, the network without pooling rarely falls, if ever",
            ),
            undecided=(
                "把文件夹当作类别，没有一个种子降下来，但种子还不够多，不能说它不会",
                "With folders taken for classes, no seed of the network without pooling has fallen, but they are too few to say that none would",
            ),
        ),
        "loss.no-pooling-wrong-folder",
    ),
    "trained-pooling-solves-less": Claim(
        "ours",
        Both(
            "可训练池化不如最大池化容易学会",
            "Trained pooling solves the task less often than max-pooling",
        ),
        _trained_pooling_is_no_better,
        _says(
            supported=(
                "可训练池化学会的比例低于最大池化",
                "With trained pooling fewer seeds solve the task than with max-pooling",
            ),
            refuted=(
                "可训练池化学会的比例高于最大池化",
                "With trained pooling more seeds solve the task than with max-pooling",
            ),
            undecided=(
                "可训练池化与最大池化，学会的比例分不出高下",
                "Trained pooling and max-pooling cannot be told apart by the share that solves the task",
            ),
        ),
        "solved",
    ),
    "1x1-saves-work": Claim(
        "C7",
        Both("1×1 卷积减少计算", "A 1x1 convolution saves computation"),
        _one_by_one_saves_work,
        _says(
            supported=(
                "插入 1×1 卷积的网络乘加更少",
                "With the 1x1 convolution a network takes fewer multiply-adds",
            ),
            refuted=(
                "插入 1×1 卷积的网络乘加并不更少",
                "With the 1x1 convolution a network does not take fewer multiply-adds",
            ),
            undecided=UNDECIDED,
        ),
        "variants-compared",
    ),
    "1x1-solves-less": Claim(
        "ours",
        Both(
            "插入 1×1 卷积更不容易学会", "With a 1x1 convolution put in, fewer seeds solve the task"
        ),
        _one_by_one_solves_less,
        _says(
            supported=(
                "插入 1×1 卷积后，学会的比例更低",
                "With the 1x1 convolution fewer seeds solve the task",
            ),
            refuted=(
                "插入 1×1 卷积后，学会的比例更高",
                "With the 1x1 convolution more seeds solve the task",
            ),
            undecided=(
                "插入 1×1 卷积前后，学会的比例分不出高下",
                "With and without the 1x1 convolution, the shares that solve the task cannot be told apart",
            ),
        ),
        "solved",
    ),
}


def claims(evidence: Evidence) -> dict[str, dict]:
    """Every claim with its finding, as plain data for pages."""
    found = {}
    for name, claim in CLAIMS.items():
        finding = claim.test(evidence)
        said = claim.says[finding.verdict]
        found[name] = {
            "place": claim.place,
            "states": claim.states._asdict(),
            "verdict": finding.verdict,
            "says": said._asdict(),
            "numbers": {
                language: text.replace(" %", f"{SPACE}%")
                for language, text in finding.numbers._asdict().items()
            },
            "n": finding.n,
            "settles": finding.settles._asdict(),
            "figure": claim.figure,
        }
    return found
