"""The query of kind "journey", through a real store, against plain loops over the same world."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from django_scopes import scope

from polku.analytics import QueryError, run
from polku.eventstore.port import ORDER_BATCH, SIGNAL_BATCH
from polku.eventstore.registry import hit_rules
from polku.journeys.domain import add_binding, add_stage, add_touchpoint, create_journey, update_touchpoint
from polku.people.models import Segment
from tests.journeys.live import brute_force
from tests.journeys.live.brute_force import small_world
from tests.journeys.live.loading import draw, load


def micro(day: str) -> int:
    return (
        int(datetime.fromisoformat(day).replace(tzinfo=ZoneInfo("Europe/Helsinki")).timestamp()) * 1_000_000
    )


def cells(document) -> dict[int, dict]:
    return {cell["id"]: cell for stage in document["stages"] for cell in stage["touchpoints"]}


def same(document, expected, drawn) -> None:
    """Every figure of the document equals the loops'."""
    got = cells(document)
    numbers = {touchpoint.pk: id for id, touchpoint in drawn.items()}
    for id, want in expected.items():
        cell = got[drawn[id].pk]
        do = cell["do"]
        assert do["reached"]["value"] == do["reached"]["n"] == want["reached"]
        assert {numbers[step["touchpoint"]]: step["count"] for step in do["next"]} == dict(
            sorted(want["next"].items(), key=lambda item: -item[1])[:5]
        )
        assert do["went_nowhere"]["count"] == want["nowhere"]
        figure(do["continued"], want["continued"])
        if want["continued"]:
            assert do["continued"]["censored"] == want["continued"]["censored"]
        assert (do["promise"] is None) == (want["promise"] is None)
        if want["promise"]:
            figure(do["promise"]["kept"], want["promise"]["kept"])
            assert do["promise"]["broken_open"] == want["promise"]["broken_open"]
        assert {(said["metric"], *said["scale"]) for said in cell["say"]} == want["say"].keys()
        for said in cell["say"]:
            wanted = want["say"][(said["metric"], *said["scale"])]
            figure(said, wanted)
            assert {float(a): n for a, n in said["distribution"].items() if n} == wanted["counts"]
        measured = cell["feel"]["measured"]
        assert (measured is None) == (want["feel"] is None)
        if measured:
            assert measured["source"] == want["feel"]["source"]
            figure(measured, {**want["feel"], "ci": None})
        figure(cell["contact"], want["contact"])
        if want["contact"]:
            assert {r["name"]: r["count"] for r in cell["contact"]["reasons"]} == want["contact"]["reasons"]
        figure(cell["buy"], want["buy"])
        if want["buy"]:
            assert cell["buy"]["orders"] == want["buy"]["orders"]


def figure(got, want) -> None:
    if want is None:
        assert got is None
        return
    assert got["n"] == want["n"]
    assert got["value"] == pytest.approx(want["value"], abs=1e-9)
    if want.get("ci") is not None:
        assert got["ci"] == pytest.approx(want["ci"], abs=1e-7)


@pytest.fixture
def world():
    return small_world(11, people=60, days=20)


@pytest.fixture
def drawn(workspace, store, world):
    journey, points = draw(workspace, world)
    traits = {f"p{n}": f'{{"city":"{["Oulu", "Turku"][n % 2]}"}}' for n in range(60)}
    load(store, workspace, world, traits)
    return journey, points


RANGE = {"from": "2024-03-05", "to": "2024-03-15"}


def ask(workspace, journey, **more):
    return run(workspace, {"kind": "journey", "journey": journey.pk, **more})


def test_all_data_and_a_range(workspace, world, drawn):
    journey, points = drawn
    same(ask(workspace, journey), brute_force.measure(world), points)
    expected = brute_force.measure(world, micro("2024-03-05"), micro("2024-03-15"))
    document = ask(workspace, journey, range=RANGE)
    same(document, expected, points)
    assert document["range"] == RANGE
    assert document["data_as_of"] == datetime.fromtimestamp(world.as_of // 10**6, UTC).isoformat()[:19] + "Z"
    assert document["rows_scanned"] > 0
    assert document["warnings"] == []


def test_the_map_and_the_score_query_say_the_same(workspace, drawn):
    journey, _points = drawn
    shared = ("rule", "value", "ci", "n", "mean")
    asked = 0
    for id, cell in cells(ask(workspace, journey)).items():
        for said in cell["say"]:
            answer = run(workspace, {"kind": "score", "metric": said["metric"], "group_by": ["touchpoint"]})[
                "groups"
            ]
            (group,) = (g for g in answer if (g["touchpoint"], g["scale"]) == (id, said["scale"]))
            if group["rule"] is None:  # where a metric is not defined on a scale the map shows the mean
                assert (said["rule"], said["value"]) == ("mean", group["mean"])
            else:
                assert {name: said[name] for name in shared} == {name: group[name] for name in shared}
                asked += 1
    assert asked > 4


def test_a_channel_filters_every_signal(workspace, world, drawn):
    journey, points = drawn
    document = ask(workspace, journey, where=[{"property": "channel", "op": "eq", "value": "web"}])
    same(document, brute_force.measure(world, channel="web"), points)


def test_a_segment_is_cut_at_the_end_of_the_range(workspace, world, drawn):
    journey, points = drawn
    end = micro("2024-03-15")
    with scope(workspace=workspace):
        Segment.objects.create(
            workspace=workspace,
            name="Oulun katselijat",
            rule={
                "where": [{"property": "person.city", "op": "eq", "value": "Oulu"}],
                "did": [{"event": "see"}],
            },
        )
    people = {
        signal["person"]
        for signal in world.signals
        if signal["name"] == "see" and signal["time"] < end and int(signal["person"][1:]) % 2 == 0
    }
    assert 3 < len(people) < 30
    expected = brute_force.measure(world, micro("2024-03-05"), end, people=people)
    same(ask(workspace, journey, range=RANGE, segment="Oulun katselijat"), expected, points)


def test_comparison_tells_changes_beside_the_same_figures(workspace, world, drawn):
    journey, points = drawn
    before = {"from": "2024-02-24", "to": "2024-03-05"}
    document = ask(workspace, journey, range=RANGE, compare=before)
    same(document, brute_force.measure(world, micro("2024-03-05"), micro("2024-03-15")), points)
    assert document["compare"]["from"] == before["from"]
    changes = [cell["change"] for cell in cells(document).values() if not cell["backstage"]]
    made = [change for of_point in changes for change in of_point.values() if change]
    assert document["changes"] == {
        "tested": sum(change["p"] is not None for change in made),
        "clear": sum(change["clear"] for change in made),
    }
    assert document["changes"]["tested"] > 0
    assert ask(workspace, journey, range=RANGE)["changes"] is None
    ends = [{"to": "2024-03-05"}, {"to": "9999-12-31"}]
    for now, then in (ends, ends[::-1]):
        assert ask(workspace, journey, range=now, compare=then)["changes"] is not None


def test_an_edit_shows_at_once_and_the_store_is_not_asked_again(workspace, drawn, world):
    journey, points = drawn
    before = ask(workspace, journey)
    update_touchpoint(touchpoint=points[3], name="Tuotesivu", assumed_feeling=0.9)
    after = ask(workspace, journey)
    cell = cells(after)[points[3].pk]
    assert (cell["name"], cell["feel"]["assumed"]) == ("Tuotesivu", 0.9)
    assert cell["do"] == {
        **cells(before)[points[3].pk]["do"],
        "next": cell["do"]["next"],
    }
    workspace.cancelled_states = []
    workspace.save()
    world.cancelled = []
    same(ask(workspace, journey), brute_force.measure(world), points)


def test_a_new_binding_changes_what_reaching_means(workspace, drawn):
    journey, points = drawn
    basis = cells(ask(workspace, journey))[points[6].pk]["do"]["reached"]["basis"]
    add_binding(touchpoint=points[6], kind="event", names=["parcel"], rebuild=False)
    now = cells(ask(workspace, journey))[points[6].pk]["do"]["reached"]
    assert (basis, now["basis"]) == ("answers_and_contacts", "signals")
    assert now["value"] == 0  # the hits have not been rebuilt: nothing is made up meanwhile


def test_surprises_and_evidence(workspace, drawn):
    journey, points = drawn
    for id, feeling in ((2, 1.0), (5, -1.0), (3, -1.0)):
        update_touchpoint(touchpoint=points[id], assumed_feeling=feeling)
    document = ask(workspace, journey)
    found = cells(document)
    for surprise in document["surprises"]:
        feel = found[surprise["touchpoint"]]["feel"]
        low, high = feel["measured"]["ci"]
        assert not low <= feel["assumed"] <= high
        assert feel["surprise"] == pytest.approx(feel["measured"]["value"] - feel["assumed"])
        assert surprise["distance"] == pytest.approx(max(low - feel["assumed"], feel["assumed"] - high))
    distances = [surprise["distance"] for surprise in document["surprises"]]
    assert distances == sorted(distances, reverse=True)
    assert found[points[4].pk]["do"] is None and found[points[4].pk]["evidence"] == "observed"
    assert found[points[8].pk]["evidence"] == "assumption"
    assert found[points[7].pk]["evidence"] == "observed"
    measured = sum(cell["evidence"] == "measured" for cell in found.values())
    assert document["measured_share"] == pytest.approx(measured / 7)


def test_last_stage_has_no_share_that_continued(workspace, drawn):
    journey, points = drawn
    found = cells(ask(workspace, journey))
    assert found[points[7].pk]["do"]["continued"] is None
    assert found[points[1].pk]["do"]["continued"] is not None


@pytest.mark.parametrize("journey", [None, "x", True, 10**30, -1, 0, 424242])
def test_a_journey_that_is_not_there_is_an_error_that_names_the_field(workspace, journey):
    with pytest.raises(QueryError) as raised:
        run(workspace, {"kind": "journey", "journey": journey})
    assert raised.value.field == "journey"


def test_another_workspaces_journey_is_not_there(workspace, drawn, store):
    from polku.accounts.models import Workspace

    elsewhere = Workspace.objects.create(name="Toinen", slug="toinen")
    store.create(elsewhere.key.hex)
    with pytest.raises(QueryError):
        run(elsewhere, {"kind": "journey", "journey": drawn[0].pk})


def test_an_empty_workspace_has_an_empty_map(workspace, store):
    journey, _ = draw(workspace, small_world(1))
    document = ask(workspace, journey, range=RANGE, compare={"from": "2024-02-01", "to": "2024-03-05"})
    assert all(not cell["do"] or cell["do"]["reached"]["value"] == 0 for cell in cells(document).values())
    assert document["measured_share"] == 0


def test_a_promise_is_judged_also_of_orders_whose_time_nobody_told(store, workspace):
    key = workspace.key.hex
    days = {"promised": date(2026, 3, 5), "delivered": date(2026, 3, 6)}
    store.load_orders(key, table(ORDER_BATCH, {"message_id": "1" * 32, "order": "o1", **days}), rules=[])
    journey = create_journey(workspace=workspace, name="Ostopolku")
    point = add_touchpoint(stage=add_stage(journey=journey, name="Toimitus"), name="Ovella")
    add_binding(touchpoint=point, kind="event", names=["Delivered"], rebuild=False)
    event = {
        "message_id": "2" * 32,
        "kind": 1,
        "name": "Delivered",
        "time": datetime(2026, 3, 6),
        "order": "o1",
    }
    store.load_signals(key, table(SIGNAL_BATCH, event), rules=hit_rules(key))
    with scope(workspace=workspace):
        document = run(workspace, {"kind": "journey", "journey": journey.pk})
    kept = cells(document)[point.pk]["do"]["promise"]["kept"]
    assert (kept["value"], kept["n"]) == (0, 1)
    assert cells(document)[point.pk]["buy"] is None


def table(schema, row) -> pa.Table:
    return pa.table({name: [row.get(name)] for name in schema.names}, schema=schema)
