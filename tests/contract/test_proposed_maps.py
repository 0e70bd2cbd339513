"""Maps proposed from public data are those that a person would draw, and catch what was counted by other means."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.utils import translation
from django_scopes import scope

from polku.accounts.models import Workspace
from polku.capture.imports import ImportOptions, load, stage, staging_folder
from polku.eventstore.port import Scope
from polku.jobs.queue import work_off
from polku.journeys.domain import create_proposed_journey
from polku.journeys.models import Touchpoint
from polku.journeys.proposing.choosing import first_choice
from polku.journeys.proposing.proposals import Proposal, propose

pytestmark = [pytest.mark.contract, pytest.mark.django_db]

CLICKS = ImportOptions(person="user_id", session="session_id", event="event", time="timestamp")
ORDERS = ImportOptions(
    id=("order_id",), person="customer_id", time="order_purchase_timestamp", status="order_status"
)
STEPS = ImportOptions(
    person="customer_id",
    order="order_id",
    wide=(
        "order_approved_at=approved",
        "order_delivered_carrier_date=handed to carrier",
        "order_delivered_customer_date=delivered",
    ),
)
REVIEWS = ImportOptions(
    order="order_id", metric="csat", scale=(1, 5), score="review_score", time="review_answer_timestamp",
    comment="review_comment_message", id=("review_id", "order_id"),
)  # fmt: skip


@pytest.fixture
def bring(workspace: Workspace, tmp_path: Path):
    def bring_in(kind, file, options):
        with staging_folder(tmp_path) as folder:
            staged = stage(
                kind, file, options, timezone="UTC", folder=folder, rejected_folder=tmp_path / "rejected"
            )
            load(workspace, staged)

    return bring_in


def drawn(proposal: Proposal) -> list[tuple[str, list[str]]]:
    """(stage, touchpoints proposed) in order."""
    return [
        (name, [draft.name for draft in proposal.drafts if draft.stage == key and draft.is_taken])
        for key, name in proposal.stages
    ]


def test_the_planted_stories_give_a_web_shops_map(workspace, store, bring, real_data):
    bring("events", real_data / "planted_stories/ecom.csv.gz", CLICKS)
    proposal = propose(workspace)
    assert drawn(proposal) == [
        ("Lähtötila", ["Kampanjasivu", "Etusivu"]),
        (
            "Ennen ostosta",
            ["Haku sivustolla", "Tuotteiden selailu", "Tuotteiden rajaaminen", "Tuotesivu",
             "Arvostelut ja vertailu", "Toivelista"],
        ),
        (
            "Ostotapahtuma",
            ["Ostoskori", "Toimitustavan valinta", "Maksu", "Epäonnistunut maksu", "Tilaus tehty",
             "Virhe sivustolla"],
        ),
        ("Oston jälkeen", ["Asiakaspalvelu", "Omat sivut"]),
    ]  # fmt: skip
    # Counted from the file with another program: add_to_cart 1,346 and cart 1,204; purchase 470.
    counted = {draft.key: draft.signals for draft in proposal.drafts}
    assert (counted["basket"], counted["order"], counted["product"]) == (2550, 470, 6851)
    assert sum(counted.values()) == 31_106
    assert proposal.drafts[0].bindings == [
        {"kind": "event", "names": ["promo_page"], "url": "", "channel": "", "where": []}
    ]


def test_olist_gives_a_map_of_orders_and_their_delivery(workspace, store, bring, real_data):
    olist = real_data / "olist"
    bring("orders", olist / "orders.csv.gz", ORDERS)
    with translation.override("en"):
        only_orders = drawn(propose(workspace))
    bring("events", olist / "orders.csv.gz", STEPS)
    bring("scores", olist / "order_reviews.csv.gz", REVIEWS)
    # Of orders alone only their last state is known.
    assert only_orders == [
        ("Ostotapahtuma", ["Tilaus tehty"]),
        ("Toimitus", ["Toimitus tai nouto", "Tilaus peruttu"]),
    ]
    proposal = propose(workspace)
    assert drawn(proposal) == [
        ("Ostotapahtuma", ["Tilaus tehty"]),
        (
            "Toimitus",
            ["Tilaus hyväksytty", "Luovutus kuljetukseen", "Toimitus tai nouto", "Tilaus peruttu"],
        ),
        ("Oston jälkeen", ["Palautekysely"]),
    ]
    assert {draft.key: draft.signals for draft in proposal.drafts} == {
        "order": 8135, "accepted": 7989, "shipped": 6353, "delivery": 5170, "cancellation": 625, "survey": 8225,
    }  # fmt: skip
    journey = create_proposed_journey(workspace=workspace, document=first_choice(proposal).document())
    work_off()
    with scope(workspace=workspace):
        points = list(
            Touchpoint.objects.filter(stage__journey=journey).order_by("stage__order_key", "order_key")
        )
    hits = [store.hits(workspace.key.hex, Scope(), [point.pk]).num_rows for point in points]
    assert hits == [8135, 7989, 6353, 5170, 625, 8225]


def test_names_that_nobody_knows_go_by_when_people_come_to_them(workspace, store, bring, real_data):
    tickets = ImportOptions(person="CaseID", event="ActivityID", time="CompleteTimestamp")
    bring("events", real_data / "eventlogs/helpdesk.csv.gz", tickets)
    # The most frequent way of the log is 1, 8, 6; activities of a handful of cases are only offered.
    proposal = propose(workspace)
    assert [draft.name for draft in proposal.drafts if draft.people > 1_000] == ["1", "8", "6"]
    assert [name for name, _points in drawn(proposal)] == ["Alku", "Matkan varrella", "Loppu"]
    offered = {draft.name for draft in proposal.drafts if not draft.is_taken}
    assert offered == {draft.name for draft in proposal.drafts if draft.people < 0.01 * 3_804}
