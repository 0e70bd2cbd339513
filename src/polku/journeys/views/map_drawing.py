"""What a map looks like, drawn once for everybody who sees the same.

Drawing costs more than all else that a page does. A drawing is named by all that it is made from: the answer itself,
not its version, so that one that came out the same is not drawn again; how the reader writes numbers, the filters,
and what the reader may do. Nothing of the request is known here, so nothing personal can get into what others see.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language

from polku.analytics.money import money_note, money_terms
from polku.journeys.acting_marks import Mark, marks_of
from polku.journeys.live.remembering import Remembered
from polku.journeys.models import Journey
from polku.journeys.views import map_model
from polku.journeys.views.map_filters import Filters
from polku.site.formats import Reader

Record = Mapping[str, Any]

_MOST = 64  # of forty touchpoints each takes a megabyte
_NOT_DRAWN = {"data_as_of", "rows_scanned"}
"""Change with every signal, also where no figure does."""

_encode = msgspec.json.Encoder(order="deterministic").encode
_drawings = Remembered["Drawing"](_MOST)


@dataclass(frozen=True)
class Drawing:
    """The map as its templates draw it. `addresses`: touchpoint → (page address with the panel open, address of the
    panel's fragment)."""

    map: map_model.Map
    addresses: Mapping[int, tuple[str, str]]
    context: Record
    _parts: Remembered[str] = field(default_factory=lambda: Remembered(2), compare=False)

    @property
    def figures(self) -> str:
        """The inside of the map, as HTML."""
        return self._part("journeys/map_figures.html")

    @property
    def standouts(self) -> str:
        """What stands beside it while no panel is open, as HTML."""
        return self._part("journeys/map_standouts.html")

    def _part(self, template: str) -> str:
        return self._parts.get(template, lambda: render_to_string(template, self.context))


def drawing(
    result: Record,
    *,
    journey: Journey,
    filters: Filters,
    reader: Reader,
    chosen: int | None,
    has_signals: bool,
    may_edit: bool,
) -> Drawing:
    """The drawing of `result`, the answer of kind "journey", in the language in use."""
    answer = _encode({name: value for name, value in result.items() if name not in _NOT_DRAWN})
    terms = money_terms(journey.workspace)
    marks = marks_of(journey, reader)
    made_from = (
        hashlib.sha256(answer).digest(),
        journey.pk,
        journey.workspace.slug,
        get_language(),
        reader,
        filters,
        chosen,
        has_signals,
        may_edit,
        terms,
        tuple(sorted(marks.items())),
    )

    def draw() -> Drawing:
        addresses = _addresses(journey, filters, map_model.sequence_of(result))
        drawn = map_model.build(result, reader, chosen=chosen, addresses=addresses, terms=terms)
        changes = result["changes"]
        context = {
            "journey": journey,
            "workspace": journey.workspace,
            "may": {"edit": may_edit},
            "result": result,
            "map": drawn,
            "filters": filters,
            "shows_nps": map_model.shows_nps(result),
            "money": money_note(journey.workspace, terms, reader),
            "surprises": map_model.surprise_rows(result, reader, addresses),
            "changes": map_model.change_rows(drawn) if changes else None,
            "unchanged": reader.number(changes["tested"] - changes["clear"]) if changes else "",
            "has_signals": has_signals,
            "work": _work(drawn, marks),
            "is_connected": any(column.head.is_connected for column in drawn.columns),
        }
        return Drawing(drawn, addresses, context)

    return _drawings.get(made_from, draw)


def _work(drawn: map_model.Map, marks: Mapping[int, tuple[Mark, ...]]) -> list[tuple[map_model.Head, Any]]:
    """Each column's head with its actions; empty where there are none on the whole map."""
    if not marks:
        return []
    return [
        (
            column.head,
            [(mark, map_model.soften(mark.name)) for mark in marks.get(int(column.head.id), ())],
        )
        for column in drawn.columns
    ]


def _addresses(journey: Journey, filters: Filters, sequence: Any) -> Mapping[int, tuple[str, str]]:
    workspace = journey.workspace.slug
    base = reverse("journeys:map", args=[workspace, journey.pk])
    tail = filters.address()
    return {
        touchpoint: (
            base + filters.address(touchpoint=touchpoint),
            reverse("journeys:panel", args=[workspace, journey.pk, touchpoint])
            + (tail if tail != "?" else ""),
        )
        for touchpoint in sequence
    }
