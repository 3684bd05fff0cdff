"""The original's claims: a test for each, a function of the evidence, and the table of all.

Their words stand in `original_claim_texts`.
"""

from __future__ import annotations

import numpy as np

from report_builder.evidence.estimates import (
    Estimate,
    Survival,
    curve,
    first_solved_epoch,
    mean,
    mean_difference,
    printed,
    solved,
)
from report_builder.evidence.study import Evidence
from report_builder.results.findings import (
    FEWEST,
    MOST,
    Claim,
    Finding,
    NoRuns,
    Runs,
    Size,
    computed,
    fewer_solved,
    larger,
    later,
    no_data,
    one_refutes,
    runs_of,
    seeds_needed,
    share_is,
)
from report_builder.results.unavailable import unavailable
from report_builder.text import Text, count, number

PRINTED_ACCURACY = 299 / 300  # the original prints 99.666667 %
ASSIGNMENT_SIDE = 116  # pixels of the assignment's images
SLOWER = Size(0, np.log(1.1))  # logarithm of a ratio of times: a tenth is the least that matters
STEADIER = SLOWER  # of changes of a map, likewise
SECOND_TEN = Size(0.1, 0.3)  # share of runs: one in ten is left out, three in ten surely matter
PROBE = GAP = Size(0, 0.02)  # accuracy: 2 points are the least that matters
NONE_SOLVED = Text("没有种子学会", "no seed solved the task")
MORE_SEEDS = Text("更多种子", "more seeds")


def pooling_is_faster(evidence: Evidence) -> Finding:
    """By the ratio of the seconds of an epoch, the median of each run's."""
    pooled, bare = (
        np.array([np.median(run.epoch_seconds) for run in runs])
        for runs in runs_of(evidence, "baseline", "no-pooling")
    )
    times = mean_difference(np.log(bare), np.log(pooled))
    numbers = Text(
        "每轮的中位数 {pooled} 秒对 {bare} 秒{ratio}，n = {n} 和 {m}",
        "median of {pooled} s an epoch against {bare} s{ratio}, n = {n} and {m}",
    ).format(
        pooled=number(float(np.median(pooled)), 2),
        bare=number(float(np.median(bare)), 2),
        ratio=_ratio(times),
        n=len(pooled),
        m=len(bare),
    )
    return larger(times, SLOWER, numbers, {"baseline": len(pooled), "no-pooling": len(bare)})


def _ratio(logarithm: Estimate | None) -> Text:
    """`, a ratio of 6.1, 95 % interval 5.8 to 6.4`, from that of logarithms."""
    if logarithm is None:
        return Text("", "")
    return Text(
        "，比值的几何平均 {value}，95 % 区间 {low} 至 {high}",
        ", a ratio of {value} (geometric mean), 95 % interval {low} to {high}",
    ).format(
        **{
            name: number(float(np.exp(getattr(logarithm, name))), 2)
            for name in ("value", "low", "high")
        }
    )


def without_pooling_needs_twenty(evidence: Evidence) -> Finding:
    """One run that has solved its task by epoch 10 refutes it, as with three layers."""
    (runs,) = runs_of(evidence, "no-pooling")
    return _none_solves_by_ten(runs)


def three_fail_in_ten(evidence: Evidence) -> Finding:
    """One run that has solved its task by epoch 10 refutes it."""
    (runs,) = runs_of(evidence, "three-conv")
    return _none_solves_by_ten(runs)


def _none_solves_by_ten(runs: Runs) -> Finding:
    done = int(solved(runs, 10).sum()) if len(runs[0].epochs) >= 10 else 0
    what = Text("在第 10 轮已学会", " had solved it by epoch 10")
    return one_refutes(done, {runs[0].variant: len(runs)}, what)


def without_pooling_costs_time(evidence: Evidence) -> Finding:
    """By the seconds of training until a run first solves its task; one that never does is watched
    as long as the shorter of both trainings.
    """
    pooled, bare = runs_of(evidence, "baseline", "no-pooling")
    watched = [np.median([sum(run.epoch_seconds) for run in runs]) for runs in (pooled, bare)]
    horizon = float(min(watched))
    numbers = Text(
        "前 {horizon} 秒训练里平均差 {{by}} 秒，{{test}}，n = {n} 和 {m}",
        "{{by}} s on average within {horizon} s of training, {{test}}, n = {n} and {m}",
    ).format(horizon=number(horizon, 2), n=len(bare), m=len(pooled))
    times = (("no-pooling", _seconds(bare, horizon)), ("baseline", _seconds(pooled, horizon)))
    return later(*times, horizon, numbers)


def _seconds(runs: Runs, horizon: float) -> Survival:
    """When each run first solved its task, in seconds of training."""
    epochs = first_solved_epoch(runs)
    seconds = np.array(
        [
            sum(run.epoch_seconds[: int(epoch)]) if np.isfinite(epoch) else np.inf
            for run, epoch in zip(runs, epochs)
        ]
    )
    reached = seconds <= horizon
    return Survival(np.where(reached, seconds, horizon), reached)


def three_need_twenty(evidence: Evidence) -> Finding:
    """How many of all runs solve the task only in the second ten epochs."""
    (runs,) = runs_of(evidence, "three-conv")
    epochs = first_solved_epoch(runs)
    second = int((np.isfinite(epochs) & (epochs > 10)).sum())
    what = Text("要到第 11 至 20 轮才学会", " solve it only in epochs 11 to 20")
    return share_is(second, len(runs), SECOND_TEN, what, {"three-conv": len(runs)})


def eleven_are_fine(evidence: Evidence) -> Finding:
    (runs,) = runs_of(evidence, "channels-11")
    done = int(solved(runs).sum())
    return share_is(done, len(runs), MOST, Text("学会", " solve it"), {"channels-11": len(runs)})


def fifteen_are_worse(evidence: Evidence) -> Finding:
    return fewer_solved(evidence, "channels-15", "baseline")


def loss_gone_by_seven(evidence: Evidence) -> Finding:
    """Of the runs that solve their task, as the original's did."""
    (runs,) = runs_of(evidence, "three-conv")
    prints = [printed(run) for run in runs if run.solved]  # (epochs, rows) each
    if not prints or len(prints[0]) < 7 or not prints[0].shape[1]:
        reason = Text("没有种子学会，或日志太短", "no seed solved the task, or logs are too short")
        return no_data(reason, Text("更多种子或轮数", "more seeds or epochs"))
    gone = sum(bool((rows[6] < 0.0015).all()) for rows in prints)  # prints 0.001 or 0.000
    what = Text(
        "第 7 轮打印 0.001 或 0.000，只算学会的",
        " that solve it print 0.001 or 0.000 in epoch 7",
    )
    return share_is(gone, len(prints), MOST, what, {"three-conv": len(runs)})


def accuracy_near_the_printed(evidence: Evidence) -> Finding:
    """Whether it lies in the range of the runs that solve their task, up to one image."""
    (runs,) = runs_of(evidence, "channels-11")
    reached = curve(runs, "test_accuracy")[:, -1][solved(runs)]
    if not len(reached):
        return no_data(NONE_SOLVED, MORE_SEEDS, {"channels-11": len(runs) + FEWEST})
    one_image, low, high = 1 / len(runs[0].test_ids), reached.min(), reached.max()
    numbers = Text(
        "学会的 {n} 个种子从 {low} 到 {high} %",
        "{n} seeds that solve it reach {low} to {high} %",
    ).format(n=len(reached), low=f"{100 * low:.1f}", high=f"{100 * high:.1f}")
    if len(reached) < FEWEST:
        n, wanted = len(reached), {"channels-11": -(-FEWEST * len(runs) // len(reached))}
        return Finding(
            "undecided", numbers, n, seeds_needed(wanted), None, wanted, width=FEWEST / n
        )
    within = low - one_image <= PRINTED_ACCURACY <= high + one_image
    return Finding("supported" if within else "refuted", numbers, len(reached))


def deeper_separates_better(evidence: Evidence) -> Finding:
    """Seed by seed, by how much a probe that is told few labels is better at the third block than
    at the first, in networks that solved their task; of each, the mean over draws and numbers of
    labels.

    With all labels even probes of untrained blocks are nearly always right.
    """
    probes = evidence.demonstration("few-shot-probes")
    if probes is None or probes.unavailable:
        reason = Text("还没有线性探针的结果", "no linear probe has been computed")
        return no_data(reason, Text("full 研究", "the study full"))
    (runs,) = runs_of(evidence, "features")
    seeds = {run.seed for run in runs if run.solved}
    chosen = [seed in seeds for seed in probes.facts["seeds"]]
    if not any(chosen):
        return no_data(NONE_SOLVED, MORE_SEEDS, {"features": len(runs) + FEWEST})
    by_seed = probes.array("test")[0].mean((1, 2))[:, chosen]  # trained, (depths, seeds)
    shallow, deep = (by_seed[probes.facts["depths"].index(each)] for each in ("relu1", "relu3"))
    better = mean(deep - shallow)
    numbers = Text(
        "只给少数标签，在学会任务的网络里，第三块减第一块，逐个网络相比平均 {by}，n = {n}",
        "told few labels, in networks that solved the task, third block minus first, one by one: "
        "{by} on average, n = {n}",
    ).format(by=_points(better, float((deep - shallow).mean())), n=len(deep))
    return larger(better, PROBE, numbers, {"features": len(deep)})


def _points(estimate: Estimate | None, value: float) -> Text:
    """`+1.2 points, 95 % interval 0.4 to 2.0`"""
    text = Text("{value} 个百分点", "{value} points").format(value=_signed(value))
    if estimate is None:
        return text
    return text + Text("（95 % 区间 {low} 至 {high}）", " (95 % interval {low} to {high})").format(
        low=_signed(estimate.low), high=_signed(estimate.high)
    )


def _signed(share: float) -> str:
    return f"{100 * share:+.1f}".replace("-", "−")


def pooling_lowers_sensitivity(evidence: Evidence) -> Finding:
    """Network by network, how much less a shift by one pixel changes the map after max-pooling than
    before, on average over images.
    """
    record = evidence.demonstration("shifts")
    if record is None:
        reason = Text("还没有测量平移", "no shift has been measured")
        return no_data(reason, Text("基准网络的训练", "runs of the baseline"))
    if record.unavailable:
        return no_data(unavailable(record.unavailable), Text("更大的图像", "larger images"))
    seeds = {run.seed for run in evidence.runs("baseline")}
    chosen = [seed in seeds for seed in record.facts["seeds"]]
    if not any(chosen):
        raise NoRuns(["baseline"])
    bare, pooled = (record.array(f"by_seed.{kind}")[chosen] for kind in ("none", "max"))  # (seeds,)
    ratio = mean(np.log(bare / pooled))
    numbers = Text(
        "{n} 个网络中有 {less} 个在池化之后变化更小；相对变化的中位数，"
        "池化前 {bare}，池化后 {pooled}{ratio}",
        "it changes less after pooling in {less} of {n} networks; the median relative change goes "
        "from {bare} to {pooled}{ratio}",
    ).format(
        n=len(bare),
        less=int((pooled < bare).sum()),
        bare=number(float(np.median(bare)), 2),
        pooled=number(float(np.median(pooled)), 2),
        ratio=_ratio(ratio),
    )
    return larger(ratio, STEADIER, numbers, {"baseline": len(bare)})


def _last_map_shape(evidence: Evidence, variant: str) -> tuple[int, ...] | None:
    """The shape (C, H, W) of a variant's last maps; None without runs, or for other images than the
    assignment's.
    """
    runs = evidence.runs(variant)
    if not runs or evidence.data.image_size != (ASSIGNMENT_SIDE, ASSIGNMENT_SIDE):
        return None
    return [layer.shape for layer in runs[0].layers if len(layer.shape) == 3][-1]


OTHER_IMAGES = no_data(
    Text("只对 116×116 的图像成立", "it is about images of 116×116"),
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


def pooling_narrows_the_gap(evidence: Evidence) -> Finding:
    """By the gap of all runs after as many epochs as both were trained for."""
    pooled, bare = runs_of(evidence, "baseline", "no-pooling")
    epoch = min(len(pooled[0].epochs), len(bare[0].epochs))
    gaps = [generalization_gap(runs, epoch) for runs in (pooled, bare)]
    wider = mean_difference(gaps[1], gaps[0])
    numbers = Text(
        "第 {epoch} 轮之后，训练准确率减测试准确率，平均：有池化 {pooled}，没有池化 {bare} "
        "个百分点；没有的减有的 {by}，n = {n} 和 {m}",
        "training minus test accuracy after epoch {epoch}, on average: {pooled} points with "
        "pooling and {bare} without; the latter minus the former {by}, n = {n} and {m}",
    ).format(
        epoch=epoch,
        pooled=_signed(float(gaps[0].mean())),
        bare=_signed(float(gaps[1].mean())),
        by=_points(wider, float(gaps[1].mean() - gaps[0].mean())),
        n=len(pooled),
        m=len(bare),
    )
    return larger(wider, GAP, numbers, {"baseline": len(pooled), "no-pooling": len(bare)})


def generalization_gap(runs: Runs, epoch: int) -> np.ndarray:
    """`(n,)`, training minus test accuracy after an epoch, both on as many images."""
    after = [run.epochs[epoch - 1] for run in runs]
    return np.array([each.sample_accuracy - each.test_accuracy for each in after])


def pooling_saves_parameters(evidence: Evidence) -> Finding:
    a, b = (runs[0].parameters for runs in runs_of(evidence, "baseline", "no-pooling"))
    return computed(a < b, Text(f"{count(a)} 对 {count(b)}", f"{count(a)} against {count(b)}"))


def one_by_one_saves_parameters(evidence: Evidence) -> Finding:
    a, b = (runs[0].parameters for runs in runs_of(evidence, "one-by-one", "baseline"))
    return computed(a < b, Text(f"{count(a)} 对 {count(b)}", f"{count(a)} against {count(b)}"))


ORIGINAL_CLAIMS: dict[str, Claim] = {
    "pooling-speeds-training": Claim("C3", pooling_is_faster, "variants-compared"),
    "pooling-lowers-sensitivity": Claim("C3", pooling_lowers_sensitivity, "shifts"),
    "pooling-saves-parameters": Claim("C3", pooling_saves_parameters, "variants-compared"),
    "pooling-narrows-the-gap": Claim("C3", pooling_narrows_the_gap, "variants-compared"),
    "deeper-is-more-abstract": Claim("C5", deeper_separates_better, "few-shot-probes"),
    "1x1-saves-parameters": Claim("C7", one_by_one_saves_parameters, "variants-compared"),
    "conv3-leaves-12x12": Claim("R1", conv3_leaves_twelve, "network.three-conv"),
    "three-conv-fail-in-10": Claim("R1", three_fail_in_ten, "accuracy.three-conv"),
    "three-conv-need-20": Claim("R1", three_need_twenty, "escape"),
    "no-pooling-needs-20": Claim("R2", without_pooling_needs_twenty, "accuracy.no-pooling"),
    "no-pooling-costs-time": Claim("R2", without_pooling_costs_time, "cost-and-success"),
    "11-channels-are-fine": Claim("R3", eleven_are_fine, "solved"),
    "15-channels-are-worse": Claim("R3", fifteen_are_worse, "solved"),
    "accuracy-near-99.7": Claim("R3", accuracy_near_the_printed, "accuracy.channels-11"),
    "dense-input-5x5x5": Claim("R4", dense_input_is_125, "network.features"),
    "loss-gone-by-epoch-7": Claim("T1", loss_gone_by_seven, "loss.three-conv"),
}
