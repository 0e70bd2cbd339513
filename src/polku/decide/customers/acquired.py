"""What a new customer costs beside what one is worth."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from polku.accounts.models import Workspace
from polku.decide.revenue.acquisition import acquisition
from polku.eventstore.port import StoreError
from polku.site.formats import Reader

_DAYS = 365


@dataclass(frozen=True)
class BesideValue:
    """Rows are (source, cost of a new customer, its interval, customers); `reading` sets the cost beside the value."""

    reading: str
    rows: tuple[tuple[str, str, str, str], ...]


def beside_value(workspace: Workspace, clv: Mapping[str, Any], reader: Reader) -> BesideValue | None:
    """Of the last year up to the newest data; None where nothing is known of spend, or of customers it brought."""
    last = dt.date.fromisoformat(clv["until"])
    try:
        found = acquisition(workspace, first=last - dt.timedelta(days=_DAYS - 1), last=last)
    except StoreError:
        return None
    cost = found.total.per_customer
    if not found.has_spend or cost is None:
        return None
    told = {
        "cost": reader.price(cost.value),
        "interval": reader.money_interval([cost.low, cost.high]),
        "n": reader.number(found.total.customers),
        "value": reader.price(clv["mean"]),
        "value_interval": reader.money_interval(clv["ci"]),
    }
    said = _(
        "A new customer has cost %(cost)s (probably %(interval)s, n %(n)s); a customer is worth %(value)s "
        "(probably %(value_interval)s)."
    )
    if clv["ci"][0] > cost.high:
        said += " " + _("The value is above the cost.")
    elif clv["ci"][1] < cost.low:
        said += " " + _("The value is below the cost within this time.")
    else:
        said += " " + _("Which of the two is larger is not clear.")
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
    return BesideValue(said % told, rows)
