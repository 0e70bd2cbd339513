"""Amounts of marketing spend into the database."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
from django_scopes import scope

from polku.accounts.models import Workspace
from polku.analytics.spend import Spend, save_spend
from polku.eventstore.port import Loaded, Progress
from polku.eventstore.registry import store

_CENT = Decimal("0.01")


def load_spend(workspace: Workspace, batch: Path, progress: Progress | None) -> Loaded:
    """Keep the amounts of a batch of SPEND_BATCH; those that replace another are new."""
    rows = [
        Spend(
            day=row["day"],
            source=row["source"],
            medium=row["medium"],
            campaign=row["campaign"],
            amount=Decimal(row["amount"]).quantize(_CENT),
        )
        for row in pq.read_table(batch).to_pylist()
    ]
    with scope(workspace=workspace):
        saved = save_spend(workspace=workspace, rows=rows)
    accepted = saved.added + saved.replaced
    store().note_import(workspace.key.hex, origin="import/spend", accepted=accepted, known=saved.known)
    if progress:
        progress(1, 1)
    return Loaded(accepted=accepted, known=saved.known, joined=0, version=0)
