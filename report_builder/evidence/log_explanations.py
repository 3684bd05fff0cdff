"""What the two suspect logs of the original may be: the explanations, how likely each makes them,
and which fits best.

The noise model: a log is one of a variant's runs, each as probable as the other, plus in every
printed row an error of Student's t distribution. Its scale and its degrees of freedom are one pair
for all explanations of a log, and are those that make each of our runs most likely from the others
of its own variant (leave-one-out). The rows of a log are not independent, so differences of
log-likelihoods are overstated: they order explanations, and count only where they hold over
resampled seeds (bootstrap).
"""

from __future__ import annotations

from itertools import product
from math import lgamma, log, pi
from typing import Literal, NamedTuple

import numpy as np

from report_builder.evidence.original_logs import DIGIT, Log, logs, printed_rows, rows_per_epoch
from report_builder.evidence.study import Evidence
from report_builder.text import Text

SUSPECT_LOGS = ("three-conv-failed", "no-pooling")
FEWEST_SEEDS = 5  # of each explanation, below which nothing is decided
DECISIVE = log(20)  # log-likelihood by which the best must lead
ON_PLATEAU = 0.9  # of the level of its plateau: above this share an epoch still belongs to it
FALLEN = 0.5  # of that level: below this share a log has left it
NEAR = 0.05  # of that level: a run that differs by less stays there too
SCALES = 0.0005 * 1.25 ** np.arange(
    20
)  # of the noise in a printed row; half the last digit at least
FREEDOMS = (1, 2, 4, 8, 16, 32)  # degrees of freedom: 1 expects outliers, 32 is all but normal

LogPart = Literal["whole", "plateau", "fall"]
FitState = Literal["compared", "excluded", "no runs", "too few", "not comparable"]


class Explanation(NamedTuple):
    """One account of how a suspect log came about."""

    title: Text
    images: tuple[int, int]  # of each class, that the log's run then learned from
    variants: dict[str, str]  # log -> the variant that replays it


EXPLANATIONS: dict[str, Explanation] = {
    "right": Explanation(
        Text("标签无误", "Right labels"),
        (850, 850),
        {"three-conv-failed": "three-conv", "no-pooling": "no-pooling"},
    ),
    "folders": Explanation(
        Text("文件夹当作类别", "Folders as classes"),
        (300, 1700),
        {"three-conv-failed": "three-conv-wrong-folder", "no-pooling": "no-pooling-wrong-folder"},
    ),
    "uneven": Explanation(
        Text("两类数目悬殊", "Uneven classes"),
        (300, 1700),
        {"three-conv-failed": "three-conv-uneven", "no-pooling": "no-pooling-uneven"},
    ),
}


class Noise(NamedTuple):
    scale: float
    freedom: int


class Fit(NamedTuple):
    """How well one explanation fits one part of a log."""

    explanation: str
    variant: str
    # excluded: it cannot print so many rows; not comparable: this study's runs do not print so
    # many
    state: FitState
    n: int
    alike: int  # runs that do in this part what the log does
    by_seed: np.ndarray  # (n,) log-likelihoods, one per run; empty unless compared

    @property
    def log_likelihood(self) -> float:
        return float(np.logaddexp.reduce(self.by_seed) - log(len(self.by_seed)))


class Lead(NamedTuple):
    """A difference of log-likelihoods, with its 95 % interval over resampled seeds."""

    value: float
    low: float
    high: float


class Comparison(NamedTuple):
    """All explanations of one part of a log, compared."""

    log: str
    part: LogPart
    first: int  # epoch, from 1
    last: int
    noise: Noise | None
    fits: tuple[Fit, ...]

    @property
    def ranked(self) -> tuple[Fit, ...]:
        """The likeliest first."""
        return tuple(
            sorted(
                (fit for fit in self.fits if fit.state == "compared"),
                key=lambda fit: -fit.log_likelihood,
            )
        )

    def lead_of(self, explanation: str) -> Lead:
        """By how much an explanation is ahead of the likeliest other one."""
        ahead = next(fit for fit in self.ranked if fit.explanation == explanation)
        other = next(fit for fit in self.ranked if fit.explanation != explanation)
        rng = np.random.default_rng(0)
        drawn = [_drawn(fit.by_seed, rng) for fit in (ahead, other)]
        low, high = np.quantile(drawn[0] - drawn[1], (0.025, 0.975))
        return Lead(ahead.log_likelihood - other.log_likelihood, float(low), float(high))

    @property
    def best(self) -> str | None:
        """The explanation that fits best; None where runs are missing or do not single one out."""
        if any(
            fit.state not in ("compared", "excluded") or 0 < fit.n < FEWEST_SEEDS
            for fit in self.fits
        ):
            return None
        likeliest = self.ranked[0].explanation
        return likeliest if self.lead_of(likeliest).low >= DECISIVE else None


def _drawn(by_seed: np.ndarray, rng: np.random.Generator, times: int = 2000) -> np.ndarray:
    """`(times,)` log-likelihoods of a mixture over seeds that are drawn again, with replacement."""
    picked = by_seed[rng.integers(len(by_seed), size=(times, len(by_seed)))]  # (times, n)
    return np.logaddexp.reduce(picked, axis=1) - log(len(by_seed))


def compare_explanations(name: str, evidence: Evidence) -> tuple[Comparison, ...]:
    """A suspect log as a whole and, where it leaves its plateau, each of its two parts."""
    published = logs()[name]
    fall = fall_epoch(published)
    parts: dict[LogPart, tuple[int, int]] = {"whole": (1, published.epochs)}
    if fall:
        parts |= {"plateau": (1, fall - 1), "fall": (fall, published.epochs)}
    return tuple(_compare(published, part, *epochs, evidence) for part, epochs in parts.items())


def fall_epoch(published: Log) -> int | None:
    """The first epoch from which all lie below the plateau; None where the log stays there."""
    means = published.rows.mean(1)
    below = means < ON_PLATEAU * np.median(means[1:])
    return int(np.flatnonzero(~below)[-1]) + 2 if below[-1] else None


def plateau_level(published: Log) -> float:
    """The mean of what it prints on its plateau; the first epoch, in which it comes down to there,
    left out.
    """
    return float(published.rows[_plateau(published)].mean())


def _plateau(published: Log) -> slice:
    return slice(1, (fall_epoch(published) or published.epochs + 1) - 1)


def _compare(
    published: Log, part: LogPart, first: int, last: int, evidence: Evidence
) -> Comparison:
    span = slice(first - 1, last)
    found: dict[str, tuple[FitState, np.ndarray | None]] = {}
    for name, explanation in EXPLANATIONS.items():
        found[name] = _runs_of(published, explanation, evidence)
    spans = {name: _flat(rows[:, span]) for name, (_, rows) in found.items() if rows is not None}
    noise = fit_noise(list(spans.values()))
    fits = []
    for name, (state, rows) in found.items():
        variant, by_seed = EXPLANATIONS[name].variants[published.name], np.empty(0)
        if rows is not None and noise is None:
            state = "too few"
        elif rows is not None and noise:
            by_seed = likelihoods(published.rows[span].ravel(), spans[name], noise)
        n, alike = (0, 0) if rows is None else (len(rows), _alike(published, part, rows))
        fits.append(Fit(name, variant, state, n, alike, by_seed))
    return Comparison(published.name, part, first, last, noise, tuple(fits))


def _runs_of(
    published: Log, explanation: Explanation, evidence: Evidence
) -> tuple[FitState, np.ndarray | None]:
    """Whether an explanation can be compared, and then what its runs print: (n, epochs, rows)."""
    if rows_per_epoch(sum(explanation.images)) != published.rows.shape[1]:
        return "excluded", None
    runs = evidence.runs(explanation.variants[published.name])
    if not runs:
        return "no runs", None
    rows = printed_rows(runs)[:, : published.epochs]
    return (
        ("compared", rows) if rows.shape[1:] == published.rows.shape else ("not comparable", None)
    )


def _alike(published: Log, part: LogPart, rows: np.ndarray) -> int:
    """How many runs stay where the log stays, and fall where it falls."""
    level = plateau_level(published)
    stays = abs(rows[:, _plateau(published)].mean((1, 2)) - level) <= NEAR * level
    falls = rows[:, -1].mean(1) < FALLEN * level
    wanted = {
        "plateau": stays,
        "fall": falls,
        "whole": stays & (falls == (fall_epoch(published) is not None)),
    }
    return int(wanted[part].sum())


def _flat(rows: np.ndarray) -> np.ndarray:
    """(n, epochs, rows) -> (n, epochs * rows)"""
    return rows.reshape(len(rows), -1)


# The noise model


def likelihoods(published: np.ndarray, ours: np.ndarray, noise: Noise) -> np.ndarray:
    """`(n,)`: the log-likelihood of a log `(rows,)`, given that it is a noisy copy of each of our
    runs `(n, rows)`.
    """
    return _log_probability(published - ours, noise).sum(-1)


def _log_probability(error: np.ndarray, noise: Noise) -> np.ndarray:
    """Of rows that print so far off, to the last digit:

    Student's t density times the width of that digit.
    """
    scale, freedom = noise
    constant = (
        lgamma((freedom + 1) / 2)
        - lgamma(freedom / 2)
        - 0.5 * log(freedom * pi)
        - log(scale)
        + log(DIGIT)
    )
    return constant - (freedom + 1) / 2 * np.log1p((error / scale) ** 2 / freedom)


def fit_noise(groups: list[np.ndarray]) -> Noise | None:
    """The noise that makes our runs, `(n, rows)` of each explanation, likeliest from one another;
    None without two runs.
    """
    groups = [runs for runs in groups if len(runs) > 1]
    if not groups:
        return None
    errors = [runs[:, None] - runs for runs in groups]  # (n, n, rows)
    return max(
        (Noise(float(scale), freedom) for scale, freedom in product(SCALES, FREEDOMS)),
        key=lambda noise: sum(_left_out(error, noise) for error in errors),
    )


def _left_out(errors: np.ndarray, noise: Noise) -> float:
    """The log-likelihood of n runs, each from the n - 1 others:

    `(n, n, rows)`, of which the diagonal is left out.
    """
    each = _log_probability(errors, noise).sum(-1)
    np.fill_diagonal(each, -np.inf)
    return float((np.logaddexp.reduce(each, axis=1) - log(len(each) - 1)).sum())
