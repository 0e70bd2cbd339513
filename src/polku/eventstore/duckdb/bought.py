"""What people bought, in SQL: segments of buyers, and the orders of single people."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime

import pyarrow as pa
from django.utils.translation import gettext as _

from polku.eventstore.bought import DAYS_AGO, SUM, TIMES
from polku.eventstore.duckdb.session import Session
from polku.eventstore.duckdb.terms import Terms
from polku.eventstore.port import Condition, StoreError

_SIGNS = {"eq": "=", "ne": "<>", "gt": ">", "ge": ">=", "lt": "<", "le": "<="}


def people_who_bought(
    terms: Terms, where: Sequence[Condition], *, void: Sequence[str], end: datetime | None
) -> str:
    """A query of the people for whom all of `where` (about `eventstore.bought.PROPERTIES`) holds before `end`."""
    day = f"CAST({terms.local('o.time')} AS DATE)"
    kept = ["o.person IS NOT NULL", "o.time IS NOT NULL"]
    last = f"(SELECT m.newest_time FROM {terms.db}.meta AS m)"
    if end is not None:
        moment = terms.parameter(end)
        kept.append(f"o.time < {moment}")
        last = f"least({last}, {moment} - INTERVAL 1 MICROSECOND)"
    if void:
        states = ", ".join(terms.parameter(state) for state in void)
        kept.append(f"(o.status IS NULL OR o.status NOT IN ({states}))")
    columns = {TIMES: "coalesce(b.times, 0)", SUM: "coalesce(b.sum, 0)"}
    if any(each.property == DAYS_AGO for each in where):
        columns[DAYS_AGO] = f"date_diff('day', b.last, CAST({terms.local(last)} AS DATE))"
    asked = " AND ".join(f"({_holds(terms, columns[each.property], each)})" for each in where)
    return f"""SELECT p.person FROM {terms.db}.person AS p LEFT JOIN (
        SELECT o.person, count(DISTINCT {day}) AS times, max({day}) AS last, sum(o.value) AS sum
        FROM {terms.db}.orders AS o WHERE {" AND ".join(kept)} GROUP BY o.person
    ) AS b ON b.person = p.person WHERE {asked}"""


def orders_of(session: Session, people: Sequence[int]) -> pa.Table:
    return session.table(
        f"""SELECT o.person, o.time, o.value, o.status FROM {session.db}.orders AS o
        WHERE o.person IN (SELECT unnest(CAST($people AS BIGINT[]))) ORDER BY o.person, o.time, o.order_key""",
        {"people": list(people)},
    )


def _holds(terms: Terms, column: str, asked: Condition) -> str:
    if asked.op == "exists":
        return f"({column}) IS {'NOT ' if asked.value is not False else ''}NULL"
    if asked.op == "in":
        if not isinstance(asked.value, (list, tuple)):
            raise StoreError(_("“in” needs a list of values for %s.") % asked.property)
        numbers = [terms.parameter(_number(asked, value)) for value in asked.value]
        return f"coalesce({column} IN ({', '.join(numbers)}), false)" if numbers else "false"
    if asked.op not in _SIGNS:
        raise StoreError(_("“%s” is a number: compare it with one.") % asked.property)
    return f"coalesce({column} {_SIGNS[asked.op]} {terms.parameter(_number(asked, asked.value))}, false)"


def _number(asked: Condition, value: object) -> float:
    try:
        number = float(value) if isinstance(value, (str, int, float)) else math.nan
    except (ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise StoreError(_("“%s” is a number: compare it with one.") % asked.property)
    return number
