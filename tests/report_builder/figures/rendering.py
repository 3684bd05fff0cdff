"""Renders figures for tests, and asserts what holds of every one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

import pytest

from report_builder.figures import table
from report_builder.figures.save import encode
from report_builder.figures.toolkit.description import Drawing
from report_builder.figures.toolkit.style import Style
from report_builder.fonts import FONT

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D
    from matplotlib.text import Text

    from report_builder.evidence.study import Evidence

EN, ZH = Style("en", "light"), Style("zh", "light")
SUBSET = "python report_builder/fonts/subset.py"


class Rendered(NamedTuple):
    drawing: Drawing
    data: bytes
    texts: list[Text]  # those that were really drawn


def render(name: str, evidence: Evidence, style: Style = EN) -> Rendered:
    """Draws a figure by its name and encodes it as the kind of file that it is."""
    (rendered,) = render_styles(name, evidence, [style])
    return rendered


def render_styles(name: str, evidence: Evidence, styles: Sequence[Style]) -> list[Rendered]:
    """The same in several styles, measured once."""
    from matplotlib.text import Text

    kind, draw_text = table.find(name, evidence)[0].kind, Text.draw
    rendered = []
    for drawing in table.draw_styles(name, evidence, styles):
        texts: list[Text] = []

        def recording(self, renderer, texts=texts):
            if self.get_visible():
                texts.append(self)
            draw_text(self, renderer)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Text, "draw", recording)
            data = encode(drawing, kind)
        rendered.append(Rendered(drawing, data, list(dict.fromkeys(texts))))
    return rendered


def strings(rendered: Rendered) -> list[str]:
    return [text.get_text() for text in rendered.texts]


def lines(axes: Axes, label: str | None = None) -> list[Line2D]:
    return [line for line in axes.get_lines() if label is None or line.get_gid() == label]


def assert_tidy(rendered: Rendered) -> None:
    """Every text lies inside the figure, no two overlap, and the font has all their characters."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.ft2font import FT2Font

    figure = rendered.drawing.figure
    renderer = FigureCanvasAgg(figure).get_renderer()
    with rendered.drawing.style.applied():
        boxes = [
            (text.get_text(), text.get_window_extent(renderer))
            for text in rendered.texts
            if text.get_text().strip()
        ]
    (width, height), slack = figure.bbox.size, 0.01 * figure.dpi
    for text, box in boxes:
        assert min(box.x0, box.y0, width - box.x1, height - box.y1) > -slack, f"{text!r} is cut off"
    for (one, a), (other, b) in combinations(boxes, 2):
        across, along = min(a.x1, b.x1) - max(a.x0, b.x0), min(a.y1, b.y1) - max(a.y0, b.y0)
        assert across < slack or along < 3 * slack, f"{one!r} lies on {other!r}"
    glyphs = FT2Font(FONT).get_charmap()
    missing = {c for text, _ in boxes for c in text if ord(c) not in glyphs} - {"\n"}
    assert not missing, (
        f"the figures' font lacks {' '.join(sorted(missing))}; make it again with: {SUBSET}"
    )


def assert_described(drawing: Drawing) -> None:
    """Words stand in the language of the page, and there is data behind them."""
    for text in (drawing.title, drawing.alt, drawing.caption):
        assert text.strip() and "nan" not in text
        assert bool(re.search("[\u4e00-\u9fff]", text)) == (drawing.style.language == "zh"), text
    assert drawing.rows and len({tuple(row) for row in drawing.rows}) == 1
    values = [value for row in drawing.rows for value in row.values()]
    assert all(isinstance(value, (str, int, float)) for value in values)
