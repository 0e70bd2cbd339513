"""Keys among properties and order numbers, and making one of those whom a key joins: see `eventstore.joining_keys`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pyarrow as pa

from polku.eventstore.duckdb import hits, id_kinds, merging
from polku.eventstore.duckdb.links import kept_apart
from polku.eventstore.duckdb.people_keys import DEVICE_KINDS, IS_SMALL_NUMBER
from polku.eventstore.duckdb.session import Session
from polku.eventstore.duckdb.stored_changes import finish
from polku.eventstore.duckdb.unmerging import unmerge
from polku.eventstore.joining_keys import Carrier, JoiningKey, KeyExample, KeyFound, KeySort, sort_of
from polku.eventstore.port import HitRule, SignalKind
from polku.eventstore.streams import IdKind

_MOST_KEYS = 40  # a workspace has a handful; each is one pass over what carries it
_LIVE_EVENTS = f"(s.kind = {int(SignalKind.EVENT)} AND NOT starts_with(coalesce(s.origin, ''), 'import/'))"
"""Browsers and servers say who somebody is by identify; their properties are of things, and there are many."""


def joining_keys(session: Session) -> list[KeyFound]:
    """See the port."""
    found = [_measured(session, key, sort) for key, sort in _keys(session)[:_MOST_KEYS]]
    return sorted((each for each in found if each.carriers), key=lambda each: (-each.joins, -each.carriers))


def examples(session: Session, key: JoiningKey, *, limit: int) -> list[KeyExample]:
    sort = _sort(key)
    if sort is None:
        return []
    rows = session.rows(
        f"""
        WITH {_verdicts(session, key, sort)}
        SELECT v.person, {_name_of(session, "v.person")}, v.value, {_name_of(session, "v.target")}
        FROM verdicts AS v WHERE v.verdict = 'joins' ORDER BY v.person LIMIT $limit""",
        _parameters(key) | {"limit": limit},
    )
    return [KeyExample(*row) for row in rows]


def join_by_key(session: Session, key: JoiningKey, *, rules: Sequence[HitRule]) -> tuple[int, datetime]:
    """Make one of those whom the key joins; one transaction, the caller's."""
    at = datetime.now(UTC).replace(tzinfo=None)
    sort = _sort(key)
    if sort is None:
        return 0, at
    stars = session.table(
        f"""
        WITH {_verdicts(session, key, sort)}
        SELECT least(v.person, v.target) AS survivor, greatest(v.person, v.target) AS absorbed,
            min(i.identity) FILTER (i.person = greatest(v.person, v.target)) AS identity,
            min(i.identity) FILTER (i.person = least(v.person, v.target)) AS other
        FROM (SELECT DISTINCT person, target FROM verdicts WHERE verdict = 'joins') AS v
        JOIN {session.db}.identity AS i ON i.person IN (v.person, v.target)
        GROUP BY v.person, v.target ORDER BY survivor, absorbed""",
        _parameters(key),
    )
    if not stars.num_rows:
        return 0, at
    merging.merge_stars(session, stars, at=at)
    _find_hits_again(session, stars["survivor"].combine_chunks(), rules)
    finish(session)
    return stars.num_rows, at


def part_again(session: Session, at: datetime, *, rules: Sequence[HitRule]) -> int:
    """Take back the merges of one moment, the newest first; one transaction, the caller's."""
    rows = session.rows(
        f"""SELECT m.number, m.identity, m.other FROM {session.db}.merged AS m
        WHERE m.made_at = $at AND m.undone_at IS NULL ORDER BY m.number DESC""",
        {"at": at},
    )
    for number, identity, other in rows:
        unmerge(session, number, rules=rules)
        session.run(
            f"DELETE FROM {session.db}.kept_apart WHERE identity = $identity AND other = $other",
            {"identity": identity, "other": other},
        )
    return len(rows)


# ---- which keys there are -----------------------------------------------------------------------------------------


_OWNERS: tuple[Carrier, ...] = ("order", "person")


def _keys(session: Session) -> list[tuple[JoiningKey, KeySort]]:
    """Keys by the names of properties received, and the orders that signals name."""
    names = [
        name
        for (name,) in session.rows(f"SELECT name FROM {session.db}.property ORDER BY signals DESC, name")
        if sort_of(name)
    ]
    keys = [
        JoiningKey(carrier, name.removeprefix(f"{carrier}."))
        for name in names
        for carrier in _OWNERS
        if name.startswith(f"{carrier}.")
    ]
    own = [name for name in names if not name.startswith(("order.", "person."))]
    keys += [
        JoiningKey("signal", name, origin, kind) for origin, kind, name in _told_by_signals(session, own)
    ]
    keys += [JoiningKey("named_order", "", origin, kind) for origin, kind in _naming_orders(session)]
    return [(key, sort) for key in keys if (sort := _sort(key))]


def _told_by_signals(session: Session, names: list[str]) -> list[tuple[str, int, str]]:
    found = []
    for name in names:
        rows = session.rows(
            f"""SELECT coalesce(s.origin, ''), s.kind FROM {session.db}.signal AS s
            WHERE NOT {_LIVE_EVENTS} AND contains(s.properties, $quoted) GROUP BY ALL ORDER BY ALL""",
            {"quoted": f'"{name}"'},
        )
        found += [(origin, int(kind), name) for origin, kind in rows]
    return found


def _naming_orders(session: Session) -> list[tuple[str, int]]:
    rows = session.rows(
        f"""SELECT coalesce(s.origin, ''), s.kind FROM {session.db}.signal AS s
        WHERE s.order_key IS NOT NULL AND s.identity IS NOT NULL AND s.kind <> {int(SignalKind.ORDER)}
            AND NOT {_LIVE_EVENTS}
        GROUP BY ALL ORDER BY ALL"""
    )
    return [(origin, int(kind)) for origin, kind in rows]


def _sort(key: JoiningKey) -> KeySort | None:
    return "order" if key.carrier == "named_order" else sort_of(key.property)


# ---- what a key would do ------------------------------------------------------------------------------------------


def _measured(session: Session, key: JoiningKey, sort: KeySort) -> KeyFound:
    counts = dict(
        session.rows(
            f"WITH {_verdicts(session, key, sort)} SELECT verdict, count(DISTINCT person) FROM verdicts GROUP BY ALL",
            _parameters(key),
        )
    )
    return KeyFound(
        key=key,
        sort=sort,
        carriers=sum(counts.values()),
        joins=counts.get("joins", 0),
        already=counts.get("already", 0),
        nobody=counts.get("nobody", 0),
        doubtful=counts.get("doubtful", 0),
    )


def _parameters(key: JoiningKey) -> dict[str, object]:
    given: dict[str, object] = {}
    if key.carrier != "named_order":
        escaped = key.property.replace("\\", "\\\\").replace('"', '\\"')
        given["path"] = f'$."{escaped}"'
    if key.carrier in ("signal", "named_order"):
        given |= {"origin": key.origin, "kind": key.kind}
    return given


def _carried(session: Session, key: JoiningKey) -> str:
    """(person, value) of those who carry one and are known by some id: nobody else can be joined."""
    db = session.db
    said = "trim(json_extract_string({column}, $path))"
    if key.carrier == "person":
        query = f"SELECT p.person, {said.format(column='p.traits')} AS value FROM {db}.person AS p"
    elif key.carrier == "order":
        query = f"""SELECT o.person, {said.format(column="o.properties")} AS value FROM {db}.orders AS o
            WHERE o.identity IS NOT NULL"""
    elif key.carrier == "signal":
        query = f"""SELECT s.person, {said.format(column="s.properties")} AS value FROM {db}.signal AS s
            WHERE coalesce(s.origin, '') = $origin AND s.kind = $kind AND s.identity IS NOT NULL
                AND s.properties IS NOT NULL"""
    else:
        query = f"""SELECT s.person, o.id AS value FROM {db}.signal AS s
            JOIN {db}.orders AS o ON o.order_key = s.order_key
            WHERE coalesce(s.origin, '') = $origin AND s.kind = $kind AND s.identity IS NOT NULL"""
    return f"SELECT DISTINCT person, value FROM ({query}) WHERE value <> ''"


def _led_to(session: Session, sort: KeySort) -> str:
    """(value, target): whom a value names."""
    db = session.db
    if sort == "order":
        return f"""SELECT c.value, o.person AS target FROM (SELECT DISTINCT value FROM carried) AS c
            JOIN {db}.orders AS o ON o.id = c.value WHERE o.identity IS NOT NULL"""
    folded = "lower(c.value)" if sort == "email" else "c.value"
    return f"""SELECT DISTINCT c.value, i.person AS target FROM (SELECT DISTINCT value FROM carried) AS c
        JOIN {db}.identity AS i ON i.alias = {folded}
        WHERE coalesce(i.kind, 'file') NOT IN {DEVICE_KINDS} AND NOT coalesce({IS_SMALL_NUMBER}, false)"""


def _verdicts(session: Session, key: JoiningKey, sort: KeySort) -> str:
    """Common table expressions that end in `verdicts` (person, value, target, verdict), a row per person, value and
    target. A person has the worst verdict of their values, but `already` and `nobody` do not stand in the way."""
    db = session.db
    apart = ", ".join(f"({min(pair)}, {max(pair)})" for pair in kept_apart(session)) or "(-1, -1)"
    return f"""
        carried AS MATERIALIZED ({_carried(session, key)}),
        led AS MATERIALIZED ({_led_to(session, sort)}),
        several AS (SELECT value FROM carried GROUP BY value HAVING count(*) > 1
            UNION SELECT value FROM led GROUP BY value HAVING count(DISTINCT target) > 1),
        pairs AS MATERIALIZED (
            SELECT c.person, c.value, l.target, c.value IN (SELECT value FROM several) AS is_shared
            FROM carried AS c LEFT JOIN led AS l ON l.value = c.value),
        others AS (SELECT DISTINCT person, target FROM pairs WHERE target <> person),
        crowded AS (SELECT person FROM others GROUP BY person HAVING count(*) > 1),
        sought AS (SELECT target FROM others GROUP BY target HAVING count(*) > 1),
        users AS (SELECT DISTINCT i.person FROM {db}.identity AS i
            WHERE i.kind = '{IdKind.USER}'),
        apart(one, other) AS (VALUES {apart}),
        judged AS (
            SELECT p.*, CASE
                WHEN p.target IS NULL THEN 'nobody'
                WHEN p.target = p.person AND NOT p.is_shared THEN 'already'
                WHEN p.is_shared OR p.person IN (SELECT person FROM crowded)
                    OR p.target IN (SELECT target FROM sought) OR p.target IN (SELECT person FROM others)
                    OR p.person IN (SELECT target FROM others)
                    OR (p.person IN (SELECT person FROM users) AND p.target IN (SELECT person FROM users))
                    OR (least(p.person, p.target), greatest(p.person, p.target)) IN (SELECT (one, other) FROM apart)
                    THEN 'doubtful'
                ELSE 'joins' END AS verdict
            FROM pairs AS p),
        verdicts AS (
            SELECT * FROM judged QUALIFY verdict = max_by(verdict,
                CASE verdict WHEN 'doubtful' THEN 3 WHEN 'joins' THEN 2 WHEN 'already' THEN 1 ELSE 0 END)
                OVER (PARTITION BY person))"""


def _name_of(session: Session, person: str) -> str:
    """SQL for the id by which a person is called: a name before a device."""
    return f"""(SELECT arg_min(i.alias, CASE WHEN {id_kinds.kind()} IN {id_kinds.ANONYMOUS} THEN 1 ELSE 0 END)
        FROM {session.db}.identity AS i WHERE i.person = {person})"""


def _find_hits_again(session: Session, people: pa.Array, rules: Sequence[HitRule]) -> None:
    session.offer("joined", pa.table({"person": people}))
    hits.find_again(session, hits.rules_about(rules, "person."), of="s.person IN (SELECT person FROM joined)")
    session.withdraw("joined")
