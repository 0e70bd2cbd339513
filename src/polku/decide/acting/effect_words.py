"""The effect of an action in plain words. Only grade A would know that one thing leads to another: nothing says so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from polku.decide.changing import figures
from polku.journeys.display_names import grade_name
from polku.journeys.models import Action
from polku.journeys.views.differences import Measure, measure_of_numbers
from polku.people.property_names import property_name, value_name
from polku.site.formats import Reader

Record = Mapping[str, Any]


@dataclass(frozen=True)
class EffectWords:
    """What the page says of an effect. `verdict` is a sentence of its own; `headline` is "" where there is no figure
    yet. `tone`: "good", "bad" or ""."""

    verdict: str
    headline: str = ""
    change: str = ""
    between: str = ""
    probably: str = ""
    sizes: str = ""
    grade: str = ""
    grade_name: str = ""
    grade_tells: str = ""
    control: str = ""
    windows: str = ""
    money: str = ""
    tone: str = ""
    is_clear: bool = False

    @property
    def short(self) -> str:
        """As it stands in a narrow column of the map: `+25 pts (+18…+32) B`, or the verdict."""
        return f"{self.change} ({self.between}) {self.grade}" if self.is_clear else self.verdict


def metric_words(metric: Record) -> str:
    """What an action should move, "" where nothing is chosen."""
    if not metric:
        return ""
    name = {
        "reached": _("people who come in a week"),
        "buy": _("value of orders per person who came"),
    }.get(metric["figure"]) or figures.figure_name(metric)
    unit = unit_words(metric.get("unit"))
    return f"{name} ({unit})" if unit else name


def unit_words(unit: Record | None) -> str:
    """`browser: Safari`."""
    if not unit:
        return ""
    return f"{property_name(unit['property'])}: {value_name(unit['property'], unit['value'])}"


def effect_words(action: Action, reader: Reader) -> EffectWords | None:
    """What is known of a finished action's effect; None of others."""
    if action.state != Action.State.DONE or action.done_on is None:
        return None
    if not action.metric:
        return EffectWords(_("No figure was chosen that it should move, so its effect cannot be seen."))
    effect = action.effect
    first_look = reader.day(action.done_on + dt.timedelta(days=8))
    if effect is None or effect["state"] == "too-early":
        return EffectWords(
            _("Too early: the first whole week after it is seen on %(day)s.") % {"day": first_look}
        )
    if effect["state"] == "few":
        n = min((side["n"] for side in (effect["before"], effect["after"]) if side), default=0)
        return EffectWords(
            _("Too early to tell: n %(n)s, about %(needs)s are needed both before and after.")
            % {"n": reader.number(n), "needs": reader.number(effect["needs"])},
            windows=_windows(effect, reader),
        )
    if effect["state"] == "no-figure":
        return EffectWords(_("Nothing of this figure has been seen here, so its effect cannot be seen."))
    return _estimated(action, effect, reader)


def _estimated(action: Action, effect: Record, reader: Reader) -> EffectWords:
    measure = _measure(effect, reader)
    difference = effect["difference"]
    good = figures.more_is(effect["figure"])
    rises = difference["value"] > 0
    tone = "" if not good or not effect["is_clear"] else "good" if rises == (good == "good") else "bad"
    before, after = effect["before"], effect["after"]
    between = _gaps(measure, difference["ci"])
    return EffectWords(
        verdict=_verdict(effect, tone, reader),
        headline=_("%(before)s → %(after)s")
        % {"before": measure.value(before["value"]), "after": measure.value(after["value"])},
        change=measure.gap(difference["value"]),
        between=between,
        probably=_("probably %(interval)s") % {"interval": between},
        sizes=_("n %(before)s before, %(after)s after")
        % {"before": reader.number(before["n"]), "after": reader.number(after["n"])},
        grade=effect["grade"],
        grade_name=grade_name(effect["grade"]),
        grade_tells=_("Compared with customers whom it did not touch, in the same time.")
        if effect["grade"] == "B"
        else _("Only before and after: something else may have changed at the same time."),
        control=_control(effect, measure, reader),
        windows=_windows(effect, reader),
        money=_money(effect, reader),
        tone=tone,
        is_clear=effect["is_clear"],
    )


def _verdict(effect: Record, tone: str, reader: Reader) -> str:
    if not effect["is_full"]:
        return _("So far; the verdict comes on %(day)s.") % {
            "day": reader.day(dt.date.fromisoformat(effect["again_on"]))
        }
    if not effect["is_clear"]:
        return _("No evidence of an effect.")
    if tone == "good":
        return _("Clearly better after it.")
    return _("Clearly worse after it.") if tone == "bad" else _("Clearly changed after it.")


def _control(effect: Record, measure: Measure, reader: Reader) -> str:
    control = effect["control"]
    if not control:
        return ""
    return _("Others in the same time %(before)s → %(after)s (n %(n)s)") % {
        "before": measure.value(control["before"]["value"]),
        "after": measure.value(control["after"]["value"]),
        "n": reader.number(control["after"]["n"]),
    }


def _windows(effect: Record, reader: Reader) -> str:
    windows = effect["windows"]
    if not windows:
        return ""
    before, after = (
        "–".join(reader.day(dt.date.fromisoformat(day)) for day in windows[name])
        for name in ("before", "after")
    )
    return _("%(before)s against %(after)s, the same weekdays in both") % {"before": before, "after": after}


def _money(effect: Record, reader: Reader) -> str:
    money = effect["money"]
    # Euros of what nothing shows to be there would be believed all the same.
    if not money or not effect["is_clear"]:
        return ""
    return _("In margin about %(middle)s a year, probably %(range)s") % {
        "middle": reader.rough_money(money["p50"]),
        "range": reader.rough_money_interval([money["p10"], money["p90"]]),
    }


def _measure(effect: Record, reader: Reader) -> Measure:
    if effect["figure"] == "buy":
        return Measure(
            reader.price, lambda gap: f"+{reader.price(gap)}" if gap > 0 else reader.price(gap), ""
        )
    if effect["figure"] == "reached":
        return measure_of_numbers(reader)
    largest = max(effect[side]["ci"][1] for side in ("before", "after"))
    return figures.measure_of({**effect["metric"], "largest": largest}, reader)


def _gaps(measure: Measure, ends: Sequence[float]) -> str:
    """`+18…+32`: its unit stands with the change itself."""
    low, high = (measure.number(end) for end in ends)
    return low if low == high else f"{low}…{high}"


def due_words(action: Action, today: dt.date, reader: Reader) -> tuple[str, bool]:
    """(the day it is due, whether that has passed)."""
    if action.due_on is None:
        return "", False
    is_open = action.state in (Action.State.PLANNED, Action.State.UNDER_WAY)
    return reader.day(action.due_on, year=action.due_on.year != today.year), is_open and action.due_on < today


def worth_words(estimate: Record | None, reader: Reader) -> tuple[str, str]:
    """(the middle of what the list of losses said, its range); empty where there was no estimate."""
    if not estimate:
        return "", ""
    between = reader.rough_money_interval([estimate["p10"], estimate["p90"]])
    return reader.rough_money(estimate["p50"]), _("probably %(interval)s") % {"interval": between}
