"""Values that compare the original's logs with our runs: where each log lies among them, which
explanation fits.
"""

from __future__ import annotations

import numpy as np

from report_builder.evidence.estimates import entropy, proportion_test
from report_builder.evidence.fates import chance_accuracy
from report_builder.evidence.log_explanations import (
    EXPLANATIONS,
    FALLEN,
    NEAR,
    SUSPECT_LOGS,
    Comparison,
    Explanation,
    Fit,
    compare_explanations,
    fall_epoch,
    plateau_level,
)
from report_builder.evidence.original_logs import (
    Log,
    Placement,
    fact_numbers,
    falling,
    log_title,
    logs,
    place,
    rows_per_epoch,
)
from report_builder.evidence.study import Evidence
from report_builder.results.forms import dash, plain
from report_builder.results.report import Value
from report_builder.text import EMPTY, Text, count, number, percent, same

Values = dict[str, Value]

OUT_OF_SEEDS = Text("{n} 个种子中的 {k} 个", "{k} of {n}")
TOO_SHORT = Text(
    "这项研究的训练太短或图像太少", "the runs of this study are too short, or have too few images"
)
NOT_COMPARED = {
    "excluded": Value(
        Text("行数不符", "excluded"),
        Text("它每轮打印不出这么多行", "it cannot print so many rows an epoch"),
    ),
    "no runs": Value(
        Text("没有训练", "no runs"), Text("这项研究没有它的训练", "this study has no run of it")
    ),
    "too few": Value(
        Text("种子太少", "too few seeds"),
        Text("每种解读都不到两个种子，定不出噪声", "no reading has two seeds to fit the noise to"),
    ),
    "not comparable": Value(Text("不能相比", "not comparable"), TOO_SHORT),
}
ALIKE = {
    "whole": Text(
        f"停住的水平与日志相差不到 {100 * NEAR:.0f} %，并且和日志一样降或不降的种子",
        f"seeds that stay within {100 * NEAR:.0f} % of its level, and fall if and only if it does",
    ),
    "plateau": Text(
        f"停住的水平与日志相差不到 {100 * NEAR:.0f} % 的种子",
        f"seeds that stay within {100 * NEAR:.0f} % of its level",
    ),
    "fall": Text(
        f"最后一轮降到平台的 {100 * FALLEN:.0f} % 以下的种子",
        f"seeds whose last epoch lies below {100 * FALLEN:.0f} % of the plateau",
    ),
}


def original_values(evidence: Evidence) -> Values:
    """`published.baseline.inside`, `published.folders.level`, `published.no-
    pooling.fall.uneven.behind`, ...
    """
    found: Values = _prefixed("published", _of_falls(evidence) | _of_attempts(evidence))
    for name, log in logs().items():
        found |= _prefixed(f"published.{name}", _of_log(evidence, log))
    for name, explanation in EXPLANATIONS.items():
        found |= _prefixed(f"published.{name}", _of_explanation(explanation))
    for name in SUSPECT_LOGS:
        found |= _prefixed(f"published.{name}", _of_plateau(logs()[name]))
        for comparison in compare_explanations(name, evidence):
            found |= _prefixed(f"published.{name}.{comparison.part}", _of_comparison(comparison))
    return found


def _prefixed(prefix: str, found: Values) -> Values:
    return {f"{prefix}.{name}": value for name, value in found.items()}


def _of_log(evidence: Evidence, log: Log) -> Values:
    runs = evidence.runs(log.variant)
    placement = place(log, runs) if runs else None
    n = {"n": plain(count(len(runs)))}
    if placement is None:
        missing = Value(same("—"), TOO_SHORT if runs else NOT_COMPARED["no runs"].note)
        return n | {"inside": missing, "as_far": missing}
    inside = Value(
        Text("{epochs} 轮中的 {k} 轮", "{k} of {epochs}").format(
            epochs=log.epochs, k=int(placement.inside.sum())
        ),
        Text(
            "n = {n} 个种子；各轮打印的平均损失在它们的范围之内",
            "n = {n} seeds; epochs whose mean printed loss lies within their range",
        ).format(n=placement.n),
    )
    seeds = len(placement.distances)
    as_far = Value(
        OUT_OF_SEEDS.format(n=seeds, k=placement.as_far),
        Text(
            "n = {n} 个种子；到其余种子的中位数的距离，不小于原日志到我们中位数的距离 {distance}",
            "n = {n} seeds; no nearer to the median of the others than the log to the median of "
            "ours, {distance}",
        ).format(n=seeds, distance=f"{placement.distance:.4f}"),
    )
    return n | {
        "inside": inside,
        "as_far": as_far if seeds else dash("只有一个种子", "one seed only"),
    }


def _of_falls(evidence: Evidence) -> Values:
    """How many of our seeds print less than each log while it falls, in the epoch with the most;
    and of how many logs that is none.

    Left out are the suspect logs, whose networks learned something else.
    """
    most: dict[str, tuple[int, Placement]] = {}
    found: Values = {}
    for name, log in logs().items():
        epochs = np.flatnonzero(falling(log)) + 1
        if name in SUSPECT_LOGS or not len(epochs):
            found[f"{name}.below_in_fall"] = dash("不比较", "not compared")
            continue
        runs = evidence.runs(log.variant)
        placement = place(log, runs) if runs else None
        if placement is None:
            reason = TOO_SHORT if runs else NOT_COMPARED["no runs"].note
            found[f"{name}.below_in_fall"] = Value(same("—"), reason)
            continue
        below = placement.below[epochs - 1]
        most[name] = int(below.max()), placement
        found[f"{name}.below_in_fall"] = Value(
            OUT_OF_SEEDS.format(n=placement.n, k=int(below.max())),
            Text(
                "它下降的第 {first} 至 {last} 轮里，打印得比它少的种子，取最多的一轮",
                "seeds that print less than it in one of the epochs {first} to {last}, in which it "
                "falls; the epoch with the most",
            ).format(first=epochs[0], last=epochs[-1]),
        )
    ahead = [name for name, (seeds, _) in most.items() if not seeds]
    titles = [log_title(logs()[name]) for name in ahead]
    listed = Text("；".join(each.zh for each in titles), "; ".join(each.en for each in titles))
    seeds = ", ".join(str(placement.n) for _, placement in most.values())
    found["ahead_of_all"] = (
        Value(
            Text(
                "{m} 份下降的日志中有 {k} 份，在下降的每一轮都比我们所有的种子低",
                "{k} of the {m} logs that fall print less than all of our seeds in every epoch of "
                "the fall",
            ).format(m=len(most), k=len(ahead))
            + (Text("（{titles}）", " ({titles})").format(titles=listed) if ahead else EMPTY),
            Text("n = {n} 个种子", "n = {n} seeds").format(n=seeds),
        )
        if most
        else Value(
            Text("这项研究没有可比的训练", "This study has no runs to compare them with"), TOO_SHORT
        )
    )
    return found


def _of_attempts(evidence: Evidence) -> Values:
    """What five or six in ten right of the original's test images can mean, and how many of our
    seeds of that network end so after as many epochs.
    """
    low, high = (share / 100 for share in fact_numbers("ten-epochs.accuracy"))
    (images,), (epochs,) = map(fact_numbers, ("settings.test_images", "settings.epochs"))
    right, images = round(high * images), int(images)
    z, p = proportion_test(right, images, low)
    runs = [run for run in evidence.runs("three-conv") if len(run.epochs) >= epochs]
    reached = [run.epochs[int(epochs) - 1].test_accuracy for run in runs]
    guess = [chance_accuracy(run) for run in runs]
    alike = sum(abs(a - b) < 1e-9 for a, b in zip(reached, guess))
    between = sum(b + 1e-9 < a <= b + high - low for a, b in zip(reached, guess))
    n = len(runs)
    counted = {
        "blind": (
            alike,
            Text(
                "第 {epochs} 轮后的测试准确率恰好等于总答一类的种子",
                "seeds whose test accuracy after epoch {epochs} is exactly that of one class",
            ),
        ),
        "above": (
            between,
            Text(
                "第 {epochs} 轮后的测试准确率高于总答一类、但不多于 {points} 个百分点的种子",
                "seeds whose test accuracy after epoch {epochs} is above that of one class, by "
                "{points} points at most",
            ),
        ),
    }
    return {
        "ten-epochs.right": plain(count(right)),
        "ten-epochs.z": Value(
            same(f"{z:.1f}"),
            Text(
                "随机猜测时，{images} 幅中判对 {right} 幅或更多超出期望几个标准差；单侧 p = {p}",
                "standard deviations by which {right} of {images} right exceed what guessing "
                "gives; one-sided p = {p}",
            ).format(images=images, right=right, p=number(p, 1)),
        ),
        "ten-epochs.p": Value(
            same(number(p, 1)),
            Text(
                "二项分布：每幅以 {low} 的概率猜对，{images} 幅中猜对 {right} 幅或更多",
                "binomial: guessing each right with probability {low}, {right} or more of {images}",
            ).format(low=percent(low), images=images, right=right),
        ),
        **{
            f"ten-epochs.{name}": Value(
                OUT_OF_SEEDS.format(n=n, k=k),
                same(f"n = {n}; ")
                + meaning.format(epochs=int(epochs), points=f"{100 * (high - low):g}"),
            )
            if n
            else Value(same("—"), TOO_SHORT)
            for name, (k, meaning) in counted.items()
        },
    }


def _of_explanation(explanation: Explanation) -> Values:
    counts = [count(images) for images in explanation.images]
    return {
        "rows": plain(count(rows_per_epoch(sum(explanation.images)))),
        "level": Value(
            same(f"{entropy(explanation.images) / 10:.4f}"),
            Text(
                f"两类 {'、'.join(counts)} 幅，只知道比例的网络的损失的十分之一",
                "a tenth of the loss of a network that knows only the shares of "
                f"{' + '.join(counts)} images",
            ),
        ),
    }


def _of_plateau(log: Log) -> Values:
    fall = fall_epoch(log)
    return {
        "level": Value(
            same(f"{plateau_level(log):.4f}"),
            Text(
                "停住的一段所打印的平均，首轮不计",
                "mean of what it prints on its plateau, the first epoch left out",
            ),
        ),
        "fall_epoch": plain(count(fall)) if fall else dash("没有下降", "it does not fall"),
    }


def _of_comparison(comparison: Comparison) -> Values:
    noise = comparison.noise
    found = {
        "epochs": plain(f"{comparison.first}–{comparison.last}"),
        "noise": dash("种子太少", "too few seeds")
        if noise is None
        else Value(
            same(f"{noise.scale:.4f}"),
            Text(
                f"t 分布的尺度，自由度 {noise.freedom}",
                f"scale of Student's t with {noise.freedom} degrees of freedom",
            ),
        ),
    }
    for fit in comparison.fits:
        behind = _behind(fit, comparison)
        alike = Value(
            OUT_OF_SEEDS.format(n=fit.n, k=fit.alike),
            same(f"n = {fit.n}; ") + ALIKE[comparison.part],
        )
        found |= {
            f"{fit.explanation}.behind": behind,
            f"{fit.explanation}.alike": alike if fit.n else behind,
        }
    return found


def _behind(fit: Fit, comparison: Comparison) -> Value:
    """By how much an explanation is less likely than the likeliest."""
    if fit.state != "compared":
        return NOT_COMPARED[fit.state]
    behind = fit.log_likelihood - comparison.ranked[0].log_likelihood
    return Value(
        same(f"{behind:.1f}".replace("-", "−")),
        Text(
            f"对数似然 {fit.log_likelihood:.1f}；n = {fit.n} 个种子",
            f"log-likelihood {fit.log_likelihood:.1f}; n = {fit.n} seeds",
        ),
    )
