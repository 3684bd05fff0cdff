"""Receptive fields: their sizes, and that they lie around the same pixel."""

from __future__ import annotations

from report_builder.figures.concepts import receptive_fields

from ..pictures import drawn

SIZES = [3, 4, 8, 10, 18, 22]


def test_fields_lie_around_the_same_pixel(evidence):
    numbers = receptive_fields.measure(evidence)
    middle = evidence.demonstrations["windows"].facts["start"][0] + 1
    assert [field.size for field in numbers.fields] == SIZES
    for field in numbers.fields:
        assert field.row % field.stride == 0 and field.row + field.size <= 30
        if field.layer != "pool3":  # of whose few values none may lie there
            assert field.row <= middle < field.row + field.size


def test_frames_are_as_large_as_the_fields(evidence):
    figure = drawn(receptive_fields, receptive_fields.measure(evidence))
    frames = [artist for artist in figure.artists if type(artist).__name__ == "Rectangle"]
    wide = [frame.get_width() for frame in frames[1::2]]  # in the enlarged detail
    assert [round(each / wide[0] * SIZES[0]) for each in wide] == SIZES
