"""The table of all figures; finds one by its name and draws it. It imports no matplotlib."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from types import ModuleType
from typing import Literal, NamedTuple

from report_builder.evidence.recording import recording
from report_builder.evidence.study import Evidence
from report_builder.evidence.training_course import compares_settings
from report_builder.figures.comparison import (
    confusion,
    cost_and_success,
    escape,
    learning_rates,
    solved,
    variants_compared,
)
from report_builder.figures.concepts import (
    ablation,
    bottleneck,
    calibration,
    checkerboard,
    dense_matrix,
    fcn_canvas,
    fcn_details,
    few_shot_probes,
    gradient_routing,
    kernel_gradient,
    mixing,
    occlusion,
    padding_stride,
    partial_sums,
    patch_ranks,
    patches,
    pooling_detail,
    pooling_kinds,
    probes,
    receptive_fields,
    sharing,
    shifted_maps,
    shifts,
    sliding_window,
    small_convolution,
)
from report_builder.figures.images import mistakes, one_image, photographs, samples
from report_builder.figures.inside import (
    feature_maps,
    kernels_conv1,
    kernels_conv2,
    levels,
    network,
    passage,
)
from report_builder.figures.original import published_explanations, published_logs
from report_builder.figures.toolkit.description import Description, Drawing
from report_builder.figures.toolkit.letters import writing
from report_builder.figures.toolkit.style import Style
from report_builder.figures.training import (
    accuracy,
    accuracy_by_epoch,
    dead_units,
    fates,
    loss,
    loss_and_accuracy,
    signal,
)
from report_builder.results.withheld import is_withheld
from xo.unknown_names import unknown
from xo.variants import Variant


class Row(NamedTuple):
    """A figure of the whole study or of a variant.

    Its module has `measure(evidence) -> numbers`, a NamedTuple of plain data and arrays (of a
    variant: `measure(evidence, name)`); `draw(numbers, style) -> matplotlib Figure`;
    and `describe(numbers) -> Description`.
    """

    source: ModuleType
    kind: Literal["svg", "png"]
    scope: Literal["study", "variant"]
    convolutions: int = 1  # that a variant must have
    block: int | None = None  # of the network, that it shows: a third argument of `measure`
    demonstration: str = ""  # that it shows, for a figure of the study
    settings: bool = False  # whether it compares settings of training: it takes two of them


FIGURES: dict[str, Row] = {
    "passage": Row(passage, "png", "study"),
    "samples": Row(samples, "png", "study"),
    "solved": Row(solved, "svg", "study"),
    "accuracy-by-epoch": Row(accuracy_by_epoch, "svg", "study"),
    "variants-compared": Row(variants_compared, "svg", "study"),
    "escape": Row(escape, "svg", "study"),
    "cost-and-success": Row(cost_and_success, "svg", "study"),
    "fates": Row(fates, "svg", "study"),
    "dead-units": Row(dead_units, "svg", "study"),
    "loss-and-accuracy": Row(loss_and_accuracy, "svg", "study"),
    "signal": Row(signal, "svg", "study"),
    "learning-rates": Row(learning_rates, "svg", "study", settings=True),
    "published-logs": Row(published_logs, "svg", "study"),
    "published-readings": Row(published_explanations, "svg", "study"),
    "levels": Row(levels, "png", "study"),
    "small-convolution": Row(small_convolution, "png", "study", demonstration="convolution"),
    "padding-stride": Row(padding_stride, "png", "study", demonstration="convolution"),
    "dense-matrix": Row(dense_matrix, "png", "study", demonstration="convolution"),
    "sliding-window": Row(sliding_window, "png", "study", demonstration="windows"),
    "receptive-fields": Row(receptive_fields, "png", "study", demonstration="windows"),
    "shifted-maps": Row(shifted_maps, "png", "study", demonstration="sharing"),
    "shifts": Row(shifts, "svg", "study", demonstration="shifts"),
    "sharing": Row(sharing, "svg", "study", demonstration="sharing"),
    "pooling-kinds": Row(pooling_kinds, "png", "study", demonstration="pooling"),
    "pooling-detail": Row(pooling_detail, "png", "study", demonstration="pooling"),
    "fcn-canvas": Row(fcn_canvas, "png", "study", demonstration="fcn"),
    "fcn-details": Row(fcn_details, "png", "study", demonstration="fcn"),
    "checkerboard": Row(checkerboard, "png", "study", demonstration="fcn"),
    "probes": Row(probes, "svg", "study", demonstration="probes"),
    "few-shot-probes": Row(few_shot_probes, "svg", "study", demonstration="few-shot-probes"),
    "patches": Row(patches, "png", "study", demonstration="patches"),
    "patch-ranks": Row(patch_ranks, "png", "study", demonstration="patches"),
    "occlusion": Row(occlusion, "png", "study", demonstration="interventions"),
    "ablation": Row(ablation, "svg", "study", demonstration="interventions"),
    "partial-sums": Row(partial_sums, "png", "study", demonstration="partial-sums"),
    "mixing": Row(mixing, "png", "study", demonstration="mixing"),
    "bottleneck": Row(bottleneck, "svg", "study", demonstration="bottleneck"),
    "kernel-gradient": Row(kernel_gradient, "png", "study", demonstration="backward"),
    "gradient-routing": Row(gradient_routing, "png", "study", demonstration="backward"),
    "calibration": Row(calibration, "svg", "study", demonstration="calibration"),
    "photographs": Row(photographs, "png", "study", demonstration="photographs"),
    "network": Row(network, "svg", "variant"),
    "loss": Row(loss, "svg", "variant"),
    "accuracy": Row(accuracy, "svg", "variant"),
    "confusion": Row(confusion, "svg", "variant"),
    "mistakes": Row(mistakes, "png", "variant"),
    "one-image": Row(one_image, "png", "variant"),
    "kernels-conv1": Row(kernels_conv1, "png", "variant"),
    "kernels-conv2": Row(kernels_conv2, "png", "variant", convolutions=2),
    "maps1": Row(feature_maps, "png", "variant", block=1),
    "maps2": Row(feature_maps, "png", "variant", block=2, convolutions=2),
    "maps3": Row(feature_maps, "png", "variant", block=3, convolutions=3),
}


def names(evidence: Evidence) -> list[str]:
    """The names of all figures that can be drawn of a study: `samples`, `loss.baseline`, ..."""
    if not evidence.rows:
        return []
    return [
        name if row.scope == "study" else f"{name}.{variant.name}"
        for name, row in FIGURES.items()
        for variant in (evidence.rows[:1] if row.scope == "study" else evidence.rows)
        if _applies(row, variant, evidence) and not is_withheld("figure", name, evidence)
    ]


def find(name: str, evidence: Evidence) -> tuple[Row, str | None]:
    """The row of `loss.baseline` and the name of its variant, None for a figure of the whole study.

    Raises InputError for an unknown name.
    """
    with recording():  # apart: what other figures can be drawn decides nothing about this one
        known = names(evidence)
    if name not in known:
        study = ", ".join(figure for figure, row in FIGURES.items() if row.scope == "study")
        variant = ", ".join(figure for figure, row in FIGURES.items() if row.scope == "variant")
        raise unknown(
            "figure",
            name,
            known,
            f"{study}, and with a variant's name, as in loss.baseline, {variant} "
            f"(the study has {', '.join(v.name for v in evidence.rows) or 'no run yet'})",
        )
    figure, _, variant_name = name.partition(".")
    return FIGURES[figure], variant_name or None


def _row_and_scope(name: str, evidence: Evidence) -> tuple[Row, tuple[str | int, ...]]:
    """The row of a figure, and what its `measure` is given beside the evidence."""
    row, variant = find(name, evidence)
    return row, tuple(each for each in (variant, row.block) if each is not None)


def _applies(row: Row, variant: Variant, evidence: Evidence) -> bool:
    if row.demonstration:
        return evidence.can_show(row.demonstration)
    if row.settings:
        return compares_settings(evidence.rows)
    return row.scope == "study" or len(variant.channels) >= row.convolutions


def code_of(row: Row) -> tuple[str, ...]:
    """The functions that draw a figure, as `report_builder.figures.training.loss:draw`."""
    functions = (row.source.measure, row.source.draw, row.source.describe)
    return tuple(f"{function.__module__}:{function.__name__}" for function in functions)


def draw(name: str, evidence: Evidence, style: Style) -> Drawing:
    """Draws one figure by its name, such as `loss.baseline`; writes nothing."""
    (drawing,) = draw_styles(name, evidence, (style,))
    return drawing


def describe(name: str, evidence: Evidence) -> Description:
    """What a figure says, without drawing it."""
    row, scope = _row_and_scope(name, evidence)
    with writing(evidence.data.classes):
        return row.source.describe(row.source.measure(evidence, *scope))


def draw_styles(name: str, evidence: Evidence, styles: Iterable[Style]) -> Iterator[Drawing]:
    """Draws one figure in several styles; it is measured and described once."""
    row, scope = _row_and_scope(name, evidence)
    with writing(evidence.data.classes) as letters:
        numbers = row.source.measure(evidence, *scope)
        words = row.source.describe(numbers)
    for style in styles:
        style = replace(style, families=letters.families)
        with style.applied():
            figure = row.source.draw(numbers, style)
        title, alt, caption = (
            text[style.language] for text in (words.title, words.alt, words.caption)
        )
        yield Drawing(figure, title, alt, caption, words.rows, style)
