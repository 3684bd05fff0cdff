"""The single numbers that prose may quote, by name: `baseline.test_accuracy`, `data.test_images`,
`study.runs`.

A random result never comes without its n: it stands in the value's note.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

import numpy as np

from report_builder.evidence.estimates import (
    curve,
    entropy,
    epoch_seconds,
    first_solved_epoch,
    share,
    solved,
    spread,
)
from report_builder.evidence.fates import (
    LEFT_CHANCE,
    SILENT,
    THROWN_OFF,
    Fate,
    count_fates,
)
from report_builder.evidence.recording import Origin, recorded
from report_builder.evidence.study import Evidence
from report_builder.results.demonstration_values import demonstration_values
from report_builder.results.exercises import exercise_values
from report_builder.results.fate_words import (
    FATE_MEANINGS,
    FATE_VALUES,
    fates_in_words,
    goal_in_words,
)
from report_builder.results.findings import (
    DIFFERENT,
    FEWEST,
    MOST,
    NEARLY_ALL,
    RARE,
    RUNS_TO_CALL_RARE,
    SIGNIFICANT,
)
from report_builder.results.forms import dash, interval, plain
from report_builder.results.original_claims import GAP, SLOWER
from report_builder.results.original_values import original_values
from report_builder.results.report import Value
from report_builder.results.training_values import training_values
from report_builder.text import (
    Text,
    count,
    decimals,
    gigabytes,
    number,
    percent,
    plural,
    same,
    seconds,
)
from xo.data.card import goal
from xo.data.strokes import USUAL
from xo.demonstrations.table import DEMONSTRATIONS
from xo.network.measurements import receptive_fields
from xo.runs.record import RunRecord

Values = dict[str, Value]

NONE_SOLVED = dash("没有种子学会", "no seed solved the task")


def values(evidence: Evidence) -> Values:
    """Every value that the evidence yields, by name."""
    return {name: value for group, _ in value_groups(evidence) for name, value in group.items()}


def value_groups(evidence: Evidence) -> Iterator[tuple[Values, Origin]]:
    """Every value, with those that are computed together, and where these come from."""
    yield recorded(_of_study, evidence)
    yield recorded(_of_data, evidence)
    for variant in evidence.variants:
        for function in (_of_network, _of_outcome, _of_cost, _of_representative):
            group, origin = recorded(function, evidence, variant.name)
            yield {f"{variant.name}.{name}": value for name, value in group.items()}, origin
    if evidence.variants:
        yield recorded(training_values, evidence)
    for name in DEMONSTRATIONS:
        if evidence.can_show(name):
            yield recorded(demonstration_values, evidence, name)
    if evidence.embedded:
        yield recorded(original_values, evidence)
    yield recorded(rule_values)
    yield recorded(exercise_values)


def rule_values() -> Values:
    """The sizes and numbers by which claims and fates are decided, as pages state them."""
    shares = {
        "most": MOST.matters,
        "over_half": MOST.excluded,
        "nearly_all": NEARLY_ALL.matters,
        "not_all": NEARLY_ALL.excluded,
        "rare": RARE,
        "error": SIGNIFICANT,
        "left_chance": LEFT_CHANCE,
        "silent": SILENT,
    }
    return {
        **{f"rules.{name}": plain(percent(share, 0)) for name, share in shares.items()},
        "rules.usual": plain(percent(USUAL)),
        "rules.error_of_a_side": plain(percent(SIGNIFICANT / 2)),
        "rules.difference": plain(count(round(100 * DIFFERENT.matters))),
        "rules.accuracy": plain(count(round(100 * GAP.matters))),
        "rules.time": plain(percent(float(np.expm1(SLOWER.matters)), 0)),
        "rules.epochs": plain(percent(0.1, 0)),  # of the horizon: see findings.later
        "rules.fewest": plain(count(FEWEST)),
        "rules.runs_to_call_rare": plain(count(RUNS_TO_CALL_RARE)),
        "rules.p": plain(number(SIGNIFICANT, 1)),
        "rules.thrown_off": plain(count(THROWN_OFF)),
    }


def _of_study(evidence: Evidence) -> Values:
    runs = sum(len(evidence.runs(variant.name)) for variant in evidence.variants)
    return {"study.name": plain(evidence.study), "study.runs": plain(count(runs))}


def _of_data(evidence: Evidence) -> Values:
    data, whole = evidence.data, evidence.whole or evidence.data
    height, width = data.image_size
    train = tuple(np.bincount(data.train.labels, minlength=len(data.classes)).tolist())
    guessed = int((data.test.labels == int(np.argmax(train))).sum())
    return {
        "data.name": plain(data.name),
        "data.digest": plain(data.digest[:12], f"SHA-256 {data.digest}"),
        "data.classes": _class_list(data.classes),
        "data.all_train_images": plain(count(len(whole.train.labels))),
        "data.all_test_images": plain(count(len(whole.test.labels))),
        "data.whole_digest": plain(whole.digest[:12], f"SHA-256 {whole.digest}"),
        "data.class_count": plain(count(len(data.classes))),
        "data.chance_loss": Value(
            same(f"{entropy(train):.3f}"),
            Text(
                "交叉熵，只知道各类在训练图像里的比例的网络；各类一样多时是 ln {k}",
                "cross-entropy of a network that knows only the shares of the classes among the "
                "training images; ln {k} where these are equal",
            ).format(k=len(data.classes)),
        ),
        "data.chance_printed": Value(
            same(f"{entropy(train) / 10:.3f}"),
            Text(
                "它的十分之一，train 命令打印的就是它", "a tenth of it, which is what train prints"
            ),
        ),
        "data.chance_accuracy": Value(
            same(percent(guessed / len(data.test.labels))),
            Text(
                "总答训练图像里最多的一类，测试图像中判对的份额",
                "share of the test images that are right when always naming the class that is "
                "commonest in training",
            ),
        ),
        "data.solved_from": plain(goal_in_words(goal(data))),
        "data.train_images": plain(count(len(data.train.labels))),
        "data.test_images": plain(count(len(data.test.labels))),
        "data.height": plain(count(height)),
        "data.width": plain(count(width)),
    }


MOST_LISTED = 10  # classes whose names a sentence lists


def _class_list(names: Sequence[str]) -> Value:
    """The names of the classes, of many the first ones, with all in the note."""
    whole = Text("、".join(names), ", ".join(names))
    if len(names) <= MOST_LISTED:
        return Value(whole)
    first, further = names[:MOST_LISTED], len(names) - MOST_LISTED
    listed = Text("、".join(first), ", ".join(first))
    return Value(listed + Text(f"等 {len(names)} 类", f" and {further} more"), whole)


def _of_network(evidence: Evidence, variant: str) -> Values:
    run = evidence.runs(variant)[0]
    layers = {layer.name: layer for layer in run.layers}
    before_dense = next(a for a, b in pairwise(run.layers) if b.kind == "dense")
    blocks = range(1, len(run.settings.channels) + 1)
    fields = receptive_fields(run.layers)
    return {
        "parameters": plain(count(run.parameters)),
        "multiply_adds": plain(count(sum(layer.multiply_adds for layer in run.layers))),
        "dense_input": plain(count(int(np.prod(before_dense.shape)))),
        "epochs": plain(count(len(run.epochs))),
        "lr": plain(f"{run.settings.lr:g}"),
        "batch_size": plain(count(run.settings.batch_size)),
        **{f"map{k}": plain(count(layers[f"relu{k}"].shape[-1])) for k in blocks},
        **{f"field{k}": plain(count(fields[f"relu{k}"][0])) for k in blocks},
    }


def _of_outcome(evidence: Evidence, variant: str) -> Values:
    runs = evidence.runs(variant)
    images, trained_epochs = len(runs[0].test_ids), len(runs[0].epochs)
    accuracy = curve(runs, "test_accuracy")[:, -1]
    done = solved(runs)
    epochs = first_solved_epoch(runs)
    reached, needed = epochs[np.isfinite(epochs)], goal_in_words(goal(evidence.data))
    return {
        "n": plain(count(len(runs))),
        "solved": _out_of(done),
        "solved_share": _share(done),
        **{
            f"solved_by_{epoch}": _out_of(solved(runs, epoch))
            if epoch <= trained_epochs
            else dash(f"训练不到 {epoch} 轮", f"trained for fewer than {epoch} epochs")
            for epoch in (10, 20)
        },
        "test_accuracy": _accuracy(accuracy, images),
        "accuracy_solved": _accuracy(accuracy[done], images) if done.any() else NONE_SOLVED,
        "final_loss": _median(curve(runs, "train_loss")[:, -1], _loss),
        "escape_epoch": _median(reached, lambda epoch: same(f"{epoch:g}"))
        if len(reached)
        else dash(f"没有种子达到过 {needed}", f"no seed ever reached {needed}"),
        **_fates(runs),
    }


def _fates(runs: Sequence[RunRecord]) -> Values:
    """How the runs ended: all fates in words, and the number of runs that met each."""
    counts, n = count_fates(runs), len(runs)
    of = Text(f"n = {n} 次训练", f"n = {plural(n, 'run')}")
    return {
        "fates": Value(fates_in_words(counts), of),
        **{f"fates.{FATE_VALUES[fate]}": _fate(fate, k, n) for fate, k in counts.items()},
    }


def _fate(fate: Fate, k: int, n: int) -> Value:
    return Value(
        same(count(k)),
        Text("n = {n} 次训练；{meaning}", "n = {runs}; {meaning}").format(
            n=n, runs=plural(n, "run"), meaning=FATE_MEANINGS[fate]
        ),
    )


def _of_cost(evidence: Evidence, variant: str) -> Values:
    runs = evidence.runs(variant)
    peaks = [run.cost.peak_memory_bytes for run in runs if run.cost.peak_memory_bytes]
    return {
        "epoch_seconds": _median(epoch_seconds(runs), seconds),
        "train_seconds": _median(np.array([run.cost.train_seconds for run in runs]), seconds),
        "peak_memory": _median(np.array(peaks), lambda peak: same(gigabytes(peak)))
        if peaks
        else dash("此系统不提供", "not available on that system"),
    }


def _of_representative(evidence: Evidence, variant: str) -> Values:
    run = evidence.representative(variant)
    confusion = np.array(run.confusion)
    return {
        "seed": plain(str(run.seed)),
        "mistakes": plain(count(int(confusion.sum() - np.trace(confusion)))),
    }


def _loss(nats: float) -> Text:
    if np.isinf(nats):
        return Text("发散", "diverged")
    return same(f"{nats:.4f}" if nats >= 1e-4 else number(nats, 1))


def _out_of(done: np.ndarray) -> Value:
    """How many of the seeds, from `(n,)` bool."""
    k, n = int(done.sum()), len(done)
    return Value(Text(f"{n} 个种子中的 {k} 个", f"{k} of {n}"), _share(done).note)


def _share(done: np.ndarray) -> Value:
    """The share of the seeds with its interval, from `(n,)` bool."""
    found = share(int(done.sum()), len(done))
    k, n, low, high = found
    digits = decimals(n)
    return Value(
        same(f"{percent(k / n, digits)} {interval(found, digits)}"),
        Text(
            "n = {n} 个种子，95 % Wilson 区间 {low} 至 {high}",
            "n = {seeds}, 95 % Wilson interval {low} to {high}",
        ).format(
            n=n, seeds=plural(n, "seed"), low=percent(low, digits), high=percent(high, digits)
        ),
    )


def _accuracy(fractions: np.ndarray, images: int) -> Value:
    return _median(fractions, lambda fraction: same(percent(fraction, decimals(images))))


def _median(numbers: np.ndarray, write: Callable[[float], Text]) -> Value:
    """The median of `(n,)` numbers, one per seed, with their range in the note."""
    middle, low, high, n = spread(numbers)
    note = Text(
        "n = {n} 个种子，中位数；最小 {low}，最大 {high}",
        "median of n = {seeds}; least {low}, most {high}",
    )
    return Value(
        write(middle), note.format(n=n, seeds=plural(n, "seed"), low=write(low), high=write(high))
    )
