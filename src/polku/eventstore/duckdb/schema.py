"""The tables of one workspace's file.

`signal.person` is always the person of the signal's identity or, without one, of its order; it is kept in the
row so that questions need no join, and `identity` and `order_key` are kept beside it so that it can be
found again. An order with a time has one signal of its own (`orders.signal`), without a message id.

Signals that arrived before `meta.sorted_before` lie in the file by person, time and arrival, but for those that
changed since the file was written; later ones as they arrived. Row groups of the sorted part hold arrivals of all
times, so the ids of those that may still be repeated are kept beside it in order of arrival.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

TABLES = {
    "meta": """
        version BIGINT NOT NULL, next_arrival BIGINT NOT NULL, next_person BIGINT NOT NULL,
        next_identity BIGINT NOT NULL, next_order BIGINT NOT NULL, first_time TIMESTAMP, newest_time TIMESTAMP,
        sorted_before BIGINT""",
    "signal": """
        arrival BIGINT NOT NULL, message_id UUID, kind UTINYINT NOT NULL, name VARCHAR NOT NULL,
        time TIMESTAMP NOT NULL, person BIGINT NOT NULL, identity BIGINT, order_key BIGINT, session VARCHAR,
        channel VARCHAR, url VARCHAR, value DOUBLE, score DOUBLE, scale_low DOUBLE, scale_high DOUBLE,
        text VARCHAR, properties VARCHAR, device BIGINT, origin VARCHAR""",
    "identity": """
        identity BIGINT NOT NULL, alias VARCHAR NOT NULL, person BIGINT NOT NULL, kind VARCHAR,
        is_shared BOOLEAN""",
    "person": "person BIGINT NOT NULL, traits VARCHAR",
    "orders": """
        order_key BIGINT NOT NULL, id VARCHAR NOT NULL, person BIGINT NOT NULL, identity BIGINT, signal BIGINT,
        time TIMESTAMP, value DOUBLE, status VARCHAR, promised DATE, delivered DATE, channel VARCHAR,
        url VARCHAR, properties VARCHAR""",
    # Every row of an order file that was taken, so that a repeat adds nothing; `value` is that of an order line.
    "order_row": "message_id UUID NOT NULL, order_key BIGINT NOT NULL, value DOUBLE",
    "hit": "touchpoint BIGINT NOT NULL, signal BIGINT NOT NULL",
    # Names of properties received (`order.` and `person.` in front of theirs), counted while loading.
    "property": "name VARCHAR NOT NULL, signals BIGINT NOT NULL, last TIMESTAMP",
    # The place in the inbox up to which everything is here: one row, written with what it stands for.
    "inbox_place": "file BIGINT NOT NULL, row BIGINT NOT NULL",
    # The first arrival of each hour of receipt: what came lately is looked for among few row groups.
    "received_hour": "hour TIMESTAMP NOT NULL, first_arrival BIGINT NOT NULL",
    # Ids of signals before `sorted_before` that may be sent again, by arrival: see there.
    "sorted_message": "message_id UUID NOT NULL, arrival BIGINT NOT NULL",
    "source": """
        origin VARCHAR NOT NULL, first_received TIMESTAMP NOT NULL, last_received TIMESTAMP NOT NULL,
        newest_time TIMESTAMP""",
    # By source, hour of receipt and reason: accepted, repeated, rejected, and why something was dropped.
    "source_count": """
        origin VARCHAR NOT NULL, hour TIMESTAMP NOT NULL, reason VARCHAR NOT NULL, count BIGINT NOT NULL""",
    # `aside_at`: when somebody deleted the row; it lies there a day longer, unseen, for whoever takes that back.
    "rejected": """
        id UUID NOT NULL, received TIMESTAMP NOT NULL, origin VARCHAR NOT NULL, reason VARCHAR NOT NULL,
        detail VARCHAR NOT NULL, raw VARCHAR NOT NULL, context VARCHAR NOT NULL, aside_at TIMESTAMP""",
    # Visits of late, for where they came from (`traffic`, as the event at `traffic_time` said); old ones are forgotten.
    "visit": """
        person BIGINT NOT NULL, first_time TIMESTAMP NOT NULL, last_time TIMESTAMP NOT NULL, traffic VARCHAR,
        traffic_time TIMESTAMP""",
    # Who was made one with whom, with what is needed to take it back: the link of `identity` and `other` let the
    # person `survivor` take in `absorbed`, whose identities were `identities`; the traits are those of before.
    "merged": """
        number BIGINT NOT NULL, made_at TIMESTAMP NOT NULL, reason VARCHAR NOT NULL, survivor BIGINT NOT NULL,
        absorbed BIGINT NOT NULL, identity BIGINT NOT NULL, other BIGINT NOT NULL, identities BIGINT[],
        survivor_traits VARCHAR, absorbed_traits VARCHAR, undone_at TIMESTAMP""",
    # Pairs of ids that somebody separated: they never join people again.
    "kept_apart": "identity BIGINT NOT NULL, other BIGINT NOT NULL",
    # Of each version what its state is known by, and what came before it: see `stored_changes`.
    "write_mark": """
        version BIGINT NOT NULL, mark UUID NOT NULL, next_arrival BIGINT NOT NULL, next_order BIGINT NOT NULL""",
    # What of the stored each write changed: people, orders, touchpoints by number; `known` where that was noted.
    "write_change": "version BIGINT NOT NULL, what VARCHAR NOT NULL, number BIGINT NOT NULL",
    "refused_link": """
        reason VARCHAR NOT NULL, alias VARCHAR NOT NULL, other VARCHAR NOT NULL, count BIGINT NOT NULL,
        last TIMESTAMP NOT NULL""",
}

_FIRST_ROWS = {"meta": "(0, 1, 1, 1, 1, NULL, NULL, 0)"}


def columns(table: str) -> list[str]:
    """The names of a table's columns. Files made by earlier programs may have them in another order."""
    return [column.split()[0] for column in TABLES[table].split(",")]


def tables(db: str) -> list[str]:
    """What makes all tables, without a row, in the attached file `db`."""
    return [f"CREATE TABLE {db}.{name} ({made_of})" for name, made_of in TABLES.items()]


def statements(db: str) -> list[str]:
    """What makes an empty store in the attached file `db`."""
    return [*tables(db), *(f"INSERT INTO {db}.{name} VALUES {row}" for name, row in _FIRST_ROWS.items())]


def upgrade_statements(db: str, there: Mapping[str, Collection[str]]) -> list[str]:
    """What a file made by an earlier program lacks; `there` has the names of its columns by table.

    Only tables and columns that may be null are added, so that what is there stays as it is; but for the ids that are
    e-mail addresses, which are known in small letters since ids have a kind.
    """
    lacking = []
    if "kind" not in there.get("identity", ("kind",)):
        lacking.append(f"UPDATE {db}.identity SET alias = lower(alias) WHERE contains(alias, '@')")
    for name, columns in TABLES.items():
        if name not in there:
            lacking.append(f"CREATE TABLE IF NOT EXISTS {db}.{name} ({columns})")
            if name == "write_mark":
                lacking.append(
                    f"INSERT INTO {db}.write_mark SELECT version, uuid(), next_arrival, next_order FROM {db}.meta"
                )
            continue
        for column in (" ".join(each.split()) for each in columns.split(",")):
            if column.split()[0] not in there[name]:
                lacking.append(f"ALTER TABLE {db}.{name} ADD COLUMN IF NOT EXISTS {column}")
    return lacking
