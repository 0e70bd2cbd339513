"""How far ahead customers' value is counted, and what money later is worth less."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

MONTHS = (3, 6, 12, 24, 36)
PERCENTS = (0, 5, 10, 15, 20)
DAYS_A_MONTH = 365.25 / 12


@dataclass(frozen=True)
class Choice:
    """`months` ahead, and `percent` a year by which money later counts less."""

    months: int = 12
    percent: int = 10

    @property
    def name(self) -> str:
        """What documents and jobs of this choice are kept by."""
        return f"{self.months}/{self.percent}"

    @property
    def discount(self) -> float:
        return self.percent / 100

    @property
    def days(self) -> int:
        return round(self.months * DAYS_A_MONTH)

    @property
    def month_length(self) -> float:
        """In days, so that the months come to `days`."""
        return self.days / self.months


USUAL = Choice()


def read_choice(given: Mapping[str, str]) -> Choice:
    """The choice of a query string; what makes no sense is the usual one."""
    return Choice(
        _one_of(given.get("months", ""), MONTHS, USUAL.months),
        _one_of(given.get("discount", ""), PERCENTS, USUAL.percent),
    )


def choice_named(name: str) -> Choice:
    """The choice that `Choice.name` wrote."""
    months, _slash, percent = name.partition("/")
    return Choice(_one_of(months, MONTHS, USUAL.months), _one_of(percent, PERCENTS, USUAL.percent))


def _one_of(text: str, known: tuple[int, ...], usual: int) -> int:
    return next((number for number in known if str(number) == text), usual)
