"""The network as shapes: every layer with its shape and parameters."""

from __future__ import annotations

from dataclasses import replace

from report_builder.figures.inside import network
from report_builder.figures.inside.network_shapes import SLOT, shapes_to_scale
from report_builder.figures.toolkit.layout import WIDTH
from report_builder.results.values import values
from xo.network.measurements import Layer
from xo.variants import VARIANTS

from ..pictures import drawn, words


def test_names_shapes_and_parameters(evidence):
    numbers = network.measure(evidence, "features")
    figure, layers = drawn(network, numbers), evidence.runs("features")[0].layers
    shown = words(figure)
    for layer in layers:
        if layer.kind in ("input", "conv", "pool"):
            assert "×".join(map(str, layer.shape)) in shown
        if layer.parameters:
            assert f"{layer.parameters:,}" in shown
    assert {"O", "X", "flattened: 20 values"} <= set(shown)
    assert len(network.describe(numbers).rows) == len(layers)
    patches = [patch for patch in figure.axes[0].patches if patch.get_facecolor()[3] > 0]
    # the input, the maps of six steps, the dense layers, two classes
    assert len(patches) == 1 + 9 * 2 + 5 * 4 + 2 + 2


def test_the_head_average_stands_between_the_maps_and_the_output(make_evidence):
    row = replace(VARIANTS["three-conv"], head="average", dense=())
    evidence = make_evidence(variants=(row,), seeds=1)
    numbers = network.measure(evidence, "three-conv")
    shown = words(drawn(network, numbers))
    assert "average\nof a map" in shown and not any("flattened" in each for each in shown)
    assert "the average of each map 3; the output layer 2" in network.describe(numbers).alt.en
    assert values(evidence)["three-conv.dense_input"].text.en == "3"


def test_the_heaviest_layer_stands_in_the_title(evidence):
    numbers = network.measure(evidence, "baseline")
    assert numbers.heaviest.name == "dense1"
    assert network.describe(numbers).title.en.endswith("of them in dense layer 1")


def test_shapes_are_in_proportion_and_do_not_overlap():
    layers = [
        Layer("input", "input", (1, 40, 20), 0, 0),
        Layer("conv1", "conv", (4, 38, 18), 40, 0, 3),
        Layer("logits", "dense", (2,), 5474, 0),
    ]
    image, maps, output = shapes_to_scale(layers, ["O", "X"])
    assert image.tall == 2 * image.wide and maps.tall / image.tall == 38 / 40
    assert maps.depth > image.depth == 0 and output.dense and not maps.dense
    for left, right in ((image, maps), (maps, output)):
        assert right.center - left.center >= (left.slot + right.slot) / 2
    assert image.center - SLOT / 2 > 0 and output.center + output.slot / 2 < WIDTH
