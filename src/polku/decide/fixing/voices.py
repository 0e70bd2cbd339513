"""Who meets a pain, and what they say: the customers' own words at its touchpoint, and the way to the people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from polku.decide.fixing.reading import Listed, Record
from polku.journeys.models import Touchpoint
from polku.journeys.panel import touchpoint_comments
from polku.journeys.views.panel_model import shown_comments

_MOST = 5


@dataclass(frozen=True)
class Voices:
    """`comments` as `journeys/map_comment.html` draws them; `address` is the touchpoint's panel with all of them."""

    comments: Sequence[Any]
    address: str


def voices_of(listed: Listed, row: Record) -> Voices:
    """The unhappiest first, the newest of them before the others; those with the row's reason of contact before all."""
    touchpoint = Touchpoint.objects.filter(pk=row["touchpoint"]["id"]).first()
    if touchpoint is None or listed.document is None:
        return Voices((), "")
    period = listed.document["period"]
    found = touchpoint_comments(
        workspace=listed.journey.workspace,
        touchpoint=touchpoint,
        range={"from": period["from"], "to": period["to"]} if period else None,
    )

    def rank(item: Record) -> tuple[bool, float]:
        is_reason = bool(row["reason"]) and item["kind"] == "contact" and item["name"] == row["reason"]
        feeling = item["feeling"]
        return (not is_reason, 0.0 if feeling is None else feeling)

    chosen = sorted(found["items"], key=rank)[:_MOST]
    shown = shown_comments(found | {"items": chosen}, listed.reader)
    return Voices([*shown["first"], *shown["rest"]], panel_address(listed, row))


def people_of(listed: Listed, row: Record) -> str:
    """The funnel through the touchpoint of those whom the row is about, where its page tells who they are; whoever may
    not see customers one by one sees them there as a group. "" where the row is about everybody."""
    condition = row["people"]
    if not condition:
        return ""
    value = condition["value"]
    pairs = [
        ("step", f"touchpoint:{row['touchpoint']['id']}"),
        ("property", condition["property"]),
        ("op", condition["op"]),
        ("value", ", ".join(map(str, value)) if isinstance(value, list) else str(value)),
    ]
    where = reverse("explore:question", args=[listed.journey.workspace.slug, "funnel"])
    return f"{where}?{urlencode(pairs)}"


def panel_address(listed: Listed, row: Record) -> str:
    """The map with the panel of the row's touchpoint open."""
    where = reverse("journeys:map", args=[listed.journey.workspace.slug, listed.journey.pk])
    return f"{where}?{urlencode({'touchpoint': row['touchpoint']['id']})}"
