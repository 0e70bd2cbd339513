"""What a new customer costs beside what one is worth."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from polku.accounts.models import Workspace
from polku.decide.customers.choosing import Choice
from polku.decide.customers.single import Models, models_of
from polku.decide.customers.words import months_ahead
from polku.decide.revenue.acquisition import acquisition
from polku.eventstore.port import StoreError
from polku.site.formats import Reader
from polku.statistics import Estimate, customer_lifetime_value

_DAYS = 365
_JUST_NOW = 1e-6
"""Days since the first order of somebody who became a customer this moment."""


@dataclass(frozen=True)
class BesideValue:
    """Rows are (source, cost of a new customer, its interval, customers); `reading` sets the cost beside the value."""

    reading: str
    rows: tuple[tuple[str, str, str, str], ...]


def beside_value(
    workspace: Workspace, document: Mapping[str, Any], choice: Choice, reader: Reader
) -> BesideValue | None:
    """Of the last year up to the newest data; None where nothing is known of spend, or of customers it brought."""
    last = dt.date.fromisoformat(document["clv"]["until"])
    try:
        found = acquisition(workspace, first=last - dt.timedelta(days=_DAYS - 1), last=last)
    except StoreError:
        return None
    cost = found.total.per_customer
    if not found.has_spend or cost is None:
        return None
    said = _("A new customer has cost %(cost)s (probably %(interval)s, n %(n)s).") % {
        "cost": reader.price(cost.value),
        "interval": reader.money_interval([cost.low, cost.high]),
        "n": reader.number(found.total.customers),
    }
    models = models_of(document, choice)
    if models and found.total.first_margin:
        said += " " + _compared(cost, worth_of_new(models, found.total.first_margin), choice, reader)
    rows = tuple(
        (
            row.source or _("not known"),
            reader.price(row.per_customer.value),
            reader.money_interval([row.per_customer.low, row.per_customer.high]),
            reader.number(row.customers),
        )
        for row in found.rows
        if row.per_customer is not None
    )
    return BesideValue(said, rows)


def worth_of_new(models: Models, first: Estimate) -> Estimate:
    """What somebody brings who becomes a customer now: the margin of the `first` order, and what the models expect to
    follow. What the present customers will bring is another figure: they have bought for the first time already, and
    some have left."""
    later = customer_lifetime_value(
        purchases=models.purchases,
        spending=models.spending,
        frequency=[0.0],
        recency=[0.0],
        age=[_JUST_NOW],
        mean_value=[0.0],
        margin=models.margin,
        discount=models.choice.discount,
        months=models.choice.months,
        month_length=models.choice.month_length,
    ).mean
    value = first.value + later.value
    return Estimate(
        value=value,
        low=value - math.hypot(first.value - first.low, later.value - later.low),
        high=value + math.hypot(first.high - first.value, later.high - later.value),
        n=first.n,
        method="first order, BG/NBD and Gamma-Gamma",
    )


def _compared(cost: Estimate, worth: Estimate, choice: Choice, reader: Reader) -> str:
    said = _(
        "One is worth %(value)s (probably %(interval)s): the margin of the first order and of what is expected to "
        "follow, %(ahead)s."
    ) % {
        "value": reader.price(worth.value),
        "interval": reader.money_interval([worth.low, worth.high]),
        "ahead": months_ahead(choice.months),
    }
    if worth.low > cost.high:
        return f"{said} " + _("The value is above the cost.")
    if worth.high < cost.low:
        return f"{said} " + _("The value is below the cost within this time.")
    return f"{said} " + _("Which of the two is larger is not clear.")
