"""How the records decide a claim: a verdict from an interval or a test, with the numbers that
decide in words.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from report_builder.evidence.estimates import (
    Difference,
    Share,
    difference,
    seeds_to_exclude,
    seeds_to_separate,
    share,
    solved_share,
)
from report_builder.evidence.study import Evidence
from report_builder.results.report import Verdict
from report_builder.text import EMPTY, Text, count, number
from xo.runs.record import RunRecord

SIGNIFICANT = 0.05
FEWEST = (
    5  # runs of each kind below which a share decides nothing: two or three separate too easily
)
MORE_SEEDS = Text("更多种子", "more seeds")
NONE_SOLVED = Text("没有种子学会", "no seed solved the task")
ONE_SIDE_UNSOLVED = Text("有一方没有学会的种子", "one of the two has no seed that solved the task")

Runs = tuple[RunRecord, ...]


class ClaimText(NamedTuple):
    """What a claim states, and what a page says for each verdict, before the numbers."""

    statement: Text
    supported: Text
    refuted: Text
    undecided: Text


TOO_FEW_TO_TELL = Text("这些种子分不出高下", "these seeds do not tell")


class Finding(NamedTuple):
    """What the records say of a claim."""

    verdict: Verdict
    numbers: Text  # that decide
    n: int
    needed: Text = EMPTY  # what would settle it, where it is undecided


class Claim(NamedTuple):
    place: str  # row of the original's contents, or "ours"
    test: Callable[[Evidence], Finding]
    figure: str  # that shows it


class NoRuns(Exception):
    """A claim needs runs of variants that have none."""

    def __init__(self, variants: list[str]):
        super().__init__(variants)
        self.variants = variants


def runs_of(evidence: Evidence, *variants: str) -> list[Runs]:
    """The runs of each variant; raises NoRuns where one has none: the claim is undecided."""
    found = [evidence.runs(variant) for variant in variants]
    if missing := [variant for variant, runs in zip(variants, found) if not runs]:
        raise NoRuns(missing)
    return found


def no_runs(variants: list[str]) -> Finding:
    listed = Text("、".join(variants), ", ".join(variants))
    return undecided(
        Text("这项研究没有 {listed} 的训练", "this study has no run of {listed}").format(
            listed=listed
        ),
        0,
        Text("更大的研究，例如 full", "a larger study, such as full"),
    )


def undecided(numbers: Text, n: int, needed: Text = MORE_SEEDS) -> Finding:
    return Finding("undecided", numbers, n, needed)


def decided(verdict: Verdict, numbers: Text, n: int, needed: Text = MORE_SEEDS) -> Finding:
    """A finding; what would settle it is of interest only where it is undecided."""
    return Finding(verdict, numbers, n, needed if verdict == "undecided" else EMPTY)


def computed(holds: bool, numbers: Text) -> Finding:
    """Of what follows from the shapes alone, so that one run is enough."""
    return Finding("supported" if holds else "refuted", numbers, 1)


def from_p(p: float, holds: bool, numbers: Text, n: int, needed: Text) -> Finding:
    """Undecided unless the p value is significant; then whether the difference has the claimed
    sign.
    """
    verdict: Verdict = "undecided" if p > SIGNIFICANT else "supported" if holds else "refuted"
    return decided(verdict, numbers, n, needed)


def counted(s: Share, what: Text = EMPTY) -> Text:
    """`5 of 6 runs solve it, 95 % interval 44 to 97 %`"""
    return Text(
        "{n} 次训练中 {k} 次{what}，95 % 区间 {low} 至 {high} %",
        "{k} of {n} runs{what}, 95 % interval {low} to {high} %",
    ).format(k=s.k, n=s.n, what=what, low=f"{100 * s.low:.0f}", high=f"{100 * s.high:.0f}")


def seeds_needed(n: int | None, each: bool = False) -> Text:
    """How many seeds would settle it; None where no number would."""
    if n is None:
        return Text(
            "比例若不变，再多种子也分不开", "if the shares stay, no number of seeds would settle it"
        )
    return Text("比例若不变，约需{each} {n} 个", "if the shares stay, about {n}{each}").format(
        n=count(n), each=Text("各", " of each") if each else EMPTY
    )


def share_against(k: int, n: int, bound: float, what: Text, small: bool = False) -> Finding:
    """Supported where the interval of k of n lies above the bound (`small`: below), refuted where
    on the other side.
    """
    s = share(k, n)
    above: Verdict = "refuted" if small else "supported"
    below: Verdict = "supported" if small else "refuted"
    verdict = above if s.low > bound else below if s.high < bound else "undecided"
    needed = seeds_needed(seeds_to_exclude(k / n, bound, FEWEST))
    return _unless_few(verdict, counted(s, what), n, n, needed)


def fewer_solved(worse: Runs, better: Runs) -> Finding:
    """Whether the first solve their task less often than the second."""
    a, b = solved_share(worse), solved_share(better)
    d = difference(b, a)
    verdict: Verdict = (
        "undecided" if not d.excludes_zero else "supported" if d.value > 0 else "refuted"
    )
    numbers = Text(
        "学会 {a.k}/{a.n} 对 {b.k}/{b.n}，{interval}",
        "{a.k} of {a.n} against {b.k} of {b.n} solve it, {interval}",
    ).format(a=a, b=b, interval=_interval(d))
    needed = seeds_needed(seeds_to_separate(a.k / a.n, b.k / b.n, FEWEST), each=True)
    return _unless_few(verdict, numbers, a.n + b.n, min(a.n, b.n), needed)


def _unless_few(verdict: Verdict, numbers: Text, n: int, fewest: int, needed: Text) -> Finding:
    """What an interval decides, unless one kind has fewer than FEWEST runs."""
    if verdict != "undecided" and fewest < FEWEST:
        verdict = "undecided"
        numbers += Text(
            f"；种子少于 {FEWEST} 个，不下结论", f"; fewer than {FEWEST} seeds decide nothing"
        )
    return decided(verdict, numbers, n, needed)


def _interval(d: Difference) -> Text:
    low, high = (f"{100 * bound:+.0f}".replace("-", "−") for bound in (d.low, d.high))
    return Text(
        f"比例之差的 95 % 区间 {low} 至 {high} 个百分点",
        f"95 % interval of the difference {low} to {high} points",
    )


def separated(
    less: np.ndarray, more: np.ndarray, describe: Callable[[np.ndarray], Text], names: Text
) -> Finding:
    """Supported where all values of the first lie below all of the second, refuted the other way
    round.

    `names` says `{less}` and `{more}`, which stand for what `describe` makes of the values.
    """
    verdict: Verdict = (
        "supported"
        if less.max() < more.min()
        else "refuted"
        if more.max() < less.min()
        else "undecided"
    )
    numbers = names.format(less=describe(less), more=describe(more))
    return decided(verdict, numbers, len(less) + len(more))


def median_and_range(unit: Text) -> Callable[[np.ndarray], Text]:
    """Writes `(n,)` values as `median 2.1 s (2.0 to 2.3, n = 3)`."""

    def describe(values: np.ndarray) -> Text:
        low, middle, high = (
            number(float(value), 2) for value in (values.min(), np.median(values), values.max())
        )
        return Text(
            "中位数 {middle} {unit}（{low} 至 {high}，n = {n}）",
            "median {middle} {unit} ({low} to {high}, n = {n})",
        ).format(low=low, middle=middle, high=high, unit=unit, n=len(values))

    return describe
