"""Figures, dates and intervals in the reader's form."""

from __future__ import annotations

import datetime as dt

import pytest

from polku.site import formats

NB = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("value", "decimals", "finnish", "english"),
    [
        (18420, 0, f"18{NB}420", "18,420"),
        (0, 0, "0", "0"),
        (-0.04, 1, "0,0", "0.0"),
        (-1.25, 1, "−1,3", "−1.3"),
        (2.5, 0, "3", "3"),
        (1234567.891, 2, f"1{NB}234{NB}567,89", "1,234,567.89"),
    ],
)
def test_numbers(value, decimals, finnish, english):
    assert formats.number(value, "fi", decimals) == finnish
    assert formats.number(value, "en", decimals) == english


def test_signs_are_written_where_asked():
    assert [formats.number(value, "fi", signed=True) for value in (4, 0, -4)] == ["+4", "0", "−4"]


def test_shares():
    assert formats.percent(0.41, "fi") == f"41{NB}%"
    assert formats.percent(0.41, "en") == "41%"
    assert formats.percent_interval([0.31, 0.42], "fi") == f"31–42{NB}%"


@pytest.mark.parametrize(
    ("value", "finnish", "english"),
    [
        (0, f"0{NB}€", "€0"),
        (948, f"948{NB}€", "€948"),
        (4324, f"4,3{NB}t€", "€4.3k"),
        (412_000, f"412{NB}t€", "€412k"),
        (999_600, f"1,0{NB}M€", "€1.0M"),
        (1_234_567, f"1,2{NB}M€", "€1.2M"),
        (-5000, f"−5,0{NB}t€", "−€5.0k"),
    ],
)
def test_money(value, finnish, english):
    assert formats.money(value, "fi") == finnish
    assert formats.money(value, "en") == english


def test_money_of_other_currencies():
    assert formats.money(412_000, "fi", "SEK") == f"412{NB}tkr"
    assert formats.money(412_000, "en", "SEK") == f"kr{NB}412k"
    assert formats.money(412_000, "en", "CHF") == f"CHF{NB}412k"


def test_both_ends_of_a_sum_are_in_one_scale():
    assert formats.money_interval(140_000, 300_000, "fi") == f"140–300{NB}t€"
    assert formats.money_interval(900, 1_400, "fi") == f"0,9–1,4{NB}t€"
    assert formats.money_interval(140_000, 300_000, "en") == "€140k–€300k"
    assert formats.money_interval(-21_000, 13_000, "en") == "−€21k…€13k"
    assert formats.money_interval(-21_000, 13_000, "fi") == f"−21…13{NB}t€"


def test_intervals_use_an_ellipsis_beside_a_sign():
    assert formats.interval([31, 42], "fi") == "31–42"
    assert formats.interval([-19, -5], "fi") == "−19…−5"
    assert formats.interval([0.2, 0.4], "fi", 1, signed=True) == "+0,2…+0,4"
    assert formats.interval([31.2, 31.4], "fi") == "31"


def test_the_margin_is_the_longer_arm_and_never_nothing():
    assert formats.margin(41, [38, 46], "fi") == "±5"
    assert formats.margin(41, [40.9, 41.1], "fi") == "±1"
    assert formats.margin(41, [41, 41], "fi") == "±0"


@pytest.mark.parametrize(("rate", "decimals"), [(214, 0), (7.9, 1), (1.0, 1), (0.1, 2), (0, 1)])
def test_decimals_of_rates(rate, decimals):
    assert formats.rate_decimals(rate) == decimals


def test_days_and_clocks():
    moment = dt.datetime(2026, 11, 4, 9, 5)
    assert formats.day(moment, "fi") == "4.11."
    assert formats.day(moment, "fi", year=True) == "4.11.2026"
    assert formats.day(moment, "en", year=True) == "4 Nov 2026"
    assert (formats.clock(moment, "fi"), formats.clock(moment, "en")) == (f"klo{formats.NBSP}9.05", "9:05")


def test_an_estimate_is_told_in_two_digits():
    told = [0, 0.4, 7.6, 99.6, 104, 31_482, -31_482, 999_500]
    assert [formats.rough(value) for value in told] == [0, 0, 8, 100, 100, 31_000, -31_000, 1_000_000]
    assert formats.rough_money(31_482, "fi") == f"31{NB}000{NB}€"
    assert formats.rough_money_interval(11_800, 31_482, "fi") == f"12{NB}000–31{NB}000{NB}€"
    assert formats.rough_money_interval(11_800, 31_482, "en") == "€12,000–€31,000"
    assert formats.rough_money_interval(31_100, 31_400, "en") == "€31,000"


def test_the_stores_times_are_utc():
    summer = formats.local(dt.datetime(2026, 7, 1, 21, 30), "Europe/Helsinki")
    assert (summer.day, summer.hour) == (2, 0)


def test_a_price_is_written_to_the_cent():
    assert formats.price(1089.9, "fi") == f"1{NB}089,90{NB}€"
    assert formats.price(89.9, "en") == "€89.90"
    assert formats.price(-5, "en", "SEK") == f"−kr{NB}5.00"


def test_a_stretch_of_a_day_names_the_clock_once():
    first, last = dt.datetime(2026, 3, 1, 9, 5), dt.datetime(2026, 3, 1, 14, 2)
    assert formats.clock_span(first, last, "fi") == f"klo{NB}9.05–14.02"
    assert formats.clock_span(first, last, "en") == "9:05–14:02"
    assert formats.clock_span(first, first, "fi") == f"klo{NB}9.05"


def test_ranges_in_sentences_do_not_break_at_their_dash():
    from polku.site.templatetags.polku import unbroken

    assert unbroken("Maksu <b>: 41 % (31–42 %)") == (
        'Maksu &lt;b&gt;: 41 % <span class="number">(31–42</span> %)'
    )
    assert unbroken("by −€3.7k") == 'by <span class="number">−€3.7k</span>'
    assert unbroken("−0,37…−0,17, n 192") == '<span class="number">−0,37…−0,17,</span> n 192'
    assert unbroken("12.3.–14.3.2026 – no range") == '<span class="number">12.3.–14.3.2026</span> – no range'
