"""Moments, limits and what came of them, in plain words."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from polku.analytics import conditions
from polku.analytics.explore.selecting import EVENT, TOUCHPOINT, Choices
from polku.site import formats
from polku.surveys.models import Moment
from polku.surveys.moments.limits import ANY, Limits

HOUR, DAY = 60, 24 * 60
METRICS = ("nps", "csat", "ces", "smiley", "task_success", "stars", "number")
"""What limits can be set for: see `definition.wordings.metric_of`."""


def sentence(moment: Moment, choices: Choices) -> SafeString:
    """“2 hours after *Order Delivered*, 20 % of people, not if asked in the last 30 days, 9–20 o'clock”"""
    parts = [when(moment, choices), share_words(moment.share)]
    if moment.not_within_days:
        parts.append(
            ngettext(
                "not if asked in the last %(days)s day",
                "not if asked in the last %(days)s days",
                moment.not_within_days,
            )
            % {"days": moment.not_within_days}
        )
    parts.append(hours_words(moment.hours_from, moment.hours_to))
    return format_html("{}" + ", {}" * (len(parts) - 1), *parts)


def when(moment: Moment, choices: Choices) -> SafeString:
    """“2 hours after *Order Delivered*, where country is FI”"""
    chosen = choice_of(moment.trigger)
    name = format_html("<em>{}</em>", choices.name(chosen))
    delay = delay_words(moment.delay_minutes, moment.delay_months)
    if chosen.startswith(TOUCHPOINT):
        # Translators: {delay} is “2 hours”, {name} the touchpoint
        said = (
            format_html(pgettext("touchpoint", "{delay} after {name}"), delay=delay, name=name)
            if delay
            else format_html(pgettext("touchpoint", "Right after {name}"), name=name)
        )
    else:
        said = (
            format_html(pgettext("event", "{delay} after {name}"), delay=delay, name=name)
            if delay
            else format_html(pgettext("event", "Right after {name}"), name=name)
        )
    where = [conditions.in_words(each) for each in moment.trigger.get("where") or ()]
    if not where:
        return said
    return format_html(_("{when}, where {conditions}"), when=said, conditions=_(" and ").join(where))


def choice_of(trigger: Mapping[str, object]) -> str:
    """The trigger as pickers write it: `event:Order Delivered`, `touchpoint:12`."""
    if "touchpoint" in trigger:
        return f"{TOUCHPOINT}{trigger['touchpoint']}"
    event = trigger.get("event")
    return f"{EVENT}{event[0] if isinstance(event, list) and event else event or ''}"


def delay_words(minutes: int, months: int) -> str:
    """“2 hours”; empty for at once."""
    if months:
        return ngettext("%(n)s month", "%(n)s months", months) % {"n": months}
    if not minutes:
        return ""
    if minutes % DAY == 0:
        return ngettext("%(n)s day", "%(n)s days", minutes // DAY) % {"n": minutes // DAY}
    if minutes % HOUR == 0:
        return ngettext("%(n)s hour", "%(n)s hours", minutes // HOUR) % {"n": minutes // HOUR}
    return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}


def share_words(share: float) -> str:
    if share >= 1:
        return _("everybody")
    return _("%(share)s of people") % {"share": formats.percent(share, (get_language() or "fi")[:2])}


def hours_words(first: int, last: int) -> str:
    if (first, last) == (0, 24):
        return _("at any hour")
    return _("%(first)s–%(last)s o’clock") % {"first": first, "last": last}


def metric_name(metric: str) -> str:
    """At the beginning of a sentence."""
    return {
        "nps": "NPS",
        "csat": "CSAT",
        "ces": "CES",
        "smiley": _("Smiley"),
        "task_success": _("Got it done"),
        "stars": _("Stars"),
        "number": pgettext("metric", "A number"),
    }.get(metric, metric)


def limits_in_words(limits: Limits) -> list[str]:
    """Each limit as a sentence, the one across all surveys first."""
    days = limits[ANY]
    lines = [
        ngettext(
            "One person is asked at most once in %(days)s day, whatever the survey.",
            "One person is asked at most once in %(days)s days, whatever the survey.",
            days,
        )
        % {"days": days}
        if days
        else _("No limit holds across surveys: people may be asked at every occasion.")
    ]
    return lines + [
        ngettext(
            "%(metric)s: of one person at most once in %(days)s day.",
            "%(metric)s: of one person at most once in %(days)s days.",
            days,
        )
        % {"metric": metric_name(metric), "days": days}
        for metric, days in sorted(limits.items())
        if metric != ANY
    ]
