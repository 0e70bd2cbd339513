"""From requests of the inbox to one batch for the store: column by column, not message by message."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import md5
from itertools import repeat
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa

from polku.capture.enrichment.enricher import Enricher
from polku.capture.enrichment.personal import is_plain, looks_personal
from polku.capture.enrichment.scrubbing import MASK
from polku.capture.enrichment.user_agents import Agent
from polku.capture.loader.identity import links, owner
from polku.capture.messages import Envelope, Message
from polku.eventstore.streams import (
    STREAM_COUNTS,
    STREAM_EVENTS,
    STREAM_LINKS,
    STREAM_ORDERS,
    STREAM_REJECTED,
    STREAM_TRAITS,
    IdKind,
    InboxPlace,
    StreamBatch,
)
from polku.jobs.giving_way import give_way

_HOUR = 3_600_000_000  # microseconds
_ADDED = ("device_type", "browser", "os", "country", "time_is_receipt")
_ONE_OF_THEM = re.compile(rb'"(?:' + "|".join(_ADDED).encode() + rb')"\s*:')
_ORDERED = "Order Completed"
_SEARCHED = "Products Searched"
_TELLS_MORE = frozenset({_ORDERED, "Order Updated"})
"""Events whose properties describe the order; those of a refund describe the refund."""

_STEP = 500
"""Events between two looks at whether somebody waits for a page: a millisecond."""

_encode = msgspec.json.Encoder().encode
_object = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


@dataclass(frozen=True)
class _Kept:
    """Messages, the envelope and the user agent of each ("" where none is known), and what user agents mean."""

    messages: list[Message]
    senders: list[Envelope]
    user_agents: list[str]
    agents: dict[str, Agent]

    def of(self, rows: Sequence[int]) -> _Kept:
        return _Kept(
            [self.messages[row] for row in rows],
            [self.senders[row] for row in rows],
            [self.user_agents[row] for row in rows],
            self.agents,
        )

    def events(self) -> _Kept:
        return self.of([row for row, message in enumerate(self.messages) if message.kind == "event"])


def build_batch(
    envelopes: Sequence[Envelope],
    enricher: Enricher,
    *,
    place: InboxPlace | None,
    received: datetime,
    replayed: Sequence[str] = (),
) -> StreamBatch:
    """The batch of one workspace's requests in order of receipt.

    `place` is that of the last of them in the inbox, `received` when it came in. Messages of bots are left out and
    counted.
    """
    counts = Counter[tuple[int, str, str]]()
    kept = _people_only(envelopes, enricher, counts)
    messages = kept.messages
    seen = kept.events()
    give_way()
    events, senders = seen.messages, seen.senders
    properties = _properties(seen)
    for envelope in envelopes:
        for reason, count in envelope.dropped.items():
            counts[_hour(envelope), envelope.origin, reason] += count
    return StreamBatch(
        events=_events(events, senders, properties, enricher),
        links=_links(messages),
        traits=_traits(messages),
        orders=_orders(events, properties),
        rejected=_rejected(envelopes),
        counts=_table(
            STREAM_COUNTS, [(hour, origin, reason, count) for (hour, origin, reason), count in counts.items()]
        ),
        received=received,
        place=place,
        replayed=replayed,
    )


def message_ids(sent: Sequence[str]) -> pa.Array:
    """The ids of events in the store, 32 hex digits each; without the sender's own a random one."""
    digests = [
        md5(text.encode(), usedforsecurity=False).digest() if text else os.urandom(16) for text in sent
    ]
    # One text of all digits, cut by offsets: a tenth of the work of as many Python texts.
    digits = b"".join(digests).hex().encode()
    offsets = np.arange(len(sent) + 1, dtype=np.int32) * 32
    return pa.Array.from_buffers(pa.string(), len(sent), [None, pa.py_buffer(offsets), pa.py_buffer(digits)])


def _people_only(
    envelopes: Sequence[Envelope], enricher: Enricher, counts: Counter[tuple[int, str, str]]
) -> _Kept:
    """What no bot sent; the rest is counted."""
    messages = [message for envelope in envelopes for message in envelope.messages]
    senders = [envelope for envelope in envelopes for _ in repeat(None, len(envelope.messages))]
    texts = [
        envelope.user_agent if message.user_agent is None else message.user_agent
        for message, envelope in zip(messages, senders, strict=True)
    ]
    give_way()
    agents = enricher.agents(text for text in texts if text)
    every = _Kept(messages, senders, texts, agents)
    if not any(agent.is_bot for agent in agents.values()):
        return every
    kept: list[int] = []
    for number, text in enumerate(texts):
        agent, envelope = agents.get(text), senders[number]
        if agent is None or not agent.is_bot:
            kept.append(number)
        elif (
            agent.is_library and messages[number].user_agent is None and envelope.origin.startswith("matomo/")
        ):
            # A shop's own server hands Matomo's hits on, and its library says so; that is nobody's browser.
            texts[number] = ""
            kept.append(number)
        else:
            counts[_hour(envelope), envelope.origin, "bot"] += 1
    return every.of(kept)


def _events(
    events: Sequence[Message],
    senders: Sequence[Envelope],
    properties: Sequence[bytes | None],
    enricher: Enricher,
) -> pa.Table:
    give_way()
    urls, traffic = enricher.arrivals(
        [event.url for event in events],
        [event.referrer for event in events],
        [event.campaign for event in events],
    )
    give_way()
    ids = message_ids([event.id for event in events])
    give_way()
    columns: dict[str, Any] = {
        "message_id": ids,
        "name": [event.name for event in events],
        "time": [
            envelope.received if event.time is None else event.time
            for event, envelope in zip(events, senders, strict=True)
        ],
        "user": [event.user for event in events],
        "user_kind": [None if event.user is None else event.user_kind for event in events],
        "device": [event.device for event in events],
        "device_kind": [None if event.device is None else event.device_kind for event in events],
        "order": [event.order for event in events],
        "channel": [event.channel for event in events],
        "url": urls,
        "value": [event.value for event in events],
        "properties": pa.array(properties, pa.binary()).cast(pa.string()),
        "traffic": traffic,
        "origin": [envelope.origin for envelope in senders],
    }
    arrays = []
    for name, values in columns.items():
        give_way()
        arrays.append(
            values if isinstance(values, pa.Array) else pa.array(values, STREAM_EVENTS.field(name).type)
        )
    return pa.table(arrays, schema=STREAM_EVENTS)


def _properties(seen: _Kept) -> list[bytes | None]:
    """Each event's JSON object with what enrichment adds in front. What the sender says by the same name wins."""
    beginnings: dict[tuple[str, str, bool], bytes] = {}
    written: list[bytes | None] = []
    for event, envelope, text in zip(seen.messages, seen.senders, seen.user_agents, strict=True):
        if not len(written) % _STEP:
            give_way()
        key = (text, envelope.country, event.time_is_receipt)
        beginning = beginnings.get(key)
        if beginning is None:
            agent = seen.agents.get(text)
            beginning = beginnings[key] = _beginning(agent, envelope.country, event.time_is_receipt)
        own = event.properties
        if event.name == _SEARCHED:
            own = _without_personal_query(own)
        if len(own) <= 2:
            written.append(beginning + b"}" if beginning else None)
        elif not beginning:
            written.append(own)
        elif _ONE_OF_THEM.search(own):
            written.append(_merged(beginning, own))
        else:
            written.append(b"%b,%b" % (beginning, own[1:]))
    return written


def _beginning(agent: Agent | None, country: str, time_is_receipt: bool) -> bytes:
    """A JSON object without its closing brace, or nothing where nothing is known."""
    values = (
        agent.device_type if agent else "",
        agent.browser if agent else "",
        agent.os if agent else "",
        country,
        "true" if time_is_receipt else "",
    )
    known = {name: value for name, value in zip(_ADDED, values, strict=True) if value}
    return _encode(known)[:-1] if known else b""


def _without_personal_query(own: bytes) -> bytes:
    """People type their e-mail address into the search box too."""
    if b'"query"' not in own:
        return own
    values = _object(own)
    query = values.get("query")
    if query is None or is_plain(text := bytes(query).decode()) or not looks_personal(text):
        return own
    return _encode({**values, "query": MASK})


def _merged(beginning: bytes, own: bytes) -> bytes:
    return _encode({**_object(beginning + b"}"), **_object(own)})


def _links(messages: Sequence[Message]) -> pa.Table:
    found: list[tuple[Any, ...]] = []
    position = 0
    for message in messages:
        if message.kind == "event":
            if message.email is not None or message.phone is not None or message.loyalty is not None:
                found.extend((position, *link, message.time) for link in links(message))
            position += 1
        else:
            found.extend((position, *link, message.time) for link in links(message))
    return _table(STREAM_LINKS, found)


def _traits(messages: Sequence[Message]) -> pa.Table:
    found: list[tuple[str, str, str]] = []
    for message in messages:
        if len(message.traits) > 2:
            about = owner(message)
            if about is not None and about[1] != IdKind.COOKIELESS:
                found.append((*about, message.traits.decode()))
    return _table(STREAM_TRAITS, found)


def _orders(events: Sequence[Message], properties: Sequence[bytes | None]) -> pa.Table:
    found: list[tuple[Any, ...]] = []
    for row, event in enumerate(events):
        if event.order is None or event.order_status is None:
            continue
        said = properties[row] if event.name in _TELLS_MORE else None
        found.append(
            (
                row,
                event.order,
                event.time if event.name == _ORDERED else None,
                event.order_value,
                event.order_status or None,
                event.channel,
                said.decode() if said else None,
            )
        )
    return _table(STREAM_ORDERS, found)


def _rejected(envelopes: Sequence[Envelope]) -> pa.Table:
    return _table(
        STREAM_REJECTED,
        [
            (
                row.id,
                envelope.received,
                envelope.origin,
                row.reason,
                row.detail,
                row.raw,
                _encode(_context(envelope, row.context)).decode(),
            )
            for envelope in envelopes
            for row in envelope.rejected
        ],
    )


def _context(envelope: Envelope, own: dict[str, str | int]) -> dict[str, Any]:
    """What a replay needs beside the raw text."""
    return {
        "protocol": envelope.protocol,
        "received": envelope.received,
        "user_agent": envelope.user_agent,
        "country": envelope.country,
        "own": own,
    }


def _hour(envelope: Envelope) -> int:
    return envelope.received // _HOUR * _HOUR


def _table(schema: pa.Schema, rows: Sequence[tuple[Any, ...]]) -> pa.Table:
    columns = zip(*rows, strict=True) if rows else ((),) * len(schema)
    return pa.table(
        [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)], schema=schema
    )
