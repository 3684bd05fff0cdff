"""C4: what the baseline says as a fully convolutional network over a canvas of shapes, two that touch, and empty ground."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from xo.demonstrations.fcn import Fcn, cell, convolutional, edges, enlarged, heat, work
from xo.demonstrations.shift import ground_of
from xo.network.evaluate import as_input

if TYPE_CHECKING:
    from xo.data.dataset import DataSet
    from xo.network.model import Net
    from xo.runs.record import RunRecord

ROWS, COLUMNS = 2, 3  # images on the canvas; the last place stays empty
NEAR = 2  # pixels from a stroke that still count as on it
PAIRS = 50  # of test images, each laid both ways so that their strokes touch
SURE = 0.9  # a probability


class Shape(NamedTuple):
    """A test image on the canvas."""

    index: int
    label: int
    corner: tuple[int, int]  # row and column of its upper left pixel
    ink: np.ndarray  # (H, W) bool, of the canvas


@torch.inference_mode()
def fcn(
    nets: dict[str, list[tuple[RunRecord, Net]]], data: DataSet
) -> tuple[dict, dict[str, np.ndarray]]:
    """Heat maps of the canvas, coarse, enlarged and with the skip; the same scores by the classifier; where it fails."""
    run, net = nets["baseline"][0]
    model, ground = convolutional(net, data.image_size), ground_of(data.test.images)
    canvas, shapes = laid_out(model, data, ground)
    scores = heat(model, canvas, ground)  # (K, h, w)
    large = enlarged(scores, model.field, canvas.shape).softmax(0)  # (K, H, W)
    sharp = large * edges(model, canvas, ground)
    centers = [_center(shape.ink) for shape in shapes]
    said = [large[:, row, column] for row, column in centers]

    (height, width), corners = data.image_size, _places(model, data.image_size)
    by_net = net(
        as_input(
            torch.tensor(
                np.stack([canvas[top : top + height, left : left + width] for top, left in corners])
            )
        )
    )
    by_fcn = torch.stack(
        [scores[:, cell(top, model.field[0]), cell(left, model.field[1])] for top, left in corners]
    )
    empty = by_net[-1].softmax(0)

    pair, (row, column), ends = touching(
        *(data.test.images[data.test.labels == k][0] for k in (0, 1)), ground
    )
    profile = enlarged(heat(model, pair, ground), model.field, pair.shape).softmax(0)[
        :, row
    ]  # (K, w)
    met = met_pairs(net, data, ground)  # (n, K)

    down, right = model.field
    facts = {
        "classes": list(data.classes),
        "first": data.classes[0],
        "second": data.classes[1],
        "window_height": height,
        "window_width": width,
        "ground": ground,
        "kernel": model.dense[0].kernel_size[1],
        "stride": right.stride,
        "field": right.size,
        "margin": -right.offset,
        "dense_parameters": sum(p.numel() for p in net.dense.parameters()),
        "fcn_parameters": sum(p.numel() for layer in model.dense for p in layer.parameters()),
        "canvas_height": canvas.shape[0],
        "canvas_width": canvas.shape[1],
        "heat_height": scores.shape[1],
        "heat_width": scores.shape[2],
        "places": scores[0].numel(),
        "upsampled_height": large.shape[1],
        "upsampled_width": large.shape[2],
        "shapes": len(shapes),
        "right": sum(int(p.argmax()) == shape.label for p, shape in zip(said, shapes)),
        "placed": [
            {
                "id": data.test.ids[shape.index],
                "class": data.classes[shape.label],
                "corner": list(shape.corner),
                "center": list(center),
                "probabilities": p.tolist(),
            }
            for shape, center, p in zip(shapes, centers, said)
        ],
        "right_pixels": _right_pixels(large, shapes),
        "near": NEAR,
        "edge_before": _on_strokes(large, shapes),
        "edge_after": _on_strokes(sharp, shapes),
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
        "pairs": len(met),
        "pairs_first": float((met.argmax(1) == 0).double().mean()),
        "sure": SURE,
        "pairs_sure": float((met.max(1).values >= SURE).double().mean()),
        "fcn_multiply_adds": work(model, canvas.shape),
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


def laid_out(model: Fcn, data: DataSet, ground: int) -> tuple[np.ndarray, list[Shape]]:
    """A canvas of the first test images, the classes in turn, each image in a window of its own."""
    places, kinds = _places(model, data.image_size), np.unique(data.test.labels)
    size = [
        2 * first + count * pitch
        for first, count, pitch in zip(places[0], (ROWS, COLUMNS), _pitch(model, data.image_size))
    ]
    canvas, shapes = np.full(size, ground, dtype=np.uint8), []
    for k, corner in enumerate(places[:-1]):
        label = int(kinds[k % len(kinds)])
        of_class = np.flatnonzero(data.test.labels == label)
        index = int(of_class[k // len(kinds) % len(of_class)])
        image = np.asarray(data.test.images[index])
        canvas[_square(corner, image)] = image
        ink = np.zeros(size, dtype=bool)
        ink[_square(corner, image)] = _strokes(image, ground)
        shapes.append(Shape(index, label, corner, ink))
    return canvas, shapes


def touching(
    one: np.ndarray, other: np.ndarray, ground: int
) -> tuple[np.ndarray, tuple[int, int], list[tuple[int, int]]]:
    """Two images `(H, W)` side by side, the right one so far left that strokes meet; the place where they do; both centers."""
    (height, width), inks = one.shape, [_strokes(image, ground) for image in (one, other)]
    ends = np.where(
        inks[0].any(1), width - 1 - inks[0][:, ::-1].argmax(1), -width
    )  # of each row the last stroke pixel
    starts = np.where(inks[1].any(1), inks[1].argmax(1), 2 * width)  # and the first
    row = int((ends - starts).argmax())
    meet = ends[row] - starts[row] > -width  # else no row has strokes of both
    left = int(ends[row] - starts[row]) + 1 if meet else width
    lefts = max(-left, 0), max(left, 0)
    both = np.full((2, height, width + abs(left)), ground, dtype=np.uint8)
    for canvas, image, x in zip(both, (one, other), lefts):
        canvas[:, x : x + width] = image
    far = np.abs(both.astype(int) - ground)
    centers = [(row, x + column) for x, (row, column) in zip(lefts, map(_center, inks))]
    return (
        np.where(far[1] >= far[0], both[1], both[0]),
        (row, lefts[1] + int(starts[row]) if meet else width),
        centers,
    )


def met_pairs(net: Net, data: DataSet, ground: int) -> Tensor:
    """`(n, K)`: what the classifier says of windows around the places where test images of the first two classes touch."""
    margins, windows = [(length // 2, length) for length in data.image_size], []
    for pair in zip(*(data.test.images[data.test.labels == k][:PAIRS] for k in (0, 1))):
        for one, other in (pair, pair[::-1]):
            both, place, _ = touching(one, other, ground)
            windows.append(np.pad(both, margins, constant_values=ground)[_square(place, one)])
    return net(as_input(torch.tensor(np.stack(windows)))).softmax(1)


def _pitch(model: Fcn, image_size: tuple[int, int]) -> list[int]:
    """The next whole number of strides for an image, by axis."""
    return [
        -(-pixels // field.stride) * field.stride for pixels, field in zip(image_size, model.field)
    ]


def _places(model: Fcn, image_size: tuple[int, int]) -> list[tuple[int, int]]:
    """The upper left corners of the images on the canvas, at pixels where a score's window begins."""
    (top, left), (down, right) = (
        (field.offset % field.stride for field in model.field),
        _pitch(model, image_size),
    )
    return [
        (top + row * down, left + column * right)
        for row in range(ROWS)
        for column in range(COLUMNS)
    ]


def _square(corner: tuple[int, int], image: np.ndarray) -> tuple[slice, slice]:
    return tuple(slice(start, start + length) for start, length in zip(corner, image.shape))


def _strokes(image: np.ndarray, ground: int) -> np.ndarray:
    """Bool, what differs from the ground by more than a quarter of the way from black to white."""
    return np.abs(image.astype(int) - ground) > 64


def _center(ink: np.ndarray) -> tuple[int, int]:
    """The middle of the box around the strokes; that of the image where there are none."""
    rows, columns = (np.flatnonzero(ink.any(axis)) for axis in (1, 0))
    return tuple(
        int(found[0] + found[-1]) // 2 if len(found) else length // 2
        for found, length in zip((rows, columns), ink.shape)
    )


def _right_pixels(large: Tensor, shapes: list[Shape]) -> float:
    """The share of the strokes' pixels whose most probable class is that of the shape."""
    answer = large.argmax(0).numpy()
    hits = np.concatenate([answer[shape.ink] == shape.label for shape in shapes])
    return float(hits.mean()) if len(hits) else 0.0


def _on_strokes(maps: Tensor, shapes: list[Shape]) -> float:
    """Of all heat of all classes, the share that lies on a stroke or near it and names its class."""
    near = [
        F.max_pool2d(torch.tensor(shape.ink)[None].float(), 2 * NEAR + 1, stride=1, padding=NEAR)[0]
        for shape in shapes
    ]
    found = sum(float((maps[shape.label] * each).sum()) for shape, each in zip(shapes, near))
    return found / max(float(maps.sum()), 1e-12)
