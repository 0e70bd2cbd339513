"""Words for why somebody was not asked, or not reached."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def reason(why: str) -> str:
    """An enumerated word of `Invitation.why` as people say it."""
    return {
        "cancelled": _("taken back before it was sent, or the order was cancelled"),
        "closed": _("the survey, the link or the moment was closed"),
        "no_address": _("the address does not exist"),
        "undeliverable": _("the message could not be delivered"),
        "suppressed": _("wants no messages"),
        "unsubscribed": _("unsubscribed"),
        "complained": _("reported it as junk"),
        "limit_any": _("was asked something lately"),
        "limit_metric": _("was asked the same lately"),
        "limit_moment": _("was asked something lately"),
        "superseded": _("the same happened to them again"),
        "too_late": _("it was too late"),
        "too_old": _("the mail server took no messages for three days"),
        "refused": _("the mail server refused the message"),
        "not_wanted": _("answered or taken back meanwhile"),
    }.get(why, why)


def left_out(why: str, count: int) -> str:
    """Why some of a list will not be asked."""
    return {
        "invalid": ngettext("%s is no e-mail address", "%s are no e-mail addresses", count),
        "duplicate": ngettext("%s stands in the list twice", "%s stand in the list twice", count),
        "invited": ngettext("%s was invited already", "%s were invited already", count),
        "suppressed": ngettext("%s wants no messages", "%s want no messages", count),
        "fatigue": ngettext("%s was asked something lately", "%s were asked something lately", count),
    }[why] % count
