"""What the original printed, read from data/published.toml, and where each of its logs lies among
our runs.

Two logs are suspect: they print three rows an epoch where their network, with the data of the
others, can print only two. What they may be instead is weighed in `log_explanations`.
"""

from __future__ import annotations

import tomllib
from functools import cache
from typing import NamedTuple

import numpy as np

from report_builder.evidence.estimates import CHANCE, printed
from report_builder.evidence.recording import current_requests
from report_builder.text import Text
from xo.errors import InputError
from xo.runs.record import RunRecord
from xo.store.source_digest import ROOT
from xo.variants import VARIANTS

FILE = ROOT / "data" / "published.toml"
DIGIT = 0.001  # the last one that a row prints
BATCHES_PER_ROW = 10
BATCH_SIZE = 64
DIVERGED = 1.0  # what a printed loss beyond all measure counts as
FALLING = (0.05, 0.9)  # of the level of guessing: a log that prints between these is falling


class PrintedFact(NamedTuple):
    """What the original printed, as it stands there, and where."""

    text: str
    section: str


class Log(NamedTuple):
    """One of the original's loss logs."""

    name: str
    section: str
    variant: str  # the row of VARIANTS with the same network
    rows: np.ndarray  # (epochs, rows of an epoch), a tenth of the mean loss in nats
    accuracy: float | None  # percent of the test images, where it was printed

    @property
    def epochs(self) -> int:
        return len(self.rows)


def log_title(log: Log) -> Text:
    """The network, and how long it was trained."""
    variant = VARIANTS[log.variant]
    return Text(f"{variant.zh}，{log.epochs} 轮", f"{variant.en}, {log.epochs} epochs")


def logs() -> dict[str, Log]:
    """The six logs, by name, in the order of the original."""
    return {
        name: Log(name, log["section"], log["variant"], np.array(log["rows"]), log.get("accuracy"))
        for name, log in _document()["logs"].items()
    }


def facts() -> dict[str, PrintedFact]:
    """Everything printed that a page may quote:

    `three-conv-failed.epoch-10`, `channels-11.accuracy`, `settings.lr`.
    """
    found: dict[str, PrintedFact] = {}
    for name, log in logs().items():
        found |= {
            f"{name}.epochs": PrintedFact(f"{log.epochs}", log.section),
            f"{name}.rows": PrintedFact(f"{log.rows.shape[1]}", log.section),
        }
        found |= {
            f"{name}.epoch-{e}": PrintedFact(" ".join(f"{row:.3f}" for row in rows), log.section)
            for e, rows in enumerate(log.rows, 1)
        }
        if log.accuracy is not None:
            found[f"{name}.accuracy"] = PrintedFact(f"{log.accuracy:.6f} %", log.section)
    return found | {
        name: PrintedFact(_written(**fact), fact["section"])
        for name, fact in _document()["facts"].items()
    }


def fact_numbers(name: str) -> tuple[float, ...]:
    """The numbers of a fact of the file, as `settings.test_images`; one, or from and to."""
    value = _document()["facts"][name]["value"]
    return tuple(map(float, value if isinstance(value, list) else [value]))


def _written(value, section: str, unit: str = "") -> str:
    if unit:
        return f"{'–'.join(map(str, value))} {unit}"  # from, to
    return ", ".join(f"{each:,}" for each in (value if isinstance(value, list) else [value]))


def _document() -> dict:
    current_requests().files.add(FILE.relative_to(ROOT).as_posix())
    try:
        return _parsed(FILE.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise InputError(
            f"{FILE}: cannot be read ({error}); restore it with 'git checkout "
            f"{FILE.relative_to(ROOT)}'"
        ) from error


@cache
def _parsed(text: str) -> dict:
    return tomllib.loads(text)


def rows_per_epoch(images: int, batch_size: int = BATCH_SIZE) -> int:
    """How often an epoch prints: after every ten batches; the last one may be smaller."""
    return -(-images // batch_size) // BATCHES_PER_ROW


# Where a log lies among our runs


class Placement(NamedTuple):
    """A published log among n runs of one variant, by the mean of what each epoch prints."""

    published: np.ndarray  # (epochs,)
    ours: np.ndarray  # (n, epochs)
    distances: np.ndarray  # (n,) of each run from the median of the others; empty for one run
    distance: float  # of the published log from the median of all

    @property
    def n(self) -> int:
        return len(self.ours)

    @property
    def below(self) -> np.ndarray:
        """`(epochs,)`, how many runs print less than the published log."""
        return (self.ours < self.published - DIGIT / 10).sum(0)

    @property
    def percentile(self) -> np.ndarray:
        """`(epochs,)`, 0 to 1: the share of runs that print less, those that print the same counted
        half.
        """
        same = (abs(self.ours - self.published) <= DIGIT / 10).sum(0)
        return (self.below + same / 2) / self.n

    @property
    def inside(self) -> np.ndarray:
        """`(epochs,)`, whether the published log lies within the range of the runs."""
        low, high = self.ours.min(0), self.ours.max(0)
        return (low - DIGIT / 10 <= self.published) & (self.published <= high + DIGIT / 10)

    @property
    def as_far(self) -> int:
        """How many runs lie at least as far from the median of the others as the published log from
        that of all.
        """
        return int((self.distances >= self.distance - DIGIT / 100).sum())


def place(log: Log, runs: tuple[RunRecord, ...]) -> Placement | None:
    """The log among runs; None where these print nothing or were trained for fewer epochs."""
    rows = printed_rows(runs)  # (n, epochs, rows)
    if rows.shape[1] < log.epochs or not rows.shape[2]:
        return None
    return placed(log.rows.mean(1), rows[:, : log.epochs].mean(2))


def falling(log: Log) -> np.ndarray:
    """`(epochs,)`, in which epochs the log is falling from the level of guessing between two equal
    classes.
    """
    low, high = (share * CHANCE / 10 for share in FALLING)
    means = log.rows.mean(1)
    return (low < means) & (means < high)


def placed(published: np.ndarray, ours: np.ndarray) -> Placement:
    """A curve `(epochs,)` among others `(n, epochs)`; how far it lies is its mean absolute
    difference from their median.
    """
    others = medians_of_others(ours) if len(ours) > 1 else ours[:0]
    distances = np.array([abs(curve - median).mean() for curve, median in zip(ours, others)])
    return Placement(
        published, ours, distances, float(abs(published - np.median(ours, axis=0)).mean())
    )


def medians_of_others(curves: np.ndarray) -> np.ndarray:
    """`(n, epochs)`: for each of n > 1 curves, the median of all the others in each epoch.

    All are sorted once: what lies above the curve that is left out moves down by one place.
    """
    ordered, ranks = np.sort(curves, axis=0), curves.argsort(axis=0).argsort(axis=0)

    def at(place: int) -> np.ndarray:
        return np.where(ranks <= place, ordered[place + 1], ordered[place])

    others = len(curves) - 1
    return (at((others - 1) // 2) + at(others // 2)) / 2


def printed_rows(runs: tuple[RunRecord, ...]) -> np.ndarray:
    """`(n, epochs, rows)`: what the original's script would have printed of our runs, to its three
    digits.
    """
    rows = np.array([printed(run) for run in runs])
    return np.round(np.nan_to_num(rows, nan=DIVERGED, posinf=DIVERGED).clip(max=DIVERGED), 3)
