"""Our claims on single variants, most of them compared with the baseline: a test for each, and the
table of all.

Their words stand in `variant_claim_texts`.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from report_builder.evidence.estimates import entropy, first_solved_epoch, time_to
from report_builder.evidence.fates import fate, left_chance_epoch
from report_builder.evidence.study import Evidence
from report_builder.results.findings import (
    MOST,
    Claim,
    Finding,
    Runs,
    computed,
    fewer_solved,
    later,
    less_often,
    no_runs,
    runs_of,
    share_is,
)
from report_builder.text import Text, count

NEAR_LEVEL = 0.02  # nats: a mean loss this near to a level counts as staying there
WRONG_FOLDER = ("three-conv-wrong-folder", "no-pooling-wrong-folder")


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


VARIANT_CLAIMS: dict[str, Claim] = {
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
}
