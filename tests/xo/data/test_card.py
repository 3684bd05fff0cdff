"""The card of a data set."""

from __future__ import annotations

import pytest

from xo.data.card import CARD, DataCard, Words, read_card
from xo.errors import InputError


def test_without_a_card_nothing_is_known(tmp_path):
    assert read_card(tmp_path) == DataCard()


def test_title_and_what_images_show_are_read_in_both_languages(tmp_path):
    (tmp_path / CARD).write_text('{"title": {"zh": "数字", "en": "Digits"}, "further": 1}')
    card = read_card(tmp_path)
    assert card.title == Words("数字", "Digits") and card.shows == Words()


@pytest.mark.parametrize(
    "content",
    [
        "{",
        '{"title": "Digits"}',
        '{"changes": {"scaled": "many"}}',
        '{"solved_from": 0}',
        '{"solved_from": 98}',
    ],
)
def test_a_card_that_is_none_is_refused_in_one_line(tmp_path, content):
    (tmp_path / CARD).write_text(content)
    with pytest.raises(InputError, match=r"card\.json: not a data card .*; mend it") as caught:
        read_card(tmp_path)
    assert "\n" not in str(caught.value)
