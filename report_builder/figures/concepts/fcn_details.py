"""Where the fully convolutional network has no right answer, and that it computes the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from report_builder.evidence.shown_network import Network, network_of
from report_builder.figures.concepts.fcn_details_text import describe
from report_builder.figures.toolkit.layout import DOTS, LINE_STYLES, SMALL, end_labels
from report_builder.figures.toolkit.picture import ON_WHITE, Picture
from report_builder.figures.toolkit.pixels import ACROSS, as_rgb, enlarged, fit, points, rgb, shades
from report_builder.figures.toolkit.style import Style
from report_builder.figures.toolkit.words import shorten, width
from report_builder.text import Text, class_name, number, percent

if TYPE_CHECKING:
    from report_builder.figures.toolkit.typing import Evidence, Figure

__all__ = ["FcnDetails", "describe", "draw", "measure"]

GAP = 12  # pixels around panels
SHOWN = 3  # classes, where there are many
AROUND = 12  # pixels of the canvas around the image that is shown enlarged


class FcnDetails(NamedTuple):
    """One shape, two that touch, empty ground, and crops on which both networks are compared."""

    network: Network
    class_names: tuple[str, ...]
    # the surroundings of one shape on the canvas, probabilities of its class, (h, w) each
    shape_label: int
    coarse: np.ndarray  # as computed, every value repeated over the pixels it stands for
    heat_map: np.ndarray  # at the canvas's size
    strokes: np.ndarray  # the same times the strength of edges in pool1
    stride: int  # pixels that a value stands for
    heat_on_strokes: tuple[float, float]  # share of all heat, without and with the edges
    near: int  # pixels from a stroke up to which heat counts
    # two shapes that touch
    pair: np.ndarray  # (H, W) uint8
    profile: np.ndarray  # (classes, W), probabilities along the row in which they touch
    touch: tuple[int, int]  # row and column
    pairs: int  # that were measured
    pairs_first: float  # share that are called the first class where they touch
    pairs_sure: float  # share that are called anything with a probability of at least `sure`
    sure: float
    # empty ground
    ground: int  # its color, 0 to 255
    empty_class: str
    empty_probabilities: list[float]
    # crops of the canvas
    shape_crop: int  # the index of the shape's crop
    classifier_scores: np.ndarray  # (crops, classes)
    fcn_scores: np.ndarray  # (crops, classes)
    difference: float  # the largest one between both
    window: tuple[int, int]  # (H, W) of a crop


def measure(evidence: Evidence) -> FcnDetails:
    """The details that the demonstration "fcn" has recorded."""
    record = evidence.shown_demonstration("fcn")
    facts, shape = record.facts, 1 % record.facts["shapes"]
    label = facts["classes"].index(facts["placed"][shape]["class"])
    window = facts["window_height"], facts["window_width"]
    canvas = record.array("canvas")
    around = tuple(
        slice(max(start - AROUND, 0), min(start + length + AROUND, end))
        for start, length, end in zip(facts["corners"][1], window, canvas.shape[:2])
    )
    return FcnDetails(
        network=network_of(evidence, record, "baseline"),
        class_names=tuple(map(class_name, facts["classes"])),
        shape_label=label,
        coarse=enlarged(record.array("coarse")[label], facts["stride"])[around],
        heat_map=record.array("large")[label][around],
        strokes=record.array("sharp")[label][around],
        stride=facts["stride"],
        heat_on_strokes=(facts["edge_before"], facts["edge_after"]),
        near=facts["near"],
        pair=record.array("pair"),
        profile=record.array("profile"),
        touch=tuple(facts["touch"]),
        pairs=facts["pairs"],
        pairs_first=facts["pairs_first"],
        pairs_sure=facts["pairs_sure"],
        sure=facts["sure"],
        ground=facts["ground"],
        empty_class=class_name(facts["empty_class"]),
        empty_probabilities=facts["empty_probabilities"],
        shape_crop=shape,
        classifier_scores=record.array("by_net"),
        fcn_scores=record.array("by_fcn"),
        difference=facts["crop_difference"],
        window=window,
    )


def draw(numbers: FcnDetails, style: Style) -> Figure:
    """Three heat maps of one shape; below, two that touch; then empty ground and a crop."""
    third, color = (ACROSS - 4 * GAP) // 3, _colors(numbers, style)[numbers.shape_label]
    heat_maps = [
        fit(shades(values, 0, 1, (style.ground, color)), third, 10 * third)
        for values in (numbers.coarse, numbers.heat_map, numbers.strokes)
    ]
    pair = fit(as_rgb(numbers.pair), ACROSS * 2 // 5, ACROSS // 3)
    side = points(ACROSS, 64)  # of the empty ground
    upper = points(ACROSS, 16)
    middle = upper + max(each.shape[0] for each in heat_maps) + points(ACROSS, 34)
    lower = middle + pair.shape[0] + points(ACROSS, 54)
    picture = Picture(style, describe(numbers).title, ACROSS, lower + side + points(ACROSS, 10))
    _paint_shape(picture, numbers, heat_maps, upper)
    _paint_pair(picture, numbers, pair, middle)
    _draw_profile(picture, numbers, GAP + pair.shape[1], middle, pair.shape[0])
    picture.paint(np.full((side, side, 3), numbers.ground, dtype=np.uint8), GAP, lower)
    picture.note(GAP, lower - points(ACROSS, 4), Text("空白处", "Empty background"))
    _draw_bars(picture, numbers, GAP + side, lower, side)
    _write_scores(picture, numbers, ACROSS // 2 - points(ACROSS, 20), lower)
    return picture.finished()


def _colors(numbers: FcnDetails, style: Style) -> list[str]:
    return style.class_colors(numbers.class_names)


def _paint_shape(
    picture: Picture, numbers: FcnDetails, heat_maps: list[np.ndarray], y: int
) -> None:
    """The heat map around one shape: coarse, smooth, and only along strokes."""
    name = shorten(numbers.class_names[numbers.shape_label], 12)
    cell = f"{numbers.stride}×{numbers.stride}"
    headings = (
        Text(f"{name} 的热力图，每格 {cell} 像素", f"{name}: one cell for {cell} pixels"),
        Text("转置卷积之后", "After the transposed convolution"),
        Text("再加上 pool1 的跳跃连接", "With the skip from pool1"),
    )
    third = (ACROSS - 4 * GAP) // 3
    for i, (heat_map, words) in enumerate(zip(heat_maps, headings)):
        x = GAP + i * (third + GAP)
        picture.paint(heat_map, x, y)
        picture.note(x, y - points(ACROSS, 4), words)


def _paint_pair(picture: Picture, numbers: FcnDetails, pair: np.ndarray, y: int) -> None:
    """Two shapes that touch, with a dotted line through the row in which they do."""
    picture.paint(pair, GAP, y)
    wide = pair.shape[1]
    row = y + round(numbers.touch[0] * (wide / numbers.pair.shape[1]))
    for start in (GAP, GAP + 1):
        picture.canvas[row : row + 2, start : GAP + wide : 6] = rgb(ON_WHITE)
    first, second = numbers.class_names[:2]
    words = Text(f"{first} 与 {second} 相接", f"{first} and {second} touch")
    picture.note(GAP, y - points(ACROSS, 4), words)


def _draw_profile(picture: Picture, numbers: FcnDetails, right: int, top: int, tall: int) -> None:
    """The probabilities along the row of the pair in which it touches."""
    style, names = picture.style, numbers.class_names
    colors = _colors(numbers, style)
    left = right + points(ACROSS, 48)
    ax = picture.axes(left, top, ACROSS - left - points(ACROSS, 50), tall)
    for k, line in enumerate(numbers.profile):
        dash = LINE_STYLES[k % len(LINE_STYLES)]
        ax.plot(range(len(line)), 100 * line, color=colors[k], lw=1.6, ls=dash)
    ax.axvline(numbers.touch[1], color=style.color("chance"), lw=1, ls=DOTS)
    ax.set_ylim(-3, 103)
    ax.set_xlim(0, numbers.profile.shape[1] - 1)
    ax.set_yticks([0, 50, 100])
    ax.set_ylabel(style.text(Text("概率（%）", "Probability (%)")))
    words = Text(
        "窗口中心的位置（像素）；点线处相接",
        "Middle of the window (pixels); they touch at the dots",
    )
    ax.set_xlabel(style.text(words))
    labels = [
        (100 * float(line[-1]), shorten(names[k], 10), colors[k])
        for k, line in enumerate(numbers.profile[:SHOWN])
    ]
    end_labels(ax, labels)


def _draw_bars(picture: Picture, numbers: FcnDetails, left: int, top: int, tall: int) -> None:
    """A bar for the probability of each class, the most probable ones where there are many."""
    values, colors = numbers.empty_probabilities, _colors(numbers, picture.style)
    order = sorted(np.argsort(-np.array(values), kind="stable")[:SHOWN])
    names = {k: shorten(numbers.class_names[k], 9) for k in order}
    left += points(ACROSS, 14 + 5 * max(map(width, names.values())))
    limits = {"xlim": (0, 1), "ylim": (max(len(order), 3) - 0.5, -0.5)}
    ax = picture.axes(left, top, points(ACROSS, 76), tall, **limits)
    ax.axis("off")
    for y, k in enumerate(order):
        ax.barh(y, values[k], height=0.4, color=colors[k])
        ax.barh(y, 1, height=0.4, fc="none", ec=picture.style.muted, lw=0.6)
        text: dict[str, Any] = {"va": "center", "fontsize": SMALL}
        ax.text(-0.05, y, names[k], ha="right", color=colors[k], **text)
        ax.text(1.05, y, percent(values[k]), **text)


def _write_scores(picture: Picture, numbers: FcnDetails, left: int, top: int) -> None:
    """The scores of one crop by the classifier and by the fully convolutional network."""
    size, difference = f"{numbers.window[1]}×{numbers.window[0]}", number(numbers.difference, 2)
    words = Text(f"同一幅 {size} 裁剪图的得分", f"Scores of the same crop of {size}")
    picture.note(left, top - points(ACROSS, 4), words)
    rows = (
        (28, Text("分类器", "Classifier"), numbers.classifier_scores),
        (43, Text("全卷积网络", "Convolutions"), numbers.fcn_scores),
    )
    for below, words, _ in rows:
        picture.note(left, top + points(ACROSS, below), words)
    for k, name in enumerate(numbers.class_names[:SHOWN]):
        x, muted = left + points(ACROSS, 118 + 60 * k), picture.style.muted
        picture.note(x, top + points(ACROSS, 12), shorten(name, 10), ha="right", color=muted)
        for below, _, scores in rows:
            score = f"{scores[numbers.shape_crop, k]:.5f}".replace("-", "−")
            picture.note(x, top + points(ACROSS, below), score, ha="right")
    crops = len(numbers.fcn_scores)
    words = Text(
        f"{crops} 幅裁剪图，最大差别 {difference}",
        f"Largest difference on {crops} crops: {difference}",
    )
    picture.note(left, top + points(ACROSS, 60), words)
