"""The figures on top of the page, each with how sure it is and what changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from polku.analytics.money import MoneyTerms
from polku.analytics.web.choices import Choices
from polku.site.formats import Reader, rate_decimals

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Figure:
    """`mark` is the interval in words, `note` what the figure rests on; `change` what changed from the period before,
    with a `tone` ("good", "bad") only where the change is clear. `address` draws the figure as the chart."""

    name: str
    value: str
    mark: str = ""
    note: str = ""
    change: str = ""
    tone: str = ""
    address: str = ""
    is_chosen: bool = False


def figures(
    answer: Record, choices: Choices, reader: Reader, terms: MoneyTerms | None = None
) -> list[Figure]:
    """Visitors, visits, conversion, sales, contacts and failed searches."""
    before = answer.get("compared")
    changes = {change["figure"]: change for change in answer.get("changes", ())}
    conversion, contacts, searches = answer["conversion"], answer["contacts"], answer["searches"]
    daily = answer["daily_visitors"]
    decimals = rate_decimals(contacts["per_100_orders"] or 0)
    return [
        Figure(
            _("Visitors"),
            reader.number(answer["visitors"]),
            note=_("and %(number)s daily visitors without cookies") % {"number": reader.number(daily)}
            if daily
            else pgettext("visitors", "different people"),
            change=_more(answer, before, "visitors", reader.number, reader),
            **_chart_of("visitors", choices),
        ),
        Figure(
            pgettext("website", "Visits"),
            reader.number(answer["visits"]),
            note=_("%(number)s visits per visitor") % {"number": reader.number(answer["visits"] / people, 1)}
            if (people := answer["visitors"] + daily)
            else "",
            change=_more(answer, before, "visits", reader.number, reader),
            **_chart_of("visits", choices),
        ),
        Figure(
            _("Conversion"),
            _share(conversion["value"], reader),
            mark=_probably(conversion["ci"], lambda ends: reader.percent_interval(ends, 1)),
            note=ngettext(
                "%(number)s visit led to an order", "%(number)s visits led to an order", conversion["count"]
            )
            % {"number": reader.number(conversion["count"])},
            **_clear(changes.get("conversion"), "good", "bad", lambda gap: _points(gap, reader)),
            **_chart_of("converted", choices),
        ),
        Figure(
            _("Sales"),
            reader.money(answer["revenue"]),
            note=_sales_note(answer, terms, reader),
            change=_more(answer, before, "revenue", reader.money, reader),
            **_chart_of("revenue", choices),
        ),
        Figure(
            _("Contacts per 100 orders"),
            "–"
            if contacts["per_100_orders"] is None
            else reader.number(contacts["per_100_orders"], decimals),
            mark=_probably(contacts["ci"], lambda ends: reader.interval(ends, decimals)),
            note=ngettext("%(number)s contact", "%(number)s contacts", contacts["count"])
            % {"number": reader.number(contacts["count"])},
            **_clear(
                changes.get("contacts"), "bad", "good", lambda gap: reader.number(gap, decimals, signed=True)
            ),
        ),
        Figure(
            _("Searches that found nothing"),
            _share(searches["share"], reader),
            mark=_probably(searches["ci"], lambda ends: reader.percent_interval(ends, 1)),
            note=ngettext("%(number)s search", "%(number)s searches", searches["count"])
            % {"number": reader.number(searches["count"])},
            **_clear(changes.get("searches"), "bad", "good", lambda gap: _points(gap, reader)),
        ),
    ]


def _sales_note(answer: Record, terms: MoneyTerms | None, reader: Reader) -> str:
    if answer["average_order"] is None:
        return _("no order with a value")
    said = _("average order %(price)s") % {"price": reader.price(answer["average_order"])}
    if terms is None:
        return said
    margin = reader.money(terms.margin_of(answer["revenue"]))
    return f"{said} · " + _("margin about %(sum)s") % {"sum": margin}


def _chart_of(metric: str, choices: Choices) -> dict[str, Any]:
    return {"address": choices.address(metric=metric), "is_chosen": choices.metric == metric}


def _share(share: float | None, reader: Reader) -> str:
    return "–" if share is None else reader.percent(share, 1)


def _probably(ends: Sequence[float] | None, write: Any) -> str:
    return _("probably %(interval)s") % {"interval": write(ends)} if ends else ""


def _points(gap: float, reader: Reader) -> str:
    return (
        f"{reader.number(gap * 100, 1, signed=True)}\N{NO-BREAK SPACE}{pgettext('percentage points', 'pts')}"
    )


def _more(answer: Record, before: Record | None, name: str, write: Any, reader: Reader) -> str:
    """A count's change: it was counted, not estimated, so there is nothing to be unsure of but what it means."""
    if before is None:
        return ""
    was = _("before %(value)s") % {"value": write(before[name])}
    if not before[name]:
        return was
    return f"{reader.percent(answer[name] / before[name] - 1, signed=True)} · {was}"


def _clear(change: Record | None, more: str, less: str, write: Any) -> dict[str, Any]:
    """What is known of a share's or a rate's change."""
    if change is None:
        return {}
    if not change["clear"]:
        return {"change": _("no evidence of change")}
    tone = more if change["difference"] > 0 else less
    return {"change": _("clear change %(gap)s") % {"gap": write(change["difference"])}, "tone": tone}
