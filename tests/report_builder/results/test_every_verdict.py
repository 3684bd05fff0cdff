"""Every claim can come out each way: for each verdict, runs whose records say just that."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import cycle
from types import SimpleNamespace
from typing import NamedTuple

import msgspec
import numpy as np
import pytest

from report_builder.evidence.original_logs import logs
from report_builder.evidence.study import Evidence
from report_builder.results import suspect_log_claims
from report_builder.results.claims import CLAIMS, find
from tests.report_builder.made_up_logs import fallen, flat, noisy
from tests.report_builder.made_up_study import decided
from xo.network.measurements import Layer
from xo.runs.record import RunRecord

LN2 = float(np.log(2))
FOLDER = 0.4227  # nats: the entropy of 300 and 1,700


class Course(NamedTuple):
    """How a run goes, by the test accuracy after each epoch; at 50 % its loss is at chance."""

    accuracies: tuple[float, ...]
    silent: bool = False  # whether its last layers respond to nothing any more
    dead: bool = False

    def first(self, epochs: int) -> Course:
        return self._replace(accuracies=self.accuracies[:epochs])


SOLVES = Course((0.5, 0.5, 0.5, 0.8, 1, 1, 1, 1, 1, 1))
EARLY = Course((0.5, 0.8, 1, 1, 1, 1, 1, 1, 1, 1))
LATE = Course((0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.8, 0.9, 1))
SLOWLY = Course((0.5, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 1, 1, 1))
GUESSES = Course((0.5,) * 10)
BETWEEN = Course((0.5,) * 4 + (0.8,) * 6)
SILENT = Course((0.5, 0.8, 0.8) + (0.5,) * 7, silent=True)
DEAD = SILENT._replace(dead=True)
SECOND = Course((0.5,) * 12 + (1,) * 8)  # solves it in the second ten epochs
FIRST = Course((0.5,) * 4 + (1,) * 16)


class Made:
    """Makes runs out of a record of the made-up study, and studies out of runs."""

    def __init__(self, evidence: Evidence):
        self.evidence = evidence

    def runs(
        self,
        variant: str,
        courses: Iterable[Course],
        seconds: Iterable[float] = (2.0, 2.25),
        gaps: Iterable[float] = (0.0, 0.004),
        losses: Iterable[np.ndarray] | None = None,
        loss: float = 0.0,
        **changes,
    ) -> tuple[RunRecord, ...]:
        """`seconds` of an epoch and `gaps` of training minus test accuracy by run, over and over;
        `losses` (epochs, batches) by run; `loss` that of training in every epoch.
        """
        record = self.evidence.records[variant][0]
        made = []
        for seed, (course, second, gap) in enumerate(zip(courses, cycle(seconds), cycle(gaps))):
            layers = record.untrained
            if course.silent:
                layers = tuple(
                    msgspec.structs.replace(
                        layer, activation=0.0, alive=None if layer.alive is None else 0.0
                    )
                    if course.dead
                    else msgspec.structs.replace(layer, activation=layer.activation / 1024)
                    for layer in layers
                )
            epochs = tuple(
                msgspec.structs.replace(
                    record.epochs[0],
                    epoch=number,
                    train_loss=loss,
                    test_accuracy=accuracy,
                    sample_accuracy=accuracy + gap,
                    sample_loss=LN2 if accuracy <= 0.5 else 1 - accuracy,
                    layers=layers if number == len(course.accuracies) else record.untrained,
                )
                for number, accuracy in enumerate(course.accuracies, 1)
            )
            made.append(
                msgspec.structs.replace(
                    record,
                    seed=seed,
                    epochs=epochs,
                    epoch_seconds=(second,) * len(epochs),
                    test_ids=tuple(map(str, range(300))),
                    **changes,
                )
            )
        if losses is not None:  # what `array` reads
            made = [
                msgspec.structs.replace(
                    run, artifact=SimpleNamespace(array={"batch_loss": each}.__getitem__)
                )
                for run, each in zip(made, losses)
            ]
        return tuple(made)

    def printing(self, variant: str, curves: np.ndarray) -> tuple[RunRecord, ...]:
        """Runs that print these rows (n, epochs, rows), each a tenth of the mean of ten batches."""
        batches = np.repeat(10 * curves, 10, axis=2)
        courses = [Course((0.8,) * curves.shape[1])] * len(curves)
        return self.runs(variant, courses, losses=batches)

    def study(self, *lots: tuple[RunRecord, ...], side: int = 116, **demonstrations) -> Evidence:
        records = {lot[0].variant: lot for lot in lots}
        rows = tuple(row for row in self.evidence.rows if row.name in records)
        data = replace(self.evidence.data, image_size=(side, side))
        return replace(
            self.evidence, data=data, rows=rows, records=records, demonstrations=demonstrations
        )


Builder = Callable[[Made], Evidence]


def against(
    first: str,
    second: str,
    one: list[Course],
    other: list[Course],
    seconds: tuple[Iterable[float], Iterable[float]] = ((2.0, 2.25), (2.0, 2.25)),
    gaps: tuple[Iterable[float], Iterable[float]] = ((0.0, 0.004), (0.0, 0.004)),
) -> Builder:
    return lambda made: made.study(
        made.runs(first, one, seconds[0], gaps[0]), made.runs(second, other, seconds[1], gaps[1])
    )


def only(variant: str, courses: list[Course], **choices) -> Builder:
    return lambda made: made.study(made.runs(variant, courses, **choices))


def nothing(made: Made) -> Evidence:
    return made.study()


def fewer_solve(worse: str) -> dict[str, Builder]:
    """Of a claim that a variant solves its task less often than the baseline."""
    return {
        "supported": against(worse, "baseline", 10 * [GUESSES], 10 * [SOLVES]),
        "refuted": against(worse, "baseline", 20 * [SOLVES], 20 * [SOLVES]),
        "undecided": against(
            worse, "baseline", 7 * [SOLVES] + 3 * [GUESSES], 7 * [SOLVES] + 3 * [GUESSES]
        ),
        "no data": only("baseline", 10 * [SOLVES]),
    }


def solves_later(slow: str, fast: str, early: Course = EARLY) -> dict[str, Builder]:
    return {
        "supported": against(slow, fast, 5 * [LATE, GUESSES], 5 * [early, SOLVES]),
        "refuted": against(slow, fast, 5 * [SOLVES, early], 5 * [SOLVES, early]),
        "undecided": against(slow, fast, 3 * [early, GUESSES], 3 * [early, GUESSES]),
        "no data": only(fast, 10 * [SOLVES]),
    }


def none_by_ten(variant: str) -> dict[str, Builder]:
    return {
        "supported": only(variant, 20 * [SECOND]),
        "refuted": only(variant, [FIRST] + 19 * [SECOND]),
        "undecided": only(variant, 8 * [SECOND]),
        "no data": nothing,
    }


def compared(first: str, second: str, field: str, one: object, other: object) -> Builder:
    """A run of each of two variants, with this field of its record."""
    return lambda made: made.study(
        made.runs(first, [SOLVES], **{field: one}), made.runs(second, [SOLVES], **{field: other})
    )


def layers(**parameters: int) -> tuple[Layer, ...]:
    """With so many parameters each, and as many multiply-adds."""
    return tuple(Layer(name, "dense", (2,), n, n) for name, n in parameters.items())


def last_map(*shape: int) -> tuple[Layer, ...]:
    return (Layer("pool3", "pool", shape, 0, 0), Layer("logits", "dense", (2,), 10, 10))


def shifts(none: Iterable[float], pooled: Iterable[float]) -> Builder:
    """By how much a shift changes the map of each network, before and after pooling."""
    arrays = {"by_seed.none": np.array([*none]), "by_seed.max": np.array([*pooled])}
    n = len(arrays["by_seed.none"])
    record = SimpleNamespace(
        unavailable=None, facts={"seeds": [*range(n)]}, array=arrays.__getitem__
    )
    return lambda made: made.study(made.runs("baseline", n * [SOLVES]), shifts=record)


def probes(
    shallow: Iterable[float], deep: Iterable[float], courses: Iterable[Course] = (SOLVES,)
) -> Builder:
    """How often probes of the first and of the third block are right, by network; `courses` of
    these, over and over.
    """
    right = np.array([[*shallow], [*deep]])  # (depths, seeds)
    trained = np.broadcast_to(right[:, None, None], (2, 3, 4, right.shape[1]))  # labels, draws
    arrays = {"test": np.stack([trained, np.zeros_like(trained)])}  # untrained ones know nothing
    seeds = [*range(right.shape[1])]
    record = SimpleNamespace(
        unavailable=None,
        facts={"depths": ["relu1", "relu3"], "seeds": seeds},
        array=arrays.__getitem__,
    )

    def make(made: Made) -> Evidence:
        runs = made.runs("features", [course for course, _ in zip(cycle(courses), seeds)])
        return made.study(runs, **{"few-shot-probes": record})

    return make


def fits(
    log: str, alike: Callable[[], np.ndarray], other: Callable[[], np.ndarray]
) -> dict[str, Builder]:
    """Of a claim that folders fit a log, or a part of it, better than uneven classes do."""

    def build(folders: Callable[[], np.ndarray], uneven: Callable[[], np.ndarray], n: int):
        def make(made: Made) -> Evidence:
            return made.study(
                made.printing(f"{log}-wrong-folder", noisy(folders(), n)),
                made.printing(f"{log}-uneven", noisy(uneven(), n, 1)),
            )

        return make

    return {
        "supported": build(alike, other, 8),
        "refuted": build(other, alike, 8),
        "undecided": build(alike, other, 4),
        "no data": lambda made: made.study(made.printing(f"{log}-wrong-folder", noisy(alike(), 8))),
    }


def failed() -> np.ndarray:
    return flat("three-conv-failed")


def falls() -> np.ndarray:
    return logs()["no-pooling"].rows


def stays() -> np.ndarray:
    return flat("no-pooling")


def elsewhere() -> np.ndarray:
    return 0.2 * flat("no-pooling")


def replays(factor: float, n: int) -> Builder:
    return lambda made: made.study(
        made.printing("three-conv-wrong-folder", noisy(factor * failed(), n))
    )


def folders_alone(n: int, falling: int = 0) -> Builder:
    def make(made: Made) -> Evidence:
        curves = np.concatenate(
            [noisy(stays(), n), noisy(fallen("no-pooling", 13), falling)]
            if falling
            else [noisy(stays(), n)]
        )
        return made.study(made.printing("no-pooling-wrong-folder", curves))

    return make


def prints(n: int, value: float, courses: list[Course]) -> Builder:
    """The loss of every batch is this value in `n` of the runs, and 0.5 in the others."""
    losses = [np.full((10, 27), value if k < n else 0.5) for k in range(len(courses))]
    return lambda made: made.study(made.runs("three-conv", courses, losses=losses))


def at_chance_in_print(courses: list[Course], value: float = LN2) -> Builder:
    losses = [np.full((10, 27), value)] * len(courses)
    return lambda made: made.study(made.runs("baseline", courses, losses=losses))


def of_folders(*losses: float) -> Builder:
    """Runs asked for the folder that stay at these training losses, with 300 and 1,700 images."""

    def make(made: Made) -> Evidence:
        name = "three-conv-wrong-folder"
        lots = [made.runs(name, [GUESSES], loss=loss, label_counts=(300, 1700)) for loss in losses]
        return made.study(tuple(run for lot in lots for run in lot))

    return make


def untrained(n: int, shrinking: int) -> Builder:
    def make(made: Made) -> Evidence:
        before = made.evidence.records["baseline"][0].untrained
        alike = tuple(msgspec.structs.replace(layer, activation=1.0) for layer in before)
        lot = made.runs("baseline", n * [SOLVES])
        return made.study(
            tuple(
                msgspec.structs.replace(run, untrained=before if k < shrinking else alike)
                for k, run in enumerate(lot)
            )
        )

    return make


def first_dense(dense1: int, logits: int) -> Builder:
    return only("baseline", [SOLVES], layers=layers(dense1=dense1, logits=logits))


def of_size(variant: str, side: int, *shape: int) -> Builder:
    return lambda made: made.study(made.runs(variant, [SOLVES], layers=last_map(*shape)), side=side)


NEAR = Course((*SOLVES.accuracies[:-1], 0.985))  # solves it, four images short of the printed one
TEN = 10 * [SOLVES]
FAST, DEAR = (2.0, 2.1, 2.2), (10.0, 11.0, 12.0)

EVIDENCE: dict[str, dict[str, Builder]] = {
    "pooling-speeds-training": {
        "supported": against("baseline", "no-pooling", TEN, TEN, (FAST, DEAR)),
        "refuted": against("baseline", "no-pooling", TEN, TEN, (DEAR, FAST)),
        "undecided": against("baseline", "no-pooling", TEN, TEN, (FAST, (1.0, 2.0, 8.0))),
        "no data": only("baseline", TEN),
    },
    "pooling-lowers-sensitivity": {
        "supported": shifts([0.5, 0.6] * 5, [0.25, 0.3] * 5),
        "refuted": shifts([0.5, 0.6] * 5, [0.5, 0.61] * 5),
        "undecided": shifts([0.5, 0.6] * 5, [0.25, 0.9] * 5),
        "no data": only("baseline", TEN),
    },
    "pooling-saves-parameters": {
        "supported": compared("baseline", "no-pooling", "parameters", 10, 20),
        "refuted": compared("baseline", "no-pooling", "parameters", 20, 10),
        "no data": only("baseline", TEN),
    },
    "pooling-narrows-the-gap": {
        "supported": against("baseline", "no-pooling", TEN, TEN, gaps=((0.0, 0.01), (0.09, 0.1))),
        "refuted": against("baseline", "no-pooling", TEN, TEN, gaps=((0.0, 0.01), (0.0, 0.01))),
        "undecided": against("baseline", "no-pooling", TEN, TEN, gaps=((0.0, 0.1), (0.01, 0.12))),
        "no data": only("no-pooling", TEN),
    },
    "deeper-is-more-abstract": {
        "supported": probes([0.7, 0.71] * 5, [0.9, 0.92] * 5),
        "refuted": probes([0.9, 0.91] * 5, [0.9, 0.915] * 5),
        "undecided": probes([0.7, 0.9] * 5, [0.9, 0.75] * 5),
        "no data": probes([0.7, 0.71] * 5, [0.9, 0.92] * 5, [GUESSES]),
    },
    "1x1-saves-parameters": {
        "supported": compared("one-by-one", "baseline", "parameters", 10, 20),
        "refuted": compared("one-by-one", "baseline", "parameters", 20, 10),
        "no data": only("baseline", TEN),
    },
    "conv3-leaves-12x12": {
        "supported": of_size("three-conv", 116, 3, 12, 12),
        "refuted": of_size("three-conv", 116, 3, 13, 13),
        "no data": of_size("three-conv", 30, 3, 12, 12),
    },
    "three-conv-fail-in-10": none_by_ten("three-conv"),
    "three-conv-need-20": {
        "supported": only("three-conv", 10 * [SECOND]),
        "refuted": only("three-conv", 20 * [FIRST]),
        "undecided": only("three-conv", 2 * [SECOND] + 8 * [FIRST]),
        "no data": nothing,
    },
    "no-pooling-needs-20": none_by_ten("no-pooling"),
    "no-pooling-costs-time": {
        "supported": against("baseline", "no-pooling", TEN, TEN, (FAST, DEAR)),
        "refuted": against("baseline", "no-pooling", TEN, TEN, (FAST, FAST)),
        "undecided": against(
            "baseline", "no-pooling", 3 * [EARLY, GUESSES], 3 * [EARLY, GUESSES], (FAST, FAST)
        ),
        "no data": only("no-pooling", TEN),
    },
    "11-channels-are-fine": {
        "supported": only("channels-11", TEN),
        "refuted": only("channels-11", 10 * [GUESSES]),
        "undecided": only("channels-11", 6 * [SOLVES] + 4 * [GUESSES]),
        "no data": nothing,
    },
    "15-channels-are-worse": fewer_solve("channels-15"),
    "accuracy-near-99.7": {
        "supported": only("channels-11", TEN),
        "refuted": only("channels-11", 10 * [NEAR]),
        "undecided": only("channels-11", 4 * [SOLVES] + 6 * [GUESSES]),
        "no data": only("channels-11", 10 * [GUESSES]),
    },
    "dense-input-5x5x5": {
        "supported": of_size("features", 116, 5, 5, 5),
        "refuted": of_size("features", 116, 5, 6, 6),
        "no data": nothing,
    },
    "loss-gone-by-epoch-7": {
        "supported": prints(10, 0.0, TEN),
        "refuted": prints(0, 0.0, TEN),
        "undecided": prints(6, 0.0, TEN),
        "no data": prints(10, 0.0, 10 * [GUESSES]),
    },
    "seed-decides": {
        "supported": only("baseline", [GUESSES, *TEN]),
        "refuted": only("baseline", 2 * TEN),
        "undecided": only("baseline", TEN),
        "no data": nothing,
    },
    "escape-is-sudden": {
        "supported": only("baseline", TEN),
        "refuted": only("baseline", 5 * [SLOWLY, DEAD]),
        "undecided": only("baseline", 6 * [SOLVES] + 4 * [SLOWLY]),
        "no data": only("baseline", 10 * [GUESSES]),
    },
    "few-end-between": {
        "supported": only("baseline", 2 * TEN),
        "refuted": only("baseline", 10 * [BETWEEN]),
        "undecided": only("baseline", 9 * [SOLVES] + [BETWEEN]),
        "no data": nothing,
    },
    "failures-collapse": {
        "supported": only("baseline", 5 * [DEAD, SILENT]),
        "refuted": only("baseline", 5 * [GUESSES, BETWEEN]),
        "undecided": only("baseline", 6 * [DEAD] + 4 * [GUESSES]),
        "no data": only("baseline", TEN),
    },
    "collapsed-are-dead": {
        "supported": only("baseline", 20 * [DEAD]),
        "refuted": only("baseline", 20 * [SILENT]),
        "undecided": only("baseline", 9 * [DEAD] + [SILENT]),
        "no data": only("baseline", 10 * [GUESSES]),
    },
    "0.069-means-chance": {
        "supported": at_chance_in_print(20 * [GUESSES]),
        "refuted": at_chance_in_print([BETWEEN, *19 * [GUESSES]]),
        "undecided": at_chance_in_print(8 * [GUESSES]),
        "no data": at_chance_in_print(8 * [GUESSES], 0.6),
    },
    "signal-shrinks": {
        "supported": untrained(20, 20),
        "refuted": untrained(20, 0),
        "undecided": untrained(10, 9),
        "no data": nothing,
    },
    "smaller-rate-collapses-less": {
        "supported": against("lr-0-03", "baseline", TEN, 10 * [DEAD]),
        "refuted": against("lr-0-03", "baseline", 2 * TEN, 2 * TEN),
        "undecided": against("lr-0-03", "baseline", TEN, 8 * [SOLVES] + 2 * [DEAD]),
        "no data": only("baseline", TEN),
    },
    "smaller-rate-solves-later": solves_later("lr-0-01", "baseline"),
    "kaiming-leaves-chance-earlier": solves_later("baseline", "kaiming"),
    "no-pooling-learns-slowly": solves_later("no-pooling", "baseline"),
    "first-dense-holds-most": {
        "supported": first_dense(90, 10),
        "refuted": first_dense(10, 90),
        "no data": nothing,
    },
    "trained-pooling-solves-less": fewer_solve("trained-pooling"),
    "1x1-solves-less": fewer_solve("one-by-one"),
    "1x1-saves-work": {
        "supported": compared(
            "one-by-one", "baseline", "layers", layers(conv1=10), layers(conv1=20)
        ),
        "refuted": compared("one-by-one", "baseline", "layers", layers(conv1=20), layers(conv1=10)),
        "no data": only("baseline", TEN),
    },
    "split-replays-stay": {
        "supported": of_folders(*[FOLDER] * 10),
        "refuted": of_folders(*[0.2] * 10),
        "undecided": of_folders(*[FOLDER] * 6, *[0.2] * 4),
        "no data": nothing,
    },
    # Rests on the original's logs alone: see the test below.
    "right-labels-print-two-rows": {"supported": nothing},
    "odd-logs-are-of-the-split": {
        "supported": replays(1, 8),
        "refuted": replays(0.5, 8),
        "undecided": replays(1, 4),
        "no data": nothing,
    },
    "failed-log-fits-folders": fits("three-conv", failed, lambda: 0.2 * failed()),
    "no-pooling-plateau-fits-folders": fits("no-pooling", stays, elsewhere),
    "no-pooling-fall-fits-folders": fits("no-pooling", falls, stays),
    "folders-can-fall": {
        "supported": folders_alone(7, 1),
        "refuted": folders_alone(20),
        "undecided": folders_alone(8),
        "no data": nothing,
    },
}
ARITHMETIC = {
    "pooling-saves-parameters",
    "1x1-saves-parameters",
    "conv3-leaves-12x12",
    "dense-input-5x5x5",
    "first-dense-holds-most",
    "1x1-saves-work",
}
LOGS_ALONE = "right-labels-print-two-rows"
DECIDED = {"supported", "refuted"}
ONE_RUN_DECIDES = {  # of what never, or ever, happens
    ("three-conv-fail-in-10", "refuted"),
    ("no-pooling-needs-20", "refuted"),
    ("0.069-means-chance", "refuted"),
}


@pytest.fixture(scope="module")
def made(evidence) -> Made:
    return Made(evidence)


def test_every_claim_has_evidence_for_every_verdict():
    assert EVIDENCE.keys() == CLAIMS.keys()
    for name, by_verdict in EVIDENCE.items():
        expected = DECIDED | {"no data"} | (set() if name in ARITHMETIC else {"undecided"})
        assert by_verdict.keys() == (expected if name != LOGS_ALONE else {"supported"}), name


@pytest.mark.parametrize(
    ("name", "verdict"), [(name, verdict) for name, rows in EVIDENCE.items() for verdict in rows]
)
def test_every_claim_can_come_out_each_way(made, name, verdict):
    found = find(name, EVIDENCE[name][verdict](made))
    assert found.verdict == verdict, found.numbers.en
    assert (found.n == 0) == (verdict == "no data")
    assert all("nan" not in words for words in found.numbers)
    settled = verdict in DECIDED
    assert bool(found.needed.en) != settled
    if verdict == "undecided":
        assert found.seeds and min(found.seeds.values()) >= 5
        assert found.width is None or found.width >= 1
    if found.width is not None:
        assert found.seeds  # of the variants that more runs are of, where it is still wide
    if found.p is not None:
        assert 0 <= found.p <= 1
        if name not in ARITHMETIC and settled:
            assert found.p <= 0.05


@pytest.mark.parametrize(
    ("name", "verdict"),
    [
        (name, verdict)
        for name, rows in EVIDENCE.items()
        for verdict in rows
        if verdict in DECIDED
        and name not in {*ARITHMETIC, LOGS_ALONE}
        and (name, verdict) not in ONE_RUN_DECIDES
    ],
)
def test_four_runs_of_everything_decide_nothing(made, name, verdict):
    full = EVIDENCE[name][verdict](made)
    few = replace(full, records={variant: runs[:4] for variant, runs in full.records.items()})
    assert find(name, few).verdict not in DECIDED


def test_probes_of_networks_that_failed_do_not_count(made):
    name, failing = "deeper-is-more-abstract", [SOLVES, GUESSES]
    found = find(name, probes([0.7, 0.9, 0.72, 0.9] * 5, [0.9, 0.7, 0.9, 0.6] * 5, failing)(made))
    assert (found.verdict, found.n) == ("supported", 10)
    assert find(name, made.study()).verdict == "no data"  # no probe at all


def test_logs_of_two_rows_an_epoch_would_refute_that_right_labels_cannot_print_them(
    made, monkeypatch
):
    others = {name: log._replace(rows=log.rows[:, :2]) for name, log in logs().items()}
    monkeypatch.setattr(suspect_log_claims, "logs", lambda: others)
    assert find(LOGS_ALONE, made.study()).verdict == "refuted"


def test_without_runs_nothing_is_said_of_seeds_that_do_not_exist(made):
    for name, claim in decided(made.study()).items():
        assert (claim.verdict == "no data") == (name != LOGS_ALONE), name
        for words in (*claim.wording, *claim.numbers, *claim.needed):
            for absent in ("0 of 0", "0 次训练中", "0/0", "nan", "—", "p = 1", "None", "inf"):
                assert absent not in words, (name, words)
        assert claim.p is None
