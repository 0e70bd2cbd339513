"""What arrives becomes invitations: once, for the right people, at the right time, and never from the past."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from polku.jobs import queue
from polku.jobs.models import Job
from polku.surveys.domain import close_survey
from polku.surveys.models import Invitation, Moment, MomentDay
from polku.surveys.moments import looking
from polku.surveys.moments.domain import delete_moment, restore_moment, switch_moment
from polku.surveys.moments.sending import words_before_sending
from tests.surveys.moments.shop import DELIVERED, arrive, know, moment_on, open_survey, order

pytestmark = pytest.mark.django_db

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
NOON = datetime(2026, 6, 1, 9)  # in UTC; noon in Helsinki
NOW = NOON.replace(tzinfo=UTC) + timedelta(minutes=1)


def invited() -> list[tuple[str, str]]:
    rows = Invitation.objects.order_by("pk").values_list("email", "state")
    return list(rows)


def counts(moment: Moment) -> dict[str, int]:
    return dict(MomentDay.objects.filter(moment=moment).values_list("outcome", "count"))


def test_an_invitation_carries_person_order_and_touchpoint_and_waits_for_its_time(store, shop):
    survey = open_survey(shop, "after-delivery")
    moment = moment_on(survey, since=LONG_AGO, delay_minutes=120, hours_from=9, hours_to=20)
    know(
        store,
        shop,
        {
            "person": "mari@example.com",
            "aliases": ["c-7"],
            "properties": '{"language": "fi-FI", "first_name": "Mari", "timezone": "America/New_York"}',
        },
    )
    arrive(
        store,
        shop,
        {"person": "c-7", "order": "O-1", "time": NOON},
        {"person": "c-7", "name": "Other", "time": NOON},
    )
    assert looking.look(shop, now=NOW) == 1
    found = Invitation.objects.get()
    assert (found.email, found.order, found.moment, found.link) == (
        "mari@example.com",
        "O-1",
        moment,
        moment.link,
    )
    assert found.link.kind == "moment"
    assert (found.person, found.person_kind) == ("mari@example.com", "email")
    assert found.language == "fi"
    # 12 in Helsinki is 5 in the morning in New York; two hours later it is still too early there.
    assert found.send_at == datetime(2026, 6, 1, 13, tzinfo=UTC)
    assert found.happened_at == NOON.replace(tzinfo=UTC)
    assert counts(moment) == {"triggered": 1}
    assert looking.look(shop, now=NOW) == 0


def test_who_has_no_address_is_counted_and_not_invited(store, shop):
    moment = moment_on(open_survey(shop), since=LONG_AGO)
    arrive(
        store,
        shop,
        {"person": "c-1", "time": NOON},
        {"person": "not an@address", "time": NOON},
        {"person": "Aino@Example.com", "time": NOON},
    )
    assert looking.look(shop, now=NOW) == 1
    assert invited() == [("aino@example.com", "waiting")]
    assert counts(moment) == {"triggered": 3, "unreachable": 2}


def test_a_moment_begins_from_now_and_not_from_the_past(store, shop):
    arrive(store, shop, {"person": "a@example.com", "time": NOON})
    moment = moment_on(open_survey(shop))
    # Told of later, but it happened before the moment began.
    arrive(store, shop, {"person": "b@example.com", "time": NOON})
    assert looking.look(shop) == 0
    assert counts(moment) == {}
    now = timezone.now().replace(tzinfo=None) + timedelta(seconds=1)
    arrive(store, shop, {"person": "c@example.com", "time": now})
    assert looking.look(shop) == 1
    switch_moment(moment=moment, is_on=False, actor=None)
    arrive(store, shop, {"person": "d@example.com", "time": now})
    assert looking.look(shop) == 0
    switch_moment(moment=moment, is_on=True, actor=None)
    assert looking.look(shop) == 0
    assert invited() == [("c@example.com", "waiting")]


def test_what_is_told_days_late_asks_nobody(store, shop):
    moment = moment_on(open_survey(shop), since=LONG_AGO)
    arrive(
        store,
        shop,
        {"person": "a@example.com", "time": NOON - timedelta(days=2, hours=23)},
        {"person": "b@example.com", "time": NOON - timedelta(days=3, hours=1)},
    )
    assert looking.look(shop, now=NOW) == 1
    assert invited() == [("a@example.com", "waiting")]
    assert counts(moment) == {"triggered": 2, "too_late": 1}


def test_only_the_newest_of_what_waits_for_somebody_stays(store, shop):
    moment = moment_on(open_survey(shop), since=LONG_AGO, delay_minutes=2880)
    times = [NOON, NOON + timedelta(hours=1), NOON - timedelta(hours=5)]
    arrive(
        store,
        shop,
        *({"person": "a@example.com", "order": f"O{n}", "time": at} for n, at in enumerate(times)),
    )
    looking.look(shop, now=NOW)
    assert list(Invitation.objects.values_list("order", "state")) == [("O1", "waiting")]
    arrive(store, shop, {"person": "a@example.com", "order": "O3", "time": NOON + timedelta(hours=2)})
    arrive(store, shop, {"person": "a@example.com", "order": "O4", "time": NOON})
    looking.look(shop, now=NOW)
    assert list(Invitation.objects.order_by("pk").values_list("order", "state", "why")) == [
        ("O1", "skipped", "superseded"),
        ("O3", "waiting", ""),
    ]
    assert counts(moment) == {"triggered": 5, "superseded": 3}


def test_two_ids_that_become_one_person_are_asked_once(store, shop):
    moment_on(open_survey(shop), since=LONG_AGO, delay_minutes=2880)
    know(store, shop, {"person": "c-1", "properties": '{"email": "a@example.com"}'})
    arrive(store, shop, {"person": "c-1", "time": NOON})
    looking.look(shop, now=NOW)
    arrive(store, shop, {"person": "a@example.com", "time": NOON + timedelta(minutes=5)})
    looking.look(shop, now=NOW)
    assert [state for _email, state in invited()] == ["skipped", "waiting"]


def test_of_a_cancelled_order_nobody_is_asked_before_or_after_it_is_planned(store, shop):
    shop.cancelled_states = ["cancelled"]
    shop.save()
    moment = moment_on(open_survey(shop), since=LONG_AGO, delay_minutes=1440)
    order(
        store,
        shop,
        {"order": "O1", "person": "a@example.com", "time": NOON, "status": "cancelled"},
        {"order": "O2", "person": "b@example.com", "time": NOON, "status": "paid"},
        {"order": "O3", "person": "c@example.com", "time": NOON, "status": "paid"},
    )
    arrive(
        store,
        shop,
        *({"person": f"{who}@example.com", "order": f"O{n}", "time": NOON} for n, who in enumerate("abc", 1)),
    )
    looking.look(shop, now=NOW)
    assert counts(moment) == {"triggered": 3, "cancelled": 1}
    order(store, shop, {"order": "O2", "status": "cancelled"})
    waiting = list(Invitation.objects.select_related("moment", "survey").order_by("pk"))
    words = words_before_sending(shop, waiting, now=NOW)
    assert [words[each.pk].skip for each in waiting] == ["cancelled", ""]


def test_the_last_look_before_sending_closes_postpones_and_knows_everybodys_ids(store, shop):
    survey = open_survey(shop)
    moment = moment_on(survey, since=LONG_AGO, hours_from=9, hours_to=20, not_within_days=5)
    know(store, shop, {"person": "a@example.com", "aliases": ["c-1"]})
    arrive(store, shop, {"person": "c-1", "time": NOON})
    looking.look(shop, now=NOW)
    # Somebody became one with another after the invitation was made.
    know(store, shop, {"person": "loyal-9", "aliases": ["a@example.com"]})
    found = Invitation.objects.select_related("moment", "survey").get()

    def word(now):
        again = Invitation.objects.select_related("moment", "survey").get()
        return words_before_sending(shop, [again], now=now)[found.pk]

    assert set(word(NOW).ids) == {"a@example.com", "c-1", "loyal-9"}
    assert word(NOW).not_within_days == 5
    assert word(NOW).later is None
    # The server stood still until the night: nobody is woken by it.
    night = datetime(2026, 6, 1, 23, tzinfo=UTC)
    assert word(night).later == datetime(2026, 6, 2, 6, tzinfo=UTC)
    switch_moment(moment=moment, is_on=False, actor=None)
    assert word(NOW).skip == "closed"
    switch_moment(moment=moment, is_on=True, actor=None)
    assert word(NOW).skip == ""
    close_survey(survey=survey)
    assert word(NOW).skip == "closed"


def test_a_closed_survey_asks_nobody_and_does_not_catch_up(store, shop):
    survey = open_survey(shop)
    moment = moment_on(survey, since=LONG_AGO)
    close_survey(survey=survey)
    arrive(store, shop, {"person": "a@example.com", "time": NOON})
    assert looking.look(shop, now=NOW) == 0
    moment.refresh_from_db()
    assert moment.looked_up_to == store.newest_arrival(shop.key.hex)


def test_a_deleted_moment_that_is_brought_back_has_missed_nothing(store, shop):
    moment = moment_on(open_survey(shop), since=LONG_AGO)
    delete_moment(moment=moment, actor=None)
    arrive(store, shop, {"person": "a@example.com", "time": NOON})
    assert looking.look(shop, now=NOW) == 0
    assert restore_moment(workspace=shop, number=moment.pk, actor=None) == moment
    assert looking.look(shop, now=NOW) == 1


def test_many_signals_are_looked_at_in_steps_and_each_once(store, shop):
    moment = moment_on(open_survey(shop), since=LONG_AGO)
    other = moment_on(open_survey(shop, "after-contact"), since=LONG_AGO, share=0.5)
    arrive(store, shop, *({"person": f"p{n}@example.com", "time": NOON} for n in range(1_200)))
    made = looking.look(shop, now=NOW)
    assert Invitation.objects.filter(moment=moment).count() == 1_200
    drawn = Invitation.objects.filter(moment=other).count()
    assert made == 1_200 + drawn
    assert counts(other) == {"triggered": 1_200, "not_drawn": 1_200 - drawn}
    assert 520 < drawn < 680
    assert Invitation.objects.values("moment", "email").distinct().count() == made
    assert looking.look(shop, now=NOW) == 0


def test_filters_of_a_trigger_count(store, shop):
    where = [{"property": "country", "op": "eq", "value": "FI"}]
    moment_on(open_survey(shop), since=LONG_AGO, trigger=DELIVERED | {"where": where})
    arrive(
        store,
        shop,
        {"person": "a@example.com", "time": NOON, "properties": '{"country": "FI"}'},
        {"person": "b@example.com", "time": NOON, "properties": '{"country": "SE"}'},
    )
    looking.look(shop, now=NOW)
    assert invited() == [("a@example.com", "waiting")]


def test_each_minute_workspaces_with_moments_that_are_on_are_put_in_the_queue_once(store, shop):
    looking.put_in_queue()
    assert not Job.objects.exists()
    moment_on(open_survey(shop), since=LONG_AGO)
    looking.put_in_queue()
    assert not Job.objects.exists()  # nothing arrived
    now = timezone.now().replace(tzinfo=None)
    arrive(store, shop, {"person": "a@example.com", "time": now})
    looking.put_in_queue()
    looking.put_in_queue()
    assert list(Job.objects.values_list("kind", "workspace_id")) == [(looking.JOB, shop.pk)]
    assert queue.work_off() >= 1
    assert invited() == [("a@example.com", "waiting")]
    before = Job.objects.count()
    looking.put_in_queue()
    assert Job.objects.count() == before
