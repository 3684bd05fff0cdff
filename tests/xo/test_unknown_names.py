"""A name that is mistyped is answered with the one that was meant."""

from __future__ import annotations

import pytest

from xo.unknown_names import nearest, unknown

VALUES = ("baseline.n", "baseline.solved", "baseline.test_accuracy", "study.runs")
FIGURES = ("samples", "loss.baseline", "loss.three-conv", "accuracy-by-epoch")


@pytest.mark.parametrize(
    ("name", "names", "meant"),
    [
        ("baselin", ("baseline", "three-conv"), ["baseline"]),
        ("vgg", ("baseline", "three-conv"), []),
        ("baseline.solvd", VALUES, ["baseline.solved"]),
        ("baseline.x", VALUES, []),  # far from all of baseline's, near to baseline.n as a whole
        ("baselin.solved", VALUES, ["baseline.solved"]),
        ("los", FIGURES, ["loss.baseline"]),
        ("loss.three-con", FIGURES, ["loss.three-conv"]),
        ("sample", FIGURES, ["samples"]),
        ("", FIGURES, []),
    ],
)
def test_the_nearest_names_are_meant(name, names, meant):
    assert nearest(name, names)[:1] == meant


def test_the_error_is_one_line_with_what_is_known():
    assert str(unknown("value", "baseline.solvd", VALUES)) == (
        "value 'baseline.solvd': not known (did you mean baseline.solved?); "
        "known are baseline.n, baseline.solved, baseline.test_accuracy"
    )
    assert str(unknown("value", "x", VALUES)).endswith("known are baseline..., study...")
