"""Single customers' and segments' value in the reader's form."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from polku.decide.customers.readings import FEW, two_digits
from polku.decide.customers.segments import SegmentValue
from polku.decide.customers.single import Models, SingleValue
from polku.decide.customers.words import NAMES, months_ahead
from polku.site.formats import Reader


@dataclass(frozen=True)
class ShownValue:
    """Of one customer. `expected`, `interval` and `alive` are "" before a model was fitted."""

    purchases: str
    last: str
    average: str
    group: Promise | str
    ahead: str
    expected: str
    interval: str
    alive: str
    is_alive_by_model: bool
    has_margin: bool


def shown_value(value: SingleValue, models: Models | None, reader: Reader) -> ShownValue:
    outlook = value.outlook
    return ShownValue(
        purchases=reader.number(value.purchases),
        last=reader.day(value.last, year=True),
        average=reader.price(value.spent_on_average) if value.spent_on_average is not None else "",
        group=NAMES[value.group] if value.group else "",
        ahead=months_ahead(models.choice.months) if models else "",
        expected=reader.money(outlook.value.value) if outlook else "",
        interval=reader.money_interval([outlook.value.low, outlook.value.high]) if outlook else "",
        alive=reader.percent(outlook.alive) if outlook else "",
        # Who bought once is alive by the model, whatever has happened: that is no knowledge.
        is_alive_by_model=outlook is not None and value.purchases == 1,
        has_margin=bool(models and models.has_margin),
    )


@dataclass(frozen=True)
class ShownSegment:
    people: str
    is_few: bool
    repeat: str
    repeat_interval: str
    alive: str
    mean: str
    mean_interval: str
    total: str
    total_interval: str
    ahead: str
    name: str


def shown_segment(value: SegmentValue, models: Models | None, reader: Reader) -> ShownSegment:
    def percents(ends: tuple[float, float] | None) -> str:
        return reader.percent_interval(ends) if ends else ""

    def euros(ends: tuple[float, float] | None) -> str:
        return reader.money_interval(ends) if ends else ""

    rounded = [two_digits(end) for end in value.total_ci] if value.total_ci else None
    return ShownSegment(
        people=reader.number(value.people),
        is_few=value.people < FEW,
        repeat=reader.percent(value.repeat) if value.repeat is not None else "",
        repeat_interval=percents(value.repeat_ci),
        alive=reader.percent(value.alive) if value.alive is not None else "",
        mean=reader.money(value.mean) if value.mean is not None else "",
        mean_interval=euros(value.mean_ci),
        total=reader.money(two_digits(value.total)) if value.total is not None else "",
        total_interval=reader.money_interval(rounded) if rounded else "",
        ahead=months_ahead(models.choice.months) if models else "",
        name=_("Expected margin") if models and models.has_margin else _("Expected sales"),
    )
