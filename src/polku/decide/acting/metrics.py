"""The figures of a touchpoint that an action can be meant to move, as a list to choose from."""

from __future__ import annotations

import json
from collections.abc import Mapping
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
        if row["touchpoint"]["id"] == touchpoint.pk and (unit := unit_of_row(row)):
            units.append(unit)
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
    if not unit:
        return ""
    return json.dumps([unit["property"], unit["value"], *(unit.get("values") or ())], ensure_ascii=False)


def unit_of_row(row: Record) -> dict[str, Any] | None:
    """Whom a row of the list of losses is about, as `clean_metric` takes it; None where it is everybody."""
    if not row["unit"]:
        return None
    who = row["people"] or {}
    return {**row["unit"], **({"values": who["value"]} if who.get("op") == "in" else {})}


def gap_of_row(row: Record, figure: str) -> dict[str, float]:
    """{"level", "reference"} of a row in the unit of the map's `figure`; {} where the row is about another figure."""
    factor = {("funnel", "continued"): 1.0, ("contact", "contact"): 100.0}.get((row["pain"], figure))
    level, reference = ((row[name] or {}).get("value") for name in ("level", "reference"))
    if factor is None or level is None or reference is None:
        return {}
    return {"level": factor * level, "reference": factor * reference}


def metric_of(text: str, unit: str) -> dict[str, Any]:
    """The reverse of both: texts come from the choices of a checked form."""
    if not text:
        return {}
    figure, metric, *scale = json.loads(text)
    found: dict[str, Any] = {"figure": figure, "metric": metric, "scale": scale or None}
    if unit:
        name, value, *several = json.loads(unit)
        found["unit"] = {"property": name, "value": value, **({"values": several} if several else {})}
    return found
