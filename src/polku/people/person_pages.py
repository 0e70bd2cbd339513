"""What the pages of customers show: the list, and everything about one person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from polku.accounts.models import Workspace
from polku.eventstore.persons import Identity, Merge, Profile
from polku.eventstore.port import SignalKind
from polku.eventstore.registry import store
from polku.eventstore.streams import IdKind
from polku.people import timeline_sources
from polku.people.merge_history import Happening, what_happened
from polku.people.names import PersonName, kind_name, name_person, read_traits
from polku.people.sentences import kind_plural
from polku.people.timeline import MARKS, Day, build_days, flat_properties
from polku.site.formats import Reader

PEOPLE_PER_PAGE = 50
SIGNALS_PER_PAGE = 100
SHOWN_IDS = 50
"""Ids of a person, and merges, that a page shows: a file with one id beside every customer makes thousands."""


@dataclass(frozen=True)
class ListedPerson:
    person: int
    name: PersonName
    is_known: bool
    signals: int
    orders: int
    sources: list[str]
    last_seen: str


@dataclass(frozen=True)
class PeopleList:
    """A page of people; `is_last` where there are no more after it, `has_anybody` whether the workspace has any."""

    people: list[ListedPerson]
    is_last: bool
    has_anybody: bool


def list_people(
    workspace: Workspace, *, search: str, is_known: bool | None, page: int, reader: Reader
) -> PeopleList:
    """Raises StoreError where the question takes too long."""
    key = workspace.key.hex
    rows = (
        store()
        .find_people(
            key,
            search=search,
            is_known=is_known,
            limit=PEOPLE_PER_PAGE + 1,
            offset=PEOPLE_PER_PAGE * (page - 1),
        )
        .to_pylist()
    )
    names = timeline_sources.source_names(workspace)
    found = [
        ListedPerson(
            person=row["person"],
            name=name_person(read_traits(row["traits"]), row["ids"], row["kinds"], row["order"]),
            is_known=row["is_known"],
            signals=row["signals"],
            orders=row["orders"],
            sources=[names.get(origin, origin) for origin in row["origins"]],
            last_seen=_moment(row["last_seen"], reader),
        )
        for row in rows[:PEOPLE_PER_PAGE]
    ]
    has_anybody = bool(found) or store().state(key).people > 0
    return PeopleList(found, len(rows) <= PEOPLE_PER_PAGE, has_anybody)


@dataclass(frozen=True)
class KindFilter:
    """A choice above the timeline; `value` is what the address says ("" for all)."""

    value: str
    name: str
    count: str
    is_chosen: bool


@dataclass(frozen=True)
class ShownIdentity:
    alias: str
    kind: str
    is_device: bool
    is_shared: bool
    about: str


@dataclass(frozen=True)
class ShownMerge:
    """`also` are the names that the same message told."""

    merge: int
    alias: str
    other: str
    reason: str
    at: str
    undone_at: str
    is_undone: bool
    also: tuple[ShownMerge, ...] = ()


@dataclass(frozen=True)
class PersonPage:
    """`has_older`: more signals of the kind come after this page of the timeline. `more_identities` and `more_merges`
    are how many there are beside those shown."""

    person: int
    name: PersonName
    is_known: bool
    known_since: str
    first_seen: str
    last_seen: str
    visits: int
    orders: int
    orders_value: str
    orders_cancelled: int
    sources: list[str]
    filters: list[KindFilter]
    days: list[Day]
    has_older: bool
    identities: list[ShownIdentity]
    more_identities: int
    has_shared: bool
    merges: list[ShownMerge]
    more_merges: int
    traits: list[tuple[str, str]]


def person_page(
    workspace: Workspace, person: int, *, kind: SignalKind | None, page: int, reader: Reader, today: dt.date
) -> PersonPage | None:
    """None where there is nobody of that number. Raises StoreError where the question takes too long."""
    key = workspace.key.hex
    profile = store().profile(key, person)
    if profile is None:
        return None
    rows = (
        store()
        .timeline(
            key,
            person,
            kinds=[kind] if kind else [],
            limit=SIGNALS_PER_PAGE + 1,
            offset=SIGNALS_PER_PAGE * (page - 1),
        )
        .to_pylist()
    )
    identities, merges = store().identities(key, person), store().merges(key, person)
    happenings = what_happened(merges, {each.alias: each.kind for each in identities})
    known = timeline_sources.source_names(workspace)
    names = {origin: known.get(origin, origin) for origin in profile.origins}
    shown = rows[:SIGNALS_PER_PAGE]
    numbers = {number for row in shown for number in row["touchpoints"]}
    traits = read_traits(profile.traits)
    kept, cancelled = _orders(profile, workspace.cancelled_states)
    # Ids in the order in which they came, so that the name does not change with what was used last.
    own = sorted((each for each in identities if not each.is_shared), key=lambda each: each.identity)
    return PersonPage(
        person=person,
        name=name_person(
            traits, [each.alias for each in own], [each.kind for each in own], profile.newest_order
        ),
        is_known=profile.is_known,
        known_since=_known_since(identities, reader),
        first_seen=_day(profile.first_seen, reader),
        last_seen=_moment(profile.last_seen, reader),
        visits=profile.visits,
        orders=kept[0],
        orders_value=reader.price(kept[1]) if kept[1] else "",
        orders_cancelled=cancelled,
        sources=[*names.values()],
        filters=_filters(profile, kind, reader),
        days=build_days(
            shown,
            reader=reader,
            today=today,
            touchpoints=timeline_sources.touchpoints(workspace, numbers),
            # Where all of it has one source, saying so at every line would be noise.
            sources=names if len(names) > 1 else {},
        ),
        has_older=len(rows) > SIGNALS_PER_PAGE,
        identities=[_identity(each, reader) for each in identities[:SHOWN_IDS]],
        more_identities=max(0, len(identities) - SHOWN_IDS),
        has_shared=any(each.is_shared for each in identities),
        merges=[show_happening(each, reader) for each in happenings[:SHOWN_IDS]],
        more_merges=max(0, len(happenings) - SHOWN_IDS),
        traits=flat_properties(traits),
    )


def show_happening(happening: Happening, reader: Reader) -> ShownMerge:
    also = tuple(show_merge(each, reader) for each in happening.also)
    return replace(show_merge(happening.main, reader), also=also)


def show_merge(merge: Merge, reader: Reader) -> ShownMerge:
    return ShownMerge(
        merge=merge.merge,
        alias=merge.alias,
        other=merge.other,
        reason=_merge_reason(merge.reason),
        at=_moment(merge.at, reader),
        undone_at=_moment(merge.undone_at, reader),
        is_undone=merge.undone_at is not None,
    )


def _merge_reason(reason: str) -> str:
    return {
        "identify": _("the site said whose the id is"),
        "alias": _("the site said that the two ids are the same person"),
        "event": _("one event came with both ids"),
        "import": _("a file named both ids for one person"),
    }.get(reason, reason)


def _orders(profile: Profile, cancelled_states: list[str]) -> tuple[tuple[int, float], int]:
    """(count and value of the orders that hold, how many were cancelled or returned)."""
    count, value, cancelled = 0, 0.0, 0
    for state, orders, worth in profile.orders:
        if state in cancelled_states:
            cancelled += orders
        else:
            count, value = count + orders, value + worth
    return (count, value), cancelled


def _filters(profile: Profile, chosen: SignalKind | None, reader: Reader) -> list[KindFilter]:
    whole = reader.number(sum(profile.signals.values()))
    made = [KindFilter("", pgettext("signals", "All"), whole, chosen is None)]
    for kind in MARKS:
        count = profile.signals.get(kind, 0)
        if count or kind is chosen:
            made.append(KindFilter(MARKS[kind], kind_plural(kind), reader.number(count), kind is chosen))
    return made


def _identity(identity: Identity, reader: Reader) -> ShownIdentity:
    about = _moment(identity.last_seen, reader)
    return ShownIdentity(
        alias=identity.alias,
        kind=kind_name(identity.kind),
        is_device=identity.kind in (IdKind.DEVICE, IdKind.COOKIELESS),
        is_shared=identity.is_shared,
        about=_("seen last %s") % about if about else "",
    )


def _known_since(identities: list[Identity], reader: Reader) -> str:
    """The day when an id other than a device's was first seen."""
    times = [
        each.first_seen
        for each in identities
        if each.first_seen and each.kind not in (IdKind.DEVICE, IdKind.COOKIELESS)
    ]
    return _day(min(times, default=None), reader)


def _day(moment: dt.datetime | None, reader: Reader) -> str:
    return reader.day(reader.local(moment), year=True) if moment else ""


def _moment(moment: dt.datetime | None, reader: Reader) -> str:
    if moment is None:
        return ""
    local = reader.local(moment)
    return f"{reader.day(local, year=True)} {reader.clock(local)}"


def kind_of(value: str) -> SignalKind | None:
    """The kind that an address asks for; None for all, and for what makes no sense."""
    kinds: Mapping[str, Any] = {mark: kind for kind, mark in MARKS.items()}
    return kinds.get(value)
