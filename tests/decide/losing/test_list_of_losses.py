"""The list of losses of a shop whose losses are known."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django_scopes import scope

from polku.accounts.models import AuditEntry
from polku.decide.losing import domain, queries
from polku.decide.losing.keeping import ask_for
from polku.decide.models import Goal, KeptLosses
from polku.jobs.queue import work_off
from tests.decide.losing.conftest import tables

FUNNEL = "funnel:Maksu:browser=A"
CONTACT = "contact:Nouto:where:person.region=north"
MARGIN = 0.5 / 1.25
YEARLY = 365 / 7
LOST = (4_550 - 1_850) * YEARLY * MARGIN
"""What fifty customers of a week spent before and spend now, as margin of a year."""


def test_before_the_questions_about_money_there_are_no_euros(shop):
    found = shop.ask()
    assert found["money"] is found["turnover"] is found["total"] is None
    assert {row["p50"] for row in found["rows"]} == {None}
    assert {code for row in found["rows"] for code in row["lacks"]} == {"money"}
    # What was found stands there all the same.
    assert shop.rows()[FUNNEL]["reference"]["since"] == "2026-08-31"


@pytest.mark.parametrize("name", ["empty", "young"])
def test_without_two_weeks_of_signals_nothing_is_said(shops, db, name):
    shop = shops[name]
    shop.workspace.refresh_from_db()
    shop.answer_money()
    found = shop.ask()
    assert (found["period"], found["rows"], found["total"], found["turnover"]) == (None, [], None, None)
    queries.losses(shop.workspace, shop.journey)
    work_off()
    assert queries.losses(shop.workspace, shop.journey).is_newest


def test_without_purchases_the_list_says_where_people_stop_and_that_orders_are_lacking(shops, db):
    shop = shops["service"]
    shop.workspace.refresh_from_db()
    shop.answer_money()
    row = shop.rows()[FUNNEL]
    assert (row["p50"], row["lacks"], row["reference"]["kind"]) == (None, ["orders"], "before")
    assert row["level"]["value"] == pytest.approx(0.4)


def test_what_a_browser_lost_since_a_change_is_found_with_the_other_as_control(shop):
    shop.answer_money()
    row = shop.rows()[FUNNEL]
    assert row["p10"] < LOST < row["p90"]
    assert row["p50"] == pytest.approx(LOST, rel=0.04)
    assert (row["grade"], row["rank"], row["state"], row["is_at_most"]) == ("B", 1, "open", False)
    assert row["unit"] == {"property": "browser", "value": "A"}
    assert row["people"] == {"property": "browser", "op": "eq", "value": "A"}
    assert row["level"]["value"] == pytest.approx(0.4)
    assert (row["reference"]["kind"], row["reference"]["value"]) == ("before", pytest.approx(0.9))
    inputs = {each["name"]: each for each in row["inputs"]}
    assert list(inputs) == ["people", "lost_share", "downstream", "order_value", "margin"]
    assert inputs["margin"]["value"] == MARGIN
    assert inputs["margin"]["source"] == "answered"
    assert sum(row["swings"].values()) == pytest.approx(1)
    assert {each["days"] for each in row["windows"]} == {28, 90}
    assert row["widened"] is None


def test_contacts_of_a_region_are_held_against_those_of_the_others(shop):
    shop.answer_money()
    row = shop.rows()[CONTACT]
    in_a_year = avoidable_contacts() * 8.0
    assert row["grade"] == "C"
    assert row["reference"]["kind"] == "comparable"
    assert row["reference"]["unit"] == {"property": "person.region", "value": "south"}
    assert row["level"]["value"] == pytest.approx(40, abs=4)
    assert row["p10"] < in_a_year < row["p90"]
    assert row["p50"] == pytest.approx(in_a_year, rel=0.05)


def avoidable_contacts() -> float:
    """By hand: the north's contacts of the last ninety days beyond what the south's rate would bring, as of a year."""
    made = tables()
    regions = {each["person"]: json.loads(each["properties"])["region"] for each in made.people}
    newest = max(each["time"] for each in made.signals)
    seen = Counter(
        (regions[each["person"]], each["name"])
        for each in made.signals
        if each["time"] > newest - timedelta(days=90)
    )
    rate = seen["south", "where"] / seen["south", "parcel"]
    return (seen["north", "where"] - seen["north", "parcel"] * rate) * 365 / 90


def test_nothing_else_has_euros_and_every_other_row_says_what_would_give_some(shop):
    shop.answer_money()
    found = shop.ask()
    priced = [row for row in found["rows"] if row["p50"] is not None]
    assert {row["key"] for row in priced} == {shop.rows()[FUNNEL]["key"], shop.rows()[CONTACT]["key"]}
    assert [row["rank"] for row in found["rows"]] == list(range(1, len(found["rows"]) + 1))
    for row in found["rows"][len(priced) :]:
        assert row["lacks"] == ["earlier-level", "comparable-units", "goal"]
        assert row["reference"] is None
    nets = [row["net"] for row in priced]
    assert nets == sorted(nets, reverse=True)


def test_the_sum_reconciles_with_the_turnover(shop):
    shop.answer_money()
    found = shop.ask()
    total, turnover = found["total"], found["turnover"]
    assert turnover["margin"] == pytest.approx(turnover["sales"] * 0.5)
    assert 0 < total["p10"] < total["p50"] < total["p90"] <= turnover["margin"]
    assert total["share"] == pytest.approx(total["p50"] / turnover["margin"])
    priced = [row["p50"] for row in found["rows"] if row["p50"] is not None]
    assert total["p50"] == pytest.approx(sum(priced), rel=0.02)


@pytest.mark.parametrize(
    ("changes", "times"),
    [
        ({"margin": 0.25}, 0.5),
        ({"vat_included": False}, 1.25),
        ({"returned": 0.2}, 0.8),
        ({"vat_rate": 0.0, "margin": 0.1}, 0.25),
    ],
)
def test_margin_vat_and_returns_change_a_figure_in_proportion_only(shop, changes, times):
    shop.answer_money()
    before = shop.rows()
    shop.answer_money(**changes)
    after = shop.rows()
    assert after.keys() == before.keys()
    for point in ("p10", "p50", "p90"):
        assert after[FUNNEL][point] == pytest.approx(before[FUNNEL][point] * times, rel=1e-12)
        assert after[CONTACT][point] == before[CONTACT][point]
    assert [row["key"] for row in after.values()] == [row["key"] for row in before.values()]


def test_a_persons_figure_takes_the_place_of_an_input_and_goes_again(shop, owner):
    shop.answer_money()
    before = shop.rows()[FUNNEL]
    figures = []
    for middle in (0.1, 0.2, 0.3):
        domain.override_input(
            journey=shop.journey, pain_key=before["key"], name="lost_share", low=middle / 2, middle=middle,
            high=middle * 1.5, reason="Mitattu maksupalvelusta", actor=owner,
        )  # fmt: skip
        row = shop.rows()[FUNNEL]
        figures.append(row["p50"])
    assert figures == sorted(figures)
    assert figures[2] == pytest.approx(3 * figures[0], rel=0.02)
    override = next(each["override"] for each in row["inputs"] if each["name"] == "lost_share")
    assert (override["middle"], override["reason"], override["by"]) == (
        0.3,
        "Mitattu maksupalvelusta",
        str(owner),
    )
    domain.withdraw_override(journey=shop.journey, pain_key=before["key"], name="lost_share", actor=owner)
    assert shop.rows()[FUNNEL]["p50"] == before["p50"]
    with pytest.raises(ValidationError):
        domain.withdraw_override(journey=shop.journey, pain_key=before["key"], name="lost_share", actor=owner)
    assert len(queries.history_of(shop.workspace, shop.journey, before["key"])) == 4
    with scope(workspace=shop.workspace):
        actions = list(AuditEntry.objects.values_list("action", flat=True).order_by("pk"))
    assert [each for each in actions if each.startswith("loss")] == ["loss_inputs.updated"] * 3 + [
        "loss_inputs.removed"
    ]


def test_a_persons_figure_gives_euros_where_the_data_has_no_reference(shop, owner):
    shop.answer_money()
    row = shop.rows()["funnel:Tuote"]
    domain.override_input(
        journey=shop.journey, pain_key=row["key"], name="lost_share", low=0.01, middle=0.02, high=0.03,
        reason="Työpajan arvio", actor=owner,
    )  # fmt: skip
    row = shop.rows()["funnel:Tuote"]
    assert row["p50"] > 0
    assert (row["grade"], row["reference"]["kind"], row["lacks"]) == ("D", "person", [])


def test_what_cannot_be_a_figure_is_refused(shop, owner):
    for change, field in (
        ({"name": "wishes"}, "name"),
        ({"high": 1.2}, "high"),
        ({"low": 0.4}, "middle"),
        ({"low": float("nan")}, "low"),
        ({"reason": " "}, "reason"),
        ({"reason": "x" * 501}, "reason"),
        ({"pain_key": "k" * 201}, "pain_key"),
    ):
        given = {
            "pain_key": "k",
            "name": "lost_share",
            "low": 0.1,
            "middle": 0.2,
            "high": 0.3,
            "reason": "Syy",
        }
        with pytest.raises(ValidationError) as refused:
            domain.override_input(journey=shop.journey, actor=owner, **(given | change))
        assert list(refused.value.message_dict) == [field]


def test_what_mending_costs_is_taken_off_in_the_order(shop, owner):
    shop.answer_money()
    key = shop.rows()[FUNNEL]["key"]
    domain.set_cost(journey=shop.journey, pain_key=key, cost=200_000, actor=owner)
    row = shop.rows()[FUNNEL]
    assert (row["rank"], row["cost"], row["net"]) == (2, 200_000, row["p50"] - 200_000)


def test_a_row_that_is_left_stays_out_of_the_sum_until_it_comes_back(shop, owner):
    shop.answer_money()
    before, key = shop.ask()["total"], shop.rows()[FUNNEL]["key"]
    domain.dismiss_pain(journey=shop.journey, pain_key=key, reason="Selain poistuu", actor=owner)
    left = shop.rows()[FUNNEL]
    assert (left["state"], left["dismissal"]["reason"]) == ("dismissed", "Selain poistuu")
    assert shop.ask()["total"]["p50"] == pytest.approx(shop.rows()[CONTACT]["p50"])
    assert domain.take_back_dismissal(journey=shop.journey, pain_key=key, actor=owner)
    assert not domain.take_back_dismissal(journey=shop.journey, pain_key=key, actor=owner)
    assert shop.ask()["total"] == before


def test_a_goal_is_the_last_reference(shop):
    shop.answer_money()
    with scope(workspace=shop.workspace):
        for figure, metric, target, point in (
            ("continued", "", 0.8, "Maksu"),
            ("continued", "", 1.0, "Tuote"),
        ):
            Goal.objects.create(
                workspace=shop.workspace, journey=shop.journey, touchpoint=shop.points[point], figure=figure,
                metric=metric, target=target, by="2027-01-31",
            )  # fmt: skip
    rows = shop.rows()
    # Where the data has a reference of its own the goal is none.
    assert rows[FUNNEL]["reference"]["kind"] == "before"
    assert "funnel:Maksu" not in rows
    product = rows["funnel:Tuote"]
    # Everybody who looks comes to the payment: nothing is short of the goal.
    assert (product["reference"]["kind"], product["grade"], product["is_at_most"]) == ("goal", "D", True)
    assert product["p50"] < 0.01 * rows[FUNNEL]["p50"]


def test_a_goal_for_all_contacts_of_a_touchpoint_is_not_added_to_those_of_a_reason(shop):
    shop.answer_money()
    before = shop.ask()["total"]
    with scope(workspace=shop.workspace):
        Goal.objects.create(
            workspace=shop.workspace,
            journey=shop.journey,
            touchpoint=shop.points["Nouto"],
            figure="contact",
            target=10.0,
            by="2027-01-31",
        )
    rows = shop.rows()
    every, north = rows["contact:Nouto"], rows[CONTACT]
    assert (every["reason"], every["reference"]["value"], every["grade"]) == (None, 10.0, "D")
    assert every["level"]["value"] > 10
    assert every["p50"] > 0
    assert north["key"] in every["overlaps"]
    assert shop.ask()["total"]["p50"] < before["p50"] + every["p50"]


def test_a_surge_splits_the_year_and_says_so(surging):
    surging.answer_money()
    row = surging.rows()[FUNNEL]
    assert row["widened"]["why"] == "surge"
    assert 2.5 < row["widened"]["now"] / row["widened"]["usual"] < 3.1
    parts = {each["part"]: each["p50"] for each in row["split"]}
    assert parts["usual"] == pytest.approx(LOST, rel=0.15)
    assert 1.5 < parts["surge"] / parts["usual"] < 2.1
    # The year may have anything between the two.
    assert row["p10"] < 1.5 * LOST
    assert row["p90"] > 2.3 * LOST


def test_pages_read_the_list_that_is_kept_and_a_newer_one_is_counted(shop, owner):
    shop.answer_money()
    first = queries.losses(shop.workspace, shop.journey)
    assert (first.document, first.is_newest) == (None, False)
    assert work_off() >= 1
    kept = queries.losses(shop.workspace, shop.journey)
    assert kept.is_newest
    assert kept.document == shop.ask()
    key = shop.rows()[FUNNEL]["key"]
    domain.dismiss_pain(journey=shop.journey, pain_key=key, reason="Ei nyt", actor=owner)
    stale = queries.losses(shop.workspace, shop.journey)
    assert not stale.is_newest
    assert stale.row(key)["state"] == "dismissed"
    assert stale.row("nothing") is None
    assert work_off() >= 1
    newest = queries.losses(shop.workspace, shop.journey)
    assert newest.is_newest
    # Whoever looked while it was counted asked once more: nothing is counted twice.
    ask_for(shop.workspace, shop.journey)
    assert work_off() >= 1
    assert queries.losses(shop.workspace, shop.journey).counted_at == newest.counted_at
    with scope(workspace=shop.workspace):
        assert KeptLosses.objects.count() == 1
