"""Kernels before and after training, and as a grid of outputs and inputs."""

from __future__ import annotations

import numpy as np

from report_builder.figures.inside import kernels_conv1, kernels_conv2
from report_builder.figures.toolkit import pixels

from ..pictures import EN, contains, drawn, words


def test_first_kernels_are_shown_on_one_scale_with_zero_in_the_middle(evidence):
    run, numbers = evidence.representative("baseline"), kernels_conv1.measure(evidence, "baseline")
    figure, text = drawn(kernels_conv1, numbers), kernels_conv1.describe(numbers)
    before, after = run.array("conv1.kernels")[:, :, 0]  # the study's runs hold no epoch between
    limit = pixels.largest([before, after])
    for kernel in (before[0], after[8], after[8] - before[8]):
        assert contains(figure, pixels.shades(kernel, -limit, limit, EN.diverging))
    assert [row["after"] for row in text.rows] == after.ravel().tolist()
    flips = int((np.sign(before) != np.sign(after)).sum())
    assert numbers.changed_signs == flips and f"{flips} change sign" in text.title.en
    assert f"{-limit:.2f}".replace("-", "−") in words(figure)


def test_second_kernels_stand_in_a_grid_of_outputs_and_inputs(evidence):
    after = evidence.representative("baseline").array("conv2.kernels")[-1]
    numbers = kernels_conv2.measure(evidence, "baseline")
    text, figure = kernels_conv2.describe(numbers), drawn(kernels_conv2, numbers)
    strength = (after**2).sum(axis=(2, 3))
    output, source = numbers.strongest
    assert strength[output, source] == strength.max()
    assert text.title.en == (
        "Baseline: 5×9 kernels of the second layer, the strongest leads from "
        f"input map {source + 1} to output map {output + 1}"
    )
    assert len(text.rows) == 5 * 9 * 9
    assert {str(i) for i in range(1, 10)} <= set(words(figure))
