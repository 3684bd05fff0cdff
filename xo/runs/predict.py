"""Classifies image files by a stored network."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from safetensors.torch import load

from xo.data import images
from xo.errors import InputError
from xo.network.evaluate import as_input
from xo.network.model import Net
from xo.runs.record import RunRecord, read_weights
from xo.variants import find_variant

LARGEST_PHOTO = 10_000  # pixels a side of an image that is to be resized


class Prediction(NamedTuple):
    """The most probable class of one image file."""

    path: Path
    label: str
    probability: float  # 0..1


def predict(record: RunRecord, paths: list[Path], resize: bool = False) -> list[Prediction]:
    """Classifies image files with the record's network.

    InputError on what is no image and, unless `resize`, on an image of another size.
    """
    height, width = record.data.image_size
    classes = record.classes
    net = Net(find_variant(record.variant), (height, width), len(classes))
    net.load_state_dict(load(read_weights(record)))
    pixels = np.stack([_read(path, (height, width), resize) for path in paths])
    with torch.inference_mode():
        probabilities = net(as_input(torch.from_numpy(pixels))).softmax(1)
    best = probabilities.max(1)
    return [
        Prediction(path, classes[label], probability)
        for path, label, probability in zip(paths, best.indices.tolist(), best.values.tolist())
    ]


def _read(path: Path, size: tuple[int, int], resize: bool) -> np.ndarray:
    """One image as uint8 `(H, W)`."""
    try:
        sides = (1, LARGEST_PHOTO) if resize else (images.SMALLEST, images.LARGEST)
        pixels = images.decode(path.read_bytes(), str(path), sides)
    except OSError as error:
        raise InputError(
            f"{path}: cannot be read ({error.strerror}); give the path of a png, bmp or jpg file"
        ) from error
    if pixels.shape == size:
        return pixels
    height, width = size
    if not resize:
        raise InputError(
            f"{path}: the network was trained on {width}x{height} pixels, this image has "
            f"{pixels.shape[1]}x{pixels.shape[0]}; scale it yourself or add --resize"
        )
    from PIL import Image

    return np.asarray(Image.fromarray(pixels).resize((width, height), Image.Resampling.BILINEAR))
