"""Scores of answers: groups, scales, periods and intervals."""

from __future__ import annotations

import pytest

from polku.analytics import QueryError, resolvers, run
from polku.eventstore.port import SignalKind
from polku.statistics import bootstrap_mean, csat, nps, score_difference

DAY = "2026-03-02T10:00"


def people(prefix: str, answers: dict[int, int], when: str = DAY, **more) -> list[tuple]:
    flat = [answer for answer, number in answers.items() for _ in range(number)]
    return [(f"{prefix}{place}", answer, when, more) for place, answer in enumerate(flat)]


def test_nps_with_its_distribution(shop, workspace):
    shop.answers("nps", (0, 10), *people("p", {10: 30, 9: 20, 8: 33, 6: 10, 0: 7}))
    (group,) = run(workspace, {"kind": "score", "metric": "nps"})["groups"]
    expected = nps(promoters=50, passives=33, detractors=17)
    assert group["value"] == expected.value
    assert group["ci"] == [expected.low, expected.high]
    assert (group["key"], group["start"], group["n"]) == ({}, None, 100)
    assert group["distribution"] == {"0": 7, "6": 10, "8": 33, "9": 20, "10": 30}
    assert group["mean"] == pytest.approx((300 + 180 + 264 + 60) / 100)
    assert (group["scale"], group["rule"]) == ([0, 10], "promoters_minus_detractors")


def test_scales_are_never_pooled(shop, workspace):
    shop.answers("csat", (1, 5), *people("a", {5: 3, 1: 1}))
    shop.answers("csat", (1, 7), *people("b", {7: 4, 5: 2}))
    shop.answers("csat", (1, 10), *people("c", {9: 2}))
    got = run(workspace, {"kind": "score", "metric": "csat"})
    assert [(group["scale"], group["n"], group["value"], group["rule"]) for group in got["groups"]] == [
        ([1, 7], 6, csat(counts={7: 4, 5: 2}, scale=7).value, "share_of_6_to_7"),
        ([1, 5], 4, 0.75, "share_of_4_to_5"),
        ([1, 10], 2, None, None),
    ]
    assert got["groups"][2]["mean"] == 9
    assert got["warnings"] == [
        "Answers were given on different scales; they are shown apart and never pooled.",
        "The metric “csat” is not defined on the scale 1–10, so only the mean and the distribution are given.",
    ]


def test_recommend_takes_any_scale_and_hides_the_interval_of_few(shop, workspace):
    shop.answers("recommend", (1, 5), *people("a", {5: 20, 3: 10}))
    (group,) = run(workspace, {"kind": "score", "metric": "recommend"})["groups"]
    expected = bootstrap_mean(counts={5: 20, 3: 10})
    assert (group["value"], group["ci"]) == (expected.value, [expected.low, expected.high])
    few = {"kind": "score", "metric": "recommend", "where": [{"property": "score", "op": "eq", "value": 5}]}
    (group,) = run(workspace, few)["groups"]
    assert (group["n"], group["value"], group["ci"]) == (20, 5, None)


def test_ces_and_smiley(shop, workspace):
    shop.answers("ces", (1, 7), *people("a", {7: 3, 4: 1}))
    shop.answers("smiley", (1, 4), *people("b", {4: 1, 1: 1}))
    assert run(workspace, {"kind": "score", "metric": "ces"})["groups"][0]["value"] == 0.75
    (group,) = run(workspace, {"kind": "score", "metric": "smiley"})["groups"]
    assert (group["value"], group["mean"], group["ci"]) == (50, 2.5, None)


def test_periods_of_the_workspaces_calendar(shop, workspace):
    shop.answers(
        "csat", (1, 5), *people("a", {5: 1}, "2026-03-01T21:59"), *people("b", {1: 2}, "2026-03-01T22:00")
    )
    shop.answers("csat", (1, 5), *people("c", {5: 1}, "2026-03-09T10:00"))
    got = run(workspace, {"kind": "score", "metric": "csat", "interval": "week"})["groups"]
    assert [(group["start"], group["n"], group["value"], group["complete"]) for group in got] == [
        ("2026-02-23", 1, 1, True),
        ("2026-03-02", 2, 0, True),
        ("2026-03-09", 1, 1, False),
    ]


def test_groups_by_properties_of_signal_order_and_person(shop, workspace):
    shop.people({"person": "a0", "properties": {"city": "Oulu"}})
    shop.orders(
        {"order": "o1", "person": "a0", "status": "delivered", "time": "2026-03-01T10:00"},
        {"order": "o2", "person": "a1", "status": "shipped", "time": "2026-03-01T10:00"},
    )
    shop.answers(
        "csat",
        (1, 5),
        ("a0", 5, DAY, {"order": "o1", "channel": "web"}),
        ("a1", 1, DAY, {"order": "o2", "channel": "web"}),
        ("a2", 3, DAY),
    )

    def groups(*names: str) -> list[tuple[dict, float]]:
        got = run(workspace, {"kind": "score", "metric": "csat", "group_by": list(names)})
        assert got["warnings"] == []
        return [(group["key"], group["mean"]) for group in got["groups"]]

    assert groups("order.status") == [
        ({"order.status": "delivered"}, 5),
        ({"order.status": "shipped"}, 1),
        ({"order.status": None}, 3),
    ]
    assert groups("channel", "person.city") == [
        ({"channel": "web", "person.city": "Oulu"}, 5),
        ({"channel": "web", "person.city": None}, 1),
        ({"channel": None, "person.city": None}, 3),
    ]
    got = run(workspace, {"kind": "score", "metric": "csat", "group_by": "chanel"})
    assert got["groups"][0]["key"] == {"chanel": None}
    assert got["warnings"] == [
        "No signal, order or person has the property “chanel”. Did you mean “channel”?"
    ]


class Named:
    def __init__(self, id: int, name: str) -> None:
        self.id, self.name = id, name


def test_groups_by_touchpoint_show_its_name_and_notice_a_new_one(shop, workspace):
    shop.bind(7, "csat", kind=SignalKind.SCORE)
    shop.bind(9, "nps", kind=SignalKind.SCORE)
    shop.answers("csat", (1, 5), *people("a", {5: 2}))
    shop.answers("nps", (0, 10), *people("b", {5: 2}))
    points = {7: Named(7, "Delivery"), 9: Named(9, "Checkout")}
    before = resolvers._touchpoints
    query = {"kind": "score", "metric": "csat", "group_by": ["touchpoint"]}
    try:
        resolvers.register_touchpoint(
            lambda _, ref: points.get(ref), lambda _: [point.name for point in points.values()]
        )
        (group,) = run(workspace, query)["groups"]
        assert (group["key"], group["touchpoint"]) == ({"touchpoint": "Delivery"}, 7)
        points[7].name = "Doorstep"
        assert [group["key"] for group in run(workspace, query)["groups"]] == [{"touchpoint": "Doorstep"}]
    finally:
        resolvers._touchpoints = before


def test_answers_that_name_a_touchpoint_on_no_map_are_grouped_by_that_name(shop, workspace):
    shop.answers("csat", (1, 5), *people("a", {5: 2}, properties={"touchpoint": "Till"}))
    shop.answers("csat", (1, 5), *people("b", {4: 3}))
    groups = run(workspace, {"kind": "score", "metric": "csat", "group_by": ["touchpoint", "chanel"]})[
        "groups"
    ]
    assert [(group["key"], group["touchpoint"], group["n"]) for group in groups] == [
        ({"touchpoint": "Till", "chanel": None}, None, 2)
    ]


def test_a_metric_never_received_warns(shop, workspace):
    shop.answers("csat", (1, 5), *people("a", {5: 2}))
    got = run(workspace, {"kind": "score", "metric": "nps"})
    assert got["groups"] == []
    assert got["warnings"] == ["No answer to the metric “nps” has ever been received. Did you mean “csat”?"]


def test_an_answer_off_its_scale_gives_no_score(shop, workspace):
    shop.answers("csat", (1, 5), *people("a", {5: 2, 6: 1}))
    got = run(workspace, {"kind": "score", "metric": "csat"})
    assert (got["groups"][0]["value"], got["groups"][0]["n"]) == (None, 3)
    assert got["warnings"] == ["Some answers do not fit their scale, so no score can be given."]


def test_answers_without_a_scale_stand_apart(shop, workspace):
    shop.answers("csat", (None, None), *people("a", {5: 2}))
    shop.answers("csat", (1, 5), *people("b", {5: 3}))
    got = run(workspace, {"kind": "score", "metric": "csat"})
    assert [(group["scale"], group["n"], group["value"]) for group in got["groups"]] == [
        ([1, 5], 3, 1),
        (None, 2, None),
    ]
    assert "Some answers came without their scale" in got["warnings"][1]


def test_two_ranges_compared(shop, workspace):
    """Of two channels one falls clearly; the other has too few answers on one side to be tested."""
    shop.answers("nps", (0, 10), *people("a", {10: 30, 5: 10}, channel="web"))
    shop.answers("nps", (0, 10), *people("b", {10: 20, 5: 40}, "2026-03-12T10:00", channel="web"))
    shop.answers("nps", (0, 10), *people("c", {10: 5}, channel="app"))
    shop.answers("nps", (0, 10), *people("d", {10: 40}, "2026-03-12T10:00", channel="app"))
    shop.answers("nps", (0, 10), *people("e", {10: 3}, "2026-03-12T10:00", channel="shop"))
    query = {
        "kind": "score",
        "metric": "nps",
        "group_by": ["channel"],
        "range": {"from": "2026-03-10", "to": "2026-03-13"},
        "compare": {"from": "2026-03-01", "to": "2026-03-10"},
    }
    got = run(workspace, query)["compared"]
    assert [(group["key"]["channel"], group["n"]) for group in got["groups"]] == [("app", 5), ("web", 40)]
    before = nps(promoters=30, passives=0, detractors=10)
    want = score_difference(before=before, after=nps(promoters=20, passives=0, detractors=40))
    app, web = got["changes"]
    assert (web["key"], web["scale"], web["clear"]) == ({"channel": "web"}, [0, 10], True)
    assert (web["difference"], web["ci"], web["p_value"]) == (want.value, [want.low, want.high], want.p)
    assert (app["key"], app["p_value"], app["clear"]) == ({"channel": "app"}, None, False)
    with pytest.raises(QueryError) as error:
        run(workspace, {**query, "interval": "week"})
    assert error.value.field == "interval"
