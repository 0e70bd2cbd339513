"""The panel of a touchpoint: the map's own figures, and what stands behind them, against plain loops."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django_scopes import scope

from polku.analytics import QueryError, run
from polku.journeys.panel import touchpoint_panel
from tests.journeys.live import brute_force
from tests.journeys.live.brute_force import CONTACT, EVENT, SCORE, Point, World, small_world
from tests.journeys.live.loading import draw, load

HELSINKI = ZoneInfo("Europe/Helsinki")


def local(time: int) -> datetime:
    return datetime.fromtimestamp(time // 10**6, UTC).astimezone(HELSINKI)


@pytest.fixture
def world():
    made = small_world(5, people=80, days=20)
    for number, signal in enumerate(made.signals):
        if signal["kind"] in (SCORE, CONTACT) and number % 2:
            signal["text"] = f"Kommentti {number} ÄÄNI" if number % 3 else "Hyvä palvelu 🙂"
    return made


@pytest.fixture
def drawn(workspace, store, world):
    journey, points = draw(workspace, world)
    load(store, workspace, world, {f"p{n}": f'{{"name":"Nimi {n}"}}' for n in range(80)})
    return journey, points


def panel(workspace, touchpoint, **more):
    with scope(workspace=workspace):
        return touchpoint_panel(workspace=workspace, touchpoint=touchpoint, **more)


RANGE = {"from": "2024-03-04", "to": "2024-03-17"}
START, END = (int(datetime(2024, 3, day, tzinfo=HELSINKI).timestamp()) * 10**6 for day in (4, 17))


def test_figures_are_the_maps_own(workspace, drawn):
    journey, points = drawn
    before = {"from": "2024-02-20", "to": "2024-03-04"}
    document = run(workspace, {"kind": "journey", "journey": journey.pk, "range": RANGE, "compare": before})
    for touchpoint in points.values():
        got = panel(workspace, touchpoint, range=RANGE, compare=before)
        cell = next(c for s in document["stages"] for c in s["touchpoints"] if c["id"] == touchpoint.pk)
        assert got["touchpoint"] == cell
        assert got["stage"]["id"] == touchpoint.stage_id
        assert (got["range"], got["compare"]) == (document["range"], document["compare"])


def test_where_people_went_and_who_did_not_continue(workspace, drawn, world):
    expected = brute_force.measure(world, START, END)
    numbers = {touchpoint.pk: id for id, touchpoint in drawn[1].items()}
    for id, want in expected.items():
        got = panel(workspace, drawn[1][id], range=RANGE)
        assert {numbers[row["touchpoint"]]: row["count"] for row in got["next"]} == want["next"]
        if want["reached"]:
            assert got["went_nowhere"]["count"] == want["nowhere"]
            wilson = brute_force.wilson(want["nowhere"], want["reached"])
            assert got["went_nowhere"]["ci"] == pytest.approx(wilson["ci"])
            assert got["went_nowhere"]["small"] == (want["reached"] < 30)
        stuck = got["not_continued"]
        if want["continued"] is None:
            assert stuck is None
        else:
            assert stuck["share"] == pytest.approx(1 - want["continued"]["value"])
            assert stuck["censored"] == want["continued"]["censored"]
            assert stuck["ci"] == pytest.approx([1 - bound for bound in want["continued"]["ci"][::-1]])
            assert stuck["count"] + stuck["censored"] <= stuck["n"] == want["reached"]
        reasons = want["contact"]["reasons"] if want["contact"] else {}
        assert {row["name"]: row["count"] for row in got["reasons"]} == reasons
        assert got["who"]["n"] == want["reached"]
        assert got["who"]["small"] == (want["reached"] < 30)


def test_the_trend_by_day_counts_each_day(workspace, drawn, world):
    point = next(p for p in world.points if p.id == 3)
    got = panel(workspace, drawn[1][3], range=RANGE, interval="day")["trend"]
    reached, answers = defaultdict(set), defaultdict(list)
    question = (got["metric"], *got["scale"])
    for signal in world.all_signals:
        if START <= signal["time"] < END and point.takes(signal):
            day = local(signal["time"]).date().isoformat()
            if brute_force.reaches(point, signal):
                reached[day].add(signal["person"])
            if (signal["name"], signal["low"], signal["high"]) == question:
                answers[day].append(signal["score"])
    assert [row["start"] for row in got["points"]] == [f"2024-03-{day:02}" for day in range(4, 17)]
    for row in got["points"]:
        assert row["reached"] == len(reached[row["start"]])
        given = answers[row["start"]]
        assert (row["score"] is None) == (not given)
        if given:
            want = brute_force.score(question, given)
            assert (row["score"]["n"], row["score"]["small"]) == (len(given), True)
            assert row["score"]["value"] == pytest.approx(want["value"])
        assert row["finished"]


def test_an_unfinished_period_is_marked(workspace, drawn, world):
    got = panel(workspace, drawn[1][1], interval="week")["trend"]["points"]
    newest = local(world.as_of).replace(tzinfo=None)
    for row in got:
        ends = datetime.fromisoformat(row["start"]) + timedelta(days=7)
        assert datetime.fromisoformat(row["start"]).weekday() == 0
        assert row["finished"] == (ends <= newest)
    assert not got[-1]["finished"]
    cut = panel(workspace, drawn[1][1], range={"from": "2024-03-06", "to": "2024-03-13"}, interval="week")
    assert [row["finished"] for row in cut["trend"]["points"]] == [False, False]


def test_comments_newest_first_and_searched(workspace, drawn, world):
    point = next(p for p in world.points if p.id == 3)
    spoken = [s for s in world.signals if s.get("text") and point.takes(s) and START <= s["time"] < END]
    got = panel(workspace, drawn[1][3], range=RANGE)["comments"]
    assert Counter(item["text"] for item in got["items"]) == Counter(s["text"] for s in spoken)
    times = [item["time"] for item in got["items"]]
    assert times == sorted(times, reverse=True) and times[0].endswith("Z")
    for item in got["items"]:
        assert item["kind"] == ("answer" if item["score"] is not None else "contact")
        if item["score"] is not None:
            low, high = item["scale"]
            assert item["feeling"] == pytest.approx((item["score"] - low) / (high - low) * 2 - 1)
        else:
            assert item["feeling"] is None and item["scale"] is None
    some = panel(workspace, drawn[1][3], range=RANGE, search="hyvä")["comments"]["items"]
    assert len(some) == sum("Hyvä" in s["text"] for s in spoken) > 0


def test_who_came_last_by_name(workspace, drawn, world):
    point = next(p for p in world.points if p.id == 2)
    last: dict[str, int] = {}
    for signal in world.all_signals:
        if brute_force.reaches(point, signal):
            last[signal["person"]] = max(signal["time"], last.get(signal["person"], 0))
    got = panel(workspace, drawn[1][2])["who"]["people"]
    assert len(got) == 10
    assert [row["last"] for row in got] == sorted((row["last"] for row in got), reverse=True)
    for row in got:
        person = "p" + row["label"].removeprefix("Nimi ")
        assert row["last"] == datetime.fromtimestamp(last[person] / 10**6, UTC).isoformat()[:19] + "Z"
    assert got[0]["last"][:19] == datetime.fromtimestamp(max(last.values()) / 10**6, UTC).isoformat()[:19]


def test_who_came_is_told_by_the_channel_they_came_through(workspace, store):
    """Everybody gets an e-mail later: what sets those here apart is the channel they first came through."""
    world = World([Point(1, 0, [(EVENT, "look")]), Point(2, 1, [(EVENT, "pay")])], [], [])
    start = 1_709_251_200_000_000
    for number in range(200):
        came, pays = ("search" if number % 2 else "social"), number % 2 and number % 4 == 1
        steps = [("look", came), *([("pay", "web")] if pays else []), ("thanks", "email")]
        for place, (name, channel) in enumerate(steps):
            signal = dict.fromkeys(["score", "low", "high", "order"])
            signal |= {"person": f"p{number}", "kind": EVENT, "name": name, "channel": channel}
            world.signals.append({**signal, "time": start + (number * 60 + place) * 60_000_000})
    _, points = draw(workspace, world)
    load(store, workspace, world, {})
    who = panel(workspace, points[2])["who"]["properties"]
    assert [(row["property"], row["value"], row["share"]) for row in who] == [
        ("first_channel", "search", 1.0)
    ]


def test_a_backstage_touchpoint_has_no_lanes_but_a_panel(workspace, drawn):
    got = panel(workspace, drawn[1][4])
    assert got["touchpoint"]["backstage"]
    assert [got[part] for part in ("who", "next", "not_continued", "trend")] == [None] * 4


def test_an_unbound_touchpoint_and_an_unknown_segment(workspace, drawn):
    got = panel(workspace, drawn[1][8], segment="Nobody")
    assert (got["who"]["n"], got["next"], got["went_nowhere"], got["trend"]["points"]) == (0, [], None, [])
    assert got["warnings"]
    with pytest.raises(QueryError):
        panel(workspace, drawn[1][8], range={"from": "yesterday"})


def test_the_browser_that_cannot_pay_is_named(workspace, store):
    """A third pay with Safari on which payment mostly fails; club members are commoner at payment."""
    world = World(
        [Point(1, 0, [(EVENT, "look")]), Point(2, 1, [(EVENT, "pay")]), Point(3, 2, [(EVENT, "paid")])],
        [],
        [],
    )
    start = 1_709_251_200_000_000
    traits = {}
    for number in range(600):
        browser = ("Safari", "Chrome", "Firefox")[number % 3]
        person = {"person": f"p{number}", "kind": EVENT, "channel": ("mobile", "web")[number % 2]}
        person |= dict.fromkeys(["score", "low", "high", "order"])
        person["properties"] = f'{{"browser":"{browser}","size":"{number % 7}"}}'
        steps = ["look"]
        if number % 4:
            steps.append("pay")
        if "pay" in steps and number % 10 < (2 if browser == "Safari" else 8):
            steps.append("paid")
        for place, name in enumerate(steps):
            world.signals.append({**person, "name": name, "time": start + (number * 60 + place) * 60_000_000})
        traits[f"p{number}"] = f'{{"club":"{"gold" if "pay" in steps and number % 5 else "none"}"}}'
    _, points = draw(workspace, world)
    load(store, workspace, world, traits)
    got = panel(workspace, points[2])
    stuck = got["not_continued"]["properties"]
    assert (stuck[0]["property"], stuck[0]["value"]) == ("browser", "Safari")
    assert stuck[0]["share"] > stuck[0]["share_of_all"] and stuck[0]["p"] < 1e-6
    assert [row["value"] for row in stuck if row["property"] == "size"] == []
    who = got["who"]["properties"]
    assert (who[0]["property"], who[0]["value"]) == ("person.club", "gold")
    assert who[0]["n"] == got["who"]["n"] and got["who"]["of"] == 600
