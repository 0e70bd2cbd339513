"""The figures of a touchpoint that an action can be meant to move, as a list to choose from."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from polku.decide.acting.effect_words import metric_words, unit_words
from polku.decide.models import KeptLosses
from polku.journeys.models import Touchpoint

Record = Mapping[str, Any]
Choices = list[tuple[str, str]]


def metric_choices(cell: Record | None, chosen: Record) -> Choices:
    """(value, name) of the figures that the touchpoint's cell of the map has, and of the one that is `chosen`."""
    metrics = [dict(chosen)] if chosen else []
    if cell is not None and not cell["backstage"] and cell["bindings"]:
        metrics += [{"figure": "continued"}] if cell["do"] and cell["do"]["continued"] else []
        metrics += [
            {"figure": "say", "metric": score["metric"], "scale": list(score["scale"])}
            for score in cell["say"]
        ]
        metrics += [{"figure": "feel"}] if cell["feel"]["measured"] else []
        metrics += [{"figure": "contact"}] if cell["contact"] else []
        metrics += [{"figure": "buy"}] if cell["buy"] else []
        metrics += [{"figure": "reached"}] if cell["do"] else []
    found = {text_of(metric): capfirst(metric_words({**metric, "unit": None})) for metric in metrics}
    return [("", _("not chosen yet")), *found.items()]


def unit_choices(touchpoint: Touchpoint, chosen: Record) -> Choices:
    """(value, name) of those whom the work may touch: everybody, or where a pain of the touchpoint was found."""
    units: list[Record] = [chosen["unit"]] if chosen.get("unit") else []
    kept = KeptLosses.objects.filter(journey=touchpoint.stage.journey_id).first()
    for row in kept.document["rows"] if kept else ():
        if row["touchpoint"]["id"] == touchpoint.pk and row["unit"]:
            units.append(row["unit"])
    found = {unit_text(unit): unit_words(unit) for unit in units}
    return [("", _("everybody who comes here")), *found.items()]


def text_of(metric: Record) -> str:
    """A metric as the value of a choice, without whom it touches."""
    if not metric or not metric.get("figure"):
        return ""
    return json.dumps(
        [metric["figure"], metric.get("metric"), *[float(end) for end in metric.get("scale") or ()]],
        ensure_ascii=False,
    )


def unit_text(unit: Record | None) -> str:
    return json.dumps([unit["property"], unit["value"]], ensure_ascii=False) if unit else ""


def metric_of(text: str, unit: str) -> dict[str, Any]:
    """The reverse of both: texts come from the choices of a checked form."""
    if not text:
        return {}
    figure, metric, *scale = json.loads(text)
    found: dict[str, Any] = {"figure": figure, "metric": metric, "scale": scale or None}
    if unit:
        name, value = json.loads(unit)
        found["unit"] = {"property": name, "value": value}
    return found


def first_of(choices: Sequence[tuple[str, str]]) -> str:
    """What is proposed: the first figure there is."""
    return choices[1][0] if len(choices) > 1 else ""
