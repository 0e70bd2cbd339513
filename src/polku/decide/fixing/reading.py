"""What a page of the list is made from: the document that was counted last, and what people did about it since."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language

from polku.accounts.models import Workspace
from polku.decide.losing.queries import Losses, losses
from polku.journeys.acting import work_by_pain
from polku.journeys.models import Action, Journey
from polku.site.formats import Reader

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Listed:
    """`work` is by the key of the pain: who does what about it."""

    journey: Journey
    losses: Losses
    work: Mapping[str, Action]
    reader: Reader

    @property
    def document(self) -> Record | None:
        """None where nothing has been counted yet."""
        return self.losses.document

    @property
    def rows(self) -> list[Record]:
        return list(self.document["rows"]) if self.document else []

    def row(self, key: str) -> Record | None:
        """The row of this key; None where there is none, or none any more."""
        return next((row for row in self.rows if row["key"] == key), None)


def reader_of(workspace: Workspace) -> Reader:
    return Reader((get_language() or "fi")[:2], workspace.currency, workspace.timezone)


def read_list(workspace: Workspace, journey: Journey, reader: Reader | None = None) -> Listed:
    """Inside the workspace's scope. Counts nothing: a newer list is counted in the background."""
    return Listed(
        journey=journey,
        losses=losses(workspace, journey),
        work=work_by_pain(journey),
        reader=reader or reader_of(workspace),
    )


def range_of(document: Record | None) -> dict[str, str] | None:
    """The document's period as the Query object has it, which leaves the day of "to" out; None without one."""
    period = document["period"] if document else None
    if not period:
        return None
    behind = dt.date.fromisoformat(period["to"]) + dt.timedelta(days=1)
    return {"from": period["from"], "to": behind.isoformat()}


def day_of(text: Any, reader: Reader) -> str:
    """A day of the document, or the day of its moment, in the workspace's time; "" for none."""
    if not text:
        return ""
    moment = text if isinstance(text, dt.datetime) else dt.datetime.fromisoformat(str(text))
    if isinstance(text, str) and len(text) <= 10:
        return reader.day(moment.date(), year=True)
    return reader.day(reader.local(moment).date(), year=True)
