"""Who dropped out of a funnel, what they did next and what they share, over a real store."""

from __future__ import annotations

import pytest

from polku.analytics import QueryError, run
from polku.eventstore.port import SignalKind
from polku.statistics import two_proportions

FUNNEL = {"steps": [{"event": "visit"}, {"event": "basket"}, {"event": "pay"}]}
DROPPED = {"kind": "people", "funnel": FUNNEL, "step": 3, "outcome": "dropped"}


@pytest.fixture
def people(shop):
    shop.events(
        ("ada", "visit", "2026-03-02T08:00", {"channel": "web"}),
        ("ada", "basket", "2026-03-02T08:10", {"channel": "web"}),
        ("ada", "pay", "2026-03-02T08:20", {"channel": "web"}),
        ("bo", "visit", "2026-03-02T09:00", {"channel": "web"}),
        ("bo", "basket", "2026-03-02T09:05", {"channel": "web"}),
        ("bo", "search", "2026-03-02T09:06:30", {"channel": "web"}),
        ("cai", "visit", "2026-03-03T10:00", {"channel": "app"}),
        ("cai", "basket", "2026-03-03T10:05", {"channel": "app"}),
        ("dee", "visit", "2026-03-03T10:00", {"channel": "app"}),
    )
    shop.people({"person": "bo", "aliases": ["bo@example.com"], "properties": {"city": "Oulu"}})
    shop.signals(
        {
            "kind": SignalKind.CONTACT,
            "name": "payment",
            "person": "cai",
            "time": "2026-03-03T10:10",
            "channel": "phone",
        }
    )
    return shop


def test_who_dropped_out_and_what_they_did_next(people, workspace):
    got = run(workspace, DROPPED, sees_people=True)
    assert (got["total"], got["step"], got["name"], got["outcome"]) == (2, 3, "pay", "dropped")
    newest, other = got["people"]
    assert (newest["ids"], newest["traits"], newest["time"]) == (["cai"], {}, "2026-03-03T10:05:00Z")
    assert (sorted(other["ids"]), other["traits"]) == (["bo", "bo@example.com"], {"city": "Oulu"})
    assert (other["first_seen"], other["last_seen"]) == ("2026-03-02T09:00:00Z", "2026-03-02T09:06:30Z")
    assert sorted(
        (row["event"], row["kind"], row["count"], row["share"], row["median_seconds"]) for row in got["next"]
    ) == [
        ("payment", "contact", 1, 0.5, 300),
        ("search", "event", 1, 0.5, 90),
    ]
    assert (got["shared"], got["tested"]) == ([], 0)
    assert got["warnings"] == ["What people share is told from 30 people on, who got there and who did not."]


def test_who_got_there_and_then_did_nothing(people, workspace):
    got = run(workspace, {**DROPPED, "outcome": "reached"}, sees_people=True)
    assert [row["ids"] for row in got["people"]] == [["ada"]]
    assert got["next"] == [{"event": None, "kind": None, "count": 1, "share": 1, "median_seconds": None}]
    first = run(workspace, {**DROPPED, "outcome": "reached", "step": 1}, sees_people=True)
    assert (first["total"], first["shared"], first["warnings"]) == (4, [], [])


def test_people_are_named_only_to_those_who_may_see_them(people, workspace):
    allowed = run(workspace, DROPPED, sees_people=True)
    told = run(workspace, DROPPED)
    assert told["people"] == []
    assert told["warnings"] == [
        "Customers one by one are shown only to those who may see them.",
        "What people share is told from 30 people on, who got there and who did not.",
    ]
    assert (told["total"], told["next"]) == (allowed["total"], allowed["next"])
    assert run(workspace, DROPPED, sees_people=True) == allowed


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ({"kind": "trend", "breakdown": {"property": "person.email"}}, "person.email"),
        (
            {"kind": "trend", "where": [{"property": "Phone_Number", "op": "contains", "value": "4"}]},
            "Phone_Number",
        ),
        (
            {
                "kind": "retention",
                "start": {"where": [{"property": "person.name", "op": "eq", "value": "Bo"}]},
            },
            "person.name",
        ),
        (
            {**DROPPED, "funnel": {"steps": [{"where": [{"property": "order.userId", "op": "exists"}]}] * 3}},
            "order.userId",
        ),
    ],
)
def test_nobody_else_asks_by_what_says_who_somebody_is(people, workspace, query, name):
    with pytest.raises(QueryError) as refused:
        run(workspace, query)
    assert f"“{name}” says who somebody is" in refused.value.message
    assert run(workspace, query, sees_people=True)["kind"] == query["kind"]
    assert run(workspace, {"kind": "trend", "breakdown": {"property": "name"}})["series"][0]["key"] == "visit"
    assert run(workspace, {"kind": "trend", "breakdown": {"property": "person.city"}})["series"]


def test_a_page_at_a_time(people, workspace):
    whole = run(workspace, DROPPED, sees_people=True)["people"]
    pages = [
        run(workspace, {**DROPPED, "limit": 1, "offset": place}, sees_people=True)["people"]
        for place in range(3)
    ]
    assert pages == [whole[:1], whole[1:], []]
    assert run(workspace, {**DROPPED, "limit": 0}, sees_people=True)["people"] == []


def test_a_part_of_a_breakdown(people, workspace):
    query = {**DROPPED, "breakdown": {"property": "channel"}, "key": "app"}
    assert [row["ids"] for row in run(workspace, query, sees_people=True)["people"]] == [["cai"]]


def test_sessions_are_counted_one_by_one(people, workspace):
    people.events(
        ("ada", "visit", "2026-03-05T08:00", {"channel": "web"}),
        ("ada", "basket", "2026-03-05T08:10", {"channel": "web"}),
    )
    got = run(workspace, {**DROPPED, "unit": "session"}, sees_people=True)
    assert (got["total"], [row["ids"][0] for row in got["people"]]) == (3, ["ada", "cai", "bo"])
    assert run(workspace, DROPPED)["total"] == 2


def test_what_the_dropped_share_is_tested_against_those_who_got_there(shop, workspace):
    """Of 60 on mobile 50 drop out, of 140 on desktop 20; the shoe size is pure chance."""
    rows = []
    for n in range(200):
        platform = "mobile" if n < 60 else "desktop"
        properties = {"platform": platform, "size": str(40 + n % 3), "visit": f"number {n}"}
        pays = n >= 50 if platform == "mobile" else n >= 80
        rows += [
            (f"p{n}", event, f"2026-03-02T{8 + hour:02d}:00", {"properties": properties})
            for hour, event in enumerate(("visit", "basket", "pay") if pays else ("visit", "basket"))
        ]
    shop.events(*rows)
    got = run(workspace, DROPPED)
    assert (got["total"], got["groups"]) == (70, {"inside": 70, "outside": 130})
    mobile = next(row for row in got["shared"] if row["property"] == "platform")
    difference = two_proportions(successes=(10, 50), n=(130, 70))
    assert mobile == {
        "property": "platform",
        "value": "mobile",
        "inside": 50,
        "inside_share": 50 / 70,
        "outside_share": 10 / 130,
        "difference": difference.value,
        "ci": [difference.low, difference.high],
        "p_value": difference.p,
        "p_adjusted": pytest.approx(difference.p * got["tested"] / 2),  # desktop is the mirror image
        "clear": True,
    }
    assert [row["value"] for row in got["shared"] if row["clear"]] == ["mobile"]
    assert "visit" not in {row["property"] for row in got["shared"]}  # names people rather than groups them
    reached = run(workspace, {**DROPPED, "outcome": "reached"})
    assert [row["value"] for row in reached["shared"] if row["clear"]] == ["desktop"]


def test_what_came_after_the_ways_parted_is_not_what_people_share(shop, workspace):
    """Everybody who pays gets a parcel afterwards, and says so on a page that only they see."""
    steps = [("visit", "08"), ("basket", "09"), ("pay", "10"), ("parcel", "11")]
    shop.events(
        *(
            (f"p{n}", event, f"2026-03-02T{hour}:00", {"channel": "mail" if event == "parcel" else "web"})
            for n in range(100)
            for event, hour in (steps if n % 2 else steps[:2])
        )
    )
    assert run(workspace, {**DROPPED, "outcome": "reached"})["shared"] == []


def test_of_very_many_people_a_part_is_compared(shop, workspace):
    rows = [
        (f"p{n}", "visit", "2026-03-02T08:00", {"channel": "web" if n % 2 else "app"}) for n in range(20_200)
    ]
    shop.events(*rows, *((f"p{n}", "pay", "2026-03-02T09:00") for n in range(0, 200, 2)))
    funnel = {"steps": [{"event": "visit"}, {"event": "pay"}]}
    got = run(workspace, {"kind": "people", "funnel": funnel, "step": 2})
    assert (got["total"], got["groups"]) == (20_100, {"inside": 20_000, "outside": 100})
    (web,) = got["shared"]
    assert (web["value"], web["outside_share"], web["clear"]) == ("web", 0, True)
    assert abs(web["inside_share"] - 10_100 / 20_100) < 0.002


@pytest.mark.parametrize(
    ("changed", "field", "said"),
    [
        ({"funnel": None}, "funnel", "which steps"),
        ({"funnel": {}}, "funnel.steps", "at least one step"),
        ({"funnel": {**FUNNEL, "ordr": "any"}}, "funnel.ordr", "“order”"),
        ({"funnel": {**FUNNEL, "unit": "session"}}, "funnel.unit", "no field"),
        ({"funnel": {"steps": [{"evnt": "a"}, {"event": "b"}]}}, "funnel.steps[0].evnt", "“event”"),
        ({"funnel": {**FUNNEL, "window": "P1M"}}, "funnel.window", "ISO 8601"),
        (
            {"funnel": {**FUNNEL, "exclude": [{"event": "a", "between": [1, 9]}]}},
            "funnel.exclude[0].between[1]",
            "3",
        ),
        ({"funnel": {"steps": FUNNEL["steps"][:1]}}, "funnel.steps", "one step"),
        ({"step": None}, "step", "missing"),
        ({"step": 1}, "step", "from 2 to 3"),
        ({"step": 4}, "step", "from 2 to 3"),
        ({"step": "2"}, "step", "whole number"),
        ({"outcome": "droped"}, "outcome", "“dropped”"),
        ({"key": "app"}, "key", "breakdown"),
        ({"limit": 1_001}, "limit", "from 0 to 1000"),
        ({"offset": -1}, "offset", "from 0"),
    ],
)
def test_what_cannot_be_asked_says_why(workspace, changed, field, said):
    with pytest.raises(QueryError) as caught:
        run(workspace, {**DROPPED, **changed})
    assert caught.value.field == field
    assert said in caught.value.message
