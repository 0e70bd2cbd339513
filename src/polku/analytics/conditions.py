"""Conditions as people write them in a row `property, comparison, value`, and as the Query object has them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from polku.analytics import resolvers

OPERATORS = [
    ("eq", gettext_lazy("is")),
    ("ne", gettext_lazy("is not")),
    ("in", gettext_lazy("is one of (a, b, c)")),
    ("contains", gettext_lazy("contains")),
    ("gt", gettext_lazy("is greater than")),
    ("ge", gettext_lazy("is at least")),
    ("lt", gettext_lazy("is less than")),
    ("le", gettext_lazy("is at most")),
    ("known", gettext_lazy("is known")),
    ("unknown", gettext_lazy("is not known")),
]
_NUMERIC = {"gt", "ge", "lt", "le"}


def condition_of(row: Mapping[str, Any]) -> dict[str, Any] | None:
    """{"property", "op", "value"} of a row; None for a row without a property."""
    name = row.get("property")
    if not name:
        return None
    operator = row.get("op") or "eq"
    if operator in ("known", "unknown"):
        return {"property": name, "op": "exists", "value": operator == "known"}
    value: Any = row.get("value") or ""
    if operator == "in":
        value = [part.strip() for part in value.split(",") if part.strip()]
    elif operator in _NUMERIC:
        value = _number(value)
    return {"property": name, "op": operator, "value": value}


def row_of(condition: Mapping[str, Any]) -> dict[str, str]:
    """The row that `condition_of` reads back."""
    name, operator, value = condition["property"], condition["op"], condition.get("value")
    if operator == "exists":
        return {"property": name, "op": "unknown" if value is False else "known", "value": ""}
    text = ", ".join(map(_text, value)) if isinstance(value, list) else _text(value)
    return {"property": name, "op": operator, "value": text}


def in_words(condition: Mapping[str, Any]) -> str:
    """`city is one of Oulu, Rovaniemi`"""
    row = row_of(condition)
    operator = _("is one of") if row["op"] == "in" else str(dict(OPERATORS)[row["op"]])
    name, value = row["property"], ", ".join(_named(condition))
    if row["op"] == "eq" and row["value"] in ("true", "false"):
        return f"{resolvers.words().property(name)}: {value}"
    return " ".join(part for part in (resolvers.words().property(name), operator, value) if part)


def as_in_data(row: Mapping[str, str]) -> dict[str, str]:
    """The row with values as the data has them where they were written as people call them."""
    if row["op"] not in ("eq", "ne", "in"):
        return dict(row)
    parts = [part.strip() for part in row["value"].split(",")] if row["op"] == "in" else [row["value"]]
    meant = [resolvers.words().meant(row["property"], part) for part in parts]
    return {**row, "value": ", ".join(meant)}


def _named(condition: Mapping[str, Any]) -> list[str]:
    """The condition's values as people call them."""
    if condition["op"] == "exists":
        return []
    value = condition.get("value")
    parts = value if isinstance(value, list) else [value]
    return [resolvers.words().value(condition["property"], _text(part)) for part in parts]


def _number(text: str) -> float | int | str:
    """A number where the text is one, in either language's form; a date or anything else stays text."""
    plain = text.replace("\N{NO-BREAK SPACE}", "").replace(" ", "")
    plain = plain.replace(",", ".").replace("\N{MINUS SIGN}", "-")
    try:
        number = float(plain)
    except ValueError:
        return text
    if not math.isfinite(number):
        return text
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
