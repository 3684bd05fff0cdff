"""How often each pixel of an enlarged map is reached, and what that does to a heat map."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from report_builder.evidence.shown_network import Network, network_of
from report_builder.figures.toolkit.description import Description
from report_builder.figures.toolkit.picture import Picture
from report_builder.figures.toolkit.pixels import ACROSS, enlarged, fit, points, readable, shades
from report_builder.figures.toolkit.style import Style
from report_builder.figures.toolkit.words import enumerated, listed
from report_builder.text import Text, class_name

if TYPE_CHECKING:
    from report_builder.figures.toolkit.typing import Evidence, Figure

STRIDE = 2
INPUTS = 7  # values a side of the map that is 1 everywhere
SHOWN = 6  # pixels a side of its enlarged form, far from the borders
AROUND = 18  # values a side of the heat map, around the first shape
NAMES = {
    "uneven": Text("转置卷积，核 3，步幅 2", "Transposed, kernel 3, stride 2"),
    "even": Text("转置卷积，核 4，步幅 2", "Transposed, kernel 4, stride 2"),
    "resized": Text("先放大一倍，再做 3×3 卷积", "Enlarged twice, then 3×3"),
}


class Checkerboard(NamedTuple):
    """Three ways to make a map twice as large; every weight of a kernel is the same."""

    counts: dict[str, np.ndarray]  # (SHOWN, SHOWN) how many products each pixel adds up
    # by the name of the way: a map of probabilities made larger, divided by the mean count
    larger: dict[str, np.ndarray]  # (2h, 2w)
    class_name: str
    network: Network


def measure(evidence: Evidence) -> Checkerboard:
    """Counts products, and enlarges the heat map that the demonstration "fcn" has recorded."""
    record = evidence.shown_demonstration("fcn")
    facts, (down, right) = record.facts, record.facts["placed"][0]["center"]
    heat_maps = record.array("coarse")
    height, width = heat_maps.shape[1:]
    top, left = (
        int(np.clip(at // facts["stride"] - AROUND // 2, 0, max(length - AROUND, 0)))
        for at, length in ((down, height), (right, width))
    )
    label = facts["classes"].index(facts["placed"][0]["class"])
    heat = heat_maps[label, top : top + AROUND, left : left + AROUND].astype(float)
    ones = larger(np.ones((INPUTS, INPUTS)))
    counts = {name: _inner(values) for name, values in ones.items()}
    return Checkerboard(
        counts=counts,
        larger={name: values / counts[name].mean() for name, values in larger(heat).items()},
        class_name=class_name(facts["placed"][0]["class"]),
        network=network_of(evidence, record, "baseline"),
    )


def larger(values: np.ndarray) -> dict[str, np.ndarray]:
    """`(h, w)` -> `(2h, 2w)` in three ways, with kernels whose weights are all 1."""
    framed = np.pad(values, 1, mode="edge")
    return {
        "uneven": _cropped(transposed(framed, 3), values.shape),
        "even": _cropped(transposed(framed, 4), values.shape),
        "resized": _summed(np.pad(enlarged(values, STRIDE), 1, mode="edge")),
    }


def transposed(values: np.ndarray, side: int) -> np.ndarray:
    """A transposed convolution `(h, w) -> (2h + side - 2, 2w + side - 2)`: every value is spread
    over a square of `side`, one square every STRIDE pixels, and copies add up.
    """
    height, width = values.shape
    out = np.zeros([STRIDE * (length - 1) + side for length in values.shape])
    for row, column in np.ndindex(side, side):
        out[row : row + STRIDE * height : STRIDE, column : column + STRIDE * width : STRIDE] += (
            values
        )
    return out


def _cropped(values: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Twice `shape`, from the middle."""
    top, left = ((length - STRIDE * n) // 2 for length, n in zip(values.shape, shape))
    return values[top : top + STRIDE * shape[0], left : left + STRIDE * shape[1]]


def _summed(values: np.ndarray) -> np.ndarray:
    """The sum of every 3×3 window."""
    return np.lib.stride_tricks.sliding_window_view(values, (3, 3)).sum((2, 3))


def _inner(values: np.ndarray) -> np.ndarray:
    """SHOWN pixels a side from the middle, in whole strides."""
    start = (len(values) - SHOWN) // 2 // STRIDE * STRIDE
    return values[start : start + SHOWN, start : start + SHOWN]


def draw(numbers: Checkerboard, style: Style) -> Figure:
    """A column for each way: counts in numbers, and below the heat map made twice as large."""
    pitch = ACROSS // len(NAMES)
    cell = (pitch - 60) // SHOWN
    head = points(ACROSS, 16)
    heat_y = head + SHOWN * cell + points(ACROSS, 22)
    side = SHOWN * cell
    picture = Picture(style, describe(numbers).title, ACROSS, heat_y + side + points(ACROSS, 10))
    most = max(float(counts.max()) for counts in numbers.counts.values())
    color = style.class_colors((numbers.class_name,))[0]
    brightest = max(float(each.max()) for each in numbers.larger.values())
    for k, (name, words) in enumerate(NAMES.items()):
        x, counts = 20 + k * pitch, numbers.counts[name]
        colors = shades(counts, 0, most, (style.ground, style.ink))
        picture.paint(enlarged(colors, cell), x, head)
        for row, column in np.ndindex(counts.shape):
            middle = x + (column + 0.5) * cell, head + (row + 0.5) * cell
            ink = readable(colors[row, column])
            number = f"{counts[row, column]:g}"
            picture.note(*middle, number, 9.5, ha="center", va="center", color=ink)
        picture.note(x, head - 8, words, 9.5)
        heat = shades(numbers.larger[name], 0, brightest, (style.ground, color))
        picture.paint(fit(heat, side, side), x, heat_y)
    words = Text(
        f"{numbers.class_name} 的热力图，放大一倍",
        f"Heat map of {numbers.class_name}, made twice as large",
    )
    picture.note(20, heat_y - 8, words, 9.5)
    return picture.finished()


def describe(numbers: Checkerboard) -> Description:
    """How even each way is in words, and a row for each pixel that is counted."""
    found = {name: [f"{n:g}" for n in np.unique(counts)] for name, counts in numbers.counts.items()}
    uneven = Text("、".join(found["uneven"]), enumerated(found["uneven"]).en)
    listing = listed(
        Text(f"{title.zh}：{'、'.join(found[name])}", f"{title.en}: {', '.join(found[name])}")
        for name, title in NAMES.items()
    )
    even = found["even"][0]
    return Description(
        title=Text(
            f"核 3、步幅 2：一个像素由 {uneven.zh} 个乘积相加，出现方格；核 4、步幅 2：处处 "
            f"{even} 个",
            f"Kernel 3 at stride 2: a pixel adds up {uneven.en} products, and a checkerboard "
            f"appears; kernel 4 at stride 2: {even} everywhere",
        ),
        alt=Text(
            f"三列。上：处处为 1 的图放大之后，每个像素由几个乘积相加。{listing.zh}。"
            "下：同一幅热力图放大之后，第一列有棋盘格，另两列没有。",
            "Three columns. Above, how many products each pixel of an enlarged map of ones adds "
            f"up. {listing.en}. Below, one heat map enlarged: a checkerboard in the first column, "
            "none in the others.",
        ),
        caption=Text(
            "上：一幅处处为 1 的图，用权重全为 1 的核放大，离边缘远处的一块；格中的数就是相加的"
            f"乘积个数。下：{numbers.network.text.zh}改成的全卷积网络给出的热力图，一个 "
            f"{numbers.class_name} 周围，用同样的核放大，除以平均的份数；三幅同一色标。",
            "Above: a map that is 1 everywhere, enlarged by kernels whose weights are all 1, far "
            "from its borders; the numbers count the products that add up. Below: a heat map of "
            f"the fully convolutional form of {numbers.network.text.en} around one "
            f"{numbers.class_name}, enlarged by the same kernels and divided by the mean count; "
            "one scale for all three.",
        ),
        rows=[
            {"way": name, "row": row, "column": column, "products": int(counts[row, column])}
            for name, counts in numbers.counts.items()
            for row, column in np.ndindex(counts.shape)
        ],
    )
