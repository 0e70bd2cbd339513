"""How often links were shown and begun: counted in memory, written every few seconds.

A page that somebody only looks at writes nothing itself. A server that dies forgets the last few seconds.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from threading import Lock
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F
from django_scopes import scopes_disabled

from polku.surveys.models import LinkDay, SurveyLink

_counts: Counter[tuple[int, int, date, str]] = Counter()
_lock = Lock()


def count_display(link: SurveyLink, at: datetime) -> None:
    """The survey's first page was shown to somebody."""
    _count(link, at, "displays")


def count_start(link: SurveyLink, at: datetime) -> None:
    """Somebody began to answer."""
    _count(link, at, "starts")


def _count(link: SurveyLink, at: datetime, what: str) -> None:
    day = at.astimezone(ZoneInfo(link.workspace.timezone)).date()
    with _lock:
        _counts[link.workspace_id, link.pk, day, what] += 1


def write_counts() -> None:
    """Add what was counted to LinkDay. What cannot be written is counted on."""
    with _lock:
        counted = dict(_counts)
        _counts.clear()
    if not counted:
        return
    try:
        with scopes_disabled(), transaction.atomic():
            there = set(
                SurveyLink.objects.filter(pk__in={link for _w, link, _d, _what in counted}).values_list(
                    "pk", flat=True
                )
            )
            for (workspace, link, day, what), count in counted.items():
                if link not in there:
                    continue
                row, _is_new = LinkDay.objects.get_or_create(workspace_id=workspace, link_id=link, day=day)
                LinkDay.objects.filter(pk=row.pk).update(**{what: F(what) + count})
    except Exception:
        with _lock:
            _counts.update(counted)
        raise
