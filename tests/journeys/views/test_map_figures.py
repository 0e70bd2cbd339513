"""One figure in words: value, mark, tooltip; small groups; differences only where they are clear."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from polku.journeys.views import feeling_lane, figures, map_model
from polku.site.formats import Reader

READER = Reader("en")
NB = "\N{NO-BREAK SPACE}"


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def _point(**changed: Any) -> dict[str, Any]:
    point: dict[str, Any] = {
        "backstage": False,
        "bindings": 3,
        "do": {
            "reached": {"value": 4120, "ci": None, "n": 4120, "basis": "signals"},
            "continued": {"value": 0.41, "ci": [0.39, 0.43], "n": 4120, "censored": 140},
        },
        "say": [
            {"metric": "ces", "rule": "share_of_5_to_7", "value": 0.41, "ci": [0.37, 0.45], "n": 655},
            {"metric": "nps", "rule": "promoters_minus_detractors", "value": -12, "ci": [-40, 16], "n": 21},
        ],
        "contact": {"value": 7.9, "ci": [7.0, 8.8], "n": 325, "reached": 4120, "reasons": []},
        "buy": {"value": 412_000, "ci": [371_000, 453_000], "n": 1200, "orders": 1500},
        "loss": None,
        "feel": {"assumed": 0.5, "measured": None, "surprise": None},
        "change": None,
    }
    return point | changed


def test_do():
    cell = figures.do(_point(), READER)
    assert (cell.value, cell.note, cell.mark, cell.word) == ("4,120", "41%", "±2", "continued")
    assert cell.bar == ("39.0%", "41.0%", "4.0%")
    assert cell.tips == (
        "4,120 people reached it",
        f"41% continued: probably 39–43%, n{NB}4,120",
        "140 of them may still continue.",
    )


def test_the_last_stage_shows_no_share():
    point = _point()
    point["do"]["continued"] = None
    cell = figures.do(point, READER)
    assert (cell.note, cell.bar) == ("", None)


def test_all_of_three_who_continued_are_no_certainty():
    point = _point()
    point["do"]["reached"] |= {"value": 3, "n": 3}
    point["do"]["continued"] = {"value": 1.0, "ci": [1.0, 1.0], "n": 3, "censored": 0}
    cell = figures.do(point, READER)
    assert (cell.note, cell.mark, cell.is_small) == ("100%", "", True)
    assert cell.tips[1:] == (f"100% continued: n{NB}3", "Fewer than 30: only indicative.")


def test_say_shows_the_score_asked_most_and_tells_the_others():
    cell = figures.say(_point(), READER)
    assert (cell.value, cell.mark, cell.note, cell.is_small) == ("41%", "±4", f"CES n{NB}655", False)
    assert cell.tips == (f"CES 41%: probably 37–45%, n{NB}655", f"NPS −12: probably −40…16, n{NB}21")


def test_below_thirty_the_interval_comes_first():
    point = _point(say=_point()["say"][1:])
    cell = figures.say(point, READER)
    assert (cell.value, cell.mark, cell.note, cell.is_small) == ("−40…16", "", f"NPS −12, n{NB}21", True)


def test_csat_on_an_unusual_scale_is_a_mean():
    score = {"metric": "csat", "rule": "mean", "value": 7.25, "ci": [7.0, 7.5], "n": 80}
    cell = figures.say(_point(say=[score]), READER)
    assert (cell.value, cell.mark) == ("7.3", "±0.3")


def test_never_asked_is_not_nought():
    assert figures.say(_point(say=[], asked=False), READER).absent == "not asked yet"
    assert figures.say(_point(say=[], asked=True), READER).absent == "no answers"
    assert figures.say(_point(say=[], backstage=True), READER).absent == "–"
    assert figures.contact(_point(contact=None), READER).absent == "–"
    assert figures.buy(_point(buy=None), READER).absent == "–"
    assert figures.do(_point(do=None, backstage=True), READER).absent == "backstage"
    assert figures.do(_point(bindings=0), READER).absent == "no data"


def test_contact_and_buy():
    contact, buy = figures.contact(_point(), READER), figures.buy(_point(), READER)
    assert (contact.value, contact.mark, contact.note) == ("7.9", "±0.9", f"n{NB}325")
    assert (buy.value, buy.note) == ("€412k", "€371k–€453k")
    assert any("do not add these up" in tip for tip in buy.tips)


def _change(difference: float, clear: bool) -> dict[str, Any]:
    return {
        "previous": 1,
        "difference": difference,
        "ci": [difference, difference],
        "p": 0.001,
        "clear": clear,
    }


@pytest.mark.parametrize(
    ("difference", "arrow", "words", "tone"),
    [(3.1, "▲", "clearly more", "bad"), (-3.1, "▼", "clearly less", "good")],
)
def test_a_clear_change_is_shown_in_words(difference, arrow, words, tone):
    cell = figures.contact(_point(change={"contact": _change(difference, True)}), READER)
    (shown,) = cell.differences
    assert (shown.arrow, shown.words, shown.tone) == (arrow, words, tone)


def test_what_is_not_clear_is_said_in_the_tooltip_only():
    cell = figures.contact(_point(change={"contact": _change(3.1, False)}), READER)
    assert cell.differences == ()
    assert "no evidence of change from the previous period" in cell.tips


def test_differences_of_shares_are_points():
    cell = figures.do(_point(change={"continued": _change(-0.12, True), "reached": None}), READER)
    (shown,) = cell.differences
    assert (shown.name, shown.amount) == ("continued", "−12 pts")


def test_a_change_says_what_it_was_and_what_it_is():
    change = {"previous": 0.53, "difference": -0.12, "ci": [-0.17, -0.07], "p": 0.001, "clear": True}
    cell = figures.do(_point(change={"continued": change, "reached": None}), READER)
    (shown,) = cell.differences
    assert (shown.before, shown.now, shown.probably) == ("53%", "41%", "probably −17…−7")
    assert "Continued: clear change from the previous period: −12 pts (probably −17…−7 pts)" in cell.tips


def test_a_panel_says_what_each_figure_is():
    point = _point()
    said = [
        figures.do(point, READER).full,
        figures.say(point, READER).full,
        figures.contact(point, READER).full,
    ]
    assert said == ["4,120 people", "CES 41%", "7.9 per 100 people"]


def test_a_feeling_in_words():
    measured = {"value": -0.53, "ci": [-0.6, -0.45], "n": 655, "source": "ces"}
    cell = feeling_lane.cell(_point(feel={"assumed": 0.5, "measured": measured}), READER)
    assert cell.words == "negative"
    assert cell.tips == (
        f"measured: negative −0.53, probably −0.60…−0.45, n{NB}655, by CES",
        "the team’s guess: positive +0.50",
    )
    unknown = feeling_lane.cell(_point(), READER)
    assert (unknown.step, unknown.words) == (None, "not measured yet")


@pytest.mark.parametrize(
    ("name", "soft"),
    [
        ("Maksu", "Maksu"),
        ("Seurantaviesti", "Seuranta|viesti"),
        ("Asiakaspalvelu", "Asiakas|palvelu"),
        ("Kanta-asiakastiski", "Kanta-asiakas|tiski"),
        ("Nouto ja kuljetus", "Nouto ja kuljetus"),
        ("WWW123456789", "WWW123456789"),
        ("", ""),
    ],
)
def test_long_names_may_break_at_their_joint(name, soft):
    assert map_model.soften(name).replace("\N{SOFT HYPHEN}", "|") == soft


def test_a_loss_is_told_in_two_digits_with_its_range_and_how_it_is_known():
    record = {
        "value": 38_412,
        "ci": [21_390, 64_210],
        "n": 4120,
        "grade": "B",
        "at_most": False,
        "pain": "a",
        "others": 1,
    }
    cell = figures.loss(_point(loss=record), READER)
    assert (cell.value, cell.mark, cell.note) == ("€38k", "B", "€21k–€64k")
    assert cell.tips == (
        f"About €38,000 of margin a year: probably €21,000–€64,000, n{NB}4,120",
        "Evidence: B a compared change",
        "An estimate of a whole year and of everybody: the filters above do not change it.",
        "1 smaller pain here is not added to it.",
    )
    at_most = figures.loss(_point(loss=record | {"at_most": True, "others": 0}), READER)
    assert at_most.tips[0] == f"At most €38,000 a year: probably €21,000–€64,000, n{NB}4,120"
    assert figures.loss(_point(), READER).absent == "–"
