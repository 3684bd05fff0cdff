"""Our claims on what explains the suspect logs of the original: a test for each, and the table of
all.

Their words stand in `suspect_log_claim_texts`.
"""

from __future__ import annotations

import numpy as np

from report_builder.evidence.estimates import printed
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
    Claim,
    Finding,
    computed,
    no_data,
    no_runs,
    one_supports,
    runs_of,
    seeds_needed,
)
from report_builder.results.report import Verdict
from report_builder.text import EMPTY, Text, count


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


SUSPECT_LOG_CLAIMS: dict[str, Claim] = {
    "right-labels-print-two-rows": Claim("ours", right_labels_cannot_print_three, "published-logs"),
    "odd-logs-are-of-the-split": Claim("ours", replay_agrees_with_failed_log, "published-readings"),
    "failed-log-fits-folders": Claim("ours", failed_log_fits_folders, "published-readings"),
    "no-pooling-plateau-fits-folders": Claim("ours", plateau_fits_folders, "published-readings"),
    "no-pooling-fall-fits-folders": Claim("ours", fall_fits_folders, "published-readings"),
    "folders-can-fall": Claim("ours", folders_can_fall, "loss.no-pooling-wrong-folder"),
}
