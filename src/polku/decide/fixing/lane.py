"""The lane of losses on the map: of each touchpoint its greatest row, from the list that was counted last."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Set
from functools import lru_cache
from urllib.parse import urlencode

from django.urls import reverse
from django_scopes import scope

from polku.accounts.models import Workspace
from polku.decide.models import Dismissal, KeptLosses
from polku.journeys.losses import LossCell
from polku.journeys.models import Journey

_MOST_MAPS = 64


def greatest_losses(workspace: Workspace, journey: Journey) -> Mapping[int, LossCell]:
    """By touchpoint; rows that somebody left do not count. Reads when the list was counted and, only where that is new,
    the list itself."""
    with scope(workspace=workspace):
        counted = KeptLosses.objects.filter(journey=journey).values_list("pk", "counted_at").first()
        if counted is None:
            return {}
        left = Dismissal.objects.filter(journey=journey, taken_back_at=None)
        return _cells(workspace.pk, *counted, frozenset(left.values_list("pain_key", flat=True)))


@lru_cache(maxsize=_MOST_MAPS)
def _cells(workspace: int, kept: int, counted_at: dt.datetime, left: Set[str]) -> Mapping[int, LossCell]:
    """`workspace` and `counted_at` only tell lists apart; the list is read inside the scope."""
    found: dict[int, LossCell] = {}
    document = KeptLosses.objects.values_list("document", flat=True).filter(pk=kept).first() or {"rows": []}
    priced = [row for row in document["rows"] if row["p50"] is not None and row["key"] not in left]
    for row in sorted(priced, key=lambda row: -row["p50"]):
        place = row["touchpoint"]["id"]
        if place in found:
            greatest = found[place]
            found[place] = LossCell(**{**vars(greatest), "others": greatest.others + 1})
            continue
        found[place] = LossCell(
            p10=row["p10"],
            p50=row["p50"],
            p90=row["p90"],
            grade=row["grade"],
            is_at_most=bool(row["is_at_most"]),
            n=(row["level"] or {}).get("n"),
            pain_key=row["key"],
            others=0,
        )
    return found


def derivation_address(workspace: Workspace, journey: Journey, pain_key: str) -> str:
    """The page that tells how the row was counted."""
    where = reverse("decide:fix-derivation", args=[workspace.slug, journey.pk])
    return f"{where}?{urlencode({'pain': pain_key})}"
