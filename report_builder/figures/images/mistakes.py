"""The test images that a network gets wrong, or, where there are none, is least sure of."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from report_builder.evidence.shown_network import Network, network_of_run
from report_builder.figures.toolkit.description import Description
from report_builder.figures.toolkit.picture import Picture
from report_builder.figures.toolkit.pixels import ACROSS, as_rgb, cell_size, points
from report_builder.figures.toolkit.style import Style
from report_builder.figures.toolkit.words import class_names, listed, shorten
from report_builder.figures.toolkit.words import width as columns
from report_builder.text import Text, percent, plural

if TYPE_CHECKING:
    from report_builder.figures.toolkit.typing import Evidence, Figure, RunRecord

IN_A_ROW = 5
MOST = 10  # images
MANY = 10  # classes above which the worst recognized are shown, two images of each
SHORT = 5  # columns of names of which two and a probability fit on a line below an image
LINE = 21  # columns of a line


class Answer(NamedTuple):
    """One image and what the network answers."""

    image_id: str
    image: np.ndarray  # (H, W) uint8
    truth: str
    answer: str
    probability: float  # of the answer
    wrong: bool


class Mistakes(NamedTuple):
    """The answers of one run that are shown."""

    network: Network
    image_size: tuple[int, int]  # (H, W)
    images: int  # that the run was tested on
    wrong: int  # of them
    least_sure: float  # the lowest probability of an answer
    # Wrong ones, surest first; else the right ones, least sure first. Of many classes two of each,
    # the worst recognized first.
    shown: list[Answer]
    by_class: bool = False  # whether they are chosen so


def measure(evidence: Evidence, variant: str) -> Mistakes:
    """The mistakes of the representative run."""
    run = evidence.representative(variant)
    probabilities, truth = run.array("test_probabilities"), run.array("test_labels")
    answers, sure = probabilities.argmax(axis=1), probabilities.max(axis=1)
    order, wrong = np.argsort(sure, kind="stable"), np.flatnonzero(answers != truth)
    if len(wrong):
        order = wrong[np.argsort(-sure[wrong], kind="stable")]
    if len(run.classes) > MANY:
        order = _of_worst_classes(order, truth, answers)
    names = class_names(run)
    return Mistakes(
        network=network_of_run(evidence, run),
        image_size=evidence.data.image_size,
        images=len(truth),
        wrong=len(wrong),
        least_sure=float(sure.min()),
        shown=[
            Answer(
                run.test_ids[i],
                _image(evidence, run, run.test_ids[i]),
                names[truth[i]],
                names[answers[i]],
                float(sure[i]),
                bool(answers[i] != truth[i]),
            )
            for i in order[:MOST]
        ],
        by_class=len(run.classes) > MANY,
    )


def _of_worst_classes(order: np.ndarray, truth: np.ndarray, answers: np.ndarray) -> np.ndarray:
    """The images in this order, two of each class, the classes that are recognized worst first."""
    right = np.bincount(truth, weights=truth == answers) / np.maximum(np.bincount(truth), 1)
    taken = np.zeros(len(right), int)
    first = []
    for i in order:
        taken[truth[i]] += 1
        if taken[truth[i]] <= 2:
            first.append(i)
    return np.array(sorted(first, key=lambda i: (right[truth[i]], truth[i])), dtype=int)


def _image(evidence: Evidence, run: RunRecord, name: str) -> np.ndarray:
    """The (H, W) image of that name; where the split was the label, runs are tested on both."""
    split = evidence.data.test
    if tuple(run.classes) == ("test", "train") and evidence.data.classes != ("test", "train"):
        folder, _, name = name.partition("/")
        split = {"test": evidence.data.test, "train": evidence.data.train}[folder]
    return np.asarray(split.images[split.ids.index(name)])


def draw(numbers: Mistakes, style: Style) -> Figure:
    """Each image with its truth, answer and file name below it."""
    cell = cell_size(numbers.image_size, ACROSS / IN_A_ROW - 40)
    pitch = max(cell) + 40  # the words need the width that a narrow image leaves
    width = IN_A_ROW * pitch
    short = all(max(map(columns, (each.truth, each.answer))) <= SHORT for each in numbers.shown)
    drop = cell[1] + points(width, 32 if short else 43)
    rows = -(-len(numbers.shown) // IN_A_ROW)
    picture = Picture(style, describe(numbers).title, width, rows * drop + 8)
    for i, each in enumerate(numbers.shown):
        row, column = divmod(i, IN_A_ROW)
        x, y = 20 + column * pitch, 6 + row * drop
        picture.paint_into(as_rgb(each.image), x, y, cell)
        below = y + cell[1]
        sure = percent(each.probability)
        if short:
            words = [f"{each.truth} → {each.answer} {sure}"]
        else:
            words = [shorten(each.truth, LINE), f"→ {shorten(each.answer, LINE - 9)} {sure}"]
        for line, text in enumerate(words, 1):
            picture.note(x, below + points(width, 11 * line), text, 8.5)
        file = shorten(each.image_id.rsplit(".", 1)[0], 18)
        picture.note(x, below + points(width, 11 * (len(words) + 1)), file, 8, color=style.muted)
    return picture.finished()


def describe(numbers: Mistakes) -> Description:
    """The number of mistakes in words, and a row for each image that is shown."""
    network, n, shown = numbers.network, numbers.images, len(numbers.shown)
    variant, seed = network.variant, network.seed
    if numbers.wrong:
        title = Text(
            f"{variant.zh}：种子 {seed} 判错 {n:,} 幅图像中的 {numbers.wrong:,} 幅",
            f"{variant.en}: seed {seed} is wrong on {numbers.wrong:,} of {plural(n, 'image')}",
        )
        which = Text("判错的图像，最有把握的在前", "misclassified images, the surest first")
        if numbers.by_class:
            which = Text(
                "判错的图像，认得最差的类在前，每类最有把握的两幅",
                "misclassified images, the two surest of each class, those recognized worst first",
            )
    else:
        least = percent(numbers.least_sure)
        title = Text(
            f"{variant.zh}：种子 {seed} 没有判错；最没把握的一幅也有 {least}",
            f"{variant.en}: seed {seed} makes no mistake; of the least certain image it is "
            f"{least} sure",
        )
        which = Text("没有判错的；这些是最没把握的", "none is wrong; these are the least certain")
    of = numbers.wrong or n  # from how many those that are shown were chosen
    listing = listed(
        Text("{id}：{what}，{sure}", "{id}: {what}, {sure}").format(
            id=each.image_id,
            what=f"{each.truth} → {each.answer}",
            sure=percent(each.probability),
        )
        for each in numbers.shown
    )
    return Description(
        title=title,
        alt=Text(
            f"{shown} 幅图像（{which.zh}）：{listing.zh}。",
            f"{plural(shown, 'image')} ({which.en}): {listing.en}.",
        ),
        caption=Text(
            f"{network.of_seed.zh}：{which.zh}（{of:,} 幅中的 {shown} 幅）。"
            "每幅下面是真实类别 → 回答，和回答的概率；再下面是文件名。",
            f"The network of {network.of_seed.en}: {which.en} ({shown} of "
            f"{of:,}). Below each: truth → answer with the answer's probability, and the file's "
            "name.",
        ),
        rows=[
            {
                "image": each.image_id,
                "truth": each.truth,
                "answer": each.answer,
                "probability": each.probability,
                "wrong": int(each.wrong),
            }
            for each in numbers.shown
        ],
    )
