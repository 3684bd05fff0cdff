"""Whether runs give the same numbers again: records chosen at random, trained once more, compared
number by number.

In the same environment, of any version of Python, every recorded number must be equal bit by bit.
Elsewhere sums are taken in another order: weights and losses then differ by some 1e-8 at first, but
a plateau multiplies such differences up to a thousandfold every epoch, and a few epochs later two
such runs have little in common (measured with the processor's older instructions on one machine).
So only what rounding does not reach is compared there: what is counted, the weights before
training, and the losses of the first FIRST_BATCHES, the latter two within TOLERANCE.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import msgspec
import numpy as np
from safetensors.numpy import load as load_weights

from xo.data.dataset import DataSet
from xo.errors import InputError
from xo.runs.record import RunRecord, read_weights, stored_runs
from xo.runs.resources import Environment
from xo.runs.study import STUDIES, Run, one_run, study_data
from xo.store.inputs import Inputs, changes
from xo.store.source_digest import Source
from xo.store.store import Store
from xo.variants import VARIANTS, find_variant

FIRST_BATCHES = 10
TOLERANCE = 1e-4  # nats, or a weight's own unit
# Fields of a record that rounding cannot change, and those that it can.
COUNTED = ("parameters", "layers", "classes", "label_counts", "test_ids", "shown_ids")
MEASURED = ("epochs", "confusion")
MACHINE_INPUTS = {"versions", "device"}  # inputs of a run that may differ elsewhere


class Comparison(NamedTuple):
    """One run trained again: how it was compared, and a line for each number that differs."""

    run: str
    how: str
    problems: list[str]


def retrain(
    store: Store,
    data: DataSet,
    sample: int,
    seed: int,
    variant: str | None,
    train: Callable[[list[Run], Store], list[RunRecord]],
) -> Iterator[Comparison]:
    """Trains `sample` runs again, chosen with `seed`, in a store of their own that is removed
    afterwards, and compares each.
    """
    found, others = retrainable(store, data, variant)
    if not found:
        raise InputError(
            f"{store.root}: no record of {variant or 'any variant'} on {data.name} that can be "
            f"trained again with the code and settings at hand ({others} are of others); "
            "'python -m report_builder build' trains some"
        )
    chosen = random.Random(seed).sample(found, min(sample, len(found)))
    with TemporaryDirectory(prefix="xo-verify-") as scratch:
        trained = train([run for run, _ in chosen], Store(Path(scratch)))
        by_key = {record.key: record for record in trained}
        for run, record in chosen:
            yield compare(str(run), record, by_key[run.key])


def retrainable(
    store: Store, data: DataSet, variant: str | None
) -> tuple[list[tuple[Run, RunRecord]], int]:
    """The records that can be trained again, in an order that is the same everywhere, and the
    number of those that cannot: their code, settings or data are not at hand any more.
    """
    if variant:
        find_variant(variant)
    of_studies = [study_data(study, data) for study in STUDIES.values()]
    sets = {each.digest: each for each in (data, *of_studies)}
    source, found, others = Source(), {}, 0
    for record in stored_runs(store, variant or "*"):
        if run := _run_of(record, sets, source):
            found[run.variant.name, run.seed, run.key] = run, record
        else:
            others += 1
    return [found[name] for name in sorted(found)], others


def _run_of(record: RunRecord, sets: dict[str, DataSet], source: Source) -> Run | None:
    """The run that leaves this record on the versions and machine at hand; None where there is no
    such run any more.
    """
    if record.settings.name not in VARIANTS or record.inputs["data"] not in sets:
        return None
    run = one_run(record.settings, record.seed, sets[record.inputs["data"]], source)
    names = (record.inputs.keys() | run.inputs.keys()) - MACHINE_INPUTS
    same = all(record.inputs.get(name) == run.inputs.get(name) for name in names)
    return run if same else None


def compare(run: str, record: RunRecord, fresh: RunRecord) -> Comparison:
    """Compares a record with that of the same run, trained again."""
    elsewhere = changes(*({"environment": _deciding(each.environment)} for each in (record, fresh)))
    differences = list(_different(record, fresh))
    if not elsewhere or not differences:
        place = "; ".join(elsewhere) or "same environment"
        how = f"bit by bit ({place})"
    else:
        differences = list(_beyond_rounding(record, fresh))
        how = f"first {FIRST_BATCHES} batches within {TOLERANCE:g} ({'; '.join(elsewhere)})"
    problems = [f"{record.folder}: trained again, {difference}" for difference in differences]
    return Comparison(run, how, problems)


def _deciding(environment: Environment) -> Inputs:
    """What may change the last bits of a result; Python's version may not."""
    return {
        name: value
        for name, value in msgspec.structs.asdict(environment).items()
        if name != "python"
    }


def _different(record: RunRecord, fresh: RunRecord) -> Iterator[str]:
    """Every recorded number that is not equal bit by bit; seconds and memory are no results."""
    yield from _facts(record, fresh, (*COUNTED, *MEASURED))
    yield from _arrays(
        {name: record.array(name) for name in record.array_names},
        {name: fresh.array(name) for name in fresh.array_names},
    )
    if record.has_weights and fresh.has_weights:
        yield from _arrays(load_weights(read_weights(record)), load_weights(read_weights(fresh)))


def _beyond_rounding(record: RunRecord, fresh: RunRecord) -> Iterator[str]:
    """What differs of the numbers that rounding does not reach."""
    yield from _facts(record, fresh, COUNTED)
    for name in (each for each in record.array_names if each.endswith(".before")):
        now = fresh.array(name) if fresh.has(name) else np.empty(0)
        yield from _beyond_tolerance(name, record.array(name), now)
    losses = (each.array("batch_loss")[0, :FIRST_BATCHES] for each in (record, fresh))
    yield from _beyond_tolerance(f"the loss of the first {FIRST_BATCHES} batches", *losses)


def _beyond_tolerance(name: str, before: np.ndarray, now: np.ndarray) -> Iterator[str]:
    largest = np.abs(before.astype(float) - now).max() if before.shape == now.shape else np.inf
    if not largest <= TOLERANCE:
        yield f"{name} differs by up to {largest:.2g}, more than {TOLERANCE:g}"


def _facts(record: RunRecord, fresh: RunRecord, names: tuple[str, ...]) -> Iterator[str]:
    """Each of these fields that differs, with the first item that does."""
    for name in names:
        before, now = getattr(record, name), getattr(fresh, name)
        if before != now:
            pairs = zip(before, now, strict=False) if isinstance(before, tuple) else ()
            first = next((pair for pair in pairs if pair[0] != pair[1]), (before, now))
            yield f"{name} differs: recorded {first[0]}, now {first[1]}"


def _arrays(before: dict[str, np.ndarray], now: dict[str, np.ndarray]) -> Iterator[str]:
    """Each array that is not equal bit by bit, with its first number that differs."""
    for name in sorted(before.keys() | now.keys()):
        a, b = before.get(name), now.get(name)
        if a is None or b is None or a.shape != b.shape or a.dtype != b.dtype:
            yield f"{name} differs: recorded {_kind(a)}, now {_kind(b)}"
        elif a.tobytes() != b.tobytes():
            # Two numbers that are not a number are equal.
            wrong = np.argwhere(~((a == b) | (a != a) & (b != b)))
            if len(wrong):
                place = tuple(map(int, wrong[0]))
                first = f", first at {place}: recorded {a[place]!s}, now {b[place]!s}"
            else:
                first = " in the sign of zero"
            yield f"{name} differs in {len(wrong)} of {a.size} numbers{first}"


def _kind(array: np.ndarray | None) -> str:
    return "none" if array is None else f"{array.dtype} {array.shape}"
