"""What stands above the results: how many answered, and how many of those who were asked."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from polku.site.formats import Reader
from polku.statistics import Estimate
from polku.surveys.honesty.rates import Rates
from polku.surveys.results.columns import Columns


@dataclass(frozen=True)
class Fact:
    """A figure with its interval (`mark`) and what it means (`note`); `leads` names the page that it opens."""

    name: str
    value: str
    mark: str = ""
    note: str = ""
    leads: str = ""
    help: str = ""


def facts_of(columns: Columns, rates: Rates, reader: Reader) -> list[Fact]:
    counts = columns.counts
    complete = int((counts & columns.is_complete).sum())
    n = int(counts.sum())
    found = [
        Fact(
            _("Answers"),
            reader.number(n),
            note=_("%(completed)s completed, %(partial)s in part")
            % {"completed": reader.number(complete), "partial": reader.number(n - complete)},
        )
    ]
    found += _doubted(columns, reader)
    if rates.invited:
        found.append(_response_rate(rates, reader))
    if rates.offered and rates.offered.participation:
        found.append(
            _rate(
                _("Participation"),
                rates.offered.participation,
                _("completed of those who saw it (%s)") % reader.number(rates.offered.displays),
                reader,
                help_="participation",
            )
        )
    if rates.offered and rates.offered.completion:
        found.append(
            _rate(
                _("Completion"),
                rates.offered.completion,
                _("completed of those who began (%s)") % reader.number(rates.offered.starts),
                reader,
                help_="completion",
            )
        )
    return found


def _doubted(columns: Columns, reader: Reader) -> list[Fact]:
    held = int((columns.is_held & ~columns.is_test).sum())
    flagged = int((columns.counts & (columns.flags > 0)).sum())
    if not held and not flagged:
        return []
    note = ngettext(
        "%(n)s flagged: it counts in the figures", "%(n)s flagged: they count in the figures", flagged
    ) % {"n": reader.number(flagged)}
    return [Fact(_("Held back"), reader.number(held), note=note if flagged else "", leads="surveys:held")]


def _response_rate(rates: Rates, reader: Reader) -> Fact:
    invited = rates.invited
    if invited is None or invited.rate is None:
        waiting = invited.waiting if invited else 0
        return Fact(
            _("Response rate"),
            "–",
            note=ngettext("%(n)s invitation waits", "%(n)s invitations wait", waiting)
            % {"n": reader.number(waiting)},
            help="response_rate",
        )
    rate = invited.rate
    note = _("of %(n)s invited (RR1); with partial answers %(rr2)s (RR2)") % {
        "n": reader.number(rate.n),
        "rr2": reader.percent(rate.rr2.value),
    }
    return _rate(_("Response rate"), rate.rr1, note, reader, help_="response_rate")


def _rate(name: str, estimate: Estimate, note: str, reader: Reader, *, help_: str) -> Fact:
    between = reader.percent_interval((estimate.low, estimate.high))
    small = estimate.n < 30
    value = reader.percent(estimate.value)
    if small:
        return Fact(name, between, note=f"{value}, {note}", help=help_)
    return Fact(name, value, _("probably %(interval)s") % {"interval": between}, note, help=help_)
