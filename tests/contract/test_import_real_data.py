"""Public data through staging, loading and queries: the numbers that were counted from the files by other means."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import pytest
from django_scopes import scope

from polku.accounts.models import Workspace
from polku.analytics import run
from polku.capture.imports import ImportOptions, load, stage, staging_folder
from polku.eventstore.port import Scope
from polku.jobs.queue import work_off
from polku.journeys.domain import add_binding, add_stage, add_touchpoint, create_journey

pytestmark = [pytest.mark.contract, pytest.mark.django_db]

STEPS = {
    "order_purchase_timestamp": "purchase",
    "order_approved_at": "approved",
    "order_delivered_carrier_date": "handed to carrier",
    "order_delivered_customer_date": "delivered",
}
EVENTS = ImportOptions(
    person="customer_id", order="order_id", wide=tuple(f"{column}={event}" for column, event in STEPS.items())
)
REVIEWS = ImportOptions(
    order="order_id",
    metric="csat",
    scale=(1, 5),
    score="review_score",
    time="review_answer_timestamp",
    comment="review_comment_message",
    id=("review_id", "order_id"),
)
ORDERS = ImportOptions(
    id=("order_id",),
    person="customer_id",
    time="order_purchase_timestamp",
    status="order_status",
    promised="order_estimated_delivery_date",
    delivered="order_delivered_customer_date",
)
ITEMS = ImportOptions(id=("order_id",), value="price", lines=True)
CUSTOMERS = ImportOptions(
    person="customer_unique_id", aliases=("customer_id",), properties=("customer_state",)
)
TICKETS = ImportOptions(person="CaseID", event="ActivityID", time="CompleteTimestamp")
CLICKS = ImportOptions(
    person="user_id", session="session_id", event="event", time="timestamp", channel="platform"
)


@pytest.fixture
def bring(workspace: Workspace, tmp_path: Path):
    """Imports a file into the workspace; returns the command's result."""

    def bring_in(kind, file, options):
        with staging_folder(tmp_path) as folder:
            staged = stage(
                kind,
                file,
                options,
                timezone="America/Sao_Paulo",
                folder=folder,
                rejected_folder=tmp_path / "rejected",
            )
            return load(workspace, staged)

    return bring_in


def lines_of(file: Path) -> list[bytes]:
    return gzip.decompress(file.read_bytes()).splitlines(keepends=True)


def reversed_copy(file: Path, folder: Path) -> Path:
    """The same rows from the last to the first; only for files without quoted newlines."""
    header, *rows = lines_of(file)
    copy = folder / f"reversed-{file.stem}"
    copy.write_bytes(header + b"".join(reversed(rows)))
    return copy


def funnel(workspace: Workspace) -> list[int]:
    steps = [{"event": event} for event in STEPS.values()]
    answer = run(workspace, {"kind": "funnel", "steps": steps, "unit": "order", "order": "ordered"})
    return [step["count"] for step in answer["steps"]]


def event_counts(workspace: Workspace, events: list[str]) -> list[int]:
    counts = []
    for event in events:
        query = {"kind": "trend", "select": {"event": event}, "interval": "month", "measure": "events"}
        counts.append(sum(point["value"] for point in run(workspace, query)["points"]))
    return counts


def test_olist_gives_the_published_numbers(workspace, bring, real_data):
    olist = real_data / "olist"
    files = [
        ("orders", olist / "orders.csv.gz", ORDERS),
        ("events", olist / "orders.csv.gz", EVENTS),
        ("scores", olist / "order_reviews.csv.gz", REVIEWS),
        ("orders", olist / "order_items.csv.gz", ITEMS),
        ("people", olist / "customers.csv.gz", CUSTOMERS),
    ]
    results = [bring(*file) for file in files]
    assert [result["rows"] for result in results] == [8135, 8135 + 7989 + 6353 + 5170, 8225, 8365, 8135]
    assert all(result["rejected"] == 0 and result["rejected_file"] is None for result in results)
    assert all(result["accepted"] + result["known"] == result["rows"] for result in results[1:3])
    assert results[1]["joined"] == results[1]["rows"]
    assert results[2]["joined"] == 8225
    assert event_counts(workspace, list(STEPS.values())) == [8135, 7989, 6353, 5170]
    assert funnel(workspace) == [8135, 7989, 6276, 5099]

    (group,) = run(workspace, {"kind": "score", "metric": "csat"})["groups"]
    assert (group["n"], round(group["mean"], 4), round(group["value"], 4)) == (8225, 3.2716, 0.5517)

    kept = run(
        workspace,
        {
            "kind": "score",
            "metric": "csat",
            "group_by": ["order.on_time"],
            "where": [{"property": "order.status", "op": "eq", "value": "delivered"}],
        },
    )
    groups = {str(group["key"].get("order.on_time")).lower(): group for group in kept["groups"]}
    assert (groups["false"]["n"], round(groups["false"]["mean"], 4)) == (344, 2.1744)
    assert (groups["true"]["n"], round(groups["true"]["mean"], 4)) == (4888, 4.2754)

    again = [bring(*file) for file in files]
    assert [result["accepted"] for result in again] == [0, 0, 0, 0, 0]
    assert [result["known"] for result in again] == [result["rows"] for result in results]
    assert funnel(workspace) == [8135, 7989, 6276, 5099]
    assert run(workspace, {"kind": "score", "metric": "csat"})["groups"][0]["n"] == 8225


def test_two_overlapping_halves_add_up(workspace, bring, real_data, tmp_path):
    header, *rows = lines_of(real_data / "olist" / "orders.csv.gz")
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    first.write_bytes(header + b"".join(rows[:5000]))
    second.write_bytes(header + b"".join(rows[3000:]))
    one, two = bring("events", first, EVENTS), bring("events", second, EVENTS)
    assert one["accepted"] + two["accepted"] == 8135 + 7989 + 6353 + 5170
    assert two["known"] > 2000
    assert event_counts(workspace, list(STEPS.values())) == [8135, 7989, 6353, 5170]


def test_a_cell_filled_in_later_adds_one_event(workspace, bring, tmp_path):
    file = tmp_path / "orders.csv"
    file.write_text("order,paid,sent\n1,2024-03-01 10:00:00,\n2,2024-03-01 11:00:00,\n")
    options = ImportOptions(order="order", wide=("paid=Paid", "sent=Sent"))
    assert bring("events", file, options)["accepted"] == 2
    file.write_text("order,paid,sent\n1,2024-03-01 10:00:00,\n2,2024-03-01 11:00:00,2024-03-02 09:00:00\n")
    result = bring("events", file, options)
    assert (result["accepted"], result["known"]) == (1, 2)


@pytest.mark.parametrize(
    ("folder", "name", "options", "rows", "ties"),
    [("eventlogs", "helpdesk", TICKETS, 13710, 182), ("planted_stories", "ecom", CLICKS, 31106, 325)],
)
def test_equal_rows_stay_and_row_order_does_not_matter(
    workspace, bring, real_data, tmp_path, folder, name, options, rows, ties
):
    file = real_data / folder / f"{name}.csv.gz"
    result = bring("events", file, options)
    assert (result["accepted"], result["ties"]) == (rows, ties)
    backwards = bring("events", reversed_copy(file, tmp_path), options)
    assert (backwards["accepted"], backwards["known"], backwards["ties"]) == (0, rows, ties)


def test_a_reversed_copy_gives_the_same_answers(workspace, bring, real_data, tmp_path):
    copy = reversed_copy(real_data / "olist" / "orders.csv.gz", tmp_path)
    bring("events", copy, EVENTS)
    assert event_counts(workspace, list(STEPS.values())) == [8135, 7989, 6353, 5170]
    assert funnel(workspace) == [8135, 7989, 6276, 5099]


def test_comments_survive_as_they_were_written(workspace, bring, real_data, store):
    reviews = real_data / "olist" / "order_reviews.csv.gz"
    with gzip.open(reviews, "rt", encoding="utf-8", newline="") as handle:
        written = [row["review_comment_message"] for row in csv.DictReader(handle)]
    said = sorted(text for text in written if text.strip())
    assert sum("\n" in text for text in said) > 400
    assert bring("scores", reviews, REVIEWS)["accepted"] == 8225
    with scope(workspace=workspace):
        stage_ = add_stage(journey=create_journey(workspace=workspace, name="Compra"), name="Depois")
        touchpoint = add_touchpoint(stage=stage_, name="Avaliação")
        add_binding(touchpoint=touchpoint, kind="score", names=["csat"])
    work_off()
    kept = store.comments(workspace.key.hex, Scope(), touchpoint.pk, limit=10_000)
    assert sorted(kept.column("text").to_pylist()) == said
