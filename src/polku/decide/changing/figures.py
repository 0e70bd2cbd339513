"""The figures of a map by name: what each is called, how it is written, and whether more of it is good."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from polku.analytics.kinds.score import rule_of
from polku.journeys.display_names import metric_name
from polku.journeys.live.changes import FIGURES as COMPARED
from polku.journeys.views import figures as shown
from polku.journeys.views.differences import (
    Measure,
    measure_of_money,
    measure_of_numbers,
    measure_of_shares,
)
from polku.site.formats import Reader, rate_decimals

Record = Mapping[str, Any]

FIGURES = (*COMPARED, "reason")
"""The lanes' figures, and "reason": contacts of one reason, which `metric` names."""

_MORE_IS = {
    "reached": "",
    "continued": "good",
    "say": "good",
    "feel": "good",
    "contact": "bad",
    "reason": "bad",
    "buy": "good",
    "promise": "good",
}


def more_is(figure: str) -> str:
    """ "good", "bad", or "" where neither can be said."""
    return _MORE_IS[figure]


def figure_name(row: Record) -> str:
    """What the figure of a row ({"figure", "metric"}) is called in a sentence after the touchpoint's name."""
    figure, metric = row["figure"], row.get("metric")
    if figure == "say":
        return metric_name(metric or "")
    if figure == "reason":
        return _("contacts about “%(reason)s” per 100 people") % {"reason": metric or _("no reason given")}
    names = {
        "reached": _("people who came"),
        "continued": _("share that continued"),
        "feel": _("measured feeling"),
        "contact": _("contacts per 100 people"),
        "buy": _("value of orders"),
        "promise": _("promised days kept"),
    }
    return names[figure]


def measure_of(row: Record, reader: Reader) -> Measure:
    """How the row's figure and its differences are written."""
    figure = row["figure"]
    if figure == "say":
        rule = rule_of(row["metric"], tuple(row["scale"]))
        return shown.score_measure({"metric": row["metric"], "rule": rule.name if rule else "mean"}, reader)
    if figure in ("continued", "promise"):
        return measure_of_shares(reader)
    if figure in ("contact", "reason"):
        return measure_of_numbers(reader, rate_decimals(row.get("largest") or 0.0))
    if figure == "feel":
        return measure_of_numbers(reader, 2, signed=True)
    return measure_of_money(reader) if figure == "buy" else measure_of_numbers(reader)


def interval_words(row: Record, ends: Sequence[float] | None, reader: Reader) -> str:
    """ "probably 31–42 %", "" without an interval."""
    if not ends:
        return ""
    figure = row["figure"]
    if measure_of(row, reader).unit:
        between = reader.percent_interval(ends)
    elif figure == "buy":
        between = reader.money_interval(ends)
    else:
        decimals = {"feel": 2, "reached": 0}.get(figure)
        if decimals is None:
            decimals = rate_decimals(ends[1]) if figure in ("contact", "reason") else _score_decimals(row)
        between = reader.interval(ends, decimals, signed=figure == "feel")
    return _("probably %(interval)s") % {"interval": between}


def value_words(row: Record, value: float, reader: Reader) -> str:
    return measure_of(row, reader).value(value)


def _score_decimals(row: Record) -> int:
    rule = rule_of(row["metric"], tuple(row["scale"]))
    return 0 if rule and row["metric"] in {"nps", "smiley"} and rule.name != "mean" else 1


def arrow(before: str, after: str) -> str:
    """`78 → 66 %`: a unit that both share stands once, behind."""
    if before.endswith("%") and after.endswith("%"):
        before = before.removesuffix("%").rstrip("\N{NO-BREAK SPACE}")
    return f"{before} → {after}"
