"""A small shop for the tests of moments: signals that arrive, a survey that is open, moments that are on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from itertools import count
from typing import Any

import pyarrow as pa

from polku.accounts.models import Workspace
from polku.eventstore.port import ORDER_BATCH, PERSON_BATCH, SIGNAL_BATCH
from polku.surveys.domain import create_survey, publish_survey
from polku.surveys.models import Moment, Survey
from polku.surveys.moments.domain import Terms, create_moment, switch_moment

_numbers = count(1)
DELIVERED = {"event": "Order Delivered"}


def arrive(store, workspace: Workspace, *rows: Mapping[str, Any]) -> None:
    """Signals; each needs `person` and `time` (naive UTC)."""
    plain = {"kind": 1, "name": "Order Delivered"}
    filled = [plain | {"message_id": f"{next(_numbers):032x}"} | dict(row) for row in rows]
    store.load_signals(
        workspace.key.hex, pa.Table.from_pylist(filled, schema=SIGNAL_BATCH), rules=[], origin="import/events"
    )


def know(store, workspace: Workspace, *rows: Mapping[str, Any]) -> None:
    """People: `person`, `aliases`, `properties` (JSON)."""
    store.load_people(workspace.key.hex, pa.Table.from_pylist(list(rows), schema=PERSON_BATCH), rules=[])


def order(store, workspace: Workspace, *rows: Mapping[str, Any]) -> None:
    filled = [{"message_id": f"{next(_numbers):032x}"} | dict(row) for row in rows]
    store.load_orders(workspace.key.hex, pa.Table.from_pylist(filled, schema=ORDER_BATCH), rules=[])


def open_survey(workspace: Workspace, template: str = "nps") -> Survey:
    survey = create_survey(workspace=workspace, template=template)
    publish_survey(survey=survey)
    survey.refresh_from_db()
    return survey


def moment_on(survey: Survey, *, since: datetime | None = None, **terms: Any) -> Moment:
    """A moment that is on; `since` lets it have begun earlier."""
    made = create_moment(
        survey=survey,
        name="Toimituksen jälkeen",
        terms=Terms(**{"trigger": DELIVERED, "hours_from": 0, "hours_to": 24, "not_within_days": 0} | terms),
        actor=None,
    )
    switch_moment(moment=made, is_on=True, actor=None)
    if since is not None:
        Moment.objects.filter(pk=made.pk).update(begun_at=since)
        made.refresh_from_db()
    return made
