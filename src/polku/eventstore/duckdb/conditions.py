"""Conditions, selectors, scopes and segments of the port as SQL over `s`, `o` and `p` (see `terms`)."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from polku.eventstore.duckdb.bought import people_who_bought
from polku.eventstore.duckdb.terms import Property, Terms
from polku.eventstore.port import Condition, Scope, SegmentRule, Selector, StoreError

_SIGNS = {"eq": "=", "gt": ">", "ge": ">=", "lt": "<", "le": "<="}
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def condition(terms: Terms, asked: Condition) -> str:
    """True or false for every row, never NULL where the property is absent.

    Raises StoreError for an operator or a value that makes no sense together.
    """
    if asked.op == "in" and asked.value in ([], ()):
        return "false"
    found = terms.property(asked.property)
    match asked.op:
        case "exists":
            return f"({found.text()}) IS {'NOT ' if asked.value is not False else ''}NULL"
        case "contains":
            wanted = terms.parameter(_plain(asked.value))
            return f"coalesce(contains(lower({found.text()}), lower({wanted})), false)"
        case "in":
            if isinstance(asked.value, str) or not isinstance(asked.value, Iterable):
                raise StoreError(_("“in” needs a list of values for %s.") % asked.property)
            return any_of(_compare(terms, found, "eq", value) for value in asked.value)
        case "ne":
            return f"NOT {_compare(terms, found, 'eq', asked.value)}"
        case "eq" | "gt" | "ge" | "lt" | "le":
            return _compare(terms, found, asked.op, asked.value)
        case _:
            raise StoreError(_("“%s” is not a comparison.") % asked.op)


def _compare(terms: Terms, found: Property, op: str, value: object) -> str:
    if value is None:
        if op != "eq":
            raise StoreError(_("Only equality can be asked of nothing."))
        return f"(({found.text()}) IS NULL)"
    left, right = _sides(terms, found, value)
    return f"coalesce(({left}) {_SIGNS[op]} {right}, false)"


def _sides(terms: Terms, found: Property, value: object) -> tuple[str, str]:
    """Both sides of a comparison in the type that the value asks for."""
    if isinstance(value, bool):
        return f"lower({found.text()})", terms.parameter(_plain(value))
    if isinstance(value, int | float):
        return found.number(), terms.parameter(_number(value))
    if isinstance(value, datetime) and found.is_moment:
        return found.moment(), terms.parameter(_utc(value, terms.timezone))
    if isinstance(value, date) and not isinstance(value, datetime):
        return found.day(), terms.parameter(value)
    text = _plain(value)
    if (day := _day(text)) is not None:
        return found.day(), terms.parameter(day)
    if found.is_moment and (moment := _moment(text)) is not None:
        return found.moment(), terms.parameter(_utc(moment, terms.timezone))
    if found.is_number and (number := _finite(text)) is not None:
        return found.number(), terms.parameter(number)
    return found.text(), terms.parameter(text)


def selector(terms: Terms, asked: Selector) -> str:
    """All parts that are given hold."""
    parts = []
    if asked.kinds:
        parts.append(f"s.kind IN ({', '.join(str(int(kind)) for kind in asked.kinds)})")
    if asked.names:
        parts.append(f"s.name IN ({', '.join(terms.parameter(name) for name in asked.names)})")
    if asked.url is not None:
        parts.append(f"coalesce(s.url LIKE {terms.parameter(_pattern(asked.url))} ESCAPE '\\', false)")
    if asked.channel is not None:
        parts.append(f"coalesce(s.channel = {terms.parameter(asked.channel)}, false)")
    if asked.touchpoint is not None:
        wanted = terms.parameter(asked.touchpoint)
        parts.append(f"s.arrival IN (SELECT h.signal FROM {terms.db}.hit AS h WHERE h.touchpoint = {wanted})")
    parts.extend(condition(terms, each) for each in asked.where)
    return all_of(parts)


def selectors(terms: Terms, asked: Sequence[Selector]) -> str:
    """Any of the selectors takes the signal."""
    return any_of(selector(terms, each) for each in asked)


def time_range(terms: Terms, scope: Scope) -> str:
    parts = []
    if scope.start is not None:
        parts.append(f"s.time >= {terms.parameter(_utc(scope.start, 'UTC'))}")
    if scope.end is not None:
        parts.append(f"s.time < {terms.parameter(_utc(scope.end, 'UTC'))}")
    return all_of(parts)


def filters(terms: Terms, scope: Scope) -> str:
    """The scope without its range."""
    parts = [condition(terms, each) for each in scope.where]
    if scope.segment is not None:
        parts.append(segment(terms, scope.segment, scope))
    return all_of(parts)


def scoped(terms: Terms, scope: Scope) -> str:
    return all_of([time_range(terms, scope), filters(terms, scope)])


def segment(terms: Terms, rule: SegmentRule, scope: Scope) -> str:
    """The signal's person belongs to the segment."""
    parts = []
    if rule.where:
        parts.append(f"s.person IN ({_people_who_are(terms, rule.where)})")
    if rule.bought:
        end = _utc(scope.end, "UTC") if scope.end is not None else None
        buyers = people_who_bought(terms.beside(), rule.bought, void=rule.void, end=end)
        parts.append(f"s.person IN ({buyers})")
    parts.extend(f"s.person IN ({_people_who_did(terms, each, scope)})" for each in rule.did)
    parts.extend(f"s.person NOT IN ({_people_who_did(terms, each, scope)})" for each in rule.did_not)
    return all_of(parts)


def _people_who_are(terms: Terms, where: Sequence[Condition]) -> str:
    parts = []
    for each in where:
        if each.property.startswith("order."):
            raise StoreError(_("A segment's own conditions are about people, not about %s.") % each.property)
        name = each.property if each.property.startswith("person.") else f"person.{each.property}"
        parts.append(condition(terms.beside(), Condition(name, each.op, each.value)))
    return f"SELECT p.person FROM {terms.db}.person AS p WHERE {all_of(parts)}"


def _people_who_did(terms: Terms, asked: Selector, scope: Scope) -> str:
    inner = terms.beside()
    parts = [selector(inner, asked), time_range(inner, Scope(end=scope.end))]
    return f"SELECT s.person FROM {inner.source()} WHERE {all_of(parts)}"


def all_of(parts: Iterable[str]) -> str:
    kept = [part for part in parts if part != "true"]
    return " AND ".join(f"({part})" for part in kept) if kept else "true"


def any_of(parts: Iterable[str]) -> str:
    kept = list(parts)
    return "(" + " OR ".join(f"({part})" for part in kept) + ")" if kept else "false"


def _pattern(url: str) -> str:
    """LIKE's pattern of a page address in which `*` is any text and all else itself."""
    return re.sub(r"([\\%_])", r"\\\1", url).replace("*", "%")


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, str | int | float | date):
        return str(value)
    raise StoreError(_("A property can be compared with a text, a number, a date or true and false."))


def _day(text: str) -> date | None:
    if not _DAY.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _number(value: float) -> float:
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise StoreError(_("A number to compare with is too large or not a number."))
    return number


def _finite(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _utc(moment: datetime, timezone: str) -> datetime:
    """Naive UTC; a moment without an offset is in `timezone`."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(timezone))
    try:
        return moment.astimezone(UTC).replace(tzinfo=None)
    except OverflowError:
        return moment.replace(tzinfo=None)
