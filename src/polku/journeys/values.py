"""Cleaning of what people write into a map: forms, commands and imported documents pass the same gate.

Every function raises django.core.exceptions.ValidationError with a message for the reader.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from difflib import get_close_matches
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from polku.analytics import QueryError
from polku.analytics.parsing import parse_conditions
from polku.journeys import limits
from polku.journeys.models import Binding, Channel, Journey


def clean_line(value: object, *, longest: int = limits.NAME, required: bool = True) -> str:
    """One line of text without surrounding space."""
    if not isinstance(value, str):
        raise ValidationError(_("This must be text."))
    text = " ".join(value.replace("\0", "").split())
    if required and not text:
        raise ValidationError(_("Give a name."))
    return _not_longer(text, longest)


def clean_text(value: object, *, longest: int = limits.TEXT) -> str:
    """Text of several lines."""
    if not isinstance(value, str):
        raise ValidationError(_("This must be text."))
    return _not_longer(value.replace("\0", "").strip(), longest)


def clean_flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValidationError(_("This must be true or false."))
    return value


def clean_choice(value: object, choices: Iterable[str]) -> str:
    """One of `choices`; the message names the nearest."""
    known = list(choices)
    if isinstance(value, str) and value in known:
        return value
    near = get_close_matches(str(value), known, n=1)
    if near:
        message = _("“%(value)s” is not known; did you mean “%(near)s”?") % {"value": value, "near": near[0]}
    else:
        message = _("“%(value)s” is not known; it can be %(known)s.") % {
            "value": value,
            "known": ", ".join(known),
        }
    raise ValidationError(message)


def clean_kind(value: object) -> str:
    return clean_choice(value, Journey.Kind.values)


def clean_window(value: object) -> int:
    """Days within which a customer counts as having continued."""
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= limits.WINDOW_DAYS:
        raise ValidationError(_("The window is a whole number of days, 1–%s.") % limits.WINDOW_DAYS)
    return value


def clean_channels(value: object) -> list[str]:
    """Channels in the map's own order, each once."""
    if not isinstance(value, (list, tuple)):
        raise ValidationError(_("Channels are a list."))
    chosen = {clean_choice(channel, Channel.values) for channel in value}
    return [channel for channel in Channel.values if channel in chosen]


def clean_feeling(value: object) -> float | None:
    """−1…+1, or None where the team has made no assumption."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not -1 <= value <= 1:
        raise ValidationError(_("A feeling is a number from −1 (very negative) to 1 (very positive)."))
    return round(float(value), 2)


def clean_date(value: object) -> date | None:
    if value is None or type(value) is date:
        return value
    try:
        return date.fromisoformat(value) if isinstance(value, str) else _not_a_date()
    except ValueError:
        return _not_a_date()


def clean_binding(
    *, kind: object, names: object = (), url: object = "", channel: object = "", where: object = ()
) -> dict[str, Any]:
    """The fields of a binding, so that what is stored always makes a rule."""
    kind = clean_choice(kind, Binding.Kind.values)
    if not isinstance(names, (list, tuple)):
        raise ValidationError({"names": _("Names are a list.")})
    if len(names) > limits.SIGNAL_NAMES:
        raise ValidationError({"names": _("One connection takes at most %s names.") % limits.SIGNAL_NAMES})
    cleaned = {
        "kind": kind,
        "names": list(dict.fromkeys(_signal_name(name) for name in names)),
        "url": _at("url", clean_line, url, longest=limits.ADDRESS, required=False),
        "channel": _at("channel", clean_line, channel, longest=limits.CHANNEL, required=False),
        "where": clean_conditions(where),
    }
    if kind == Binding.Kind.EVENT and not any(cleaned[part] for part in ("names", "url", "channel", "where")):
        raise ValidationError(
            {"names": _("Choose at least one event name, page address, channel or condition.")}
        )
    return cleaned


def clean_conditions(value: object) -> list[dict[str, Any]]:
    """Conditions as the Query object writes them: [{"property", "op", "value"}]."""
    if not isinstance(value, (list, tuple)):
        raise ValidationError({"where": _("Conditions are a list.")})
    if len(value) > limits.CONDITIONS:
        raise ValidationError({"where": _("One connection takes at most %s conditions.") % limits.CONDITIONS})
    try:
        parse_conditions(list(value), field="where")
    except QueryError as error:
        raise ValidationError({"where": str(error)}) from error
    return [dict(condition) for condition in value if isinstance(condition, Mapping)]


def _signal_name(value: object) -> str:
    # An id or a name is kept as it was received, inner spaces included: only its ends are trimmed.
    if not isinstance(value, str) or not value.strip():
        raise ValidationError({"names": _("A name is text and not empty.")})
    if "\0" in value:  # PostgreSQL keeps no such text; a signal may have come with one all the same
        shown = value.replace("\0", "")
        raise ValidationError({"names": _("“%s” has a character that cannot be kept.") % shown})
    if len(value) > limits.SIGNAL_NAME:
        raise ValidationError({"names": _("A name has at most %s characters.") % limits.SIGNAL_NAME})
    return value.strip()


def _at(field: str, clean: Any, value: object, **options: Any) -> Any:
    try:
        return clean(value, **options)
    except ValidationError as error:
        raise ValidationError({field: error.messages}) from error


def _not_longer(text: str, longest: int) -> str:
    if len(text) > longest:
        raise ValidationError(
            _("At most %(longest)s characters; this has %(length)s.")
            % {"longest": longest, "length": len(text)}
        )
    return text


def _not_a_date() -> date:
    raise ValidationError(_("A date is written year-month-day, for example 2026-03-31."))
