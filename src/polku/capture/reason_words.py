"""What a reason for not becoming a signal is called, what it means, and whether anybody need do something."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from polku.capture.reasons import DROPS, REJECTIONS


@dataclass(frozen=True)
class ReasonWords:
    """`meaning` is what happened, `advice` what to think of it or do; `is_fine`: nothing needs to be done."""

    reason: str
    label: Any
    meaning: Any
    advice: Any
    is_fine: bool


_LABELS: dict[str, Any] = {
    "bot": _("bots"),
    "own_traffic": _("own traffic"),
    "no_identifier": _("no identifier"),
    "unsupported": _("unsupported type"),
    "not_an_object": _("not in the form of an event"),
    "not_json": _("not valid JSON"),
    "too_large": _("too large"),
    "missing_type": _("type missing"),
    "unknown_type": _("unknown type"),
    "missing_event": _("event name missing"),
    "missing_id": _("id missing"),
    "bad_field": _("wrong kind of value"),
    "too_many_properties": _("too many properties"),
    "unreadable": _("unreadable"),
}
_ADVICE: dict[str, Any] = {
    "bot": _("Good: search engines and monitoring programs are not customers."),
    "own_traffic": _("Good: your own staff is not counted among customers."),
    "no_identifier": _(
        "Usual where visitors give no consent. Counting without cookies, in the settings, would count them "
        "without knowing who they are."
    ),
    "unsupported": _("Nothing is lost for the map. The sender may leave these messages out."),
    "not_an_object": _("Ask whoever maintains the sender to send each event as one JSON object."),
    "not_json": _("The text broke on its way or was put together wrongly. Mend it and process it again."),
    "too_large": _("An event holds at most 32 kB. Leave out long texts and files, then process it again."),
    "missing_type": _("Add the field “type”, for example “track”, and process it again."),
    "unknown_type": _(
        "The type is “track”, “page”, “screen”, “identify”, “group” or “alias”. Correct it and process it again."
    ),
    "missing_event": _("Add the field “event” with the event’s name, and process it again."),
    "missing_id": _("Add the id that the explanation asks for, and process it again."),
    "bad_field": _("The explanation of each row names the field. Mend it and process the row again."),
    "too_many_properties": _("An event holds at most 255 properties. Leave some out and process it again."),
    "unreadable": _("If there are many, the sender probably changed. The explanations tell more."),
}


def describe(reason: str) -> ReasonWords:
    """In words; a reason that nobody named is shown as it is kept."""
    return ReasonWords(
        reason=reason,
        label=_LABELS.get(reason, reason),
        meaning=DROPS.get(reason) or REJECTIONS.get(reason) or "",
        advice=_ADVICE.get(reason, ""),
        is_fine=reason in ("bot", "own_traffic", "unsupported"),
    )
