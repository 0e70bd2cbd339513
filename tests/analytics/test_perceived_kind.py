"""Perceived value out of the store: what belongs to one answer, by touchpoint and by property, in time."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pytest
from django_scopes import scope

from polku.analytics import QueryError, run
from polku.analytics.kinds.perceived_value import ITEMS
from polku.statistics import perceived_value

START = datetime(2026, 2, 10, 9)


def ask(shop, **query):
    with scope(workspace=shop.workspace):
        return run(shop.workspace, {"kind": "perceived_value", **query})


def survey(shop, n=120, *, items=ITEMS, scale=(0, 10)):
    """Answers of n people as the survey tells them; returns what they said (n, 12) and their NPS."""
    random = np.random.default_rng(3)
    low, high = scale
    said = random.integers(low, high + 1, (n, 12)).astype(float)
    said[:, 8:] = random.multinomial(100, [0.4, 0.3, 0.2, 0.1], size=n)
    nps = np.clip(np.round(5 + (said[:, 0] - said[:, 4]) / 2 + random.normal(0, 1, n)), 0, 10)
    for place, item in enumerate(items):
        is_weight = place >= 8
        rows = [
            (
                f"p{k}",
                said[k, place],
                START + timedelta(hours=6 * k),
                {
                    "properties": {
                        "response": f"r{k}",
                        "question": "benefits",
                        "store": "Oulu" if k % 4 else "Turku",
                    }
                },
            )
            for k in range(n)
            # Stating weights is up to the customer.
            if not is_weight or k % 5
        ]
        shop.answers(item, (0, 100) if is_weight else scale, *rows)
    told = [
        (f"p{k}", nps[k], START + timedelta(hours=6 * k), {"properties": {"response": f"r{k}"}})
        for k in range(n)
    ]
    shop.answers("nps", (0, 10), *told)
    return said, nps


def test_the_survey_as_it_is_told(shop):
    said, nps = survey(shop)
    # Somebody left one question out: the answer does not count.
    shop.answers("economic_benefit", (0, 10), ("half", 9.0, START, {"properties": {"response": "half"}}))
    found = ask(shop)
    weights = np.where(np.arange(120)[:, None] % 5 > 0, said[:, 8:], np.nan)
    expected = perceived_value(benefit=said[:, :4], sacrifice=said[:, 4:8], weights=weights, outcome=nps)
    assert (found["n"], found["people"], found["stated_n"], found["outcome_n"]) == (120, 120, 96, 120)
    assert (found["found"]["economic_benefit"], found["found"]["economic_weight"]) == (121, 96)
    assert found["index"] == pytest.approx(expected.index.value)
    assert found["ci"][0] < found["index"] < found["ci"][1]
    assert (found["derived_index"], found["why_not_derived"]) == (
        pytest.approx(expected.derived_index.value),
        "",
    )
    economic = found["dimensions"][0]
    assert economic["name"] == "economic"
    assert economic["benefit"]["value"] == pytest.approx(said[:, 0].mean())
    assert economic["sacrifice"]["value"] == pytest.approx(said[:, 4].mean())
    assert economic["weight"]["value"] == pytest.approx(expected.dimensions["economic"].weight.value)
    assert economic["derived_weight"]["value"] > 0.8
    assert sum(row["contribution"]["value"] for row in found["dimensions"]) == pytest.approx(found["index"])
    assert found["warnings"] == []


def test_by_property_by_touchpoint_and_in_time(shop):
    said, _nps = survey(shop)
    shop.bind(7, "nothing")
    by_store = ask(shop, breakdown={"property": "store"})["groups"]
    assert [(row["key"], row["n"]) for row in by_store] == [("Oulu", 90), ("Turku", 30)]
    turku = np.arange(120) % 4 == 0
    assert by_store[1]["dimensions"][0]["benefit"]["value"] == pytest.approx(said[turku, 0].mean())
    assert ask(shop, breakdown={"property": "touchpoint"})["groups"] == []
    points = ask(shop, interval="month")["points"]
    assert [(row["start"], row["n"], row["complete"]) for row in points] == [
        ("2026-02-01", 75, True),
        ("2026-03-01", 45, False),
    ]
    assert all(row["ci"][0] < row["index"] < row["ci"][1] for row in points)


def test_answers_that_were_brought_in_with_names_and_a_scale_of_their_own(shop):
    columns = {item: f"Column {number}" for number, item in enumerate(ITEMS[:8])}
    random = np.random.default_rng(4)
    said = random.integers(1, 6, (40, 8)).astype(float)
    for place, column in enumerate(columns.values()):
        rows = [(f"p{k}", said[k, place], START + timedelta(hours=k)) for k in range(40)]
        shop.answers("csat", (1, 5), *rows, properties={"question": column})
    found = ask(shop, questions=columns)
    # Without a response, what one person said at one moment belongs together.
    assert (found["n"], found["stated_n"], found["why_not_derived"]) == (40, 0, "too_few")
    assert [row["weight"]["value"] for row in found["dimensions"]] == [0.25] * 4
    assert found["dimensions"][0]["benefit"]["value"] == pytest.approx(2.5 * (said[:, 0].mean() - 1))
    assert "“Column 0” was asked on 1–5; it is stretched to 0–10." in found["warnings"]
    assert ask(shop)["n"] == 0


def test_nothing_is_an_answer(shop):
    found = ask(shop, breakdown={"property": "touchpoint"}, interval="month")
    assert (found["n"], found["index"], found["dimensions"], found["groups"], found["points"]) == (
        0,
        None,
        [],
        [],
        [],
    )
    for query, field in (
        ({"questions": {"economic": "x"}}, "questions.economic"),
        ({"outcome": {"property": "order.value"}}, "outcome"),
        ({"interval": "year"}, "interval"),
        ({"breakdown": {"property": "person.email"}}, "property"),
    ):
        with pytest.raises(QueryError) as error:
            ask(shop, **query)
        assert error.value.field == field
