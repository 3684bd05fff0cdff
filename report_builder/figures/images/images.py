"""Shows images of the data set: samples, one image with its answer, and those that a network gets wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from report_builder.figures.toolkit.layout import POINT, WIDTH, axes
from report_builder.figures.toolkit.pixels import (
    ACROSS,
    canvas,
    cell_size,
    gray,
    mount,
    note_at,
    points,
    put_into,
)
from report_builder.figures.toolkit.style import Drawing, Style
from report_builder.figures.toolkit.words import (
    class_name,
    class_names,
    described,
    listed,
    shorten,
    variant_of,
    variant_title,
)
from report_builder.figures.toolkit.words import width as text_width
from report_builder.text import percent, plural

if TYPE_CHECKING:
    from report_builder.evidence.study import Evidence
    from xo.runs.record import RunRecord

SAMPLES = 10  # in a row
TILES = 5  # mistakes in a row
SHOWN_MISTAKES = 10
SHOWN_CLASSES = 5  # probabilities listed for one image


def samples(evidence: Evidence, style: Style) -> Drawing:
    """Training images of every class, spread evenly over the folder."""
    data, names = evidence.data, [class_name(each) for each in evidence.data.classes]
    train, test = (
        np.bincount(part.labels, minlength=len(names)) for part in (data.train, data.test)
    )
    h, w = data.image_size
    title = (
        style.words(
            f"{'、'.join(f'{n} {a:,} 幅' for n, a in zip(names, train))}用于训练，另有 {test.sum():,} 幅用于测试",
            f"{listed(style, [f'{a:,} {n}' for n, a in zip(names, train)])} to learn from, {test.sum():,} more images to "
            "be tested on",
        )
        if len(names) <= 3
        else style.words(
            f"{len(names)} 类：{train.sum():,} 幅用于训练，另有 {test.sum():,} 幅用于测试",
            f"{len(names)} classes: {train.sum():,} images to learn from, {test.sum():,} more to be tested on",
        )
    )
    rows = 2 if len(names) == 2 and train.min() > SAMPLES else 1
    cell = wide, tall = cell_size((h, w), ACROSS / SAMPLES - 10)
    pitch, drop = wide + 10, tall + 10  # pixels to the right and down
    width = SAMPLES * pitch + 10
    heading = points(width, 22)
    painted = canvas(style, width, len(names) * (heading + rows * drop) + 10)
    chosen = []
    for k in range(len(names)):
        among = np.flatnonzero(data.train.labels == k)
        picks = among[
            np.linspace(0, len(among) - 1, min(rows * SAMPLES, len(among))).round().astype(int)
        ]
        for i, index in enumerate(picks):
            row, column = divmod(i, SAMPLES)
            y = k * (heading + rows * drop) + heading + row * drop
            put_into(
                painted,
                gray(data.train.images[index]),
                10 + column * pitch,
                y,
                cell,
                style.color("grid"),
            )
        chosen += [(names[k], data.train.ids[index], data.train.images[index]) for index in picks]
    figure = mount(title, painted)
    for k, (name, color) in enumerate(zip(names, style.class_colors(names))):
        note_at(
            figure,
            10,
            k * (heading + rows * drop) + heading * 0.72,
            shorten(name, 30)
            + style.words(
                f"：训练 {train[k]:,} 幅，测试 {test[k]:,} 幅",
                f": {train[k]:,} for training, {test[k]:,} for testing",
            ),
            color=color,
            fontsize=10,
        )
    return Drawing(
        figure=figure,
        style=style,
        title=title,
        alt=style.words(
            f"{listed(style, names)}的训练图像，共 {len(chosen)} 幅，每幅宽 {w} 高 {h} 像素。",
            f"{plural(len(chosen), 'training image')} of {listed(style, names)}, each {w} pixels wide and "
            f"{h} high.",
        ),
        caption=style.words(
            f"数据集 {data.name}，每幅 {w}×{h} 像素，原样显示。从每类的训练图像中按文件名次序等间隔取出，不作挑选。",
            f"Data set {data.name}, {w}×{h} pixels an image, shown as they are: taken at even distances from each "
            "class's training images in the order of their names, not picked by eye.",
        ),
        rows=[
            {"class": name, "image": identity, "dark_share": float((image < 128).mean())}
            for name, identity, image in chosen
        ],
    )


def one_image(evidence: Evidence, style: Style, name: str) -> Drawing:
    """An image of each of the first two classes, and what the representative run says of it."""
    variant, run = variant_of(evidence, name), evidence.representative(name)
    names, ids = class_names(run), run.test_ids
    pictures, labels = run.array("shown_images"), run.array("shown_labels")
    shown = [int(np.flatnonzero(labels == k)[0]) for k in (0, 1)]
    said = [
        run.array("test_probabilities")[ids.index(run.shown_ids[i])] for i in shown
    ]  # (classes,) each
    answers = [int(p.argmax()) for p in said]
    title = variant_title(style, variant) + style.words(
        "："
        + "，".join(
            f"真实为 {names[k]} 的判为 {names[a]}（{percent(p[a])}）"
            for k, a, p in zip((0, 1), answers, said)
        ),
        ": "
        + ", ".join(
            f"{names[k]} is taken for {names[a]} ({percent(p[a])})"
            for k, a, p in zip((0, 1), answers, said)
        ),
    )
    cell = wide, _ = cell_size(pictures.shape[1:], ACROSS * 0.24)
    width = round(max(cell) / 0.24)
    painted = canvas(style, width, max(cell) + points(width, 24))
    for column, i in enumerate(shown):
        put_into(
            painted,
            gray(pictures[i]),
            12 + column * width // 2,
            points(width, 20),
            cell,
            style.color("grid"),
        )
    figure = mount(title, painted)
    colors, inch = style.class_colors(names), WIDTH / width
    for column, (k, p) in enumerate(zip((0, 1), said)):
        left = 12 + column * width // 2
        note_at(
            figure,
            left,
            points(width, 13),
            style.words(
                f"真实：{described(style, names[k])}", f"Truth: {described(style, names[k])}"
            ),
            color=colors[k],
            fontsize=10,
        )
        order = sorted(np.argsort(-p, kind="stable")[:SHOWN_CLASSES])
        called = [shorten(names[j], 7) for j in order]
        room = 0.16 + 0.068 * max(map(text_width, called))  # inches for the names
        high = min(max(cell) * inch, 0.42 * len(order))
        ax = axes(
            figure,
            (left + wide) * inch + room,
            (max(cell) * inch - high) / 2 + 4 * POINT,
            1.2 - room,
            high,
            xlim=(0, 1),
            ylim=(len(order) - 0.5, -0.5),
        )
        ax.axis("off")
        for y, j in enumerate(order):
            ax.barh(y, p[j], height=0.32, color=colors[j])
            ax.barh(y, 1, height=0.32, fc="none", ec=style.muted, lw=0.6)
            ax.text(-0.05, y, called[y], ha="right", va="center", fontsize=9, color=colors[j])
            ax.text(
                1.05,
                y,
                percent(float(p[j])),
                va="center",
                fontsize=9,
                color=style.ink if j == p.argmax() else style.muted,
            )
    each = "; ".join(
        style.words(
            f"{run.shown_ids[i]}（真实 {names[k]}）：", f"{run.shown_ids[i]} (truth {names[k]}): "
        )
        + ", ".join(f"{n} {percent(float(v))}" for n, v in zip(names, p))
        for i, k, p in zip(shown, (0, 1), said)
    )
    return Drawing(
        figure=figure,
        style=style,
        title=title,
        alt=style.words(
            f"两幅图像和网络给出的概率。{each}。",
            f"Two images with the probabilities that the network gives. {each}.",
        ),
        caption=style.words(
            f"前两类各一幅（每类测试图像中的第一幅），以及种子 {run.seed} 对它的输出经 softmax 得到的概率。",
            "An image of each of the first two classes, the first of its test images, and the probabilities that "
            f"softmax makes of the output of seed {run.seed}.",
        ),
        rows=[
            {"image": run.shown_ids[i], "truth": names[k], "class": n, "probability": float(v)}
            for i, k, p in zip(shown, (0, 1), said)
            for n, v in zip(names, p)
        ],
    )


def mistakes(evidence: Evidence, style: Style, name: str) -> Drawing:
    """The test images that the representative run gets wrong, surest first; if none, those it is least sure of."""
    variant, run = variant_of(evidence, name), evidence.representative(name)
    names, p, truth = (
        class_names(run),
        run.array("test_probabilities"),
        run.array("test_labels"),
    )  # (n, classes), (n,)
    answer, sure = p.argmax(axis=1), p.max(axis=1)
    wrong = np.flatnonzero(answer != truth)
    order = (
        wrong[np.argsort(-sure[wrong], kind="stable")]
        if len(wrong)
        else np.argsort(sure, kind="stable")
    )
    order = order[:SHOWN_MISTAKES]
    head = variant_title(style, variant)
    if len(wrong):
        title = style.words(
            f"{head}：种子 {run.seed} 判错 {len(truth):,} 幅图像中的 {len(wrong):,} 幅",
            f"{head}: seed {run.seed} is wrong on {len(wrong):,} of {plural(len(truth), 'image')}",
        )
    else:
        title = style.words(
            f"{head}：种子 {run.seed} 没有判错；最没把握的一幅也有 {percent(float(sure.min()))}",
            f"{head}: seed {run.seed} makes no mistake; of the least certain image it is "
            f"{percent(float(sure.min()))} sure",
        )
    h, w = evidence.data.image_size
    cell = cell_size((h, w), ACROSS / TILES - 40)
    pitch, tall = max(cell) + 40, cell[1]  # the words need the width that a narrow image leaves
    width = TILES * pitch
    words = points(width, 32)
    lines = -(-len(order) // TILES)
    painted = canvas(style, width, lines * (tall + words) + 8)
    for i, index in enumerate(order):
        row, column = divmod(i, TILES)
        put_into(
            painted,
            gray(picture(evidence, run, int(index))),
            20 + column * pitch,
            6 + row * (tall + words),
            cell,
            style.color("grid"),
        )
    figure = mount(title, painted)
    for i, index in enumerate(order):
        row, column = divmod(i, TILES)
        x, y = 20 + column * pitch, 6 + row * (tall + words) + tall
        taken = f"{shorten(names[truth[index]], 5)} → {shorten(names[answer[index]], 5)}"
        note_at(
            figure, x, y + points(width, 11), f"{taken} {percent(float(sure[index]))}", fontsize=8.5
        )
        note_at(
            figure,
            x,
            y + points(width, 22),
            shorten(run.test_ids[index].rsplit(".", 1)[0], 18),
            fontsize=8,
            color=style.muted,
        )
    listing = "; ".join(
        f"{run.test_ids[i]}: {names[truth[i]]} → {names[answer[i]]}, {percent(float(sure[i]))}"
        for i in order
    )
    which = (
        style.words("判错的图像，最有把握的在前", "misclassified images, the surest first")
        if len(wrong)
        else style.words(
            "没有判错的；这些是最没把握的", "none is wrong; these are the least certain"
        )
    )
    return Drawing(
        figure=figure,
        style=style,
        title=title,
        alt=style.words(
            f"{len(order)} 幅图像（{which}）：{listing}。",
            f"{plural(len(order), 'image')} ({which}): {listing}.",
        ),
        caption=style.words(
            f"种子 {run.seed}：{which}（{len(truth):,} 幅中的 {len(order)} 幅）。每幅下面是真实类别 → 回答，和回答的概率；再下面是文件名。",
            f"Seed {run.seed}: {which} ({len(order)} of {len(truth):,}). Below each: truth → answer with the "
            "answer's probability, and the file's name.",
        ),
        rows=[
            {
                "image": run.test_ids[i],
                "truth": names[truth[i]],
                "answer": names[answer[i]],
                "probability": float(sure[i]),
                "wrong": int(answer[i] != truth[i]),
            }
            for i in order
        ],
    )


def picture(evidence: Evidence, run: RunRecord, index: int) -> np.ndarray:
    """The (H, W) image that a run was tested on under `index`; where the split was the label, all images were."""
    identity = run.test_ids[index]
    part, rest = evidence.data.test, identity
    if tuple(run.classes) == ("test", "train") and evidence.data.classes != ("test", "train"):
        split, _, rest = identity.partition("/")
        part = {"test": evidence.data.test, "train": evidence.data.train}[split]
    return np.asarray(part.images[part.ids.index(rest)])
