"""The single numbers that prose may quote, by name: `baseline.test_accuracy`, `data.test_images`, `study.runs`.

A value is its text in both languages and a note (n, interval, what is meant) that the page shows on demand.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from report_builder.evidence import Evidence, curve, escape_epochs, share, solved, spread
from report_builder.wording import LANGUAGES, count, gigabytes, percent, seconds
from xo.data import DataSet
from xo.records import Record
from xo.variants import Variant


class Value(NamedTuple):
    text: dict[str, str]  # by language
    note: dict[str, str]


class Part(NamedTuple):
    """The values that one function makes."""

    code: str  # where that function is, as "report_builder.values:_of_cost"
    variant: str | None  # whose runs they rest on; None: those of all variants; "": none
    values: dict[str, Value]  # by full name


def parts(evidence: Evidence) -> list[Part]:
    """Every value that the evidence bears, together with those that rest on the same."""
    found = [_part(_of_study, None, _of_study(evidence)), _part(_of_data, "", _of_data(evidence.data))]
    for variant in evidence.variants:
        runs = evidence.runs(variant.name)
        found += [_part(_of_network, variant.name, _of_network(runs[0], variant)),
                  _part(_of_outcome, variant.name, _of_outcome(runs)),
                  _part(_of_cost, variant.name, _of_cost(runs)),
                  _part(_of_representative, variant.name, _of_representative(evidence, variant.name))]
    return found


def values(evidence: Evidence) -> dict[str, Value]:
    """Every value that the evidence bears, by name."""
    return {name: value for part in parts(evidence) for name, value in part.values.items()}


def _part(function: Callable[..., dict[str, Value]], variant: str | None, made: dict[str, Value]) -> Part:
    named = {f"{variant}.{name}": value for name, value in made.items()} if variant else made
    return Part(f"{function.__module__}:{function.__name__}", variant, named)


def _of_study(evidence: Evidence) -> dict[str, Value]:
    seeds = sorted({len(runs) for runs in evidence.records.values()})
    return {
        "study.name": _plain(evidence.study),
        "study.runs": _plain(count(sum(map(len, evidence.records.values())))),
        "study.seeds": Value(*[_spell(zh="至", en=" to ", low=seeds[0], high=seeds[-1])] * 2),
    }


def _of_data(data: DataSet) -> dict[str, Value]:
    height, width = data.image_size
    return {
        "data.name": _plain(data.name),
        "data.digest": _plain(data.digest[:12], f"SHA-256 {data.digest}"),
        "data.classes": Value({"zh": "、".join(data.classes), "en": ", ".join(data.classes)}, _both("")),
        "data.train_images": _plain(count(len(data.train.labels))),
        "data.test_images": _plain(count(len(data.test.labels))),
        "data.height": _plain(count(height)),
        "data.width": _plain(count(width)),
    }


def _of_network(run: Record, variant: Variant) -> dict[str, Value]:
    rows = {row["name"]: row for row in run.meta["layers"]}
    blocks = len(variant.channels)
    maps = {f"map{k}": _plain(count(rows[f"relu{k}"]["shape"][-1])) for k in range(1, blocks + 1)}
    return {
        "parameters": _plain(count(run.meta["parameters"])),
        "multiply_adds": _plain(count(sum(row["multiply_adds"] for row in rows.values()))),
        "dense_input": _plain(count(int(np.prod(rows[f"relu{blocks}"]["shape"])))),
        "epochs": _plain(count(len(run.meta["epochs"]))),
        "lr": _plain(f"{run.meta['variant']['lr']:g}"),
        "batch_size": _plain(count(run.meta["variant"]["batch_size"])),
        **maps,
    }


def _of_outcome(runs: tuple[Record, ...]) -> dict[str, Value]:
    images = len(runs[0].meta["test_ids"])
    accuracy = curve(runs, "test_accuracy")[:, -1]
    done = solved(runs)
    epochs = escape_epochs(runs)
    of_solved = epochs[np.isfinite(epochs)]
    return {
        "n": _plain(count(len(runs))),
        "solved": _out_of(done),
        "solved_share": _share(done),
        **{f"solved_by_{epoch}": _out_of(solved(runs, epoch)) if epoch <= len(runs[0].meta["epochs"])
           else _missing(f"训练不到 {epoch} 轮", f"trained for fewer than {epoch} epochs") for epoch in (10, 20)},
        "test_accuracy": _accuracy(accuracy, images),
        "accuracy_solved": _accuracy(accuracy[done], images) if done.any() else _none_solved(),
        "final_loss": _median(curve(runs, "train_loss")[:, -1], lambda x: _both(f"{x:.4f}" if x >= 1e-4 else f"{x:.1g}")),
        "escape_epoch": _median(of_solved, lambda x: _both(f"{x:g}")) if len(of_solved) else _none_solved(),
    }


def _of_cost(runs: tuple[Record, ...]) -> dict[str, Value]:
    costs = [run.meta["cost"] for run in runs]
    found = {
        "epoch_seconds": _median(np.array([np.median(cost["epoch_seconds"]) for cost in costs]), seconds),
        "train_seconds": _median(np.array([cost["train_seconds"] for cost in costs]), seconds),
    }
    peaks = [cost["peak_memory_bytes"] for cost in costs if cost["peak_memory_bytes"]]
    found["peak_memory"] = (_median(np.array(peaks), lambda x: _both(gigabytes(x))) if peaks
                            else _missing("此系统不提供", "not told by that system"))
    return found


def _of_representative(evidence: Evidence, variant: str) -> dict[str, Value]:
    run = evidence.representative(variant)
    confusion = np.array(run.meta["confusion"])
    return {
        "seed": _plain(str(run.seed)),
        "mistakes": _plain(count(int(confusion.sum() - np.trace(confusion)))),
    }


def _both(text: str) -> dict[str, str]:
    return dict.fromkeys(LANGUAGES, text)


def _plain(text: str, note: str = "") -> Value:
    return Value(_both(text), _both(note))


def _missing(zh: str, en: str) -> Value:
    return Value(_both("—"), {"zh": zh, "en": en})


def _none_solved() -> Value:
    return _missing("没有种子学会", "no seed solved the task")


def _spell(zh: str, en: str, low: int, high: int) -> dict[str, str]:
    return {language: f"{low}" if low == high else f"{low}{word}{high}" for language, word in (("zh", zh), ("en", en))}


def _out_of(done: np.ndarray) -> Value:
    k, n = int(done.sum()), len(done)
    return Value({"zh": f"{n} 个种子中的 {k} 个", "en": f"{k} of {n}"}, _share(done).note)


def _share(done: np.ndarray) -> Value:
    k, n, low, high = share(int(done.sum()), len(done))
    text = f"{percent(k / n, n)} [{percent(low, n, sign=False)}, {percent(high, n, sign=False)}]"
    return Value(_both(text), {"zh": f"n = {n} 个种子，95 % Wilson 区间 {percent(low, n)} 至 {percent(high, n)}",
                               "en": f"n = {n} seeds, 95 % Wilson interval {percent(low, n)} to {percent(high, n)}"})


def _accuracy(fractions: np.ndarray, images: int) -> Value:
    return _median(fractions, lambda x: _both(percent(x, images)))


def _median(numbers: np.ndarray, write) -> Value:
    """The median of one number per seed, with the range in the note; `write` gives a number's text by language."""
    middle, low, high, n = spread(numbers)
    return Value(write(middle), {"zh": f"n = {n} 个种子，中位数；最小 {write(low)['zh']}，最大 {write(high)['zh']}",
                                 "en": f"median of n = {n} seeds; least {write(low)['en']}, most {write(high)['en']}"})
