"""Doubts about answers, each by its documented rule; and answers that one address heaps up."""

from __future__ import annotations

import pytest

from polku.site.clients import network_of
from polku.surveys.definition.questions import from_data
from polku.surveys.honesty import flags
from polku.surveys.honesty.clients import DailyDigests
from polku.surveys.honesty.stuffing import Stuffing
from polku.surveys.models import SurveyLink

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
ROWS = [{"key": f"r{number}", "text": {"en": "R"}} for number in range(4)]


def survey(*questions):
    return from_data({"title": {"en": "T"}, "languages": ["en"], "questions": list(questions)})


def text(key, words=10):
    return {"type": "long_text", "key": key, "text": {"en": "word " * words}}


READ = survey(text("a"), text("b"), text("c"))
MATRIX = survey({"type": "matrix", "key": "m", "text": {}, "rows": ROWS, "columns": ROWS})


@pytest.mark.parametrize(
    ("answers", "seconds", "is_speeder"),
    [
        ({"a": "x", "b": "x", "c": "x"}, 8.9, True),
        ({"a": "x", "b": "x", "c": "x"}, 9.0, False),
        ({"a": "x", "b": "x"}, 0.1, False),
        ({"a": "x", "b": "x", "c": "x"}, None, False),
    ],
)
def test_nobody_reads_ten_words_in_less_than_three_seconds(answers, seconds, is_speeder):
    assert flags.is_speeder(READ, answers, seconds, "en") is is_speeder


@pytest.mark.parametrize(
    ("columns", "is_straight"),
    [(["r1"] * 4, True), (["r1", "r1", "r1", "r2"], False), (["r1"] * 3, False), ([], False)],
)
def test_the_same_column_on_all_of_four_rows(columns, is_straight):
    answers = {"m": {f"r{row}": column for row, column in enumerate(columns)}} if columns else {}
    assert flags.is_straight_liner(MATRIX, answers) is is_straight


@pytest.mark.parametrize(
    ("honeypot", "agent", "sudden", "is_bot"),
    [
        ("", FIREFOX, 3.0, False),
        ("", FIREFOX, None, False),
        ("buy", FIREFOX, 3.0, True),
        ("", "", 3.0, True),
        ("", "Mozilla/5.0 (compatible; Googlebot/2.1)", 3.0, True),
        ("", FIREFOX, 0.4, True),
    ],
)
def test_programs_give_themselves_away(honeypot, agent, sudden, is_bot):
    assert flags.is_bot(honeypot=honeypot, agent=agent, sudden=sudden) is is_bot


def test_the_same_written_text_is_a_duplicate_for_a_day_wherever_it_comes_from():
    repeats = flags.Repeats()
    said = {"a": "The queue was far too long"}

    def seen(answers, device, now, survey=1):
        return repeats.is_duplicate(READ, answers, survey=survey, device=device, now=now)

    assert not seen(said, "one", 0)
    assert seen(said, "two", 60)
    assert not seen(said, "three", 60, survey=2)
    assert not seen(said | {"b": "And cold"}, "one", 70)
    assert not seen(said, "four", 60 + 86_401)


def test_the_same_short_answers_are_one_only_from_the_same_device_within_an_hour():
    repeats = flags.Repeats()

    def seen(device, now):
        return repeats.is_duplicate(READ, {"a": "ok"}, survey=1, device=device, now=now)

    assert not seen("one", 0)
    assert not seen("two", 10)
    assert seen("one", 20)
    assert not seen("one", 20 + 3_601)


def test_ten_answers_a_minute_count_of_an_address_and_open_link():
    stuffing, link = Stuffing(), SurveyLink(pk=1, kind=SurveyLink.Kind.OPEN)
    held = [stuffing.is_too_many(link, "198.51.100.1", now=second / 10) for second in range(200)]
    assert held == [False] * 10 + [True] * 190
    assert not stuffing.is_too_many(link, "198.51.100.2", now=20)
    assert not stuffing.is_too_many(SurveyLink(pk=2, kind=SurveyLink.Kind.OPEN), "198.51.100.1", now=20)
    assert not stuffing.is_too_many(link, "198.51.100.1", now=60.0)


def test_a_household_has_one_ipv6_network_and_personal_links_are_never_held():
    stuffing, link = Stuffing(), SurveyLink(pk=1, kind=SurveyLink.Kind.QR)
    held = [stuffing.is_too_many(link, f"2001:db8::{number:x}", now=1) for number in range(12)]
    assert held.count(True) == 2
    personal = SurveyLink(pk=3, kind=SurveyLink.Kind.EMAIL)
    assert not any(stuffing.is_too_many(personal, "198.51.100.1", now=1) for _each in range(50))


def test_addresses_are_told_apart_only_by_a_key_that_nobody_has():
    assert network_of("::ffff:198.51.100.1") == "198.51.100.1"
    assert network_of("2001:db8:1:2:3::4%eth0") == "2001:db8:1:2::/64"
    one, other = DailyDigests(), DailyDigests()
    assert one.of("a", "198.51.100.1") == one.of("a", "198.51.100.1")
    assert one.of("a", "198.51.100.1") != other.of("a", "198.51.100.1")
