"""Paths and variants over a real store: nodes, ends, loops, streams from and to, touchpoints by name."""

from __future__ import annotations

import pytest

from polku.analytics import QueryError, resolvers, run
from polku.analytics.resolvers import JourneyChoice, StageChoice


@pytest.fixture
def people(shop):
    shop.bind(11, "visit")
    shop.bind(12, "basket")
    shop.bind(13, "pay")
    shop.events(
        ("ada", "visit", "2026-03-02T08:00", {"url": "https://kauppa.fi/a?x=1"}),
        ("ada", "basket", "2026-03-02T08:10", {"url": "https://kauppa.fi/b"}),
        ("ada", "visit", "2026-03-02T08:20", {"url": "https://kauppa.fi/a"}),
        ("ada", "basket", "2026-03-02T08:50", {"url": "https://kauppa.fi/b"}),
        ("ada", "pay", "2026-03-02T09:00"),
        ("bo", "visit", "2026-03-02T09:00"),
        ("bo", "basket", "2026-03-02T09:30"),
        ("bo", "basket", "2026-03-02T09:40"),
        ("cai", "visit", "2026-03-02T10:00"),
    )
    return shop


def steps(answer) -> dict[tuple[str, str], tuple[int, float]]:
    return {(row["from"], row["to"]): (row["count"], row["median_seconds"]) for row in answer["transitions"]}


def counted(rows) -> dict[str, int]:
    return {row["name"]: row["count"] for row in rows}


def test_straight_steps_with_their_waits(people, workspace):
    got = run(workspace, {"kind": "paths"})
    assert steps(got) == {
        ("visit", "basket"): (3, 1_800),
        ("basket", "visit"): (1, 600),
        ("basket", "pay"): (1, 600),
        ("basket", "basket"): (1, 600),
    }
    assert got["transitions"][0]["from"] == "visit"
    assert (got["total"], got["distinct"], got["units"], got["ties"]) == (6, 4, 3, 0)
    assert counted(got["starts"]) == {"visit": 3}
    assert counted(got["ends"]) == {"pay": 1, "basket": 1, "visit": 1}
    assert counted(got["loops"]) == {"basket": 1, "visit": 1}  # twice in a row is no coming back
    assert got["flows"] == []
    assert "touchpoints" not in got


def test_repeats_collapsed_and_only_the_top(people, workspace):
    got = run(workspace, {"kind": "paths", "collapse_repeats": True, "top": 1})
    assert steps(got) == {("visit", "basket"): (3, 1_800)}
    assert (got["total"], got["distinct"]) == (5, 3)


def test_streams_from_an_event_on(people, workspace):
    got = run(workspace, {"kind": "paths", "from": {"event": "basket"}, "depth": 2})
    assert got["units"] == 2
    assert got["flows"] == [
        {"level": 0, "from": "basket", "to": "basket", "count": 1},
        {"level": 0, "from": "basket", "to": "visit", "count": 1},
        {"level": 1, "from": "visit", "to": "basket", "count": 1},
    ]


def test_streams_to_an_event(people, workspace):
    got = run(workspace, {"kind": "paths", "to": {"event": "pay"}, "depth": 2})
    assert got["units"] == 1
    assert got["flows"] == [
        {"level": -2, "from": "visit", "to": "basket", "count": 1},
        {"level": -1, "from": "basket", "to": "pay", "count": 1},
    ]


def test_pages_without_host_and_query(people, workspace):
    got = run(workspace, {"kind": "paths", "nodes": "page"})
    assert {pair: count for pair, (count, _) in steps(got).items()} == {("/a", "/b"): 2, ("/b", "/a"): 1}


def test_visits_are_units_of_their_own(people, workspace):
    people.events(("cai", "pay", "2026-03-09T10:00"))
    assert counted(run(workspace, {"kind": "paths"})["ends"])["pay"] == 2
    got = run(workspace, {"kind": "paths", "unit": "session"})
    assert (got["units"], counted(got["starts"])) == (4, {"visit": 3, "pay": 1})


def test_variants_are_whole_paths(people, workspace):
    people.events(("dee", "visit", "2026-03-03T10:00"))
    got = run(workspace, {"kind": "variants", "top": 2})
    assert got["variants"][0] == {"path": ["visit"], "count": 2, "share": 0.5, "median_seconds": 0}
    assert len(got["variants"]) == 2
    assert (got["distinct"], got["units"]) == (3, 4)
    assert got["median_seconds"] == 1_200  # of 0, 0, 40 and 60 minutes
    collapsed = run(workspace, {"kind": "variants", "collapse_repeats": True})
    assert ["visit", "basket"] in [row["path"] for row in collapsed["variants"]]


def test_nothing_received(workspace, shop):
    assert run(workspace, {"kind": "variants"})["variants"] == []
    got = run(workspace, {"kind": "paths", "depth": 3})
    assert (got["transitions"], got["flows"], got["units"]) == ([], [], 0)


@pytest.fixture
def journeys():
    """Journey 5 has two touchpoints of one name in different stages, journey 6 none with data."""
    offered = [
        JourneyChoice(
            5,
            "Shop",
            [StageChoice("Before", [(11, "Page"), (12, "Basket")]), StageChoice("After", [(13, "Page")])],
        ),
        JourneyChoice(6, "Empty", []),
    ]
    before = resolvers._journeys
    resolvers.register_journeys(lambda workspace: offered)
    yield offered
    resolvers.register_journeys(before)


def test_touchpoints_by_their_names(people, workspace, journeys):
    query = {"kind": "paths", "nodes": "touchpoint", "journey": 5, "depth": 1}
    got = run(workspace, query)
    assert {pair: count for pair, (count, _) in steps(got).items()} == {
        ("Page (Before)", "Basket"): 3,
        ("Basket", "Page (Before)"): 1,
        ("Basket", "Page (After)"): 1,
        ("Basket", "Basket"): 1,
    }
    assert got["touchpoints"] == [
        {"name": "Page (Before)", "id": 11},
        {"name": "Basket", "id": 12},
        {"name": "Page (After)", "id": 13},
    ]
    assert got["flows"] == [{"level": 0, "from": "Page (Before)", "to": "Basket", "count": 2}]
    journeys[0].stages[0].touchpoints[1] = (12, "Cart")
    assert ("Cart", "Cart") in steps(run(workspace, query))
    variants = run(workspace, {"kind": "variants", "nodes": "touchpoint", "journey": 5})["variants"]
    assert ["Page (Before)", "Cart", "Cart"] in [row["path"] for row in variants]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"nodes": "touchpoint"}, "journey"),
        ({"nodes": "touchpoint", "journey": 6}, "journey"),
        ({"nodes": "touchpoint", "journey": 7}, "journey"),
        ({"nodes": "touchpoint", "journey": "Shop"}, "journey"),
        ({"journey": 5}, "journey"),
        ({"nodes": "events"}, "nodes"),
        ({"depth": 9}, "depth"),
        ({"top": 0}, "top"),
        ({"collapse_repeats": "yes"}, "collapse_repeats"),
        ({"from": {"event": ""}}, "from.event"),
        ({"form": {"event": "pay"}}, "form"),
    ],
)
def test_what_cannot_be_asked_of_paths(workspace, journeys, wrong, field):
    with pytest.raises(QueryError) as error:
        run(workspace, {"kind": "paths", **wrong})
    assert error.value.field == field


def test_an_event_never_received_is_said(people, workspace):
    got = run(workspace, {"kind": "paths", "from": {"event": "baskets"}})
    assert got["warnings"] == ["The event “baskets” has never been received. Did you mean “basket”?"]
