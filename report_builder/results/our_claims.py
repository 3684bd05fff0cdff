"""Our own claims: a test for each, a function of the evidence, and the table of all.

Their words stand in `our_claim_texts`.
"""

from __future__ import annotations

import numpy as np

from report_builder.evidence.estimates import curve, entropy, seeds_to_exclude, share, solved
from report_builder.evidence.log_explanations import (
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
    NONE_SOLVED,
    Claim,
    Finding,
    Runs,
    computed,
    counted,
    decided,
    fewer_solved,
    no_runs,
    runs_of,
    seeds_needed,
    share_against,
    undecided,
)
from report_builder.results.original_claims import CHANCE_ACCURACY
from report_builder.results.report import Verdict
from report_builder.text import EMPTY, Text, count
from xo.runs.record import SOLVED

NEAR_LEVEL = 0.02  # nats: a mean loss this near to a level counts as staying there
WRONG_FOLDER = ("three-conv-wrong-folder", "no-pooling-wrong-folder")


def _runs_on_right_labels(evidence: Evidence) -> dict[str, Runs]:
    """The runs that learn the images' classes from all images, by variant."""
    return {
        variant.name: evidence.runs(variant.name)
        for variant in evidence.variants
        if variant.labels == "class"
    }


def seed_decides(evidence: Evidence) -> Finding:
    counts = {
        name: (int(solved(runs).sum()), len(runs))
        for name, runs in _runs_on_right_labels(evidence).items()
    }
    several = {name: (k, n) for name, (k, n) in counts.items() if n > 1}
    mixed = {name: (k, n) for name, (k, n) in several.items() if 0 < k < n}
    shown = ", ".join(f"{name} {k}/{n}" for name, (k, n) in (mixed or several or counts).items())
    return decided(
        "supported" if mixed else "undecided",
        Text(f"学会/总数：{shown}", f"solved/all: {shown}"),
        sum(n for _, n in counts.values()),
    )


def escape_is_sudden(evidence: Evidence) -> Finding:
    """Of the runs that reach SOLVED, how many do so within three epochs after the last one in which
    they guess.
    """
    epochs = []
    for runs in _runs_on_right_labels(evidence).values():
        for accuracy in curve(runs, "test_accuracy"):  # (epochs,)
            if (accuracy >= SOLVED).any():
                reached = int(np.argmax(accuracy >= SOLVED))
                guessing = np.flatnonzero(accuracy[:reached] <= CHANCE_ACCURACY)
                epochs.append(reached - (int(guessing[-1]) if len(guessing) else -1))
    if not epochs:
        return undecided(NONE_SOLVED, 0, Text("更多轮数或种子", "more epochs or seeds"))
    what = Text(
        "（学会的）离开瞎猜后三轮之内达到 98 %",
        " that solve it reach 98 % within three epochs of leaving chance",
    )
    return share_against(sum(each <= 3 for each in epochs), len(epochs), 0.5, what)


def few_end_between(evidence: Evidence) -> Finding:
    last = np.concatenate(
        [curve(runs, "test_accuracy")[:, -1] for runs in _runs_on_right_labels(evidence).values()]
    )
    between = int(((last > CHANCE_ACCURACY) & (last < SOLVED)).sum())
    what = Text(
        f"停在 {100 * CHANCE_ACCURACY:.0f} % 与 {100 * SOLVED:.0f} % 之间",
        f" end between {100 * CHANCE_ACCURACY:.0f} and {100 * SOLVED:.0f} %",
    )
    return share_against(between, len(last), 0.25, what, small=True)


def first_dense_holds_most(evidence: Evidence) -> Finding:
    (runs,) = runs_of(evidence, "baseline")
    parameters = {layer.name: layer.parameters for layer in runs[0].layers}
    first = parameters["dense1"]
    part = first / sum(parameters.values())
    return computed(
        part > 0.5,
        Text(f"{count(first)} 个，占 {100 * part:.1f} %", f"{count(first)}, {100 * part:.1f} %"),
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
    return share_against(stays, len(runs), 0.5, what)


def trained_pooling_solves_less(evidence: Evidence) -> Finding:
    return fewer_solved(*runs_of(evidence, "trained-pooling", "baseline"))


def one_by_one_solves_less(evidence: Evidence) -> Finding:
    return fewer_solved(*runs_of(evidence, "one-by-one", "baseline"))


# The suspect logs


def right_labels_cannot_print_three(evidence: Evidence) -> Finding:
    """Arithmetic of the original's own numbers."""
    images = sum(EXPLANATIONS["right"].images)
    theirs = min(logs()[name].rows.shape[1] for name in SUSPECT_LOGS)
    possible = rows_per_epoch(images)
    numbers = Text(
        "每批 {batch} 幅，{images} 幅图像每轮 {possible} 行，这两份日志每轮 {theirs} 行",
        "in batches of {batch}, {images} images give {possible} rows an epoch; these logs have "
        "{theirs}",
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
    explanation.
    """
    ranked, best = comparison.ranked, comparison.best
    lacking = [fit for fit in comparison.fits if fit.state not in ("compared", "excluded")]
    verdict: Verdict = (
        "undecided" if best is None else "supported" if best == "folders" else "refuted"
    )
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
    if lacking or any(fit.n < FEWEST_SEEDS for fit in ranked):
        needed = Text(
            f"每种解读至少 {FEWEST_SEEDS} 个种子", f"at least {FEWEST_SEEDS} seeds of each reading"
        )
    else:
        needed = Text(
            "更多种子，或原作业的图像和程序", "more seeds, or the original's own images and program"
        )
    numbers = Text("；".join(zh), "; ".join(en))
    return Finding(verdict, numbers, sum(fit.n for fit in ranked), EMPTY if best else needed)


def folders_can_fall(evidence: Evidence) -> Finding:
    """Whether a net that is asked for the folder falls as the log without pooling does, within as
    many epochs.
    """
    comparison = _comparison("no-pooling", "fall", evidence)
    fit = next(fit for fit in comparison.fits if fit.explanation == "folders")
    if fit.state == "no runs":
        return no_runs([fit.variant])
    if fit.state == "not comparable":
        return undecided(
            Text("我们的训练还不能与那份日志相比", "our runs cannot be compared with that log yet"),
            fit.n,
            Text("与作业同样多的图像和轮数", "as many images and epochs as in the assignment"),
        )
    s = share(fit.alike, fit.n)
    verdict: Verdict = "supported" if s.k else "refuted" if s.high < 0.2 else "undecided"
    what = Text("到第 {last} 轮降了下来", " have fallen by epoch {last}").format(
        last=comparison.last
    )
    return decided(verdict, counted(s, what), s.n, seeds_needed(seeds_to_exclude(0.0, 0.2)))


OUR_CLAIMS: dict[str, Claim] = {
    "seed-decides": Claim("ours", seed_decides, "solved"),
    "escape-is-sudden": Claim("ours", escape_is_sudden, "accuracy-by-epoch"),
    "few-end-between": Claim("ours", few_end_between, "variants-compared"),
    "first-dense-holds-most": Claim("ours", first_dense_holds_most, "network.baseline"),
    "split-replays-stay": Claim(
        "ours", wrong_folder_stays_at_the_shares, "loss.three-conv-wrong-folder"
    ),
    "right-labels-print-two-rows": Claim("ours", right_labels_cannot_print_three, "published-logs"),
    "failed-log-fits-folders": Claim("ours", failed_log_fits_folders, "published-readings"),
    "no-pooling-plateau-fits-folders": Claim("ours", plateau_fits_folders, "published-readings"),
    "no-pooling-fall-fits-folders": Claim("ours", fall_fits_folders, "published-readings"),
    "folders-can-fall": Claim("ours", folders_can_fall, "loss.no-pooling-wrong-folder"),
    "trained-pooling-solves-less": Claim("ours", trained_pooling_solves_less, "solved"),
    "1x1-solves-less": Claim("ours", one_by_one_solves_less, "solved"),
}
