"""Counts by hour or day as bars: numbers in, SVG attributes out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np

from polku.capture.queries import HourCounts, Integers, hour_of
from polku.site.formats import Reader

_HOURS_SHOWN = 48
_DAYS_SHOWN = 28


@dataclass(frozen=True)
class Bar:
    """One rectangle; all lengths are SVG attributes."""

    x: str
    y: str
    width: str
    height: str
    kind: str = "accepted"


@dataclass(frozen=True)
class Line:
    """One hour or day in figures."""

    start: str
    accepted: int
    repeated: int
    dropped: int
    rejected: int

    @property
    def stacked(self) -> tuple[tuple[str, int], ...]:
        """From the bottom up; repeats are no news and are not drawn."""
        return (("accepted", self.accepted), ("dropped", self.dropped), ("rejected", self.rejected))

    @property
    def height(self) -> int:
        return self.accepted + self.dropped + self.rejected


@dataclass(frozen=True)
class History:
    """What came by hour or day: bars, the figures behind them, and the words around the picture."""

    lines: list[Line]
    bars: list[Bar]
    most: int
    first: str
    last: str


def sparkline(by_hour: Integers) -> list[Bar]:
    """Bars of a picture 100 wide and 24 high; every hour with something is seen."""
    most = max(1, int(by_hour.max()))
    width = 100 / len(by_hour)
    return [
        Bar(
            x=f"{index * width + width * 0.1:.2f}",
            y=f"{24 - height:.2f}",
            width=f"{width * 0.8:.2f}",
            height=f"{height:.2f}",
        )
        for index, count in enumerate(by_hour)
        if (height := max(1.5, 24 * int(count) / most) if count else 0)
    ]


def history(counts: HourCounts, *, by: str, now: dt.datetime, reader: Reader) -> History:
    """The last two days by hour, or (`by` "day") the last four weeks by day of the reader's calendar."""
    lines = _by_day(counts, now, reader) if by == "day" else _by_hour(counts, now, reader)
    most = max(line.height for line in lines)
    return History(lines, _bars(lines, most), most, lines[0].start, lines[-1].start)


def beginning(by: str, now: dt.datetime) -> dt.datetime:
    """From when on counts are needed (naive UTC)."""
    return now - (dt.timedelta(days=_DAYS_SHOWN + 1) if by == "day" else dt.timedelta(hours=_HOURS_SHOWN))


def _by_hour(counts: HourCounts, now: dt.datetime, reader: Reader) -> list[Line]:
    last = hour_of(now)
    starts = range(last - _HOURS_SHOWN + 1, last + 1)
    words = [_hour_in_words(reader.local(_moment(hour)), reader) for hour in starts]
    return _lines(counts, counts.hours - starts[0], words)


def _by_day(counts: HourCounts, now: dt.datetime, reader: Reader) -> list[Line]:
    zone = ZoneInfo(reader.timezone)
    today = reader.local(now).date()
    days = [today - dt.timedelta(days=back) for back in range(_DAYS_SHOWN - 1, -1, -1)]
    places = [
        (_moment(int(hour)).replace(tzinfo=dt.UTC).astimezone(zone).date() - days[0]).days
        for hour in counts.hours
    ]
    return _lines(counts, np.array(places, dtype=np.int64), [reader.day(day) for day in days])


def _lines(counts: HourCounts, places: Integers, words: Sequence[str]) -> list[Line]:
    inside = (places >= 0) & (places < len(words))
    columns = [
        np.bincount(places[inside], weights=values[inside], minlength=len(words)).astype(np.int64)
        for values in (
            counts.of("accepted"),
            counts.of("repeated"),
            counts.dropped(),
            counts.of("rejected"),
        )
    ]
    return [
        Line(start, *(int(value) for value in values)) for start, *values in zip(words, *columns, strict=True)
    ]


def _bars(lines: Sequence[Line], most: int) -> list[Bar]:
    bars = []
    width = 100 / len(lines)
    for index, line in enumerate(lines):
        top = 100.0
        for kind, count in line.stacked:
            if not count:
                continue
            height = 100 * count / most
            top -= height
            bars.append(
                Bar(
                    x=f"{index * width + width * 0.12:.2f}%",
                    y=f"{top:.2f}%",
                    width=f"{width * 0.76:.2f}%",
                    height=f"{height:.2f}%",
                    kind=kind,
                )
            )
    return bars


def _moment(hour: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(hour * 3600, dt.UTC).replace(tzinfo=None)


def _hour_in_words(moment: dt.datetime, reader: Reader) -> str:
    return f"{reader.day(moment)} {reader.clock(moment)}"
