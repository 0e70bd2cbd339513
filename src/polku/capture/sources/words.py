"""Times as people say them. Whole units only: nobody wants “26 hours and 3 minutes”."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def ago(elapsed: timedelta) -> str:
    """“just now”, “3 min ago”, “5 h ago”, “2 days ago”."""
    minutes = int(elapsed.total_seconds() // 60)
    if minutes < 1:
        return _("just now")
    if minutes < 60:
        return _("%(minutes)s min ago") % {"minutes": minutes}
    if minutes < 48 * 60:
        return _("%(hours)s h ago") % {"hours": minutes // 60}
    days = minutes // (24 * 60)
    return ngettext("%(days)d day ago", "%(days)d days ago", days) % {"days": days}


def duration(elapsed: timedelta) -> str:
    """What stands after “for”: “26 hours”, “3 days” (in Finnish “26 tuntiin”, “3 päivään”)."""
    hours = max(1, int(elapsed.total_seconds() // 3600))
    if hours < 48:
        return ngettext("%(hours)d hour", "%(hours)d hours", hours) % {"hours": hours}
    days = hours // 24
    return ngettext("%(days)d day", "%(days)d days", days) % {"days": days}


def length_of(elapsed: timedelta) -> str:
    """“26 h”, “3 d”: whole days from two on."""
    hours = int(elapsed.total_seconds() // 3600)
    return length(hours if hours < 48 else hours // 24 * 24)


def length(hours: int) -> str:
    """A length of time by itself: “24 h”, “7 d”."""
    if hours % 24 or hours < 48:
        return _("%(hours)s h") % {"hours": hours}
    return _("%(days)s d") % {"days": hours // 24}
