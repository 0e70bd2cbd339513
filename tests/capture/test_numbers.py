"""Numbers: the whole column tells what the comma means."""

from __future__ import annotations

import math

import pyarrow as pa
import pytest

from polku.capture.imports.numbers import read_numbers


def read(*texts: str | None, **options):
    return read_numbers(pa.chunked_array([list(texts)], pa.string()), **options)


@pytest.mark.parametrize(
    ("texts", "values", "decimal"),
    [
        (["1.5", "-2", "1e5", "+.5"], [1.5, -2, 100_000, 0.5], None),
        (["1 234,50 €", "3,5"], [1234.5, 3.5], "comma"),
        (["1\u00a0234,50\u00a0€", "−2"], [1234.5, -2], "comma"),
        (["1.234,5", "7"], [1234.5, 7], "comma"),
        (["1,234.50", "7"], [1234.5, 7], "point"),
        (["$1,234,567", "€ 12.50"], [1_234_567, 12.5], "point"),
        (["1'234.50"], [1234.5], "point"),
        (["12,5 EUR", "SEK 3,5", "4 kr"], [12.5, 3.5, 4], "comma"),
        (["1,234", "2,5"], [1.234, 2.5], "comma"),
        (["1,234", "2.5"], [1234, 2.5], "point"),
        (["4,0", "5"], [4, 5], "comma"),
    ],
)
def test_forms(texts, values, decimal):
    numbers = read(*texts)
    assert numbers.value.tolist() == values
    assert (numbers.decimal, numbers.guessed, numbers.invalid.any()) == (decimal, False, False)


def test_what_tells_nothing_is_guessed_and_said():
    comma, point = read("1,234", delimiter=";"), read("1,234", delimiter=",")
    assert (comma.value.tolist(), comma.guessed) == ([1.234], True)
    assert (point.value.tolist(), point.guessed) == ([1234], True)


@pytest.mark.parametrize(
    "text", ["abc", "nan", "inf", "1e999", "12-5", "1,2,3", "0x10", "€", "1.2.3", "1e16", "-1e308"]
)
def test_what_is_no_number(text):
    numbers = read("2,5", text, None)
    assert numbers.invalid.tolist() == [False, True, False]
    assert math.isnan(numbers.value[1])
    assert math.isnan(numbers.value[2])


@pytest.mark.parametrize("text", ["nan", "inf", "1e999", "1e16", "-1e308"])
def test_words_of_the_fast_way_are_no_numbers_either(text):
    assert read("2", text).invalid.tolist() == [False, True]
