"""The fully convolutional network gives the scores of the classifier, each at its place."""

from __future__ import annotations

import resource
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.xo.records import record_of
from xo.data.dataset import DataSet, Split
from xo.demonstrations.canvas import fcn, make_canvas, touching_pair, touching_probabilities
from xo.demonstrations.fcn import (
    Fcn,
    as_fcn,
    edge_map,
    multiply_adds,
    padded_size,
    score_index,
    score_map,
    upsample,
)
from xo.network.evaluate import as_input
from xo.network.measurements import Field, receptive_fields
from xo.network.model import Net, layers, untrained_network
from xo.runs.record import RunRecord
from xo.variants import VARIANTS, Variant

GROUND = 255
SMALL = Variant("baseline", "", "", dense=(24, 8))


def drawn(size: tuple[int, int], classes: int = 2, each: int = 3) -> DataSet:
    """Squares, bars, and for further classes more bars, black on white."""
    h, w = size
    images = np.full((classes * each, h, w), GROUND, np.uint8)
    for i, image in enumerate(images):
        k, at = i // each, 4 + i % each
        image[at : at + h // 2, at : at + 2] = 0
        for bar in range(k + 1):
            image[at + 3 * bar : at + 3 * bar + 2, at : at + w // 2] = 0
    labels = np.repeat(np.arange(classes), each)
    split = Split(labels, tuple(f"c{k}/{i}.png" for i, k in enumerate(labels)), images)
    return DataSet(
        "drawn", Path(), tuple(f"c{k}" for k in range(classes)), size, "digest", split, split
    )


def network(size: tuple[int, int], classes: int = 2, seed: int = 0) -> Net:
    """A small baseline whose answers differ from image to image."""
    net = untrained_network(SMALL, size, classes, seed).eval()
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.mul_(2)
    return net


def fcn_of(net: Net, size: tuple[int, int], variant: Variant = SMALL) -> Fcn:
    return as_fcn(net, receptive_fields(layers(variant, size, 2)), size)


def with_record(net: Net, data: DataSet) -> dict[str, list[tuple[RunRecord, Net]]]:
    return {"baseline": [(record_of(SMALL, data), net)]}


@pytest.mark.parametrize("size", [(116, 116), (40, 47), (33, 30)])
@torch.inference_mode()
def test_every_score_is_what_the_classifier_says_of_its_window(size):
    data, net = drawn(size), network(size)
    model = fcn_of(net, size)
    canvas, _ = make_canvas(model, data, GROUND)
    scores = score_map(model, canvas, GROUND)
    margins = [
        (-field.offset, seen - pixels + field.offset + 4)
        for pixels, seen, field in zip(canvas.shape, padded_size(model, canvas.shape), model.field)
    ]
    padded = np.pad(canvas, margins, constant_values=GROUND)
    rng = np.random.default_rng(0)
    places = [tuple(rng.integers(n) for n in scores.shape[1:]) for _ in range(20)] + [
        (0, 0),
        tuple(n - 1 for n in scores.shape[1:]),
    ]
    windows = np.stack(
        [padded[4 * i : 4 * i + size[0], 4 * j : 4 * j + size[1]] for i, j in places]
    )
    expected = net(as_input(torch.tensor(windows)))
    found = torch.stack([scores[:, i, j] for i, j in places])
    assert expected.std(0).min() > 1e-3  # else all places would say the same
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-4)


@torch.inference_mode()
def test_the_baseline_with_all_its_weights_equals_the_classifier_on_a_crop_of_116x116():
    data = drawn((116, 116))
    net = untrained_network(VARIANTS["baseline"], (116, 116), 2, 0).eval()
    model = fcn_of(net, (116, 116))
    canvas, shapes = make_canvas(model, data, GROUND)
    assert (
        canvas.shape[1] == 350
        and model.dense[0].kernel_size == (27, 27)
        and [layer.kernel_size for layer in model.dense[1:]] == [(1, 1)] * 2
    )
    assert sum(p.numel() for layer in model.dense for p in layer.parameters()) == sum(
        p.numel() for p in net.dense.parameters()
    )
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    scores = score_map(model, canvas, GROUND)
    assert (
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300_000
    )  # kB; all 1200 maps in one go take much more
    for shape in shapes:
        (top, left), image = shape.corner, data.test.images[shape.image]
        assert (canvas[top : top + 116, left : left + 116] == image).all()
        found = scores[:, score_index(top, model.field[0]), score_index(left, model.field[1])]
        torch.testing.assert_close(
            found, net(as_input(torch.tensor(image)[None]))[0], rtol=0, atol=1e-4
        )


def test_receptive_field_of_a_score_is_27_strides_wide():
    model = fcn_of(network((116, 116)), (116, 116))
    assert model.field == (Field(114, 4, -55), Field(114, 4, -55)) and model.first == Field(4, 2, 0)


def test_enlarged_keeps_a_slope_and_its_place():
    """A value that grows with the place on the canvas is found there, for any field."""
    for field, n in ((Field(114, 4, -55), 30), (Field(4, 2, 0), 58)):
        middles = field.offset + field.stride * torch.arange(n) + (field.size - 1) / 2
        slope = middles.expand(1, n, n)  # from left to right
        size = (n * field.stride - 4, n * field.stride - 4)
        large = upsample(slope, (field, field), size)
        inside = slice(field.stride + 2, size[1] - field.stride - 2)
        assert large.shape == (1, *size)
        torch.testing.assert_close(large[0, 20, inside], torch.arange(size[1]).float()[inside])
        torch.testing.assert_close(large[:, 20], large[:, 30])
    assert upsample(torch.ones(2, 9, 9), (Field(114, 4, -55),) * 2, (36, 35)).unique().tolist() == [
        1.0
    ]  # up to the border


@torch.inference_mode()
def test_the_skip_is_bright_on_strokes_and_zero_on_ground():
    data, net = drawn((60, 60)), network((60, 60))
    model = fcn_of(net, (60, 60))
    canvas, shapes = make_canvas(model, data, GROUND)
    found = edge_map(model, canvas, GROUND).numpy()
    ink = np.any([shape.ink for shape in shapes], 0)
    assert (
        (ink == (canvas == 0)).all()
        and found.shape == canvas.shape
        and 0 <= found.min()
        and found.max() <= 1
    )
    assert found[ink].mean() > 0.6 and found[ink].min() > 0.1
    far = (
        torch.nn.functional.max_pool2d(torch.tensor(ink)[None].float(), 13, stride=1, padding=6)[0]
        == 0
    )
    assert (found[far.numpy()] == 0).all()


def test_multiply_adds_of_one_window_are_the_classifiers():
    model = fcn_of(network((40, 40)), (40, 40))
    field = model.field[0]
    assert padded_size(model, (4, 4)) == (field.size, field.size)
    assert multiply_adds(model, (4, 4)) == sum(
        row.multiply_adds for row in layers(SMALL, (field.size, field.size), 2)
    )


def test_touching_shapes_touch_and_do_not_overlap():
    one, other = np.full((2, 9, 8), GROUND, np.uint8)
    one[2:5, 1:4] = other[4:8, 5:7] = 0  # they share row 4 only
    pair, place, centers = touching_pair(one, other, GROUND)
    assert place == (4, 5) and pair.shape == (9, 9) and (pair == 0).sum() == 9 + 8
    assert pair[4].tolist() == [255, 255, 0, 0, 0, 0, 0, 255, 255] and pair[2].tolist() == [
        255,
        255,
        0,
        0,
        0,
        255,
        255,
        255,
        255,
    ]
    assert centers == [(3, 3), (5, 5)]
    assert touching_pair(other, one, GROUND)[0][4].tolist() == [255] * 5 + [0] * 5 + [255] * 4
    apart = np.where(np.arange(9)[:, None] < 2, other[::-1], GROUND).astype(
        np.uint8
    )  # no row in common
    pair, _, _ = touching_pair(one, apart, GROUND)
    assert pair.shape == (9, 16) and (pair[:, :8] == one).all() and (pair[:, 8:] == apart).all()


@pytest.mark.parametrize("size, classes", [((116, 116), 2), ((30, 44), 3)])
def test_what_is_recorded_of_it(size, classes):
    data, net = drawn(size, classes), network(size, classes)
    facts, arrays = fcn(with_record(net, data), data)
    assert facts["crop_difference"] < 1e-4 and facts["crops"] == 6 and facts["shapes"] == 5
    h, w = facts["canvas_height"], facts["canvas_width"]
    assert arrays["canvas"].shape == (h, w) and arrays["large"].shape == arrays["sharp"].shape == (
        classes,
        h,
        w,
    )
    assert (
        arrays["coarse"].shape
        == (classes, facts["heat_height"], facts["heat_width"])
        == (classes, -(-h // 4), -(-w // 4))
    )
    for axis, (seen, first) in enumerate(facts["seen"]):  # a score stands at each image's corner
        assert size[axis] - 4 < seen <= size[axis] and first < 0
        assert all((corner[axis] - first) % facts["stride"] == 0 for corner in facts["corners"])
    np.testing.assert_allclose(arrays["large"].sum(0), 1, rtol=1e-5)
    assert (arrays["sharp"] <= arrays["large"]).all() and arrays["sharp"][
        :, -size[0] // 2 :, -size[1] // 2 :
    ].max() < 1e-3  # the empty place
    assert 0 <= facts["right_pixels"] <= 1
    # The skip is one factor for all classes.
    shared = arrays["sharp"] / arrays["large"]
    np.testing.assert_allclose(shared, shared[:1].repeat(classes, 0), atol=1e-4)
    ink, marked = arrays["canvas"] != GROUND, shared[0] >= facts["marked"]
    assert facts["strokes_marked"] == pytest.approx(marked[ink].mean(), abs=1e-3)
    assert 0 < facts["marks_near"] <= 1 and facts["upsampling_kernel"] == 2 * facts["stride"]
    assert facts["upsampling_least"] == pytest.approx(1) == facts["upsampling_most"]
    assert [each["class"] for each in facts["placed"]] == [
        data.classes[k % classes] for k in range(5)
    ]
    assert facts["fcn_parameters"] == facts["dense_parameters"] and facts["times"] > 1
    with torch.inference_mode():
        empty = net(as_input(torch.full((1, *size), GROUND, dtype=torch.uint8))).softmax(1)[0]
    np.testing.assert_allclose(facts["empty_probabilities"], empty.numpy(), atol=1e-5)
    assert facts["empty_class"] == data.classes[int(empty.argmax())] and facts["pairs"] == 6
    assert facts["touching_o"] == pytest.approx(arrays["profile"][0, facts["touch"][1]])


@torch.inference_mode()
def test_windows_around_touching_shapes_hold_the_place_in_their_middle():
    size = (40, 40)
    seen = []

    class Looking(torch.nn.Module):
        def forward(self, x):
            seen.append(x)
            return torch.zeros(len(x), 2)

    assert touching_probabilities(Looking(), drawn(size), GROUND).shape == (6, 2)
    middle = seen[0][:, 0, 20, 19:21] * 255
    assert (middle == 0).all()  # a stroke of each, side by side
