"""Figures of layers, kernels and maps."""

from __future__ import annotations

import numpy as np

from report_builder.figures.toolkit import pixels
from report_builder.text import percent
from xo.network.measurements import receptive_fields

from ..rendering import EN, contains, strings


def test_network_names_shapes_and_parameters(evidence, drawn):
    said = strings(drawn("network.features"))
    layers = evidence.runs("features")[0].layers
    for layer in layers:
        if layer.kind in ("input", "conv", "pool"):
            assert "×".join(map(str, layer.shape)) in said
        if layer.parameters:
            assert f"{layer.parameters:,}" in said
    assert {"O", "X", "flattened: 20 values"} <= set(said)
    assert len(drawn("network.features").drawing.rows) == len(layers)
    patches = [
        patch
        for patch in drawn("network.features").drawing.figure.axes[0].patches
        if patch.get_facecolor()[3] > 0
    ]
    assert (
        len(patches) == 1 + 9 * 2 + 5 * 4 + 2 + 2
    )  # the input, the maps of six steps, the dense layers, two classes


def test_kernels_are_shown_on_one_scale_with_zero_in_the_middle(evidence, drawn):
    run, drawing = evidence.representative("baseline"), drawn("kernels-conv1.baseline").drawing
    before, after = (run.array(f"conv1.kernel.{when}")[:, 0] for when in ("before", "after"))
    limit = pixels.largest([before, after])
    for kernel in (before[0], after[8], after[8] - before[8]):
        assert contains(drawing, pixels.shades(kernel, -limit, limit, EN.diverging))
    assert [row["after"] for row in drawing.rows] == after.ravel().tolist()
    flips = int((np.sign(before) != np.sign(after)).sum())
    assert f"{flips} change sign" in drawing.title
    assert f"{-limit:.2f}".replace("-", "−") in strings(drawn("kernels-conv1.baseline"))


def test_kernels_of_the_second_layer_stand_in_a_grid_of_outputs_and_inputs(evidence, drawn):
    after = evidence.representative("baseline").array("conv2.kernel.after")
    result = drawn("kernels-conv2.baseline")
    strength = (after**2).sum(axis=(2, 3))
    to, of = np.unravel_index(strength.argmax(), strength.shape)
    assert result.drawing.title == (
        "Baseline: 5×9 kernels of the second layer, the strongest leads from "
        f"input map {of + 1} to output map {to + 1}"
    )
    assert len(result.drawing.rows) == 5 * 9 * 9
    assert {str(i) for i in range(1, 10)} <= set(strings(result))


def test_maps_show_every_channel_of_every_step_on_one_scale(evidence, drawn):
    run, drawing = evidence.representative("features"), drawn("maps2.features").drawing
    steps = {step: run.array(f"maps.{step}")[[0, 2]] for step in ("conv2", "pool2", "relu2")}
    limit = pixels.largest(list(steps.values()))
    for values in steps.values():
        for image, channel in ((0, 0), (1, 4)):
            assert contains(
                drawing, pixels.shades(values[image, channel], -limit, limit, EN.diverging)
            )
    assert len(drawing.rows) == 3 * 2 * 5 and {row["class"] for row in drawing.rows} == {"O", "X"}
    zero = float((steps["relu2"] == 0).mean())
    assert percent(zero) in drawing.title and "one scale" in drawing.caption.lower()


def test_without_pooling_there_is_no_step_after_it(drawn):
    assert {row["step"] for row in drawn("maps1.no-pooling").drawing.rows} == {"conv1", "relu1"}
    assert "pooling:" not in " ".join(strings(drawn("maps1.no-pooling"))).lower().replace(
        "no pooling", ""
    )


def test_levels_frame_what_the_strongest_value_of_each_level_sees(evidence, drawn):
    run = evidence.representative("features")
    fields = receptive_fields(run.layers)
    assert [fields[name] for name in ("conv1", "pool1", "conv2", "pool2", "conv3", "pool3")] == [
        (3, 1),
        (4, 2),
        (8, 2),
        (10, 4),
        (18, 4),
        (22, 8),
    ]
    drawing = drawn("levels").drawing
    assert "4, 10, 22 pixels" in drawing.title
    frames = drawing.figure.artists
    assert len(frames) == 6
    wide = drawing.figure.bbox.width
    scale = frames[0].get_width() * wide / 4  # of the input, in pixels
    assert [round(patch.get_width() * wide / scale) for patch in frames] == [4, 10, 22] * 2


def test_passage_leads_to_the_answer(evidence, drawn):
    result = drawn("passage")
    p = evidence.representative("baseline").array("test_probabilities")[0]
    assert f"O  {percent(float(p[0]))}" in strings(result)
    assert [row["layer"] for row in result.drawing.rows[::2]] == [
        "relu1",
        "relu2",
        "dense1",
        "dense2",
    ]
