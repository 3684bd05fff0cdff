"""Small text and colors that look alike are named."""

from __future__ import annotations

from msgspec.structs import replace

from report_builder.checks import legibility
from report_builder.figures import table as figures
from report_builder.figures.save import smallest_text
from report_builder.figures.toolkit.layout import note, sheet
from report_builder.palette import COLORS
from report_builder.results.report import DrawnFigure, Report
from report_builder.text import EMPTY
from tests.report_builder.figures.rendering import EN, render

DRAWN = DrawnFigure(
    kind="svg",
    folder="",
    command="",
    title=EMPTY,
    alt=EMPTY,
    caption=EMPTY,
    sizes={},
    smallest_text=12.5,
    colors=("O", "X", "chance", "ink"),
)


def faults(**changes) -> list[str]:
    return list(legibility.faults(Report(figures={"one": replace(DRAWN, **changes)})))


def test_text_below_the_floor_is_a_fault():
    assert faults() == faults(smallest_text=11.0) == []
    assert faults(smallest_text=9.72) == [
        "figure one: its smallest text is 9.7 px, below 11 px: enlarge it"
    ]


def test_two_colors_that_some_eyes_confuse_are_a_fault(monkeypatch):
    monkeypatch.setitem(COLORS, "X", ("#b34700", "#56b4e9"))  # on dark pages that of O
    found = faults()
    assert len(found) == 4 and all("'O' and 'X' are 0.0 apart" in line for line in found)
    assert "to deuteranopia sight on dark pages, below 10: change" in found[2]
    assert faults(colors=("O", "X", "baseline")) == []  # words must tell three apart
    assert faults(colors=("solved", "trained-pooling")) == []  # a fate has a mark


def test_the_table_has_a_row_for_every_kind_of_figure_and_the_floor():
    found = legibility.legibility(
        Report(
            figures={
                "loss.baseline": replace(DRAWN, colors=("baseline", "chance")),
                "loss.features": replace(DRAWN, smallest_text=11.8, colors=("features",)),
                "shifts": replace(DRAWN, colors=("max pooling", "mean pooling")),
            }
        )
    )
    loss, shifts, floor = ([cell.en for cell in row] for row in found.rows)
    assert loss == ["loss", "11.8", "1", "—", "—", "—", "—", "—"]
    assert shifts[:3] == ["shifts", "12.5", "2"]
    assert float(shifts[4]) < float(shifts[3])  # without one kind of cone, nearer
    assert floor[1:] == ["11.0", "", "10.0", "10.0", "10.0", "10.0", "—"]


def test_the_size_of_text_is_measured_as_the_page_shows_it():
    figure = sheet("Title", 1.0)
    note(figure, 1, 0.5, "small", fontsize=6)
    note(figure, 1, 0.2, "smaller and unseen", fontsize=2, visible=False)
    note(figure, 1, 0.2, " ", fontsize=1)
    drawing = figures.Drawing(figure, "", "", "", [], EN)
    assert abs(smallest_text(drawing) - 6 * 100 / 72) < 0.01


def test_a_figure_records_its_colors_and_its_text_is_large_enough(evidence):
    from report_builder.evidence.recording import recording

    with recording() as requests:
        drawn = render("shifts", evidence)
    assert {"max pooling", "mean pooling"} <= requests.colors
    assert smallest_text(drawn.drawing) >= legibility.SMALLEST_TEXT
