"""The single numbers that prose may quote, by name: `baseline.test_accuracy`, `data.test_images`, `study.runs`.

A value is its text in both languages and a note (n, interval, what is meant) that the page shows on demand.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from report_builder.evidence.log_explanations import (
    FALLEN,
    NEAR,
    ODD,
    READINGS,
    Judgement,
    fall_epoch,
    judgements,
    plateau_level,
)
from report_builder.evidence.original_logs import Log, blind_loss, logs, place, rows_per_epoch
from report_builder.evidence.study import (
    Evidence,
    curve,
    escape_epochs,
    receptive_fields,
    share,
    solved,
    spread,
)
from report_builder.results.demonstration_values import told
from report_builder.text import LANGUAGES, count, decimals, gigabytes, number, percent, seconds
from xo.data.dataset import DataSet
from xo.demonstrations.record import DemonstrationRecord
from xo.runs.record import RunRecord
from xo.variants import Variant


class Value(NamedTuple):
    text: dict[str, str]  # by language
    note: dict[str, str]


class Part(NamedTuple):
    """The values that one function makes."""

    code: str  # where that function is, as "report_builder.results.values:_of_cost"
    variant: (
        str | tuple[str, ...] | None
    )  # whose runs they rest on; None: those of all variants; "": none
    values: dict[str, Value]  # by full name
    demonstration: str = ""  # that they tell of; they then rest on its runs alone


def parts(evidence: Evidence) -> list[Part]:
    """Every value that the evidence bears, together with those that rest on the same."""
    found = [
        _part(_of_study, None, _of_study(evidence)),
        _part(_of_data, "", _of_data(evidence.data)),
    ]
    for variant in evidence.variants:
        runs = evidence.runs(variant.name)
        found += [
            _part(_of_network, variant.name, _of_network(runs[0], variant)),
            _part(_of_outcome, variant.name, _of_outcome(runs)),
            _part(_of_cost, variant.name, _of_cost(runs)),
            _part(_of_representative, variant.name, _of_representative(evidence, variant.name)),
        ]
    found += [
        Part(f"{__name__}:{_of_demonstration.__name__}", "", _of_demonstration(shown), name)
        for name, shown in evidence.demonstrations.items()
        if not shown.unavailable
    ]
    compared = tuple(
        sorted(
            {log.variant for log in logs().values()}
            | {name for each in READINGS.values() for name in each.variants.values()}
        )
    )
    return [*found, Part(f"{__name__}:{_of_published.__name__}", compared, _of_published(evidence))]


def values(evidence: Evidence) -> dict[str, Value]:
    """Every value that the evidence bears, by name."""
    return {name: value for part in parts(evidence) for name, value in part.values.items()}


def _part(
    function: Callable[..., dict[str, Value]], variant: str | None, made: dict[str, Value]
) -> Part:
    named = {f"{variant}.{name}": value for name, value in made.items()} if variant else made
    return Part(f"{function.__module__}:{function.__name__}", variant, named)


def _of_study(evidence: Evidence) -> dict[str, Value]:
    return {
        "study.name": _plain(evidence.study),
        "study.runs": _plain(count(sum(map(len, evidence.records.values())))),
    }


def _of_data(data: DataSet) -> dict[str, Value]:
    height, width = data.image_size
    return {
        "data.name": _plain(data.name),
        "data.digest": _plain(data.digest[:12], f"SHA-256 {data.digest}"),
        "data.classes": Value(
            {"zh": "、".join(data.classes), "en": ", ".join(data.classes)}, _both("")
        ),
        "data.train_images": _plain(count(len(data.train.labels))),
        "data.test_images": _plain(count(len(data.test.labels))),
        "data.height": _plain(count(height)),
        "data.width": _plain(count(width)),
    }


def _of_network(run: RunRecord, variant: Variant) -> dict[str, Value]:
    rows = {row.name: row for row in run.layers}
    blocks = len(variant.channels)
    maps = {f"map{k}": _plain(count(rows[f"relu{k}"].shape[-1])) for k in range(1, blocks + 1)}
    fields = {
        f"field{k}": _plain(count(receptive_fields(run)[f"relu{k}"][0]))
        for k in range(1, blocks + 1)
    }
    return {
        "parameters": _plain(count(run.parameters)),
        "multiply_adds": _plain(count(sum(row.multiply_adds for row in rows.values()))),
        "dense_input": _plain(count(int(np.prod(rows[f"relu{blocks}"].shape)))),
        "epochs": _plain(count(len(run.epochs))),
        "lr": _plain(f"{run.settings.lr:g}"),
        "batch_size": _plain(count(run.settings.batch_size)),
        **maps,
        **fields,
    }


def _of_outcome(runs: tuple[RunRecord, ...]) -> dict[str, Value]:
    images = len(runs[0].test_ids)
    accuracy = curve(runs, "test_accuracy")[:, -1]
    done = solved(runs)
    epochs = escape_epochs(runs)
    of_solved = epochs[np.isfinite(epochs)]
    return {
        "n": _plain(count(len(runs))),
        "solved": _out_of(done),
        "solved_share": _share(done),
        **{
            f"solved_by_{epoch}": _out_of(solved(runs, epoch))
            if epoch <= len(runs[0].epochs)
            else _missing(f"训练不到 {epoch} 轮", f"trained for fewer than {epoch} epochs")
            for epoch in (10, 20)
        },
        "test_accuracy": _accuracy(accuracy, images),
        "accuracy_solved": _accuracy(accuracy[done], images) if done.any() else _none_solved(),
        "final_loss": _median(curve(runs, "train_loss")[:, -1], _loss),
        "escape_epoch": _median(of_solved, lambda x: _both(f"{x:g}"))
        if len(of_solved)
        else _none_solved(),
    }


def _of_cost(runs: tuple[RunRecord, ...]) -> dict[str, Value]:
    costs = [run.cost for run in runs]
    found = {
        "epoch_seconds": _median(np.array([np.median(run.epoch_seconds) for run in runs]), seconds),
        "train_seconds": _median(np.array([cost.train_seconds for cost in costs]), seconds),
    }
    peaks = [cost.peak_memory_bytes for cost in costs if cost.peak_memory_bytes]
    found["peak_memory"] = (
        _median(np.array(peaks), lambda x: _both(gigabytes(x)))
        if peaks
        else _missing("此系统不提供", "not told by that system")
    )
    return found


def _of_representative(evidence: Evidence, variant: str) -> dict[str, Value]:
    run = evidence.representative(variant)
    confusion = np.array(run.confusion)
    return {
        "seed": _plain(str(run.seed)),
        "mistakes": _plain(count(int(confusion.sum() - np.trace(confusion)))),
    }


def _of_published(evidence: Evidence) -> dict[str, Value]:
    """Where the original's logs lie among our runs, and how the readings of the odd ones do."""
    found = {
        f"published.{name}.{key}": value
        for name, log in logs().items()
        for key, value in _of_log(evidence, log).items()
    }
    for name, reading in READINGS.items():
        images, shares = (
            sum(reading.images),
            ["、".join(map(count, reading.images)), " + ".join(map(count, reading.images))],
        )
        found |= {
            f"published.{name}.rows": _plain(count(rows_per_epoch(images))),
            f"published.{name}.level": Value(
                _both(f"{blind_loss(reading.images) / 10:.4f}"),
                {
                    "zh": f"两类 {shares[0]} 幅，只知道比例的网络的损失的十分之一",
                    "en": f"a tenth of the loss of who knows only the shares of {shares[1]} images",
                },
            ),
        }
    for name in ODD:
        log, fall = logs()[name], fall_epoch(logs()[name])
        found[f"published.{name}.level"] = Value(
            _both(f"{plateau_level(log):.4f}"),
            {
                "zh": "停住的一段所打印的平均，不计第 1 轮",
                "en": "mean of what it prints on its plateau, the first epoch left out",
            },
        )
        found[f"published.{name}.fall_epoch"] = (
            _plain(count(fall)) if fall else _missing("没有下降", "it does not fall")
        )
        for judgement in judgements(name, evidence):
            found |= {
                f"published.{name}.{judgement.part}.{key}": value
                for key, value in _of_judgement(judgement).items()
            }
    return found


def _of_log(evidence: Evidence, log: Log) -> dict[str, Value]:
    runs = evidence.records.get(log.variant, ())
    placed = place(log, runs) if runs else None
    n = {"n": _plain(count(len(runs)))}
    if placed is None:
        none = (
            _missing("这项研究没有它的训练", "this study has no run of it")
            if not runs
            else _missing(
                "这项研究的训练太短或图像太少",
                "the runs of this study are too short, or have too few images",
            )
        )
        return n | {"inside": none, "as_far": none}
    k, seeds, distance = int(placed.inside.sum()), len(placed.distances), f"{placed.distance:.4f}"
    far = Value(
        {"zh": f"{seeds} 个种子中的 {placed.as_far} 个", "en": f"{placed.as_far} of {seeds}"},
        {
            "zh": f"n = {seeds} 个种子；到其余种子的中位数的距离，不小于原日志到我们中位数的距离 {distance}",
            "en": f"n = {seeds} seeds; no nearer to the median of the others than the log to the median of ours, {distance}",
        },
    )
    return n | {
        "inside": Value(
            {"zh": f"{log.epochs} 轮中的 {k} 轮", "en": f"{k} of {log.epochs}"},
            {
                "zh": f"n = {placed.n} 个种子；各轮打印的平均损失在它们的范围之内",
                "en": f"n = {placed.n} seeds; epochs whose mean printed loss lies within their range",
            },
        ),
        "as_far": far if seeds else _missing("只有一个种子", "one seed only"),
    }


def _of_judgement(judgement: Judgement) -> dict[str, Value]:
    found = {
        "epochs": _plain(f"{judgement.first}–{judgement.last}"),
        "noise": _missing("种子太少", "too few seeds")
        if judgement.noise is None
        else Value(
            _both(f"{judgement.noise.scale:.4f}"),
            {
                "zh": f"t 分布的尺度，自由度 {judgement.noise.freedom}",
                "en": f"scale of Student's t with {judgement.noise.freedom} degrees of freedom",
            },
        ),
    }
    for fit in judgement.fits:
        if fit.state == "judged":
            behind = fit.log_likelihood - judgement.judged[0].log_likelihood
            found[f"{fit.reading}.behind"] = Value(
                _both(f"{behind:.1f}".replace("-", "−")),
                {
                    "zh": f"对数似然 {fit.log_likelihood:.1f}；n = {fit.n} 个种子",
                    "en": f"log-likelihood {fit.log_likelihood:.1f}; n = {fit.n} seeds",
                },
            )
        else:
            found[f"{fit.reading}.behind"] = _UNJUDGED[fit.state]
        found[f"{fit.reading}.alike"] = (
            Value(
                {"zh": f"{fit.n} 个种子中的 {fit.alike} 个", "en": f"{fit.alike} of {fit.n}"},
                {
                    language: f"n = {fit.n}; {said}"
                    for language, said in _ALIKE[judgement.part].items()
                },
            )
            if fit.n
            else found[f"{fit.reading}.behind"]
        )
    return found


_UNJUDGED = {
    "excluded": Value(
        {"zh": "行数不符", "en": "excluded"},
        {"zh": "它每轮打印不出这么多行", "en": "it cannot print so many rows an epoch"},
    ),
    "no runs": Value(
        {"zh": "没有训练", "en": "no runs"},
        {"zh": "这项研究没有它的训练", "en": "this study has no run of it"},
    ),
    "too few": Value(
        {"zh": "种子太少", "en": "too few seeds"},
        {
            "zh": "每种解读都不到两个种子，定不出噪声",
            "en": "no reading has two seeds to fit the noise to",
        },
    ),
    "not comparable": Value(
        {"zh": "不能相比", "en": "not comparable"},
        {
            "zh": "这项研究的训练太短或图像太少",
            "en": "the runs of this study are too short, or have too few images",
        },
    ),
}
_ALIKE = {
    "whole": {
        "zh": f"停住的水平与日志相差不到 {100 * NEAR:.0f} %，并且和日志一样降或不降的种子",
        "en": f"seeds that stay within {100 * NEAR:.0f} % of its level, and fall if and only if it does",
    },
    "plateau": {
        "zh": f"停住的水平与日志相差不到 {100 * NEAR:.0f} % 的种子",
        "en": f"seeds that stay within {100 * NEAR:.0f} % of its level",
    },
    "fall": {
        "zh": f"最后一轮降到平台的 {100 * FALLEN:.0f} % 以下的种子",
        "en": f"seeds whose last epoch lies below {100 * FALLEN:.0f} % of the plateau",
    },
}


def _of_demonstration(shown: DemonstrationRecord) -> dict[str, Value]:
    return {name: Value(_both(text), {"zh": zh, "en": en}) for name, text, zh, en in told(shown)}


def _both(text: str) -> dict[str, str]:
    return dict.fromkeys(LANGUAGES, text)


def _plain(text: str, note: str = "") -> Value:
    return Value(_both(text), _both(note))


def _loss(nats: float) -> dict[str, str]:
    if np.isinf(nats):
        return {"zh": "发散", "en": "diverged"}
    return _both(f"{nats:.4f}" if nats >= 1e-4 else number(nats, 1))


def _missing(zh: str, en: str) -> Value:
    return Value(_both("—"), {"zh": zh, "en": en})


def _none_solved() -> Value:
    return _missing("没有种子学会", "no seed solved the task")


def _out_of(done: np.ndarray) -> Value:
    k, n = int(done.sum()), len(done)
    return Value({"zh": f"{n} 个种子中的 {k} 个", "en": f"{k} of {n}"}, _share(done).note)


def _share(done: np.ndarray) -> Value:
    k, n, low, high = share(int(done.sum()), len(done))
    digits = decimals(n)
    text = f"{percent(k / n, digits)} [{percent(low, digits, sign=False)}, {percent(high, digits, sign=False)}]"
    return Value(
        _both(text),
        {
            "zh": f"n = {n} 个种子，95 % Wilson 区间 {percent(low, digits)} 至 {percent(high, digits)}",
            "en": f"n = {n} seeds, 95 % Wilson interval {percent(low, digits)} to {percent(high, digits)}",
        },
    )


def _accuracy(fractions: np.ndarray, images: int) -> Value:
    return _median(fractions, lambda x: _both(percent(x, decimals(images))))


def _median(numbers: np.ndarray, write) -> Value:
    """The median of one number per seed, with the range in the note; `write` gives a number's text by language."""
    middle, low, high, n = spread(numbers)
    return Value(
        write(middle),
        {
            "zh": f"n = {n} 个种子，中位数；最小 {write(low)['zh']}，最大 {write(high)['zh']}",
            "en": f"median of n = {n} seeds; least {write(low)['en']}, most {write(high)['en']}",
        },
    )
