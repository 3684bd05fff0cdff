"""Calibration: dots, ticks and numbers are those that were measured."""

from __future__ import annotations

import pytest

from report_builder.figures.concepts import calibration
from report_builder.figures.images import photographs
from report_builder.results.demonstration_tables import DEMONSTRATION_TABLES

from ..pictures import drawn, words
from ..rendering import lines


def test_a_dot_for_each_bin_with_answers(evidence):
    numbers = calibration.measure(evidence)
    assert [each.right.n for each in numbers.bins["test"]] == [2, 10]
    figure = drawn(calibration, numbers)
    dots, ticks = (
        [float(line.get_xdata()[0]) for line in lines(figure.axes[0], kind)]
        for kind in ("right", "probability")
    )
    assert dots == [50, 100] and ticks == pytest.approx([62.5, 87.5])
    assert {"2", "10", "4", "8"} <= set(words(figure))


def test_the_title_gives_both_errors(evidence):
    title = calibration.describe(calibration.measure(evidence)).title
    assert title.en.count("12.5") == 2


def test_a_wrong_answer_to_a_photograph_is_marked(evidence):
    numbers = photographs.measure(evidence)
    assert not any("wrong" in text for text in words(drawn(photographs, numbers)))
    wrong = [numbers.shown[0]._replace(answer="X"), *numbers.shown[1:]]
    figure = drawn(photographs, numbers._replace(shown=wrong))
    assert sum(", wrong" in text for text in words(figure)) == 1


def test_tables_count_shifted_images_twice_and_say_what_an_odd_one_differs_in(evidence):
    by_shift, odd = (
        DEMONSTRATION_TABLES[name].make(evidence) for name in ("calibration-by-shift", "odd-images")
    )
    assert [row[1].en for row in by_shift.rows][:2] == ["12", "24"] and len(by_shift.rows) == 9
    assert [row[3].en for row in odd.rows][:2] == ["nothing", "share of ink"]
