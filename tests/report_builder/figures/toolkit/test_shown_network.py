"""A caption names the network whose weights or maps are shown: its seed, how well it does."""

from __future__ import annotations

import pytest

from report_builder.figures import table
from report_builder.figures.toolkit.style import Style

# Pictures of what is inside a network, or of its answers; the others show images and counts.
WITHOUT_NETWORK = (
    "samples",
    "receptive-fields",
    "small-convolution",
    "padding-stride",
    "dense-matrix",
)
SHOWN = [name for name, row in table.FIGURES.items() if row.kind == "png"]
SHOWN = [name for name in SHOWN if name not in WITHOUT_NETWORK] + ["shifts"]


@pytest.mark.parametrize("solves", [True, False])
def test_captions_name_seed_and_accuracy_and_say_when_it_has_not_learned(make_evidence, solves):
    evidence = make_evidence(**({} if solves else {"solving": 0}))
    for figure in SHOWN:
        names = [name for name in table.names(evidence) if name.partition(".")[0] == figure]
        row, variant = table.find(names[0], evidence)
        scope = tuple(each for each in (variant, row.block) if each is not None)
        caption = row.source.describe(row.source.measure(evidence, *scope)).caption
        for language, words in (
            ("zh", ("种子 ", "测试准确率 ", "没有学会")),
            ("en", ("seed ", "test accuracy ", "not solved")),
        ):
            found = [each in Style(language, "light").text(caption) for each in words]
            assert found == [True, True, not solves], (figure, caption)
