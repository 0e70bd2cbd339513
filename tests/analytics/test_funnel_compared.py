"""Funnels beside another period or segment, and what is refused of exclusions and comparisons."""

from __future__ import annotations

import pytest

from polku.analytics import QueryError, resolvers, run
from polku.eventstore.port import Condition, SegmentRule
from polku.statistics import two_proportions

STEPS = [{"event": "visit"}, {"event": "basket"}, {"event": "pay"}]
FUNNEL = {"kind": "funnel", "steps": STEPS}
FEBRUARY = {"from": "2026-02-01", "to": "2026-03-01"}
MARCH = {"from": "2026-03-01", "to": "2026-04-01"}


def walk(shop, month: str, counts: tuple[int, int, int], **columns) -> None:
    """So many people visit, fill a basket and pay in a month of 2026."""
    for step, (event, number) in enumerate(zip(("visit", "basket", "pay"), counts, strict=True)):
        shop.events(
            *(
                (f"{month}-{n}", event, f"2026-{month}-{1 + n % 27:02d}T08:{step * 10:02d}")
                for n in range(number)
            ),
            **columns,
        )


@pytest.fixture
def months(shop):
    """In March people fill their baskets as in February, but half of them cannot pay."""
    walk(shop, "02", (200, 100, 60))
    walk(shop, "03", (220, 112, 30))
    shop.events(("late", "visit", "2026-04-02T08:00"))  # so March is over
    return shop


def test_two_periods_and_which_difference_is_clear(months, workspace):
    got = run(workspace, {**FUNNEL, "range": MARCH, "compare": FEBRUARY})
    assert [step["count"] for step in got["steps"]] == [220, 112, 30]
    compared = got["compared"]
    assert [step["count"] for step in compared["steps"]] == [200, 100, 60]
    assert compared["range"] == {"from": "2026-01-31T22:00:00Z", "to": "2026-02-28T22:00:00Z"}
    basket, pay, whole = (
        two_proportions(successes=pair, n=of)
        for pair, of in [((100, 112), (200, 220)), ((60, 30), (100, 112)), ((60, 30), (200, 220))]
    )
    assert pay.p < whole.p < basket.p
    adjusted = [basket.p, pay.p * 3, max(whole.p * 2, pay.p * 3)]  # Holm by hand
    assert compared["changes"] == [
        {
            "step": step,
            "name": name,
            "measure": measure,
            "difference": difference.value,
            "ci": [difference.low, difference.high],
            "p_value": difference.p,
            "p_adjusted": pytest.approx(p, rel=1e-12),
            "clear": clear,
        }
        for (step, name, measure), difference, p, clear in zip(
            [(2, "basket", "from_previous"), (3, "pay", "from_previous"), (3, "pay", "from_first")],
            [basket, pay, whole],
            adjusted,
            [False, True, True],
            strict=True,
        )
    ]
    assert got["rows_scanned"] > run(workspace, {**FUNNEL, "range": MARCH})["rows_scanned"]


def test_a_segment_beside_everybody_says_that_it_is_part_of_them(months, workspace):
    months.people(*({"person": f"03-{n}", "properties": {"club": "yes"}} for n in range(100)))
    rule = SegmentRule(where=(Condition("person.club", "eq", "yes"),))
    before = resolvers._segments
    try:
        resolvers.register_segment(lambda _, name: rule if name == "Club" else None, lambda _: ["Club"])
        got = run(workspace, {**FUNNEL, "range": MARCH, "compare": {"segment": "Club"}})
    finally:
        resolvers._segments = before
    assert [step["count"] for step in got["compared"]["steps"]] == [100, 100, 30]
    assert got["warnings"] == [
        "Everybody is compared with a part of themselves, so differences look smaller."
    ]


def test_two_steps_are_compared_once_and_nobody_not_at_all(months, workspace):
    got = run(workspace, {**FUNNEL, "steps": STEPS[:2], "range": MARCH, "compare": FEBRUARY})
    assert [change["measure"] for change in got["compared"]["changes"]] == ["from_previous"]
    got = run(workspace, {**FUNNEL, "range": MARCH, "compare": {"to": "2026-01-01"}})
    assert [(row["difference"], row["clear"]) for row in got["compared"]["changes"]] == [(None, False)] * 3
    assert "compared" not in run(workspace, FUNNEL)


@pytest.mark.parametrize(
    ("changed", "field", "said"),
    [
        ({"exclude": [{}]}, "exclude[0]", "which signals"),
        ({"exclude": [{"between": [1, 2]}]}, "exclude[0]", "which signals"),
        ({"exclude": {"event": "help"}}, "exclude", "must be a list"),
        ({"exclude": [{"event": "help", "betwen": [1, 2]}]}, "exclude[0].betwen", "“between”"),
        ({"exclude": [{"event": "help", "between": [1]}]}, "exclude[0].between", "two numbers"),
        ({"exclude": [{"event": "help", "between": [2, 2]}]}, "exclude[0].between[1]", "from 3 to 3"),
        ({"exclude": [{"event": "help", "between": [0, 2]}]}, "exclude[0].between[0]", "from 1 to 2"),
        ({"exclude": [{"event": "help", "between": [True, 2]}]}, "exclude[0].between[0]", "whole number"),
        ({"exclude": [{"event": "help", "between": [1, 4]}]}, "exclude[0].between[1]", "from 2 to 3"),
        ({"exclude": [{"event": "help"}], "order": "any"}, "exclude", "no between"),
        ({"exclude": [{"event": "help"}], "steps": STEPS[:1]}, "exclude", "one step"),
        ({"exclude": [{"event": "help"}] * 11}, "exclude", "at most 10"),
        ({"compare": {"segmen": "Club"}}, "compare.segmen", "“segment”"),
        ({"compare": "2026-02-01"}, "compare", "must be an object"),
    ],
)
def test_what_cannot_be_asked_says_why(workspace, changed, field, said):
    with pytest.raises(QueryError) as caught:
        run(workspace, {**FUNNEL, **changed})
    assert caught.value.field == field
    assert said in caught.value.message
