"""How the records decide a claim: a verdict from an interval or from single runs, with the numbers
that decide in words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from report_builder.evidence.estimates import (
    Estimate,
    Survival,
    difference,
    log_rank,
    mean_difference,
    share,
    share_estimate,
    solved_share,
)
from report_builder.evidence.study import Evidence
from report_builder.results.forms import titles
from report_builder.results.report import Verdict
from report_builder.text import EMPTY, Text, count, number
from xo.runs.record import RunRecord

SIGNIFICANT = 0.05
FEWEST = 5  # runs of each kind below which nothing is decided: two or three separate too easily
RARE = 0.2  # a share that lies below it: what no run has done is then taken not to happen
RUNS_TO_CALL_RARE = next(n for n in range(1, 100) if share_estimate(0, n).high < RARE)

Runs = tuple[RunRecord, ...]


class Size(NamedTuple):
    """Where a statement about the size of something begins to hold, and where it surely holds.

    It is supported where the whole interval lies beyond `excluded`, refuted where it lies short of
    `matters`. In between either answer is right, so that enough seeds settle every statement.
    """

    excluded: float
    matters: float


DIFFERENT = Size(0, 0.2)  # shares: a difference of 20 points is the least that matters
MOST = Size(0.5, 0.7)
NEARLY_ALL = Size(0.7, 0.9)


class ClaimText(NamedTuple):
    """What a claim states, and what a page says for each verdict, before the numbers."""

    statement: Text
    supported: Text
    refuted: Text
    undecided: Text = Text("这些种子还分不出", "These seeds do not tell")

    @property
    def no_data(self) -> Text:
        """What a page says where there is nothing to decide the claim by."""
        return Text("“{it}”：还没有数据", "No data on “{it}”").format(it=self.statement)


class Finding(NamedTuple):
    """What the records say of a claim."""

    verdict: Verdict
    numbers: Text  # that decide
    n: int
    needed: Text = EMPTY  # what would settle it, where it is not settled
    p: float | None = None  # of the value that the verdict excludes; None: no test was made
    # About how many of each variant would settle it, or it rests on; none where seeds do not count.
    seeds: Mapping[str, int] = {}
    # Of its interval, in widths of the size that matters: below 1 it cannot be undecided. None
    # where nothing is estimated.
    width: float | None = None


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
    """The runs of each variant; raises NoRuns where one has none: there are no data."""
    found = [evidence.runs(variant) for variant in variants]
    if missing := [variant for variant, runs in zip(variants, found) if not runs]:
        raise NoRuns(missing)
    return found


def no_runs(variants: list[str]) -> Finding:
    """The finding where there is no run of these variants."""
    listed = Text(titles(variants).zh, titles(variants).en)
    return no_data(
        Text("这项研究没有{listed}的训练", "this study has no run of {listed}").format(
            listed=listed
        ),
        Text("更大的研究，例如 full", "a larger study, such as full"),
        dict.fromkeys(variants, FEWEST),
    )


def no_data(reason: Text, needed: Text, seeds: Mapping[str, int] = {}) -> Finding:
    """The finding where there is nothing that the claim is about."""
    return Finding("no data", reason, 0, needed, seeds=seeds)


def computed(holds: bool, numbers: Text) -> Finding:
    """Of what follows from the shapes alone, so that one run is enough."""
    return Finding("supported" if holds else "refuted", numbers, 1)


class Judged(NamedTuple):
    """What an interval says, with the p value of the value that it excludes, or nearly does, and
    how wide it is in widths of the size that matters.
    """

    verdict: Verdict
    p: float
    width: float


def judge(estimate: Estimate, size: Size) -> Judged:
    """Whether something is of at least this size."""
    width = (estimate.high - estimate.low) / (size.matters - size.excluded)
    if estimate.high < size.matters:
        return Judged("refuted", estimate.p(size.matters), width)
    if estimate.low > size.excluded:
        return Judged("supported", estimate.p(size.excluded), width)
    return Judged("undecided", min(estimate.p(size.matters), estimate.p(size.excluded)), width)


def decide(
    judged: Judged, numbers: Text, n: int, fewest: int, wanted: Mapping[str, int]
) -> Finding:
    """A finding from what an interval says, unless the smaller group has fewer than FEWEST runs.

    `wanted` are the seeds of each variant that would settle it.
    """
    verdict, p, width = judged
    if fewest < FEWEST:
        width = max(width, FEWEST / fewest)
        if verdict != "undecided":
            verdict = "undecided"
            numbers += Text(
                f"；不足 {FEWEST} 次，不下结论", f"; fewer than {FEWEST} runs decide nothing"
            )
    if verdict == "undecided":
        return Finding(verdict, numbers, n, seeds_needed(wanted), p, wanted, width)
    return Finding(verdict, numbers, n, EMPTY, p, wanted, width)


def seeds_needed(wanted: Mapping[str, int]) -> Text:
    """`about 40 seeds of each network`, in words; empty where seeds would not help."""
    if not wanted:
        return EMPTY
    shown = count(max(wanted.values()))
    if len(wanted) == 1:
        return Text(f"约 {shown} 个种子", f"about {shown} seeds")
    return Text(f"每个网络约 {shown} 个种子", f"about {shown} seeds of each network")


def seeds_to_decide(at: Callable[[int], Estimate], size: Size, n: int) -> int:
    """About how many runs would settle it, more than n and FEWEST at least.

    `at` is the estimate that so many runs would give, if what they show stays as it is.
    """
    more = _growing(max(n + 1, FEWEST))
    return next(m for m in more if judge(at(m), size).verdict != "undecided")


def _growing(n: int) -> Iterator[int]:
    """From n on in steps of about an eighth, which is as fine as a rough estimate can be."""
    while True:
        yield n
        n += max(1, n // 8)


def counted(k: int, n: int, what: Text = EMPTY) -> Text:
    """`5 of 6 runs solve it, 95 % interval 36 to 100 %`"""
    s = share_estimate(k, n)
    return Text(
        "{n} 次训练中 {k} 次{what}，95 % 区间 {low} 至 {high} %",
        "{k} of {n} runs{what}, 95 % interval {low} to {high} %",
    ).format(k=k, n=n, what=what, low=f"{100 * s.low:.0f}", high=f"{100 * s.high:.0f}")


def share_is(
    k: int, n: int, size: Size, what: Text, runs: Mapping[str, int], small: bool = False
) -> Finding:
    """Whether the share that k of n runs show is of at least this size; `small`: whether what
    remains of them is.

    `runs` are all runs of each variant concerned, of which the n may be a part.
    """

    def at(m: int) -> Estimate:
        done = round(k / n * m)
        return share_estimate(m - done if small else done, m)

    judged = judge(at(n), size)
    least = seeds_to_decide(at, size, n) if judged.verdict == "undecided" else FEWEST
    wanted = {name: -(-had * least // n) for name, had in runs.items()}
    return decide(judged, counted(k, n, what), n, n, wanted)


def less_often(worse: tuple[str, int, int], better: tuple[str, int, int], what: Text) -> Finding:
    """Whether something happens less often with the first variant than with the second.

    Each is a variant's name, in how many runs it happened, and the number of runs.
    """
    (first, *less), (second, *more) = worse, better
    a, b = share(*less), share(*more)

    def at(m: int) -> Estimate:
        return difference(share(round(b.k / b.n * m), m), share(round(a.k / a.n * m), m))

    d = difference(b, a)
    numbers = Text(
        "{what} {a.k}/{a.n} 对 {b.k}/{b.n}，{interval}",
        "{a.k} of {a.n} against {b.k} of {b.n}{what}, {interval}",
    ).format(a=a, b=b, what=what, interval=_interval(d))
    judged = judge(d, DIFFERENT)
    n = min(a.n, b.n)
    least = seeds_to_decide(at, DIFFERENT, n) if judged.verdict == "undecided" else FEWEST
    return decide(judged, numbers, a.n + b.n, n, {first: least, second: least})


def _interval(d: Estimate) -> Text:
    low, high = (f"{100 * bound:+.0f}".replace("-", "−") for bound in (d.low, d.high))
    return Text(
        f"比例之差的 95 % 区间 {low} 至 {high} 个百分点",
        f"95 % interval of the difference {low} to {high} points",
    )


def fewer_solved(evidence: Evidence, worse: str, better: str) -> Finding:
    """Whether the first variant solves its task less often than the second."""
    a, b = map(solved_share, runs_of(evidence, worse, better))
    return less_often((worse, a.k, a.n), (better, b.k, b.n), Text("学会", " solve it"))


def one_refutes(k: int, runs: Mapping[str, int], what: Text) -> Finding:
    """Of a statement that no run does something: one that does refutes it; it is supported where
    none does, of so many that the share that would lies below RARE.
    """
    n = sum(runs.values())
    if k:
        return Finding("refuted", counted(k, n, what), n)
    return _none_does(n, runs, what, "supported")


def one_supports(k: int, runs: Mapping[str, int], what: Text) -> Finding:
    """Of a statement that something happens: the opposite of `one_refutes`."""
    n = sum(runs.values())
    if k:
        return Finding("supported", counted(k, n, what), n)
    return _none_does(n, runs, what, "refuted")


def _none_does(n: int, runs: Mapping[str, int], what: Text, verdict: Verdict) -> Finding:
    none = share_estimate(0, n)
    p, numbers = none.p(RARE), counted(0, n, what)
    if none.high < RARE:
        return Finding(verdict, numbers, n, p=p)
    wanted = {name: -(-had * RUNS_TO_CALL_RARE // n) for name, had in runs.items()}
    width = none.high / RARE
    return Finding("undecided", numbers, n, seeds_needed(wanted), p, wanted, width)


def later(
    slow: tuple[str, Survival], fast: tuple[str, Survival], horizon: float, numbers: Text
) -> Finding:
    """Whether the first variant gets somewhere later than the second, all its runs counted.

    Supported by the log-rank test where the mean time up to the horizon is longer, refuted where
    the interval of that difference lies below a tenth of the horizon. `numbers` says `{by}` and
    `{test}`.
    """
    (first, a), (second, b) = slow, fast
    size = Size(0, horizon / 10)
    d = mean_difference(a.restricted_mean(horizon), b.restricted_mean(horizon))
    p = log_rank(a, b)
    wanted = _seeds_for(d, size, {first: len(a.times), second: len(b.times)})
    n = len(a.times) + len(b.times)
    by = a.restricted_mean(horizon).mean() - b.restricted_mean(horizon).mean()
    test = Text("未作对数秩检验", "no log-rank test")
    if p is not None and d:
        test = Text("对数秩检验 {p}", "log-rank test {p}").format(p=p_value(p))
    numbers = numbers.format(by=_signed(by), test=test)
    if d is None:
        return Finding("undecided", numbers, n, seeds_needed(wanted), seeds=wanted)
    judged = judge(d, size)
    if judged.verdict != "refuted":
        is_later = p is not None and p <= SIGNIFICANT and d.value > 0
        judged = judged._replace(
            verdict="supported" if is_later else "undecided", p=1.0 if p is None else p
        )
    return decide(judged, numbers, n, min(len(a.times), len(b.times)), wanted)


def larger(
    estimate: Estimate | None, size: Size, numbers: Text, runs: Mapping[str, int]
) -> Finding:
    """Whether a mean, or a difference of two, is of at least this size; its estimate is None where
    there are too few runs.
    """
    n, wanted = sum(runs.values()), _seeds_for(estimate, size, runs)
    if estimate is None:
        return Finding("undecided", numbers, n, seeds_needed(wanted), seeds=wanted)
    return decide(judge(estimate, size), numbers, n, min(runs.values()), wanted)


def _seeds_for(estimate: Estimate | None, size: Size, runs: Mapping[str, int]) -> dict[str, int]:
    """About how many seeds of each variant would settle it, if the estimate stays as it is: the
    interval of a mean narrows with the root of their number.
    """
    times = 1.0
    if estimate:
        half = (estimate.high - estimate.low) / 2
        times = (half / max(estimate.value - size.excluded, size.matters - estimate.value)) ** 2
    return {name: max(had + 1, FEWEST, int(had * times) + 1) for name, had in runs.items()}


def _signed(value: float) -> str:
    return f"{value:+.1f}".replace("-", "−")


def p_value(p: float) -> str:
    """`p = 0.03`, or `p < 0.0001`."""
    return "p < 0.0001" if p < 1e-4 else f"p = {number(p, 2)}"
