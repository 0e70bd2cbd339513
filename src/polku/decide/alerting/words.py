"""An alert in words: what changed, from what to what, and how sure that is."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from polku.accounts.models import Workspace
from polku.decide.changing import figures
from polku.decide.changing.daily import SOON
from polku.decide.changing.goals import scale_ends
from polku.decide.models import Alert
from polku.site.formats import Reader


@dataclass(frozen=True)
class AlertWords:
    """`headline` is `Delivery: CSAT 78 → 66 %`; `probably` the interval of the difference, `n` both numbers."""

    alert: Alert
    headline: str
    probably: str
    n: str
    since: str
    on: str
    tone: str
    arrow: str
    address: str
    note: str


def reader_of(workspace: Workspace) -> Reader:
    """How the language in use writes figures."""
    return Reader((get_language() or "fi")[:2], workspace.currency, workspace.timezone)


def words_of(alert: Alert, reader: Reader) -> AlertWords:
    change = alert.change
    row: dict[str, Any] = {
        "figure": alert.figure,
        "metric": alert.metric,
        "scale": scale_ends(alert.scale),
        "largest": max(change["before"]["value"], change["after"]["value"]),
    }
    measure = figures.measure_of(row, reader)
    values = (measure.value(change[side]["value"]) for side in ("before", "after"))
    more = change["difference"] > 0
    good = figures.more_is(alert.figure)
    tone = good if more else {"good": "bad", "bad": "good", "": ""}[good]
    path = reverse("journeys:map", args=[alert.workspace.slug, alert.journey_id])
    note = ""
    if alert.figure == "continued":
        note = _("Within %(days)d days of coming; the map waits longer.") % {"days": SOON}
    elif alert.figure == "contact":
        note = _("Of those who came each day.")
    return AlertWords(
        alert=alert,
        headline=f"{alert.touchpoint.name}: {figures.figure_name(row)} {figures.arrow(*values)}",
        probably=_("probably %(interval)s") % {"interval": measure.gaps(change["ci"])},
        n=f"n {reader.number(change['before']['n'])} → {reader.number(change['after']['n'])}",
        since=_day(alert.since, reader),
        on=_day(alert.on, reader),
        tone=tone,
        arrow="▲" if more else "▼",
        address=f"{path}?touchpoint={alert.touchpoint_id}",
        note=note,
    )


def _day(day: dt.date, reader: Reader) -> str:
    return reader.day(day, year=True)
