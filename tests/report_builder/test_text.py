"""Numbers are written with the digits that were measured, in one way everywhere."""

from __future__ import annotations

import pytest

from report_builder.text import (
    SPACE,
    Text,
    big,
    decimals,
    gigabytes,
    hundredths,
    number,
    percent,
    seconds,
)


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.9967, "99.7"),
        (1, "100"),
        (0, "0"),
        (0.99999, ">99.9"),
        (1e-6, "<0.1"),
        (0.5, "50.0"),
        (1 - 1e-16, "100"),
        (1e-17, "0"),
    ],
)
def test_only_all_is_a_hundred_percent(share, text):
    assert percent(share) == f"{text}{SPACE}%" and percent(share, sign=False) == text


@pytest.mark.parametrize(
    ("share", "of", "text"),
    [(0.996667, 300, "99.7"), (0.5, 20, "50"), (5 / 6, 6, "83"), (0.9987, 10_000, "99.87")],
)
def test_a_percentage_has_no_more_decimals_than_its_n_allows(share, of, text):
    assert percent(share, decimals(of), sign=False) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0693, "0.0693"),
        (-1.234, "−1.23"),
        (1234.5, "1,230"),
        (9.996, "10.0"),
        (0, "0"),
        (0.0001, "0.000100"),
        (2e-6, "2.00 × 10⁻⁶"),
        (-4e10, "−4.00 × 10¹⁰"),
        (float("inf"), "inf"),
    ],
)
def test_numbers_keep_three_digits(value, text):
    assert number(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.01234, "0.012"), (1.98, "2.0"), (123.4, "120"), (9.96, "10"), (1.9e-6, "1.9 × 10⁻⁶")],
)
def test_numbers_keep_two_digits(value, text):
    assert number(value, 2) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0"), (-0.001, "0.00"), (-1.5, "−1.50"), (2.345, "2.35")]
)
def test_a_term_of_a_sum_has_two_decimals(value, text):
    assert hundredths(value) == text


@pytest.mark.parametrize(
    ("n", "short", "zh", "en"),
    [
        (9_999, False, "9,999", "9,999"),
        (4_452_694, False, "445 万", "4.45 million"),
        (10_000_000, True, "1000 万", "10 M"),
        (10_000, True, "1 万", "10 k"),
        (240_000_000, False, "2.40 亿", "240 million"),
    ],
)
def test_large_counts_are_short_in_both_languages(n, short, zh, en):
    assert (
        big(n, "zh", short).replace(SPACE, " ") == zh
        and big(n, "en", short).replace(SPACE, " ") == en
    )


def test_times_and_sizes_take_the_unit_that_reads_best():
    assert seconds(2.04) == Text(f"2.0{SPACE}秒", f"2.0{SPACE}s")
    assert seconds(600)["en"] == f"10{SPACE}min" and seconds(90)["zh"] == f"90{SPACE}秒"
    assert gigabytes(1_234_000_000) == f"1.2{SPACE}GB"
