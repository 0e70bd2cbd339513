"""Rows of the list without a store: what widens a range, the order, the sum, and figures that people give."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polku.decide.losing.annual import figure_of, yearly
from polku.decide.losing.inputs import Given, Numbers, Override
from polku.decide.losing.loyalty import Experience, Loyalty, _compare
from polku.decide.losing.pains import Pain, key_of
from polku.decide.losing.ranking import overlap, ranked, total
from polku.journeys.live.plan import DAY
from polku.statistics.euros import Count, Known, Proportion

END = 200 * DAY


def numbers(people: int = 1_000, lost: tuple[int, int] = (100, 1_000), margin: float = 0.4) -> Numbers:
    return Numbers(
        inputs={
            "people": Count(people),
            "lost_share": Proportion(*lost),
            "downstream": Known(0.5),
            "order_value": Known(80.0),
            "margin": Known(margin),
        },
        source=dict.fromkeys(("people", "lost_share", "downstream", "order_value"), "measured")
        | {"margin": "answered"},
        n={"people": people},
    )


def pain(key: str, made: Numbers | None = None, **more) -> Pain:
    made = made or numbers()
    usual = {
        "key": key,
        "kind": "funnel",
        "touchpoint": 1,
        "unit": None,
        "reason": None,
        "numbers": made,
        "stake": made.stake(key, "C"),
        "grade": "C",
        "level": {"value": 0.5, "ci": [0.4, 0.6], "n": 1_000},
        "reference": None,
        "days": 90.0,
    }
    return Pain(**(usual | more))


def test_windows_that_agree_leave_the_range_and_those_that_do_not_widen_it():
    def make_of(factors):
        def make(begin):
            made = numbers(people=factors[round((END - begin) / DAY)])
            return made, made.stake("row", "C"), None

        return make

    alike = {28: 1_000, 90: 1_010, 181: 990}
    kept = figure_of(make_of(alike), counted="people", key="row", begin=END - 90 * DAY, first=0, end=END)
    assert [days for days, _p50 in kept.windows] == [28, 90, 181]
    assert kept.widened is None
    apart = {28: 3_000, 90: 1_000, 181: 990}
    wider = figure_of(make_of(apart), counted="people", key="row", begin=END - 90 * DAY, first=0, end=END)
    assert (wider.widened["why"], wider.widened["days"]) == ("windows", [28])
    assert wider.stake.p10 >= 0.9 * kept.stake.p10
    assert wider.stake.p90 > 2.3 * kept.stake.p90
    # What the data does not cover is no window.
    short = figure_of(
        make_of(alike | {60: 990}),
        counted="people",
        key="row",
        begin=END - 60 * DAY,
        first=END - 60 * DAY,
        end=END,
    )
    assert [days for days, _p50 in short.windows] == [28]


def test_most_people_new_in_the_last_month_make_the_year_anything_between():
    early = np.linspace(END - 90 * DAY, END - 28 * DAY - 1, 400).astype(np.int64)
    late = np.linspace(END - 28 * DAY, END - 1, 600).astype(np.int64)
    found = yearly(np.concatenate([early, late]), END - 90 * DAY, END, key="row")
    assert found.surge.share == pytest.approx(0.6)
    assert found.surge.usual == pytest.approx(400 * 365 / 62)
    assert found.surge.now == pytest.approx(600 * 365 / 28)
    p5, p95 = np.quantile(found.draws, [0.05, 0.95])
    assert p5 < 1.3 * found.surge.usual
    assert p95 > 0.9 * found.surge.now
    even = yearly(
        np.linspace(END - 90 * DAY, END - 1, 1_000).astype(np.int64), END - 90 * DAY, END, key="row"
    )
    assert even.surge is None
    assert float(np.median(even.draws)) == pytest.approx(1_000 * 365 / 90, rel=0.01)


def test_rows_of_the_same_people_are_counted_once_and_never_above_the_turnover():
    everybody = pain("funnel:1")
    browser = pain("funnel:1:browser=Safari", unit={"property": "browser", "value": "Safari"})
    other = pain("funnel:1:browser=Edge", unit={"property": "browser", "value": "Edge"})
    region = pain("funnel:1:region=North", unit={"property": "region", "value": "North"})
    elsewhere, contacts = (
        pain("funnel:2", touchpoint=2),
        pain("contact:1:where", kind="contact", reason="where"),
    )
    assert overlap(everybody, browser)
    assert overlap(browser, region)
    assert not overlap(browser, other)
    assert not overlap(everybody, elsewhere)
    assert not overlap(everybody, contacts)
    rows = ranked([everybody, browser, elsewhere], {})
    assert next(row for row in rows if row.pain is everybody).overlaps == (browser.key,)
    summed = total(rows, None, frozenset())
    assert summed.p50 == pytest.approx(everybody.stake.p50 + elsewhere.stake.p50, rel=0.02)
    assert total(rows, 1_000.0, frozenset()).p90 == 1_000.0
    assert total(rows, None, frozenset(row.pain.key for row in rows)) is None


def test_neighbours_that_cannot_be_told_apart_say_so():
    large, alike, small = pain("a", numbers(people=1_010)), pain("b"), pain("c", numbers(people=200))
    bare = pain("d", stake=None)
    rows = ranked([small, bare, alike, large], {})
    assert [row.pain.key for row in rows] == ["a", "b", "c", "d"]
    assert [row.is_distinguishable for row in rows] == [False, True, True, True]
    costly = ranked([small, alike, large], {"a": 1_500.0})
    assert [row.pain.key for row in costly] == ["b", "c", "a"]


def test_keys_are_stable_and_never_too_long():
    assert key_of("funnel", 6, None, {"property": "browser", "value": "Safari"}) == "funnel:6:browser=Safari"
    long = key_of("contact", 6, "Syy " * 100, None)
    assert len(long) <= 200
    assert long == key_of("contact", 6, "Syy " * 100, None)
    assert long != key_of("contact", 6, "Syy " * 101, None)


@settings(deadline=None, max_examples=10)
@given(
    margin=st.floats(0.01, 1.0),
    times=st.floats(0.1, 10.0),
    lost=st.floats(0.01, 0.5),
    more=st.floats(0.001, 0.4),
)
def test_a_figure_is_proportional_to_the_margin_and_grows_with_what_people_say(margin, times, lost, more):
    one, two = numbers(margin=margin), numbers(margin=margin * times)
    for point in ("p10", "p50", "p90"):
        expected = getattr(one.stake("row", "C"), point) * times
        assert getattr(two.stake("row", "C"), point) == pytest.approx(expected, rel=1e-9)

    def said(middle: float) -> float:
        override = Override(middle * 0.9, middle, middle * 1.1, "syy", "", "")
        return one.with_overrides({"lost_share": override}).stake("row", "C").p50

    assert said(lost) < said(lost + more)


def test_a_figure_that_nobody_knows_is_none_until_somebody_gives_one():
    bare = Numbers(
        {"contacts": Given(np.full(10_000, 500.0)), "avoidable_share": None, "unit_cost": Known(6.0)},
        dict.fromkeys(("contacts", "avoidable_share", "unit_cost"), "measured"),
        {},
    )
    assert bare.stake("row", "D") is None
    assert bare.lacking == ["avoidable_share"]
    said = bare.with_overrides({"avoidable_share": Override(0.5, 0.5, 0.5, "syy", "", "")})
    assert said.stake("row", "D").p50 == 1_500.0
    assert said.source["avoidable_share"] == "person"


def experience(lost: float, seed: int = 1) -> Experience:
    """Two thousand customers in two strata, of whom a quarter had a late delivery."""
    random = np.random.default_rng(seed)
    bad, regular = random.random(2_000) < 0.25, random.random(2_000) < 0.5
    chance = np.where(regular, 0.5, 0.2) - np.where(bad, lost, 0.0)
    return Experience(
        place=0,
        cause="promise",
        unit=np.arange(2_000),
        time=np.zeros(2_000, dtype=np.int64),
        bad=bad,
        stratum=np.where(regular, 3, 0),
        again=random.random(2_000) < chance,
        is_followed=np.ones(2_000, dtype=bool),
    )


def test_who_comes_back_is_compared_among_customers_alike():
    found = _compare(experience(lost=0.15))
    assert isinstance(found, Loyalty)
    assert found.p < 1e-4
    drawn = found.lost(np.random.default_rng(0))
    low, high = np.quantile(drawn, [0.025, 0.975])
    assert low < 0.15 < high
    clear = [_compare(experience(lost=0.0, seed=seed)).p < 0.01 for seed in range(100)]
    assert sum(clear) <= 4
