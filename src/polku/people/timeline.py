"""A person's signals as a page shows them: by day and visit, the newest first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any
from urllib.parse import urlsplit

import msgspec
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from polku.eventstore.port import SignalKind
from polku.people import timeline_sources
from polku.people.names import short_device
from polku.people.property_names import property_name, value_name
from polku.people.sentences import kind_name, sentence
from polku.people.timeline_sources import Feeling, TouchpointLink
from polku.site.formats import Reader

MARKS = {
    SignalKind.EVENT: "event",
    SignalKind.SCORE: "answer",
    SignalKind.CONTACT: "contact",
    SignalKind.ORDER: "order",
    SignalKind.COMMENT: "comment",
}
_SHOWN_OF_A_RUN = 5
_FOLDED_AT_LEAST = 3
_MOST_PROPERTIES = 40
_LONGEST_VALUE = 300
_TRAFFIC = ("traffic_channel", "traffic_source", "traffic_campaign")
_MACHINE = ("device_type", "device", "browser", "os")
_DEEPEST = 6

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Entry:
    """One signal. `mark` names its kind for the style sheet; `about` is the small line under the sentence."""

    mark: str
    kind: str
    clock: str
    sentence: str
    quote: str
    feeling: Feeling | None
    touchpoints: list[TouchpointLink]
    about: list[str]
    properties: list[tuple[str, str]]

    @property
    def note(self) -> str:
        return " · ".join(self.about)


@dataclass(frozen=True)
class Run:
    """Signals after one another, and those of them that are folded away until somebody asks."""

    shown: list[Entry]
    folded: list[Entry] = field(default_factory=list)

    @property
    def folded_words(self) -> str:
        count = len(self.folded)
        return ngettext("%(count)s more event", "%(count)s more events", count) % {"count": count}


@dataclass(frozen=True)
class Visit:
    """`head` says when and by what the person was here; empty for something that is no visit (an answer alone)."""

    head: str
    about: list[str]
    runs: list[Run]


@dataclass(frozen=True)
class Day:
    title: str
    visits: list[Visit]


def build_days(
    rows: Sequence[Row],
    *,
    reader: Reader,
    today: dt.date,
    touchpoints: Mapping[int, TouchpointLink],
    sources: Mapping[str, str],
) -> list[Day]:
    """`rows` are the store's timeline, newest first. `sources` names those that are worth telling apart."""
    local = [(reader.local(row["time"]), row) for row in rows]
    return [
        Day(
            title=day_title(day, today, reader),
            visits=[
                _visit([*visit], reader, touchpoints, sources)
                for _number, visit in groupby(of_day, key=lambda pair: pair[1]["visit"])
            ],
        )
        for day, of_day in groupby(local, key=lambda pair: pair[0].date())
    ]


def day_title(day: dt.date, today: dt.date, reader: Reader) -> str:
    """`Today, Wednesday 23 Sep 2026`."""
    text = f"{WEEKDAYS[day.weekday()]} {reader.day(day, year=True)}"
    if day == today:
        return _("Today, %(day)s") % {"day": text}
    if day == today - dt.timedelta(days=1):
        return _("Yesterday, %(day)s") % {"day": text}
    return text[:1].upper() + text[1:]


def _visit(
    pairs: list[tuple[dt.datetime, Row]],
    reader: Reader,
    touchpoints: Mapping[int, TouchpointLink],
    sources: Mapping[str, str],
) -> Visit:
    properties = [read_properties(row["properties"]) for _moment, row in pairs]
    is_visit = len(pairs) > 1 and any(_is_of_a_visit(row) for _moment, row in pairs)
    common: list[str] = []
    head = ""
    if is_visit:
        first, last = pairs[-1][0], pairs[0][0]
        head = _("Visit %(time)s") % {"time": reader.clock_span(first, last)}
        # What most of the visit shares is said once, above it.
        common = _shared(
            [_circumstances(row, own, sources) for (_moment, row), own in zip(pairs, properties, strict=True)]
        )
        common += _came_from(properties)
    entries = [
        (row["kind"], _entry(moment, row, own, reader, touchpoints, sources, common))
        for (moment, row), own in zip(pairs, properties, strict=True)
    ]
    return Visit(head, common, [*_runs(entries)])


def _is_of_a_visit(row: Row) -> bool:
    """What came from a page or a device, as the store counts visits; a parcel's stages are none."""
    return row["kind"] == SignalKind.EVENT and bool(row["url"] or row["device"])


def _entry(
    moment: dt.datetime,
    row: Row,
    properties: Mapping[str, Any],
    reader: Reader,
    touchpoints: Mapping[int, TouchpointLink],
    sources: Mapping[str, str],
    common: Collection[str],
) -> Entry:
    about = [part for part in _circumstances(row, properties, sources) if part not in common]
    if not common:
        about += _came_from([properties])
    if row["kind"] == SignalKind.SCORE and row["scale_low"] is not None and row["scale_high"] is not None:
        scale = {"low": reader.number(row["scale_low"]), "high": reader.number(row["scale_high"])}
        about.insert(0, _("scale %(low)s–%(high)s") % scale)
    if row["order"]:
        about.insert(0, _("order %s") % row["order"])
    if page := path_of(row["url"]):
        about.append(page)
    details = flat_properties(properties)
    if row["url"]:
        details.insert(0, (property_name("url"), row["url"]))
    feeling = None
    if row["kind"] == SignalKind.SCORE and row["score"] is not None:
        feeling = timeline_sources.feeling(row["name"], row["score"], row["scale_low"], row["scale_high"])
    named: dict[str, TouchpointLink] = {}
    for number in row["touchpoints"]:
        if number in touchpoints:
            named.setdefault(touchpoints[number].name, touchpoints[number])
    return Entry(
        mark=MARKS[SignalKind(row["kind"])],
        kind=kind_name(row["kind"]),
        clock=reader.clock(moment),
        sentence=sentence(row, properties, reader),
        quote=(row["text"] or "").strip(),
        feeling=feeling,
        touchpoints=[*named.values()],
        about=about,
        properties=details,
    )


def _runs(entries: list[tuple[int, Entry]]) -> Iterator[Run]:
    """Events after one another are folded after the first few; answers, contacts and orders never are."""
    for is_event, run in groupby(entries, key=lambda pair: pair[0] == SignalKind.EVENT):
        made = [entry for _kind, entry in run]
        if is_event and len(made) >= _SHOWN_OF_A_RUN + _FOLDED_AT_LEAST:
            yield Run(made[:_SHOWN_OF_A_RUN], made[_SHOWN_OF_A_RUN:])
        else:
            yield Run(made)


def _circumstances(row: Row, properties: Mapping[str, Any], sources: Mapping[str, str]) -> list[str]:
    """Channel, machine and source."""
    parts = [timeline_sources.channel_name(row["channel"])] if row["channel"] else []
    machine = [value_name(name, str(properties[name])) for name in _MACHINE if properties.get(name)]
    if not machine and row["device"]:
        machine = [_("device %s") % short_device(row["device"])]
    parts += machine
    if row["origin"] in sources:
        parts.append(sources[row["origin"]])
    return parts


def _shared(parts: list[list[str]]) -> list[str]:
    """What at least half of the lists have, in the order of the first that has it."""
    counts: dict[str, int] = {}
    for each in parts:
        for part in dict.fromkeys(each):
            counts[part] = counts.get(part, 0) + 1
    return [part for part, count in counts.items() if 2 * count > len(parts)]


def _came_from(properties: Sequence[Mapping[str, Any]]) -> list[str]:
    """Where the visit came from, as its first event says it."""
    for own in reversed(properties):
        said = [value_name(name, str(own[name])) for name in _TRAFFIC if own.get(name)]
        if said:
            return [_("came from: %s") % ", ".join(dict.fromkeys(said))]
    return []


def path_of(url: str | None) -> str:
    """The page within its site, as people read it: `/tuotteet/teltta`; the site's name for its front page."""
    if not url:
        return ""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    return parts.path.rstrip("/") or parts.netloc.removeprefix("www.") or url


def read_properties(text: str | None) -> dict[str, Any]:
    try:
        read = msgspec.json.decode(text or "{}")
    except (msgspec.DecodeError, RecursionError):
        return {}
    return read if isinstance(read, dict) else {}


def flat_properties(properties: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Names and values for people, what is nested with its path; the rest beyond the first forty is left out."""
    found: list[tuple[str, str]] = []
    for path, value in _leaves(properties, ()):
        if len(found) == _MOST_PROPERTIES:
            break
        name = " › ".join([property_name(path[0]), *path[1:]])
        text = value_name(path[0], "true" if value is True else "false" if value is False else str(value))
        found.append((name, text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 1]}…"))
    return found


def _leaves(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(value, Mapping | list) and len(path) == _DEEPEST:
        yield path, "…"
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _leaves(inner, (*path, str(name)))
    elif isinstance(value, list):
        for number, inner in enumerate(value, start=1):
            yield from _leaves(inner, (*path, str(number)))
    elif value is not None and value != "" and path:
        yield path, value
