"""Opportunities and actions: their states, their owner, what is refused, and that undoing brings them back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from django_scopes import scope

from polku.accounts.models import AuditEntry
from polku.journeys import acting, domain
from polku.journeys.models import Action, Opportunity

ESTIMATE = {
    "p10": 1000,
    "p50": 2000.0,
    "p90": 4000,
    "grade": "B",
    "pain": "funnel",
    "data_as_of": "2026-03-01",
    "secret": "x",
}


@pytest.fixture
def taken(touchpoint, owner) -> Action:
    return domain.take_into_work(
        touchpoint=touchpoint,
        name="Korjaa maksu",
        pain_key="funnel:1:Safari",
        estimate=ESTIMATE,
        owner=owner,
        due_on=date(2026, 12, 1),
        metric={"figure": "continued"},
        actor=owner,
    )


def test_a_pain_is_taken_into_work_once(taken, touchpoint, owner):
    assert taken.state == Action.State.UNDER_WAY
    assert taken.metric == {"figure": "continued", "metric": None, "scale": None}
    assert taken.opportunity.estimate == {
        "p10": 1000.0,
        "p50": 2000.0,
        "p90": 4000.0,
        "grade": "B",
        "pain": "funnel",
        "data_as_of": "2026-03-01",
    }
    with pytest.raises(ValidationError) as refused:
        domain.take_into_work(
            touchpoint=touchpoint,
            name="Uudelleen",
            pain_key="funnel:1:Safari",
            estimate=None,
            owner=None,
            due_on=None,
            metric={},
            actor=owner,
        )
    assert refused.value.code == "taken"
    with scope(workspace=touchpoint.workspace):
        assert Opportunity.objects.count() == 1
        assert acting.work_by_pain(touchpoint.stage.journey) == {"funnel:1:Safari": taken}
        assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))[-3:] == [
            "opportunity.created",
            "action.created",
            "action.started",
        ]


def test_the_states_of_an_action_and_the_way_back(taken, owner):
    noted = domain.state_of(taken)
    day = timezone.localdate() - timedelta(days=3)
    domain.finish_action(action=taken, done_on=day, actor=owner)
    assert (taken.state, taken.done_on, taken.started_on) == ("done", day, day)
    assert domain.note_effect(action=taken, effect={"grade": "C"})
    taken.refresh_from_db()
    assert taken.effect == {"grade": "C"}
    domain.restore_action(action=taken, kept=noted, actor=owner)
    assert (taken.state, taken.done_on, taken.effect) == ("under-way", None, None)
    assert not domain.note_effect(action=taken, effect={"grade": "C"})
    domain.drop_action(action=taken, actor=owner)
    with scope(workspace=taken.workspace):
        assert list(acting.actions_of(taken.workspace, acting.OPEN)) == []
        assert acting.work_by_pain(taken.opportunity.touchpoint.stage.journey) == {}
    for day in (timezone.localdate() + timedelta(days=2), date(1, 1, 1)):
        with pytest.raises(ValidationError):
            domain.finish_action(action=taken, done_on=day, actor=owner)


@pytest.mark.parametrize(
    "changes",
    [
        {"metric": {"figure": "clicks"}},
        {"metric": {"figure": "say"}},
        {"cost": -1.0},
        {"cost": float("nan")},
        {"name": " "},
        {"done_on": date(2026, 1, 1)},
    ],
)
def test_what_is_refused_changes_nothing(taken, owner, changes):
    with pytest.raises(ValidationError):
        domain.change_action(action=taken, actor=owner, **changes)
    taken.refresh_from_db()
    assert (taken.name, taken.cost, taken.done_on) == ("Korjaa maksu", None, None)


def test_another_metric_lets_the_effect_be_estimated_anew(taken, owner):
    domain.finish_action(action=taken, actor=owner)
    domain.note_effect(action=taken, effect={"grade": "C"})
    taken.refresh_from_db()
    domain.change_action(
        action=taken, actor=owner, metric={"figure": "say", "metric": "csat", "scale": [1, 5]}
    )
    taken.refresh_from_db()
    assert (taken.metric, taken.effect) == ({"figure": "say", "metric": "csat", "scale": [1.0, 5.0]}, None)


def test_an_owner_is_a_member(taken, outsider, owner):
    with pytest.raises(ValidationError):
        domain.change_action(action=taken, owner=outsider, actor=owner)


def test_words_are_published_when_both_are_there(taken, owner):
    with pytest.raises(ValidationError):
        domain.publish_words(action=taken, actor=owner)
    domain.write_words(action=taken, you_said="Maksu jumittaa.", we_did="Korjasimme sen.", actor=owner)
    domain.publish_words(action=taken, actor=owner)
    assert taken.published_at is not None
    with pytest.raises(ValidationError):
        domain.write_words(action=taken, you_said="", we_did="x", actor=owner)
    domain.withdraw_words(action=taken, actor=owner)
    assert (taken.published_at, taken.we_did) == (None, "Korjasimme sen.")


@pytest.mark.parametrize("part", ["touchpoint", "stage", "journey"])
def test_undoing_a_deletion_brings_the_work_back(taken, owner, part):
    touchpoint = taken.opportunity.touchpoint
    domain.write_words(action=taken, you_said="a", we_did="b", actor=owner)
    row = {
        "touchpoint": touchpoint,
        "stage": touchpoint.stage,
        "journey": touchpoint.stage.journey,
    }[part]
    deletion = getattr(domain, f"delete_{part}")(**{part: row}, actor=owner)
    with scope(workspace=touchpoint.workspace):
        assert (Action.objects.count(), Opportunity.objects.count()) == (0, 0)
    owner.delete()
    domain.undo_deletion(deletion=deletion)
    with scope(workspace=touchpoint.workspace):
        back = Action.objects.get(pk=taken.pk)
        assert (back.name, back.you_said, back.owner_id) == ("Korjaa maksu", "a", None)
        assert back.opportunity.estimate["p50"] == 2000.0
