"""Made-up demonstrations for the made-up study: small whole numbers behind every value, sums that come out as they say.

A function for each gives facts and arrays as `xo.demonstrations` records them, worked out with numpy from the data set alone.
"""

from __future__ import annotations

import numpy as np

from xo.data import DataSet
from xo.demonstrations import DEMONSTRATIONS, Demonstrated, Plan, write
from xo.records import Record, Store

# field and stride of the layers whose maps `windows` has
LAYERS = {"conv1": ("baseline", 3, 1), "pool1": ("baseline", 4, 2), "conv2": ("baseline", 8, 2), "pool2": ("baseline", 10, 4),
          "conv3": ("features", 18, 4), "pool3": ("features", 22, 8)}


def demonstrations(store: Store, data: DataSet, by_variant: dict[str, tuple[Record, ...]]) -> dict[str, Demonstrated]:
    """Those for which there are runs of every variant that they need."""
    found = {}
    for name, make in MADE.items():
        row = DEMONSTRATIONS[name]
        if all(by_variant.get(variant) for variant in row.variants):
            used = [run for variant in row.variants for run in by_variant[variant][:None if row.every_seed else 1]]
            inputs = {"code": {f"{row.compute}": "0"}, "records": {f"{run.variant}/{run.seed}": run.meta["digest"] for run in used},
                      "data": data.digest, "versions": {"python": "3.13.1", "torch": "2.9.0", "numpy": "2.3.5"}}
            facts, arrays = make(data)
            found[name] = write(Plan(name, inputs, f"{name:0<16}"[:16], {}, data), {"facts": facts}, arrays, store)
    return found


def whole(shape: tuple[int, ...], salt: int = 0) -> np.ndarray:
    """Numbers from -8 to 8 in an order that looks like none."""
    n = np.arange(int(np.prod(shape))) + 97 * salt + 5
    return ((n * n * 31 + n * 17) % 257 % 17 - 8.0).reshape(shape).astype(np.float32)


def convolved(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    return np.einsum("hwij,ij->hw", np.lib.stride_tricks.sliding_window_view(image, kernel.shape), kernel).astype(np.float32)


def windows(data: DataSet) -> tuple[dict, dict[str, np.ndarray]]:
    image, (height, width) = np.asarray(data.test.images[0]), data.image_size
    kernel, bias, row, column = whole((3, 3)) / 16, np.float32(0.25), height // 3, width // 3
    values = convolved(image / 255, kernel) + bias
    patch = (image[row:row + 3, column:column + 3] / 255).astype(np.float32)
    maps = {f"map.{name}": whole(((height - size) // stride + 1, (width - size) // stride + 1), size) / 8
            for name, (_, size, stride) in LAYERS.items() if name != "conv1"}
    layers = [{"name": name, "variant": variant, "channel": 0, "size": size, "stride": stride, "offset": 0}
              for name, (variant, size, stride) in LAYERS.items()]
    total = float((patch * kernel).sum())
    facts = {"image": data.classes[0], "id": data.test.ids[0], "channel": 0, "kernel": 1, "start": [row, column], "row": row, "column": column,
             "steps": 4, "sum": total, "bias": 0.25, "output": total + 0.25, "pytorch": total + 0.25, "difference": 0.0, "layers": layers,
             **{f"field_{name}": size for name, (_, size, _) in LAYERS.items()}, "images": len(data.test.labels), "distance_far": 6,
             "unit": [0, 1, 1], "inside_change": 0.5, "outside_change": 0.0, "near": 0.75, "far": -0.125}
    return facts, {"image": image, "kernel": kernel, "bias": bias, "patch": patch, "products": patch * kernel, "map": values, **maps}


def shifts(data: DataSet) -> tuple[dict, dict[str, np.ndarray]]:
    images, pixels = len(data.test.labels), np.arange(9)
    slopes = {"none": 8, "max": 16, "mean": 24}  # the larger, the less a map changes
    change = {kind: np.minimum(pixels / slope * 4, 1.25) * (1 + np.arange(images)[:, None] / 64) for kind, slope in slopes.items()}
    alike = {kind: 1 - (pixels % 2) * slope / 512 * (kind != "none") for kind, slope in slopes.items()}
    facts = {"images": images, "test_images": images, "most": 8, "conv_difference": 0.0, "even_difference": 0.0,
             "odd_correlation_max": float(alike["max"][1]), "odd_correlation_mean": float(alike["mean"][1]),
             **{f"change_{kind}_{p}": float(values[:, p].mean()) for kind, values in change.items() for p in pixels[1:]},
             **{f"accuracy_{p}": 1 - p / 32 for p in range(9)}}
    arrays = {f"{what}.{kind}": values for what, of in (("change", change), ("alike", alike)) for kind, values in of.items()}
    return facts, arrays | {f"back.{kind}": (1 - alike[kind]) * 4 for kind in slopes} | {"accuracy": 1 - pixels / 32}


def sharing(data: DataSet) -> tuple[dict, dict[str, np.ndarray]]:
    height, width = (pixels - 2 for pixels in data.image_size)
    inputs, outputs = int(np.prod(data.image_size)), 9 * height * width
    shared, local, dense = 90, outputs * 10, (inputs + 1) * outputs
    return {"channels": 9, "window": 9, "map_height": height, "map_width": width, "inputs": inputs, "outputs": outputs, "shared": shared,
            "local": local, "dense": dense, "local_times": local / shared, "dense_times": dense / shared, "multiply_adds_shared": outputs * 9,
            "multiply_adds_local": outputs * 9, "multiply_adds_dense": inputs * outputs}, {}


def pooling(data: DataSet) -> tuple[dict, dict[str, np.ndarray]]:
    full = convolved(np.asarray(data.test.images[0]) / 255, whole((3, 3), 1) / 16)
    height, width = full.shape[0] // 2, full.shape[1] // 2
    blocks = full[:2 * height, :2 * width].reshape(height, 2, width, 2)
    pooled = {"max": blocks.max((1, 3)), "mean": blocks.mean((1, 3)), "gaussian": blocks.mean((1, 3)) * 0.75, "trained": blocks[:, 0, :, 0] * 1.5}
    row, column = divmod(int((blocks.max((1, 3)) - blocks.min((1, 3))).argmax()), width)
    rest = {kind: full[:2 * height, :2 * width] - values.repeat(2, 0).repeat(2, 1) for kind, values in pooled.items()}
    kinds = ("none", *pooled)
    facts = {"seed_accuracy": 0.5, "solved": False, "images": len(data.test.labels), "image": data.classes[0], "channel": 2, "channels": 9,
             "full_side": full.shape[1], "pooled_side": width, "kept_share": 0.25, "trained_weights": [1.5, 0.0, 0.0, 0.0], "bias": 0.0,
             "row": row, "column": column, "window": blocks[row, :, column].ravel().tolist(),
             **{f"window_{kind}": float(values[row, column]) for kind, values in pooled.items()},
             **{f"detail_{kind}": k / 8 for k, kind in enumerate(pooled, 1)}, **{f"change_{kind}": 1 - k / 8 for k, kind in enumerate(kinds)},
             **{f"parameters_{kind}": 45 * (kind == "trained") for kind in pooled}}
    return facts, {"map": full, **{f"pooled.{kind}": values.astype(np.float32) for kind, values in pooled.items()},
                   **{f"rest.{kind}": values.astype(np.float32) for kind, values in rest.items()}}


def partial_sums(data: DataSet) -> tuple[dict, dict[str, np.ndarray]]:
    image = np.asarray(data.test.images[0])[::2, ::2] / 255
    inputs = np.stack([np.maximum(image * (k % 3), k % 2) for k in range(9)]).astype(np.float32)
    kernels = whole((9, 3, 3), 2) / 16
    parts = np.stack([convolved(given, kernel) for given, kernel in zip(inputs, kernels)])
    output = parts.sum(0) + 0.5
    row, column = divmod(int(output.argmax()), output.shape[1])
    here = parts[:, row, column]
    facts = {"image": data.classes[0], "unit": 2, "units": 5, "inputs": 9, "row": row, "column": column, "parts": here.tolist(),
             "sum": float(here.sum()), "bias": 0.5, "output": float(here.sum() + 0.5), "pytorch": float(here.sum() + 0.5), "difference": 0.0,
             "parameters": 410, "weights_per_unit": 81, "largest_part": int(abs(here).argmax()) + 1}
    return facts, {"inputs": inputs, "kernels": kernels, "parts": parts, "output": output,
                   "patches": inputs[:, row:row + 3, column:column + 3].copy()}


def mixing(data: DataSet) -> tuple[dict, dict[str, np.ndarray]]:
    image = np.asarray(data.test.images[0])[::2, ::2] / 255
    inputs = np.stack([np.maximum(image * (k % 4), k % 3) for k in range(9)]).astype(np.float32)
    weights = whole((9,), 3) / 8
    output = np.tensordot(weights, inputs, 1) - 0.25
    largest = int(abs(weights).argmax())
    facts = {"seed_accuracy": 1.0, "solved": True, "image": data.classes[0], "channels_in": 9, "channels_out": 4, "side": output.shape[1],
             "output": 3, "weights": weights.tolist(), "bias": -0.25, "largest_input": largest + 1, "largest_weight": float(weights[largest]),
             "parameters": 40, "difference": 0.0}
    return facts, {"inputs": inputs, "output": output, "rectified": np.maximum(output, 0)}


def bottleneck(data: DataSet) -> tuple[dict, dict[str, np.ndarray]]:
    def layer(kernel: int, given: int, out: int) -> dict:
        parameters = kernel**2 * given * out + out
        return {"kernel": kernel, "in": given, "out": out, "parameters": parameters, "multiply_adds": (parameters - out) * 100}

    layers = {"plain": [layer(3, 256, 256)], "bottleneck": [layer(1, 256, 64), layer(3, 64, 64), layer(1, 64, 256)],
              "own_plain": [layer(3, 9, 5)], "own_narrow": [layer(1, 9, 4), layer(3, 4, 5)]}
    totals = {f"{name}_{what}": sum(each[what] for each in rows) for name, rows in layers.items() for what in ("parameters", "multiply_adds")}
    ratios = {f"{times}{what}": totals[f"{plain}{tail}"] / totals[f"{narrow}{tail}"]
              for times, plain, narrow in (("times", "plain", "bottleneck"), ("own_times", "own_plain", "own_narrow"))
              for what, tail in (("", "_parameters"), ("_multiply_adds", "_multiply_adds"))}
    return {"channels": 256, "narrow": 64, "map_height": 10, "map_width": 10, "layers": layers, **totals, **ratios}, {}


MADE = {"windows": windows, "shifts": shifts, "sharing": sharing, "pooling": pooling, "partial-sums": partial_sums, "mixing": mixing,
        "bottleneck": bottleneck}
