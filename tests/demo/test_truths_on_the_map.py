"""The map's figures reveal each truth planted in the demo, and show nothing of it where it is switched off.

`docs/reference/demo-truths.md` names the test of each truth.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from polku.demo.loading import demo_user
from polku.demo.money import tell_about_money
from polku.simulation.truths import Truths

pytestmark = pytest.mark.contract

SAFARI, OTHERS = "iPhone ja Safari maksussa", "Muut selaimet maksussa"
NORTH, SOUTH = "Pohjois-Suomi", "Etelä- ja Keski-Suomi"
AROUND_WEEK_7 = {"last": ("2026-08-17", "2026-09-14"), "compare": ("2026-07-20", "2026-08-17")}
SINCE_WEEK_14 = {"last": ("2026-10-06", "2026-11-03"), "compare": ("2026-09-08", "2026-10-06")}
ALL = ("2026-07-06", "2026-11-03")

Change = Callable[[dict[str, Any], str], float | None]


def _say(point: dict[str, Any]) -> dict[str, Any]:
    assert len(point["say"]) == 1, point["name"]
    return point["say"][0]


def _apart(lower: dict[str, Any], upper: dict[str, Any]) -> bool:
    """The intervals do not meet."""
    return lower["ci"][1] < upper["ci"][0]


# ---- payment -------------------------------------------------------------------------------------------------


def test_payment_breaks_in_iphones_safari_in_week_7(demo, clear_change: Change):
    safari = demo.point("Maksu", segment=SAFARI, **AROUND_WEEK_7)
    assert clear_change(safari, "continued") < -0.2
    assert clear_change(safari, "contact") > 8
    everybody = demo.point("Maksu", last=("2026-08-17", "2026-09-28"), compare=("2026-07-06", "2026-08-17"))
    assert clear_change(everybody, "feel") < -0.3
    others = demo.point("Maksu", segment=OTHERS, **AROUND_WEEK_7)
    assert clear_change(others, "continued") is None
    assert clear_change(others, "contact") is None


def test_fewer_get_past_the_payment_in_safari_than_in_other_browsers(demo):
    safari, others = (demo.point("Maksu", segment=segment) for segment in (SAFARI, OTHERS))
    assert _apart(safari["do"]["continued"], others["do"]["continued"])
    assert _apart(others["contact"], safari["contact"])
    assert safari["contact"]["reasons"][0]["name"] == "Maksu ei onnistu"


def test_safari_is_like_the_others_where_payment_works(plain, clear_change: Change):
    for lane in ("continued", "contact", "feel"):
        assert clear_change(plain.point("Maksu", segment=SAFARI, **AROUND_WEEK_7), lane) is None
    safari, others = (plain.point("Maksu", segment=segment, last=ALL) for segment in (SAFARI, OTHERS))
    assert not _apart(safari["do"]["continued"], others["do"]["continued"])


# ---- delivery ------------------------------------------------------------------------------------------------


def test_deliveries_to_the_north_break_their_promise(demo):
    north, south = (demo.point("Nouto ja kuljetus", segment=segment) for segment in (NORTH, SOUTH))
    assert north["do"]["promise"]["kept"]["value"] < 0.65
    assert south["do"]["promise"]["kept"]["value"] > 0.88
    assert _apart(north["do"]["promise"]["kept"], south["do"]["promise"]["kept"])
    assert _apart(_say(north), _say(south))
    assert _apart(south["contact"], north["contact"])
    later = {
        segment: _say(demo.point("Kuukausi myöhemmin", segment=segment, last=ALL))
        for segment in (NORTH, SOUTH)
    }
    assert _apart(later[NORTH], later[SOUTH])


def test_the_north_is_like_the_south_where_the_promise_holds(plain):
    north, south = (plain.point("Nouto ja kuljetus", segment=segment, last=ALL) for segment in (NORTH, SOUTH))
    assert abs(north["do"]["promise"]["kept"]["value"] - south["do"]["promise"]["kept"]["value"]) < 0.04
    assert not _apart(south["contact"], north["contact"])


# ---- returns -------------------------------------------------------------------------------------------------


def test_the_returns_page_is_not_understood(demo, plain):
    points = demo.ask()["touchpoints"]
    rates = {name: point["contact"]["value"] for name, point in points.items() if point["contact"]}
    assert max(rates, key=rates.__getitem__) == "Palautus"
    assert points["Palautus"]["contact"]["reasons"][0]["name"] == "Palautusohje"
    assert _say(points["Palautus"])["value"] < 0.35
    understood = plain.point("Palautus", last=ALL)
    assert _apart(understood["contact"], points["Palautus"]["contact"])
    assert _apart(_say(points["Palautus"]), _say(understood))


# ---- the loyalty desk ----------------------------------------------------------------------------------------


def _desk(world: Any, store: str) -> dict[str, Any]:
    where = [{"property": "store", "op": "eq", "value": store}]
    return _say(world.point("Kanta-asiakastiski", where=where, last=ALL))


def test_the_loyalty_desk_of_one_store_delights(demo, plain):
    assert Truths().delightful_store == "Rovaniemi"
    assert _desk(demo, "Rovaniemi")["metric"] == "smiley"
    assert _desk(demo, "Rovaniemi")["value"] > 85
    assert _apart(_desk(demo, "Tampere"), _desk(demo, "Rovaniemi"))
    assert not _apart(_desk(plain, "Tampere"), _desk(plain, "Rovaniemi"))


# ---- basket, campaign, advice --------------------------------------------------------------------------------


def test_a_shipping_cost_seen_late_makes_people_leave_the_basket(demo, plain, clear_change: Change):
    assert clear_change(demo.point("Ostoskori", **SINCE_WEEK_14), "continued") < -0.03
    reasons = demo.point("Ostoskori")["contact"]["reasons"]
    assert reasons[0]["name"] == "Toimituskulut"
    assert clear_change(plain.point("Ostoskori", **SINCE_WEEK_14), "continued") is None


def test_the_instagram_campaign_brings_visitors_who_do_not_buy(demo, plain, clear_change: Change):
    everybody = demo.ask(**SINCE_WEEK_14)["touchpoints"]
    assert clear_change(everybody["Instagram"], "reached") > 1_000
    assert clear_change(everybody["Instagram"], "buy") is None
    theirs = demo.ask(segment="Instagram-kampanjasta")["touchpoints"]
    assert theirs["Instagram"]["do"]["reached"]["value"] > 1_000
    assert theirs["Tuotesivu"]["do"]["continued"]["ci"][1] < 0.1
    assert theirs["Instagram"]["buy"]["n"] < 0.01 * theirs["Instagram"]["do"]["reached"]["value"]
    assert clear_change(plain.point("Instagram", **SINCE_WEEK_14), "reached") is None
    assert plain.point("Instagram", segment="Instagram-kampanjasta", last=ALL)["do"]["reached"]["value"] == 0


def test_advice_in_the_store_makes_a_purchase_likelier(demo):
    near = {"property": "person.city", "op": "in", "value": ["Tampere", "Rovaniemi"]}
    advised = demo.point("Tuotesivu", segment="Neuvontaa saaneet", last=ALL, where=[near])
    everybody = demo.point("Tuotesivu", last=ALL, where=[near])
    assert _apart(everybody["do"]["continued"], advised["do"]["continued"])


# ---- feelings ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "measured_is"),
    [
        ("Maksu", "worse"),
        ("Asiakaspalvelu", "better"),
        ("Nouto ja kuljetus", "worse"),
        ("Palautus", "worse"),
        ("Seurantaviesti", "better"),
    ],
)
def test_assumed_feelings_that_are_wrong_are_surprises(demo, name, measured_is):
    result = demo.ask()
    assert result["surprises"][0]["name"] == "Maksu"
    assert result["surprises"][1]["name"] == "Asiakaspalvelu"
    surprise = next(found for found in result["surprises"] if found["name"] == name)
    low, high = surprise["ci"]
    assert (high < surprise["assumed"]) if measured_is == "worse" else (low > surprise["assumed"])


def test_customer_service_is_good_though_the_team_fears_otherwise(demo, plain):
    feel = demo.point("Asiakaspalvelu")["feel"]
    assert feel["assumed"] < 0
    assert feel["measured"]["ci"][0] > 0.3
    ordinary = plain.point("Asiakaspalvelu", last=ALL)["feel"]["measured"]
    assert ordinary["ci"][1] < 0.35


def test_tracking_messages_please_more_than_ordinary_ones(demo, plain):
    assert demo.point("Seurantaviesti")["feel"]["measured"]["ci"][0] > 0.4
    assert plain.point("Seurantaviesti", last=ALL)["feel"]["measured"]["ci"][1] < 0.5


# ---- what did not change, and what changes slowly ------------------------------------------------------------


@pytest.mark.parametrize(
    "periods",
    [
        (("2026-10-06", "2026-11-03"), ("2026-09-08", "2026-10-06")),
        (("2026-09-08", "2026-10-06"), ("2026-08-11", "2026-09-08")),
        (("2026-08-11", "2026-09-08"), ("2026-07-14", "2026-08-11")),
    ],
)
def test_satisfaction_with_product_pages_did_not_change(demo, clear_change: Change, periods):
    point = demo.point("Tuotesivu", last=periods[0], compare=periods[1])
    assert point["change"]["say"] is not None
    assert clear_change(point, "say") is None
    assert clear_change(point, "feel") is None
    mean = _say(demo.point("Tuotesivu", last=ALL))["mean"]
    assert mean == pytest.approx(Truths().product_page_satisfaction, abs=0.12)


def test_visits_grow_from_week_to_week(demo, plain, clear_change: Change):
    periods = {"last": ("2026-08-24", "2026-10-05"), "compare": ("2026-07-06", "2026-08-17")}
    assert clear_change(demo.point("Tuotesivu", **periods), "reached") > 200
    assert clear_change(plain.point("Tuotesivu", **periods), "reached") is None


def test_people_look_on_the_phone_and_buy_on_the_computer(demo):
    steps = [
        {"event": "product_view", "where": [{"property": "device", "op": "eq", "value": "puhelin"}]},
        {"event": "order_placed", "where": [{"property": "device", "op": "eq", "value": "tietokone"}]},
    ]
    found = demo.run({"kind": "funnel", "steps": steps, "window": "P14D"})
    assert found["steps"][1]["count"] > 300


# ---- the map as a whole --------------------------------------------------------------------------------------


def test_the_default_view_is_full_and_not_absurd(demo):
    result = demo.ask()
    front = {name: point for name, point in result["touchpoints"].items() if not point["backstage"]}
    assert len(result["stages"]) == 6
    assert len(front) == 12
    assert result["measured_share"] == pytest.approx(10 / 12)
    for name, point in front.items():
        assert point["do"]["reached"]["value"] >= 200, name
        if point["do"]["continued"] is not None:
            assert 0.1 < point["do"]["continued"]["value"] < 0.95, name
        for score in point["say"]:
            assert score["n"] >= 60, name
            width = (score["ci"][1] - score["ci"][0]) / (1 if score["metric"] in ("csat", "ces") else 100)
            assert width < 0.25, name
        if point["feel"]["measured"] is not None:
            assert -0.7 < point["feel"]["measured"]["value"] < 0.7, name
        if point["contact"] is not None:
            assert 0 < point["contact"]["value"] < 45, name
    never_asked = {name for name, point in front.items() if not point["say"]}
    assert never_asked == {"Hakumainos", "Instagram"}
    evidence = {name: point["evidence"] for name, point in result["touchpoints"].items()}
    assert {name for name, grade in evidence.items() if grade != "measured"} == {
        "Hakumainos",
        "Instagram",
        "Varasto",
        "Palautusten käsittely",
    }


def test_what_the_default_view_calls_a_change_follows_from_what_was_planted(demo, clear_change: Change):
    points = demo.ask(**SINCE_WEEK_14)["touchpoints"]
    lanes = ("reached", "continued", "say", "feel", "contact", "buy")
    clear = {
        (name, lane)
        for name, point in points.items()
        if point["change"] is not None
        for lane in lanes
        if clear_change(point, lane) is not None
    }
    by_campaign = {
        ("Instagram", "reached"),
        ("Instagram", "continued"),
        ("Tuotesivu", "reached"),
        ("Tuotesivu", "continued"),
    }
    by_shipping_cost = {("Ostoskori", lane) for lane in lanes if lane != "buy"}
    further_on = {(name, "reached") for name in ("Maksu", "Seurantaviesti", "Nouto ja kuljetus")}
    assert {("Instagram", "reached"), ("Ostoskori", "continued")} <= clear
    assert clear <= by_campaign | by_shipping_cost | further_on


def test_every_segment_of_the_demo_holds_people(demo):
    from polku.demo.segments import SEGMENTS

    for name in SEGMENTS:
        result = demo.ask(segment=name, last=ALL)
        assert result["warnings"] == []
        assert result["touchpoints"]["Tuotesivu"]["do"]["reached"]["value"] >= 100, name


def test_the_list_of_losses_finds_what_was_planted_and_nothing_else(demo, plain):
    found = demo.run({"kind": "fix_first", "journey": demo.journey})
    priced = [row for row in found["rows"] if row["p50"] is not None]
    assert [(row["touchpoint"]["name"], row["pain"], row["reason"]) for row in priced][:2] == [
        ("Maksu", "funnel", None),
        ("Ostoskori", "funnel", None),
    ]
    payment, basket = priced[:2]
    assert payment["unit"] == {"property": "browser", "value": "Safari"}
    assert payment["grade"] == "B"
    week_7, week_14 = "2026-08-17", "2026-10-05"
    assert [row["reference"]["since"] for row in (payment, basket)] == [week_7, week_14]
    north = next(row for row in priced if row["reason"] == "Missä tilaukseni on")
    assert north["unit"] == {"property": "person.region", "value": "Kainuu, Lappi, Pohjois-Pohjanmaa"}
    returns = next(row for row in priced if row["reason"] == "Palautusohje")
    assert (returns["reference"]["kind"], returns["reference"]["value"]) == ("goal", 5.0)
    assert {row["touchpoint"]["name"] for row in priced} == {
        "Maksu",
        "Ostoskori",
        "Nouto ja kuljetus",
        "Palautus",
    }
    assert 0 < found["total"]["share"] < 0.5
    tell_about_money(workspace=plain.workspace, day=date(2026, 11, 2), owner=demo_user())
    nothing = plain.run({"kind": "fix_first", "journey": plain.journey})
    # What is short of the team's goal by chance is no finding.
    assert [row["key"] for row in nothing["rows"] if row["p50"] is not None and row["grade"] != "D"] == []
