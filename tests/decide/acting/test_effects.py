"""The effect of a finished action: found where it was planted, and not where nothing was."""

from __future__ import annotations

from datetime import date

import pytest
from django_scopes import scope

from polku.decide.acting.effect_words import effect_words
from polku.decide.acting.estimating import estimate, estimate_effects
from polku.site.formats import Reader
from tests.decide.acting.worlds_of_work import (
    DONE_ON,
    draw_shop,
    finished,
    load_people,
    load_rows,
    rows_of_shop,
)

SAFARI = {"figure": "continued", "unit": {"property": "browser", "value": "Safari"}}


@pytest.fixture
def shop(workspace):
    return draw_shop(workspace)


def test_an_effect_on_some_is_told_against_the_others(workspace, store, shop, owner):
    """Everybody rose by five points, those with Safari by thirty."""
    rows = rows_of_shop(shares={"Safari": (0.45, 0.75), "Chrome": (0.80, 0.85)}, seed=1)
    load_rows(store, workspace, rows)
    loss = {"p10": 8000, "p50": 12000, "p90": 20000, "grade": "B", "level": 0.45, "reference": 0.80}
    action = finished(shop[0], owner, SAFARI, estimate=loss)
    assert estimate_effects(workspace) == 1
    action.refresh_from_db()
    effect = action.effect
    assert (effect["state"], effect["grade"], effect["is_full"], effect["is_clear"]) == (
        "estimated",
        "B",
        True,
        True,
    )
    assert (effect["before"]["n"], effect["after"]["n"], effect["control"]["after"]["n"]) == (560, 560, 560)
    low, high = effect["difference"]["ci"]
    assert low < 0.25 < high
    assert high - low < 0.2
    assert effect["windows"] == {
        "before": ["2026-02-02", "2026-03-01"],
        "after": ["2026-03-03", "2026-03-30"],
    }
    # Thirty of the thirty-five points of the way, less what came to everybody.
    assert 5000 < effect["money"]["p10"] < effect["money"]["p50"] < effect["money"]["p90"] < 18000
    reader = Reader("en", "EUR", workspace.timezone)
    assert effect_words(action, reader).money
    action.effect = {**effect, "is_clear": False}
    assert effect_words(action, reader).money == ""


def test_without_a_control_it_is_before_and_after(workspace, store, shop, owner):
    load_rows(store, workspace, rows_of_shop(shares={"Safari": (0.5, 0.8)}, seed=2, happy=(0.5, 0.8)))
    with scope(workspace=workspace):
        continued = estimate(finished(shop[0], owner, {"figure": "continued"}))
        said = estimate(finished(shop[0], owner, {"figure": "say", "metric": "csat", "scale": [1, 5]}))
        asked = estimate(finished(shop[0], owner, {"figure": "contact"}))
        came = estimate(finished(shop[0], owner, {"figure": "reached"}))
        felt = estimate(finished(shop[0], owner, {"figure": "feel"}))
    assert {each["grade"] for each in (continued, said, asked, came, felt)} == {"C"}
    assert [each["is_clear"] for each in (continued, said, asked, came, felt)] == [
        True,
        True,
        True,
        False,
        True,
    ]
    assert continued["control"] is None
    assert asked["difference"]["value"] < 0
    assert came["before"] == came["after"] | {"n": 560, "value": 140.0}


def test_it_waits_until_there_is_enough(workspace, store, shop, owner):
    load_rows(
        store, workspace, rows_of_shop(shares={"Safari": (0.3, 0.9)}, seed=3, per_day=3, days=(-35, 12))
    )
    with scope(workspace=workspace):
        week = estimate(finished(shop[0], owner, {"figure": "continued"}))
        yesterday = estimate(finished(shop[0], owner, {"figure": "continued"}, done_on=date(2026, 3, 12)))
        unseen = estimate(finished(shop[0], owner, {"figure": "say", "metric": "nps", "scale": [0, 10]}))
    assert (week["state"], week["weeks"], week["after"]["n"], week["needs"]) == ("few", 1, 21, 30)
    assert (yesterday["state"], yesterday["windows"]) == ("too-early", None)
    assert unseen["state"] == "no-figure"


def test_before_the_window_is_full_nothing_is_called_clear(workspace, store, shop, owner):
    load_rows(store, workspace, rows_of_shop(shares={"Safari": (0.2, 0.9)}, seed=4, days=(-35, 18)))
    action = finished(shop[0], owner, {"figure": "continued"})
    with scope(workspace=workspace):
        effect = estimate(action)
    assert (effect["weeks"], effect["is_full"], effect["is_clear"]) == (2, False, False)
    assert effect["difference"]["ci"][0] > 0.5
    assert (effect["again_on"], effect["is_final"]) == ("2026-04-01", False)


def test_a_final_estimate_is_left_alone(workspace, store, shop, owner):
    load_rows(store, workspace, rows_of_shop(shares={"Safari": (0.5, 0.7)}, seed=5, days=(-35, 45)))
    action = finished(shop[0], owner, {"figure": "continued"}, done_on=DONE_ON)
    assert [estimate_effects(workspace), estimate_effects(workspace)] == [1, 0]
    action.refresh_from_db()
    assert action.effect["is_final"]


@pytest.mark.parametrize(
    "unit",
    [
        {"property": "person.phone", "value": "yes"},
        {"property": "browser", "value": "x", "values": ["Safari"]},
    ],
)
def test_whom_it_touched_is_known_by_people_and_by_several_values(workspace, store, shop, owner, unit):
    rows = rows_of_shop(shares={"Safari": (0.45, 0.75), "Chrome": (0.8, 0.8)}, seed=6, per_day=6)
    load_rows(store, workspace, rows)
    phones = sorted({row["person"] for row in rows if row["person"].startswith("Safari")})
    load_people(store, workspace, phones, '{"phone": "yes"}')
    with scope(workspace=workspace):
        effect = estimate(finished(shop[0], owner, {"figure": "continued", "unit": unit}))
    assert (effect["grade"], effect["before"]["n"], effect["control"]["before"]["n"]) == ("B", 168, 168)
    assert effect["difference"]["ci"][0] > 0
