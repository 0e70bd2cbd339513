"""The links of a batch: those that the store has settled are passed over all at once, the rest are heard in order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.utils.translation import gettext as _

from polku.eventstore.duckdb.batches import Integers
from polku.eventstore.duckdb.named import COOKIELESS, KINDS, Named
from polku.eventstore.duckdb.session import Session
from polku.eventstore.linking import Ids, Link, Linking, Merger
from polku.eventstore.port import StoreError
from polku.eventstore.streams import LinkReason

REASONS = tuple(LinkReason)
_ALIAS = REASONS.index(LinkReason.ALIAS)
_REASON_TEXTS = pa.array([reason.value for reason in REASONS])

MOST_REFUSED = 2_000
"""Rows of refused links that are kept, the latest: strangers must not fill the table."""


@dataclass(frozen=True)
class Links:
    """In order: entries of both ids, the position in REASONS, how many events came before."""

    one: Integers
    other: Integers
    reason: Integers
    position: Integers


@dataclass(frozen=True)
class Outcome:
    """What the links made: mergers in order, and by entry of a device the position from which it is shared."""

    mergers: list[Merger]
    shared: dict[int, int]


def gather(
    stated: pa.Table, one: Integers, other: Integers, user: Integers, device: Integers, rows: Integers
) -> Links:
    """The links stated, and those that events make by naming a user and a device.

    `user` and `device` are entries by event; `rows` are the events' positions in the batch. A statement comes before
    the event at its position.
    """
    reason = pc.index_in(stated["reason"], value_set=_REASON_TEXTS)
    if reason.null_count:
        raise StoreError(_("The batch has links for a reason that does not exist."))
    both = np.flatnonzero((user >= 0) & (device >= 0))
    position = np.concatenate([stated["position"].to_numpy(), rows[both]])
    by_event = np.full(len(both), REASONS.index(LinkReason.EVENT))
    order = np.argsort(position, kind="stable")
    return Links(
        np.concatenate([one, device[both]])[order],
        np.concatenate([other, user[both]])[order],
        np.concatenate([reason.to_numpy().astype(np.int64), by_event])[order],
        position[order],
    )


def hear(session: Session, named: Named, links: Links, *, at: datetime) -> Outcome:
    """Decide about the links, and count those refused."""
    one, other = links.one, links.other
    open_ = (one >= 0) & (other >= 0) & (one != other)
    open_ &= (named.kind[one] != COOKIELESS) & (named.kind[other] != COOKIELESS)
    junk = open_ & (named.is_placeholder[one] | named.is_placeholder[other])
    open_ &= ~junk & (named.person[one] != named.person[other])
    shared = open_ & (named.is_shared[one] | named.is_shared[other])
    # The same link again says nothing new, but its repeats are counted where it is refused.
    first, repeats = _first_of_each(links, np.flatnonzero(open_ & ~shared), len(named.person))
    refused: list[tuple[str, int, int, int]] = []
    for reason, flags in (("placeholder", junk), ("shared_device", shared)):
        rows, times = _first_of_each(links, np.flatnonzero(flags), len(named.person))
        pairs = zip(one[rows].tolist(), other[rows].tolist(), times.tolist(), strict=True)
        refused += [(reason, left, right, count) for left, right, count in pairs]
    linking = _linking(session, named, np.unique(np.concatenate([one[first], other[first]])))
    columns = (links.position, one, other, links.reason)
    for (position, left, right, reason), count in zip(
        zip(*(column[first].tolist() for column in columns), strict=True), repeats.tolist(), strict=True
    ):
        refusal = linking.hear(Link(position, left, right, REASONS[reason]))
        if refusal is not None:
            refused.append((refusal, left, right, count))
    _note_refused(session, named, refused, at)
    return Outcome(linking.mergers, linking.shared)


def _first_of_each(links: Links, rows: Integers, entries: int) -> tuple[Integers, Integers]:
    """(the first of the rows that say the same, in order; how often it is said)."""
    left, right = links.one[rows], links.other[rows]
    pair = np.minimum(left, right) * entries + np.maximum(left, right)
    said = pair * 2 + (links.reason[rows] == _ALIAS)
    _values, first, counts = np.unique(said, return_index=True, return_counts=True)
    order = np.argsort(first)
    return rows[first[order]], counts[order]


def _linking(session: Session, named: Named, entries: Integers) -> Linking:
    """The rules' state for the ids in question: their persons, and how many ids these have."""
    people = named.person[entries]
    counts: dict[int, Ids] = {person: Ids() for person in people.tolist()}
    known = np.unique(people[~named.is_new[entries]])
    if len(known):
        session.offer("asked", pa.table({"person": known}))
        for person, users, devices, names in session.rows(
            f"""SELECT i.person, count(*) FILTER (i.kind = 'user'), count(*) FILTER (i.kind = 'device'),
                count(*) FILTER (i.kind IN ('email', 'phone', 'loyalty'))
            FROM {session.db}.identity AS i SEMI JOIN asked ON asked.person = i.person GROUP BY i.person"""
        ):
            counts[person] = Ids(users, devices, names)
        session.withdraw("asked")
    new = entries[named.is_new[entries]]
    for person, kind in zip(named.person[new].tolist(), named.kind[new].tolist(), strict=True):
        counts[person].add(KINDS[kind])
    return Linking(
        person=named.person.tolist(),
        kind=[KINDS[kind] for kind in named.kind.tolist()],
        counts=counts,
        apart=kept_apart(session) if len(known) else [],
    )


def kept_apart(session: Session) -> list[tuple[int, int]]:
    """Pairs of persons of whom somebody said that they are not one."""
    return [
        (one, other)
        for one, other in session.rows(
            f"""SELECT one.person, other.person FROM {session.db}.kept_apart AS k
            JOIN {session.db}.identity AS one ON one.identity = k.identity
            JOIN {session.db}.identity AS other ON other.identity = k.other"""
        )
    ]


def _note_refused(
    session: Session, named: Named, refused: list[tuple[str, int, int, int]], at: datetime
) -> None:
    aliases = named.aliases
    note_refused(
        session,
        [
            (reason, aliases[one].as_py(), aliases[other].as_py(), count)
            for reason, one, other, count in refused[-MOST_REFUSED:]
        ],
        at,
    )


def note_refused(session: Session, refused: list[tuple[str, str, str, int]], at: datetime) -> None:
    """Count (reason, alias, other, times) among the links refused; only the latest are kept."""
    if not refused:
        return
    columns = dict(
        zip(("reason", "alias", "other", "count"), map(list, zip(*refused, strict=True)), strict=True)
    )
    session.offer("refused", pa.table(columns))
    session.run(
        """CREATE OR REPLACE TEMP TABLE refused_now AS
        SELECT reason, alias, other, CAST(sum(count) AS BIGINT) AS count FROM refused GROUP BY ALL"""
    )
    session.withdraw("refused")
    session.run(
        f"""UPDATE {session.db}.refused_link AS r SET count = r.count + n.count, last = greatest(r.last, $at)
        FROM temp.main.refused_now AS n WHERE (r.reason, r.alias, r.other) = (n.reason, n.alias, n.other)""",
        {"at": at},
    )
    session.run(
        f"""INSERT INTO {session.db}.refused_link SELECT n.reason, n.alias, n.other, n.count, $at
        FROM temp.main.refused_now AS n ANTI JOIN {session.db}.refused_link AS r
            ON (r.reason, r.alias, r.other) = (n.reason, n.alias, n.other)""",
        {"at": at},
    )
    (count,) = session.row(f"SELECT count(*) FROM {session.db}.refused_link")
    if count > MOST_REFUSED:
        session.run(
            f"""DELETE FROM {session.db}.refused_link WHERE rowid IN (
                SELECT rowid FROM {session.db}.refused_link ORDER BY last, rowid LIMIT $surplus)""",
            {"surplus": count - MOST_REFUSED},
        )
    session.run("DROP TABLE temp.main.refused_now")
