"""Who is who, in plain Python and one statement at a time: slow, and with nothing of the store's own code."""

from __future__ import annotations

from dataclasses import dataclass, field

JUNK = {"undefined", "null", "-"}


@dataclass(eq=False)
class Id:
    alias: str
    kind: str
    is_shared: bool = False


@dataclass
class Identities:
    """`merges` are [one, other, live?]: people are the components that the live ones make of ids."""

    ids: dict[tuple[str, str], Id] = field(default_factory=dict)
    former: list[Id] = field(default_factory=list)
    merges: list[tuple[Id, Id, bool]] = field(default_factory=list)
    apart: list[tuple[Id, Id]] = field(default_factory=list)
    events: dict[str, Id] = field(default_factory=dict)
    refused: set[tuple[str, str, str]] = field(default_factory=set)

    def find(self, alias: str, kind: str) -> Id:
        is_small = kind in ("phone", "loyalty") and len(alias) < 8
        space = "device" if kind in ("device", "cookieless") else "number" if is_small else "name"
        return self.ids.setdefault((space, alias), Id(alias, kind))

    def person(self, one: Id) -> frozenset[Id]:
        found, new = {one}, [one]
        while new:
            each = new.pop()
            for left, right, live in self.merges:
                if live and each in (left, right):
                    other = right if each is left else left
                    if other not in found:
                        found.add(other)
                        new.append(other)
        return frozenset(found)

    def event(self, name: str, user: tuple[str, str] | None, device: tuple[str, str] | None) -> None:
        if name in self.events:
            return
        mine = self.find(*user) if user else None
        its = self.find(*device) if device else None
        if mine and its:
            self.link(mine, its, "event")
            if mine.alias in JUNK:
                mine = None
            its = self.find(*device)
        self.events[name] = mine or its

    def link(self, one: Id, other: Id, reason: str) -> None:
        if one is other or "cookieless" in (one.kind, other.kind):
            return None
        if one.alias in JUNK or other.alias in JUNK:
            return self._refuse("placeholder", one, other)
        mine, its = self.person(one), self.person(other)
        if one.is_shared or other.is_shared:
            return self._refuse("shared_device", one, other)
        if mine == its:
            return None
        if any((a in mine and b in its) or (b in mine and a in its) for a, b in self.apart):
            return self._refuse("kept_apart", one, other)
        kinds = {one.kind, other.kind}
        if all(any(each.kind == "user" for each in person) for person in (mine, its)):
            if kinds == {"device", "user"}:
                self._share(one if one.kind == "device" else other)
                return self._refuse("shared_device", one, other)
            if reason != "alias" or "device" in kinds:
                return self._refuse("two_users", one, other)
            if sum(each.kind == "user" for each in mine | its) > 5:
                return self._refuse("too_many", one, other)
        self.merges.append((one, other, True))
        return None

    def _refuse(self, reason: str, one: Id, other: Id) -> None:
        self.refused.add((reason, *sorted([one.alias, other.alias])))

    def _share(self, device: Id) -> None:
        device.is_shared = True
        self.former.append(device)
        self.ids["device", device.alias] = Id(device.alias, device.kind, is_shared=True)

    def unmerge(self, number: int) -> None:
        """Take the `number`th merge back."""
        one, other, _live = self.merges[number]
        self.merges[number] = (one, other, False)
        self.apart.append((one, other))

    def people(self) -> set[tuple[tuple[tuple[str, str, bool], ...], tuple[str, ...]]]:
        """Every person: their ids, and the names of their events."""
        everybody = {self.person(each) for each in [*self.ids.values(), *self.former]}
        return {
            (
                tuple(sorted((each.alias, each.kind, each.is_shared) for each in person)),
                tuple(sorted(name for name, whose in self.events.items() if whose in person)),
            )
            for person in everybody
        }
