"""Who comes back, over a real store: calendar periods, unfinished ones, intervals, comparisons."""

from __future__ import annotations

import pytest

from polku.analytics import QueryError, run
from polku.statistics import benjamini_hochberg, two_proportions, wilson


@pytest.fixture
def people(shop):
    """Weeks begin on 2, 9, 16 and 23 March; the newest signal is on Wednesday the 25th."""
    shop.events(
        ("ada", "visit", "2026-03-02T10:00"),
        ("ada", "visit", "2026-03-10T10:00"),
        ("ada", "pay", "2026-03-24T10:00"),
        ("bo", "visit", "2026-03-08T21:59"),  # Sunday, one minute before Helsinki's Monday
        ("bo", "visit", "2026-03-17T10:00"),
        ("cai", "visit", "2026-03-08T22:00"),  # and this is Monday
        ("cai", "pay", "2026-03-10T10:00"),
        ("dee", "pay", "2026-03-18T10:00"),
        ("eli", "visit", "2026-03-25T10:00"),
    )
    return shop


def table(answer) -> dict[str, list[int]]:
    return {cohort["start"]: cohort["returned"] for cohort in answer["cohorts"]}


def test_weeks_of_the_workspaces_calendar(people, workspace):
    got = run(workspace, {"kind": "retention", "period": "week", "periods": 4})
    assert table(got) == {
        "2026-03-02": [2, 1, 1, 1],
        "2026-03-09": [1, 0, 0, 0],
        "2026-03-16": [1, 0, 0, 0],
        "2026-03-23": [1, 0, 0, 0],
    }
    first, second, third, fourth = got["cohorts"]
    half = wilson(successes=1, n=2)
    assert first["shares"] == [1, 0.5, 0.5, 0.5]
    assert first["ci"] == [None, *[[half.low, half.high]] * 3]
    assert first["complete"] == [True, True, True, False]  # its fourth week is not over
    assert second["shares"] == [1, 0, 0, None]  # and this one's has not begun
    assert second["ci"][3] is None
    assert third["complete"] == [True, False, False, False]
    assert fourth["complete"] == [False] * 4


def test_the_whole_joins_finished_periods_only(people, workspace):
    got = run(workspace, {"kind": "retention", "period": "week", "periods": 4})
    assert [(row["returned"], row["size"]) for row in got["overall"]] == [(4, 4), (1, 3), (1, 2), (0, 0)]
    third = wilson(successes=1, n=3)
    assert got["overall"][1]["share"] == third.value
    assert got["overall"][1]["ci"] == [third.low, third.high]
    assert got["overall"][0] == {"size": 4, "returned": 4, "share": 1, "ci": None}
    assert got["overall"][3] == {"size": 0, "returned": 0, "share": None, "ci": None}


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"start": {"event": "pay"}}, {"2026-03-09": [1, 0], "2026-03-16": [1, 0], "2026-03-23": [1, 0]}),
        (
            {"start": {"event": "visit"}, "return": {"event": "pay"}},
            {"2026-03-02": [2, 0], "2026-03-09": [1, 0], "2026-03-23": [1, 0]},
        ),
        (
            {"range": {"from": "2026-03-09", "to": "2026-03-23"}},
            {"2026-03-09": [2, 0], "2026-03-16": [2, 0]},
        ),
        ({"where": [{"property": "event", "op": "eq", "value": "pay"}], "periods": 1}, None),
    ],
)
def test_what_starts_and_what_counts_as_coming_back(people, workspace, options, expected):
    got = run(workspace, {"kind": "retention", "period": "week", "periods": 2, **options})
    assert table(got) == (expected or {"2026-03-09": [1], "2026-03-16": [1], "2026-03-23": [1]})


def test_days_and_months_and_a_range_that_cuts_them(people, workspace):
    got = run(workspace, {"kind": "retention", "period": "month", "range": {"to": "2026-03-20"}})
    assert len(got["overall"]) == 13
    assert table(got)["2026-03-01"][:2] == [4, 0]
    assert got["cohorts"][0]["complete"][0] is False
    assert got["cohorts"][0]["shares"][1] is None  # April is beyond the range
    days = run(workspace, {"kind": "retention", "period": "day", "periods": 9})
    assert table(days)["2026-03-02"] == [1, 0, 0, 0, 0, 0, 0, 0, 1]


def test_a_range_says_whom_it_takes_for_new(people, workspace):
    query = {"kind": "retention", "range": {"from": "2026-03-09"}}
    assert run(workspace, query)["warnings"] == [
        "Only signals of the range are read, so who came already before it counts as new in it."
    ]
    assert run(workspace, {**query, "range": {"from": "2026-03-01"}})["warnings"] == []


def test_two_ranges_compared(shop, workspace):
    """Forty people come in each of two weeks, and go; ten and thirty of them come back in the next."""
    for start, returns, who in (("02", 10, "a"), ("16", 30, "b")):
        shop.events(*((f"{who}{n}", "visit", f"2026-03-{start}T10:00") for n in range(40)))
        shop.events(*((f"{who}{n}", "visit", f"2026-03-{int(start) + 7:02}T10:00") for n in range(returns)))
    shop.events(("late", "visit", "2026-04-20T10:00"))
    query = {
        "kind": "retention",
        "period": "week",
        "periods": 3,
        "range": {"from": "2026-03-16", "to": "2026-04-06"},
        "compare": {"from": "2026-03-02", "to": "2026-03-23"},
    }
    got = run(workspace, query)["compared"]
    # In the earlier range the forty of the other week stand as a cohort of their own.
    assert [(row["returned"], row["size"]) for row in got["overall"]] == [(80, 80), (10, 40), (0, 40)]
    tested = two_proportions(successes=(10, 30), n=(40, 40))
    nothing = two_proportions(successes=(0, 0), n=(40, 40))
    adjusted = benjamini_hochberg(p_values=[tested.p, nothing.p]).adjusted.tolist()
    assert got["changes"][0] == {
        "period": 1,
        "difference": 0.5,
        "ci": [tested.low, tested.high],
        "p_value": tested.p,
        "p_adjusted": adjusted[0],
        "clear": True,
    }
    assert [change["clear"] for change in got["changes"]] == [True, False]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"period": "year"}, "period"),
        ({"periods": 0}, "periods"),
        ({"periods": 401}, "periods"),
        ({"start": {}}, "start"),
        ({"back": {"event": "pay"}}, "back"),
    ],
)
def test_what_cannot_be_asked(workspace, wrong, field):
    with pytest.raises(QueryError) as error:
        run(workspace, {"kind": "retention", **wrong})
    assert error.value.field == field
