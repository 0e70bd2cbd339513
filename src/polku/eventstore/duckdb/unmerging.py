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
from polku.eventstore.duckdb.versions import finish
from polku.eventstore.port import HitRule, StoreError


@dataclass(frozen=True)
class _Row:
    number: int
    survivor: int
    absorbed: int
    identity: int
    other: int
    identities: tuple[int, ...]


def unmerge(session: Session, number: int, *, rules: Sequence[HitRule]) -> int:
    """Take merge `number` back; the person who is back. One transaction, the caller's.

    Ids that came to the two later go with the one whose id they were linked to. Orders and signals follow their ids.
    """
    found = session.rows(
        f"""SELECT m.identity, m.other, m.survivor, m.survivor_traits, m.absorbed_traits, i.person
        FROM {session.db}.merged AS m JOIN {session.db}.identity AS i ON i.identity = m.identity
        WHERE m.number = $number AND m.undone_at IS NULL""",
        {"number": number},
    )
    if not found:
        raise StoreError(_("This merge was undone already."))
    identity, other, survivor, survivor_traits, absorbed_traits, person = found[0]
    kinds = dict(
        session.rows(
            f"""SELECT i.identity, coalesce(i.kind, 'file') NOT IN {DEVICE_KINDS} FROM {session.db}.identity AS i
            WHERE i.person = $person""",
            {"person": person},
        )
    )
    history = _history(session, person)
    owner = _before_all(history, person, kinds)
    left, rewritten = _replayed([row for row in history if row.number != number], owner)
    back = max(left[owner[identity]], left[owner[other]])
    moved = [each for each, first in owner.items() if left[first] == back]
    _move(session, back, moved)
    _rewrite(session, number, rewritten)
    session.run(
        f"INSERT INTO {session.db}.kept_apart VALUES ($identity, $other)",
        {"identity": identity, "other": other},
    )
    is_back = {each: left[first] == back for each, first in owner.items()}
    _part_traits(
        session,
        stays=person,
        back=back,
        back_survived=left.get(survivor) == back,
        at_merge=(read_traits(survivor_traits or "{}"), read_traits(absorbed_traits or "{}")),
        back_is_named=any(kinds[each] for each in kinds if is_back[each]),
        rest_is_named=any(kinds[each] for each in kinds if not is_back[each]),
    )
    session.offer("renewed", pa.table({"person": [person, back]}))
    hits.find_again(
        session, hits.rules_about(rules, "person."), of="s.person IN (SELECT person FROM renewed)"
    )
    session.withdraw("renewed")
    finish(session)
    return int(back)


def _history(session: Session, person: int) -> list[_Row]:
    """The merges that made the person, in order."""
    found = session.rows(
        f"""SELECT m.number, m.survivor, m.absorbed, m.identity, m.other, m.identities
        FROM {session.db}.merged AS m JOIN {session.db}.identity AS i ON i.identity = m.identity
        WHERE i.person = $person AND m.undone_at IS NULL ORDER BY m.number""",
        {"person": person},
    )
    return [_Row(*row[:5], identities=tuple(row[5])) for row in found]


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
        now = {first: survivor if person == absorbed else person for first, person in now.items()}
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
