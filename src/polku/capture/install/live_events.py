"""The events that websites send right now, in words, and what was left out meanwhile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import msgspec
from django.utils.translation import gettext as _

from polku.accounts.models import Workspace
from polku.capture.queries import utc_now
from polku.capture.reason_words import ReasonWords, describe
from polku.capture.sources.origins import Origin
from polku.eventstore.port import SignalKind
from polku.eventstore.registry import store
from polku.eventstore.streams import IdKind
from polku.people.event_words import event_sentence
from polku.people.names import name_person, read_traits
from polku.people.property_names import value_name
from polku.site.formats import Reader

SHOWN = 12
_LATELY = timedelta(hours=1)
_SOURCES = 5  # as many websites, the ones heard last
_NAMELESS = {IdKind.DEVICE, IdKind.COOKIELESS}
_KNOWN_BY_THEMSELVES = ("accepted", "repeated", "rejected")


@dataclass(frozen=True)
class LiveEvent:
    """One event as the page shows it. `person` is the number of its person, `is_known` whether anything but a
    device names them."""

    arrival: int
    clock: str
    sentence: str
    name: str
    page: str
    device: str
    person: int
    called: str
    is_known: bool


@dataclass(frozen=True)
class Live:
    """`is_fresh`: the newest event happened within the last hour. `left_out`: what came within it and was dropped,
    by reason. `token` changes whenever anything new came."""

    events: Sequence[LiveEvent]
    is_fresh: bool
    left_out: Sequence[tuple[ReasonWords, int]]
    rejected: Sequence[str]
    token: str


def live_events(workspace: Workspace, *, key: int | None, reader: Reader, seen: str = "") -> Live | None:
    """The newest events of the website with write key `key`, or of all websites; None where `seen` is their token:
    who did it is looked up only for what will be shown. Raises StoreError."""
    origins = _origins(workspace, key)
    rows = [row for origin in origins for row in _newest(workspace, origin)]
    rows.sort(key=lambda row: row["arrival"], reverse=True)
    hour_ago = utc_now() - _LATELY
    left_out = _left_out(workspace, origins, since=hour_ago)
    rejected = [origin for origin in origins if store().rejected(workspace.key.hex, origin=origin, limit=1)]
    newest = rows[0]["arrival"] if rows else 0
    token = f"{newest}-{sum(count for _words, count in left_out)}-{len(rejected)}"
    if token == seen:
        return None
    people = _People(workspace)
    return Live(
        events=[_event(row, people, reader) for row in rows[:SHOWN]],
        is_fresh=any(row["time"] > hour_ago for row in rows[:1]),
        left_out=left_out,
        rejected=rejected,
        token=token,
    )


def _origins(workspace: Workspace, key: int | None) -> list[str]:
    if key is not None:
        return [f"tracker/{key}"]
    found = [state.origin for state in store().sources(workspace.key.hex)]
    return [origin for origin in found if Origin(origin).kind == "tracker"][:_SOURCES]


def _newest(workspace: Workspace, origin: str) -> list[dict[str, Any]]:
    table = store().recent(workspace.key.hex, origin=origin, limit=2 * SHOWN)
    return [row for row in table.to_pylist() if row["kind"] == SignalKind.EVENT]


def _left_out(
    workspace: Workspace, origins: Sequence[str], *, since: datetime
) -> list[tuple[ReasonWords, int]]:
    counts: dict[str, int] = {}
    for row in store().source_counts(workspace.key.hex, since).to_pylist():
        if row["origin"] in origins and row["reason"] not in _KNOWN_BY_THEMSELVES:
            counts[row["reason"]] = counts.get(row["reason"], 0) + row["count"]
    return [(describe(reason), count) for reason, count in sorted(counts.items())]


class _People:
    """What people are called, each asked for once."""

    def __init__(self, workspace: Workspace) -> None:
        self._key = workspace.key.hex
        self._known: dict[int, tuple[str, bool]] = {}

    def __getitem__(self, person: int) -> tuple[str, bool]:
        if person not in self._known:
            self._known[person] = self._ask(person)
        return self._known[person]

    def _ask(self, person: int) -> tuple[str, bool]:
        identities = store().identities(self._key, person)
        traits = store().people(self._key, [person]).column("traits").to_pylist()
        kinds = [identity.kind for identity in identities]
        if set(kinds) == {IdKind.COOKIELESS}:
            return _("Visitor without cookies"), False
        named = name_person(
            read_traits(traits[0] if traits else None), [identity.alias for identity in identities], kinds
        )
        return named.text, any(kind not in _NAMELESS for kind in kinds)


def _event(row: Mapping[str, Any], people: _People, reader: Reader) -> LiveEvent:
    properties = _properties(row["properties"])
    called, is_known = people[row["person"]]
    return LiveEvent(
        arrival=row["arrival"],
        clock=_clock(reader.local(row["time"]), reader),
        sentence=event_sentence(row["name"], properties),
        name=row["name"],
        page=_page(row["url"]),
        device=_device(properties),
        person=row["person"],
        called=called,
        is_known=is_known,
    )


def _properties(text: str | None) -> dict[str, Any]:
    try:
        read = msgspec.json.decode(text or "{}")
    except msgspec.DecodeError:
        return {}
    return read if isinstance(read, dict) else {}


def _clock(moment: datetime, reader: Reader) -> str:
    """With seconds, because somebody waits for it; with its day where that is not today."""
    clock = f"{moment:%-H.%M.%S}" if reader.language == "fi" else f"{moment:%-H:%M:%S}"
    is_today = moment.date() == reader.local(utc_now()).date()
    return clock if is_today else f"{reader.day(moment)} {clock}"


def _page(url: str | None) -> str:
    parts = urlsplit(url or "")
    return (parts.path or "/") + (f"#{parts.fragment}" if parts.fragment else "") if url else ""


def _device(properties: Mapping[str, Any]) -> str:
    machine = properties.get("device_type")
    parts = [
        value_name("device_type", machine) if isinstance(machine, str) else "",
        properties.get("browser"),
    ]
    return " · ".join(part for part in parts if isinstance(part, str) and part)
