"""Which rows drivers are worked out of, and when nothing is worked out."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pytest
from django_scopes import scope

from polku.analytics import QueryError, run

START = datetime(2026, 3, 2, 9)


def ask(shop, **query):
    with scope(workspace=shop.workspace):
        return run(shop.workspace, {"kind": "drivers", **query})


def survey(shop, n=150, *, response=True, minutes=0):
    """Each of n people answers two questions and the outcome, which follows the first twice as much as the second."""
    random = np.random.default_rng(8)
    first, second = random.integers(1, 6, (2, n))
    outcome = np.clip(np.round((2 * first + second) / 1.5 + random.normal(0, 1, n)), 0, 10)
    for name, scale, values, wait in (
        ("speed", (1, 5), first, 0),
        ("price", (1, 5), second, 0),
        ("nps", (0, 10), outcome, minutes),
    ):
        rows = []
        for k in range(n):
            said = {"question": name} | ({"response": f"r{k}"} if response else {})
            time = START + timedelta(hours=k, minutes=wait)
            rows.append((f"p{k}", float(values[k]), time, {"properties": said}))
        shop.answers("nps" if name == "nps" else "csat", scale, *rows)
    return np.column_stack([first, second]), outcome


def test_answers_of_one_response_stand_side_by_side(shop):
    x, y = survey(shop)
    # The same people answered one question again later, elsewhere: it is not of the response.
    later = [
        (f"p{k}", 1.0, START + timedelta(days=40), {"properties": {"question": "speed"}}) for k in range(150)
    ]
    shop.answers("csat", (1, 5), *later)
    found = ask(shop, outcome="nps", drivers=["speed", {"question": "price", "name": "the price"}])
    assert (found["n"], found["people"], found["least_n"], found["refused"]) == (150, 150, 100, None)
    assert found["outcome"] == {"name": "nps", "n": 150, "mean": y.mean(), "scale": [0, 10]}
    speed, price = found["drivers"]
    assert (speed["name"], price["name"]) == ("speed", "the price")
    assert speed["link"] == price["link"] == "response"
    assert speed["johnson"] + price["johnson"] == pytest.approx(found["r2"])
    assert speed["share"] + price["share"] == pytest.approx(1)
    assert [speed["mean"], price["mean"]] == pytest.approx(x.mean(axis=0))
    assert speed["performance_ci"][0] < speed["performance"] < speed["performance_ci"][1]
    assert found["ranks_that_differ"] == [["speed", "the price"]]
    assert "not causality" in found["caveat"]


def test_without_a_response_the_last_answer_before_counts(shop):
    x, _y = survey(shop, response=False, minutes=30)
    # After the outcome: it could be its result.
    after = [(f"p{k}", 5.0, START + timedelta(hours=k, minutes=31), {}) for k in range(150)]
    shop.answers("csat", (1, 5), *after, properties={"question": "speed"})
    found = ask(shop, outcome="nps", drivers=["speed", "price"])
    assert [row["link"] for row in found["drivers"]] == ["person", "person"]
    assert [row["mean"] for row in found["drivers"]] == pytest.approx(x.mean(axis=0))
    assert found["within_days"] == 90
    # Too old is as good as none.
    near = ask(shop, outcome="nps", drivers=["speed", "price"], within="PT29M")
    assert (near["n"], near["refused"]["reason"]) == (0, "too_few")


def test_too_few_say_what_costs_most_rows(shop):
    survey(shop, 150)
    few = [(f"p{k}", float(k % 5 + 1), START + timedelta(hours=k), {}) for k in range(40)]
    shop.answers("ces", (1, 7), *few)
    found = ask(shop, outcome="nps", drivers=["speed", "price", "ces"])
    assert found["refused"] == {"reason": "too_few", "names": []}
    assert (found["r2"], found["p_value"]) == (None, None)
    assert (found["n"], found["ranks_that_differ"]) == (40, [])
    speed, price, ces = found["drivers"]
    assert (speed["found"], ces["found"]) == (150, 40)
    assert (speed["without"], price["without"], ces["without"]) == (40, 40, 150)
    assert (speed["johnson"], speed["ci"]) == (None, None)
    assert speed["performance_n"] == 150


def test_what_does_not_vary_or_repeats_another_is_refused(shop):
    survey(shop)
    for metric, score in (("ces", 7.0), ("smiley", 4.0)):
        rows = [(f"p{k}", score if metric == "ces" else float(k % 4 + 1), START, {}) for k in range(150)]
        shop.answers(metric, (1, 7) if metric == "ces" else (1, 4), *rows)
    twice = [(f"p{k}", float(k % 4 + 1), START, {}) for k in range(150)]
    shop.answers("recommend", (1, 4), *twice)
    constant = ask(shop, outcome="nps", drivers=["speed", "ces"])
    assert constant["refused"] == {"reason": "constant", "names": ["ces"]}
    dependent = ask(shop, outcome="nps", drivers=["smiley", "recommend"])
    assert dependent["refused"]["reason"] == "dependent"


def test_an_answer_that_is_a_driver_is_no_outcome(shop):
    survey(shop)
    shop.bind(7, "csat")
    found = ask(shop, outcome="csat", drivers=["speed", {"question": "price"}])
    # All answers of satisfaction are those of the two questions.
    assert (found["outcome"]["n"], found["refused"]["reason"]) == (0, "too_few")


def test_answers_on_another_scale_are_left_out_and_said(shop):
    survey(shop)
    shop.answers("nps", (1, 5), ("p1", 5.0, START + timedelta(days=9)))
    found = ask(shop, outcome="nps", drivers=["speed"])
    assert found["outcome"]["n"] == 150
    assert found["warnings"] == [
        "Answers to “nps” came on different scales; the 1 on other scales are left out."
    ]


def test_buying_again(shop):
    rows, answers = [], []
    random = np.random.default_rng(1)
    for k in range(240):
        is_back = k % 3 == 0
        bought = START + timedelta(hours=k)
        rows.append({"order": f"A{k}", "person": f"p{k}", "time": bought, "value": 10.0})
        rows.append(
            {"order": f"S{k}", "person": f"p{k}", "time": bought + timedelta(minutes=1), "value": 5.0}
        )
        if is_back:
            rows.append(
                {"order": f"B{k}", "person": f"p{k}", "time": bought + timedelta(days=20), "value": 9.0}
            )
        score = float(np.clip(round(3 + 1.5 * is_back + random.normal()), 1, 5))
        answers.append((f"p{k}", score, bought + timedelta(days=3)))
        # Said after coming back, it tells nothing of coming back.
        answers.append((f"p{k}", 5.0 if is_back else score, bought + timedelta(days=21)))
    shop.orders(*rows)
    shop.answers("csat", (1, 5), *answers)
    shop.events(("late", "Page", START + timedelta(days=60)))
    found = ask(shop, outcome={"repurchase": "P30D"}, drivers=["csat"])
    # Orders of one day are one purchase; the second purchases are decided, too, as nobody came back once more.
    assert found["outcome"] == {"name": "repurchase", "n": 320, "mean": 80 / 320, "scale": [0, 1]}
    assert found["repurchase_days"] == 30
    first = ask(
        shop,
        outcome={"repurchase": "P30D"},
        drivers=["csat"],
        range={"from": "2026-03-02", "to": "2026-03-13"},
    )
    scores = [score for number, (_person, score, _time) in enumerate(answers) if number % 2 == 0]
    assert (first["n"], first["drivers"][0]["link"]) == (240, "person")
    assert first["drivers"][0]["mean"] == pytest.approx(np.mean(scores))
    assert first["drivers"][0]["coefficient"] > 0
    assert first["refused"] is None


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({}, "outcome"),
        ({"outcome": "nps", "drivers": []}, "outcome"),
        ({"outcome": "nps", "drivers": ["csat", {"metric": "csat", "name": "again"}]}, "drivers"),
        ({"outcome": {"property": "order.value"}, "drivers": ["csat"]}, "outcome"),
        ({"outcome": {"repurchase": "soon"}, "drivers": ["csat"]}, "outcome.repurchase"),
        ({"outcome": {"repurchase": "P30D", "metric": "nps"}, "drivers": ["csat"]}, "outcome.metric"),
        ({"outcome": "nps", "drivers": [{}]}, "drivers[0]"),
        ({"outcome": "nps", "drivers": [{"metric": "csat", "property": "order.value"}]}, "drivers[0]"),
        ({"outcome": "nps", "drivers": [{"metric": "csat", "touchpoint": 9}]}, "drivers[0].touchpoint"),
        ({"outcome": "nps", "drivers": ["csat"] * 13}, "drivers"),
        ({"outcome": "nps", "drivers": [{"property": "person.email"}]}, "property"),
    ],
)
def test_what_it_does_not_answer(shop, query, field):
    with pytest.raises(QueryError) as error:
        ask(shop, **query)
    assert error.value.field == field
