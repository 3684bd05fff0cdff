"""The table of all figures, and how one is found, drawn and saved; matplotlib is imported when the first is drawn."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Literal, NamedTuple

from report_builder.evidence.study import Evidence
from report_builder.figures.comparison import compare, statistics
from report_builder.figures.concepts import channels, fcn, levels, pooling, shifts, windows
from report_builder.figures.images import images
from report_builder.figures.inside import kernels, maps, network, passage
from report_builder.figures.original import published
from report_builder.figures.toolkit.style import ASSETS, Drawing, Style
from report_builder.figures.training import curves
from xo.errors import InputError
from xo.variants import Variant

__all__ = [
    "ASSETS",
    "FIGURES",
    "Drawing",
    "Style",
    "Row",
    "code_of",
    "draw",
    "find",
    "names",
    "save",
]

SHOWN_WIDTH = 700  # pixels on a page


class Row(NamedTuple):
    """A figure of the whole study or of a variant.

    Its module has `measure(evidence) -> numbers` (of a variant: `measure(evidence, variant's name)`), a NamedTuple of plain
    data and arrays; `draw(numbers, style) -> matplotlib Figure`; and `describe(numbers) -> Description`.
    """

    source: ModuleType | Callable[..., Drawing]
    kind: Literal["svg", "png"]
    scope: Literal["study", "variant"]
    convolutions: int = 1  # that a variant must have
    demonstration: str = ""  # that it shows, where it rests on one; its scope is the study


FIGURES: dict[str, Row] = {
    "passage": Row(passage.passage, "png", "study"),
    "samples": Row(images.samples, "png", "study"),
    "solved": Row(compare.solved_share, "svg", "study"),
    "accuracy-by-epoch": Row(curves.accuracy_by_epoch, "svg", "study"),
    "variants-compared": Row(compare.variants_compared, "svg", "study"),
    "escape": Row(statistics.escape, "svg", "study"),
    "cost-and-success": Row(statistics.cost_and_success, "svg", "study"),
    "published-logs": Row(published.published_logs, "svg", "study"),
    "published-readings": Row(published.published_readings, "svg", "study"),
    "levels": Row(maps.levels, "png", "study"),
    "sliding-window": Row(windows.sliding_window, "png", "study", demonstration="windows"),
    "receptive-fields": Row(windows.receptive_fields, "png", "study", demonstration="windows"),
    "shifts": Row(shifts.shifts, "svg", "study", demonstration="shifts"),
    "sharing": Row(shifts.sharing, "svg", "study", demonstration="sharing"),
    "pooling-kinds": Row(pooling.pooling_kinds, "png", "study", demonstration="pooling"),
    "pooling-detail": Row(pooling.pooling_detail, "png", "study", demonstration="pooling"),
    "fcn-canvas": Row(fcn.fcn_canvas, "png", "study", demonstration="fcn"),
    "fcn-details": Row(fcn.fcn_details, "png", "study", demonstration="fcn"),
    "probes": Row(levels.probes, "svg", "study", demonstration="probes"),
    "patches": Row(levels.patches, "png", "study", demonstration="patches"),
    "partial-sums": Row(channels.partial_sums, "png", "study", demonstration="partial-sums"),
    "mixing": Row(channels.mixing, "png", "study", demonstration="mixing"),
    "bottleneck": Row(channels.bottleneck, "svg", "study", demonstration="bottleneck"),
    "network": Row(network.network, "svg", "variant"),
    "loss": Row(curves.loss, "svg", "variant"),
    "accuracy": Row(curves.accuracy, "svg", "variant"),
    "confusion": Row(compare.confusion, "svg", "variant"),
    "mistakes": Row(images.mistakes, "png", "variant"),
    "one-image": Row(images.one_image, "png", "variant"),
    "kernels-conv1": Row(kernels.kernels_conv1, "png", "variant"),
    "kernels-conv2": Row(kernels.kernels_conv2, "png", "variant", convolutions=2),
    "maps1": Row(maps.maps1, "png", "variant"),
    "maps2": Row(maps.maps2, "png", "variant", convolutions=2),
    "maps3": Row(maps.maps3, "png", "variant", convolutions=3),
}


def names(evidence: Evidence) -> list[str]:
    """The names of all figures that can be drawn of a study: `samples`, `loss.baseline`, ..."""
    if not evidence.variants:
        return []
    return [
        name if row.scope == "study" else f"{name}.{variant.name}"
        for name, row in FIGURES.items()
        for variant in (evidence.variants[:1] if row.scope == "study" else evidence.variants)
        if _applies(row, variant, evidence)
    ]


def find(name: str, evidence: Evidence) -> tuple[Row, str | None]:
    """The table's row for `loss.baseline`, and the variant's name; None where the figure is of the whole study."""
    known = names(evidence)
    if name not in known:
        study = ", ".join(figure for figure, row in FIGURES.items() if row.scope == "study")
        variant = ", ".join(figure for figure, row in FIGURES.items() if row.scope == "variant")
        raise InputError(
            f"figure '{name}': not known; known are {study}, and with a variant's name, as in "
            f"loss.baseline, {variant} "
            f"(the study has {', '.join(v.name for v in evidence.variants) or 'no run yet'})"
        )
    figure, _, variant_name = name.partition(".")
    return FIGURES[figure], variant_name or None


def _applies(row: Row, variant: Variant, evidence: Evidence) -> bool:
    if row.demonstration:
        there = evidence.demonstrations.get(row.demonstration)
        return there is not None and not there.unavailable
    return row.scope == "study" or len(variant.channels) >= row.convolutions


def code_of(row: Row) -> tuple[str, ...]:
    """Where a figure's code begins, as `report_builder.figures.training.loss:draw`."""
    if isinstance(row.source, ModuleType):
        return tuple(f"{row.source.__name__}:{name}" for name in ("measure", "draw", "describe"))
    return (f"{row.source.__module__}:{row.source.__name__}",)


def draw(name: str, evidence: Evidence, style: Style) -> Drawing:
    """Draws one figure by its name; nothing is written."""
    row, variant_name = find(name, evidence)
    scope = (variant_name,) if variant_name else ()
    if not isinstance(row.source, ModuleType):
        with style.applied():
            return row.source(evidence, style, *scope)
    numbers = row.source.measure(evidence, *scope)
    words = row.source.describe(numbers)
    with style.applied():
        figure = row.source.draw(numbers, style)
    title, alt, caption = (text[style.language] for text in (words.title, words.alt, words.caption))
    return Drawing(figure, title, alt, caption, words.rows, style)


def save(drawing: Drawing, path: Path, kind: Literal["svg", "png"]) -> tuple[int, int]:
    """Writes a drawing, the same one always as the same bytes; returns width and height to show it with, in pixels."""
    path.write_bytes(encode(drawing, kind))
    width, height = drawing.figure.get_size_inches()
    return SHOWN_WIDTH, round(SHOWN_WIDTH * height / width)


def encode(drawing: Drawing, kind: Literal["svg", "png"]) -> bytes:
    """A drawing as a file's bytes, the same one always as the same bytes."""
    with drawing.style.applied():
        return _svg(drawing) if kind == "svg" else _png(drawing)


def _svg(drawing: Drawing) -> bytes:
    """Without date, version, document type, comments and indentation; coordinates in hundredths, short names of letters."""
    out = io.BytesIO()
    drawing.figure.savefig(
        out, format="svg", metadata=dict.fromkeys(("Date", "Creator", "Format", "Type"))
    )
    text = out.getvalue().decode("utf-8")
    text = re.sub(
        r' d="[^"]*"',
        lambda path: re.sub(r"(\.\d\d)\d+", r"\1", path[0]),
        text[text.index("<svg") :],
    )
    text = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL).replace("XOReportSans-Regular-", "x")
    text = text.replace("xlink:href", "href")
    return re.sub(r"\s*\n\s*", "\n", text).encode("utf-8")


def _png(drawing: Drawing) -> bytes:
    """Pixel by pixel as painted; with a palette of 256 colors where these hold all that was painted, half the size."""
    import numpy as np
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from PIL import Image

    agg = FigureCanvasAgg(drawing.figure)
    agg.draw()
    pixels = np.asarray(agg.buffer_rgba())  # (H, W, 4), all opaque
    image = Image.fromarray(pixels)
    painted = [
        color
        for each in drawing.figure.images
        for color in _colors(Image.fromarray(each.get_array()).convert("RGBA"))
    ]
    found = _colors(image)
    if 0 < len(painted) <= 256 and found:
        # all painted colors, then the commonest shades at the edges of letters; a rare shade takes its nearest
        colors = np.array(list(dict.fromkeys(painted + found)), dtype=np.uint8)  # (n, 4)
        distance = np.abs(colors[:, None].astype(int) - colors[:256]).sum(axis=2)  # (n, up to 256)
        table = np.zeros(1 << 24, dtype=np.uint8)
        table[_packed(colors)] = distance.argmin(axis=1)
        image = Image.fromarray(table[_packed(pixels)])
        image.putpalette(colors[:256, :3].tobytes())
    out = io.BytesIO()
    (image if image.mode == "P" else image.convert("RGB")).save(out, "PNG", compress_level=6)
    return out.getvalue()


def _colors(image) -> list[tuple[int, ...]]:
    """The colors of a Pillow image, the commonest first; none where they are too many for a palette to be near."""
    return [
        color
        for _, color in sorted(
            image.getcolors(1 << 13) or [], key=lambda entry: (-entry[0], entry[1])
        )
    ]


def _packed(rgba):
    """(..., 4) opaque uint8 -> (...) numbers below 2**24."""
    return rgba.view("<u4")[..., 0] & 0xFFFFFF
