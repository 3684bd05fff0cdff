"""Our claims on how training goes, over all networks that learn the images' classes: a test for
each, and the table of all.

Their words stand in `training_claim_texts`.
"""

from __future__ import annotations

import numpy as np

from report_builder.evidence.estimates import CHANCE, first_solved_epoch, printed, solved
from report_builder.evidence.fates import chance_accuracy, dead_layers, fate, left_chance_epoch
from report_builder.evidence.study import Evidence
from report_builder.results.findings import (
    FEWEST,
    MOST,
    NEARLY_ALL,
    RUNS_TO_CALL_RARE,
    Claim,
    Finding,
    NoRuns,
    Runs,
    no_data,
    one_refutes,
    seeds_needed,
    share_is,
)
from report_builder.results.forms import counts_with_titles
from report_builder.text import Text
from xo.runs.record import RunRecord

SUDDEN = 3  # epochs from leaving chance to solving the task
FAR_FROM_CHANCE = 5  # standard deviations of an accuracy, of as many images, above chance


def _runs_on_right_labels(evidence: Evidence) -> dict[str, Runs]:
    """The runs that learn the images' classes from all images with the original's settings of
    training, by variant.
    """
    found = {
        variant.name: evidence.runs(variant.name)
        for variant in evidence.variants
        if variant.labels == "class" and (variant.lr, variant.initialisation) == (0.1, "pytorch")
    }
    if not found:
        raise NoRuns(["baseline"])
    return found


def _counts(runs: dict[str, Runs]) -> dict[str, int]:
    return {name: len(each) for name, each in runs.items()}


def seed_decides(evidence: Evidence) -> Finding:
    """One network of which some seeds solve the task and others do not supports it; it is refuted
    where of every network all seeds end alike, of so many that few others could end differently.
    """
    by_variant = _runs_on_right_labels(evidence)
    counts = {name: (int(solved(runs).sum()), len(runs)) for name, runs in by_variant.items()}
    mixed = {name: (k, n) for name, (k, n) in counts.items() if 0 < k < n}
    shown = ", ".join(f"{name} {k}/{n}" for name, (k, n) in (mixed or counts).items())
    numbers = Text("学会/总数：{shown}", "solved/all: {shown}").format(
        shown=counts_with_titles(shown)
    )
    n = sum(len(runs) for runs in by_variant.values())
    if any(each >= FEWEST for _, each in mixed.values()):
        return Finding("supported", numbers, n)
    if not mixed and all(each >= RUNS_TO_CALL_RARE for _, each in counts.values()):
        return Finding("refuted", numbers, n)
    wanted = dict.fromkeys(counts, RUNS_TO_CALL_RARE)
    width = RUNS_TO_CALL_RARE / min(each for _, each in counts.values())
    return Finding("undecided", numbers, n, seeds_needed(wanted), seeds=wanted, width=width)


def escape_is_sudden(evidence: Evidence) -> Finding:
    """Of the runs that leave chance early enough to be watched for SUDDEN more epochs, how many
    have solved the task by then; those that collapse count as not.
    """
    by_variant = _runs_on_right_labels(evidence)
    left = [
        (run, epoch)
        for runs in by_variant.values()
        for run in runs
        if (epoch := left_chance_epoch(run)) and epoch + SUDDEN <= len(run.epochs)
    ]
    if not left:
        return no_data(
            Text("没有网络离开随机猜测", "no network left chance"),
            Text("更多轮数或种子", "more epochs or seeds"),
        )
    sudden = sum(first_solved_epoch((run,))[0] <= epoch + SUDDEN for run, epoch in left)
    what = Text(
        "三轮之内达到学会的界线（只算离开了随机猜测、此后还训练了三轮的）",
        " reach what counts as solved within three epochs (of those that left chance and had "
        "three more)",
    )
    return share_is(int(sudden), len(left), MOST, what, _counts(by_variant))


def few_end_between(evidence: Evidence) -> Finding:
    by_variant = _runs_on_right_labels(evidence)
    fates = [fate(run) for runs in by_variant.values() for run in runs]
    between = fates.count("unsettled")
    what = Text("停在学会与随机猜测之间", " end between solved and chance")
    return share_is(between, len(fates), NEARLY_ALL, what, _counts(by_variant), small=True)


def failures_collapse(evidence: Evidence) -> Finding:
    """Of the runs that collapsed or never left chance, how many collapsed."""
    by_variant = _runs_on_right_labels(evidence)
    fates = [fate(run) for runs in by_variant.values() for run in runs]
    collapsed, never = fates.count("collapsed"), fates.count("never left chance")
    if not collapsed + never:
        return no_data(
            Text("没有网络停在随机猜测的水平", "no network ended at chance"),
            Text("更多种子", "more seeds"),
        )
    what = Text("曾经离开又崩溃，只算停在随机猜测的", " ending at chance had left it and collapsed")
    return share_is(collapsed, collapsed + never, MOST, what, _counts(by_variant))


def collapsed_are_dead(evidence: Evidence) -> Finding:
    """Of the collapsed runs, how many end with a layer that responds to no image."""
    by_variant = _runs_on_right_labels(evidence)
    collapsed = [run for runs in by_variant.values() for run in runs if fate(run) == "collapsed"]
    if not collapsed:
        return no_data(Text("没有网络崩溃", "no network collapsed"), Text("更多种子", "more seeds"))
    dead = sum(bool(dead_layers(run)) for run in collapsed)
    what = Text(
        "有一层对任何图像都不响应，只算崩溃的",
        " that collapsed end with a layer that responds to no image",
    )
    return share_is(dead, len(collapsed), NEARLY_ALL, what, _counts(by_variant))


def printed_chance_means_guessing(evidence: Evidence) -> Finding:
    """Of the runs that print ln 2 / 10 throughout some epoch, whether one is far above chance at
    the end of such an epoch.
    """
    by_variant = _runs_on_right_labels(evidence)
    if len(evidence.data.classes) != 2:
        return no_data(
            Text("这些图像不止两类", "these images are of more than two classes"),
            Text("两类图像", "images of two classes"),
        )
    best = {  # by variant, of each run with such epochs, the highest accuracy at their ends
        name: [max(accuracies) for run in runs if (accuracies := flat_epoch_accuracies(run))]
        for name, runs in by_variant.items()
    }
    flat = [accuracy for of_variant in best.values() for accuracy in of_variant]
    if not flat:
        return no_data(
            Text("没有这样的训练", "there is no such run"), Text("更多种子", "more seeds")
        )
    run = next(runs[0] for runs in by_variant.values() if runs)
    chance = chance_accuracy(run)
    far = chance + FAR_FROM_CHANCE * np.sqrt(chance * (1 - chance) / len(run.test_ids))
    above = sum(accuracy > far for accuracy in flat)
    what = Text(
        f"在只打印 0.069 的一轮之末，准确率超过 {100 * far:.0f} %（最高 {100 * max(flat):.0f} %）",
        f" with an epoch of nothing but 0.069 get over {100 * far:.0f} % right at its end "
        f"(at most {100 * max(flat):.0f} %)",
    )
    runs = {name: len(each) for name, each in best.items() if each}
    return one_refutes(above, runs, what)


def flat_epoch_accuracies(run: RunRecord) -> list[float]:
    """The test accuracy at the end of each epoch in which a run prints ln 2 / 10 throughout."""
    rows = printed(run)  # (epochs, rows)
    if not rows.shape[1]:
        return []
    flat: np.ndarray = np.all(abs(rows - CHANCE / 10) < 0.0005, axis=1)
    return [epoch.test_accuracy for epoch, each in zip(run.epochs, flat) if each]


def signal_shrinks(evidence: Evidence) -> Finding:
    """Of networks as PyTorch initialises them, how many have in their last hidden layer values that
    are less than half as large on average as after the first block.
    """
    by_variant = _runs_on_right_labels(evidence)
    runs = [run for of_variant in by_variant.values() for run in of_variant]
    shrinks = sum(
        run.untrained[-2].activation < run.untrained[0].activation / 2 for run in runs
    )  # the last one holds the logits
    what = Text(
        "，训练之前最后一个隐藏层的值平均不到第一块的一半",
        ", before training, have values in the last hidden layer less than half as large as after "
        "the first block",
    )
    return share_is(shrinks, len(runs), NEARLY_ALL, what, _counts(by_variant))


TRAINING_CLAIMS: dict[str, Claim] = {
    "seed-decides": Claim("ours", seed_decides, "solved"),
    "escape-is-sudden": Claim("ours", escape_is_sudden, "accuracy-by-epoch"),
    "few-end-between": Claim("ours", few_end_between, "variants-compared"),
    "failures-collapse": Claim("ours", failures_collapse, "fates"),
    "collapsed-are-dead": Claim("ours", collapsed_are_dead, "dead-units"),
    "0.069-means-chance": Claim("ours", printed_chance_means_guessing, "loss-and-accuracy"),
    "signal-shrinks": Claim("ours", signal_shrinks, "signal"),
}
