"""Who somebody is whom a trigger took: how they are reached, where they live, by which ids they are known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from polku.eventstore.registry import store
from polku.eventstore.streams import IdKind
from polku.messaging.addresses import clean_address
from polku.people.names import email_of, read_traits
from polku.surveys.moments.fatigue import ids_that_tell
from polku.surveys.moments.zones import zone_of

_LANGUAGE = ("language", "locale", "lang", "kieli")
_LONGEST_TRAIT = 300
_LONGEST_ID = 255
_BY_WORTH = (IdKind.USER, IdKind.EMAIL, IdKind.LOYALTY, IdKind.FILE, IdKind.PHONE, IdKind.DEVICE)


@dataclass(frozen=True)
class Person:
    """One person as the event store knows them; `ids` and `kinds` (IdKind) go together, the oldest first."""

    number: int
    ids: Sequence[str]
    kinds: Sequence[str]
    traits: Mapping[str, Any]

    @cached_property
    def email(self) -> str:
        """ "" where they cannot be reached."""
        return clean_address(email_of(self.traits, self.ids, self.kinds)) or ""

    @cached_property
    def known_as(self) -> str:
        """The id that was known first."""
        return self.ids[0] if self.ids else f"#{self.number}"

    @cached_property
    def told_by(self) -> tuple[str, str]:
        """(id, its kind) that an answer of theirs carries: the one that says most of them; empty where there is none
        that fits."""
        ranks = {kind.value: rank for rank, kind in enumerate(_BY_WORTH)}
        fitting = [
            (ranks[kind], place, id_, kind)
            for place, (id_, kind) in enumerate(zip(self.ids, self.kinds, strict=True))
            if kind in ranks and len(id_) <= _LONGEST_ID
        ]
        return min(fitting)[2:] if fitting else ("", "")

    @property
    def fatigue_ids(self) -> list[str]:
        """What they are recognised by when somebody else would ask them (fatigue.py)."""
        return ids_that_tell(self.ids, self.kinds, self.email)

    def zone(self, usual: ZoneInfo) -> ZoneInfo:
        return zone_of(self.traits, usual)

    def language(self, languages: Iterable[str]) -> str:
        """The one of `languages` that they are known to read, or ""."""
        for name in _LANGUAGE:
            said = self.traits.get(name)
            if isinstance(said, str) and (code := said.strip()[:2].casefold()) in languages:
                return code
        return ""

    def known(self, names: Iterable[str]) -> dict[str, str]:
        """Of the traits named, those that are known, as text."""
        said = {name: self.traits.get(name) for name in names}
        return {
            name: str(value)[:_LONGEST_TRAIT]
            for name, value in said.items()
            if isinstance(value, (str, int, float)) and not isinstance(value, bool) and str(value).strip()
        }


def people_of(rows: pa.Table) -> dict[int, Person]:
    """Everybody in rows of `eventstore.arrivals.ARRIVED`, by number: each is read once, however much they did."""
    first: dict[int, int] = {}
    for place, number in enumerate(rows["person"].to_pylist()):
        first.setdefault(number, place)
    each = rows.select(["person", "ids", "kinds", "traits"]).take(pa.array(first.values(), pa.int64()))
    return _read(each)


def people_now(workspace: str, numbers: Iterable[int]) -> dict[int, Person]:
    """Those with these numbers as they are known now, by the number that was asked for: somebody made one with another
    meanwhile is the other. Who is no more is left out."""
    wanted = sorted(set(numbers))
    found = _read(store().people(workspace, wanted)) if wanted else {}
    gone = {number: store().person_now(workspace, number) for number in wanted if number not in found}
    heirs = [now for now in gone.values() if now is not None and now not in found]
    found |= _read(store().people(workspace, heirs)) if heirs else {}
    return {
        number: found[now]
        for number in wanted
        if (now := gone.get(number, number)) is not None and now in found
    }


def _read(rows: pa.Table) -> dict[int, Person]:
    columns = (rows[name].to_pylist() for name in ("person", "ids", "kinds", "traits"))
    return {
        number: Person(number, ids or [], kinds or [], read_traits(traits))
        for number, ids, kinds, traits in zip(*columns, strict=True)
    }
