"""Public files as they are: recognised without a word of help, and staged with the counts that are known of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from polku.capture.imports import stage
from polku.capture.imports.recognition import inspect

EXPECTED = {
    "olist/orders.csv.gz": [("orders", 8135), ("events", 8135 + 7989 + 6353 + 5170)],
    "olist/order_reviews.csv.gz": [("scores", 8225)],
    "olist/order_items.csv.gz": [("orders", 8365)],
    "planted_stories/ecom.csv.gz": [("events", 31_106)],
    "eventlogs/helpdesk.csv.gz": [("events", 13_710)],
    "churn/ibm_telco_churn.csv.gz": [("people", 7043)],
}


@pytest.mark.parametrize("name", EXPECTED)
def test_public_files_are_recognised(name: str, real_data: Path, tmp_path: Path) -> None:
    (found,) = inspect(real_data / name, timezone="UTC", answers={"scale:review_score": "csat 1-5"})
    assert found.questions == ()
    counts = []
    for mapping in found.mappings:
        staged = stage(
            mapping.kind,
            real_data / name,
            mapping.options,
            timezone=mapping.timezone,
            folder=tmp_path,
            rejected_folder=tmp_path,
            reading=mapping.reading,
            month_first=mapping.month_first,
            decimal=mapping.decimal,
        )
        assert staged.rejected == 0
        counts.append((mapping.kind, staged.accepted))
    assert counts == EXPECTED[name]
