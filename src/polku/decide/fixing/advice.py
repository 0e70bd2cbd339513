"""What would give a row its figure, and what would make the figure surer: the document's codes in plain words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from polku.decide.fixing import inputs
from polku.site.formats import Reader

Record = Mapping[str, Any]


def what_is_lacking(rows: Sequence[Record]) -> Sequence[str]:
    """What would give the rows figures, each once, as sentences."""
    known = {
        "money": _("Answers to the four questions about money."),
        "earlier-level": _("A level of its own from before a change: more past data, or the change itself."),
        "comparable-units": _("Something to compare with: browsers, regions or stores named in the data."),
        "goal": _("A goal for the touchpoint: what is missing from it is then the loss."),
        "orders": _("Orders with their values from those who come here."),
    }
    codes = dict.fromkeys(code for row in rows for code in row["lacks"])
    found = [known.get(code) or _("Data on: %(input)s.") % {"input": inputs.title_of(code)} for code in codes]
    if codes.keys() & {"earlier-level", "comparable-units", "goal"}:
        found.append(_("Your own estimate of how much could be avoided, with its reason."))
    return found


def what_raises_grade(row: Record) -> Sequence[str]:
    """What would raise the grade, the easiest first."""
    known = {
        "control": _("A group that did not get the change, to compare with."),
        "experiment": _("An experiment: give the fix to some and not to others."),
        "earlier-level": _("Data from before a change, so that there is an own level to compare with."),
        "comparable-units": _("Browsers, regions or stores named in the data, to compare with each other."),
    }
    return [known[code] for code in row["raises_grade"] if code in known]


def why_widened(row: Record, reader: Reader) -> str:
    """Why the range is wider than the data alone makes it; "" where it is not."""
    widened = row["widened"]
    if not widened:
        return ""
    if widened["why"] == "surge":
        return ngettext(
            "The range is wide: %(share)s of those who came in the period came in its last %(days)s day, and "
            "nobody knows yet whether so many go on coming: as before, %(usual)s a year, or as now, %(now)s.",
            "The range is wide: %(share)s of those who came in the period came in its last %(days)s days, and "
            "nobody knows yet whether so many go on coming: as before, %(usual)s a year, or as now, %(now)s.",
            int(widened["days"]),
        ) % {
            "share": reader.percent(widened["share"]),
            "days": reader.number(widened["days"]),
            "usual": inputs.written(widened["usual"], "count", reader),
            "now": inputs.written(widened["now"], "count", reader),
        }
    between = reader.rough_money_interval([widened["low"], widened["high"]])
    return _(
        "The range was widened: these periods disagree more than chance explains: they say %(range)s a year."
    ) % {"range": between}


def how_split(row: Record, reader: Reader) -> str:
    """The parts that the yearly figure was put together from; "" where it was not."""
    parts = {
        each["part"]: reader.rough_money(each["p50"])
        for each in row["split"] or ()
        if each["p50"] is not None
    }
    if not {"usual", "surge"} <= parts.keys():
        return ""
    return (
        _(
            "If it goes on as now, %(usual)s a year is of the usual number of people and %(surge)s of the surge."
        )
        % parts
    )
