"""Who is really asked is who the simulator says: the same weeks lived through bit by bit, and run over at once."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from polku.surveys.definition.wordings import metrics_of
from polku.surveys.models import Invitation, Moment
from polku.surveys.moments import looking
from polku.surveys.moments.drawing import drawing_key
from polku.surveys.moments.engine import Outcome, simulate
from polku.surveys.moments.fatigue import limits_of, note_ask, set_limits
from polku.surveys.moments.hours import microseconds
from polku.surveys.moments.people import people_of
from polku.surveys.moments.queries import lately
from polku.surveys.moments.sending import reason_of, words_before_sending
from polku.surveys.moments.triggers import occasions, selectors_of, watch
from polku.surveys.queries import published_definition
from tests.surveys.moments.shop import arrive, know, moment_on, open_survey

pytestmark = pytest.mark.django_db
State = Invitation.State
BEGIN = datetime(2026, 3, 20, tzinfo=UTC)  # clocks are put forward in the middle of it
WEEKS = 6


def live(shop, store, happened: list[dict]) -> None:
    """Hour by hour as things happen: what is due before goes out, then what arrived is looked at."""
    for row in happened:
        now = row["time"].replace(tzinfo=UTC)
        send_due(shop, now)
        arrive(store, shop, row)
        looking.look(shop, now=now)
    send_due(shop, BEGIN + timedelta(weeks=WEEKS))


def send_due(shop, now: datetime) -> None:
    """What the job that sends does, on the test's clock."""
    due = Invitation.objects.filter(state=State.WAITING, send_at__lte=now).select_related("survey", "moment")
    for each in due.order_by("send_at", "pk"):
        word = words_before_sending(shop, [each], now=each.send_at)[each.pk]
        assert word.later is None
        why = word.skip
        if not why:
            refused = note_ask(
                workspace=shop,
                ids=word.ids,
                survey=each.survey,
                metrics=metrics_of(published_definition(each.survey)),
                at=each.send_at,
                not_within_days=word.not_within_days,
            )
            why = reason_of(refused) if refused else ""
        each.state, each.why = (State.SKIPPED, why) if why else (State.SENT, "")
        each.sent_at = None if why else each.send_at
        each.save()


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("people", "signals"), [(6, 50), pytest.param(12, 200, marks=pytest.mark.slow)], ids=["few", "many"]
)
def test_people_are_asked_as_the_simulator_says(store, shop, people, signals):
    chance = random.Random(7)
    set_limits(workspace=shop, limits={"": 5, "nps": 20}, actor=None)
    since = BEGIN - timedelta(days=1)
    moments = [
        moment_on(
            open_survey(shop, "nps"), since=since, delay_months=1, share=0.7, hours_from=9, hours_to=20
        ),
        moment_on(
            open_survey(shop, "after-contact"),
            since=since,
            trigger={"event": "Contacted"},
            delay_minutes=120,
            hours_from=8,
            hours_to=21,
        ),
        moment_on(
            open_survey(shop, "after-purchase"), since=since, delay_minutes=3 * 1440, not_within_days=9
        ),
    ]
    zones = ("Europe/Helsinki", "America/New_York", "Asia/Kathmandu")
    know(
        store,
        shop,
        *(
            {
                "person": f"c-{n}",
                "aliases": [f"p{n}@example.com"] if n % 5 else [],
                "properties": f'{{"timezone": "{zones[n % 3]}"}}',
            }
            for n in range(people)
        ),
    )
    minutes = sorted(chance.sample(range(WEEKS * 7 * 24 * 60), signals))
    happened = [
        {
            "person": f"c-{chance.randrange(people)}",
            "name": chance.choice(["Order Delivered", "Contacted"]),
            "time": (BEGIN + timedelta(minutes=minute)).replace(tzinfo=None),
            "order": f"O-{n}" if n % 2 else None,
        }
        for n, minute in enumerate(minutes)
    ]
    live(shop, store, happened)

    watches = [watch(Moment.objects.select_related("survey").get(pk=each.pk), shop) for each in moments]
    rows = store.signals_between(
        shop.key.hex, start=None, end=None, selectors=selectors_of(watches, shop), limit=10_000
    )
    settled = list(
        simulate(
            (
                (each.rule, occasion)
                for each, occasion in occasions(rows, watches, people_of(rows), ZoneInfo(shop.timezone))
            ),
            limits=limits_of(shop),
            key=drawing_key(shop),
            end=microseconds(BEGIN + timedelta(weeks=WEEKS)) + 1,
        )
    )
    ended = {
        (each.moment_id, each.person_number, microseconds(each.happened_at)): (
            Outcome(each.why) if each.why else Outcome.ASKED if each.sent_at else Outcome.WAITING,
            microseconds(each.sent_at) if each.sent_at else None,
        )
        for each in Invitation.objects.all()
    }
    kept = {Outcome.NOT_DRAWN, Outcome.UNREACHABLE}
    expected = {
        (one.rule.moment, one.occasion.person, one.occasion.at): (
            one.outcome,
            one.at if one.outcome == Outcome.ASKED else None,
        )
        for one in settled
        if one.outcome not in kept
    }
    assert ended == expected
    asked = sum(outcome == Outcome.ASKED for outcome, _at in ended.values())
    assert asked > signals // 8
    assert {outcome for outcome, _at in ended.values()} >= {
        Outcome.ASKED,
        Outcome.SUPERSEDED,
        Outcome.LIMIT_ANY,
        Outcome.LIMIT_MOMENT,
    }
    # The page tells the same.
    told = lately(moments, now=BEGIN)
    for each in moments:
        mine = [one for one in settled if one.rule.moment == each.pk]
        assert told[each.pk].sent == sum(one.outcome == Outcome.ASKED for one in mine)
        assert told[each.pk].triggered == len(mine)
        assert told[each.pk].unreachable == sum(one.outcome == Outcome.UNREACHABLE for one in mine)
        assert told[each.pk].refused == sum(str(one.outcome).startswith("limit") for one in mine)
        assert told[each.pk].waiting == sum(one.outcome == Outcome.WAITING for one in mine)
