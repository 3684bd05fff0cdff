"""Colors and fonts of figures."""

from __future__ import annotations

from report_builder.figures.toolkit import style


def test_a_character_beyond_the_font_is_drawn_in_another():
    families = style.font_families()
    assert families[0] == "XO Report Sans" and families[-1] == "DejaVu Sans"
