"""What marketing cost: read for acquisition costs, written by `polku import spend`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum

from polku.accounts.models import Workspace
from polku.analytics.models import SpendDay

_CHUNK = 500
_KEY = ("day", "source", "medium", "campaign")


@dataclass(frozen=True)
class Spend:
    """What a day's advertising cost, in the workspace's currency; `medium` and `campaign` may be ""."""

    day: dt.date
    source: str
    medium: str
    campaign: str
    amount: Decimal

    @property
    def key(self) -> tuple[dt.date, str, str, str]:
        return self.day, self.source, self.medium, self.campaign


@dataclass(frozen=True)
class Saved:
    """How many amounts came anew, replaced another, or were known as they are."""

    added: int
    replaced: int
    known: int


def spend_between(workspace: Workspace, start: dt.date, end: dt.date) -> list[Spend]:
    """What was spent from `start` to the day before `end`, by day, source, medium and campaign. One read."""
    found = SpendDay.objects.filter(workspace=workspace, day__gte=start, day__lt=end)
    return [Spend(*row) for row in found.values_list(*_KEY, "amount")]


def spend_by_source(workspace: Workspace, start: dt.date, end: dt.date) -> dict[str, float]:
    """Source → what it cost from `start` to the day before `end`. One read."""
    found = SpendDay.objects.filter(workspace=workspace, day__gte=start, day__lt=end)
    sums = found.order_by("source").values("source").annotate(total=Sum("amount"))
    return {row["source"]: float(row["total"]) for row in sums}


def save_spend(*, workspace: Workspace, rows: Iterable[Spend]) -> Saved:
    """Keep amounts; one that has the day, source, medium and campaign of an earlier one replaces it, also within
    `rows`. In transactions of 500, so that a process killed in between leaves whole rows, and the same rows again make
    it whole."""
    latest = list({row.key: row for row in rows}.values())
    added = replaced = known = 0
    for begin in range(0, len(latest), _CHUNK):
        chunk = latest[begin : begin + _CHUNK]
        with transaction.atomic():
            before = _amounts(workspace, chunk)
            SpendDay.objects.bulk_create(
                [
                    SpendDay(
                        workspace=workspace,
                        day=row.day,
                        source=row.source,
                        medium=row.medium,
                        campaign=row.campaign,
                        amount=row.amount,
                    )
                    for row in chunk
                    if before.get(row.key) != row.amount
                ],
                update_conflicts=True,
                unique_fields=["workspace", *_KEY],
                update_fields=["amount"],
            )
        for row in chunk:
            kept = before.get(row.key)
            added += kept is None
            known += kept == row.amount
            replaced += kept is not None and kept != row.amount
    return Saved(added, replaced, known)


def _amounts(workspace: Workspace, rows: list[Spend]) -> dict[tuple[dt.date, str, str, str], Decimal]:
    """What is kept of the days and sources of `rows`."""
    found = SpendDay.objects.filter(
        workspace=workspace,
        day__in={row.day for row in rows},
        source__in={row.source for row in rows},
    )
    return {
        (day, source, medium, campaign): amount
        for day, source, medium, campaign, amount in found.values_list(*_KEY, "amount")
    }
