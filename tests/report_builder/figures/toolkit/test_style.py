"""Colors and fonts of figures."""

from __future__ import annotations

from report_builder.evidence.recording import recording
from report_builder.figures.toolkit import style


def test_a_character_beyond_the_font_is_drawn_in_another():
    families = style.font_families()
    assert families[0] == "XO Report Sans" and families[-1] == "DejaVu Sans"


def test_the_colors_of_a_figure_are_noted_whatever_was_drawn_before_it():
    noted = []
    for _ in range(2):
        with recording() as requests, style.STYLES[0].applied():
            noted.append(requests.colors)
    assert noted[0] == noted[1] == set(style.SETTINGS_COLORS)
