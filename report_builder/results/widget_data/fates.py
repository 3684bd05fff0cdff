"""How training goes: the course of every run with the assignment's labels and settings.

{"runs": [{"variant", "title", "seed", "fate": a name of "fates", "loss": [nats or null],
           "accuracy": [0 to 1]}],
 "fates": {name: {"name", "meaning", "light", "dark"}},   from best to worst
 "loss_of_guessing": 0.693, "accuracy_of_guessing": 0.5, "solved": 0.98, "solved_label": "98 %"}
"""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

from report_builder.evidence.fates import FATE_NAMES, FATES, chance_accuracy, chance_loss, fate
from report_builder.evidence.training_course import assigned_runs
from report_builder.palette import COLORS
from report_builder.results.fate_words import FATE_MEANINGS, goal_in_words
from report_builder.text import Text
from xo.data.card import goal

if TYPE_CHECKING:
    from report_builder.evidence.study import Evidence
    from xo.runs.record import RunRecord

MAX_EPOCHS = 9_000  # of all runs together, that a page can hold
DECIMALS = 4


def content(evidence: Evidence) -> dict[str, Any] | None:
    """None where there are no runs, or too many; of a network the first seeds are kept."""
    runs = assigned_runs(evidence) if evidence.variants else ()
    if not runs:
        return None
    most = max(len(run.epochs) for run in runs)
    kept = runs if len(runs) * most <= MAX_EPOCHS else _first_seeds(runs, MAX_EPOCHS // most)
    return {
        "runs": [_course(evidence, run) for run in kept],
        "fates": {
            each: {
                "name": FATE_NAMES[each],
                "meaning": FATE_MEANINGS[each],
                "light": COLORS[each][0],
                "dark": COLORS[each][1],
            }
            for each in FATES
        },
        "loss_of_guessing": chance_loss(runs[0]),
        "accuracy_of_guessing": chance_accuracy(runs[0]),
        "solved": goal(evidence.data),
        "solved_label": goal_in_words(goal(evidence.data)),
    }


def _course(evidence: Evidence, run: RunRecord) -> dict[str, Any]:
    variant = evidence.variant(run.variant)
    losses = [each.sample_loss for each in run.epochs]
    return {
        "variant": run.variant,
        "title": Text(variant.zh, variant.en),
        "seed": run.seed,
        "fate": fate(run),
        "loss": [round(loss, DECIMALS) if isfinite(loss) else None for loss in losses],
        "accuracy": [round(each.test_accuracy, DECIMALS) for each in run.epochs],
    }


def _first_seeds(runs: tuple[RunRecord, ...], most: int) -> list[RunRecord]:
    """At most so many runs, equally many of each variant."""
    each = max(1, most // len({run.variant for run in runs}))
    by_variant: dict[str, list[RunRecord]] = {}
    for run in runs:
        by_variant.setdefault(run.variant, []).append(run)
    return [run for of_variant in by_variant.values() for run in of_variant[:each]]
