"""How fresh each source is, by what it tells: the web, orders, customer service, surveys."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from polku import analytics
from polku.accounts.models import Workspace
from polku.eventstore.port import Scope, Selector, SignalKind, StoreState
from polku.eventstore.registry import store
from polku.journeys.models import Binding
from polku.site.formats import Reader

_LOOKED_BACK = dt.timedelta(days=60)
_GOOD_FOR = 120.0
_KINDS = (SignalKind.EVENT, SignalKind.ORDER, SignalKind.CONTACT, SignalKind.SCORE)
_LATE_DAYS = 2
"""A kind that is so many days behind the newest signal is told of: weekends and nightly exports are no news."""


@dataclass(frozen=True)
class Fresh:
    """One kind of signal. `age` is "" where it is as new as the others."""

    name: str
    age: str
    is_late: bool


@dataclass(frozen=True)
class Freshness:
    """`day` is that of the newest signal of all; `is_old` where even that is days ago."""

    day: str
    is_old: bool
    sources: tuple[Fresh, ...]


def freshness(workspace: Workspace, state: StoreState, reader: Reader, now: dt.datetime) -> Freshness | None:
    """None where nothing was ever received. Inside the workspace's scope; `now` is aware."""
    if state.data_as_of is None:
        return None
    newest = reader.local(state.data_as_of)
    newest_of, _of = analytics.answer_lately(
        (workspace.key.hex, "monday: newest of each kind"),
        workspace,
        lambda of: _newest_of_each(workspace.key.hex, of.version, of.data_as_of),
        now=state,
        good_for=_GOOD_FOR,
    )
    bound = set(Binding.objects.order_by().values_list("kind", flat=True).distinct())
    bound_kinds = {SignalKind[kind.upper()] for kind in bound}
    names = {
        SignalKind.EVENT: _("web and events"),
        SignalKind.ORDER: _("orders"),
        SignalKind.CONTACT: _("customer service"),
        SignalKind.SCORE: _("surveys"),
    }
    sources = []
    for kind, last in zip(_KINDS, newest_of, strict=True):
        if last is not None:
            late = (newest.date() - reader.local(last).date()).days
            age = ngettext("%(days)d day behind", "%(days)d days behind", late) % {"days": late}
            is_late = late >= _LATE_DAYS
            sources.append(Fresh(names[kind], age if is_late else "", is_late))
        elif kind in bound_kinds:
            sources.append(Fresh(names[kind], _("nothing in 60 days"), True))
    return Freshness(
        day=reader.day(newest.date()),
        is_old=(reader.local(now).date() - newest.date()).days >= _LATE_DAYS,
        sources=tuple(sources),
    )


@lru_cache(maxsize=64)
def _newest_of_each(key: str, version: int, until: dt.datetime | None) -> tuple[dt.datetime | None, ...]:
    """When the newest signal of each kind is of; None where there was none lately. `version` makes the answer new after
    a load."""
    start = None if until is None else until - _LOOKED_BACK
    groups = [[Selector(kinds=(kind,))] for kind in _KINDS]
    return tuple(each.last for each in store().count_each(key, groups, Scope(start=start)))
