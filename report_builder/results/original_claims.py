"""The original's claims: a test for each, a function of the evidence, and the table of all.

Their words stand in `original_claim_texts`.
"""

from __future__ import annotations

import numpy as np

from report_builder.evidence.estimates import (
    CHANCE,
    curve,
    delay,
    first_solved_epoch,
    mean_difference,
    printed,
    share,
    sign_test,
    solved,
)
from report_builder.evidence.original_logs import logs
from report_builder.evidence.study import Evidence
from report_builder.results.findings import (
    FEWEST,
    NONE_SOLVED,
    ONE_SIDE_UNSOLVED,
    Claim,
    Finding,
    Runs,
    computed,
    counted,
    decided,
    fewer_solved,
    from_p,
    median_and_range,
    runs_of,
    separated,
    share_against,
    undecided,
)
from report_builder.results.report import Verdict
from report_builder.results.unavailable import unavailable
from report_builder.text import Text, count, number

CHANCE_ACCURACY = 0.6  # test accuracy up to which a run of two classes counts as guessing
PRINTED_ACCURACY = 299 / 300  # the original prints 99.666667 %
ASSIGNMENT_SIDE = 116  # pixels of the assignment's images
WITH_AND_WITHOUT = Text("有池化{less}，没有池化{more}", "with {less}, without {more}")


def pooling_is_faster(evidence: Evidence) -> Finding:
    pooled, bare = (
        np.array([np.median(run.epoch_seconds) for run in runs])
        for runs in runs_of(evidence, "baseline", "no-pooling")
    )
    describe = median_and_range(Text("秒一轮", "s an epoch"))
    return separated(pooled, bare, describe, WITH_AND_WITHOUT)


def without_pooling_is_later(evidence: Evidence) -> Finding:
    pooled, bare = runs_of(evidence, "baseline", "no-pooling")
    horizon = min(len(pooled[0].epochs), len(bare[0].epochs))
    by, p = delay(first_solved_epoch(bare), first_solved_epoch(pooled), horizon)
    numbers = Text(
        "前 {horizon} 轮内平均{later} {by} 轮，置换检验 p = {p}，n = {bare}, {pooled}",
        "{later} by {by} epochs on average within {horizon}, permutation test p = {p}, n = {bare}"
        ", {pooled}",
    ).format(
        horizon=horizon,
        later=Text("晚", "later") if by >= 0 else Text("早", "earlier"),
        by=f"{abs(by):.1f}",
        p=number(p, 2),
        bare=len(bare),
        pooled=len(pooled),
    )
    needed = Text("两者更多的种子", "more seeds of both")
    return from_p(p, by > 0, numbers, len(bare) + len(pooled), needed)


def without_pooling_costs_time(evidence: Evidence) -> Finding:
    def seconds_until_solved(runs: Runs) -> np.ndarray:
        return np.array(
            [
                sum(run.epoch_seconds[: int(epoch)])
                for run, epoch in zip(runs, first_solved_epoch(runs))
                if np.isfinite(epoch)
            ]
        )

    pooled, bare = (
        seconds_until_solved(runs) for runs in runs_of(evidence, "baseline", "no-pooling")
    )
    if not (len(pooled) and len(bare)):
        return undecided(ONE_SIDE_UNSOLVED, 0)
    describe = median_and_range(Text("秒学会", "s to solve it"))
    return separated(pooled, bare, describe, WITH_AND_WITHOUT)


def three_fail_in_ten(evidence: Evidence) -> Finding:
    (runs,) = runs_of(evidence, "three-conv")
    s = share(int(solved(runs, 10).sum()) if len(runs[0].epochs) >= 10 else 0, len(runs))
    verdict: Verdict = "refuted" if s.k else "supported" if s.high < 0.2 else "undecided"
    needed = Text(
        "一次学会就足以推翻；没有时约需 20 个种子",
        "one seed that solves it refutes it; without one, about 20 seeds",
    )
    what = Text("在第 10 轮已学会", " had solved it by epoch 10")
    return decided(verdict, counted(s, what), s.n, needed)


def three_need_twenty(evidence: Evidence) -> Finding:
    (runs,) = runs_of(evidence, "three-conv")
    epochs = first_solved_epoch(runs)
    reached = epochs[np.isfinite(epochs)]
    if not len(reached):
        return undecided(NONE_SOLVED, len(runs))
    what = Text(
        "（只算学会过的）在第 10 轮之后才学会",
        " (of those that did) first solved it after epoch 10",
    )
    return share_against(int((reached > 10).sum()), len(reached), 0.5, what)


def eleven_are_fine(evidence: Evidence) -> Finding:
    (runs,) = runs_of(evidence, "channels-11")
    return share_against(int(solved(runs).sum()), len(runs), 0.5, Text("学会", " solve it"))


def fifteen_are_worse(evidence: Evidence) -> Finding:
    return fewer_solved(*runs_of(evidence, "channels-15", "baseline"))


def loss_gone_by_seven(evidence: Evidence) -> Finding:
    (runs,) = runs_of(evidence, "three-conv")
    prints = [printed(run) for run in runs if run.solved]  # (epochs, rows) each
    if not prints or len(prints[0]) < 7 or not prints[0].shape[1]:
        return undecided(
            Text("没有种子学会，或日志太短", "no seed solved the task, or logs are too short"),
            len(runs),
            Text("更多种子或轮数", "more seeds or epochs"),
        )
    gone = sum(bool((rows[6] < 0.0015).all()) for rows in prints)  # prints 0.001 or 0.000
    what = Text(
        "（只算学会的）第 7 轮打印 0.001 或 0.000",
        " (of those that solve it) print 0.001 or 0.000 in epoch 7",
    )
    return share_against(gone, len(prints), 0.5, what)


def accuracy_near_the_printed(evidence: Evidence) -> Finding:
    (runs,) = runs_of(evidence, "channels-11")
    reached = curve(runs, "test_accuracy")[:, -1][solved(runs)]
    if not len(reached):
        return undecided(NONE_SOLVED, len(runs))
    one_image, low, high = 1 / len(runs[0].test_ids), reached.min(), reached.max()
    verdict: Verdict = "undecided" if len(reached) < FEWEST else "refuted"
    if low - one_image <= PRINTED_ACCURACY <= high + one_image:
        verdict = "supported"
    numbers = Text(
        "学会的 {n} 个种子从 {low} 到 {high} %",
        "{n} seeds that solve it reach {low} to {high} %",
    ).format(n=len(reached), low=f"{100 * low:.1f}", high=f"{100 * high:.1f}")
    needed = Text("5 个学会的种子", "5 seeds that solve it")
    return decided(verdict, numbers, len(reached), needed)


def deeper_separates_better(evidence: Evidence) -> Finding:
    """Seed by seed, whether a linear probe of the third block is better than one of the first, by a
    sign test.
    """
    probes = evidence.demonstration("probes")
    if probes is None or probes.unavailable:
        return undecided(
            Text("还没有线性探针的结果", "no linear probe has been computed"),
            0,
            Text("full 研究", "the study full"),
        )
    shallow, deep = (np.array(probes.facts["accuracy"][depth]) for depth in ("relu1", "relu3"))
    up, down = int((deep > shallow).sum()), int((deep < shallow).sum())
    p = sign_test(up, down)
    numbers = Text(
        "{n} 个种子中，第三块的探针比第一块准的 {up} 个，更差的 {down} 个，符号检验 p = {p}",
        "the probe of the third block is better than that of the first with {up} of {n} seeds, "
        "worse with {down}; sign test p = {p}",
    ).format(n=len(deep), up=up, down=down, p=number(p, 2))
    return from_p(p, up > down, numbers, len(deep), Text("至少 6 个种子", "at least 6 seeds"))


def pooling_tolerates_shifts(evidence: Evidence) -> Finding:
    """Image by image, whether a shift by one pixel changes the map less after max-pooling than
    before, by a sign test.
    """
    record = evidence.demonstration("shifts")
    if record is None:
        return undecided(
            Text("还没有测量平移", "no shift has been measured"),
            0,
            Text("一个基准网络的权重", "the weights of one baseline network"),
        )
    if record.unavailable:
        return Finding("undecided", unavailable(record.unavailable), 0)
    bare, pooled = (record.array(f"change.{kind}")[:, 1] for kind in ("none", "max"))  # (images,)
    less, more = int((pooled < bare).sum()), int((pooled > bare).sum())
    p = sign_test(less, more)
    numbers = Text(
        "{n} 幅图像中 {less} 幅变得更少，相对变化平均从 {bare} 到 {pooled}，符号检验 p = {p}",
        "in {less} of {n} images; the relative change goes from {bare} to {pooled} on average, "
        "sign test p = {p}",
    ).format(
        n=len(bare),
        less=less,
        bare=number(float(bare.mean()), 2),
        pooled=number(float(pooled.mean()), 2),
        p=number(p, 2),
    )
    return from_p(p, less > more, numbers, len(bare), Text("更多图像", "more images"))


def _last_map_shape(evidence: Evidence, variant: str) -> tuple[int, ...] | None:
    """The shape (C, H, W) of a variant's last maps; None without runs, or for other images than the
    assignment's.
    """
    runs = evidence.runs(variant)
    if not runs or evidence.data.image_size != (ASSIGNMENT_SIDE, ASSIGNMENT_SIDE):
        return None
    return [layer.shape for layer in runs[0].layers if len(layer.shape) == 3][-1]


OTHER_IMAGES = undecided(
    Text("只对 116×116 的图像成立", "it is about images of 116×116"),
    0,
    Text("作业的图像", "the assignment's images"),
)


def conv3_leaves_twelve(evidence: Evidence) -> Finding:
    shape = _last_map_shape(evidence, "three-conv")
    if shape is None:
        return OTHER_IMAGES
    _, height, width = shape
    numbers = Text("算得 {map}", "computed: {map}").format(map=f"{height}×{width}")
    return computed((height, width) == (12, 12), numbers)


def dense_input_is_125(evidence: Evidence) -> Finding:
    shape = _last_map_shape(evidence, "features")
    if shape is None:
        return OTHER_IMAGES
    size = int(np.prod(shape))
    product = f"{'×'.join(map(str, shape))} = {count(size)}"
    return computed(size == 125, Text("算得 {it}", "computed: {it}").format(it=product))


def printed_chance_means_guessing(evidence: Evidence) -> Finding:
    """Of the runs whose first epoch prints ln 2 / 10 throughout, how many guess at its end."""
    runs = [
        run
        for variant in evidence.variants
        if variant.labels == "class"
        for run in evidence.runs(variant.name)
    ]
    flat = [
        run
        for run in runs
        if printed(run).shape[1] and (abs(printed(run)[0] - CHANCE / 10) < 0.0005).all()
    ]
    if not flat or len(evidence.data.classes) != 2:
        return undecided(Text("没有这样的训练", "there is no such run"), 0)
    guessing = sum(run.epochs[0].test_accuracy <= CHANCE_ACCURACY for run in flat)
    what = Text(
        f"第 1 轮只打印 0.069，轮末准确率不过 {100 * CHANCE_ACCURACY:.0f} %",
        f" that print 0.069 throughout epoch 1 get at most {100 * CHANCE_ACCURACY:.0f} % right at "
        "its end",
    )
    return share_against(guessing, len(flat), 0.5, what)


def failed_log_is_of_the_split(evidence: Evidence) -> Finding:
    """Whether the replay has the rows per epoch and the level of the failed log."""
    (runs,) = runs_of(evidence, "three-conv-wrong-folder")
    log = logs()["three-conv-failed"].rows  # (epochs, rows)
    ours = np.array([printed(run) for run in runs])  # (seeds, epochs, rows)
    rows = Text("{ours} 行", "{ours} rows").format(ours=ours.shape[2])
    if ours.shape[2] != log.shape[1] or ours.shape[1] < 2:
        return undecided(
            Text(
                "我们的日志每轮 {rows}，原日志 {theirs} 行",
                "our logs have {rows} an epoch, the original {theirs}",
            ).format(rows=rows, theirs=log.shape[1]),
            len(runs),
            Text("与作业同样多的图像", "as many images as in the assignment"),
        )
    levels, level = ours[:, 1:].mean((1, 2)), float(log[1:].mean())
    error = float(np.std(ours[:, 1:], axis=(1, 2)).mean()) / np.sqrt(log[1:].size)
    close = abs(float(np.median(levels)) - level) <= 3 * error
    numbers = Text(
        "每轮同为 {rows}；第 2 轮起的平均，原日志 {level}，我们 {ours}（n = {n}）",
        "both have {rows} an epoch; mean from epoch 2 on: {level} in the original's log, {ours} "
        "in ours (n = {n})",
    ).format(rows=rows, level=f"{level:.4f}", ours=f"{np.median(levels):.4f}", n=len(runs))
    return Finding("supported" if close else "refuted", numbers, len(runs))


def pooling_narrows_the_gap(evidence: Evidence) -> Finding:
    pooled, bare = map(generalization_gap, runs_of(evidence, "baseline", "no-pooling"))
    if not len(pooled) or not len(bare):
        return undecided(ONE_SIDE_UNSOLVED, 0)
    by, p = mean_difference(pooled, bare)
    shown = [f"{100 * float(gap.mean()):+.2f}".replace("-", "−") for gap in (pooled, bare)]
    numbers = Text(
        "训练与测试准确率之差平均：有池化 {pooled}，没有 {bare} 个百分点，置换检验 p = {p}，n = "
        "{n}",
        "training minus test accuracy, mean: {pooled} points with, {bare} without, permutation "
        "test p = {p}, n = {n}",
    ).format(pooled=shown[0], bare=shown[1], p=number(p, 2), n=f"{len(pooled)}, {len(bare)}")
    needed = Text("两者更多学会的种子", "more seeds of both that solve it")
    return from_p(p, by < 0, numbers, len(pooled) + len(bare), needed)


def generalization_gap(runs: Runs) -> np.ndarray:
    """`(solved,)`, training minus test accuracy in the last epoch of the runs that solved their
    task.
    """
    last = [run.epochs[-1] for run in runs if run.solved]
    return np.array([epoch.train_accuracy - epoch.test_accuracy for epoch in last])


def pooling_saves_parameters(evidence: Evidence) -> Finding:
    a, b = (runs[0].parameters for runs in runs_of(evidence, "baseline", "no-pooling"))
    return computed(a < b, Text(f"{count(a)} 对 {count(b)}", f"{count(a)} against {count(b)}"))


def one_by_one_saves_work(evidence: Evidence) -> Finding:
    a, b = (
        sum(layer.multiply_adds for layer in runs[0].layers)
        for runs in runs_of(evidence, "one-by-one", "baseline")
    )
    return computed(
        a < b,
        Text(f"乘加 {count(a)} 对 {count(b)}", f"{count(a)} against {count(b)} multiply-adds"),
    )


ORIGINAL_CLAIMS: dict[str, Claim] = {
    "pooling-speeds-training": Claim("C3", pooling_is_faster, "variants-compared"),
    "no-pooling-learns-slowly": Claim("R2", without_pooling_is_later, "escape"),
    "no-pooling-costs-time": Claim("R2", without_pooling_costs_time, "cost-and-success"),
    "three-conv-fail-in-10": Claim("R1", three_fail_in_ten, "accuracy.three-conv"),
    "three-conv-need-20": Claim("R1", three_need_twenty, "escape"),
    "11-channels-are-fine": Claim("R3", eleven_are_fine, "solved"),
    "15-channels-are-worse": Claim("R3", fifteen_are_worse, "solved"),
    "loss-gone-by-epoch-7": Claim("T1", loss_gone_by_seven, "loss.three-conv"),
    "accuracy-near-99.7": Claim("R3", accuracy_near_the_printed, "accuracy.channels-11"),
    "deeper-is-more-abstract": Claim("C5", deeper_separates_better, "probes"),
    "conv3-leaves-12x12": Claim("R1", conv3_leaves_twelve, "network.three-conv"),
    "dense-input-5x5x5": Claim("R4", dense_input_is_125, "network.features"),
    "0.069-means-chance": Claim("X3", printed_chance_means_guessing, "loss.baseline"),
    "odd-logs-are-of-the-split": Claim("R1", failed_log_is_of_the_split, "published-readings"),
    "pooling-narrows-the-gap": Claim("C3", pooling_narrows_the_gap, "variants-compared"),
    "pooling-tolerates-shifts": Claim("C3", pooling_tolerates_shifts, "shifts"),
    "pooling-saves-parameters": Claim("C3", pooling_saves_parameters, "variants-compared"),
    "1x1-saves-work": Claim("C7", one_by_one_saves_work, "variants-compared"),
}
