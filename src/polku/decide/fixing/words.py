"""The list of losses in plain words. Nothing here says that one thing leads to another: only a grade A would know."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from polku.people.property_names import property_name, value_name
from polku.site.formats import Reader, rate_decimals

Record = Mapping[str, Any]


def unit_name(row: Record) -> str:
    """Where it hurts and what about: `browser: Safari`, `reason: Where is my order`, both, or ""."""
    parts = [_reason(row)] if row["reason"] else []
    parts += [_unit_of(row["unit"])] if row["unit"] else []
    return ", ".join(parts)


def _reason(row: Record) -> str:
    """A contact's own words, or the code of the experience after which customers come back less."""
    experiences = {"promise": _("after a delivery later than promised"), "score": _("after a low score")}
    if row["pain"] == "retention":
        return experiences.get(row["reason"], str(row["reason"]))
    return _("reason: %(reason)s") % {"reason": row["reason"]}


def pain_name(pain: str) -> str:
    return {
        "funnel": pgettext("pain", "people drop out"),
        "retention": pgettext("pain", "fewer come back"),
        "contact": pgettext("pain", "avoidable contacts"),
    }[pain]


def headline(row: Record) -> str:
    """What hurts, against what: "More people drop out than elsewhere"."""
    against = (row["reference"] or {}).get("kind", "")
    said = {
        ("funnel", "before"): _("More people drop out than before"),
        ("funnel", "comparable"): _("More people drop out than elsewhere"),
        ("funnel", "goal"): _("More people drop out than the goal allows"),
        ("funnel", "person"): _("More people drop out than need to"),
        ("retention", "before"): _("Fewer customers come back than before"),
        ("retention", "comparable"): _("Fewer customers come back than others do"),
        ("retention", "goal"): _("Fewer customers come back than the goal says"),
        ("retention", "person"): _("Fewer customers come back than could"),
        ("contact", "before"): _("More people have to contact you than before"),
        ("contact", "comparable"): _("More people have to contact you than elsewhere"),
        ("contact", "goal"): _("More people have to contact you than the goal allows"),
        ("contact", "person"): _("People contact you about what they could do without"),
    }
    plain = {
        "funnel": _("People drop out"),
        "retention": _("Customers do not come back"),
        "contact": _("People have to contact you"),
    }
    return said.get((row["pain"], against)) or plain[row["pain"]]


def compared(row: Record, reader: Reader) -> str:
    """The two levels side by side: "59% went on in a week, elsewhere 78%"."""
    level, reference = row["level"], row["reference"]
    if not level or level["value"] is None:
        return ""
    pain = row["pain"]
    now = {
        "funnel": _("%(level)s went on") if is_share_of_map(row) else _("%(level)s went on in a week"),
        "retention": _("%(level)s bought again"),
        "contact": _("%(level)s contacts per 100 people"),
    }[pain] % {"level": rate(pain, level["value"], reader)}
    if not reference or reference["value"] is None:
        return now
    than = {
        "before": _("before %(level)s"),
        "comparable": _("elsewhere %(level)s"),
        "goal": _("the goal is %(level)s"),
        "person": _("possible, by a judgement, %(level)s"),
    }[reference["kind"]]
    if pain == "retention" and reference["kind"] == "comparable":
        than = _("of others %(level)s")
    return f"{now}, {than % {'level': rate(pain, reference['value'], reader)}}"


def is_share_of_map(row: Record) -> bool:
    """A goal is held against the map's own share of people; all else counts visits that went on within a week."""
    return bool(row["reference"]) and row["reference"]["kind"] == "goal"


def rate(pain: str, value: float, reader: Reader) -> str:
    """A share as percent; contacts per hundred people as the number they are."""
    return reader.number(value, rate_decimals(value)) if pain == "contact" else reader.percent(value)


def rate_interval(pain: str, ends: tuple[float, float] | list[float], reader: Reader) -> str:
    if pain != "contact":
        return reader.percent_interval(ends)
    return reader.interval(ends, rate_decimals(ends[1]))


def figure_sentence(name: str, figure: Record, pain: str, reader: Reader) -> str:
    """`now: 59%, probably 56–62%, n 1,240`."""
    parts = [f"{name}: {rate(pain, figure['value'], reader)}"]
    if figure.get("ci"):
        parts.append(_("probably %(interval)s") % {"interval": rate_interval(pain, figure["ci"], reader)})
    if figure.get("n") is not None:
        parts.append(f"n\N{NO-BREAK SPACE}{reader.number(figure['n'])}")
    return ", ".join(parts)


def reference_name(row: Record, reader: Reader, *, in_short: bool = False) -> str:
    """What the level is held against, with its day or unit; `in_short` leaves out a list of many."""
    reference = row["reference"]
    if not reference:
        return _("nothing to compare with yet")
    kind = reference["kind"]
    if kind == "before":
        since = _day(reference.get("since"), reader)
        if not since:
            return _("the touchpoint’s own level before the change")
        return _("the touchpoint’s own level before %(day)s") % {"day": since}
    if kind == "comparable":
        unit = "" if in_short else _unit_of(reference.get("unit"))
        return (
            _("others in the same time: %(unit)s") % {"unit": unit} if unit else _("others in the same time")
        )
    return _("the goal that was set") if kind == "goal" else _("what somebody judged possible")


def _unit_of(unit: Any) -> str:
    if isinstance(unit, Mapping):
        values = str(unit["value"]).split(", ")
        named = ", ".join(value_name(unit["property"], value) for value in values)
        return f"{property_name(unit['property'])}: {named}"
    return str(unit) if unit else ""


def grade_tells(grade: str) -> str:
    """What the grade lets one say, in a sentence."""
    return {
        "A": _("An experiment showed it: only this proves a cause."),
        "B": _("Compared before and after, with a group that did not get the change."),
        "C": _("It goes with the loss in the figures; both may come from a third thing."),
        "D": _("A person’s judgement, not yet shown by data."),
    }[grade]


def _day(text: Any, reader: Reader) -> str:
    try:
        return reader.day(dt.date.fromisoformat(str(text)[:10]), year=True)
    except ValueError:
        return ""
