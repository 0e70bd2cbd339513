"""The tables of one workspace's file.

`signal.person` is always the person of the signal's identity or, without one, of its order; it is kept in the
row so that questions need no join, and `identity` and `order_key` are kept beside it so that it can be
found again. An order with a time has one signal of its own (`orders.signal`), without a message id.
"""

from __future__ import annotations

TABLES = {
    "meta": """
        version BIGINT NOT NULL, next_arrival BIGINT NOT NULL, next_person BIGINT NOT NULL,
        next_identity BIGINT NOT NULL, next_order BIGINT NOT NULL, first_time TIMESTAMP, newest_time TIMESTAMP""",
    "signal": """
        arrival BIGINT NOT NULL, message_id UUID, kind UTINYINT NOT NULL, name VARCHAR NOT NULL,
        time TIMESTAMP NOT NULL, person BIGINT NOT NULL, identity BIGINT, order_key BIGINT, session VARCHAR,
        channel VARCHAR, url VARCHAR, value DOUBLE, score DOUBLE, scale_low DOUBLE, scale_high DOUBLE,
        text VARCHAR, properties VARCHAR""",
    "identity": "identity BIGINT NOT NULL, alias VARCHAR NOT NULL, person BIGINT NOT NULL",
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
}


def statements(db: str) -> list[str]:
    """What makes an empty store in the attached file `db`."""
    made = [f"CREATE TABLE {db}.{name} ({columns})" for name, columns in TABLES.items()]
    return [*made, f"INSERT INTO {db}.meta VALUES (0, 1, 1, 1, 1, NULL, NULL)"]
