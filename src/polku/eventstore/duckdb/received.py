"""What has been received, counted for proposals of maps and for measurement plans."""

from __future__ import annotations

from collections.abc import Sequence

from polku.eventstore.duckdb import conditions
from polku.eventstore.duckdb.instance import Instance
from polku.eventstore.duckdb.session import Session
from polku.eventstore.duckdb.terms import Terms
from polku.eventstore.port import Scope, Selector, SignalKind
from polku.eventstore.received import Bought, Counted, Heard, UsualPlace

_EVENTS = (SignalKind.EVENT,)


class ReceivedStore:
    """Mixed into DuckDBStore: the questions of `eventstore.received`."""

    _instance: Instance

    def channels(self, workspace: str, *, limit: int) -> list[str]:
        with self._instance.question(workspace, "channels") as session:
            found = session.rows(
                f"""SELECT s.channel FROM {session.db}.signal AS s WHERE s.channel IS NOT NULL
                GROUP BY s.channel ORDER BY count(*) DESC, s.channel LIMIT $limit""",
                {"limit": limit},
            )
        return [channel for (channel,) in found]

    def usual_places(self, workspace: str, *, most_people: int = 20_000) -> list[UsualPlace]:
        with self._instance.question(workspace, "usual places") as session:
            return _usual_places(session, most_people)

    def count_each(self, workspace: str, groups: Sequence[Sequence[Selector]], scope: Scope) -> list[Counted]:
        with self._instance.question(workspace, "count each") as session:
            by_name = _count_by_name(session, scope) if sum(map(_is_one_event, groups)) > 1 else {}
            return [
                by_name.get(group[0].names[0], Counted(0, 0, None))
                if by_name and _is_one_event(group)
                else _count(session, group, scope)
                for group in groups
            ]

    def heard_at(self, workspace: str, touchpoints: Sequence[int]) -> list[Heard]:
        with self._instance.question(workspace, "heard at") as session:
            return _heard_at(session, touchpoints)

    def bought_after(
        self,
        workspace: str,
        touchpoints: Sequence[int],
        *,
        kinds: Sequence[SignalKind],
        window: int,
        cancelled: Sequence[str] = (),
    ) -> list[Bought]:
        with self._instance.question(workspace, "bought after") as session:
            return _bought_after(session, touchpoints, kinds, window, cancelled)


def _usual_places(session: Session, most_people: int) -> list[UsualPlace]:
    (people,) = session.row(f"SELECT next_person FROM {session.db}.meta")
    found = session.rows(
        f"""
        WITH first AS (
            SELECT s.person, s.kind, s.name, min(s.time) AS time
            FROM {session.db}.signal AS s
            WHERE s.person % $step = 0 AND s.kind <> {int(SignalKind.COMMENT)}
            GROUP BY ALL
        ), placed AS (
            SELECT kind, name, count(*) OVER whole AS names,
                rank() OVER (PARTITION BY person ORDER BY time) - 1
                    + (count(*) OVER (PARTITION BY person, time) - 1) / 2 AS place
            FROM first WINDOW whole AS (PARTITION BY person)
        )
        SELECT kind, name, avg(place / (names - 1)) AS place, count(*)
        FROM placed WHERE names > 1 GROUP BY kind, name ORDER BY place, kind, name""",
        {"step": max(1, people // most_people)},
    )
    return [UsualPlace(SignalKind(kind), name, place, n) for kind, name, place, n in found]


def _is_one_event(group: Sequence[Selector]) -> bool:
    """Whether a group is all events of one name, and nothing else is asked of them."""
    return len(group) == 1 and len(group[0].names) == 1 and group[0] == Selector(_EVENTS, group[0].names)


def _count_by_name(session: Session, scope: Scope) -> dict[str, Counted]:
    """Events by name, all in one pass: of hundreds of names each would be a pass over all signals."""
    terms = Terms(session.db, scope.timezone)
    where = conditions.all_of(
        [conditions.selectors(terms, [Selector(_EVENTS)]), conditions.scoped(terms, scope)]
    )
    found = session.rows(
        f"""SELECT s.name, count(*), count(DISTINCT s.person), max(s.time)
        FROM {terms.source()} WHERE {where} GROUP BY s.name""",
        terms.parameters,
    )
    return {name: Counted(signals, people, last) for name, signals, people, last in found}


def _count(session: Session, group: Sequence[Selector], scope: Scope) -> Counted:
    """Kinds apart, so that a condition on the properties of answers is not worked out for every event."""
    if not group:
        return Counted(0, 0, None)
    by_kinds: dict[tuple[SignalKind, ...], list[Selector]] = {}
    for selector in group:
        by_kinds.setdefault(selector.kinds, []).append(selector)
    kinds = [kind for each in by_kinds for kind in each]
    if () in by_kinds or len(set(kinds)) < len(kinds):
        by_kinds = {(): list(group)}  # one signal may be taken twice: only together are they counted once
    parts, parameters = [], Terms(session.db).parameters
    for selectors in by_kinds.values():
        terms = Terms(session.db, scope.timezone)
        terms.parameters = parameters
        where = conditions.all_of([conditions.selectors(terms, selectors), conditions.scoped(terms, scope)])
        parts.append(f"SELECT s.person, s.time FROM {terms.source()} WHERE {where}")
    row = session.row(
        f"SELECT count(*), count(DISTINCT person), max(time) FROM ({' UNION ALL '.join(parts)})", parameters
    )
    return Counted(*row)


def _heard_at(session: Session, touchpoints: Sequence[int]) -> list[Heard]:
    found = session.rows(
        f"""
        SELECT h.touchpoint, s.kind, count(*), count(DISTINCT s.person), max(s.time)
        FROM {session.db}.hit AS h JOIN {session.db}.signal AS s ON s.arrival = h.signal
        WHERE h.touchpoint IN (SELECT unnest(CAST($touchpoints AS BIGINT[])))
        GROUP BY ALL ORDER BY ALL""",
        {"touchpoints": list(touchpoints)},
    )
    return [
        Heard(touchpoint, SignalKind(kind), Counted(signals, people, last))
        for touchpoint, kind, signals, people, last in found
    ]


def _bought_after(
    session: Session,
    touchpoints: Sequence[int],
    kinds: Sequence[SignalKind],
    window: int,
    cancelled: Sequence[str],
) -> list[Bought]:
    found = session.rows(
        f"""
        WITH here AS (
            SELECT h.touchpoint, s.person, s.time
            FROM {session.db}.hit AS h JOIN {session.db}.signal AS s ON s.arrival = h.signal
            WHERE h.touchpoint IN (SELECT unnest(CAST($touchpoints AS BIGINT[])))
                AND s.kind IN (SELECT unnest(CAST($kinds AS UTINYINT[])))
        ), came AS (
            SELECT DISTINCT touchpoint, person FROM here
        ), bought AS (
            SELECT c.touchpoint, o.person, o.time
            FROM came AS c JOIN {session.db}.orders AS o ON o.person = c.person
            WHERE o.time IS NOT NULL AND o.value IS NOT NULL
                AND NOT coalesce(o.status IN (SELECT unnest(CAST($cancelled AS VARCHAR[]))), false)
        )
        SELECT b.touchpoint, count(*), count(DISTINCT b.person), max(b.time)
        FROM bought AS b ASOF JOIN here AS h
            ON h.touchpoint = b.touchpoint AND h.person = b.person AND b.time >= h.time
        WHERE b.time <= h.time + to_microseconds(CAST($window AS BIGINT))
        GROUP BY ALL ORDER BY ALL""",
        {
            "touchpoints": list(touchpoints),
            "kinds": [int(kind) for kind in kinds],
            "window": window,
            "cancelled": list(cancelled),
        },
    )
    return [Bought(touchpoint, Counted(orders, people, last)) for touchpoint, orders, people, last in found]
