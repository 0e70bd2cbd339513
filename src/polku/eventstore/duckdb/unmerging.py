"""Taking a merge back: everything becomes as if it had never been made, and the two are kept apart from then on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pyarrow as pa
from django.utils.translation import gettext as _

from polku.eventstore.duckdb import hits
from polku.eventstore.duckdb.merging import Traits, read_traits, write_traits
from polku.eventstore.duckdb.people_keys import DEVICE_KINDS
from polku.eventstore.duckdb.session import Session
from polku.eventstore.duckdb.stored_changes import finish
from polku.eventstore.port import HitRule, StoreError


@dataclass(frozen=True)
class _Row:
    number: int
    survivor: int
    absorbed: int
    identity: int
    other: int
    identities: tuple[int, ...]


@dataclass(frozen=True)
class _Parting:
    """How a merge comes apart: `person` is who the two are now, `back` who is their own again.

    `is_named` says of all their ids whether they are more than a device, `is_back` which of them go with `back`.
    `rewritten` are the merges that say something else from then on.
    """

    identity: int
    other: int
    person: int
    back: int
    back_survived: bool
    at_merge: tuple[Traits, Traits]
    is_named: dict[int, bool]
    is_back: dict[int, bool]
    rewritten: list[_Row]

    @property
    def moved(self) -> list[int]:
        return [identity for identity, goes in self.is_back.items() if goes]


def unmerge(session: Session, number: int, *, rules: Sequence[HitRule]) -> tuple[int, int]:
    """Take merge `number` back; the person who is back, and the one whom they were part of. One transaction, the
    caller's.

    Ids that came to the two later go with the one whose id they were linked to. Orders and signals follow their ids.
    """
    parting = _parting(session, number)
    person, back = parting.person, parting.back
    _move(session, back, parting.moved)
    _rewrite(session, number, parting.rewritten)
    session.run(
        f"INSERT INTO {session.db}.kept_apart VALUES ($identity, $other)",
        {"identity": parting.identity, "other": parting.other},
    )
    _part_traits(
        session,
        stays=person,
        back=back,
        back_survived=parting.back_survived,
        at_merge=parting.at_merge,
        back_is_named=any(parting.is_named[each] for each in parting.moved),
        rest_is_named=any(named for each, named in parting.is_named.items() if not parting.is_back[each]),
    )
    session.offer("renewed", pa.table({"person": [person, back]}))
    hits.find_again(
        session, hits.rules_about(rules, "person."), of="s.person IN (SELECT person FROM renewed)"
    )
    session.withdraw("renewed")
    finish(session)
    return int(back), int(person)


def leaving(session: Session, number: int) -> list[str]:
    """The ids that would go with the one who is back if the merge were taken back now. Raises StoreError as that."""
    session.offer("moved", pa.table({"identity": pa.array(_parting(session, number).moved, pa.int64())}))
    rows = session.rows(
        f"SELECT i.alias FROM {session.db}.identity AS i SEMI JOIN moved USING (identity) ORDER BY i.identity"
    )
    session.withdraw("moved")
    return [alias for (alias,) in rows]


def _parting(session: Session, number: int) -> _Parting:
    """Work out how the merge comes apart. Raises StoreError where it was undone already or never made."""
    found = session.rows(
        f"""SELECT m.identity, m.other, m.survivor, m.survivor_traits, m.absorbed_traits, i.person
        FROM {session.db}.merged AS m JOIN {session.db}.identity AS i ON i.identity = m.identity
        WHERE m.number = $number AND m.undone_at IS NULL""",
        {"number": number},
    )
    if not found:
        raise StoreError(_("This merge was undone already."))
    identity, other, survivor, survivor_traits, absorbed_traits, person = found[0]
    is_named = dict(
        session.rows(
            f"""SELECT i.identity, coalesce(i.kind, 'file') NOT IN {DEVICE_KINDS} FROM {session.db}.identity AS i
            WHERE i.person = $person ORDER BY i.identity""",
            {"person": person},
        )
    )
    history = _history(session, person)
    owner = _before_all(history, person, is_named)
    left, rewritten = _replayed([row for row in history if row.number != number], owner)
    back = max(left[owner[identity]], left[owner[other]])
    return _Parting(
        identity=identity,
        other=other,
        person=person,
        back=int(back),
        back_survived=left.get(survivor) == back,
        at_merge=(read_traits(survivor_traits or "{}"), read_traits(absorbed_traits or "{}")),
        is_named=is_named,
        is_back={each: left[first] == back for each, first in owner.items()},
        rewritten=rewritten,
    )


def _history(session: Session, person: int) -> list[_Row]:
    """The merges that made the person, in order."""
    found = session.rows(
        f"""SELECT m.number, m.survivor, m.absorbed, m.identity, m.other, m.identities
        FROM {session.db}.merged AS m JOIN {session.db}.identity AS i ON i.identity = m.identity
        WHERE i.person = $person AND m.undone_at IS NULL ORDER BY m.number""",
        {"person": person},
    )
    return [_Row(row[0], row[1], row[2], row[3], row[4], tuple(row[5])) for row in found]


def _before_all(history: Sequence[_Row], person: int, identities: dict[int, bool]) -> dict[int, int]:
    """Whose each id was before any merge: back through the history, each row giving its ids back."""
    owner = dict.fromkeys(identities, person)
    for row in reversed(history):
        for identity in row.identities:
            if owner.get(identity) == row.survivor:
                owner[identity] = row.absorbed
    return owner


def _replayed(history: Sequence[_Row], owner: dict[int, int]) -> tuple[dict[int, int], list[_Row]]:
    """Make the merges again: (who each first person becomes, the rows that now say something else)."""
    now = {person: person for person in owner.values()}
    firsts = {person: [person] for person in now}
    members: dict[int, list[int]] = {}
    for identity, person in owner.items():
        members.setdefault(person, []).append(identity)
    rewritten = []
    for row in history:
        one, other = now[owner[row.identity]], now[owner[row.other]]
        survivor, absorbed = min(one, other), max(one, other)
        if survivor == absorbed:
            continue
        again = replace(
            row, survivor=survivor, absorbed=absorbed, identities=tuple(sorted(members[absorbed]))
        )
        if (row.survivor, row.absorbed, tuple(sorted(row.identities))) != (
            survivor,
            absorbed,
            again.identities,
        ):
            rewritten.append(again)
        members[survivor] += members.pop(absorbed)
        firsts[survivor] += firsts[absorbed]
        for first in firsts.pop(absorbed):
            now[first] = survivor
    return now, rewritten


def _move(session: Session, back: int, identities: Sequence[int]) -> None:
    session.run(f"INSERT INTO {session.db}.person VALUES ($person, NULL)", {"person": back})
    session.offer("moved", pa.table({"identity": identities}))
    for table in ("identity", "orders", "signal"):
        session.run(
            f"UPDATE {session.db}.{table} AS t SET person = $person WHERE identity IN (SELECT identity FROM moved)",
            {"person": back},
        )
    session.withdraw("moved")
    # What is known through an order only follows the order.
    session.run(
        f"""UPDATE {session.db}.signal AS s SET person = $person WHERE s.identity IS NULL AND s.order_key IN (
            SELECT o.order_key FROM {session.db}.orders AS o WHERE o.person = $person)""",
        {"person": back},
    )


def _rewrite(session: Session, number: int, rows: Sequence[_Row]) -> None:
    now = datetime.now(UTC).replace(tzinfo=None)
    session.run(
        f"UPDATE {session.db}.merged SET undone_at = $now WHERE number = $number",
        {"now": now, "number": number},
    )
    for row in rows:
        session.run(
            f"""UPDATE {session.db}.merged SET survivor = $survivor, absorbed = $absorbed, identities = $identities
            WHERE number = $number""",
            {
                "survivor": row.survivor,
                "absorbed": row.absorbed,
                "identities": list(row.identities),
                "number": row.number,
            },
        )


def _part_traits(
    session: Session,
    *,
    stays: int,
    back: int,
    back_survived: bool,
    at_merge: tuple[Traits, Traits],
    back_is_named: bool,
    rest_is_named: bool,
) -> None:
    """Give both what they had; what was learnt since goes to the one with a name, to the survivor where both have."""
    (text,) = session.row(f"SELECT traits FROM {session.db}.person WHERE person = $person", {"person": stays})
    survivors, absorbeds = at_merge
    together = {**survivors, **absorbeds}
    since = {
        name: value
        for name, value in read_traits(text or "{}").items()
        if bytes(together.get(name, b"")) != bytes(value)
    }
    to_back = back_is_named if back_is_named != rest_is_named else back_survived
    backs, rests = (survivors, absorbeds) if back_survived else (absorbeds, survivors)
    for person, traits in (
        (back, backs | since if to_back else backs),
        (stays, rests if to_back else rests | since),
    ):
        session.run(
            f"UPDATE {session.db}.person SET traits = $traits WHERE person = $person",
            {"traits": write_traits(traits), "person": person},
        )
