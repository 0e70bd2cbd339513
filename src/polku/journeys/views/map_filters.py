"""The filters above the map: what the address says, as a query and as a form."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from polku import analytics
from polku.accounts.models import Workspace
from polku.eventstore.port import StoreState
from polku.eventstore.registry import store
from polku.journeys.display_names import channel_name
from polku.people.models import Segment

DAYS = (7, 28, 90)
DEFAULT = "28"
MAX_CHANNELS = 60
_CHANNELS_GOOD_FOR = 10.0  # seconds; counting them reads all signals, and new ones are rare


@dataclass(frozen=True)
class Filters:
    """A valid choice. `first` and `last` are calendar days of the workspace, both included; None: all data."""

    period: str
    first: dt.date | None
    last: dt.date | None
    segment: str
    channel: str
    compare: bool
    problem: str = ""

    def query(self, journey: int, timezone: str) -> dict[str, object]:
        """The Query object of the map."""
        return {
            "kind": "journey",
            "journey": journey,
            "range": _range(self.first, self.last, timezone),
            "where": self.where(),
            "segment": self.segment or None,
            "compare": self.compared(timezone),
        }

    def where(self) -> list[dict[str, object]]:
        return [{"property": "channel", "op": "eq", "value": self.channel}] if self.channel else []

    def range(self, timezone: str) -> dict[str, str] | None:
        return _range(self.first, self.last, timezone)

    def compared(self, timezone: str) -> dict[str, str] | None:
        """The period of the same length just before; None when nothing is compared."""
        if not self.compare or self.first is None or self.last is None:
            return None
        length = self.last - self.first + dt.timedelta(days=1)
        return _range(self.first - length, self.first - dt.timedelta(days=1), timezone)

    def address(self, **more: object) -> str:
        """The query string that says the same ("?…" or ""), with `more` added; defaults are left out."""
        parts: dict[str, object] = {}
        if self.period != DEFAULT:
            parts["range"] = self.period
        if self.period == "custom" and self.first and self.last:
            parts |= {"from": self.first.isoformat(), "to": self.last.isoformat()}
        if self.segment:
            parts["segment"] = self.segment
        if self.channel:
            parts["channel"] = self.channel
        if self.compare:
            parts["compare"] = "previous"
        parts |= more
        return f"?{urlencode(parts)}" if parts else "?"


def read_filters(data: QueryDict, workspace: Workspace, state: StoreState) -> Filters:
    """What the address asks for. What makes no sense falls back to the default and is said in `problem`.

    A period such as "28 days" ends on the last day that has data, so that an imported history is never empty.
    """
    problem = ""
    period = data.get("range", DEFAULT)
    last = last_day(state, workspace.timezone)
    first: dt.date | None = None
    end: dt.date | None = last
    if period == "custom":
        given = (_date(data.get("from", "")), _date(data.get("to", "")))
        if given[0] is None or given[1] is None:
            problem = _("Give both days of the period.")
        elif given[0] > given[1]:
            problem = _("The period ends before it begins.")
        else:
            first, end = given
    elif period == "all":
        end = None
    if period not in {"custom", "all"} and period not in {str(days) for days in DAYS}:
        period = DEFAULT
    if problem or period.isdigit():
        days = int(period) if period.isdigit() else int(DEFAULT)
        first = last - dt.timedelta(days=days - 1)
    segment = data.get("segment", "")
    if segment and not Segment.objects.filter(workspace=workspace, name=segment).exists():
        problem, segment = problem or _("There is no segment called “%s”.") % segment, ""
    channel = data.get("channel", "").replace("\x00", "")[:80]
    compare = data.get("compare") == "previous" and first is not None
    return Filters(period, first, end, segment, channel, compare, problem)


def last_day(state: StoreState, timezone: str) -> dt.date:
    """The workspace's day of its newest signal; never after today, and today where there is none."""
    today = dt.datetime.now(ZoneInfo(timezone)).date()
    if state.data_as_of is None:
        return today
    newest = state.data_as_of.replace(tzinfo=dt.UTC).astimezone(ZoneInfo(timezone)).date()
    return min(newest, today)


def form_of(filters: Filters, workspace: Workspace, state: StoreState) -> dict[str, object]:
    """The options of the form's lists: (value, name, chosen)."""
    periods = [(str(days), ngettext("%d day", "%d days", days) % days) for days in DAYS]
    periods += [("all", _("All data")), ("custom", _("Choose days…"))]
    names = Segment.objects.filter(workspace=workspace).values_list("name", flat=True)
    channels, _state = analytics.answer_lately(
        (workspace.key.hex, "channels of the map"),
        workspace,
        lambda of: channels_received(workspace.key.hex, of.version),
        now=state,
        good_for=_CHANNELS_GOOD_FOR,
    )
    if filters.channel and filters.channel not in channels:
        channels = (*channels, filters.channel)
    return {
        "periods": [(value, name, value == filters.period) for value, name in periods],
        "segments": [(name, name, name == filters.segment) for name in names],
        "channels": [(name, channel_name(name), name == filters.channel) for name in channels],
        "comparable": filters.first is not None,
        "first_day": filters.first.isoformat() if filters.first else "",
        "last_day": filters.last.isoformat() if filters.last else "",
        "is_custom": filters.period == "custom",
    }


@lru_cache(maxsize=64)
def channels_received(key: str, version: int) -> tuple[str, ...]:
    """Channels of the workspace's signals, the commonest first; `version` makes the answer new after a load."""
    return tuple(filter(None, store().channels(key, limit=MAX_CHANNELS)))


def _range(first: dt.date | None, last: dt.date | None, timezone: str) -> dict[str, str] | None:
    if first is None or last is None:
        return None
    zone = ZoneInfo(timezone)
    start = dt.datetime.combine(first, dt.time(), zone)
    end = dt.datetime.combine(last + dt.timedelta(days=1), dt.time(), zone)
    return {"from": start.isoformat(), "to": end.isoformat()}


def _date(text: str) -> dt.date | None:
    try:
        found = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return found if 1970 <= found.year <= 2200 else None
