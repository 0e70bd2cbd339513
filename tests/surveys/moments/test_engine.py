"""What becomes of occasions: one end each, by rules that are written here once more and slowly."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polku.eventstore import cancelling
from polku.surveys.moments.engine import (
    LATEST,
    Occasion,
    Outcome,
    Rule,
    is_drawn,
    plan,
    postponed,
    simulate,
)
from polku.surveys.moments.hours import after_delay, at_decent_hour, is_decent, microseconds
from tests.examples import examples

HOUR = 3_600_000_000
DAY = 24 * HOUR
KEY = b"key"
HELSINKI = ZoneInfo("Europe/Helsinki")
ZONES = [HELSINKI, ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe")]
# Around the end of February, the days when clocks change, and the turn of a year.
BEGINNINGS = [
    microseconds(datetime(2028, 1, 29, tzinfo=UTC)),
    microseconds(datetime(2026, 3, 26, tzinfo=UTC)),
    microseconds(datetime(2026, 10, 22, tzinfo=UTC)),
    microseconds(datetime(2026, 12, 29, tzinfo=UTC)),
]


def occasion(at: int = BEGINNINGS[1], person: int = 1, **more) -> Occasion:
    return Occasion(
        **{"person": person, "known_as": f"p{person}", "at": at, "arrival": at, "zone": HELSINKI} | more
    )


def test_a_plan_says_when_or_why_not():
    rule = Rule(moment=1, delay_minutes=60)
    now = BEGINNINGS[1]
    assert plan(rule, occasion(now), key=KEY) == now + HOUR
    assert plan(rule, occasion(now, is_reachable=False), key=KEY) == Outcome.UNREACHABLE
    assert plan(rule, occasion(now, is_cancelled=True), key=KEY) == Outcome.CANCELLED
    assert plan(Rule(moment=1, begins=now + 1), occasion(now), key=KEY) is None
    assert plan(Rule(moment=1, begins=now), occasion(now), key=KEY) == now
    assert plan(Rule(moment=1, share=1e-12), occasion(now), key=KEY) == Outcome.NOT_DRAWN


def test_what_is_looked_at_late_is_asked_now_and_what_is_days_late_never():
    rule = Rule(moment=1, hours_from=9, hours_to=20)
    noon = microseconds(datetime(2026, 6, 1, 9, tzinfo=UTC))
    assert plan(rule, occasion(noon), key=KEY, now=noon + 2 * HOUR) == noon + 2 * HOUR
    # At nine in the evening it is too late for today.
    assert plan(rule, occasion(noon), key=KEY, now=noon + 9 * HOUR) == noon + 21 * HOUR
    assert plan(rule, occasion(noon), key=KEY, now=noon + LATEST) == noon + LATEST
    assert plan(rule, occasion(noon), key=KEY, now=noon + LATEST + 1) == Outcome.TOO_LATE
    assert postponed(rule, HELSINKI, noon) is None
    assert postponed(rule, HELSINKI, noon + 9 * HOUR) == noon + 21 * HOUR


def test_two_events_of_one_order_are_one_chance():
    rule = Rule(moment=1, share=0.5)
    for number in range(50):
        one = occasion(BEGINNINGS[0] + number, order=f"O{number}")
        other = occasion(BEGINNINGS[1] + number, order=f"O{number}")
        assert is_drawn(rule, one, KEY) == is_drawn(rule, other, KEY)
    drawn = {is_drawn(rule, occasion(BEGINNINGS[0] + number), KEY) for number in range(50)}
    assert drawn == {True, False}


@pytest.mark.parametrize("share", [0.01, 0.2, 0.5, 0.9])
def test_a_larger_share_takes_the_same_people_and_more(share):
    occasions = [occasion(BEGINNINGS[0] + number, person=number) for number in range(2_000)]
    few = {each.person for each in occasions if is_drawn(Rule(moment=1, share=share), each, KEY)}
    more = {each.person for each in occasions if is_drawn(Rule(moment=1, share=share + 0.05), each, KEY)}
    assert few < more
    assert len(few) / 2_000 == pytest.approx(share, abs=0.04)


rules = st.builds(
    Rule,
    moment=st.integers(1, 3),
    metrics=st.sets(st.sampled_from(["nps", "csat"])).map(frozenset),
    delay_minutes=st.sampled_from([0, 30, 26 * 60]),
    delay_months=st.sampled_from([0, 0, 1]),
    share=st.sampled_from([0.5, 1.0]),
    not_within_days=st.integers(0, 3),
    hours_from=st.integers(0, 11),
    hours_to=st.integers(12, 24),
)


@settings(max_examples=examples(250), deadline=None)
@given(
    st.lists(rules, min_size=1, max_size=3, unique_by=lambda rule: rule.moment),
    st.sampled_from(BEGINNINGS),
    st.lists(
        st.tuples(st.integers(0, 7 * 24), st.integers(1, 2), st.integers(0, 2), st.booleans()), max_size=25
    ),
    st.integers(0, 3),
    st.integers(0, 5),
)
def test_every_occasion_has_one_end_and_it_is_the_right_one(moments, begin, happened, any_days, nps_days):
    world = sorted(
        (
            (
                moments[which % len(moments)],
                occasion(
                    begin + hour * HOUR,
                    person,
                    arrival=number,
                    zone=ZONES[person % 3],
                    is_reachable=reachable,
                ),
            )
            for number, (hour, person, which, reachable) in enumerate(happened)
        ),
        key=lambda each: (each[1].at, each[1].arrival),
    )
    limits = {"": any_days, "nps": nps_days}
    end = begin + 60 * DAY
    settled = list(simulate(world, limits=limits, key=KEY, end=end))
    assert sorted(one.occasion.arrival for one in settled) == list(range(len(world)))
    asked = [one for one in settled if one.outcome == Outcome.ASKED]
    order = [one.at for one in asked]
    assert order == sorted(order)
    for one in settled:
        rule, zone = one.rule, one.occasion.zone
        due = at_decent_hour(
            after_delay(one.occasion.at, zone, minutes=rule.delay_minutes, months=rule.delay_months),
            zone,
            first=rule.hours_from,
            last=rule.hours_to,
        )
        before = [
            each
            for each in asked
            if each.occasion.person == one.occasion.person and each is not one and each.at <= one.at
        ]
        newer = [
            each
            for each in world
            if each[0].moment == rule.moment
            and each[1].person == one.occasion.person
            and (each[1].at, each[1].arrival) > (one.occasion.at, one.occasion.arrival)
            and each[1].at < due
            and each[1].is_reachable
            and is_drawn(each[0], each[1], KEY)
        ]
        if one.outcome == Outcome.UNREACHABLE:
            assert not one.occasion.is_reachable
        elif one.outcome == Outcome.NOT_DRAWN:
            assert not is_drawn(rule, one.occasion, KEY)
        elif one.outcome == Outcome.SUPERSEDED:
            assert newer
        else:
            assert one.at == due
            assert not newer
            assert is_decent(one.at, zone, first=rule.hours_from, last=rule.hours_to)
        if one.outcome == Outcome.ASKED:
            gaps = [
                one.at - each.at
                for each in before
                if each.at < one.at or asked.index(each) < asked.index(one)
            ]
            assert all(gap >= max(any_days, rule.not_within_days) * DAY for gap in gaps)
            same = [each for each in before if "nps" in each.rule.metrics & rule.metrics]
            assert all(
                one.at - each.at >= nps_days * DAY for each in same if asked.index(each) < asked.index(one)
            )
        if one.outcome == Outcome.LIMIT_ANY:
            assert any(one.at - each.at < any_days * DAY for each in before)
        if one.outcome == Outcome.LIMIT_MOMENT:
            assert any(one.at - each.at < rule.not_within_days * DAY for each in before)
        if one.outcome == Outcome.LIMIT_METRIC:
            assert one.metric == "nps"
            assert any(one.at - each.at < nps_days * DAY for each in before if "nps" in each.rule.metrics)


def test_a_simulation_ends_when_whoever_asked_has_gone():
    world = [(Rule(moment=1), occasion(BEGINNINGS[0] + number, person=number)) for number in range(5_000)]
    seen = 0
    with cancelling.asking() as asked, pytest.raises(cancelling.QuestionCancelled):
        for _settled in simulate(world, limits={"": 30}, key=KEY, end=10**18, check=cancelling.check):
            seen += 1
            asked.cancel()
    assert seen < 2_000
