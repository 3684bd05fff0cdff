"""Shows the classifier as a fully convolutional network: over a canvas of shapes, and where it has no right answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from report_builder.figures.toolkit.layout import SMALL, axes, end_labels
from report_builder.figures.toolkit.pixels import (
    ACROSS,
    canvas,
    enlarged,
    fit,
    gray,
    mount,
    note_at,
    outline,
    points,
    put,
    rgb,
    shades,
)
from report_builder.figures.toolkit.style import COLORS, Drawing, Style
from report_builder.figures.toolkit.words import (
    class_name,
    listed,
    shorten,
    variant_of,
    variant_title,
)
from report_builder.figures.toolkit.words import width as text_width
from report_builder.text import number, percent

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from report_builder.evidence.study import Evidence
    from xo.demonstrations.record import DemonstrationRecord

GAP = 12  # pixels around panels
SHOWN = 3  # classes, where there are many
AROUND = 12  # pixels of the canvas around the image that is shown enlarged
ON_WHITE = COLORS["receptive field"][0]  # images are white on dark pages too


def fcn_canvas(evidence: Evidence, style: Style) -> Drawing:
    """The canvas, the heat maps of two classes at its size, and the class of every stroke."""
    shown = evidence.demonstrations["fcn"]
    facts, picture, large, sharp = (
        shown.facts,
        *(shown.array(name) for name in ("canvas", "large", "sharp")),
    )
    names = [class_name(each) for each in facts["classes"]]
    colors = style.class_colors(tuple(names))
    right, shapes, pixels = facts["right"], facts["shapes"], percent(facts["right_pixels"])
    title = style.words(
        f"不经训练改成的全卷积网络：{shapes} 个图形的中心判对 {right} 个，笔画上的像素判对 {pixels}",
        f"Made fully convolutional without training, the network names {right} of {shapes} shapes at their centers, and {pixels} of their strokes' pixels",
    )

    height, width = picture.shape
    wide = width * max(1, round(ACROSS / 2 / width))
    panels = [
        fit(gray(picture), wide, 10 * wide),
        *(
            fit(shades(maps, 0, 1, (style.ground, color)), wide, 10 * wide)
            for maps, color in zip(large[:2], colors)
        ),
        fit(_by_class(style, sharp, colors), wide, 10 * wide),
    ]
    tall, wide = panels[0].shape[:2]
    full = 2 * wide + 3 * GAP
    head, between = points(full, 16), points(full, 20)
    places = [
        (GAP, head),
        (2 * GAP + wide, head),
        (2 * GAP + wide, head + tall + between),
        (GAP, head + tall + between),
    ]
    bar_y = head + 2 * tall + between + points(full, 5)
    painted = canvas(style, full, bar_y + points(full, 20))
    for panel, (x, y) in zip(panels, places):
        put(painted, panel, x, y, style.color("grid"))
    scale = wide / width
    top, left = facts["corners"][1]  # one window, as an example
    window = [
        round(length * scale)
        for length in (left, top, facts["window_width"], facts["window_height"])
    ]
    outline(
        painted, GAP + window[0] + 3, head + window[1] + 3, window[2] - 6, window[3] - 6, ON_WHITE
    )
    for k, color in enumerate(colors[:2]):
        bar = shades(np.linspace(0, 1, wide // 4), 0, 1, (style.ground, color))
        put(
            painted,
            np.repeat(bar[None], points(full, 7), axis=0),
            2 * GAP + wide + k * wide // 2 + points(full, 20),
            bar_y + 3,
            style.color("grid"),
        )
    figure = mount(title, painted)
    said = [
        style.words("画布；红框是一个位置看到的范围", "The canvas; framed: what one place sees"),
        style.words(f"{names[0]} 的概率", f"Probability of {names[0]}"),
        style.words(f"{names[1]} 的概率", f"Probability of {names[1]}"),
        style.words(
            "加上 pool1 的跳跃连接：每一笔属于哪一类",
            "With the skip from pool1: the class of each stroke",
        ),
    ]
    for words, (x, y), color in zip(said, places, (style.ink, *colors[:2], style.ink)):
        note_at(figure, x, y - points(full, 4), words, fontsize=SMALL, color=color)
    for k, name in enumerate(names[:2]):
        x = 2 * GAP + wide + k * wide // 2 + points(full, 20)
        for at, words in (
            (x - points(full, 4), f"{shorten(name, 4)}  0"),
            (x + wide // 4 + points(full, 4), "1"),
        ):
            note_at(
                figure,
                at,
                bar_y + points(full, 4),
                words,
                ha="right" if at < x else "left",
                va="center",
                fontsize=8.5,
            )
    return Drawing(
        figure=figure,
        style=style,
        title=title,
        alt=style.words(
            f"四幅 {width}×{height} 的图：画布上有 {shapes} 个图形，右下角空着；{listed(style, names[:2])} 的热力图，在图形之间和空白处也有高有低；最后一幅里，每一笔按判出的类别着色。"
            f"各图形中心的回答：{_answers(style, facts, names)}。",
            f"Four pictures of {width}×{height}: a canvas with {shapes} shapes, its lower right corner empty; heat maps of "
            f"{listed(style, names[:2])}, high and low between shapes and over empty ground too; and strokes in the color of the class they are "
            f"taken for. At the centers of the shapes: {_answers(style, facts, names)}.",
        ),
        caption=style.words(
            f"{_network(style, evidence, shown)}：全连接层的权值改排成 {facts['kernel']}×{facts['kernel']} 和 1×1 的卷积核，没有再训练。画布由测试图像拼成，四周补 {facts['margin']} 个像素的空地；"
            f"热力图为 {facts['heat_width']}×{facts['heat_height']}，每隔 {facts['stride']} 个像素一个值，由转置卷积（双线性插值的权值）放大到画布大小，再算 softmax。"
            f"左下：两类的概率都乘以边缘强度，即 pool1 的特征图与空地上的特征图之间的距离；它只说哪里有笔画，不说是哪一类。训练过的 FCN 会从 pool1 学出每一类的得分，再相加。",
            f"{_network(style, evidence, shown)}: the weights of its dense layers became kernels of {facts['kernel']}×{facts['kernel']} and 1×1, and were not trained any "
            f"further. The canvas is laid out with test images, with {facts['margin']} pixels of empty ground around it. The heat maps, {facts['heat_width']}×{facts['heat_height']} "
            f"and one value every {facts['stride']} pixels, are brought to the canvas's size by a transposed convolution with the weights of bilinear interpolation; then comes "
            "softmax. Lower left: probabilities times edge strength, the distance of pool1's maps from those over empty ground. This says where a stroke "
            "is, not of which class; a trained FCN would learn scores of each class from pool1, and add them.",
        ),
        rows=[
            {
                "image": each["id"],
                "truth": class_name(each["class"]),
                "row": each["center"][0],
                "column": each["center"][1],
                "class": name,
                "probability": p,
            }
            for each in facts["placed"]
            for name, p in zip(names, each["probabilities"])
        ],
    )


def fcn_details(evidence: Evidence, style: Style) -> Drawing:
    """One piece at the three stages of its size; two shapes that touch; empty ground; the scores of one crop by both networks."""
    shown = evidence.demonstrations["fcn"]
    facts, picture, coarse, large, sharp, pair, profile = (
        shown.facts,
        *(shown.array(name) for name in ("canvas", "coarse", "large", "sharp", "pair", "profile")),
    )
    names = [class_name(each) for each in facts["classes"]]
    colors = style.class_colors(tuple(names))
    touch = profile[:, facts["touch"][1]]
    met, empty = names[int(touch.argmax())], class_name(facts["empty_class"])
    title = style.words(
        f"类别里没有背景：空地上答 {empty}（{percent(facts['empty_probability'])}），{names[0]} 与 {names[1]} 相接处答 {met}（{percent(float(touch.max()))}）",
        f"Without a class for the background it must name a shape: {empty} over empty ground ({percent(facts['empty_probability'])}), {met} where {names[0]} and {names[1]} "
        f"touch ({percent(float(touch.max()))})",
    )

    # upper row: one shape, three sizes of its heat map
    k, (top, left) = 1 % facts["shapes"], facts["corners"][1]
    label = facts["classes"].index(facts["placed"][k]["class"])
    rows, columns = (
        slice(max(start - AROUND, 0), min(start + length + AROUND, whole))
        for start, length, whole in zip(
            (top, left), (facts["window_height"], facts["window_width"]), picture.shape
        )
    )
    ramp = style.ground, colors[label]
    cells = enlarged(coarse[label], facts["stride"])[rows, columns]
    third = (ACROSS - 4 * GAP) // 3
    pieces = [
        fit(shades(maps, 0, 1, ramp), third, 10 * third)
        for maps in (cells, large[label][rows, columns], sharp[label][rows, columns])
    ]
    tall = max(piece.shape[0] for piece in pieces)
    # middle row: the pair at the left, its profile at the right; lower row: empty ground, and the crop
    scene = fit(gray(pair), ACROSS * 2 // 5, ACROSS // 3)
    head, between = points(ACROSS, 16), points(ACROSS, 34)
    middle = head + tall + between
    lower = middle + scene.shape[0] + points(ACROSS, 54)
    blank = np.full((points(ACROSS, 64), points(ACROSS, 64), 3), facts["ground"], dtype=np.uint8)
    painted = canvas(style, ACROSS, lower + blank.shape[0] + points(ACROSS, 10))
    lefts = [GAP + i * (third + GAP) for i in range(3)]
    for x, piece in zip(lefts, pieces):
        put(painted, piece, x, head, style.color("grid"))
    put(painted, scene, GAP, middle, style.color("grid"))
    put(painted, blank, GAP, lower, style.color("grid"))
    scale = scene.shape[1] / pair.shape[1]
    row = middle + round(facts["touch"][0] * scale)
    painted[row : row + 2, GAP : GAP + scene.shape[1] : 6] = painted[
        row : row + 2, GAP + 1 : GAP + scene.shape[1] : 6
    ] = rgb(ON_WHITE)
    figure = mount(title, painted)

    above = points(ACROSS, 4)
    for x, words in zip(
        lefts,
        (
            style.words(
                f"{shorten(names[label], 10)} 的热力图，每格 {facts['stride']}×{facts['stride']} 像素",
                f"{shorten(names[label], 10)}: one cell for {facts['stride']}×{facts['stride']} pixels",
            ),
            style.words("转置卷积之后", "After the transposed convolution"),
            style.words("再加上 pool1 的跳跃连接", "With the skip from pool1"),
        ),
    ):
        note_at(figure, x, head - above, words, fontsize=SMALL)
    note_at(
        figure,
        GAP,
        middle - above,
        style.words(f"{names[0]} 与 {names[1]} 相接", f"{names[0]} and {names[1]} touch"),
        fontsize=SMALL,
    )
    _profile(
        figure, style, facts, profile, names, colors, GAP + scene.shape[1], middle, scene.shape[0]
    )
    note_at(figure, GAP, lower - above, style.words("空地", "Empty ground"), fontsize=SMALL)
    _bars(
        figure,
        style,
        facts["empty_probabilities"],
        names,
        colors,
        GAP + blank.shape[1],
        lower,
        blank.shape[0],
    )
    _crop(figure, style, shown, k, names, ACROSS // 2 - points(ACROSS, 20), lower)
    before, after, first = (
        percent(facts["edge_before"]),
        percent(facts["edge_after"]),
        percent(facts["pairs_first"], 0),
    )
    sure = percent(facts["sure"], 0)
    return Drawing(
        figure=figure,
        style=style,
        title=title,
        alt=style.words(
            f"上：一个 {names[label]} 周围的热力图，先是方格，再是平滑的，最后只剩笔画。中：{names[0]} 与 {names[1]} 相接，以及窗口沿虚线移动时各类的概率，相接处 {names[0]} 为 {percent(float(touch[0]))}。"
            f"下：空地上各类的概率，{_shares(style, names, facts['empty_probabilities'])}；同一幅裁剪图上，两种网络的得分最多相差 {number(facts['crop_difference'], 2)}。",
            f"Above: the heat map around one {names[label]}, in squares, then smooth, then only along strokes. Middle: {names[0]} and {names[1]} that touch, and the "
            f"probabilities while the window moves along the dotted line; where they touch {names[0]} has {percent(float(touch[0]))}. Below: probabilities over empty ground, "
            f"{_shares(style, names, facts['empty_probabilities'])}; and the scores of one crop by both networks, at most {number(facts['crop_difference'], 2)} apart.",
        ),
        caption=style.words(
            f"{_network(style, evidence, shown)}。全部热量中，落在笔画上或离笔画不超过 {facts['near']} 个像素、类别也对的，没有跳跃连接时占 {before}，有时占 {after}。"
            f"图中相接的只是一对；n = {facts['pairs']} 对测试图像（两种左右次序）里，相接处答 {names[0]} 的占 {first}，把握不低于 {sure} 的占 {percent(facts['pairs_sure'], 0)}。"
            f"写出得分的是上一行的那个 {names[label]}；n = {facts['crops']} 幅裁剪图（其中一幅是空地）都比较过，差别来自浮点数相加的次序。",
            f"{_network(style, evidence, shown)}. Of all heat, {before} lies on a stroke or up to {facts['near']} pixels from it and names its class without the skip, {after} with it. The pair "
            f"shown is one; of n = {facts['pairs']} pairs of test images, each laid both ways, {first} are called {names[0]} where they touch, and {percent(facts['pairs_sure'], 0)} are called something "
            f"with a probability of at least {sure}. The scores given are of the {names[label]} in the upper row; n = {facts['crops']} crops were compared, one of them empty. What differs is "
            "the order of additions in floating point.",
        ),
        rows=[
            *(
                {"what": "touching", "place": column, "class": name, "value": float(p)}
                for name, line in zip(names, profile)
                for column, p in enumerate(line)
            ),
            *(
                {"what": "empty", "place": 0, "class": name, "value": p}
                for name, p in zip(names, facts["empty_probabilities"])
            ),
            *(
                {"what": what, "place": crop, "class": name, "value": float(value)}
                for what, array in (("classifier", "by_net"), ("fully convolutional", "by_fcn"))
                for crop, scores in enumerate(shown.array(array))
                for name, value in zip(names, scores)
            ),
            *(
                {"what": what, "place": 0, "class": "", "value": facts[key]}
                for what, key in (
                    ("heat on strokes", "edge_before"),
                    ("heat on strokes, with skip", "edge_after"),
                )
            ),
        ],
    )


def _profile(
    figure: Figure,
    style: Style,
    facts: dict,
    profile: np.ndarray,
    names: list[str],
    colors: list[str],
    right: int,
    top: int,
    tall: int,
) -> None:
    """The probabilities along the row of the pair in which it touches."""
    height = figure.images[0].get_size()[0]
    left = right + points(ACROSS, 48)
    ax = axes(
        figure,
        left / figure.dpi,
        (height - top - tall) / figure.dpi,
        (ACROSS - left - points(ACROSS, 50)) / figure.dpi,
        tall / figure.dpi,
    )
    for line, color, dash in zip(profile, colors, ("-", (0, (4, 2)), (0, (1, 1.2))) * len(names)):
        ax.plot(range(len(line)), 100 * line, color=color, lw=1.6, ls=dash)
    ax.axvline(facts["touch"][1], color=style.color("chance"), lw=1, ls=(0, (1, 1.5)))
    ax.set_ylim(-3, 103)
    ax.set_xlim(0, profile.shape[1] - 1)
    ax.set_yticks([0, 50, 100])
    ax.set_ylabel(style.words("概率（%）", "Probability (%)"))
    ax.set_xlabel(
        style.words(
            "窗口中心的位置（像素）；点线处相接",
            "Middle of the window (pixels); they touch at the dots",
        )
    )
    end_labels(
        ax,
        [
            (100 * float(line[-1]), shorten(name, 7), color)
            for line, name, color in list(zip(profile, names, colors))[:SHOWN]
        ],
    )


def _bars(
    figure: Figure,
    style: Style,
    values: list[float],
    names: list[str],
    colors: list[str],
    left: int,
    top: int,
    tall: int,
) -> None:
    """A bar for the probability of each class, the most probable ones where there are many."""
    height = figure.images[0].get_size()[0]
    order = sorted(np.argsort(-np.array(values), kind="stable")[:SHOWN])
    left += points(ACROSS, 14 + 5 * max(text_width(shorten(names[k], 9)) for k in order))
    ax = axes(
        figure,
        left / figure.dpi,
        (height - top - tall) / figure.dpi,
        points(ACROSS, 76) / figure.dpi,
        tall / figure.dpi,
        xlim=(0, 1),
        ylim=(max(len(order), 3) - 0.5, -0.5),
    )
    ax.axis("off")
    for y, k in enumerate(order):
        ax.barh(y, values[k], height=0.4, color=colors[k])
        ax.barh(y, 1, height=0.4, fc="none", ec=style.muted, lw=0.6)
        ax.text(
            -0.05, y, shorten(names[k], 9), ha="right", va="center", fontsize=SMALL, color=colors[k]
        )
        ax.text(1.05, y, percent(values[k]), va="center", fontsize=SMALL)


def _crop(
    figure: Figure,
    style: Style,
    shown: DemonstrationRecord,
    k: int,
    names: list[str],
    left: int,
    top: int,
) -> None:
    """The scores of one crop by the classifier and by the fully convolutional network, in numbers."""
    facts = shown.facts
    size = f"{facts['window_width']}×{facts['window_height']}"
    note_at(
        figure,
        left,
        top - points(ACROSS, 4),
        style.words(f"同一幅 {size} 裁剪图的得分", f"Scores of the same crop of {size}"),
        fontsize=SMALL,
    )
    columns = [left + points(ACROSS, 118 + 60 * i) for i in range(min(len(names), SHOWN))]
    for x, name in zip(columns, names):
        note_at(
            figure,
            x,
            top + points(ACROSS, 12),
            shorten(name, 10),
            ha="right",
            fontsize=SMALL,
            color=style.muted,
        )
    for i, (words, array) in enumerate(
        (
            (style.words("分类器", "Classifier"), "by_net"),
            (style.words("全卷积网络", "Convolutions"), "by_fcn"),
        )
    ):
        y = top + points(ACROSS, 28 + 15 * i)
        note_at(figure, left, y, words, fontsize=SMALL)
        for x, value in zip(columns, shown.array(array)[k]):
            note_at(figure, x, y, f"{value:.5f}".replace("-", "−"), ha="right", fontsize=SMALL)
    note_at(
        figure,
        left,
        top + points(ACROSS, 60),
        style.words(
            f"{facts['crops']} 幅裁剪图，最大差别 {number(facts['crop_difference'], 2)}",
            f"Largest difference on {facts['crops']} crops: {number(facts['crop_difference'], 2)}",
        ),
        fontsize=SMALL,
    )


def _network(style: Style, evidence: Evidence, shown: DemonstrationRecord) -> str:
    variant, seed = variant_title(style, variant_of(evidence, "baseline")), shown.seed("baseline")
    return style.words(f"{variant}（种子 {seed}）", f"“{variant}” (seed {seed})")


def _answers(style: Style, facts: dict, names: list[str]) -> str:
    """The truth and the answer at every shape's center."""
    said = (
        (
            class_name(each["class"]),
            int(np.argmax(each["probabilities"])),
            max(each["probabilities"]),
        )
        for each in facts["placed"]
    )
    return style.words("，", ", ").join(
        f"{truth} → {names[k]} {percent(p)}" for truth, k, p in said
    )


def _shares(style: Style, names: list[str], values: list[float]) -> str:
    return style.words("，", ", ").join(
        f"{name} {percent(value)}" for name, value in zip(names, values)
    )


def _by_class(style: Style, maps: np.ndarray, colors: list[str]) -> np.ndarray:
    """(K, H, W) -> (H, W, 3), the color of the class with the largest value, the stronger the larger it is."""
    winner, picture = maps.argmax(axis=0), np.zeros((*maps.shape[1:], 3), dtype=np.uint8)
    for k, color in enumerate(colors):
        picture[winner == k] = shades(maps[k][winner == k], 0, 1, (style.ground, color))
    return picture
