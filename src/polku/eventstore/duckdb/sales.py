"""What was sold, on DuckDB: people seen, their orders less what was refunded, whole and by a property."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from polku.eventstore.duckdb import conditions
from polku.eventstore.duckdb.conditions import all_of
from polku.eventstore.duckdb.session import Session
from polku.eventstore.duckdb.terms import SIGNAL, Terms
from polku.eventstore.port import Scope, SignalKind
from polku.eventstore.sales import REFUND, Refunded, Sales, SalesAnswer, SalesPart, SalesQuestion
from polku.eventstore.streams import IdKind

_EVENT, _ORDER = int(SignalKind.EVENT), int(SignalKind.ORDER)
_PRICED = "isfinite(o.value) AND o.value >= 0"
# Sums of money are added as exactly as may be, so that the order of rows does not show in them.
_SUMS = """count(person) AS buyers, coalesce(sum(orders), 0) AS orders, coalesce(sum(orders * orders), 0) AS repeats,
    coalesce(fsum(value), 0) AS value, coalesce(fsum(squares), 0) AS squares,
    coalesce(sum(refunds), 0) AS refunds, coalesce(fsum(refunded), 0) AS refunded"""


def sales(session: Session, scope: Scope, question: SalesQuestion) -> SalesAnswer:
    """See the port."""
    breakdown = question.breakdown
    if breakdown is None or not breakdown.startswith("order."):
        total, parts = _of_people(session, scope, question)
    else:
        total, _everybody = _of_people(session, scope, question, divided=False)
        parts = _of_orders(session, scope, question, breakdown, total)
    return SalesAnswer(total, tuple(parts), _unpriced(session, scope, question), _refunds_since(session))


def refunded(session: Session, scope: Scope, question: SalesQuestion) -> Refunded | None:
    """See the port. Orders from before the first refund are not asked: it is not known what of them came back."""
    first = _refunds_since(session)
    if first is None:
        return None
    terms = Terms(session.db, scope.timezone)
    bought = _bought(terms, scope, question, "NULL", since=first)
    row = session.row(
        f"""SELECT CAST(coalesce(sum(orders), 0) AS BIGINT), CAST(coalesce(sum(refunds), 0) AS BIGINT),
            round(coalesce(fsum(value), 0) + coalesce(fsum(refunded), 0), 2), round(coalesce(fsum(refunded), 0), 2)
        FROM ({bought})""",
        terms.parameters,
    )
    return Refunded(*row)


def _refunds_since(session: Session) -> datetime | None:
    (first,) = session.row(
        f"""SELECT min(o.time) FROM {session.db}.signal AS s JOIN {session.db}.orders AS o
            ON o.order_key = s.order_key WHERE s.kind = {_EVENT} AND s.name = $name AND s.value > 0""",
        {"name": REFUND},
    )
    return cast("datetime | None", first)


def _of_people(
    session: Session, scope: Scope, question: SalesQuestion, *, divided: bool = True
) -> tuple[Sales, list[SalesPart]]:
    """Everybody, and, where people are `divided`, them by the property."""
    terms = Terms(session.db, scope.timezone)
    bought = _bought(terms, scope, question, "NULL")
    breakdown = question.breakdown if divided else None
    told, key, joined = _told(terms, question, breakdown)
    seen = terms.beside()
    names = ", ".join(seen.parameter(name) for name in (*question.unseen, REFUND))
    own = f"s.kind = {_EVENT} AND (s.order_key IS NULL OR s.url IS NOT NULL) AND s.name NOT IN ({names})"
    where = all_of([f"s.kind = {_ORDER} OR ({own})", conditions.scoped(seen, scope)])
    # People known for a day only, by an id without cookies, must not be added up; but an order is somebody's.
    rows = session.rows(
        f"""WITH bought AS ({bought}), seen AS (
            SELECT s.person, {told} AS told FROM {seen.source()} WHERE {where} GROUP BY s.person
        ), daily AS (
            SELECT DISTINCT person FROM {session.db}.identity WHERE kind = '{IdKind.COOKIELESS}'
        ), everybody AS (
            SELECT {key} AS part, d.person IS NOT NULL AND b.person IS NULL AS is_daily, b.*
            FROM seen LEFT JOIN bought AS b ON b.person = seen.person
            LEFT JOIN daily AS d ON d.person = seen.person {joined}
        ), parts AS (
            SELECT part, grouping(part) = 1 AS is_total, count(*) FILTER (NOT is_daily) AS visitors,
                count(*) FILTER (is_daily) AS daily, {_SUMS}
            FROM everybody GROUP BY GROUPING SETS ((part), ())
        ) {_ranked(question.most, people="sum")}""",
        terms.parameters,
    )
    total = next((_sales(row) for row in rows if row[0]), Sales())
    return total, [] if breakdown is None else _parts(rows, question.most)


def _of_orders(
    session: Session, scope: Scope, question: SalesQuestion, breakdown: str, total: Sales
) -> list[SalesPart]:
    """By a property of the orders: the people seen are the same in every part."""
    terms = Terms(session.db, scope.timezone)
    key = f"nullif({terms.property(breakdown).text()}, '')"
    rows = session.rows(
        f"""WITH bought AS ({_bought(terms, scope, question, key)}), parts AS (
            SELECT part, false AS is_total, {total.visitors} AS visitors, {total.daily} AS daily, {_SUMS}
            FROM bought GROUP BY part
        ) {_ranked(question.most, people="max")}""",
        terms.parameters,
    )
    return _parts(rows, question.most)


def _bought(
    terms: Terms, scope: Scope, question: SalesQuestion, key: str, since: datetime | None = None
) -> str:
    """One row for each person and part: `orders` that count, their `value` after refunds, and what variances need."""
    late = (
        "" if question.refunded_until is None else f" AND time < {terms.parameter(question.refunded_until)}"
    )
    refunds = f"""SELECT order_key, fsum(value) AS amount FROM {terms.db}.signal WHERE kind = {_EVENT}
        AND name = {terms.parameter(REFUND)} AND order_key IS NOT NULL AND value > 0{late} GROUP BY order_key"""
    parts = [_counts(terms, question), _PRICED, conditions.scoped(terms, scope)]
    if since is not None:
        parts.append(f"s.time >= {terms.parameter(since)}")
    return f"""SELECT person, part, count(*) AS orders, fsum(value - back) AS value,
            fsum((value - back) * (value - back)) AS squares, count(*) FILTER (back > 0) AS refunds,
            fsum(back) AS refunded
        FROM (
            SELECT s.person, {key} AS part, o.value, least(o.value, coalesce(r.amount, 0)) AS back
            FROM {terms.source()} LEFT JOIN ({refunds}) AS r ON r.order_key = s.order_key WHERE {all_of(parts)}
        ) GROUP BY person, part"""


def _counts(terms: Terms, question: SalesQuestion) -> str:
    """An order that was not taken back; its row is `o`."""
    terms.uses_order = True
    states = ", ".join(terms.parameter(state) for state in sorted(question.void))
    is_void = f"coalesce(o.status IN ({states}), false)" if states else "false"
    counts = f"s.kind = {_ORDER} AND NOT {is_void}"
    if not question.only_first:
        return counts
    return f"""{counts} AND o.order_key IN (
        SELECT arg_min(o.order_key, {{'time': o.time, 'key': o.order_key}}) FROM {terms.db}.orders AS o
        WHERE o.time IS NOT NULL AND NOT {is_void} GROUP BY o.person)"""


def _unpriced(session: Session, scope: Scope, question: SalesQuestion) -> int:
    terms = Terms(session.db, scope.timezone)
    parts = [
        _counts(terms, question),
        f"NOT coalesce({_PRICED}, false)",
        conditions.scoped(terms, scope),
    ]
    (count,) = session.row(f"SELECT count(*) FROM {terms.source()} WHERE {all_of(parts)}", terms.parameters)
    return int(count)


def _told(terms: Terms, question: SalesQuestion, breakdown: str | None) -> tuple[str, str, str]:
    """(what is kept of a person's signals, the person's value in SQL, what must be joined for it).

    Of each person one signal is kept, and its value read afterwards: to look into the properties of all of them is what
    would take long.
    """
    if breakdown is None:
        return "NULL", "NULL", ""
    if breakdown.startswith("person."):
        text = terms.beside().property(breakdown).text()
        return "NULL", f"nullif({text}, '')", f"LEFT JOIN {terms.db}.person AS p ON p.person = seen.person"
    own = terms.beside().property(breakdown)
    text = f"nullif({own.text()}, '')"
    has = f"{text} IS NOT NULL"
    if breakdown.isascii() and not set(breakdown) & set('"\\') and breakdown.isprintable():
        quoted = terms.parameter(f'"{breakdown}"')
        has = f"contains(s.properties, {quoted})"
        if breakdown in SIGNAL:
            has = f"({has} OR ({SIGNAL[breakdown].sql}) IS NOT NULL)"
    choose = "arg_max" if question.attribution == "last" else "arg_min"
    told = f"{choose}(s.arrival, {{'time': s.time, 'arrival': s.arrival}}) FILTER ({has})"
    return told, text, f"LEFT JOIN {terms.db}.signal AS s ON s.arrival = seen.told"


def _ranked(most: int, *, people: str) -> str:
    """The whole (place 0) and the parts by place, those behind the `most` as one."""
    return f""", ranked AS (
        SELECT *, CASE WHEN is_total THEN 0 ELSE least({most + 1}, row_number()
            OVER (PARTITION BY is_total ORDER BY value DESC, visitors DESC, part NULLS LAST)) END AS place FROM parts
    )
    SELECT any_value(is_total), place, CASE WHEN place <= {most} THEN any_value(part) END,
        CAST({people}(visitors) AS BIGINT), CAST({people}(daily) AS BIGINT), CAST(sum(buyers) AS BIGINT),
        CAST(sum(orders) AS BIGINT), CAST(sum(repeats) AS BIGINT), round(fsum(value), 2), fsum(squares),
        CAST(sum(refunds) AS BIGINT), round(fsum(refunded), 2)
    FROM ranked GROUP BY place ORDER BY place"""


def _sales(row: tuple[Any, ...]) -> Sales:
    return Sales(*row[3:])


def _parts(rows: list[tuple[Any, ...]], most: int) -> list[SalesPart]:
    return [SalesPart(row[2], _sales(row), is_others=row[1] > most) for row in rows if not row[0]]
