"""Who is lost: contracts counted and waited for, the telco sample through the store, and buyers by the model."""

from __future__ import annotations

import csv
import gzip
import json
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest
from django_scopes import scope

from polku.analytics import QueryError, run
from polku.analytics.contracts import NEVER, months_between
from polku.eventstore.port import ORDER_BATCH, SIGNAL_BATCH, SignalKind


def load_contracts(store, workspace, rows):
    """Each row is (person, contract, start, end or None) and may end with properties."""
    signals = []
    for person, contract, start, end, *more in rows:
        properties = json.dumps({"contract": contract, **(more[0] if more else {})}) if contract else None
        signals.append((person, "Contract Started", start, properties))
        if end is not None:
            signals.append((person, "Contract Ended", end, properties))
    columns = {name: [] for name in SIGNAL_BATCH.names}
    for number, (person, name, time, properties) in enumerate(signals):
        row = {
            "message_id": f"{number:032x}",
            "kind": int(SignalKind.EVENT),
            "name": name,
            "time": time,
            "person": person,
            "properties": properties,
        }
        for column, values in columns.items():
            values.append(row.get(column))
    store.load_signals(workspace.key.hex, pa.table(columns, schema=SIGNAL_BATCH), rules=[])


def ask(workspace, mode="contractual", **fields):
    with scope(workspace=workspace):
        return run(workspace, {"kind": "churn", "mode": mode, **fields})


def day(text):
    """Noon in Helsinki."""
    return datetime.fromisoformat(text) + timedelta(hours=10)


def test_telco_through_the_store(store, workspace, real_data):
    rows = []
    with gzip.open(real_data / "churn" / "ibm_telco_churn.csv.gz", "rt", encoding="utf-8") as file:
        for line in csv.DictReader(file):
            tenure = int(line["tenure"])
            # The table is of one day: who is there still began so many months before it.
            start = datetime(2026 - (tenure + 11) // 12, 12 - (tenure + 11) % 12, 1, 10)
            end = datetime(2026, 1, 1, 10) if line["Churn"] == "Yes" else None
            rows.append((line["customerID"], "1", start, end, {"plan": line["Contract"]}))
    load_contracts(store, workspace, rows)
    found = ask(workspace, months=[1, 12, 24, 72], breakdown={"property": "plan"})
    tenure = found["tenure"]
    assert (tenure["n"], tenure["ended"]) == (7_043, 1_869)
    said = [round(row["value"], 6) for row in tenure["survival"]]
    assert said == [0.945961, pytest.approx(0.8432, abs=5e-5), 0.788736, pytest.approx(0.59279, abs=5e-6)]
    for row in tenure["survival"]:
        assert row["ci"][0] < row["value"] < row["ci"][1]
    assert found["active"] == 7_043 - 1_869
    by_plan = {part["key"]: part["tenure"]["survival"][1]["value"] for part in found["breakdown"]}
    assert by_plan["Month-to-month"] < by_plan["One year"] < by_plan["Two year"]
    year = ask(workspace, range={"from": "2025-01-01", "to": "2026-01-02"})
    assert year["at_start"] == sum(1 for row in rows if row[2] < datetime(2025, 1, 1))
    assert year["lost"] == sum(1 for row in rows if row[2] < datetime(2025, 1, 1) and row[3])


@pytest.fixture
def few(store, workspace):
    load_contracts(
        store,
        workspace,
        [
            ("a", "1", day("2025-01-01"), day("2025-12-31")),
            ("a", "2", day("2026-01-01"), None),  # goes on by the next day
            ("b", "1", day("2025-02-01"), day("2026-02-10")),
            ("c", "1", day("2025-03-01"), day("2026-01-05")),
            ("c", "2", day("2025-06-01"), day("2026-02-20")),  # one of two ends before
            ("d", None, day("2026-01-10"), day("2026-01-20")),
            ("e", "1", day("2025-11-01"), day("2025-11-30")),
            ("e", "1", day("2026-03-01"), None),  # came back
            ("f", "9", day("2025-05-01"), day("2030-05-01")),  # known to end one day
        ],
    )
    return workspace


def test_lost_of_those_active_at_the_start(few):
    found = ask(few, range={"from": "2026-01-01", "to": "2026-03-01"})
    assert (found["lost"], found["at_start"]) == (2, 4)
    assert found["value"] == 0.5
    assert found["ci"] == pytest.approx([0.1500, 0.8500], abs=1e-4)
    months = {row["start"]: (row["at_start"], row["lost"], row["begun"]) for row in found["months"]}
    assert months == {"2026-01-01": (4, 0, 1), "2026-02-01": (4, 2, 0)}
    assert found["monthly"]["lost"] == 2
    assert found["monthly"]["at_start"] == 8
    assert found["tenure"]["ended"] == 4


def test_without_a_range_it_says_what_is_missing(few):
    found = ask(few)
    assert found["value"] is None
    assert found["active"] == 3
    assert any("Give a range" in warning for warning in found["warnings"])
    early = ask(few, range={"from": "2020-01-01", "to": "2025-04-01"})
    assert early["value"] is None
    assert any("Nobody had a contract" in warning for warning in early["warnings"])


def test_an_end_without_a_start_is_told(store, workspace):
    load_contracts(store, workspace, [("a", "1", day("2025-01-01"), day("2025-06-01"))])
    nothing = ask(workspace, where=[{"property": "event", "op": "eq", "value": "Contract Ended"}])
    assert nothing["customers"] == 0
    assert any("1 contracts end that never began" in warning for warning in nothing["warnings"])
    assert any("No contracts have come" in warning for warning in nothing["warnings"])


def test_months_are_those_of_the_calendar():
    def number(text):
        return (datetime.fromisoformat(text) - datetime(1970, 1, 1)).days

    pairs = [
        ("2024-01-01", "2025-01-01"),  # a leap year
        ("2025-01-01", "2025-12-31"),  # the last day of twelve months
        ("2025-01-31", "2025-02-28"),
        ("2025-01-01", "2025-01-01"),
    ]
    begins, ends = (np.array([number(pair[side]) for pair in pairs]) for side in (0, 1))
    assert months_between(begins, ends).tolist() == [12, 12, 1, 0]
    half = months_between(np.array([number("2025-01-01")]), np.array([number("2025-02-15")]))
    assert half == pytest.approx([1 + 14 / 30.4375])
    assert number("9999-12-31") < NEVER


def buyers(store, workspace, n, *, quiet):
    """People who buy about every 30 days for a year; those below `quiet` stopped after their first months."""
    random = np.random.default_rng(3)
    columns = {name: [] for name in ORDER_BATCH.names}
    number = 0
    for person in range(n):
        moment = datetime(2025, 1, 1, 10) + timedelta(days=int(random.integers(0, 60)))
        last = datetime(2025, 6, 1) if person < quiet else datetime(2026, 1, 1)
        while moment < last:
            row = {
                "message_id": f"{number:032x}",
                "order": f"T{number}",
                "person": f"p{person}",
                "time": moment,
                "value": 20.0,
                "properties": json.dumps({"shop": "Oulu" if person < quiet else "Espoo"}),
            }
            for name, column in columns.items():
                column.append(row.get(name))
            number += 1
            moment += timedelta(days=1 + float(random.exponential(random.gamma(8, 4))))
    store.load_orders(workspace.key.hex, pa.table(columns, schema=ORDER_BATCH), rules=[])


def test_buyers_are_lost_by_what_their_purchases_tell(store, workspace):
    buyers(store, workspace, 400, quiet=100)
    found = ask(workspace, mode="purchase", breakdown={"property": "order.shop"})
    assert found["customers"] == 400
    assert found["value"] == pytest.approx(1 - found["alive"])
    assert found["ci"][0] <= found["value"] <= found["ci"][1]
    assert 0.15 < found["value"] < 0.4
    (espoo, oulu) = found["breakdown"]
    assert (espoo["key"], espoo["customers"], oulu["key"], oulu["customers"]) == ("Espoo", 300, "Oulu", 100)
    assert espoo["value"] < 0.15 < 0.6 < oulu["value"]


def test_of_too_few_buyers_nothing_is_said(store, workspace):
    buyers(store, workspace, 30, quiet=0)
    found = ask(workspace, mode="purchase")
    assert found["value"] is None
    assert any("at least 100 are needed" in warning for warning in found["warnings"])
    empty = ask(workspace, mode="purchase", range={"from": "2020-01-01", "to": "2021-01-01"})
    assert empty["customers"] == 0


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"mode": None}, "mode"),
        ({"mode": "gone"}, "mode"),
        ({"months": "12"}, "months"),
        ({"months": [True]}, "months[0]"),
        ({"months": [-1]}, "months[0]"),
        ({"months": [10**400]}, "months[0]"),
        ({"mode": "purchase", "months": [12]}, "months"),
    ],
)
def test_what_it_refuses(workspace, fields, place):
    with pytest.raises(QueryError) as raised:
        ask(workspace, **fields)
    assert raised.value.field == place
