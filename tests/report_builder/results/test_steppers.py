"""The data that the stepper's script reads."""

from __future__ import annotations

import json
from types import SimpleNamespace

import numpy as np

from report_builder.results.steppers import steppers

MAP = np.float32([[-2, 0], [1, 2]])


def shown(**changes):
    arrays = {
        "image": np.uint8([[0, 255, 7], [255, 255, 255]]),
        "kernel": np.eye(3, dtype=np.float32),
        "bias": np.float32([0.5]),
        "map": MAP,
        "map.pool1": np.zeros((1, 1), np.float32),
    }
    layers = [
        {
            "name": name,
            "variant": "baseline",
            "channel": 3,
            "size": size,
            "stride": stride,
            "offset": 0,
        }
        for name, size, stride in (("conv1", 3, 1), ("pool1", 4, 2))
    ]
    return SimpleNamespace(
        **{
            "unavailable": None,
            "array": arrays.__getitem__,
            "facts": {"layers": layers, "start": [1, 0]},
        }
        | changes
    )


def data(demonstration):
    return steppers(SimpleNamespace(demonstration=lambda name: demonstration))


def test_pixels_are_exact_and_the_values_of_a_map_lie_about_zero():
    found = json.loads(json.dumps(data(shown())))["windows"]
    assert found["image"] == ["00ff07", "ffffff"]
    assert (
        found["kernel"] == [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
        and found["bias"] == 0.5
        and found["start"] == [1, 0]
    )
    conv, pool = found["layers"]
    values = (
        np.array([list(bytes.fromhex(row)) for row in conv["map"]]) / 127.5 * conv["limit"]
        - conv["limit"]
    )
    np.testing.assert_allclose(values, MAP, atol=conv["limit"] / 255)
    assert (conv["size"], pool["size"], pool["stride"]) == (3, 4, 2)
    assert pool["limit"] > 0  # a map of zeros has a scale, too


def test_there_is_no_stepper_where_the_demonstration_does_not_apply_or_a_page_would_grow_heavy():
    assert data(None) == {}
    assert data(shown(array={"image": np.zeros((300, 300), np.uint8)}.__getitem__)) == {}
    assert data(shown(unavailable="constant feature maps")) == {}
