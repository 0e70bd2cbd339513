"""Nobody is asked too often: limits across surveys, by every id that a person has."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polku.accounts.models import AuditEntry, Workspace
from polku.surveys.models import Ask, FatigueLimit
from polku.surveys.moments.fatigue import (
    erase_asks,
    forget_old_asks,
    ids_that_tell,
    limits_of,
    may_ask,
    note_ask,
    set_limits,
)
from polku.surveys.moments.hours import microseconds
from polku.surveys.moments.limits import Asked, Refusal, refusal

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAY = 86_400_000_000


def ask(workspace, *ids: str, at=NOW, metrics=("nps",), **options):
    return note_ask(workspace=workspace, ids=ids, survey=None, metrics=metrics, at=at, **options)


def test_by_default_somebody_is_asked_at_most_once_in_thirty_days(shop):
    assert limits_of(shop) == {"": 30}
    assert ask(shop, "a@example.com") is None
    refused = ask(shop, "a@example.com", at=NOW + timedelta(days=30, microseconds=-1), metrics=["csat"])
    assert refused == Refusal("any", 30, microseconds(NOW + timedelta(days=30)))
    assert ask(shop, "b@example.com") is None
    assert ask(shop, "a@example.com", at=NOW + timedelta(days=30)) is None


def test_who_has_one_id_in_common_is_the_same_person(shop):
    assert ask(shop, "a@example.com", "c-7") is None
    for ids in (["c-7"], ["device-1", "c-7"], [" A@Example.COM "]):
        assert may_ask(shop, ids, ["csat"], NOW) is not None, ids
    assert may_ask(shop, ["C-7"], ["csat"], NOW) is None  # of other ids case may count
    assert may_ask(shop, [], ["csat"], NOW) is None
    assert ask(shop, "", " ") is None


def test_asking_leaves_no_list_of_who_was_asked(shop):
    ask(shop, "a@example.com", "c-7")
    rows = list(Ask.objects.values_list("person", "metrics"))
    assert len(rows) == 2
    assert all(len(person) == 32 and int(person, 16) >= 0 for person, _metrics in rows)
    assert not any("example" in person for person, _metrics in rows)
    other = Workspace.objects.create(name="Toinen", slug="toinen")
    assert may_ask(other, ["a@example.com"], ["nps"], NOW) is None


def test_a_refusal_notes_nothing(shop):
    ask(shop, "a@example.com")
    ask(shop, "a@example.com", "new-id", at=NOW + timedelta(days=1))
    assert Ask.objects.count() == 1
    assert may_ask(shop, ["new-id"], [], NOW + timedelta(days=1)) is None


def test_limits_of_a_metric_and_of_a_moment_hold_beside_the_one_of_all(shop):
    set_limits(workspace=shop, limits={"": 7, "nps": 90}, actor=None)
    assert ask(shop, "a@example.com", metrics=["nps"]) is None
    later = NOW + timedelta(days=10)
    assert ask(shop, "a@example.com", metrics=["nps", "csat"], at=later) == Refusal(
        "metric", 90, microseconds(NOW + timedelta(days=90)), "nps"
    )
    assert ask(shop, "a@example.com", metrics=["csat"], at=later, not_within_days=20) == Refusal(
        "moment", 20, microseconds(NOW + timedelta(days=20))
    )
    assert ask(shop, "a@example.com", metrics=["csat"], at=later) is None


def test_limits_are_changed_with_a_word_in_the_audit_log(shop, owner):
    set_limits(workspace=shop, limits={"": 30}, actor=owner)
    assert not AuditEntry.objects.exists()
    set_limits(workspace=shop, limits={"": 0, "nps": 60, "ces": 0}, actor=owner)
    set_limits(workspace=shop, limits={"": 0, "nps": 60}, actor=owner)
    assert limits_of(shop) == {"": 0, "nps": 60}
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor, entry.details["after"]) == (
        "fatigue_limit.updated",
        owner,
        {"": 0, "nps": 60},
    )
    assert ask(shop, "a@example.com") is None
    assert ask(shop, "a@example.com", metrics=["csat"]) is None
    assert ask(shop, "a@example.com").why == "metric"


def test_of_many_ids_those_that_last_are_kept_and_those_of_a_day_are_not():
    ids = [f"d{n}" for n in range(30)] + ["day", "a@example.com", "c-1"]
    kinds = ["device"] * 30 + ["cookieless", "email", "user"]
    told = ids_that_tell(ids, kinds, "other@example.com", "")
    assert told[:3] == ["other@example.com", "a@example.com", "c-1"]
    assert len(told) == 20
    assert "day" not in told


def test_who_is_erased_leaves_no_trace_of_being_asked(shop):
    ask(shop, "a@example.com", "c-7", "device-1")
    ask(shop, "b@example.com")
    assert erase_asks(shop, ["A@example.com", "c-7", "device-1"]) == 3
    assert Ask.objects.count() == 1
    assert may_ask(shop, ["device-1"], [], NOW) is None


def test_what_no_limit_can_look_back_to_is_forgotten(shop):
    long_ago = datetime.now(UTC) - timedelta(days=401)
    ask(shop, "a@example.com", at=long_ago)
    ask(shop, "b@example.com", at=long_ago + timedelta(days=10))
    forget_old_asks()
    assert Ask.objects.count() == 1


def test_the_row_that_decides_in_turn_is_made_once(shop):
    ask(shop, "a@example.com")
    ask(shop, "b@example.com")
    assert list(FatigueLimit.objects.values_list("metric", "days")) == [("", 30)]


asks = st.lists(
    st.tuples(
        st.integers(0, 100).map(lambda day: day * DAY),
        st.sets(st.sampled_from(["nps", "csat"])).map(frozenset),
    ),
    max_size=8,
)


@given(
    asks,
    st.integers(0, 120).map(lambda day: day * DAY),
    st.sets(st.sampled_from(["nps", "csat", "ces"])),
    st.dictionaries(st.sampled_from(["nps", "csat"]), st.integers(0, 60)),
    st.integers(0, 60),
    st.integers(0, 60),
)
def test_a_refusal_is_right_by_going_through_all_that_was_asked(before, at, metrics, of_metrics, days, own):
    asked = [Asked(when, measured) for when, measured in before]
    found = refusal(of_metrics | {"": days}, asked, metrics=metrics, at=at, not_within_days=own)
    near = [at - each.at for each in asked]
    reasons = set()
    if any(gap < days * DAY for gap in near):
        reasons.add("any")
    if any(gap < own * DAY for gap in near):
        reasons.add("moment")
    for each in asked:
        for metric in each.metrics & metrics:
            if at - each.at < of_metrics.get(metric, 0) * DAY:
                reasons.add("metric")
    assert (found is None) == (not reasons)
    if found:
        assert found.why in reasons
        assert found.until > at
