"""Patches: those of every channel but a silent one, in the color of their class."""

from __future__ import annotations

from report_builder.figures.concepts import patch_ranks, patches
from report_builder.figures.toolkit import pixels

from ..pictures import contains, drawn, words


def test_every_patch_of_every_channel_is_painted_but_those_of_a_silent_one(evidence):
    record, numbers = evidence.demonstrations["patches"], patches.measure(evidence)
    figure, rows = drawn(patches, numbers), patches.describe(numbers).rows
    for block in (1, 2, 3):
        for channel, i in ((0, 0), (3, 7)):
            patch = record.array(f"patches{block}")[channel, i]
            assert contains(figure, pixels.as_rgb(patch))
    shown = words(figure)
    assert shown.count("always zero") == 1 and shown.count("—") == 1
    assert {"1", "9", "6/8 O"} <= set(shown)
    assert len(rows) == (9 + 5 + 5) * 8 and rows[0]["image"] == record.facts["ids_1"][0][0]


def test_a_corner_is_where_the_field_begins_in_the_image(evidence):
    numbers, images = patches.measure(evidence), evidence.data.test.images
    for block in numbers.blocks:
        row, column = block.corners[0, 0]
        name = block.image_ids[0][0]
        image = images[evidence.data.test.ids.index(name)]
        patch = image[row : row + block.side, column : column + block.side]
        assert (block.patches[0, 0] == patch).all()


def test_ranks_show_the_strongest_the_middle_and_the_weakest(evidence):
    record, numbers = evidence.demonstrations["patches"], patch_ranks.measure(evidence)
    figure = drawn(patch_ranks, numbers)
    assert contains(figure, pixels.as_rgb(record.array("rank_patches")[2, 1, 0]))
    assert numbers.shares.max() == 1 and len(patch_ranks.describe(numbers).rows) == 5 * 3 * 3
    values = record.array("rank_values")
    expected = f"{100 * values[0, 2, 2] / values[0].max():.0f}\u00a0%"
    assert expected in words(figure)
