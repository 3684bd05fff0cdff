"""C4: the baseline as a fully convolutional network on a canvas of shapes, two of which touch."""

from __future__ import annotations

from math import fsum
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from xo.data.strokes import background_value
from xo.demonstrations.fcn import (
    Fcn,
    as_fcn,
    bilinear,
    edge_map,
    multiply_adds,
    score_index,
    score_map,
    upsample,
)
from xo.demonstrations.maps import with_margins
from xo.network.evaluate import as_input
from xo.network.measurements import receptive_fields

if TYPE_CHECKING:
    from xo.data.dataset import DataSet
    from xo.demonstrations.table import Computed, Networks
    from xo.network.model import Net

ROWS, COLUMNS = 2, 3  # images on the canvas; the last place stays empty
NEAR = 2  # pixels from a stroke that still count as on it
PAIRS = 50  # of test images, each laid both ways so that their strokes touch
SURE = 0.9  # a probability
MARKED = 0.5  # of the skip, 0 to 1, from which on it counts as marking a stroke


class Shape(NamedTuple):
    """A test image on the canvas."""

    image: int  # its index
    label: int
    corner: tuple[int, int]  # row and column of its upper left pixel
    ink: np.ndarray  # (H, W) bool, of the canvas


@torch.inference_mode()
def fcn(nets: Networks, data: DataSet) -> Computed:
    """Heat maps of the canvas, compared with the classifier, and cases in which they fail.

    They come coarse, upsampled, and with the skip.
    """
    run, net = nets["baseline"][0]
    model, background = (
        as_fcn(net, receptive_fields(run.layers), data.image_size),
        background_value(data.test.images),
    )
    canvas, shapes = make_canvas(model, data, background)
    scores = score_map(model, canvas, background)  # (K, h, w)
    large = upsample(scores, model.field, canvas.shape[:2]).softmax(0)  # (K, H, W)
    skip = edge_map(model, canvas, background)
    sharp = large * skip  # the same factor for all classes, so that no answer changes
    centers = [_center(shape.ink) for shape in shapes]
    answers = [large[:, row, column] for row, column in centers]

    (height, width), corners = data.image_size, _corners(model, data.image_size)
    crops = [canvas[top : top + height, left : left + width] for top, left in corners]
    by_net = net(as_input(torch.tensor(np.stack(crops))))
    rows, columns = (
        [score_index(corner[axis], model.field[axis]) for corner in corners] for axis in (0, 1)
    )
    by_fcn = scores[:, rows, columns].T
    empty = by_net[-1].softmax(0)

    first, second = (data.test.images[data.test.labels == label][0] for label in (0, 1))
    pair, (row, column), ends = touching_pair(first, second, background)
    pair_scores = upsample(score_map(model, pair, background), model.field, pair.shape[:2])
    profile = pair_scores.softmax(0)[:, row]  # (K, w)
    of_pairs = touching_probabilities(net, data, background)  # (n, K)

    down, right = model.field
    facts = {
        "classes": list(data.classes),
        "first": data.classes[0],
        "second": data.classes[1],
        "window_height": height,
        "window_width": width,
        "ground": background.tolist(),  # in color a list
        "kernel": model.dense[0].kernel_size[1],
        "stride": right.stride,
        "field": right.size,
        "margin": -right.offset,
        # Of the pixels that a score sees: how many, and the first one that the first score sees.
        "seen": [[field.size, field.offset] for field in model.field],
        "dense_parameters": sum(p.numel() for layer in net.dense for p in layer.parameters()),
        "fcn_parameters": sum(p.numel() for layer in model.dense for p in layer.parameters()),
        "canvas_height": canvas.shape[0],
        "canvas_width": canvas.shape[1],
        "heat_height": scores.shape[1],
        "heat_width": scores.shape[2],
        "places": scores[0].numel(),
        "upsampled_height": large.shape[1],
        "upsampled_width": large.shape[2],
        "shapes": len(shapes),
        "right": sum(int(p.argmax()) == shape.label for p, shape in zip(answers, shapes)),
        "placed": [
            {
                "id": data.test.ids[shape.image],
                "class": data.classes[shape.label],
                "corner": list(shape.corner),
                "center": list(center),
                "probabilities": p.tolist(),
            }
            for shape, center, p in zip(shapes, centers, answers)
        ],
        "right_pixels": _right_pixels(large, shapes),
        "near": NEAR,
        "edge_before": _on_strokes(large, shapes),
        "edge_after": _on_strokes(sharp, shapes),
        "marked": MARKED,
        **_marks(skip.numpy() >= MARKED, shapes),
        **_evenness(model),
        "crops": len(corners),
        "corners": [list(corner) for corner in corners],
        "crop_difference": float((by_net - by_fcn).abs().max()),
        "empty_class": data.classes[int(empty.argmax())],
        "empty_probability": float(empty.max()),
        "empty_probabilities": empty.tolist(),
        "touch": [row, column],
        "touching_o": float(profile[0, column]),
        "touching_x": float(profile[1, column]),
        "pair_centers": [list(end) for end in ends],
        "pair_probabilities": [profile[:, end].tolist() for _, end in ends],
        "pairs": len(of_pairs),
        "pairs_first": float((of_pairs.argmax(1) == 0).double().mean()),
        "sure": SURE,
        "pairs_sure": float((of_pairs.max(1).values >= SURE).double().mean()),
        "fcn_multiply_adds": multiply_adds(model, canvas.shape[:2]),
        "window_multiply_adds": sum(row.multiply_adds for row in run.layers),
    }
    facts["windows_multiply_adds"] = facts["window_multiply_adds"] * facts["places"]
    facts["times"] = facts["windows_multiply_adds"] / facts["fcn_multiply_adds"]
    arrays = {
        "canvas": canvas,
        "coarse": scores.softmax(0).numpy(),
        "large": large.numpy(),
        "sharp": sharp.numpy(),
        "pair": pair,
        "profile": profile.numpy(),
        "by_net": by_net.numpy(),
        "by_fcn": by_fcn.numpy(),
    }
    return facts, {name: np.ascontiguousarray(array) for name, array in arrays.items()}


def make_canvas(
    model: Fcn, data: DataSet, background: np.ndarray
) -> tuple[np.ndarray, list[Shape]]:
    """A canvas of the first test images, the classes by turns, each in its own window."""
    corners, labels = _corners(model, data.image_size), np.unique(data.test.labels)
    size = [
        2 * first + count * pitch
        for first, count, pitch in zip(corners[0], (ROWS, COLUMNS), _pitch(model, data.image_size))
    ]
    canvas = np.full((*size, *data.test.images.shape[3:]), background, np.uint8)
    shapes = []
    for k, corner in enumerate(corners[:-1]):
        label = int(labels[k % len(labels)])
        of_class = np.flatnonzero(data.test.labels == label)
        index = int(of_class[k // len(labels) % len(of_class)])
        image = np.asarray(data.test.images[index])
        canvas[_window(corner, image)] = image
        ink = np.zeros(size, dtype=bool)
        ink[_window(corner, image)] = _strokes(image, background)
        shapes.append(Shape(index, label, corner, ink))
    return canvas, shapes


def touching_pair(
    left: np.ndarray, right: np.ndarray, background: np.ndarray
) -> tuple[np.ndarray, tuple[int, int], list[tuple[int, int]]]:
    """Two images `(H, W)` or `(H, W, 3)` on one canvas, the right one moved left until their
    strokes touch.

    Also the place where they touch, and the centers of both.
    """
    (height, width), inks = left.shape[:2], [_strokes(image, background) for image in (left, right)]
    # Of each row the last stroke pixel of the left image, and the first of the right one.
    ends = np.where(inks[0].any(1), width - 1 - inks[0][:, ::-1].argmax(1), -width)
    starts = np.where(inks[1].any(1), inks[1].argmax(1), 2 * width)
    row = int((ends - starts).argmax())
    meet = ends[row] - starts[row] > -width  # else no row has strokes of both
    offset = int(ends[row] - starts[row]) + 1 if meet else width
    offsets = max(-offset, 0), max(offset, 0)
    size = 2, height, width + abs(offset), *left.shape[2:]
    both = np.full(size, background, np.uint8)
    for canvas, image, x in zip(both, (left, right), offsets):
        canvas[:, x : x + width] = image
    contrast = _contrast(both, background)
    centers = [(row, x + column) for x, (row, column) in zip(offsets, map(_center, inks))]
    place = (row, offsets[1] + int(starts[row]) if meet else width)
    nearer = (contrast[1] >= contrast[0]).reshape(*contrast.shape[1:], *[1] * (left.ndim - 2))
    return np.where(nearer, both[1], both[0]), place, centers


def touching_probabilities(net: Net, data: DataSet, background: np.ndarray) -> Tensor:
    """`(n, K)`: the classifier's answers for windows around touching test images.

    They are pairs of the first two classes, each laid both ways.
    """
    margins = [(length // 2, length) for length in data.image_size]
    by_class = (data.test.images[data.test.labels == label][:PAIRS] for label in (0, 1))
    windows = []
    for pair in zip(*by_class):
        for left, right in (pair, pair[::-1]):
            both, place, _ = touching_pair(left, right, background)
            padded = with_margins(both, margins, background)
            windows.append(padded[_window(place, left)])
    return net(as_input(torch.tensor(np.stack(windows)))).softmax(1)


def _pitch(model: Fcn, image_size: tuple[int, int]) -> list[int]:
    """The side of an image, rounded up to whole strides, by axis."""
    return [
        -(-pixels // field.stride) * field.stride for pixels, field in zip(image_size, model.field)
    ]


def _corners(model: Fcn, image_size: tuple[int, int]) -> list[tuple[int, int]]:
    """The upper left corners of the images on the canvas, where a score's window begins."""
    top, left = (field.offset % field.stride for field in model.field)
    down, right = _pitch(model, image_size)
    return [
        (top + row * down, left + column * right)
        for row in range(ROWS)
        for column in range(COLUMNS)
    ]


def _window(corner: tuple[int, int], image: np.ndarray) -> tuple[slice, slice]:
    (top, left), (height, width) = corner, image.shape[:2]
    return slice(top, top + height), slice(left, left + width)


def _strokes(image: np.ndarray, background: np.ndarray) -> np.ndarray:
    """Bool, what differs from the background by over a quarter of the range from black to white."""
    return _contrast(image, background) > 64


def _contrast(images: np.ndarray, background: np.ndarray) -> np.ndarray:
    """How far pixels are from the background, in color the farthest of the three channels."""
    differences = np.abs(images.astype(int) - background)
    return differences.max(axis=-1) if np.ndim(background) else differences


def _center(ink: np.ndarray) -> tuple[int, int]:
    """The middle of the bounding box of the strokes; that of the image where there are none."""
    rows, columns = np.nonzero(ink)
    if not len(rows):
        return ink.shape[0] // 2, ink.shape[1] // 2
    return int(rows.min() + rows.max()) // 2, int(columns.min() + columns.max()) // 2


def _right_pixels(large: Tensor, shapes: list[Shape]) -> float:
    """The share of stroke pixels whose most probable class is that of the shape."""
    answer = large.argmax(0).numpy()
    hits = np.concatenate([answer[shape.ink] == shape.label for shape in shapes])
    return float(hits.mean()) if len(hits) else 0.0


def _on_strokes(maps: Tensor, shapes: list[Shape]) -> float:
    """The share of all heat, over all classes, that lies on or near a stroke of its class."""
    near = [_near(shape.ink) for shape in shapes]
    found = fsum(float((maps[shape.label] * each).sum()) for shape, each in zip(shapes, near))
    return found / max(float(maps.sum()), 1e-12)


def _marks(marked: np.ndarray, shapes: list[Shape]) -> dict[str, float]:
    """How much of the strokes is marked (H, W), and how much of what is marked is near a stroke."""
    ink = np.any([shape.ink for shape in shapes], axis=0)
    near = _near(ink).numpy() > 0
    return {
        "strokes_marked": float(marked[ink].mean()) if ink.any() else 0.0,
        "marks_near": float(near[marked].mean()) if marked.any() else 0.0,
    }


def _near(ink: np.ndarray) -> Tensor:
    """1 on the strokes `(H, W)` and up to NEAR pixels from them, else 0."""
    return F.max_pool2d(torch.tensor(ink)[None].float(), 2 * NEAR + 1, stride=1, padding=NEAR)[0]


def _evenness(model: Fcn) -> dict[str, float]:
    """The kernel that enlarges the scores, and what it makes of a map that is 1 everywhere."""
    stride = model.field[0].stride
    ones = upsample(torch.ones(1, 6, 6), model.field, (4 * stride, 4 * stride))
    return {
        "upsampling_kernel": len(bilinear(stride)),
        "upsampling_least": float(ones.min()),
        "upsampling_most": float(ones.max()),
    }
