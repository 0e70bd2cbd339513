"""A workspace with a write key, and what came by it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from django_scopes import scope

from polku.accounts import domain as accounts
from polku.accounts.models import AuditEntry
from polku.capture.sources import alarms
from polku.eventstore.streams import InboxPlace
from tests.eventstore.streaming import digest, stream_batch

BROKEN = '{"type":"track","event":"Tilaus <b>","userId":"asiakas-7","anonymousId":"laite-1"'

CONTEXT = json.dumps({"protocol": "segment", "received": 1_760_000_000_000_000, "own": {}})


def utc(**back) -> datetime:
    return (datetime.now(UTC) - timedelta(**back)).replace(tzinfo=None)


class Shop:
    """A workspace with a write key and what came by it."""

    def __init__(self, workspace, store) -> None:
        self.workspace, self.store = workspace, store
        self.key, _text = accounts.create_api_key(
            workspace=workspace, kind="write", name="Verkkokauppa", actor=None
        )
        self.origin = f"segment/{self.key.pk}"
        self.path = f"/w/{workspace.slug}/sources/segment-{self.key.pk}/"
        self._row = 0

    def receive(self, *, origin="", events=1, drops=(), bad=(), detail="", **back) -> None:
        """So many events, drops of (reason, count) and rows of (reason, raw) with this detail, received so long ago."""
        self._row += 1
        at, origin = utc(**back), origin or self.origin
        batch = stream_batch(
            [
                {"id": f"{self._row}-{number}", "user": "asiakas-1", "origin": origin, "time": at}
                for number in range(events)
            ],
            counts=[
                {
                    "hour": at.replace(minute=0, second=0, microsecond=0),
                    "origin": origin,
                    "reason": r,
                    "count": n,
                }
                for r, n in drops
            ],
            rejected=[
                {
                    "id": digest(raw),
                    "received": at + timedelta(microseconds=number),
                    "origin": origin,
                    "reason": reason,
                    "detail": detail or f"detail of {reason}",
                    "raw": raw,
                    "context": CONTEXT,
                }
                for number, (reason, raw) in enumerate(bad)
            ],
            received=at,
            place=InboxPlace(1, self._row),
        )
        self.store.load_stream(self.workspace.key.hex, batch, rules=[])
        alarms.forget(self.workspace)

    def audit(self) -> list[tuple[str, dict]]:
        with scope(workspace=self.workspace):
            found = AuditEntry.objects.exclude(action="api_key.created").order_by("pk")
            return [(entry.action, entry.details) for entry in found]

    def waiting(self) -> list[str]:
        return [row.raw for row in self.store.rejected(self.workspace.key.hex, origin=self.origin)]
