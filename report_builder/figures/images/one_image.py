"""An image of each of two classes, and a network's answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from report_builder.evidence.shown_images import ShownImages, measure_images
from report_builder.evidence.shown_network import Network, network_of_run
from report_builder.figures.toolkit.description import Description
from report_builder.figures.toolkit.layout import POINT
from report_builder.figures.toolkit.picture import Picture
from report_builder.figures.toolkit.pixels import ACROSS, as_rgb, cell_size, points
from report_builder.figures.toolkit.style import Style
from report_builder.figures.toolkit.words import class_label, joined, listed, on_lines
from report_builder.figures.toolkit.words import width as text_width
from report_builder.text import Text, percent

if TYPE_CHECKING:
    from report_builder.figures.toolkit.typing import Evidence, Figure

MOST_CLASSES = 5  # whose probabilities are shown
LABEL = 10  # columns of a line of a class's name beside its bar
MARGIN = 12  # pixels left of an image


class OneImage(NamedTuple):
    """The first test image of each of the first two classes, and one run's answers."""

    network: Network
    shown: ShownImages


def measure(evidence: Evidence, variant: str) -> OneImage:
    """What the representative run has recorded of these images."""
    run = evidence.representative(variant)
    return OneImage(network_of_run(evidence, run), measure_images(run))


def draw(numbers: OneImage, style: Style) -> Figure:
    """Each image with its probabilities as bars beside it."""
    names, images = numbers.shown.class_names, numbers.shown.images
    colors = style.class_colors(names)
    cell = wide, _ = cell_size(images.shape[1:], ACROSS * 0.24)
    side = max(cell)
    width = round(side / 0.24)
    picture = Picture(style, describe(numbers).title, width, side + points(width, 24))
    for i, image in enumerate(images):
        x, truth = MARGIN + i * width // 2, class_label(names[i])
        words = Text(f"真实：{truth.zh}", f"Truth: {truth.en}")
        picture.note(x, points(width, 13), words, 10, color=colors[i])
        picture.paint_into(as_rgb(image), x, points(width, 20), cell)
        _draw_bars(picture, numbers, i, x + wide, side)
    return picture.finished()


def _draw_bars(picture: Picture, numbers: OneImage, image: int, x: int, side: int) -> None:
    """The likeliest classes, in their order, beside an image `side` pixels high."""
    probabilities, style, dpi = numbers.shown.probabilities[image], picture.style, picture.dpi
    colors = style.class_colors(numbers.shown.class_names)
    order = sorted(np.argsort(-probabilities, kind="stable")[:MOST_CLASSES])
    names = [on_lines(numbers.shown.class_names[k], LABEL) for k in order]
    longest = max(text_width(line) for name in names for line in name.split("\n"))
    room = 0.16 + 0.068 * longest  # inches for the names
    tall = min(side, 0.42 * len(order) * dpi)
    y = picture.height - (side + tall) / 2 - 4 * POINT * dpi
    limits: dict[str, Any] = {"xlim": (0, 1), "ylim": (len(order) - 0.5, -0.5)}
    ax = picture.axes(x + room * dpi, y, (1.2 - room) * dpi, tall, **limits)
    ax.axis("off")
    for row, (k, name) in enumerate(zip(order, names)):
        text: dict[str, Any] = {"va": "center", "fontsize": 9}
        ax.barh(row, probabilities[k], height=0.32, color=colors[k])
        ax.barh(row, 1, height=0.32, fc="none", ec=style.muted, lw=0.6)
        tight: dict[str, Any] = {"linespacing": 1.0} if "\n" in name else {}
        ax.text(-0.05, row, name, ha="right", color=colors[k], **text, **tight)
        ink = style.ink if k == probabilities.argmax() else style.muted
        ax.text(1.05, row, percent(float(probabilities[k])), color=ink, **text)


def describe(numbers: OneImage) -> Description:
    """The answers in words, and a row for each image and class."""
    network, shown, taken, listings = numbers.network, numbers.shown, [], []
    names = shown.class_names
    for image_id, truth, values in zip(shown.image_ids, names[:2], shown.probabilities):
        answer, sure = names[int(values.argmax())], percent(values.max())
        taken.append(
            Text(
                f"真实为 {truth} 的判为 {answer}（{sure}）",
                f"{truth} is taken for {answer} ({sure})",
            )
        )
        probabilities = joined(
            f"{name} {percent(float(value))}" for name, value in zip(names, values)
        )
        listings.append(
            Text(
                f"{image_id}（真实 {truth}）：{probabilities.zh}",
                f"{image_id} (truth {truth}): {probabilities.en}",
            )
        )
    answers, listing = joined(taken), listed(listings)
    return Description(
        title=Text(f"{network.variant.zh}：{answers.zh}", f"{network.variant.en}: {answers.en}"),
        alt=Text(
            f"两幅图像和网络给出的概率。{listing.zh}。",
            f"Two images with the probabilities that the network gives. {listing.en}.",
        ),
        caption=Text(
            f"前两类各一幅（每类测试图像中的第一幅），以及{network.of_seed.zh}对它的输出经 softmax "
            "得到的概率。",
            "An image of each of the first two classes, the first of its test images, and the "
            f"probabilities that softmax makes of the output of {network.of_seed.en}.",
        ),
        rows=[
            {
                "image": shown.image_ids[i],
                "truth": names[i],
                "class": names[k],
                "probability": float(shown.probabilities[i, k]),
            }
            for i, k in np.ndindex(shown.probabilities.shape)
        ],
    )
