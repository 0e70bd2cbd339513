"""What rooms tell the event store of what happened in the relational one.

Both stores cannot be written in one transaction. So whoever changes an answer writes a row here with the change; it is
brought to the event store afterwards, as often as it takes, and removed only when it is there. Every signal has a
`message_id` that follows from what it tells, so that a row that is brought twice changes nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db import transaction

from polku.outbox.models import News

wake = threading.Event()
"""Set when news was kept in this process; whoever drains waits for it, and looks now and then for what others kept."""


@dataclass(frozen=True)
class Signal:
    """A signal as `eventstore.port.SIGNAL_BATCH` wants it; `kind` is a SignalKind's number, `time` microseconds since
    1970 (UTC), `person_kind` an IdKind."""

    message_id: str  # 32 hex digits
    kind: int
    name: str
    time: int
    person: str | None = None
    person_kind: str | None = None
    order: str | None = None
    channel: str | None = None
    url: str | None = None
    value: float | None = None
    score: float | None = None
    scale_low: float | None = None
    scale_high: float | None = None
    text: str | None = None
    properties: dict[str, str] = field(default_factory=dict)


def tell(
    *, workspace_id: int, origin: str, signals: Sequence[Signal] = (), withdrawn: Sequence[str] = ()
) -> None:
    """Keep, in the caller's transaction, what the event store is to hear: signals, and the message ids of those taken
    back. News of a workspace is brought in the order in which it was kept. `origin` names the source (`survey`)."""
    if not signals and not withdrawn:
        return
    payload: dict[str, Any] = {
        "origin": origin,
        "signals": [asdict(signal) for signal in signals],
        "withdrawn": list(withdrawn),
    }
    News.objects.create(workspace_id=workspace_id, payload=payload)
    transaction.on_commit(wake.set)


def told(row: News) -> tuple[str, list[Signal], list[str]]:
    """(origin, signals, withdrawn) of a row."""
    payload = row.payload
    return payload["origin"], [Signal(**each) for each in payload["signals"]], list(payload["withdrawn"])
