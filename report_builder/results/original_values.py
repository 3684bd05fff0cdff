"""Values that compare the original's logs with our runs: where each log lies among them, which
explanation fits.
"""

from __future__ import annotations

from report_builder.evidence.estimates import entropy
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
from report_builder.evidence.original_logs import Log, logs, place, rows_per_epoch
from report_builder.evidence.study import Evidence
from report_builder.results.forms import dash, plain
from report_builder.results.report import Value
from report_builder.text import Text, count, same

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
    found: Values = {}
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
