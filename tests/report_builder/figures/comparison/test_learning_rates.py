"""The figure of learning rates and initializations."""

from __future__ import annotations

from dataclasses import replace

import pytest

from report_builder.figures import table
from report_builder.figures.comparison import learning_rates
from report_builder.figures.toolkit.style import STYLES
from tests.report_builder.made_up_study import with_fate, with_settings
from xo.errors import InputError

from ..rendering import assert_described, assert_tidy, render_styles


@pytest.fixture(scope="module")
def settings(make_evidence):
    """Three settings; one run of the slow one collapses in its third and last epoch."""
    study = with_settings(make_evidence)
    first, *others = study.runs("slow")
    return replace(
        study, records={**study.records, "slow": (with_fate(first, "collapsed"), *others)}
    )


def test_settings_are_compared_after_equally_many_epochs(settings):
    numbers = learning_rates.measure(settings)
    assert numbers.horizons == (2, 3)
    baseline, slow, kaiming = numbers.settings
    assert [each.variant.name for each in numbers.settings] == ["baseline", "slow", "kaiming"]
    assert baseline.fates[1] is None  # it was trained for two epochs only
    assert [after["collapsed"] for after in slow.fates] == [0, 1]
    assert list(kaiming.fates[1].values()) == [2, 0, 0, 1]
    described = learning_rates.describe(numbers)
    assert described.title.en == (
        "After 2 epochs 0 of 3 solved at rate 0.1, PyTorch's default, 1 of 3 at rate 0.01, "
        "PyTorch's default"
    )
    of_last = [row for row in described.rows if (row["variant"], row["epochs"]) == ("slow", 3)]
    assert {row["fate"]: row["runs"] for row in of_last}["collapsed"] == 1
    assert not [row for row in described.rows if (row["variant"], row["epochs"]) == ("baseline", 3)]


def test_it_is_tidy_in_every_style(settings):
    for rendered in render_styles("learning-rates", settings, STYLES):
        assert_tidy(rendered)
        assert_described(rendered.drawing)


def test_a_study_of_one_setting_has_no_such_figure(make_evidence):
    study = make_evidence(variants=with_settings(make_evidence).rows[:1])
    assert "learning-rates" not in table.names(study)
    with pytest.raises(InputError, match="learning-rates"):
        table.find("learning-rates", study)
