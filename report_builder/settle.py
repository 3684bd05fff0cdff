"""Trains the seeds that undecided claims lack, until their intervals are narrow enough to decide.

When to stop is read from the width of an interval, never from where it lies: a rule that stops at
the first welcome verdict would err far more often than the test says. Seeds that are to confirm are
never drawn.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from math import ceil

from report_builder.evidence.gather import StudyRuns, gather, look_up_study
from report_builder.evidence.study import Evidence
from report_builder.paths import Paths
from report_builder.results.claims import CLAIMS, find
from report_builder.results.findings import Finding
from report_builder.text import seconds as in_words
from xo.errors import InputError
from xo.runs.added_seeds import add_seeds, added_seeds
from xo.runs.record import RunRecord
from xo.runs.schedule import makespan
from xo.runs.study import Run
from xo.unknown_names import unknown

Train = Callable[[list[tuple[Run, str]]], list[RunRecord]]
Expect = Callable[[list[Run]], dict[str, float]]
UNITS = {"s": 1, "min": 60, "h": 3600}
AT_A_LOOK = 10  # seeds of a variant that are trained before the widths are looked at again


def budget_seconds(text: str) -> float:
    """30min -> 1800; InputError where it is no such time."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?) ?(s|min|h)", text)
    if not found:
        raise InputError(f"--budget {text}: expected a number with s, min or h, as 30min")
    return float(found[1]) * UNITS[found[2]]


def settle(
    names: tuple[str, ...],
    study_name: str,
    paths: Paths,
    train: Train,
    expect: Expect,
    jobs: int,
    budget: float | None,
    say: Callable[[str], None],
) -> None:
    """Adds seeds to the study and trains them, until each of the claims that is undecided now has
    an interval narrower than the size that matters, or until the next ones would take longer than
    is left of `budget` seconds.

    `names` are claims, or "all". InputError for a claim that is not known.
    """
    started = time.monotonic()
    chosen = _chosen(names)
    study = look_up_study(study_name, paths.data, paths.store, quarantine=True)
    if study.lookup.missing:
        train(study.lookup.missing)
        study = look_up_study(study_name, paths.data, paths.store)
    evidence = _exploratory(study)
    # Those that were interrupted go on, whatever their verdict is by now.
    begun = added_seeds(paths.store, study_name, study.data).open
    others = [name for name in begun if name not in chosen]
    waiting = [
        name
        for name in chosen
        for found in [find(name, evidence)]
        if _is_open(found) or (name in begun and _is_wide(found))
    ]
    for name in chosen:
        if name not in waiting:
            say(f"{name}: no seeds would settle it, for it is settled or not about seeds")
    while waiting:
        findings = {name: find(name, evidence) for name in waiting}
        wanted = _next_seeds(findings, evidence)
        planned = look_up_study(study_name, paths.data, paths.store, seeds=wanted)
        missing = planned.lookup.missing
        took = makespan(sorted(expect([run for run, _ in missing]).values(), reverse=True), jobs)
        if budget is not None and time.monotonic() - started + took > budget:
            say(
                f"the next {len(missing)} runs take about {in_words(took).en}, more than is left; "
                f"still open: {', '.join(waiting)}; the same command goes on from there"
            )
            return
        say(f"{len(missing)} runs to train in about {in_words(took).en}, for {', '.join(waiting)}")
        add_seeds(paths.store, study_name, study.data, wanted, [*others, *waiting])
        train(missing)
        study = look_up_study(study_name, paths.data, paths.store)
        evidence = _exploratory(study)
        for name in [name for name in waiting if not _is_wide(find(name, evidence))]:
            waiting.remove(name)
            say(f"{name}: {find(name, evidence).verdict}")
        add_seeds(paths.store, study_name, study.data, {}, [*others, *waiting])


def _chosen(names: tuple[str, ...]) -> list[str]:
    for name in names:
        if name != "all" and name not in CLAIMS:
            raise unknown("claim", name, ["all", *CLAIMS], ", ".join(["all", *CLAIMS]))
    return list(CLAIMS) if "all" in names else list(dict.fromkeys(names))


def _exploratory(study: StudyRuns) -> Evidence:
    return gather(study).of_seeds(confirming=False)


def _is_open(finding: Finding) -> bool:
    return finding.verdict in ("undecided", "no data") and bool(finding.seeds)


def _is_wide(finding: Finding) -> bool:
    """Whether its interval is wide enough to leave it undecided, wherever it lies.

    Without an interval a single run has decided it, or there is none yet.
    """
    return finding.verdict == "no data" if finding.width is None else finding.width >= 1


def _next_seeds(findings: dict[str, Finding], evidence: Evidence) -> dict[str, int]:
    """How many seeds of each variant are wanted before the next look."""
    wanted: dict[str, int] = {}
    for finding in findings.values():
        for variant in finding.seeds:
            had = len(evidence.records.get(variant, ()))
            # An interval narrows with the root of the number of runs.
            needed = ceil(had * (finding.width or 1) ** 2) if had else AT_A_LOOK
            step = min(max(needed, had + 1), had + AT_A_LOOK)
            wanted[variant] = max(step, wanted.get(variant, 0))
    return wanted
