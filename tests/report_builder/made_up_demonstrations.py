"""Made-up demonstrations for the made-up study: small whole numbers behind every value, sums that
come out as they say.

A function for each gives facts and arrays as `xo.demonstrations` stores them, worked out with numpy
from the data set alone.
"""

from __future__ import annotations

import numpy as np

from xo.data.dataset import DataSet
from xo.demonstrations.execute import write_demonstration
from xo.demonstrations.record import DemonstrationRecord, DemonstrationResult, PlannedDemonstration
from xo.demonstrations.table import DEMONSTRATIONS
from xo.runs.record import RunRecord
from xo.store.store import Store

# field and stride of the layers whose maps `windows` has
LAYERS = {
    "conv1": ("baseline", 3, 1),
    "pool1": ("baseline", 4, 2),
    "conv2": ("baseline", 8, 2),
    "pool2": ("baseline", 10, 4),
    "conv3": ("features", 18, 4),
    "pool3": ("features", 22, 8),
}


def demonstrations(
    store: Store, data: DataSet, by_variant: dict[str, tuple[RunRecord, ...]]
) -> dict[str, DemonstrationRecord]:
    """Those for which there are runs of every variant that they need."""
    found = {}
    for name, make in MADE.items():
        row = DEMONSTRATIONS[name]
        if all(by_variant.get(variant) for variant in row.variants):
            used = [
                run
                for variant in row.variants
                for run in by_variant[variant][: 1 if row.seeds == "representative" else None]
            ]
            inputs = {
                "code": {f"{row.compute}": "0"},
                "records": {f"{run.variant}/{run.seed}": run.digest for run in used},
                "data": data.digest,
                "versions": {"torch": "2.9.0", "numpy": "2.3.5"},
            }
            facts, arrays = make(data)
            planned = PlannedDemonstration(name, inputs, {}, data)
            found[name] = write_demonstration(store, planned, DemonstrationResult(facts), arrays)
    return found


def whole(shape: tuple[int, ...], salt: int = 0) -> np.ndarray:
    """Numbers from -8 to 8 in an order that looks like none."""
    n = np.arange(int(np.prod(shape))) + 97 * salt + 5
    return ((n * n * 31 + n * 17) % 257 % 17 - 8.0).reshape(shape).astype(np.float32)


def convolved(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """Of an image `(H, W)` by a kernel `(k, k)` or `(1, k, k)`."""
    windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape[-2:])
    return np.einsum("hwij,cij->hw", windows, np.atleast_3d(kernel.T).T).astype(np.float32)


def windows(data: DataSet) -> tuple[dict, dict[str, np.ndarray]]:
    image, (height, width) = np.asarray(data.test.images[0]), data.image_size
    kernel, bias, row, column = whole((1, 3, 3)) / 16, np.float32(0.25), height // 3, width // 3
    values = convolved(image / 255, kernel) + bias
    patch = (image[None, row : row + 3, column : column + 3] / 255).astype(np.float32)
    maps = {
        f"map.{name}": whole(((height - size) // stride + 1, (width - size) // stride + 1), size)
        / 8
        for name, (_, size, stride) in LAYERS.items()
        if name != "conv1"
    }
    layers = [
        {
            "name": name,
            "variant": variant,
            "channel": 0,
            "size": size,
            "stride": stride,
            "offset": 0,
        }
        for name, (variant, size, stride) in LAYERS.items()
    ]
    total = float((patch * kernel).sum())
    facts = {
        "image": data.classes[0],
        "id": data.test.ids[0],
        "channel": 0,
        "kernel": 1,
        "start": [row, column],
        "row": row,
        "column": column,
        "steps": 4,
        "sum": total,
        "bias": 0.25,
        "output": total + 0.25,
        "pytorch": total + 0.25,
        "difference": 0.0,
        "layers": layers,
        **{f"field_{name}": size for name, (_, size, _) in LAYERS.items()},
        "images": len(data.test.labels),
        "distance_far": 6,
        "unit": [0, 1, 1],
        "inside_change": 0.5,
        "outside_change": 0.0,
        "near": 0.75,
        "far": -0.125,
    }
    return facts, {
        "image": image,
        "kernel": kernel,
        "bias": bias,
        "patch": patch,
        "products": patch * kernel,
        "map": values,
        **maps,
    }


def shifts(data: DataSet) -> tuple[dict, dict[str, np.ndarray]]:
    images, pixels = len(data.test.labels), np.arange(9)
    slopes = {"none": 8, "max": 16, "mean": 24}  # the larger, the less a map changes
    change = {
        kind: np.minimum(pixels / slope * 4, 1.25) * (1 + np.arange(images)[:, None] / 64)
        for kind, slope in slopes.items()
    }
    alike = {
        kind: 1 - (pixels % 2) * slope / 512 * (kind != "none") for kind, slope in slopes.items()
    }
    facts = {
        "seeds": [0, 1, 2],
        "images": images,
        "test_images": images,
        "most": 8,
        "conv_difference": 0.0,
        "even_difference": 0.0,
        "odd_correlation_max": float(alike["max"][1]),
        "odd_correlation_mean": float(alike["mean"][1]),
        **{
            f"change_{kind}_{p}": float(values[:, p].mean())
            for kind, values in change.items()
            for p in pixels[1:]
        },
        **{f"accuracy_{p}": 1 - p / 32 for p in range(9)},
    }
    arrays = {
        f"{what}.{kind}": values
        for what, of in (("change", change), ("alike", alike))
        for kind, values in of.items()
    }
    seeds = np.arange(len(facts["seeds"]))
    arrays |= {f"by_seed.{kind}": (8 + seeds) / slope for kind, slope in slopes.items()}
    return facts, arrays | {f"back.{kind}": (1 - alike[kind]) * 4 for kind in slopes} | {
        "accuracy": 1 - pixels / 32
    }


def sharing(data: DataSet) -> tuple[dict, dict[str, np.ndarray]]:
    height, width = (pixels - 2 for pixels in data.image_size)
    inputs, outputs = int(np.prod(data.image_size)), 9 * height * width
    shared, local, dense = 90, outputs * 10, (inputs + 1) * outputs
    image, kernels, (down, right) = (
        np.asarray(data.test.images[0]),
        whole((9, 1, 3, 3), 5) / 16,
        (2, 3),
    )
    moved = np.full_like(image, 255)
    moved[down:, right:] = image[:-down, :-right]
    arrays = {
        "image": image,
        "kernels": kernels,
        "biases": np.zeros(9, np.float32),
        "map": convolved(image / 255, kernels[1]),
        "shifted_image": moved,
        "shifted_map": convolved(moved / 255, kernels[1]),
    }
    return {
        "image": data.classes[0],
        "channel": 2,
        "background": 255,
        "shift": [down, right],
        "shift_difference": 0.0,
        "channels": 9,
        "window": 9,
        "map_height": height,
        "map_width": width,
        "inputs": inputs,
        "outputs": outputs,
        "shared": shared,
        "local": local,
        "dense": dense,
        "local_times": local / shared,
        "dense_times": dense / shared,
        "multiply_adds_shared": outputs * 9,
        "multiply_adds_local": outputs * 9,
        "multiply_adds_dense": inputs * outputs,
    }, arrays


def pooling(data: DataSet) -> tuple[dict, dict[str, np.ndarray]]:
    full = convolved(np.asarray(data.test.images[0]) / 255, whole((3, 3), 1) / 16)
    height, width = full.shape[0] // 2, full.shape[1] // 2
    blocks = full[: 2 * height, : 2 * width].reshape(height, 2, width, 2)
    pooled = {
        "max": blocks.max((1, 3)),
        "mean": blocks.mean((1, 3)),
        "gaussian": blocks.mean((1, 3)) * 0.75,
        "trained": blocks[:, 0, :, 0] * 1.5,
    }
    row, column = divmod(int((blocks.max((1, 3)) - blocks.min((1, 3))).argmax()), width)
    rest = {
        kind: full[: 2 * height, : 2 * width] - values.repeat(2, 0).repeat(2, 1)
        for kind, values in pooled.items()
    }
    kinds = ("none", *pooled)
    facts = {
        "images": len(data.test.labels),
        "image": data.classes[0],
        "channel": 2,
        "channels": 9,
        "full_side": full.shape[1],
        "pooled_side": width,
        "kept_share": 0.25,
        "trained_weights": [1.5, 0.0, 0.0, 0.0],
        "blur": [1 / 8, 3 / 8, 3 / 8, 1 / 8],
        "bias": 0.0,
        "row": row,
        "column": column,
        "window": blocks[row, :, column].ravel().tolist(),
        **{f"window_{kind}": float(values[row, column]) for kind, values in pooled.items()},
        **{f"detail_{kind}": k / 8 for k, kind in enumerate(pooled, 1)},
        **{f"change_{kind}": 1 - k / 8 for k, kind in enumerate(kinds)},
        **{f"parameters_{kind}": 45 * (kind == "trained") for kind in pooled},
    }
    return facts, {
        "map": full,
        **{f"pooled.{kind}": values.astype(np.float32) for kind, values in pooled.items()},
        **{f"rest.{kind}": values.astype(np.float32) for kind, values in rest.items()},
    }


def fcn(data: DataSet) -> tuple[dict, dict[str, np.ndarray]]:
    """Two rows of three images, the last place empty; probabilities that lean to one class or
    another from place to place.
    """
    images, labels, classes, (height, width) = (
        np.asarray(data.test.images),
        data.test.labels,
        len(data.classes),
        data.image_size,
    )
    corners = [(1 + row * height, 1 + column * width) for row in (0, 1) for column in (0, 1, 2)]
    canvas, placed = np.full((2 * height + 2, 3 * width + 2), 255, np.uint8), []
    share = np.full(classes, 1 / 8 / max(classes - 1, 1))
    for k, (top, left) in enumerate(corners[:-1]):
        index = int(np.flatnonzero(labels == k % classes)[0])
        canvas[top : top + height, left : left + width] = images[index]
        scores = share.copy()
        scores[k % classes if k else 1] += 7 / 8  # the first one is wrong
        placed.append(
            {
                "id": data.test.ids[index],
                "class": data.classes[k % classes],
                "corner": [top, left],
                "center": [top + height // 2, left + width // 2],
                "probabilities": (scores / scores.sum()).tolist(),
            }
        )
    shape = tuple(-(-length // 4) for length in canvas.shape)
    coarse = np.stack([whole(shape, k) + 9 for k in range(classes)])
    coarse /= coarse.sum(0)
    large = coarse.repeat(4, 1).repeat(4, 2)[:, : canvas.shape[0], : canvas.shape[1]]
    pair = np.hstack([images[0], images[labels == 1][0]])
    profile = (
        np.linspace(0, 1, pair.shape[1]).reshape(1, -1) * np.eye(classes)[:, :1]
        + (1 - np.linspace(0, 1, pair.shape[1])) * np.eye(classes)[:, 1:2]
    )
    empty = np.eye(classes)[0] * 0.5 + 0.5 / classes
    scores = whole((6, classes), 4) / 8
    facts = {
        "classes": list(data.classes),
        "first": data.classes[0],
        "second": data.classes[1],
        "window_height": height,
        "window_width": width,
        "ground": 255,
        "kernel": 5,
        "stride": 4,
        "field": 26,
        "margin": 11,
        "seen": [[26, -11], [26, -11]],
        "dense_parameters": 1000,
        "fcn_parameters": 1000,
        "canvas_height": canvas.shape[0],
        "canvas_width": canvas.shape[1],
        "heat_height": shape[0],
        "heat_width": shape[1],
        "places": shape[0] * shape[1],
        "upsampled_height": canvas.shape[0],
        "upsampled_width": canvas.shape[1],
        "shapes": 5,
        "right": 4,
        "placed": placed,
        "right_pixels": 0.75,
        "near": 2,
        "edge_before": 0.125,
        "edge_after": 0.5,
        "marked": 0.5,
        "strokes_marked": 0.75,
        "marks_near": 0.875,
        "upsampling_kernel": 8,
        "upsampling_least": 1.0,
        "upsampling_most": 1.0,
        "crops": 6,
        "corners": [list(corner) for corner in corners],
        "crop_difference": 0.0,
        "empty_class": data.classes[0],
        "empty_probability": float(empty[0]),
        "empty_probabilities": empty.tolist(),
        "touch": [height // 2, width],
        "touching_o": float(profile[0, width]),
        "touching_x": float(profile[1, width]),
        "pair_centers": [[height // 2, width // 2], [height // 2, width * 3 // 2]],
        "pair_probabilities": profile[:, [width // 2, width * 3 // 2]].T.tolist(),
        "pairs": 8,
        "pairs_first": 0.25,
        "sure": 0.9,
        "pairs_sure": 0.5,
        "fcn_multiply_adds": 2000,
        "window_multiply_adds": 100,
        "windows_multiply_adds": 3000,
        "times": 1.5,
    }
    return facts, {
        "canvas": canvas,
        "coarse": coarse,
        "large": large,
        "sharp": large * (canvas == 0),
        "pair": pair,
        "profile": profile.astype(np.float32),
        "by_net": scores,
        "by_fcn": scores,
    }


def probes(data: DataSet) -> tuple[dict, dict[str, np.ndarray]]:
    """Three seeds, the last of which has not learned: the deeper, the better, and the other way
    round before training.
    """
    depths, images = ("input", "relu1", "relu2", "relu3", "dense1", "dense2"), len(data.test.labels)
    blind = 1 / len(data.classes)
    after = {
        depth: [0.75 + k / 20 - seed / 64 for seed in (0, 1)] + [0.75 if k < 3 else blind]
        for k, depth in enumerate(depths)
    }
    before = {
        depth: [0.75 - k / 40 + seed / 64 for seed in (0, 1, 2)] for k, depth in enumerate(depths)
    }
    facts = {
        "depths": list(depths),
        "sizes": {depth: 2000 // (k + 1) for k, depth in enumerate(depths)},
        "seeds": [0, 1, 2],
        "solved": [True, True, False],
        "n": 3,
        "n_solved": 2,
        "accuracy": after,
        "untrained": before,
        "network": [1.0, 1.0, blind],
        "images_train": len(data.train.labels),
        "images_test": images,
        "blind": blind,
        "penalty": 1.0,
        "penalties": [0.1, 1.0],
        "untrained_best": 0.75 + 1 / 64,
        **{depth: float(np.median(values)) for depth, values in after.items()},
        **{f"untrained_{depth}": float(np.median(values)) for depth, values in before.items()},
    }
    return facts, {"left_out": np.zeros((3, 6, 2))}


def few_shot_probes(data: DataSet) -> tuple[dict, dict[str, np.ndarray]]:
    """Three seeds, the last of which has not learned: the deeper and the more labels, the better;
    before training depth is of no use; what is shifted is harder.
    """
    depths = ("input", "relu1", "relu2", "relu3", "dense1", "dense2")
    labelled = [2, 5]
    rising = np.add.outer(np.arange(6) / 64, np.arange(2) / 16)  # (depths, labelled)
    draws = np.array([-1, 0, 1]) / 128
    seeds = np.array([0, 1, 0]) / 64
    test = 0.625 + np.add.outer(np.add.outer(rising, draws), seeds)
    test[:, :, :, 2] = 0.5
    untrained = np.broadcast_to(test[:1], test.shape)
    accuracy = {"": test, "untrained_": untrained, "shifted_": test - 1 / 16}
    facts = {
        "depths": list(depths),
        "sizes": {depth: 2000 // (k + 1) for k, depth in enumerate(depths)},
        "seeds": [0, 1, 2],
        "solved": [True, True, False],
        "n": 3,
        "n_solved": 2,
        "labelled": labelled,
        "fewest": 2,
        "most": 5,
        "draws": 3,
        "shift": 7,
        "classes": len(data.classes),
        "blind": 1 / len(data.classes),
        "images_test": len(data.test.labels),
        "penalties": [1.0, 10.0],
    }
    for prefix, values in accuracy.items():
        for depth, by_number in zip(depths, values.mean(2)):  # (labelled, seeds)
            facts[f"{prefix}{depth}"] = float(np.median(by_number.mean(0)))
            facts[f"{prefix}{depth}_fewest"] = float(np.median(by_number[0]))
            facts[f"{prefix}{depth}_most"] = float(np.median(by_number[-1]))
    arrays = {
        "test": np.stack([test, untrained]),
        "shifted": np.stack([test, untrained]) - 1 / 16,
    }
    return facts, arrays


def trivial_baselines(data: DataSet) -> tuple[dict, dict[str, np.ndarray]]:
    images, classes = len(data.test.labels), len(data.classes)
    right = {"commonest": images // classes, "ink": images * 3 // 4, "linear": images - 1}
    facts = {
        "images_train": len(data.train.labels),
        "images_test": images,
        "classes": list(data.classes),
        "commonest_class": data.classes[0],
        "ink_bounds": [100.0 * k for k in range(1, classes)],
        "ink_answers": list(data.classes),
        "linear_penalty": 1.0,
        **{f"{rule}_right": k for rule, k in right.items()},
        **{rule: k / images for rule, k in right.items()},
    }
    return facts, {}


def patches(data: DataSet) -> tuple[dict, dict[str, np.ndarray]]:
    """Of each channel the images in their own order, from its number on; the last channel of the
    last block is silent.
    """
    images, labels, (height, width) = (
        np.asarray(data.test.images),
        data.test.labels,
        data.image_size,
    )
    count = min(8, len(labels))
    facts = {
        "levels": 3,
        "count": count,
        "images": len(labels),
        "classes": list(data.classes),
        "same_class_chance": 0.625,
    }
    arrays = {}
    for k, (units, field, stride) in enumerate(((9, 4, 2), (5, 10, 4), (5, 22, 8)), 1):
        chosen = (np.arange(units)[:, None] + np.arange(count)) % len(labels)
        values = (16 - np.arange(count, dtype=np.float32)).reshape(1, -1).repeat(units, 0) / 4
        values[-1] *= k < 3
        places = np.stack(
            [
                np.full_like(chosen, (height - field) // stride // 2),
                chosen % ((width - field) // stride + 1),
            ],
            2,
        )
        arrays |= {
            f"patches{k}": np.stack(
                [
                    [
                        images[i][
                            row * stride : row * stride + field,
                            column * stride : column * stride + field,
                        ]
                        for i, (row, column) in zip(of, at)
                    ]
                    for of, at in zip(chosen, places)
                ]
            ),
            f"values{k}": values,
            f"images{k}": chosen,
            f"places{k}": places,
            f"labels{k}": labels[chosen],
        }
        facts |= {
            f"field_{k}": field,
            f"stride_{k}": stride,
            f"units_{k}": units,
            f"silent_{k}": int(k == 3),
            f"same_class_{k}": 0.5 + k / 8,
            f"typical_{k}": 1 - k / 8,
            f"ids_{k}": [[data.test.ids[i] for i in of] for of in chosen],
        }
    ranks = np.arange(5 * 3 * 3).reshape(5, 3, 3) % len(labels)
    arrays |= {
        "rank_images": ranks,
        "rank_labels": labels[ranks],
        "rank_values": 2.0 - ranks % 9 / 8,
        "rank_patches": images[ranks][..., :22, :22],
    }
    return facts, arrays


def interventions(data: DataSet) -> tuple[dict, dict[str, np.ndarray]]:
    """A patch that matters most at the lower right; channels that cost an image more each, the
    third of each layer none.
    """
    images, labels, classes = np.asarray(data.test.images), data.test.labels, len(data.classes)
    shown = [int(np.flatnonzero(labels == label)[0]) for label in (0, 1)]
    side = max(2, min(data.image_size) // 6)
    step = max(1, side // 4)
    height, width = ((pixels - side) // step + 1 for pixels in data.image_size)
    falling = 4 - 6 * np.add.outer(np.arange(height), np.arange(width)) / (height + width)
    leads = np.stack([falling, falling + 1]).astype(np.float32)
    of_class = np.bincount(labels, minlength=classes).tolist()

    def less(lost: int) -> list[int]:
        return [max(0, of_class[0] - lost), *of_class[1:]]

    channels = [
        {
            "layer": layer,
            "channel": k,
            "mean_value": 0.25,
            "zero": less(0 if k == 3 else k),
            "mean": less(k // 2),
        }
        for layer, units in ((1, 9), (2, 5))
        for k in range(1, units + 1)
    ]
    facts = {
        "classes": list(data.classes),
        "first": data.classes[0],
        "second": data.classes[1],
        "ids": [data.test.ids[index] for index in shown],
        "patch": side,
        "step": step,
        "positions": height * width,
        "covered": len(labels),
        "turned_ground": 1,
        "turned_gray": 2,
        "test_images": len(labels),
        "of_class": of_class,
        "right": of_class,
        "right_images": len(labels),
        "accuracy": 1.0,
        "channels": channels,
        **{f"lead_{which}": 5.0 for which in ("first", "second")},
        **{
            f"least_{fill}_{which}": float(leads[i].min()) + (fill == "gray")
            for i, which in enumerate(("first", "second"))
            for fill in ("ground", "gray")
        },
        **{
            f"wrong_{fill}_{which}": int((leads[i] + (fill == "gray") < 0).sum())
            for i, which in enumerate(("first", "second"))
            for fill in ("ground", "gray")
        },
    }
    for layer, units in ((1, 9), (2, 5)):
        rows = [row for row in channels if row["layer"] == layer]
        facts[f"channels_{layer}"] = units
        for kind in ("zero", "mean"):
            counts = [sum(row[kind]) for row in rows]
            facts |= {
                f"most_{layer}_{kind}": counts.index(min(counts)) + 1,
                f"least_right_{layer}_{kind}": min(counts),
                f"least_accuracy_{layer}_{kind}": min(counts) / len(labels),
                f"harmless_{layer}_{kind}": sum(k == len(labels) for k in counts),
            }
    return facts, {"images": images[shown], "lead.ground": leads, "lead.gray": leads + 1}


def partial_sums(data: DataSet) -> tuple[dict, dict[str, np.ndarray]]:
    image = np.asarray(data.test.images[0])[::2, ::2] / 255
    inputs = np.stack([np.maximum(image * (k % 3), k % 2) for k in range(9)]).astype(np.float32)
    kernels = whole((9, 3, 3), 2) / 16
    parts = np.stack([convolved(given, kernel) for given, kernel in zip(inputs, kernels)])
    output = parts.sum(0) + 0.5
    sides = np.maximum(parts, 0).sum(0), np.maximum(-parts, 0).sum(0)
    row, column = divmod(int(np.minimum(*sides).argmax()), output.shape[1])
    here, (positive, negative) = parts[:, row, column], (float(s[row, column]) for s in sides)
    facts = {
        "image": data.classes[0],
        "unit": 2,
        "units": 5,
        "inputs": 9,
        "row": row,
        "column": column,
        "parts": here.tolist(),
        "positive": positive,
        "negative": -negative,
        "cancelled": min(positive, negative),
        "sum": float(here.sum()),
        "bias": 0.5,
        "output": float(here.sum() + 0.5),
        "pytorch": float(here.sum() + 0.5),
        "difference": 0.0,
        "parameters": 410,
        "weights_per_unit": 81,
        "largest_part": int(abs(here).argmax()) + 1,
    }
    return facts, {
        "inputs": inputs,
        "every_kernel": np.stack(
            [whole((9, 3, 3), k) / 16 if k != 1 else kernels for k in range(5)]
        ),
        "biases": np.float32([0.25, 0.5, -0.25, 0.0, 1.0]),
        "kernels": kernels,
        "parts": parts,
        "output": output,
        "patches": inputs[:, row : row + 3, column : column + 3].copy(),
    }


def mixing(data: DataSet) -> tuple[dict, dict[str, np.ndarray]]:
    image = np.asarray(data.test.images[0])[::2, ::2] / 255
    inputs = np.stack([np.maximum(image * (k % 4), k % 3) for k in range(9)]).astype(np.float32)
    weights = whole((9,), 3) / 8
    output = np.tensordot(weights, inputs, 1) - 0.25
    largest = int(abs(weights).argmax())
    facts = {
        "image": data.classes[0],
        "channels_in": 9,
        "channels_out": 4,
        "side": output.shape[1],
        "output": 3,
        "weights": weights.tolist(),
        "bias": -0.25,
        "largest_input": largest + 1,
        "largest_weight": float(weights[largest]),
        "parameters": 40,
        "difference": 0.0,
    }
    kernels = np.stack([whole((9,), 6), whole((9,), 7), weights, whole((9,), 8)]) / [
        [8],
        [8],
        [1],
        [8],
    ]
    return facts, {
        "inputs": inputs,
        "kernels": kernels.astype(np.float32),
        "biases": np.float32([0.5, 0.0, -0.25, 1.0]),
        "output": output,
        "rectified": np.maximum(output, 0),
    }


def bottleneck(data: DataSet) -> tuple[dict, dict[str, np.ndarray]]:
    def layer(kernel: int, given: int, out: int) -> dict:
        parameters = kernel**2 * given * out + out
        return {
            "kernel": kernel,
            "in": given,
            "out": out,
            "parameters": parameters,
            "multiply_adds": (parameters - out) * 100,
        }

    layers = {
        "plain": [layer(3, 256, 256)],
        "bottleneck": [layer(1, 256, 64), layer(3, 64, 64), layer(1, 64, 256)],
        "own_plain": [layer(3, 9, 5)],
        "own_narrow": [layer(1, 9, 4), layer(3, 4, 5)],
    }
    totals = {
        f"{name}_{what}": sum(each[what] for each in rows)
        for name, rows in layers.items()
        for what in ("parameters", "multiply_adds")
    }
    ratios = {
        f"{times}{what}": totals[f"{plain}{tail}"] / totals[f"{narrow}{tail}"]
        for times, plain, narrow in (
            ("times", "plain", "bottleneck"),
            ("own_times", "own_plain", "own_narrow"),
        )
        for what, tail in (("", "_parameters"), ("_multiply_adds", "_multiply_adds"))
    }
    return {
        "channels": 256,
        "narrow": 64,
        "map_height": 10,
        "map_width": 10,
        "layers": layers,
        **totals,
        **ratios,
    }, {}


def convolution(data: DataSet) -> tuple[dict, dict[str, np.ndarray]]:
    """A white cross of 5x5 pixels under a kernel of whole numbers."""
    image, kernel = np.maximum(np.eye(5), np.eye(5)[::-1]).astype(np.float32), whole((3, 3))
    views = np.lib.stride_tricks.sliding_window_view
    which = np.zeros((9, 25), np.float32)
    for row, (i, j) in enumerate(np.ndindex(3, 3)):
        for weight, (u, v) in enumerate(np.ndindex(3, 3), 1):
            which[row, 5 * (i + u) + j + v] = weight
    output = convolved(image, kernel)
    outputs = {
        (padding, stride): convolved(np.pad(image, padding), kernel)[::stride, ::stride]
        for padding in (0, 1)
        for stride in (1, 2)
    }
    height, width = data.image_size
    facts = {
        "side": 5,
        "kernel": 3,
        "inputs": 25,
        "outputs": 9,
        "first": int(output[0, 0]),
        "turned": list(range(-4, 5)),
        "exercise_side": 57,
        "difference": 0.0,
        **{f"side_padding_{p}_stride_{t}": len(values) for (p, t), values in outputs.items()},
        "free_dense": 225,
        "free_local": 81,
        "free_shared": 9,
        "corner_windows": 1,
        "edge_windows": 3,
        "middle_windows": 9,
        "corner_windows_padded": 4,
        "rim_share": 0.25,
        "last": "pool2",
        "field": 10,
        "units": 25,
        "corner_units": 1,
        "middle_units": 9,
        "unseen": 2 * (height + width),
        "unseen_share": 0.125,
    }
    arrays = {
        "image": image,
        "kernel": kernel,
        "products": (views(image, (3, 3)) * kernel).astype(np.float32),
        "output": output,
        "flipped": convolved(image, kernel[::-1, ::-1]),
        "which_weight": which,
        "dense": whole((9, 25), 5) / 4,
        "local": whole((9, 25), 5) / 4 * (which > 0),
        **{f"output.padding_{p}.stride_{t}": values for (p, t), values in outputs.items()},
    }
    return facts, arrays


def backward(data: DataSet) -> tuple[dict, dict[str, np.ndarray]]:
    """The last test image; a gradient for every seventh output."""
    image, (height, width) = np.asarray(data.test.images[-1]), data.image_size
    above = whole((height - 2, width - 2), 6) / 64 * (np.arange(width - 2) % 7 == 0)
    gradient = np.einsum(
        "ij,ijuv->uv", above, np.lib.stride_tricks.sliding_window_view(image / 255, (3, 3))
    ).astype(np.float32)[None]
    row, column = height // 3, 7
    pixels = (image[None, row : row + 3, column : column + 3] / 255).astype(np.float32)
    region, after = whole((8, 8), 7) / 4, whole((4, 4), 8) / 512
    blocks = region.reshape(4, 2, 4, 2).transpose(0, 2, 1, 3).reshape(4, 4, 4)
    back = {"max": np.zeros((4, 4, 4)), "mean": np.zeros((4, 4, 4))}
    passed = after * (blocks.max(2) > 0)
    np.put_along_axis(back["max"], blocks.argmax(2)[..., None], passed[..., None], 2)
    back["mean"] += (after * (blocks.mean(2) > 0) / 4)[..., None]
    back = {
        kind: values.reshape(4, 4, 2, 2).transpose(0, 2, 1, 3).reshape(8, 8)
        for kind, values in back.items()
    }
    facts = {
        "image": data.classes[-1],
        "id": data.test.ids[-1],
        "images": len(data.test.labels),
        "loss": 1.25,
        "example_loss": 0.0005,
        "seed_accuracy": 0.75,
        "solved": False,
        "channel": 1,
        "channels": 9,
        "places": above.size,
        "places_with_gradient": int((above != 0).sum()),
        "row": row,
        "column": column,
        "upstream": float(above[row, column]),
        "largest": float(abs(gradient).max()),
        "difference": 0.0,
        "slope_difference": 0.0,
        "bias": float(above.sum()),
        "bias_difference": 0.0,
        "patch": [2, 2],
        "corner": [1, 1],
        "share_before_relu": 0.75,
        "share_after_relu": 0.5,
        "share_max": 0.125,
        "share_mean": 0.375,
        "routing_difference": 0.0,
        "inputs": 9,
        "outputs": 5,
        "sum_largest": 0.25,
        "sum_difference": 0.0,
        "transposed_difference": 0.0,
        "unit": 3,
        "unit_bias": -0.5,
        "unit_bias_difference": 0.0,
    }
    patch, pooled = np.s_[2:6, 2:6], np.s_[1:3, 1:3]
    arrays = {
        "image": image,
        "kernel": whole((1, 3, 3)) / 16,
        "above": above.astype(np.float32),
        "by_hand": gradient,
        "autograd": gradient,
        "slopes": gradient,
        "pixels": pixels,
        "window": above[row, column] * pixels,
        "patch.map": region[patch],
        "patch.max": back["max"][patch],
        "patch.mean": back["mean"][patch],
        "patch.pooled": blocks.max(2)[pooled],
        "patch.means": blocks.mean(2)[pooled],
        "patch.after": after[pooled],
        "region.map": region,
        "region.after": after,
    }
    return facts, {name: array.astype(array.dtype) for name, array in arrays.items()}


def calibration(data: DataSet) -> tuple[dict, dict[str, np.ndarray]]:
    """Answers in three bins; the more an image is shifted, the more are wrong and unlike."""
    edges, images = [0, 0.5, 0.75, 1], len(data.test.labels)
    counts = {"test": [0, 2, images - 2], "shifted": [4, 8, 16 * images - 12]}
    wrong = {"test": [0, 1, 0], "shifted": [2, 4, 8]}
    mean = [0.375, 0.625, 0.875]
    facts = {
        "images": images,
        "most": 8,
        "sure": 0.99,
        "last_accuracy": 0.5,
        "last_probability": 0.75,
        "last_unlike": 0.25,
    }
    arrays = {"edges": np.array(edges, float)}
    for name, count in counts.items():
        right = np.array(count) - wrong[name]
        arrays |= {
            f"{name}.count": np.array(count),
            f"{name}.right": right,
            f"{name}.probability": np.where(np.array(count) > 0, mean, 0),
        }
        facts |= {
            f"{name}_answers": sum(count),
            f"{name}_accuracy": float(right.sum() / sum(count)),
            f"{name}_probability": 0.875,
            f"{name}_error": 0.125,
            f"{name}_sure": 5,
            f"{name}_sure_wrong": 1,
            f"{name}_unlike": 3,
            f"{name}_wrong": sum(wrong[name]),
            f"{name}_wrong_unlike": 1,
        }
    shift = np.arange(9)
    arrays |= {
        "by_shift.probability": 0.875 - shift / 64,
        "by_shift.right": 1 - shift / 16,
        "by_shift.unlike": shift / 32,
    }
    return facts, arrays


def odd_images(data: DataSet) -> tuple[dict, dict[str, np.ndarray]]:
    """The first looks usual, the others are told by one measure or two."""
    answers = [
        {
            "shown": shown,
            "class": data.classes[k % 2],
            "probability": 1 - k / 8,
            "unlike_in": ["ink_share", "feature_distance"][:k],
        }
        for k, shown in enumerate(("inverted", "noise", "pixel", "nothing"))
    ]
    return {"answers": answers, "images": 4, "unlike": 3}, {}


def photographs(data: DataSet) -> tuple[dict, dict[str, np.ndarray]]:
    """Four photographs: gray squares, tall and wide."""
    shown, (height, width) = 4, data.image_size
    facts = {
        "photographs": 8,
        "tools": 2,
        "shown": [
            {
                "class": data.classes[k % 2],
                "tool": ("marker", "chalk")[k // 2],
                "scaled_class": data.classes[0],
                "scaled_probability": 0.75,
                "redrawn_class": data.classes[k % 2],
                "redrawn_probability": 1 - k / 16,
            }
            for k in range(shown)
        ],
    }
    for way, right in (("scaled", 4), ("redrawn", 7)):
        facts |= {
            f"{way}_right": right,
            f"{way}_share": [right, 8],
            f"{way}_unlike": 8 - right,
        }
    arrays = {
        f"photograph.{k}": np.full(((40, 30), (30, 40))[k % 2] + (3,), 128, np.uint8)
        for k in range(shown)
    }
    for way in ("scaled", "redrawn"):
        arrays[f"{way}.images"] = np.full((shown, height, width), 255, np.uint8)
        arrays[f"{way}.images"][:, height // 2] = 0
    return facts, arrays


MADE = {
    "convolution": convolution,
    "windows": windows,
    "shifts": shifts,
    "sharing": sharing,
    "pooling": pooling,
    "fcn": fcn,
    "probes": probes,
    "few-shot-probes": few_shot_probes,
    "trivial-baselines": trivial_baselines,
    "patches": patches,
    "interventions": interventions,
    "partial-sums": partial_sums,
    "mixing": mixing,
    "bottleneck": bottleneck,
    "backward": backward,
    "calibration": calibration,
    "odd-images": odd_images,
    "photographs": photographs,
}
