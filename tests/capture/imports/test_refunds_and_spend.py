"""Money given back of orders, and money spent on marketing."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest
from django_scopes import scope

from polku.analytics.models import SpendDay
from polku.analytics.spend import Spend, spend_between, spend_by_source
from polku.capture.imports import ImportOptions, load, stage

REFUNDS = {"order": "order", "time": "at", "value": "sum"}
SPEND = {"day": "day", "source": "from", "amount": "cost"}


def test_a_refund_is_above_zero_whatever_its_sign(understand):
    staged, rows = understand(
        "refunds",
        'order,at,sum,why\nA1,2024-03-01,"-12,50",late\nA2,2024-03-02,"7,00",\nA3,2024-03-03,0,\n,2024-03-03,3,\nA4,2024-03-03,,\n',
        **REFUNDS,
        reason="why",
    )
    assert [(row["name"], row["order"], row["value"]) for row in rows] == [
        ("Order Refunded", "A1", 12.5),
        ("Order Refunded", "A2", 7.0),
    ]
    assert rows[0]["properties"] == '{"reason":"late"}'
    codes = [
        json.loads(line)["code"]
        for line in staged.rejected_file.with_suffix(".jsonl").read_text().splitlines()
    ]
    assert codes == ["no_amount", "no_order", "no_amount"]
    assert any("above and below zero" in warning for warning in staged.warnings)


def test_the_same_refund_is_known_again_and_two_equal_ones_stay(understand):
    text = "order,at,sum\nA1,2024-03-01,5\nA1,2024-03-01,5\n"
    first, second = (understand("refunds", text, **REFUNDS)[1] for _each in range(2))
    ids = [row["message_id"] for row in first]
    assert len(set(ids)) == 2
    assert [row["message_id"] for row in second] == ids
    event = understand(
        "events", "order,at,what\nA1,2024-03-01,Order Refunded\n", order="order", time="at", event="what"
    )
    assert event[1][0]["message_id"] not in ids


@pytest.mark.django_db
def test_refunds_find_the_person_of_their_order(workspace, store, tmp_path):
    def bring(kind, content, **options):
        file = tmp_path / "file.csv"
        file.write_text(content)
        staged = stage(
            kind,
            file,
            ImportOptions(**options),
            timezone="UTC",
            folder=tmp_path,
            rejected_folder=tmp_path / "r",
        )
        return load(workspace, staged)

    bring("orders", "id,who\nA1,maija\n", id=("id",), person="who")
    refunds = "order,at,sum\nA1,2024-03-01,5\n"
    assert bring("refunds", refunds, **REFUNDS)["joined"] == 1
    assert bring("refunds", refunds, **REFUNDS)["known"] == 1
    person = store.find_people(workspace.key.hex, search="maija").to_pylist()
    assert len(person) == 1


@pytest.mark.django_db
def test_spend_is_added_up_within_a_file_and_replaced_by_the_next(workspace, store, tmp_path):
    def bring(content, **options):
        file = tmp_path / "file.csv"
        file.write_text(content, encoding="utf-8")
        staged = stage(
            "spend",
            file,
            ImportOptions(**SPEND, **options),
            timezone="UTC",
            folder=tmp_path,
            rejected_folder=tmp_path,
        )
        return load(workspace, staged)

    good = "day;from;cost\n1.3.2024;google;10,10 €\n1.3.2024;google;5\n2.3.2024;meta;7\n"
    file = good + ";meta;7\n3.3.2024;;1\n3.3.2024;meta;\n"
    made = bring(file)
    assert (made["rows"], made["accepted"], made["known"], made["rejected"]) == (5, 2, 0, 3)
    assert any("added to another" in warning for warning in made["warnings"])
    again = bring(file)
    assert (again["accepted"], again["known"]) == (0, 2)
    changed = bring("day;from;cost\n1.3.2024;google;20\n")
    assert (changed["accepted"], changed["known"]) == (1, 0)
    with scope(workspace=workspace):
        assert SpendDay.objects.count() == 2
        rows = spend_between(workspace, date(2024, 3, 1), date(2024, 3, 2))
        assert rows == [Spend(date(2024, 3, 1), "google", "", "", Decimal("20.00"))]
        assert spend_by_source(workspace, date(2024, 3, 1), date(2024, 4, 1)) == {"google": 20.0, "meta": 7.0}
    assert bring("day;from;cost;c\n1.3.2024;google;3;kevät\n", campaign="c")["accepted"] == 1
    (source,) = store.sources(workspace.key.hex)
    assert (source.origin, source.accepted, source.repeated) == ("import/spend", 4, 2)


def test_spend_that_adds_up_beyond_all_money_is_refused(understand):
    text = "day,from,cost\n" + "2024-03-01,google,9000000000000\n" * 2 + "2024-03-01,me\0ta,7\n"
    staged, rows = understand("spend", text, **SPEND)
    assert (staged.rejected, [(row["source"], row["amount"]) for row in rows]) == (2, [("meta", 7.0)])
