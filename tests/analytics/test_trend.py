"""How much of something there was, in the workspace's calendar."""

from __future__ import annotations

import pytest

from polku.analytics import run


@pytest.fixture
def visits(shop):
    shop.events(
        ("ada", "visit", "2026-03-01T21:59:59"),  # Sunday evening in Helsinki
        ("ada", "visit", "2026-03-01T22:00:00", {"value": 10.5}),  # Monday
        ("ada", "visit", "2026-03-02T10:00:00", {"value": 1}),
        ("bo", "visit", "2026-03-02T11:00:00", {"value": 2}),
        ("bo", "pay", "2026-03-02T12:00:00", {"value": 5}),
        ("bo", "visit", "2026-03-05T22:30:00"),
    )
    return shop


def values(answer) -> dict:
    return {point["start"]: point["value"] for point in answer["points"]}


def test_days_of_the_workspaces_zone_with_the_empty_ones_between(visits, workspace):
    got = run(workspace, {"kind": "trend", "select": {"event": "visit"}, "interval": "day"})
    assert values(got) == {
        "2026-03-01": 1,
        "2026-03-02": 3,
        "2026-03-03": 0,
        "2026-03-04": 0,
        "2026-03-05": 0,
        "2026-03-06": 1,
    }
    assert [point["complete"] for point in got["points"]] == [True] * 5 + [False]


def test_weeks_start_on_monday_and_months_on_the_first(visits, workspace):
    query = {"kind": "trend", "select": {"event": "visit"}}
    assert values(run(workspace, {**query, "interval": "week"})) == {"2026-02-23": 1, "2026-03-02": 4}
    assert values(run(workspace, {**query, "interval": "month"})) == {"2026-03-01": 5}


@pytest.mark.parametrize(
    ("measure", "monday"), [("events", 3), ("persons", 2), ("sessions", 3), ("sum_value", 13.5)]
)
def test_measures(visits, workspace, measure, monday):
    got = run(workspace, {"kind": "trend", "select": {"event": "visit"}, "measure": measure})
    assert values(got)["2026-03-02"] == monday


def test_without_a_selector_every_event_counts(visits, workspace):
    visits.answers("nps", (0, 10), ("bo", 9, "2026-03-02T12:00:00"))
    assert values(run(workspace, {"kind": "trend"}))["2026-03-02"] == 4


def test_a_range_cuts_and_marks_what_it_cuts(visits, workspace):
    query = {
        "kind": "trend",
        "select": {"event": "visit"},
        "interval": "week",
        "range": {"from": "2026-03-02", "to": "2026-03-03"},
    }
    assert run(workspace, query)["points"] == [{"start": "2026-03-02", "value": 3, "complete": False}]


def test_conditions_filter_signals_and_steps(visits, workspace):
    big = [{"property": "value", "op": "ge", "value": 2}]
    got = run(workspace, {"kind": "trend", "select": {"event": "visit", "where": big}})
    assert values(got) == {"2026-03-02": 2}
    assert values(run(workspace, {"kind": "trend", "where": big})) == {"2026-03-02": 3}


def test_one_wrong_year_does_not_list_centuries(visits, workspace):
    visits.events(("cai", "visit", "1926-01-01T12:00"))
    got = run(workspace, {"kind": "trend", "select": {"event": "visit"}})
    assert len(got["points"]) == 4
    assert got["warnings"] == ["The periods are too many to list; those without anything are left out."]
