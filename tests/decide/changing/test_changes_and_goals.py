"""What really changed is what the map says, figure by figure; goals are met only where that is sure."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from django_scopes import scope

from polku.accounts.models import AuditEntry
from polku.analytics import run
from polku.decide.changing.goal_domain import delete_goal, restore_goal, set_goal
from polku.decide.changing.goals import Figure, State, goals_of, judge, scale_ends, scale_text
from polku.decide.changing.queries import changes
from polku.decide.models import Goal
from tests.decide.acting.worlds_of_work import draw_shop, load_rows, rows_of_shop

LATER = timezone.now().date() + dt.timedelta(days=30)


@pytest.fixture
def shop(workspace, store):
    points = draw_shop(workspace)
    rows = rows_of_shop(
        shares={"Safari": (0.8, 0.8)}, seed=11, per_day=12, days=(-28, 29), happy=(0.85, 0.45)
    )
    load_rows(store, workspace, rows)
    with scope(workspace=workspace):
        yield points


def test_changes_are_those_of_the_map_to_the_last_digit(shop, workspace):
    journey = shop[0].stage.journey
    found = changes(workspace, journey)
    asked = {"kind": "journey", "journey": journey.pk}
    asked |= {
        side: {end: getattr(found, side)[end] for end in ("from", "to")} for side in ("range", "compare")
    }
    answer = run(workspace, asked)
    cells = {cell["id"]: cell for stage in answer["stages"] for cell in stage["touchpoints"]}
    assert answer["changes"] == {"tested": found.tested, "clear": found.tested - found.unchanged}
    for row in (*found.clear, *found.unchanged_rows):
        name = row["figure"] if row["figure"] != "reason" else f"reason:{row['metric']}"
        of_map = cells[row["touchpoint"]["id"]]["change"][name]
        assert (row["before"]["value"], row["difference"]) == (of_map["previous"], of_map["difference"])
        assert (row["ci"], row["p"], row["clear"]) == (of_map["ci"], of_map["p"], of_map["clear"])
    (fall,) = (row for row in found.clear if row["figure"] == "say")
    said = cells[fall["touchpoint"]["id"]]["say"][0]
    assert fall["after"] == {"value": said["value"], "ci": said["ci"], "n": said["n"]}
    assert fall["ci"][1] < 0
    # The feeling was read from the same answers, and is not told twice.
    assert [row["figure"] for row in found.clear if row["figure"] == "feel"] == []


@pytest.mark.parametrize(
    ("ci", "n", "is_over", "state"),
    [
        ((0.81, 0.9), 100, False, State.MET),
        ((0.7, 0.9), 100, False, State.ON_THE_WAY),
        ((0.7, 0.9), 100, True, State.UNKNOWN),
        ((0.6, 0.79), 100, True, State.MISSED),
        ((0.81, 0.9), 29, False, State.UNKNOWN),
        (None, 100, False, State.UNKNOWN),
    ],
)
def test_a_goal_is_judged_by_its_whole_interval(ci, n, is_over, state):
    assert judge(Figure(0.8, ci, n, n), 0.8, lower_is_better=False, is_over=is_over) == state
    mirrored = None if ci is None else (-ci[1], -ci[0])
    assert judge(Figure(-0.8, mirrored, n, n), -0.8, lower_is_better=True, is_over=is_over) == state


def test_goals_of_a_touchpoint_a_stage_and_the_journey(shop, owner):
    pays, _gets = shop
    journey = pays.stage.journey
    answers = {"figure": "say", "metric": "csat", "scale": "1-5", "by": LATER, "actor": owner}
    for place, target in (({"touchpoint": pays}, 0.3), ({"stage": pays.stage}, 0.9), ({}, 0.3)):
        set_goal(journey=journey, target=target, **place, **answers)
    set_goal(journey=journey, touchpoint=pays, figure="contact", target=90, by=LATER, actor=owner)
    states = {(state.place, state.goal.figure): state for state in goals_of(journey)}
    of_point, of_stage, of_all = (states[name, "say"] for name in ("Maksu", "Osto", "Ostopolku"))
    assert (of_point.state, of_stage.state, of_all.state) == (State.MET, State.ON_THE_WAY, State.MET)
    # One touchpoint has all the answers, so its stage and the journey have the same figure.
    assert of_point.value == of_stage.value == of_all.value
    assert of_point.n == of_all.n > 300
    assert states["Maksu", "contact"].state == State.MET  # fewer is better


@pytest.mark.parametrize("scale", [(0, 10), (-1, 1), (-5, -1), (0.5, 3.25), (0, 1_234_567)])
def test_a_scale_is_read_as_it_was_written(scale):
    assert scale_ends(scale_text(scale)) == list(scale)
    assert scale_ends("") == []


def test_a_goal_for_a_reason_with_a_long_name(shop, owner):
    pays = shop[0]
    asked = {"journey": pays.stage.journey, "touchpoint": pays, "figure": "reason", "by": LATER}
    reason = "Tilaus ei ole saapunut luvattuna päivänä eikä siitä ole kerrottu"
    goal = set_goal(**asked, metric=reason, target=2, actor=owner)
    goal.full_clean()  # as databases check it that hold texts to their length
    with pytest.raises(ValidationError):
        set_goal(**asked, metric="a" * 201, target=2, actor=owner)


def test_a_goal_is_changed_deleted_and_brought_back(shop, workspace, owner):
    pays = shop[0]
    journey = pays.stage.journey
    asked = {"journey": journey, "touchpoint": pays, "figure": "continued", "by": LATER, "actor": owner}
    first = set_goal(target=0.7, **asked)
    again = set_goal(target=0.8, **asked)
    assert (again.pk, again.target) == (first.pk, 0.8)
    with pytest.raises(ValidationError):
        set_goal(target=80, **asked)
    with pytest.raises(ValidationError):
        set_goal(target=0.5, **{**asked, "by": dt.date(2020, 1, 1)})
    kept = delete_goal(goal=again, actor=owner)
    assert not Goal.objects.exists()
    for _twice in range(2):
        restore_goal(workspace=workspace, kept=kept, actor=owner)
    assert [goal.target for goal in Goal.objects.all()] == [0.8]
    told = AuditEntry.objects.filter(action__startswith="goal.").order_by("pk")
    assert [entry.action for entry in told] == [
        "goal.created", "goal.updated", "goal.deleted", "goal.restored"
    ]  # fmt: skip
    assert told[1].details["target_before"] == 0.7


def test_the_page_and_the_form(shop, workspace, owner_client):
    pays = shop[0]
    base = f"/w/{workspace.slug}/numbers"
    page = owner_client.get(f"{base}/changes/").content.decode()
    assert "CSAT" in page
    assert "Ei näyttöä muutoksesta" in page
    address = f"{base}/goals/new?journey={pays.stage.journey_id}&touchpoint={pays.pk}"
    form = {"figure": "say|csat|1-5", "target": "72,5 %", "by": LATER.isoformat()}
    assert owner_client.post(address, {**form, "target": "seitsemän"}).status_code == 422
    assert owner_client.post(address, {**form, "figure": "say|nps|0-10"}).status_code == 422
    answer = owner_client.post(address, form)
    assert answer["Location"] == f"/w/{workspace.slug}/journeys/{pays.stage.journey_id}/?touchpoint={pays.pk}"
    goal = Goal.objects.get()
    assert (goal.target, goal.touchpoint_id) == (0.725, pays.pk)
    panel = owner_client.get(answer["Location"]).content.decode()
    assert "kesken" in panel
    answer = owner_client.post(f"{base}/goals/{goal.pk}/delete", follow=True)
    assert "Tavoite poistettiin" in answer.content.decode()
    for wrong in ("journey=9999", "journey=x", f"journey={pays.stage.journey_id}&stage=99999"):
        assert owner_client.get(f"{base}/goals/new?{wrong}").status_code == 404
