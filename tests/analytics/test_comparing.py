"""Differences between two ranges or segments, and the age at which ranges are compared."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from polku.analytics.comparing import Mean, mean_change, other_side, range_of, score_changes, share_changes
from polku.analytics.context import QueryContext
from polku.eventstore.port import Scope, SegmentRule, StoreState
from polku.statistics import benjamini_hochberg, holm, nps, score_difference, two_proportions, welch

WEEK = Scope(start=datetime(2026, 3, 22, 22), end=datetime(2026, 3, 29, 21), timezone="Europe/Helsinki")
WEEK_BEFORE = replace(WEEK, start=datetime(2026, 3, 15, 22), end=datetime(2026, 3, 22, 22))


def context(scope: Scope, compare: Scope | None, newest: datetime) -> QueryContext:
    return QueryContext(
        workspace=None,
        store=None,
        key="",
        scope=scope,
        unit="person",
        breakdown=None,
        state=StoreState(version=1, data_as_of=newest, first_time=None, signals=1, people=1),
        compare=compare,
    )


def test_nothing_to_compare_with():
    assert other_side(context(WEEK, None, datetime(2026, 4, 1))) is None


def test_a_finished_range_is_compared_whole():
    asked = context(WEEK, WEEK_BEFORE, datetime(2026, 4, 1))
    assert other_side(asked).scope == WEEK_BEFORE
    assert asked.warnings == []


def test_a_range_under_way_is_compared_at_its_age():
    """The clocks of the workspace count: on Sunday noon of the week in which they go forward, so at Sunday noon."""
    asked = context(WEEK, WEEK_BEFORE, datetime(2026, 3, 29, 9))  # 12 o'clock summer time
    assert other_side(asked).scope.end == datetime(2026, 3, 22, 10)  # 12 o'clock winter time
    assert asked.warnings == []  # half a day does not matter enough to be said
    asked = context(WEEK, WEEK_BEFORE, datetime(2026, 3, 25, 10))
    side = other_side(asked)
    assert range_of(side.scope) == {"from": "2026-03-15T22:00:00Z", "to": "2026-03-18T10:00:00Z"}
    assert [str(warning)[:30] for warning in side.warnings] == ["The range is not over yet, so "]
    assert side.compare is None


def test_a_range_at_the_end_of_time_is_compared_whole():
    asked = replace(WEEK, start=datetime(1970, 1, 1))
    last = replace(WEEK, start=datetime(9998, 1, 1), end=datetime(9998, 12, 31))
    assert other_side(context(asked, last, datetime(2026, 3, 25))).scope == last


def test_a_segment_of_the_same_range_is_not_cut_and_said_to_be_a_part():
    part = replace(WEEK, segment=SegmentRule())
    asked = context(WEEK, part, datetime(2026, 3, 25))
    assert other_side(asked).scope == part
    assert len(asked.warnings) == 1
    asked = context(replace(WEEK, segment=SegmentRule(did=())), part, datetime(2026, 3, 25))
    other_side(asked)
    assert asked.warnings == []


def test_shares_are_the_questions_own_minus_the_other():
    now, before = (
        [(50, 100), (40, 100), (3, 10), None, (0, 0)],
        [(30, 100), (38, 100), (1, 10), (1, 2), (1, 2)],
    )
    got = share_changes(now, before)
    want = [
        two_proportions(successes=(b[0], a[0]), n=(b[1], a[1]))
        for a, b in zip(now[:3], before[:3], strict=True)
    ]
    adjusted = holm(p_values=[want[0].p, want[1].p]).adjusted.tolist()
    assert got[:2] == [
        {
            "difference": one.value,
            "ci": [one.low, one.high],
            "p_value": one.p,
            "p_adjusted": p,
            "clear": clear,
        }
        for one, p, clear in zip(want[:2], adjusted, [True, False], strict=True)
    ]
    assert got[0]["difference"] == pytest.approx(0.2)
    # Ten on a side show their difference, but are never called clear and take no room in the family.
    assert got[2] == {
        "difference": want[2].value,
        "ci": [want[2].low, want[2].high],
        "p_value": None,
        "p_adjusted": None,
        "clear": False,
    }
    assert got[3:] == [None, None]


def test_the_correction_is_the_askers():
    now, before = [(60, 100)] * 3, [(50, 100), (45, 100), (46, 100)]
    exploring = share_changes(now, before, correct=benjamini_hochberg)
    primary = share_changes(now, before)
    assert [change["p_value"] for change in exploring] == [change["p_value"] for change in primary]
    assert exploring[1]["p_adjusted"] < primary[1]["p_adjusted"]


def test_scores_by_their_standard_errors():
    before, now = nps(promoters=50, passives=33, detractors=17), nps(promoters=57, passives=29, detractors=14)
    want = score_difference(before=before, after=now)
    got = score_changes([now, now, None], [before, nps(promoters=5, passives=0, detractors=0), before])
    assert got[0]["ci"] == [want.low, want.high]
    assert (got[0]["p_value"], got[0]["clear"]) == (want.p, False)
    assert (got[1]["p_value"], got[2]) == (None, None)


def test_means_need_enough_values():
    now, before = Mean(12, 4, 10), Mean(8, 9, 10)
    want = welch(mean=(8, 12), variance=(9, 4), n=(10, 10))
    got = mean_change(now, before, enough=7)
    assert (got["difference"], got["ci"], got["clear"]) == (4, [want.low, want.high], True)
    assert mean_change(now, before, enough=11) == {
        "difference": 4,
        "ci": None,
        "p_value": None,
        "p_adjusted": None,
        "clear": False,
    }
