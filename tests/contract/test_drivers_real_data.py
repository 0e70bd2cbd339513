"""Drivers of real answers, brought in by the importers, against computations that share nothing with them."""

from __future__ import annotations

import csv
import gzip
import itertools
from pathlib import Path

import numpy as np
import pytest
from scipy import linalg

from polku.accounts.models import Workspace
from polku.analytics import run
from polku.capture.imports import ImportOptions, load, stage, staging_folder

pytestmark = [pytest.mark.contract, pytest.mark.django_db]

SEATS = ("seat_legroom_rating", "seat_recline_rating", "seat_width_rating", "aisle_space_rating")


@pytest.fixture
def bring(workspace: Workspace, tmp_path: Path):
    def bring_in(kind, file, options):
        with staging_folder(tmp_path) as folder:
            rejected = tmp_path / "rejected"
            staged = stage(kind, file, options, timezone="UTC", folder=folder, rejected_folder=rejected)
            return load(workspace, staged)

    return bring_in


def by_all_orders(correlation, outcome):
    """LMG: the mean gain of R² over all orders of entry, each R² from a fresh solution."""
    p = len(outcome)

    def explained(chosen):
        part = np.ix_(chosen, chosen)
        return float(outcome[chosen] @ linalg.solve(correlation[part], outcome[chosen])) if chosen else 0.0

    gains = np.zeros(p)
    orders = list(itertools.permutations(range(p)))
    for order in orders:
        for place, driver in enumerate(order):
            gains[driver] += explained(list(order[: place + 1])) - explained(list(order[:place]))
    return gains / len(orders)


def test_the_seats_of_airlines(workspace, bring, real_data):
    file = real_data / "skytrax" / "seat.csv.gz"
    questions = ("overall_rating=recommend 1-10", *(f"{name}=csat 1-5" for name in SEATS))
    result = bring("answers", file, ImportOptions(nobody=True, time="date", questions=questions))
    assert result["rejected"] == 0
    asked = {"kind": "drivers", "outcome": {"question": "overall_rating"}, "drivers": list(SEATS)}
    found = run(workspace, asked)
    with gzip.open(file, "rt", encoding="utf-8") as opened:
        rows = [[row[name] for name in (*SEATS, "overall_rating")] for row in csv.DictReader(opened)]
    data = np.array([[float(cell) for cell in row] for row in rows if all(row)])
    matrix = np.corrcoef(data.T)
    correlation, outcome = matrix[:-1, :-1], matrix[:-1, -1]
    root = linalg.sqrtm(correlation).real
    assert (found["n"], found["people"], found["refused"]) == (1_257, 1_257, None)
    assert found["r2"] == pytest.approx(outcome @ linalg.solve(correlation, outcome), abs=1e-9)
    drivers = found["drivers"]
    assert [row["name"] for row in drivers] == list(SEATS)
    assert [row["link"] for row in drivers] == ["response"] * 4
    assert [row["lmg"] for row in drivers] == pytest.approx(by_all_orders(correlation, outcome), abs=1e-9)
    johnson = (root**2) @ (linalg.solve(root, outcome) ** 2)
    assert [row["johnson"] for row in drivers] == pytest.approx(johnson, abs=1e-9)
    assert all(row["ci"][0] <= row["johnson"] <= row["ci"][1] for row in drivers)
    assert [row["mean"] for row in drivers] == pytest.approx(data.mean(axis=0)[:-1])
    assert [row["performance"] for row in drivers] == pytest.approx(25 * (data.mean(axis=0)[:-1] - 1))


def test_the_promise_kept_drives_reviews(workspace, bring, real_data):
    olist = real_data / "olist"
    orders = ImportOptions(
        id=("order_id",),
        person="customer_id",
        status="order_status",
        promised="order_estimated_delivery_date",
        delivered="order_delivered_customer_date",
    )
    reviews = ImportOptions(
        order="order_id",
        metric="csat",
        scale=(1, 5),
        score="review_score",
        time="review_answer_timestamp",
        id=("review_id", "order_id"),
    )
    bring("orders", olist / "orders.csv.gz", orders)
    bring("scores", olist / "order_reviews.csv.gz", reviews)
    promise = {"property": "order.on_time"}
    delivered = [{"property": "order.status", "op": "eq", "value": "delivered"}]
    found = run(workspace, {"kind": "drivers", "outcome": "csat", "drivers": [promise], "where": delivered})
    (kept,) = found["drivers"]
    # The manifest: 344 late with a mean of 2.1744, 4,888 on time with 4.2754; 8 without a day belong to neither.
    assert (found["n"], found["outcome"]["n"], kept["found"]) == (5_232, 5_240, 5_232)
    assert kept["performance"] == pytest.approx(100 * 4_888 / 5_232)
    with gzip.open(olist / "order_reviews.csv.gz", "rt", encoding="utf-8") as opened:
        score = {}
        for row in csv.DictReader(opened):
            score.setdefault(row["order_id"], []).append(float(row["review_score"]))
    pairs = []
    with gzip.open(olist / "orders.csv.gz", "rt", encoding="utf-8") as opened:
        for row in csv.DictReader(opened):
            days = row["order_delivered_customer_date"][:10], row["order_estimated_delivery_date"][:10]
            if row["order_status"] == "delivered" and all(days):
                pairs += [(float(days[0] <= days[1]), each) for each in score.get(row["order_id"], [])]
    data = np.array(pairs)
    assert found["r2"] == pytest.approx(np.corrcoef(data.T)[0, 1] ** 2, abs=1e-9)
    assert kept["johnson"] == kept["lmg"] == pytest.approx(found["r2"])
    assert kept["coefficient"] > 0
    assert 0 < kept["ci"][0] < kept["ci"][1] < 1
