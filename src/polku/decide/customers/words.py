"""Names and sentences of the groups of customers."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from polku.analytics.rfm import LEAST_GAPS, Rhythm
from polku.site.formats import Reader

NAMES: dict[str, Promise] = {
    "loyal": pgettext_lazy("group of customers", "Loyal"),
    "returning": pgettext_lazy("group of customers", "Returning"),
    "new": pgettext_lazy("group of customers", "New"),
    "at_risk": pgettext_lazy("group of customers", "At risk"),
    "waiting": pgettext_lazy("group of customers", "Not back yet"),
    "quiet": pgettext_lazy("group of customers", "Gone quiet"),
    "once": pgettext_lazy("group of customers", "Bought once, long ago"),
}
ONCE = ("new", "waiting", "once")
"""Groups of people with one purchase."""
ADVICE: dict[str, Promise] = {
    "loyal": gettext_lazy("Thank them, and ask what they would tell a friend."),
    "returning": gettext_lazy("Give them a reason for the next purchase."),
    "new": gettext_lazy("Make the first weeks easy: they decide now whether to come back."),
    "at_risk": gettext_lazy("Ask soon what went wrong: they are later than usual."),
    "waiting": gettext_lazy("Remind them while they still remember you."),
    "quiet": gettext_lazy("Few come back by themselves; one good message is enough."),
    "once": gettext_lazy("Do not spend much on them."),
}


def rule_of(group: str, rhythm: Rhythm) -> str:
    """Who belongs to the group, in words."""
    many, few = rhythm.many, rhythm.many - 1
    soon = _("last within %(days)d days") % {"days": rhythm.soon}
    between = _("last %(first)d–%(last)d days ago") % {"first": rhythm.soon + 1, "last": rhythm.late}
    long_ago = _("last more than %(days)d days ago") % {"days": rhythm.late}
    once, again = _("one purchase"), _("at least two purchases")
    some = _("2–%(few)d purchases") % {"few": few} if few > 2 else _("two purchases")
    parts = {
        "loyal": (_("at least %(many)d purchases") % {"many": many}, soon),
        "returning": (some, soon),
        "new": (once, soon),
        "at_risk": (again, between),
        "waiting": (once, between),
        "quiet": (again, long_ago),
        "once": (once, long_ago),
    }
    return ", ".join(parts[group])


def rhythm_sentence(rhythm: Rhythm, reader: Reader) -> str:
    """Where the bounds come from."""
    if rhythm.gaps < LEAST_GAPS:
        return _(
            "Too few have bought again to tell your customers’ rhythm, so the bounds are 90 and 365 days."
        )
    return _(
        "The bounds are your customers’ own: of %(gaps)s repeat purchases, three of four came within %(soon)s days "
        "of the one before, and at least nineteen of twenty within %(late)s days."
    ) % {
        "gaps": reader.number(rhythm.gaps),
        "soon": reader.number(rhythm.soon),
        "late": reader.number(rhythm.late),
    }


def months_ahead(months: int) -> str:
    return ngettext("the next month", "the next %(months)d months", months) % {"months": months}


def days_between(low: int, high: int | None) -> str:
    """`0–30 days ago`"""
    if high is None:
        return _("over %(days)d days ago") % {"days": low - 1}
    return _("%(low)d–%(high)d days ago") % {"low": low, "high": high}


def times_between(low: int, high: int | None) -> str:
    """`4–6 purchases`"""
    if high is None:
        return _("%(low)d or more purchases") % {"low": low}
    if high == low:
        return ngettext("%(low)d purchase", "%(low)d purchases", low) % {"low": low}
    return _("%(low)d–%(high)d purchases") % {"low": low, "high": high}
