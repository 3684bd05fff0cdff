"""Our own claims: a test for each, a function of the evidence, and the table of all.

Their words stand in `our_claim_texts`.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from report_builder.evidence.estimates import (
    CHANCE,
    entropy,
    first_solved_epoch,
    printed,
    solved,
    time_to,
)
from report_builder.evidence.fates import (
    chance_accuracy,
    dead_layers,
    fate,
    left_chance_epoch,
)
from report_builder.evidence.log_explanations import (
    DECISIVE,
    EXPLANATIONS,
    FEWEST_SEEDS,
    SUSPECT_LOGS,
    Comparison,
    LogPart,
    compare_explanations,
)
from report_builder.evidence.original_logs import BATCH_SIZE, logs, rows_per_epoch
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
    computed,
    fewer_solved,
    later,
    less_often,
    no_data,
    no_runs,
    one_refutes,
    one_supports,
    runs_of,
    seeds_needed,
    share_is,
)
from report_builder.results.forms import counts_with_titles
from report_builder.results.report import Verdict
from report_builder.text import EMPTY, Text, count
from xo.runs.record import RunRecord

NEAR_LEVEL = 0.02  # nats: a mean loss this near to a level counts as staying there
SUDDEN = 3  # epochs from leaving chance to solving the task
FAR_FROM_CHANCE = 5  # standard deviations of an accuracy, of as many images, above chance
WRONG_FOLDER = ("three-conv-wrong-folder", "no-pooling-wrong-folder")


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


def without_pooling_is_later(evidence: Evidence) -> Finding:
    return _solves_later(evidence, "no-pooling", "baseline")


def smaller_rate_solves_later(evidence: Evidence) -> Finding:
    return _solves_later(evidence, "lr-0-01", "baseline")


def _solves_later(evidence: Evidence, slow: str, fast: str) -> Finding:
    slower, faster = runs_of(evidence, slow, fast)
    return _later(slow, slower, fast, faster, first_solved_epoch)


def kaiming_leaves_chance_earlier(evidence: Evidence) -> Finding:
    plain, kaiming = runs_of(evidence, "baseline", "kaiming")

    def left(runs: Runs) -> np.ndarray:
        return np.array([left_chance_epoch(run) or np.inf for run in runs], dtype=float)

    return _later("baseline", plain, "kaiming", kaiming, left)


def _later(
    slow: str,
    slower: Runs,
    fast: str,
    faster: Runs,
    reach: Callable[[Runs], np.ndarray],
) -> Finding:
    """Whether the first network gets to an epoch that `reach` gives later than the second, in as
    many epochs as both were trained for.
    """
    horizon = min(len(slower[0].epochs), len(faster[0].epochs))
    numbers = Text(
        "前 {horizon} 轮内平均差 {{by}} 轮，{{test}}，n = {n} 和 {m}",
        "{{by}} epochs on average within {horizon}, {{test}}, n = {n} and {m}",
    ).format(horizon=horizon, n=len(slower), m=len(faster))
    return later(
        (slow, time_to(reach(slower), horizon)),
        (fast, time_to(reach(faster), horizon)),
        horizon + 1,
        numbers,
    )


def smaller_rate_collapses_less(evidence: Evidence) -> Finding:
    small, large = runs_of(evidence, "lr-0-03", "baseline")
    what = Text("崩溃", " collapse")
    a, b = (sum(fate(run) == "collapsed" for run in runs) for runs in (small, large))
    return less_often(("lr-0-03", a, len(small)), ("baseline", b, len(large)), what)


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


def first_dense_holds_most(evidence: Evidence) -> Finding:
    (runs,) = runs_of(evidence, "baseline")
    parameters = {layer.name: layer.parameters for layer in runs[0].layers}
    first = parameters["dense1"]
    part = first / sum(parameters.values())
    return computed(
        part > 0.5,
        Text(f"{count(first)} 个，占 {100 * part:.1f} %", f"{count(first)}, {100 * part:.1f} %"),
    )


def trained_pooling_solves_less(evidence: Evidence) -> Finding:
    return fewer_solved(evidence, "trained-pooling", "baseline")


def one_by_one_solves_less(evidence: Evidence) -> Finding:
    return fewer_solved(evidence, "one-by-one", "baseline")


def one_by_one_saves_work(evidence: Evidence) -> Finding:
    a, b = (
        sum(layer.multiply_adds for layer in runs[0].layers)
        for runs in runs_of(evidence, "one-by-one", "baseline")
    )
    return computed(
        a < b,
        Text(f"乘加 {count(a)} 对 {count(b)}", f"{count(a)} against {count(b)} multiply-adds"),
    )


def wrong_folder_stays_at_the_shares(evidence: Evidence) -> Finding:
    """How many runs that are asked for the folder stay, in epochs 2 to 10, at the loss of its
    shares alone.
    """
    runs = [run for variant in WRONG_FOLDER for run in evidence.runs(variant)]
    if not runs:
        return no_runs([WRONG_FOLDER[0]])
    level = entropy(runs[0].label_counts)
    stays = sum(
        bool(abs(np.mean([epoch.train_loss for epoch in run.epochs[1:10]]) - level) < NEAR_LEVEL)
        for run in runs
    )
    what = Text(
        f"在第 2 至 10 轮停在 {level:.3f} 附近", f" stay near {level:.3f} in epochs 2 to 10"
    )
    counts = {name: len(evidence.runs(name)) for name in WRONG_FOLDER if evidence.runs(name)}
    return share_is(stays, len(runs), MOST, what, counts)


# The suspect logs


def replay_agrees_with_failed_log(evidence: Evidence) -> Finding:
    """Whether the replay has the rows per epoch and the level of the failed log."""
    (runs,) = runs_of(evidence, "three-conv-wrong-folder")
    log = logs()["three-conv-failed"].rows  # (epochs, rows)
    ours = np.array([printed(run) for run in runs])  # (seeds, epochs, rows)
    rows = Text("{ours} 行", "{ours} rows").format(ours=ours.shape[2])
    if ours.shape[2] != log.shape[1] or ours.shape[1] < 2:
        return no_data(
            Text(
                "我们的日志每轮 {rows}，原日志 {theirs} 行",
                "our logs have {rows} an epoch, the original {theirs}",
            ).format(rows=rows, theirs=log.shape[1]),
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
    if len(runs) < FEWEST:
        wanted, width = {"three-conv-wrong-folder": FEWEST}, FEWEST / len(runs)
        return Finding("undecided", numbers, len(runs), seeds_needed(wanted), None, wanted, width)
    return Finding("supported" if close else "refuted", numbers, len(runs))


def right_labels_cannot_print_three(evidence: Evidence) -> Finding:
    """Arithmetic of the original's own numbers."""
    images = sum(EXPLANATIONS["right"].images)
    theirs = min(logs()[name].rows.shape[1] for name in SUSPECT_LOGS)
    possible = rows_per_epoch(images)
    numbers = Text(
        "每批 {batch} 幅，{images} 幅图像每轮 {possible} 行，两份反常的日志每轮 {theirs} 行",
        "in batches of {batch}, {images} images give {possible} rows an epoch; two logs of the "
        "original have {theirs}",
    ).format(batch=BATCH_SIZE, images=count(images), possible=possible, theirs=theirs)
    return computed(theirs > possible, numbers)


def failed_log_fits_folders(evidence: Evidence) -> Finding:
    return _folders_fit_best(_comparison("three-conv-failed", "whole", evidence))


def plateau_fits_folders(evidence: Evidence) -> Finding:
    return _folders_fit_best(_comparison("no-pooling", "plateau", evidence))


def fall_fits_folders(evidence: Evidence) -> Finding:
    return _folders_fit_best(_comparison("no-pooling", "fall", evidence))


def _comparison(log: str, part: LogPart, evidence: Evidence) -> Comparison:
    return next(each for each in compare_explanations(log, evidence) if each.part == part)


def _folders_fit_best(comparison: Comparison) -> Finding:
    """Whether folders taken for classes fit a part of a suspect log better than every other
    explanation, by a lead that matters; explanations that fit alike refute it.
    """
    ranked = comparison.ranked
    lacking = [fit for fit in comparison.fits if fit.state not in ("compared", "excluded")]
    zh, en = [], []
    for fit in ranked:
        title = EXPLANATIONS[fit.explanation].title
        behind = f"{fit.log_likelihood - ranked[0].log_likelihood:.1f}".replace("-", "−")
        zh.append(f"“{title.zh}”Δ {behind}，像它的种子 {fit.alike}/{fit.n}")
        en.append(f"{title.en.lower()} Δ {behind}, {fit.alike} of {fit.n} seeds alike")
    for fit in lacking:
        title = EXPLANATIONS[fit.explanation].title
        zh.append(f"“{title.zh}”还不能比")
        en.append(f"{title.en.lower()} cannot be compared yet")
    numbers = Text("；".join(zh), "; ".join(en))
    n = sum(fit.n for fit in ranked)
    wanted = {
        fit.variant: max(FEWEST_SEEDS, 2 * fit.n)
        for fit in comparison.fits
        if fit.state != "excluded"
    }
    if lacking:
        return no_data(numbers, seeds_needed(dict.fromkeys(wanted, FEWEST_SEEDS)), wanted)
    lead = comparison.lead_of("folders")
    verdict: Verdict = (
        "refuted" if lead.high < DECISIVE else "supported" if lead.low >= DECISIVE else "undecided"
    )
    width = (lead.high - lead.low) / DECISIVE
    fewest = min(fit.n for fit in ranked)
    if fewest < FEWEST_SEEDS:  # two or three separate too easily
        verdict, width = "undecided", max(width, FEWEST_SEEDS / fewest)
    needed = seeds_needed(wanted) if verdict == "undecided" else EMPTY
    return Finding(verdict, numbers, n, needed, None, wanted, width)


def folders_can_fall(evidence: Evidence) -> Finding:
    """Whether a net that is asked for the folder falls as the log without pooling does, within as
    many epochs.
    """
    comparison = _comparison("no-pooling", "fall", evidence)
    fit = next(fit for fit in comparison.fits if fit.explanation == "folders")
    if fit.state == "no runs":
        return no_runs([fit.variant])
    if fit.state == "not comparable":
        return no_data(
            Text("我们的训练还不能与那份日志相比", "our runs cannot be compared with that log yet"),
            Text("与作业同样多的图像和轮数", "as many images and epochs as in the assignment"),
        )
    what = Text("到第 {last} 轮降了下来", " have fallen by epoch {last}").format(
        last=comparison.last
    )
    return one_supports(fit.alike, {fit.variant: fit.n}, what)


OUR_CLAIMS: dict[str, Claim] = {
    "seed-decides": Claim("ours", seed_decides, "solved"),
    "escape-is-sudden": Claim("ours", escape_is_sudden, "accuracy-by-epoch"),
    "few-end-between": Claim("ours", few_end_between, "variants-compared"),
    "failures-collapse": Claim("ours", failures_collapse, "fates"),
    "collapsed-are-dead": Claim("ours", collapsed_are_dead, "dead-units"),
    "0.069-means-chance": Claim("ours", printed_chance_means_guessing, "loss-and-accuracy"),
    "signal-shrinks": Claim("ours", signal_shrinks, "signal"),
    "smaller-rate-collapses-less": Claim("ours", smaller_rate_collapses_less, "learning-rates"),
    "smaller-rate-solves-later": Claim("ours", smaller_rate_solves_later, "learning-rates"),
    "kaiming-leaves-chance-earlier": Claim("ours", kaiming_leaves_chance_earlier, "learning-rates"),
    "no-pooling-learns-slowly": Claim("ours", without_pooling_is_later, "escape"),
    "first-dense-holds-most": Claim("ours", first_dense_holds_most, "network.baseline"),
    "trained-pooling-solves-less": Claim("ours", trained_pooling_solves_less, "solved"),
    "1x1-solves-less": Claim("ours", one_by_one_solves_less, "solved"),
    "1x1-saves-work": Claim("ours", one_by_one_saves_work, "variants-compared"),
    "split-replays-stay": Claim(
        "ours", wrong_folder_stays_at_the_shares, "loss.three-conv-wrong-folder"
    ),
    "right-labels-print-two-rows": Claim("ours", right_labels_cannot_print_three, "published-logs"),
    "odd-logs-are-of-the-split": Claim("ours", replay_agrees_with_failed_log, "published-readings"),
    "failed-log-fits-folders": Claim("ours", failed_log_fits_folders, "published-readings"),
    "no-pooling-plateau-fits-folders": Claim("ours", plateau_fits_folders, "published-readings"),
    "no-pooling-fall-fits-folders": Claim("ours", fall_fits_folders, "published-readings"),
    "folders-can-fall": Claim("ours", folders_can_fall, "loss.no-pooling-wrong-folder"),
}
