"""Reads of sources: what came of each, how lately, and whether its silence is an alarm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django_scopes import scope
from numpy.typing import NDArray

from polku.accounts.models import ApiKey, Workspace
from polku.capture.models import CaptureSettings, SourceSettings
from polku.capture.sources.freshness import DAYS_OF_RHYTHM, Freshness, judge, usual_threshold
from polku.capture.sources.origins import Origin
from polku.eventstore.registry import store
from polku.eventstore.streams import RejectedGroup, SourceState

TAKEN = ("accepted", "repeated")
HOURS_OF_SPARKLINE = 24

Integers = NDArray[np.int64]


@dataclass(frozen=True)
class HourCounts:
    """Counts of one source by hour: `hours` since 1970 (UTC), ascending; per reason as many counts."""

    hours: Integers
    by_reason: Mapping[str, Integers]

    def of(self, *reasons: str) -> Integers:
        """The sum of these reasons, hour by hour."""
        empty = np.zeros(len(self.hours), dtype=np.int64)
        return sum((self.by_reason[reason] for reason in reasons if reason in self.by_reason), empty)

    def dropped(self) -> Integers:
        return self.of(*(reason for reason in self.by_reason if reason not in (*TAKEN, "rejected")))


NOTHING = HourCounts(np.empty(0, dtype=np.int64), {})


@dataclass(frozen=True)
class Source:
    """One source as pages show it.

    `name` stands beside its kind, `full_name` alone; `usual_name` is the name where nobody gave one.
    `usual_threshold` is the alarm where nobody decided otherwise (hours, None: none). `by_hour` are the events
    accepted in each of the last 24 hours, the current one last, `last_hour` those of the last 60 minutes, about.
    `is_ended`: its key was revoked.
    """

    origin: Origin
    name: str
    usual_name: str
    key: ApiKey | None
    settings: SourceSettings | None
    state: SourceState
    freshness: Freshness
    usual_threshold: int | None
    by_hour: Integers
    last_hour: int
    is_ended: bool

    @property
    def full_name(self) -> str:
        is_named = self.settings is not None and bool(self.settings.name)
        return (
            f"{self.origin.kind_name} · {self.name}" if self.key is not None and not is_named else self.name
        )

    @property
    def last_day(self) -> int:
        return int(self.by_hour.sum())


def utc_now() -> datetime:
    """Naive, as the store keeps times."""
    return datetime.now(UTC).replace(tzinfo=None)


def sources(workspace: Workspace, *, now: datetime | None = None) -> list[Source]:
    """Every source that anything came from, those that are silent too long first, then by newest receipt.

    Raises StoreError.
    """
    now = now or utc_now()
    key = workspace.key.hex
    states = store().sources(key)
    if not states:
        return []
    counts = hour_counts(store().source_counts(key, now - timedelta(days=DAYS_OF_RHYTHM)))
    with scope(workspace=workspace):
        settings = {row.origin: row for row in SourceSettings.objects.all()}
        keys = {row.pk: row for row in ApiKey.objects.all()}
    found = [_source(state, counts.get(state.origin, NOTHING), settings, keys, now) for state in states]
    return sorted(found, key=lambda source: source.freshness.state != "silent")


def find_source(workspace: Workspace, name: str, *, now: datetime | None = None) -> Source | None:
    """The source that the store calls `name`."""
    return next((source for source in sources(workspace, now=now) if source.origin.name == name), None)


def has_data(workspace: Workspace) -> bool:
    """Whether anything was ever taken in."""
    return bool(store().sources(workspace.key.hex))


def source_names(workspace: Workspace) -> dict[str, str]:
    """What people call the sources, by the names that the store has for them."""
    return {source.origin.name: source.name for source in sources(workspace)}


def rejected_groups(workspace: Workspace, origin: str) -> list[RejectedGroup]:
    """How many rows of the source wait, by reason."""
    return [group for group in store().rejected_groups(workspace.key.hex) if group.origin == origin]


def source_counts(workspace: Workspace, origin: str, since: datetime) -> HourCounts:
    """What came of one source by hour from `since` (naive UTC) on."""
    table = store().source_counts(workspace.key.hex, since)
    return hour_counts(table.filter(pc.equal(table["origin"], origin))).get(origin, NOTHING)


def capture_settings(workspace: Workspace) -> CaptureSettings:
    """The workspace's row, or one with the defaults that is not saved."""
    with scope(workspace=workspace):
        return CaptureSettings.objects.filter(workspace=workspace).first() or CaptureSettings(
            workspace=workspace
        )


def hour_counts(table: pa.Table) -> dict[str, HourCounts]:
    """The store's table of counts by source."""
    hours = pc.cast(table["hour"], pa.int64()).to_numpy() // 3_600_000_000
    numbers = table["count"].to_numpy()
    origins, origin_of = _encoded(table["origin"])
    reasons, reason_of = _encoded(table["reason"])
    found = {}
    for place, origin in enumerate(origins):
        own = origin_of == place
        its_hours, hour_places = np.unique(hours[own], return_inverse=True)
        grid = np.zeros((len(reasons), len(its_hours)), dtype=np.int64)
        np.add.at(grid, (reason_of[own], hour_places), numbers[own])
        came = np.unique(reason_of[own])
        found[origin] = HourCounts(its_hours, {reasons[number]: grid[number] for number in came})
    return found


def _encoded(column: pa.ChunkedArray) -> tuple[list[str], Integers]:
    """The different texts of a column, and of each row which of them it is."""
    encoded = column.combine_chunks().dictionary_encode()
    return encoded.dictionary.to_pylist(), encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)


def hour_of(moment: datetime) -> int:
    """Hours since 1970 of a naive UTC time."""
    return int(moment.replace(tzinfo=UTC).timestamp() // 3600)


def _source(
    state: SourceState,
    counts: HourCounts,
    settings: Mapping[str, SourceSettings],
    keys: Mapping[int, ApiKey],
    now: datetime,
) -> Source:
    origin = Origin(state.origin)
    chosen = settings.get(state.origin)
    key = keys.get(origin.key) if origin.key is not None else None
    is_ended = origin.is_live and (key is None or key.revoked_at is not None)
    usual = None
    if origin.is_live and not is_ended:
        taken = counts.hours[counts.of(*TAKEN) > 0]
        usual = usual_threshold(taken, state.first_received, now)
    by_hour = _last_hours(counts, now)
    usual_name = _usual_name(origin, key)
    return Source(
        origin=origin,
        name=(chosen.name if chosen else "") or usual_name,
        usual_name=usual_name,
        key=key,
        settings=chosen,
        state=state,
        freshness=judge(
            last_taken=state.last_taken,
            first=state.first_received,
            threshold=None if is_ended else _threshold(chosen, usual),
            now=now,
        ),
        usual_threshold=usual,
        by_hour=by_hour,
        last_hour=_last_hour(by_hour, now),
        is_ended=is_ended,
    )


def _usual_name(origin: Origin, key: ApiKey | None) -> str:
    if key is not None:
        return key.name
    name = str(origin.own_name)
    return name[:1].upper() + name[1:]


def _threshold(chosen: SourceSettings | None, usual: int | None) -> int | None:
    if chosen is None or chosen.alarm == SourceSettings.Alarm.RHYTHM:
        return usual
    return chosen.silent_hours if chosen.alarm == SourceSettings.Alarm.HOURS else None


def _last_hours(counts: HourCounts, now: datetime) -> Integers:
    first = hour_of(now) - HOURS_OF_SPARKLINE + 1
    shown = np.zeros(HOURS_OF_SPARKLINE, dtype=np.int64)
    inside = (counts.hours >= first) & (counts.hours < first + HOURS_OF_SPARKLINE)
    shown[counts.hours[inside] - first] = counts.of("accepted")[inside]
    return shown


def _last_hour(by_hour: Integers, now: datetime) -> int:
    """Events of the last 60 minutes, about: the part of the hour before that falls into them is taken evenly."""
    rest = 1 - (now.minute * 60 + now.second) / 3600
    return round(int(by_hour[-1]) + int(by_hour[-2]) * rest)
