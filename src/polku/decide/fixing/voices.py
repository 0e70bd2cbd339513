"""What customers say at the touchpoint of a pain."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from polku.decide.fixing.reading import Listed, Record, range_of
from polku.journeys.live.remembering import Remembered
from polku.journeys.models import Touchpoint
from polku.journeys.panel import touchpoint_comments
from polku.journeys.views.panel_model import shown_comments

_MOST = 5
_LONGEST_QUOTE = 130
_quotes = Remembered[tuple[str, ...]](500)


@dataclass(frozen=True)
class Voices:
    """`comments` as `journeys/map_comment.html` draws them; `address` is the touchpoint's panel with all of them."""

    comments: Sequence[Any]
    address: str


def voices_of(listed: Listed, row: Record) -> Voices:
    """What `said` finds, and where the others are."""
    items = said(listed, row)
    shown = shown_comments({"items": items, "more": False, "search": ""}, listed.reader)
    return Voices([*shown["first"], *shown["rest"]], panel_address(listed, row))


def quote_of(listed: Listed, row: Record, taken: Collection[str] = ()) -> str:
    """The comment that stands beside the row, none of those `taken`; "" where nobody said another. The same as long as
    the list is."""
    key = (listed.journey.pk, listed.losses.counted_at, row["key"])
    quotes = _quotes.get(key, lambda: _unhappy(listed, row))
    return next((quote for quote in quotes if quote not in taken), "")


def _unhappy(listed: Listed, row: Record) -> tuple[str, ...]:
    return tuple(_shortened(item["text"]) for item in said(listed, row) if (item["feeling"] or 0) <= 0)


def _shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST_QUOTE else f"{text[:_LONGEST_QUOTE].rsplit(' ', 1)[0]} …"


def said(listed: Listed, row: Record) -> list[Record]:
    """Comments at the row's touchpoint in its period: those with its reason of contact before all, then the unhappiest,
    the newest of them first. Of those whom the row is about, where any of them said something."""
    touchpoint = Touchpoint.objects.filter(pk=row["touchpoint"]["id"]).first()
    if touchpoint is None or listed.document is None:
        return []

    def found(where: Sequence[Record] | None) -> list[Record]:
        comments = touchpoint_comments(
            workspace=listed.journey.workspace,
            touchpoint=touchpoint,
            range=range_of(listed.document),
            where=where,
        )
        return list(comments["items"])

    def rank(item: Record) -> tuple[bool, float]:
        is_reason = bool(row["reason"]) and item["kind"] == "contact" and item["name"] == row["reason"]
        feeling = item["feeling"]
        return (not is_reason, 0.0 if feeling is None else feeling)

    # A contact seldom tells the browser: there the reason finds the right ones.
    of_them = found([row["people"]]) if row["people"] and not row["reason"] else []
    items = of_them or found(None)
    return sorted(items, key=rank)[:_MOST]


def panel_address(listed: Listed, row: Record) -> str:
    """The map with the panel of the row's touchpoint open."""
    where = reverse("journeys:map", args=[listed.journey.workspace.slug, listed.journey.pk])
    return f"{where}?{urlencode({'touchpoint': row['touchpoint']['id']})}"
