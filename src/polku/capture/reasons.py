"""Every reason for which something does not become a signal. Each is counted; what was rejected is kept as it came."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

DROPS = {
    "no_identifier": _("It named neither a person nor a device, and counting without cookies is off."),
    "bot": _("A known crawler or bot sent it."),
    "own_traffic": _("It came from the company's own addresses."),
    "unsupported": _("It is of a type that has no meaning for a customer journey."),
}
"""Dropped on purpose: reason → what a person reads."""

REJECTIONS = {
    "not_an_object": _("It is not in the form of an event (a JSON object)."),
    "not_json": _("It is not valid JSON."),
    "too_large": _("It is larger than one event may be."),
    "missing_type": _("It does not say what type of message it is."),
    "unknown_type": _("Its type of message is not one that is known."),
    "missing_event": _("It has no event name."),
    "missing_id": _("It lacks an id that its type needs."),
    "bad_field": _("One of its fields has a value of the wrong kind."),
    "too_many_properties": _("It has more properties than one event may have."),
    "unreadable": _("It could not be read."),
}
"""Kept raw, to be mended and replayed: reason → what a person reads."""
