"""Why a row is rejected: a fixed set of reasons, each with its words."""

from __future__ import annotations

from enum import IntEnum

from django.utils.translation import gettext as _


class Reason(IntEnum):
    MALFORMED = 1
    TOO_LONG = 2
    FIELD_COUNT = 3
    BAD_BYTES = 4
    NO_UNIT = 5
    NO_PERSON = 6
    NO_ORDER = 7
    NO_NAME = 8
    NO_TIME = 9
    BAD_TIME = 10
    BAD_NUMBER = 11
    NO_SCORE = 12
    OFF_SCALE = 13
    NOT_WHOLE = 14
    NO_CONTACT_REASON = 15
    NO_ID = 16
    END_BEFORE_START = 17
    NO_SOURCE = 18
    NO_AMOUNT = 19
    NO_ANSWER = 20


def in_words(reason: Reason, *, column: str = "", value: str = "", scale: str = "") -> str:
    """The reason in the reader's language. `column` and `value` are those at fault, where one cell is."""
    shown = value if len(value) <= 80 else value[:79] + "…"
    return _TEXTS[reason]() % {"column": column, "value": shown, "scale": scale}


_TEXTS = {
    Reason.MALFORMED: lambda: _("a quotation mark is not closed or stands in a wrong place"),
    Reason.TOO_LONG: lambda: _("the row is too long; perhaps a quotation mark is not closed"),
    Reason.FIELD_COUNT: lambda: _("the line has another number of fields than the header row"),
    Reason.BAD_BYTES: lambda: _("the line holds bytes that are not UTF-8 text"),
    Reason.NO_UNIT: lambda: _("neither person nor order"),
    Reason.NO_PERSON: lambda: _("no person"),
    Reason.NO_ORDER: lambda: _("no order id"),
    Reason.NO_NAME: lambda: _("no event in column “%(column)s”"),
    Reason.NO_TIME: lambda: _("no time in column “%(column)s”"),
    Reason.BAD_TIME: lambda: _(
        "“%(value)s” in column “%(column)s” is not a date and time that is understood"
    ),
    Reason.BAD_NUMBER: lambda: _("“%(value)s” in column “%(column)s” is not a usable number"),
    Reason.NO_SCORE: lambda: _("neither score nor comment"),
    Reason.OFF_SCALE: lambda: _("the score “%(value)s” is outside the scale %(scale)s"),
    Reason.NOT_WHOLE: lambda: _("the score “%(value)s” is not a whole number"),
    Reason.NO_CONTACT_REASON: lambda: _("no reason of contact in column “%(column)s”"),
    Reason.NO_ID: lambda: _("no id in column “%(column)s”"),
    Reason.END_BEFORE_START: lambda: _("the end “%(value)s” is before the start"),
    Reason.NO_SOURCE: lambda: _("no source in column “%(column)s”"),
    Reason.NO_AMOUNT: lambda: _("no amount in column “%(column)s”"),
    Reason.NO_ANSWER: lambda: _("none of the questions has an answer"),
}
