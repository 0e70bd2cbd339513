"""Rejected rows once more: what was mended since becomes signals, the rest stays with the reason of today."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from polku.capture import pipeline, protocols
from polku.capture.details import Sentence, detail
from polku.capture.enrichment.enricher import Enricher
from polku.capture.loader.reading import INBOX, UNKNOWN_ORIGIN, envelope_again
from polku.capture.loader.tables import build_batch
from polku.capture.messages import Envelope, RejectedMessage
from polku.capture.protocols import Decoded
from polku.eventstore.registry import hit_rules, store
from polku.eventstore.streams import RejectedRow

PORTION = 500
"""Rows of one transaction."""


class _Context(msgspec.Struct):
    """What stands beside the raw text in the store (`loader.tables`). An older program may have written less."""

    protocol: str = ""
    received: int | None = None
    user_agent: str = ""
    country: str = ""
    own: dict[str, str | int] = {}


_context = msgspec.json.Decoder(_Context).decode


def replay(workspace: str, *, ids: Sequence[str] | None = None) -> dict[str, Any]:
    """Take rejected rows of the workspace (its key) in again: those of `ids`, or all.

    Returns {"replayed", "accepted", "repeated", "left_out", "still_rejected", "rows"}: how many rows were tried, how
    many events are new, known and dropped on purpose, and of each row that still fails {"id", "reason", "detail"}.

    Side effects: each portion of 500 rows is one transaction of the store. A row that becomes a signal, or is dropped
    on purpose, waits no more; one that fails stays, with the new reason. An event without an id of its own gets one
    from its row, so doing this again adds nothing. Raises StoreError.
    """
    done = {"replayed": 0, "accepted": 0, "repeated": 0, "left_out": 0, "still_rejected": 0}
    still: list[dict[str, str]] = []
    enricher = Enricher()
    for portion in _portions(list(dict.fromkeys(ids)) if ids is not None else _all_ids(workspace)):
        rows = store().rejected(workspace, ids=portion, limit=len(portion))
        settled: list[str] = []
        envelopes: list[Envelope] = []
        for row in rows:
            envelope = _decoded_again(workspace, row)
            failed = [message for message in envelope.rejected if message.id == row.id]
            still += [{"id": row.id, "reason": each.reason, "detail": each.detail} for each in failed]
            if any((each.reason, each.detail) == (row.reason, row.detail) for each in failed):
                continue
            settled.append(row.id)
            envelopes.append(envelope)
        if envelopes:
            now = datetime.now(UTC).replace(tzinfo=None)
            batch = build_batch(envelopes, enricher, place=None, received=now, replayed=settled)
            loaded = store().load_stream(workspace, batch, rules=hit_rules(workspace))
            done["accepted"] += loaded.accepted
            done["repeated"] += loaded.repeated
            done["left_out"] += sum(batch.counts["count"].to_pylist())
        done["replayed"] += len(rows)
    done["still_rejected"] = len(still)
    return {**done, "rows": still}


def _portions(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for first in range(0, len(ids), PORTION):
        yield ids[first : first + PORTION]


def _all_ids(workspace: str) -> list[str]:
    ids: dict[str, None] = {}
    while True:
        rows = store().rejected(workspace, limit=PORTION, offset=len(ids))
        ids |= dict.fromkeys(row.id for row in rows)
        if len(rows) < PORTION:
            return list(ids)


def _decoded_again(workspace: str, row: RejectedRow) -> Envelope:
    """What the row is today: an envelope with its messages, or with the row itself, rejected for today's reason."""
    try:
        context = _context(row.context)
    except ValueError:
        context = _Context()
    received = context.received or int(row.received.replace(tzinfo=UTC).timestamp() * 1_000_000)
    again = Envelope(
        workspace, row.origin, context.protocol, received, context.user_agent, context.country, [], [], {}
    )
    if context.protocol == INBOX:
        _fill_from_inbox(again, row)
    else:
        _fill_from_protocol(again, row, context)
    for number, message in enumerate(again.messages):
        message.id = message.id or f"rejected {row.id} {number}"
        message.time = received if message.time is None else message.time
    return again


def _fill_from_protocol(again: Envelope, row: RejectedRow, context: _Context) -> None:
    protocol = protocols.named(context.protocol)
    if protocol is None:
        _keep(
            again, row, context, "unreadable", detail(Sentence.UNKNOWN_PROTOCOL, name=context.protocol[:50])
        )
        return
    decoded: Decoded = protocol.decode_one(row.raw, {"received": again.received, **context.own})
    visitor = context.own.get(pipeline.VISITOR)
    again.messages = pipeline.run(
        decoded, received=again.received, cookieless=(lambda: str(visitor)) if visitor else None
    )
    again.dropped = decoded.dropped
    if decoded.rejected:
        _keep(again, row, context, decoded.rejected[0].reason, decoded.rejected[0].detail)
    elif not (again.messages or decoded.dropped):
        _keep(again, row, context, "unreadable", detail(Sentence.NO_EVENT))


def _fill_from_inbox(again: Envelope, row: RejectedRow) -> None:
    """A whole request that could not be loaded, in the form that `reading.unreadable` keeps."""
    try:
        kept = envelope_again(row.raw)
    except (ValueError, RecursionError) as error:
        _keep(
            again,
            row,
            _Context(INBOX, again.received),
            "unreadable",
            detail(Sentence.NOT_FROM_INBOX, quote=error),
        )
        return
    again.origin = kept.origin if row.origin == UNKNOWN_ORIGIN else row.origin
    again.protocol, again.received = kept.protocol, kept.received
    again.user_agent, again.country = kept.user_agent, kept.country
    again.messages, again.rejected, again.dropped = kept.messages, kept.rejected, kept.dropped


def _keep(again: Envelope, row: RejectedRow, context: _Context, reason: str, why: str) -> None:
    again.messages = []
    again.rejected = [RejectedMessage(row.id, reason, why, row.raw, context.own)]
