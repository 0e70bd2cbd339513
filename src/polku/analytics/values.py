"""Reading the parts of a question: each function takes what was given and where, and returns it typed or
raises QueryError."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence

from django.utils.translation import gettext as _

from polku.analytics.errors import QueryError, unknown_word

MOST_NAMES = 200
LONGEST_TEXT = 1_000


def shown(value: object) -> str:
    """`value` as it can be repeated to a person: short, and never a whole document."""
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= 60 else text[:57] + "…"


def mapping(data: object, known: Collection[str], *, field: str) -> Mapping[str, object]:
    """An object with no other fields than `known`; fields that are null count as left out."""
    if not isinstance(data, Mapping):
        raise QueryError(
            _("“%(field)s” must be an object, not “%(value)s”.") % {"field": field, "value": shown(data)},
            field=field,
        )
    for name in data:
        if name not in known:
            place = f"{field}.{name}" if field else str(name)
            raise unknown_word(
                _("There is no field “%(field)s”.") % {"field": shown(place)}, str(name), known, field=place
            )
    return {name: value for name, value in data.items() if value is not None}


def sequence(data: object, *, field: str, most: int) -> Sequence[object]:
    """A list of at most `most` things."""
    if not isinstance(data, (list, tuple)):
        raise QueryError(
            _("“%(field)s” must be a list, not “%(value)s”.") % {"field": field, "value": shown(data)},
            field=field,
        )
    if len(data) > most:
        raise QueryError(
            _("“%(field)s” holds %(number)d items; at most %(most)d are allowed.")
            % {"field": field, "number": len(data), "most": most},
            field=field,
        )
    return data


def text(data: object, *, field: str) -> str:
    """A text that is not empty, without NUL, of at most 1,000 characters."""
    if not isinstance(data, str) or not data or "\0" in data:
        raise QueryError(
            _("“%(field)s” must be a text, not “%(value)s”.") % {"field": field, "value": shown(data)},
            field=field,
        )
    if len(data) > LONGEST_TEXT:
        raise QueryError(
            _("“%(field)s” is longer than %(most)d characters.") % {"field": field, "most": LONGEST_TEXT},
            field=field,
        )
    return data


def texts(data: object, *, field: str, most: int = MOST_NAMES) -> tuple[str, ...]:
    """One text, or a list of one to `most` of them."""
    if isinstance(data, str):
        return (text(data, field=field),)
    found = sequence(data, field=field, most=most)
    if not found:
        raise QueryError(_("“%(field)s” must name at least one.") % {"field": field}, field=field)
    return tuple(text(item, field=f"{field}[{place}]") for place, item in enumerate(found))


def choice(data: object, known: Sequence[str], *, field: str) -> str:
    """One of the words in `known`."""
    if isinstance(data, str) and data in known:
        return data
    if data is None:
        raise QueryError(
            _("“%(field)s” is missing. Known: %(names)s.") % {"field": field, "names": ", ".join(known)},
            field=field,
        )
    raise unknown_word(
        _("“%(value)s” is not a possible value of “%(field)s”.") % {"value": shown(data), "field": field},
        data if isinstance(data, str) else "",
        known,
        field=field,
    )


def whole(data: object, *, least: int, most: int, field: str) -> int:
    """A whole number from `least` to `most`."""
    if isinstance(data, int) and not isinstance(data, bool) and least <= data <= most:
        return data
    raise QueryError(
        _("“%(field)s” must be a whole number from %(least)d to %(most)d, not “%(value)s”.")
        % {"field": field, "least": least, "most": most, "value": shown(data)},
        field=field,
    )


def truth(data: object, *, field: str) -> bool:
    """True or False."""
    if isinstance(data, bool):
        return data
    raise QueryError(
        _("“%(field)s” must be true or false, not “%(value)s”.") % {"field": field, "value": shown(data)},
        field=field,
    )


def scalar(data: object, *, field: str) -> str | float | int | bool:
    """A text, a finite number, true or false, as conditions compare with."""
    if isinstance(data, bool):
        return data
    if isinstance(data, (int, float)):
        try:
            if math.isfinite(float(data)):
                return data
        except OverflowError:
            pass
        raise QueryError(_("“%(field)s” is not a usable number.") % {"field": field}, field=field)
    if data == "":
        return ""
    if isinstance(data, str):
        return text(data, field=field)
    raise QueryError(
        _("“%(field)s” must be a text, a number, true or false, not “%(value)s”.")
        % {"field": field, "value": shown(data)},
        field=field,
    )
