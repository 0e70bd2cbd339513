"""How figures, dates and intervals are written for a Finnish and for an English reader.

Every function takes the language ("fi" or "en"); Finnish has a decimal comma, spaces between thousands and a
space before the unit. Numbers never break across lines: the spaces are no-break spaces. Minus is U+2212.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

NBSP = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
DASH = "\N{EN DASH}"
ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"

_SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "SEK": "kr", "NOK": "kr", "DKK": "kr", "BRL": "R$"}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def number(value: float, language: str, decimals: int = 0, *, signed: bool = False) -> str:
    """`18 420`, `−1,2`; in English `18,420`, `−1.2`. `signed` writes + before what is above zero."""
    rounded = _round(value, decimals)
    text = f"{abs(rounded):,.{decimals}f}"
    if language == "fi":
        text = text.replace(",", NBSP).replace(".", ",")
    sign = MINUS if rounded < 0 else "+" if signed and rounded > 0 else ""
    return sign + text


def percent(share: float, language: str, decimals: int = 0, *, signed: bool = False) -> str:
    """A share of 0–1 as `41 %` or `41%`."""
    gap = NBSP if language == "fi" else ""
    return f"{number(share * 100, language, decimals, signed=signed)}{gap}%"


def currency_symbol(currency: str) -> str:
    """`EUR` → `€`; the three letters where there is no symbol that everybody knows."""
    return _SYMBOLS.get(currency, currency)


def money(value: float, language: str, currency: str = "EUR") -> str:
    """A sum in as few digits as are honest in a cell: `412 t€`, `1,2 M€`; in English `€412k`, `€1.2M`."""
    scaled, scale = _scale(value)
    return _with_currency(number(scaled, language, _money_decimals(scaled, scale)), scale, language, currency)


def price(value: float, language: str, currency: str = "EUR") -> str:
    """A sum to the cent, as on a receipt: `89,90 €`; in English `€89.90`."""
    return _with_currency(number(value, language, 2), "", language, currency)


def money_interval(low: float, high: float, language: str, currency: str = "EUR") -> str:
    """`140–300 t€`; in English `€140k–€300k`, with an end below zero `−€2k…€3k`. Both ends are in the scale of the
    higher one."""
    _, scale = _scale(max(abs(low), abs(high)))
    divisor = {"": 1, "k": 1e3, "M": 1e6}[scale]
    decimals = _money_decimals(max(abs(low), abs(high)) / divisor, scale)
    ends = (low / divisor, high / divisor)
    if language == "fi":
        return _with_currency(_joined(ends, language, decimals), scale, language, currency)
    between = ELLIPSIS if min(ends) < 0 else DASH
    return between.join(
        _with_currency(number(end, language, decimals), scale, language, currency) for end in ends
    )


def rough(value: float) -> float:
    """To two significant digits, as an estimate is honestly told: 31,482 → 31,000; whole from 1 to 99."""
    if not math.isfinite(value) or abs(value) < 1:
        return 0.0
    return _round(value, min(0, 1 - math.floor(math.log10(abs(value)))))


def rough_money(value: float, language: str, currency: str = "EUR") -> str:
    """An estimate written out, in two digits: `31 000 €`; in English `€31,000`."""
    return _with_currency(number(rough(value), language), "", language, currency)


def rough_money_interval(low: float, high: float, language: str, currency: str = "EUR") -> str:
    """`12 000–31 000 €`; in English `€12,000–€31,000`."""
    ends = (rough(low), rough(high))
    if ends[0] == ends[1]:
        return rough_money(low, language, currency)
    if language == "fi":
        return _with_currency(_joined(ends, language, 0), "", language, currency)
    between = ELLIPSIS if ends[0] < 0 else DASH
    return between.join(_with_currency(number(end, language), "", language, currency) for end in ends)


def interval(ends: Sequence[float], language: str, decimals: int = 0, *, signed: bool = False) -> str:
    """`31–42`; where an end is below zero (or signs are asked for) `−19…−5`."""
    return _joined(ends, language, decimals, signed=signed)


def percent_interval(ends: Sequence[float], language: str, decimals: int = 0) -> str:
    """Two shares of 0–1 as `31–42 %` or `31–42%`."""
    gap = NBSP if language == "fi" else ""
    return f"{_joined([end * 100 for end in ends], language, decimals)}{gap}%"


def margin(value: float, ends: Sequence[float], language: str, decimals: int = 0) -> str:
    """`±4`: the longer arm of the interval, so that the mark never promises too much."""
    arm = max(ends[1] - value, value - ends[0])
    step = 10**-decimals
    return f"±{number(max(arm, step) if arm > 0 else 0, language, decimals)}"


def rate_decimals(value: float) -> int:
    """Decimals of a rate per hundred: `214`, `7,9`, `0,10`."""
    size = abs(value)
    return 0 if size >= 99.5 else 1 if size >= 0.95 or size == 0 else 2


def day(value: dt.date | dt.datetime, language: str, *, year: bool = False) -> str:
    """`24.11.`, with the year `24.11.2025`; in English `24 Nov`, `24 Nov 2025`."""
    if language == "fi":
        return f"{value.day}.{value.month}.{value.year if year else ''}"
    return f"{value.day} {_MONTHS[value.month - 1]}{f' {value.year}' if year else ''}"


def clock(value: dt.datetime, language: str) -> str:
    """`klo 14.02`; in English `14:02`."""
    if language == "fi":
        return f"klo{NBSP}{value.hour}.{value.minute:02d}"
    return f"{value.hour}:{value.minute:02d}"


def clock_span(first: dt.datetime, last: dt.datetime, language: str) -> str:
    """`klo 14.02–14.20`; in English `14:02–14:20`. Within one minute it is that minute."""
    start, end = clock(first, language), clock(last, language)
    return start if start == end else f"{start}{DASH}{end.removeprefix(f'klo{NBSP}')}"


def duration(seconds: float, language: str) -> str:
    """`45 s`, `12 min`, `3,5 h`, `12 h`, `3,9 pv`; in English `3.9 d`. The unit is one of which there are some."""
    size = abs(seconds)
    if size < 90:
        return f"{number(seconds, language)}{NBSP}s"
    if size < 90 * 60:
        return f"{number(seconds / 60, language)}{NBSP}min"
    hours = size < 48 * 3600
    amount = seconds / (3600 if hours else 86_400)
    unit = "h" if hours else "pv" if language == "fi" else "d"
    return f"{number(amount, language, 1 if abs(amount) < 9.95 else 0)}{NBSP}{unit}"


def local(moment: dt.datetime, timezone: str) -> dt.datetime:
    """A time of the store (naive UTC) or an aware one, as the workspace's clocks show it."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    return aware.astimezone(ZoneInfo(timezone))


def _joined(ends: Sequence[float], language: str, decimals: int, *, signed: bool = False) -> str:
    low, high = (number(end, language, decimals, signed=signed) for end in ends)
    if low == high:
        return low
    between = ELLIPSIS if signed or low.startswith(MINUS) or high.startswith(MINUS) else DASH
    return f"{low}{between}{high}"


def _round(value: float, decimals: int) -> float:
    """Half away from zero, as people round by hand; −0 becomes 0."""
    factor = 10**decimals
    rounded = math.floor(abs(value) * factor + 0.5 + 1e-9) / factor
    return math.copysign(rounded, value) if rounded else 0.0


def _scale(value: float) -> tuple[float, str]:
    size = abs(value)
    if size >= 999_500:
        return value / 1e6, "M"
    if size >= 999.5:
        return value / 1e3, "k"
    return value, ""


def _money_decimals(scaled: float, scale: str) -> int:
    limit = {"": 0.0, "k": 9.95, "M": 99.95}[scale]
    return 1 if abs(scaled) < limit else 0


def _with_currency(text: str, scale: str, language: str, currency: str) -> str:
    symbol = currency_symbol(currency)
    if language == "fi":
        return f"{text}{NBSP}{ {'': '', 'k': 't', 'M': 'M'}[scale] }{symbol}"
    sign = MINUS if text.startswith(MINUS) else ""
    gap = NBSP if symbol.isalpha() else ""
    return f"{sign}{symbol}{gap}{text.removeprefix(MINUS)}{scale}"


@dataclass(frozen=True)
class Reader:
    """In whose form things are written: bundles the language, currency and clock of one page."""

    language: str
    currency: str = "EUR"
    timezone: str = "Europe/Helsinki"

    def number(self, value: float, decimals: int = 0, *, signed: bool = False) -> str:
        return number(value, self.language, decimals, signed=signed)

    def percent(self, share: float, decimals: int = 0, *, signed: bool = False) -> str:
        return percent(share, self.language, decimals, signed=signed)

    def interval(self, ends: Sequence[float], decimals: int = 0, *, signed: bool = False) -> str:
        return interval(ends, self.language, decimals, signed=signed)

    def percent_interval(self, ends: Sequence[float], decimals: int = 0) -> str:
        return percent_interval(ends, self.language, decimals)

    def margin(self, value: float, ends: Sequence[float], decimals: int = 0) -> str:
        return margin(value, ends, self.language, decimals)

    def money(self, value: float, *, signed: bool = False) -> str:
        text = money(value, self.language, self.currency)
        return f"+{text}" if signed and value > 0 else text

    def price(self, value: float) -> str:
        return price(value, self.language, self.currency)

    def money_interval(self, ends: Sequence[float]) -> str:
        return money_interval(ends[0], ends[1], self.language, self.currency)

    def rough_money(self, value: float) -> str:
        return rough_money(value, self.language, self.currency)

    def rough_money_interval(self, ends: Sequence[float]) -> str:
        return rough_money_interval(ends[0], ends[1], self.language, self.currency)

    def day(self, value: dt.date, *, year: bool = False) -> str:
        return day(value, self.language, year=year)

    def clock(self, value: dt.datetime) -> str:
        return clock(value, self.language)

    def clock_span(self, first: dt.datetime, last: dt.datetime) -> str:
        return clock_span(first, last, self.language)

    def duration(self, seconds: float) -> str:
        return duration(seconds, self.language)

    def local(self, moment: dt.datetime) -> dt.datetime:
        return local(moment, self.timezone)
