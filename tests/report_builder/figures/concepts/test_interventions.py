"""Leads are painted as recorded on one scale; counts of channels stand beside their marks."""

from __future__ import annotations

import numpy as np

from report_builder.figures.concepts import ablation, occlusion
from report_builder.figures.toolkit import pixels

from ..pictures import EN, contains, drawn, words


def test_leads_are_painted_on_one_scale_around_zero(evidence):
    numbers = occlusion.measure(evidence)
    figure = drawn(occlusion, numbers)
    limit = pixels.largest([*numbers.leads.values(), np.array(numbers.whole)])
    for leads in numbers.leads.values():
        for lead in leads:
            assert contains(figure, pixels.shades(lead, -limit, limit, EN.diverging))
    row, column = numbers.worst(0)
    least = numbers.leads["ground"][0, row // numbers.step, column // numbers.step]
    assert least == numbers.least("ground", 0)


def test_a_mark_for_each_channel_and_replacement(evidence):
    numbers = ablation.measure(evidence)
    figure = drawn(ablation, numbers)
    for kind in ablation.REPLACED:
        marks = [line for line in figure.axes[0].get_lines() if line.get_gid() == kind]
        shown = [float(line.get_xdata()[0]) for line in marks]
        expected = [100 * sum(channel.right[kind]) / numbers.images for channel in numbers.channels]
        np.testing.assert_allclose(shown, expected)
    worst = numbers.worst("zero")
    assert str(worst.right["zero"][0]) in words(figure)
    assert f"{worst.name} matters most" in ablation.describe(numbers).title.en
