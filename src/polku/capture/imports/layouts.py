"""The ways a date and time may be written, told from their shape: the text with every digit replaced by 0."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

DateOrder = Literal["ymd", "dmy", "slash"]
"""slash: day and month stand before the year, and only the column tells which comes first."""

_BLANK = rb"(?:\xc2\xa0|\xe2\x80\xaf| )"
_MONTHS: dict[bytes, int] = {
    name.encode(): number
    for number, names in enumerate(
        (
            "jan january tammi tammikuu tammikuuta",
            "feb february helmi helmikuu helmikuuta",
            "mar march maalis maaliskuu maaliskuuta",
            "apr april huhti huhtikuu huhtikuuta",
            "may touko toukokuu toukokuuta",
            "jun june kesä kesäkuu kesäkuuta",
            "jul july heinä heinäkuu heinäkuuta",
            "aug august elo elokuu elokuuta",
            "sep sept september syys syyskuu syyskuuta",
            "oct october loka lokakuu lokakuuta",
            "nov november marras marraskuu marraskuuta",
            "dec december joulu joulukuu joulukuuta",
        ),
        start=1,
    )
    for name in names.split()
}
"""The months by name, as shops and reports write them in English and Finnish; in small letters."""
_ZONES: dict[bytes, int] = {b"EET": 120, b"EEST": 180, b"CET": 60, b"CEST": 120, b"WET": 0, b"WEST": 60}
"""The zones of Europe by their letters, in minutes ahead of UTC."""
_SHAPE = re.compile(
    rb"(?:"
    rb"(?P<y1>0000)(?P<s1>[-/.])(?P<m1>00?)(?P=s1)(?P<d1>00?)"
    rb"|(?P<y2>0000)(?P<m2>00)(?P<d2>00)"
    rb"|(?P<a>00?)(?P<s2>[-/.])" + _BLANK + rb"?(?P<b>00?)(?P=s2)" + _BLANK + rb"?(?P<y3>0000|00)"
    rb"|(?P<n4>[A-Za-z]{3,9})\.?" + _BLANK + rb"(?P<d4>00?),?" + _BLANK + rb"(?P<y4>0000)"
    rb"|(?P<d5>00?)\.?[ -](?P<n5>(?:[A-Za-z]|\xc3\xa4)+)\.?[ -](?P<y5>0000)"
    rb")(?:"
    rb"(?:[Tt]|,?" + _BLANK + rb"+(?:(?:klo|kl\.?|kello|at)" + _BLANK + rb"+)?|,)"
    rb"(?:(?P<H>00?)[:.](?P<M>00)(?:[:.](?P<S>00)(?:[.,](?P<f>0{1,9}))?)?|(?P<H2>00)(?P<M2>00)(?P<S2>00)?)"
    rb"(?:" + _BLANK + rb"?(?P<half>[AaPp])\.?[Mm]\.?)?"
    rb"(?:" + _BLANK + rb"?(?:[Zz]|UTC|GMT)"
    rb"|" + _BLANK + rb"(?P<zone>" + b"|".join(_ZONES) + rb")"
    rb"|" + _BLANK + rb"?(?:UTC|GMT)?(?P<sign>[+-])(?P<oh>00|(?<=(?:GMT|UTC)[+-])0)(?::?(?P<om>00))?)?"
    rb")?"
)
_ZULU = re.compile(rb"(?:[Zz]|UTC|GMT)$")
_EPOCH = re.compile(rb"0{9,10}(?:\.0{1,6})?|0{13}|0{16}")

Span = tuple[int, int]


@dataclass(frozen=True)
class Layout:
    """Where the parts stand in texts of one shape, as (begin, end) byte positions; None where a part is absent."""

    order: DateOrder
    year: Span
    first: Span  # the month in ymd, else the number that stands first; where the month has a name, the day
    second: Span
    hour: Span | None
    minute: Span | None
    second_of_minute: Span | None
    fraction: Span | None
    half: int | None  # position of the A or P of AM and PM
    sign: int | None
    offset_hour: Span | None
    offset_minute: Span | None
    is_utc: bool
    separator: str
    month: int | None = None  # where it is written as a name, which stands at `month_name`
    month_name: Span | None = None
    zone: int | None = None  # minutes ahead of UTC, where the zone is written in letters

    @property
    def has_zone(self) -> bool:
        return self.is_utc or self.sign is not None or self.zone is not None


@lru_cache(maxsize=10_000)
def layout_of(shape: bytes) -> Layout | None:
    """The layout of a shape, or None where it is no date."""
    match = _SHAPE.fullmatch(shape)
    if match is None:
        return None

    def span(*names: str) -> Span | None:
        return next((match.span(name) for name in names if match[name] is not None), None)

    sign, half = span("sign"), span("half")
    year = span("y1", "y2", "y3", "y4", "y5")
    first = span("m1", "m2", "a", "d4", "d5")
    second = span("d1", "d2", "b", "d4", "d5")
    if year is None or first is None or second is None:
        return None
    name = match["n4"] or match["n5"]
    month = _MONTHS.get(name.lower()) if name else None
    if name and month is None:
        return None
    separator = (match["s1"] or match["s2"] or b"").decode()
    order: DateOrder = "ymd" if match["y3"] is None else "dmy" if separator == "." else "slash"
    return Layout(
        order=order,
        year=year,
        first=first,
        second=second,
        hour=span("H", "H2"),
        minute=span("M", "M2"),
        second_of_minute=span("S", "S2"),
        fraction=span("f"),
        half=half[0] if half else None,
        sign=sign[0] if sign else None,
        offset_hour=span("oh"),
        offset_minute=span("om"),
        is_utc=bool(span("H", "H2")) and bool(_ZULU.search(shape)),
        separator=separator,
        month=month,
        month_name=span("n4", "n5"),
        zone=_ZONES[match["zone"]] if match["zone"] else None,
    )


def is_epoch(shape: bytes) -> bool:
    """Whether the shape can be seconds (with fraction), milliseconds or microseconds since 1970."""
    return _EPOCH.fullmatch(shape) is not None


def describe(shape: bytes, order: DateOrder | Literal["mdy"]) -> str:
    """The form in letters, for people: `D.M.YYYY klo H.MM`."""
    layout = layout_of(shape)
    if layout is None:
        return shape.decode("utf-8", "replace")
    text = list(shape.decode("latin-1"))
    letters = {"ymd": "MD", "dmy": "DM", "slash": "DM", "mdy": "MD"}[order]
    parts = [
        (layout.year, "Y"),
        (layout.first, letters[0]),
        (layout.second, letters[1]),
        (layout.month_name, "M"),
        (layout.hour, "H"),
        (layout.minute, "M"),
        (layout.second_of_minute, "S"),
        (layout.fraction, "f"),
        (layout.offset_hour, "h"),
        (layout.offset_minute, "m"),
    ]
    for span, letter in parts:
        if span:
            text[span[0] : span[1]] = letter * (span[1] - span[0])
    return "".join(text).encode("latin-1").decode("utf-8", "replace")
