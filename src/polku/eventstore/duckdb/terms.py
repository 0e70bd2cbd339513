"""What a property is in SQL: as text, as a number, as a calendar day, as a moment.

`Terms` belongs to one statement: it collects the statement's parameters and remembers which joins it needs. Rows
are named `s` (signal), `o` (its order) and `p` (its person) throughout this room.
"""

from __future__ import annotations

import zoneinfo
from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import gettext as _

from polku.eventstore.port import SignalKind, StoreError

# DuckDB also casts "inf" and "epoch" to times; only what begins with a day is one here.
_DAY_FIRST = "^[0-9]{4}-[0-9]{2}-[0-9]{2}"
_OFFSET = _DAY_FIRST + r".*([Zz]|[+-][0-9]{2}:?[0-9]{2})$"
_KIND_NAMES = " ".join(f"WHEN {kind.value} THEN '{kind.name.lower()}'" for kind in SignalKind)
_NAME_OF = {
    kind: f"CASE WHEN s.kind = {kind.value} THEN s.name END"
    for kind in (SignalKind.EVENT, SignalKind.SCORE, SignalKind.CONTACT)
}


@dataclass(frozen=True)
class Typed:
    """A column and its type: text, number, time (UTC), day or truth."""

    sql: str
    type: str = "text"


SIGNAL = {
    "kind": Typed(f"CASE s.kind {_KIND_NAMES} END"),
    "name": Typed("s.name"),
    "event": Typed(_NAME_OF[SignalKind.EVENT]),
    "metric": Typed(_NAME_OF[SignalKind.SCORE]),
    "reason": Typed(_NAME_OF[SignalKind.CONTACT]),
    "channel": Typed("s.channel"),
    "url": Typed("s.url"),
    "value": Typed("s.value", "number"),
    "score": Typed("s.score", "number"),
    "text": Typed("s.text"),
    "session": Typed("s.session"),
    "time": Typed("s.time", "time"),
}
# Kept on the calendar day; unknown while either date is missing.
ON_TIME = "(o.delivered <= o.promised)"
ORDER = {
    "id": Typed("o.id"),
    "status": Typed("o.status"),
    "value": Typed("o.value", "number"),
    "time": Typed("o.time", "time"),
    "promised": Typed("o.promised", "day"),
    "delivered": Typed("o.delivered", "day"),
    "on_time": Typed(ON_TIME, "truth"),
}
ORDER_AFTER_PROPERTIES = {"channel": Typed("o.channel"), "url": Typed("o.url")}


class Terms:
    """Parameters and joins of one statement about signals in the file `db`."""

    def __init__(self, db: str, timezone: str = "UTC") -> None:
        self.db = db
        self.timezone = _known_zone(timezone)
        self.parameters: dict[str, object] = {}
        self.uses_order = False
        self.uses_person = False

    def parameter(self, value: object) -> str:
        """Keep `value` for the statement; what stands for it in the SQL. Raises StoreError for broken text."""
        if isinstance(value, str):
            try:
                value.encode()
            except UnicodeEncodeError as error:
                raise StoreError(_("A text to compare with is not valid Unicode.")) from error
        name = f"v{len(self.parameters)}"
        self.parameters[name] = value
        return f"${name}"

    def beside(self) -> Terms:
        """Terms of another part of the same statement: the same parameters, joins of its own."""
        other = Terms(self.db, self.timezone)
        other.parameters = self.parameters
        return other

    def source(self) -> str:
        """The FROM clause; ask for it when all conditions are made."""
        joins = f"{self.db}.signal AS s"
        if self.uses_order:
            joins += f" LEFT JOIN {self.db}.orders AS o ON o.order_key = s.order_key"
        if self.uses_person:
            joins += f" LEFT JOIN {self.db}.person AS p ON p.person = s.person"
        return joins

    def local(self, moment: str) -> str:
        """A UTC timestamp as local time of the scope's zone."""
        if self.timezone == "UTC":
            return moment
        return f"timezone({self.parameter(self.timezone)}, timezone('UTC', {moment}))"

    def property(self, name: str) -> Property:
        """The property `name`, by the order of places that the port's Condition describes."""
        if name.startswith("order."):
            self.uses_order = True
            rest = name.removeprefix("order.")
            if rest in ORDER:
                return Property(self, None, ORDER[rest])
            return Property(self, self._json("o.properties", rest), ORDER_AFTER_PROPERTIES.get(rest))
        if name.startswith("person."):
            self.uses_person = True
            return Property(self, self._json("p.traits", name.removeprefix("person.")), None)
        return Property(self, self._json("s.properties", name), SIGNAL.get(name))

    def _json(self, column: str, name: str) -> str:
        pointer = "/" + name.replace("~", "~0").replace("/", "~1")
        return f"json_extract_string({column}, {self.parameter(pointer)})"


class Property:
    """A value out of JSON (`own`), a column (`column`), or the first of the two that is there."""

    def __init__(self, terms: Terms, own: str | None, column: Typed | None) -> None:
        self._terms = terms
        self._own = own
        self._column = column

    @property
    def is_number(self) -> bool:
        return self._column is not None and self._column.type == "number"

    @property
    def is_moment(self) -> bool:
        return self._column is not None and self._column.type == "time"

    def _either(self, of_text: str, of_column: str | None) -> str:
        """`of_text` where the JSON has the property, else `of_column`."""
        if self._own is None:
            return of_column or "NULL"
        if of_column is None:
            return of_text
        return f"CASE WHEN {self._own} IS NOT NULL THEN {of_text} ELSE {of_column} END"

    def text(self) -> str:
        column = self._column
        if column is None:
            return self._own or "NULL"
        shown = {
            "text": column.sql,
            "truth": f"CAST({column.sql} AS VARCHAR)",
            "day": f"CAST({column.sql} AS VARCHAR)",
            "time": f"CAST({column.sql} AS VARCHAR)",
            # 5.0 reads as "5", as it was written.
            "number": f"regexp_replace(CAST({column.sql} AS VARCHAR), '\\.0$', '')",
        }[column.type]
        return shown if self._own is None else f"coalesce({self._own}, {shown})"

    def number(self) -> str:
        """A finite number or NULL."""
        column = None
        if self._column is not None:
            column = self._column.sql if self.is_number else _number(self.text_of_column())
        return self._either(_number(self._own or "NULL"), column)

    def text_of_column(self) -> str:
        return Property(self._terms, None, self._column).text()

    def day(self) -> str:
        """The calendar day in the scope's zone; a text without an offset is local already."""
        column = self._column
        of_column = None
        if column is not None:
            if column.type == "day":
                of_column = column.sql
            elif column.type == "time":
                of_column = f"CAST({self._terms.local(column.sql)} AS DATE)"
            else:
                of_column = self._day_of_text(self.text_of_column())
        return self._either(self._day_of_text(self._own) if self._own else "NULL", of_column)

    def moment(self) -> str:
        """A UTC timestamp; a text without an offset is local."""
        return self._either(self._moment_of_text(), self._column.sql if self._column else None)

    def _moment_of_text(self) -> str:
        if self._own is None:
            return "NULL"
        zone = self._terms.parameter(self._terms.timezone)
        return (
            f"CASE WHEN regexp_matches({self._own}, '{_OFFSET}') "
            f"THEN timezone('UTC', try_cast({self._own} AS TIMESTAMPTZ)) "
            f"WHEN regexp_matches({self._own}, '{_DAY_FIRST}') "
            f"THEN timezone('UTC', timezone({zone}, try_cast({self._own} AS TIMESTAMP))) END"
        )

    def _day_of_text(self, text: str) -> str:
        zone = self._terms.parameter(self._terms.timezone)
        return (
            f"CASE WHEN regexp_matches({text}, '{_OFFSET}') "
            f"THEN CAST(timezone({zone}, try_cast({text} AS TIMESTAMPTZ)) AS DATE) "
            f"WHEN regexp_matches({text}, '{_DAY_FIRST}') THEN try_cast({text} AS DATE) END"
        )


def _number(text: str) -> str:
    return f"CASE WHEN isfinite(try_cast({text} AS DOUBLE)) THEN try_cast({text} AS DOUBLE) END"


@lru_cache(maxsize=256)
def _known_zone(name: str) -> str:
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise StoreError(_("“%s” is not a known time zone.") % name) from error
    return name
