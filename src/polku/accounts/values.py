"""Cleaning of what people write into settings: forms and commands pass the same gate.

Every function raises ValidationError with a message for the reader.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_LONGEST_STATE = 200
_MOST_STATES = 100


def clean_line(value: object, *, longest: int, required: bool = True) -> str:
    """One line of text without surrounding space."""
    text = " ".join(str(value).replace("\0", "").split())
    if required and not text:
        raise ValidationError(_("Give a name."))
    if len(text) > longest:
        raise ValidationError(
            _("At most %(longest)s characters; this has %(length)s.")
            % {"longest": longest, "length": len(text)}
        )
    return text


def clean_choice(value: object, choices: Iterable[str]) -> str:
    known = list(choices)
    if isinstance(value, str) and value in known:
        return value
    raise ValidationError(
        _("“%(value)s” is not known; it can be %(known)s.")
        % {"value": value, "known": ", ".join(choice for choice in known if choice)}
    )


def clean_timezone(value: object) -> str:
    """A name of the time-zone database, such as Europe/Helsinki."""
    name = str(value).strip()
    known = available_timezones()
    if name in known:
        return name
    near = get_close_matches(name, known, n=1)
    if near:
        raise ValidationError(
            _("“%(name)s” is not a time zone; did you mean %(near)s?") % {"name": name, "near": near[0]}
        )
    raise ValidationError(_("“%s” is not a time zone; write for example Europe/Helsinki.") % name)


def clean_currency(value: object) -> str:
    """Three letters of ISO 4217."""
    code = str(value).strip().upper()
    if len(code) == 3 and code.isascii() and code.isalpha():
        return code
    raise ValidationError(_("A currency is three letters, for example EUR."))


def clean_states(value: object) -> list[str]:
    """Order states as they were received, each once."""
    if not isinstance(value, (list, tuple)):
        raise ValidationError(_("Order states are a list."))
    states = list(dict.fromkeys(str(state) for state in value if str(state).strip()))
    if len(states) > _MOST_STATES or any(len(state) > _LONGEST_STATE for state in states):
        raise ValidationError(_("At most 100 order states of at most 200 characters."))
    return states
