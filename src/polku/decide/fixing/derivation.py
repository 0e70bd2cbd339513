"""How a row of the list was counted, as its page draws it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from polku.decide.fixing import advice, inputs, words
from polku.decide.fixing.inputs import ShownInput
from polku.decide.fixing.reading import Listed, day_of
from polku.decide.fixing.rows import Row, row_id, scale_end, shown_row
from polku.decide.models import InputOverride
from polku.site.formats import Reader, currency_symbol

Record = Mapping[str, Any]
_MOST_HISTORY = 20


@dataclass(frozen=True)
class Past:
    """A figure that somebody gave, or withdrew (`is_withdrawn`)."""

    day: str
    by: str
    value: str
    reason: str
    is_withdrawn: bool


@dataclass(frozen=True)
class Window:
    days: str
    middle: str
    width: str


@dataclass(frozen=True)
class Derivation:
    row: Row
    sentence: str
    formula: str
    levels: Sequence[str]
    inputs: Sequence[ShownInput]
    cost: ShownInput
    windows: Sequence[Window]
    made_of: str
    widened: str
    split: str
    raises: Sequence[str]
    lacks: Sequence[str]
    overlaps: Sequence[tuple[str, str]] = field(default=())


def derivation_of(listed: Listed, row: Record, history: Sequence[InputOverride]) -> Derivation:
    """`history` are the figures that people gave for inputs of the row, the newest first."""
    reader, key = listed.reader, row["key"]
    priced = [each for each in listed.rows if each["p50"] is not None]
    by_name: dict[str, list[InputOverride]] = {}
    for each in history:
        by_name.setdefault(each.name, []).append(each)
    shown = [_input(each, row, by_name.get(each["name"], []), reader) for each in inputs.factors(row)]
    return Derivation(
        row=shown_row(row, reader=reader, end=scale_end(priced), action=listed.work.get(key)),
        sentence=inputs.sentence(row, reader),
        formula=inputs.formula(row, reader),
        levels=_levels(row, reader),
        inputs=shown,
        cost=_cost(row, by_name.get(inputs.COST, []), reader),
        windows=_windows(row, reader),
        made_of=_made_of(row, reader),
        widened=advice.why_widened(row, reader),
        split=advice.how_split(row, reader),
        raises=advice.what_raises_grade(row),
        lacks=advice.what_is_lacking([row]),
        overlaps=[
            (f"{each['touchpoint']['name']} {words.unit_name(each)}".strip(), each["key"])
            for each in listed.rows
            if each["key"] in row["overlaps"]
        ],
    )


def _levels(row: Record, reader: Reader) -> list[str]:
    found = []
    if row["level"] and row["level"]["value"] is not None:
        found.append(words.figure_sentence(_("here"), row["level"], row["pain"], reader))
    reference = row["reference"]
    if reference and reference["value"] is not None:
        name = words.reference_name(row, reader)
        found.append(words.figure_sentence(name, reference, row["pain"], reader))
    if found and row["pain"] == "funnel" and not words.is_share_of_map(row):
        found.append(
            _("these are visits, followed for a week each; the map counts people, so its share differs")
        )
    return found


def _input(each: Record, row: Record, history: Sequence[InputOverride], reader: Reader) -> ShownInput:
    kind, override = each["kind"], each["override"]
    low, high = each.get("p10"), each.get("p90")
    between = inputs.written_between(low, high, kind, reader) if low is not None and high is not None else ""
    swing = (row["swings"] or {}).get(each["name"], 0.0)
    given = (
        (override["low"], override["middle"], override["high"]) if override else (low, each["value"], high)
    )
    return ShownInput(
        name=each["name"],
        title=inputs.title_of(each["name"]),
        value="" if each["value"] is None else inputs.written(each["value"], kind, reader),
        between=between if low != high else "",
        source=_source(each, reader),
        n=reader.number(each["n"]) if each["n"] is not None else "",
        is_changed=override is not None,
        override=override,
        unit=inputs.unit_of(kind, currency_symbol(reader.currency)),
        most=inputs.most_of(kind),
        fields=tuple(inputs.as_field(value, kind, reader) for value in given),  # type: ignore[arg-type]
        swing=reader.percent(swing) if swing >= 0.05 else "",
        history=[_past(past, kind, reader) for past in history[:_MOST_HISTORY]],
    )


def _source(each: Record, reader: Reader) -> str:
    override = each["override"]
    if not override:
        return inputs.source_name(each["source"])
    by, day = override["by"], day_of(override["at"], reader)
    return _("given by %(name)s on %(day)s") % {"name": by or _("somebody"), "day": day}


def _past(past: InputOverride, kind: str, reader: Reader) -> Past:
    value = ""
    if past.low is not None and past.middle is not None and past.high is not None:
        value = inputs.written(past.middle, kind, reader)
        if past.high > past.low:
            value += f" ({inputs.written_between(past.low, past.high, kind, reader)})"
    return Past(
        day=day_of(past.at, reader),
        by=str(past.author or ""),
        value=value,
        reason=past.reason,
        is_withdrawn=past.middle is None,
    )


def _cost(row: Record, history: Sequence[InputOverride], reader: Reader) -> ShownInput:
    """The cost of the fix, which people enter; empty fields before they did."""
    newest = history[0] if history and history[0].middle is not None else None
    value = row["cost"]
    given = (None, newest.middle if newest else None, None)
    return ShownInput(
        name=inputs.COST,
        title=inputs.title_of(inputs.COST),
        value=reader.rough_money(value) if value else "",
        between="",
        source=_("given by %(name)s on %(day)s")
        % {"name": str(newest.author or _("somebody")), "day": day_of(newest.at, reader)}
        if newest
        else "",
        n="",
        is_changed=newest is not None,
        override={"reason": newest.reason} if newest and newest.reason else None,
        unit=currency_symbol(reader.currency),
        most=inputs.MOST_MONEY,
        fields=tuple(inputs.as_field(each, "money", reader) for each in given),  # type: ignore[arg-type]
        swing="",
        history=[_past(past, "money", reader) for past in history[:_MOST_HISTORY]],
    )


def _made_of(row: Record, reader: Reader) -> str:
    """The days that the row's own year was made of."""
    days = round(row.get("days") or 0)
    if not days:
        return ""
    return ngettext(
        "The year is made of %(days)s day, from when the present level began.",
        "The year is made of %(days)s days, from when the present level began.",
        days,
    ) % {"days": reader.number(days)}


def _windows(row: Record, reader: Reader) -> list[Window]:
    found = [each for each in row["windows"] if each["p50"] is not None]
    greatest = max((each["p50"] for each in found), default=0.0)
    return [
        Window(
            days=ngettext("last %(days)s day", "last %(days)s days", each["days"])
            % {"days": reader.number(each["days"])},
            middle=reader.rough_money(each["p50"]),
            width=f"{100 * max(0.0, each['p50']) / greatest if greatest > 0 else 0:.1f}%",
        )
        for each in found
    ]


def form_prefix(row: Record, name: str) -> str:
    """Of an input's form; several rows may be open on one page."""
    return f"{row_id(row['key'])}-{name}"
