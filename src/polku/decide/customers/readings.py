"""What the figures of customers' value say, in sentences. Nothing here is shown to be a cause of anything."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from polku.decide.customers.choosing import Choice
from polku.decide.customers.words import months_ahead
from polku.site.formats import Reader

Row = Mapping[str, Any]

FEW = 30
_GOOD, _FAIR = 0.05, 0.15
"""How far the forecast may lie from what happened to be called good, or fair."""


def whole(document: Row, choice: Choice, reader: Reader) -> list[str]:
    """The page in a few sentences."""
    clv = document["clv"]
    repeat = clv["repeat"]
    said = []
    if repeat["value"] is not None:
        said.append(
            _(
                "%(count)s customers have bought, and %(share)s of them have bought again (probably %(interval)s)."
            )
            % {
                "count": reader.number(clv["customers"]),
                "share": reader.percent(repeat["value"]),
                "interval": reader.percent_interval(repeat["ci"]),
            }
        )
    if clv["model"] is None:
        said.append(_("Too little is known of repeat purchases to say what customers will bring."))
        return said
    said.append(value_sentence(document, choice, reader))
    if clv["tenths"] and clv["tenths"][0]["share"] is not None:
        said.append(tenths(clv, reader))
    return said


def cautions(document: Row, choice: Choice, reader: Reader) -> list[str]:
    """What to keep in mind before the figures are believed."""
    clv = document["clv"]
    said = [str(warning) for warning in clv["warnings"]]
    if clv["model"] is not None:
        seen = (dt.date.fromisoformat(clv["until"]) - dt.date.fromisoformat(clv["since"])).days + 1
        if seen < choice.days:
            said.append(
                _(
                    "The orders are of %(seen)s days and the time ahead is %(ahead)s: beyond what was seen the "
                    "forecast only goes on as before."
                )
                % {"seen": reader.number(seen), "ahead": reader.number(choice.days)}
            )
    return said


def value_sentence(document: Row, choice: Choice, reader: Reader) -> str:
    clv = document["clv"]
    told = {
        "ahead": months_ahead(choice.months),
        "total": reader.money(two_digits(clv["total"])),
        "interval": reader.money_interval([two_digits(end) for end in clv["total_ci"]]),
        "mean": reader.money(clv["mean"]),
    }
    if document["has_margin"]:
        return (
            _(
                "Within %(ahead)s they are expected to bring a margin of %(total)s (probably %(interval)s), "
                "%(mean)s a customer."
            )
            % told
        )
    return (
        _(
            "Within %(ahead)s they are expected to buy for %(total)s (probably %(interval)s), %(mean)s a customer."
        )
        % told
    )


def tenths(clv: Row, reader: Reader) -> str:
    best = clv["tenths"][0]
    return _("The most valuable tenth of customers, %(count)s, is expected to bring %(share)s of it.") % {
        "count": reader.number(best["customers"]),
        "share": reader.percent(best["share"] or 0),
    }


def check(found: Row, reader: Reader) -> str:
    """How good the forecast was where it could be checked."""
    told, happened = found["predicted"], found["actual"]
    numbers = {
        "day": day(found["from"], reader),
        "told": reader.number(told),
        "happened": reader.number(happened),
        "off": reader.percent(abs(told - happened) / happened) if happened else "",
    }
    begin = (
        _(
            "Counted from the data before %(day)s, the model foretold %(told)s repeat purchases; %(happened)s happened."
        )
        % numbers
    )
    if not happened:
        return f"{begin} " + _("It cannot be judged by so few.")
    off = abs(told - happened) / happened
    # Of a count this small a difference may be luck.
    if abs(told - happened) <= 2 * math.sqrt(happened):
        return f"{begin} " + _("That is within what chance alone would do: the forecast held.")
    low = told < happened
    if off <= _GOOD:
        return f"{begin} " + _("It was %(off)s off: good.") % numbers
    if off <= _FAIR:
        words = _("It was %(off)s too low: fair.") if low else _("It was %(off)s too high: fair.")
        return f"{begin} " + words % numbers
    words = (
        _("It was %(off)s too low: do not rest a budget on it.")
        if low
        else _("It was %(off)s too high: do not rest a budget on it.")
    )
    return f"{begin} " + words % numbers


def churn_of_buyers(document: Row, reader: Reader) -> str:
    found = document["churn"]
    return _(
        "By their purchases, %(share)s of customers are lost (probably %(interval)s, n %(count)s): the probability "
        "that they still are customers is %(alive)s on average."
    ) % {
        "share": reader.percent(found["value"], 1),
        "interval": reader.percent_interval(found["ci"], 1),
        "count": reader.number(found["customers"]),
        "alive": reader.percent(found["alive"], 1),
    }


def cautions_of_buyers(clv: Row, reader: Reader) -> list[str]:
    once = clv["customers"] - clv["repeat"]["count"]
    return [
        _(
            "%(count)s customers have bought once. The model cannot tell who of them has left and counts them as "
            "customers, so the share that is lost is told too low; the picture shows only those who bought again."
        )
        % {"count": reader.number(once)},
        _("Nobody is called lost for having been quiet for some days: a purchase a year is a rhythm, too."),
    ]


def contracts(found: Row, reader: Reader) -> str:
    said = []
    if found["value"] is not None:
        said.append(
            _(
                "Of %(at_start)s customers who had a contract on %(day)s, %(lost)s were lost in the twelve months "
                "after: churn %(share)s (probably %(interval)s)."
            )
            % {
                "at_start": reader.number(found["at_start"]),
                "day": day(found["from"], reader),
                "lost": reader.number(found["lost"]),
                "share": reader.percent(found["value"], 1),
                "interval": reader.percent_interval(found["ci"], 1),
            }
        )
    year = next((row for row in found["tenure"]["survival"] if row["months"] == 12), None)
    if year and year["value"] is not None:
        said.append(
            _("A year after their start %(share)s are customers still (probably %(interval)s).")
            % {
                "share": reader.percent(year["value"], 1),
                "interval": reader.percent_interval(year["ci"], 1),
            }
        )
    if not said:
        said.append(
            _(
                "%(count)s customers have a contract now; they have been seen for too short a time to say more."
            )
            % {"count": reader.number(found["active"])}
        )
    return " ".join(said)


def months_of_contracts(found: Row, reader: Reader) -> list[str]:
    said = []
    monthly = found["monthly"]
    if monthly["value"] is not None:
        said.append(
            _("In a usual month %(share)s of customers with a contract are lost (probably %(interval)s).")
            % {
                "share": reader.percent(monthly["value"], 2),
                "interval": reader.percent_interval(monthly["ci"], 2),
            }
        )
    tenure = found["tenure"]
    said.append(
        _("n %(count)s, of whom %(ended)s have ended; who goes on is counted for as long as they were seen.")
        % {"count": reader.number(tenure["n"]), "ended": reader.number(tenure["ended"])}
    )
    return said


def bad_experience(found: Row, has_margin: bool, reader: Reader) -> str:
    low, high = found["ci"]
    told = {
        "days": found["days"],
        "points": reader.number(abs(found["difference"]) * 100, 1),
        "interval": reader.interval([-high * 100, -low * 100], 1),
        "n": reader.number(found["n"]),
    }
    if not found["is_clear"]:
        return (
            _(
                "No evidence that customers buy again less often within %(days)d days after a low answer than after a "
                "high one (n %(n)s)."
            )
            % told
        )
    said = (
        _(
            "After a low answer %(points)s percentage points fewer customers buy again within %(days)d days than after "
            "a matched high one (probably %(interval)s, n %(n)s)."
        )
        % told
    )
    cost = found["cost"]
    if cost is None:
        return said
    money = {
        "middle": reader.money(two_digits(cost["p50"])),
        "interval": reader.money_interval([two_digits(cost["p10"]), two_digits(cost["p90"])]),
    }
    words = (
        _(
            "With the value of a customer that goes with about %(middle)s of margin each (probably %(interval)s)."
        )
        if has_margin
        else _(
            "With what a customer buys that goes with about %(middle)s of sales each (probably %(interval)s)."
        )
    )
    return f"{said} " + words % money


def matching(found: Row) -> str:
    return _(
        "Grade C, a statistical relation: people are compared who answered the same question at the same touchpoint in "
        "the same month, with alike many purchases and an alike last order before. They may differ in what is not "
        "known, so this is not proof that a better experience brings the money."
    )


def refused(found: Row, reader: Reader) -> str:
    if found["refused"] == "orders":
        return _("No orders are known, so nobody’s next purchase can be looked at.")
    n = min(found["low"]["n"], found["high"]["n"]) if "low" in found else 0
    return ngettext(
        "Too few answers to say: only %(n)s customer who answered low or high can be compared with an alike one "
        "on the other side; at least 30 on each side are needed.",
        "Too few answers to say: only %(n)s customers who answered low or high can be compared with an alike one "
        "on the other side; at least 30 on each side are needed.",
        n,
    ) % {"n": reader.number(n)}


def probably(interval: str, n: int, reader: Reader) -> str:
    """`probably 36–42 %, n 2 357`"""
    return _("probably %(interval)s, n %(n)s") % {"interval": interval, "n": reader.number(n)}


def day(text: str, reader: Reader) -> str:
    return reader.day(dt.date.fromisoformat(text), year=True)


def two_digits(value: float) -> float:
    """Money in two digits: more would be false precision."""
    if not value:
        return 0.0
    size = 10 ** (math.floor(math.log10(abs(value))) - 1)
    return round(value / size) * size
