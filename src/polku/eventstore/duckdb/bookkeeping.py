"""What is kept beside the signals of the front door: the place in the inbox, sources, counts, rows kept raw."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pyarrow as pa

from polku.eventstore.duckdb.session import Session
from polku.eventstore.streams import InboxPlace

REPEATS_KNOWN = timedelta(days=35)
"""How long after its receipt an event is known when it comes again."""


def inbox_place(session: Session) -> InboxPlace:
    rows = session.rows(f"SELECT file, row FROM {session.db}.inbox_place")
    return InboxPlace(*rows[0]) if rows else InboxPlace()


def has_passed(session: Session, place: InboxPlace) -> bool:
    now = inbox_place(session)
    return (now.file, now.row) >= (place.file, place.row)


def move_to(session: Session, place: InboxPlace) -> None:
    session.run(f"DELETE FROM {session.db}.inbox_place")
    session.run(
        f"INSERT INTO {session.db}.inbox_place VALUES ($file, $row)", {"file": place.file, "row": place.row}
    )


def hour_of(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def first_comparable(session: Session, received: datetime) -> int:
    """The first arrival that may be an event received now once more: older ones are not compared."""
    (first,) = session.row(
        f"""SELECT coalesce(
            max(first_arrival) FILTER (hour <= $start), min(first_arrival),
            (SELECT next_arrival FROM {session.db}.meta))
        FROM {session.db}.received_hour""",
        {"start": hour_of(received - REPEATS_KNOWN)},
    )
    return int(first)


def note_hour(session: Session, received: datetime, first_arrival: int) -> bool:
    """Remember the first arrival of the hour of receipt; whether the hour is new."""
    hour = hour_of(received)
    known = session.rows(f"SELECT 1 FROM {session.db}.received_hour WHERE hour = $hour", {"hour": hour})
    if not known:
        session.run(
            f"INSERT INTO {session.db}.received_hour VALUES ($hour, $first)",
            {"hour": hour, "first": first_arrival},
        )
    return not known


def note_sources(
    session: Session,
    sources: Iterable[tuple[str, datetime | None]],
    received: datetime,
    *,
    is_replay: bool = False,
) -> None:
    """Bring sources up to date: (origin, the newest time of its signals). A replay is no sign of life of a source."""
    for origin, newest in sources:
        (known,) = session.row(
            f"SELECT count(*) FROM {session.db}.source WHERE origin = $origin", {"origin": origin}
        )
        if known:
            session.run(
                f"""UPDATE {session.db}.source SET
                    last_received = greatest(last_received, $last_received),
                    newest_time = greatest(newest_time, $newest)
                WHERE origin = $origin""",
                {
                    "origin": origin,
                    "newest": newest,
                    "last_received": None if is_replay else received,
                },
            )
        else:
            session.run(
                f"INSERT INTO {session.db}.source VALUES ($origin, $received, $received, $newest)",
                {"origin": origin, "received": received, "newest": newest},
            )


def count_up(session: Session, counts: Iterable[tuple[str, datetime, str, int]]) -> None:
    """Add (origin, hour, reason, count) to what was counted."""
    rows = [row for row in counts if row[3]]
    if not rows:
        return
    origins, hours, reasons, numbers = zip(*rows, strict=True)
    session.offer(
        "counted",
        pa.table(
            {
                "origin": origins,
                "hour": pa.array(hours, pa.timestamp("us")),
                "reason": reasons,
                "count": pa.array(numbers, pa.int64()),
            }
        ),
    )
    session.run(
        """CREATE OR REPLACE TEMP TABLE counted_now AS
        SELECT origin, hour, reason, CAST(sum(count) AS BIGINT) AS count FROM counted GROUP BY ALL"""
    )
    session.withdraw("counted")
    session.run(
        f"""UPDATE {session.db}.source_count AS c SET count = c.count + n.count FROM temp.main.counted_now AS n
        WHERE (c.origin, c.hour, c.reason) = (n.origin, n.hour, n.reason)"""
    )
    session.run(
        f"""INSERT INTO {session.db}.source_count SELECT n.origin, n.hour, n.reason, n.count
        FROM temp.main.counted_now AS n ANTI JOIN {session.db}.source_count AS c
            ON (c.origin, c.hour, c.reason) = (n.origin, n.hour, n.reason)"""
    )
    session.run("DROP TABLE temp.main.counted_now")


def by_origin(events: pa.Table) -> tuple[dict[str, int], dict[str, datetime]]:
    """(how many events, the newest time) of each source."""
    grouped = pa.TableGroupBy(events.select(["origin", "time"]), "origin").aggregate(
        [("time", "count"), ("time", "max")]
    )
    origins = grouped["origin"].to_pylist()
    return (
        dict(zip(origins, grouped["time_count"].to_pylist(), strict=True)),
        dict(zip(origins, grouped["time_max"].to_pylist(), strict=True)),
    )


def note_import(
    session: Session, origin: str | None, *, accepted: int, known: int, newest: datetime | None = None
) -> None:
    """Count what a file brought, `newest` the time of its newest signal; nothing where it has no origin."""
    if not origin:
        return
    now = datetime.now(UTC).replace(tzinfo=None)
    count_up(
        session, [(origin, hour_of(now), "accepted", accepted), (origin, hour_of(now), "repeated", known)]
    )
    note_sources(session, [(origin, newest)], now)
