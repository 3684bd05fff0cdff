"""What claims must agree with: values that show the same counts, the intervals and tests that they
word, and their verdicts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from report_builder.checks.interval_relations import exact
from report_builder.checks.shown_numbers import (
    NUMBER,
    Pair,
    Shown,
    counts_of,
    equal,
    in_english,
    parsed,
    value_of,
)
from report_builder.results.claims import has_too_few_runs
from report_builder.results.findings import SIGNIFICANT
from report_builder.results.report import DecidedClaim, Report
from report_builder.text import Text
from xo.variants import VARIANTS


def claims_and_values(report: Report) -> Iterator[Pair]:
    """Counts that a claim shows and a value shows too."""
    for name, (quantity, variants) in COMPARED.items():
        if name not in report.claims or has_too_few_runs(report.claims[name]):
            continue
        shown = [
            parsed(number, f"claim {name}")
            for number in NUMBER.findall(in_english(_over_all_seeds(report.claims[name])))
        ]
        expected: list[Shown | None] = []
        for variant in variants:
            if quantity == "solved":
                expected += counts_of(report, f"{variant}.solved") or ()
            else:
                expected.append(value_of(report, f"{variant}.{quantity}"))
        if len(shown) >= len(expected):
            for a, b in zip(shown, expected):
                yield from equal(a, b)
    by_title = {VARIANTS[name].en: name for name in report.variants if name in VARIANTS}
    for name, claim in report.claims.items():
        counted = re.findall(r"“([^”]*)” (\d+)/(\d+)", in_english(_over_all_seeds(claim)))
        for title, k, n in counted:
            named = by_title.get(title)
            if named and (counts := counts_of(report, f"{named}.solved")):
                for text, count in zip((k, n), counts):
                    yield Pair(parsed(text, f"{named} in claim {name}"), count)


def _over_all_seeds(claim: DecidedClaim) -> Text:
    """The numbers of a claim that values repeat: where fresh seeds decide it, those beside them."""
    return claim.beside[-1].numbers if claim.beside else claim.numbers


# claim: what it compares, and of which variants, in the order of its sentence
COMPARED: dict[str, tuple[str, tuple[str, ...]]] = {
    "pooling-saves-parameters": ("parameters", ("baseline", "no-pooling")),
    "1x1-saves-parameters": ("parameters", ("one-by-one", "baseline")),
    "1x1-saves-work": ("multiply_adds", ("one-by-one", "baseline")),
    "15-channels-are-worse": ("solved", ("channels-15", "baseline")),
    "trained-pooling-solves-less": ("solved", ("trained-pooling", "baseline")),
    "1x1-solves-less": ("solved", ("one-by-one", "baseline")),
    "11-channels-are-fine": ("solved", ("channels-11",)),
}


def claim_intervals(report: Report) -> Iterator[Pair]:
    for name, claim in report.claims.items():
        if found := re.search(
            r"(\d+) of (\d+) (?:runs|seeds)\b.*, 95 % interval (\d+) to (\d+) %",
            in_english(claim.numbers),
        ):
            k, n, *ends = found.groups()
            yield from exact(int(k), int(n), list(ends), f"claim {name}")
            yield Pair(Shown(claim.n, f"n of claim {name}"), parsed(n, f"n in claim {name}"))
        if found := re.search(
            r"(\d+) of (\d+) against (\d+) of (\d+)\b.*"
            r"interval of the difference ([−+]?\d+) to ([−+]?\d+) points",
            in_english(claim.numbers),
        ):
            a, n, b, m = (float(count) for count in found.groups()[:4])
            low, high = (
                parsed(f"{end} %", f"interval in claim {name}") for end in found.groups()[4:]
            )
            gap = Shown(100 * (b / m - a / n), f"difference of the shares in claim {name}")
            yield from (Pair(low, gap, ordered=True), Pair(gap, high, ordered=True))
            yield Pair(Shown(claim.n, f"n of claim {name}"), Shown(n + m, f"runs in claim {name}"))
        for pattern in ESTIMATES:
            for found in pattern.finditer(in_english(claim.numbers)):
                estimate, low, high = (parsed(part, f"claim {name}") for part in found.groups())
                yield from (Pair(low, estimate, ordered=True), Pair(estimate, high, ordered=True))


# an estimate and its interval, as claims word them
ESTIMATES = [
    re.compile(pattern.replace("<N>", NUMBER.pattern))
    for pattern in (
        r"(<N>) points \(95 % interval (<N>) to (<N>)\)",
        r"\ba ratio of (<N>) \(geometric mean\), 95 % interval (<N>) to (<N>)",
    )
]


def verdicts(report: Report) -> Iterator[Pair]:
    """A claim that says of two networks which is ahead has a test, or an interval, that says so."""
    bound = Shown(SIGNIFICANT, "the bound of a test")
    for name, claim in report.claims.items():
        tested = [
            parsed(p, f"p of claim {name}")
            for p in re.findall(rf"\bp = ({NUMBER.pattern})", in_english(claim.numbers))
        ]
        interval = re.search(
            r"difference ([−+]?\d+) to ([−+]?\d+) points", in_english(claim.numbers)
        )
        deciding = tested
        if claim.p is not None:
            deciding = [Shown(claim.p, f"p that decides claim {name}")]
            if len(tested) == 1:
                yield Pair(deciding[0], tested[0])
        if claim.verdict in ("supported", "refuted"):
            yield from (Pair(p, bound, ordered=True) for p in deciding)
        if claim.verdict == "supported":
            if interval:
                low, high = (
                    parsed(f"{end} %", f"interval in claim {name}") for end in interval.groups()
                )
                inside = max(0.0, min(-low.number, high.number))
                yield Pair(
                    Shown(inside, f"how far {low.place} reaches beyond 0", low.off),
                    Shown(0.0, "none, as its verdict is 'supported'"),
                )
        if interval and len(tested) == 1:
            leaves_out = float(interval[1].startswith("+")) or float(interval[2].startswith("−"))
            yield Pair(
                Shown(leaves_out, f"whether the interval in claim {name} leaves out 0"),
                Shown(float(tested[0].number <= SIGNIFICANT), f"whether {tested[0].place} decides"),
            )
