"""The model of purchases fitted to customers in scope, for every kind of question that rests on it."""

from __future__ import annotations

import math
from datetime import timedelta

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from polku.analytics.context import QueryContext
from polku.analytics.customers import Customers, Purchases, day_of
from polku.eventstore import cancelling
from polku.statistics import PurchaseModel, SpendingModel, fit_bgnbd, fit_gamma_gamma

ENOUGH = 100
"""Customers who came back: of fewer no model is fitted."""


def last_day(context: QueryContext, bought: Purchases) -> int:
    """The day that purchases to come are counted from: nothing is known of later ones."""
    newest = context.state.data_as_of
    last = int(bought.day.max()) if len(bought.day) else 0
    known = day_of(newest, context.scope.timezone) if newest is not None else last
    if context.scope.end is not None:
        known = min(known, day_of(context.scope.end - timedelta(microseconds=1), context.scope.timezone))
    return max(known, last)


def fitted_purchases(context: QueryContext, found: Customers) -> PurchaseModel | None:
    """The model of how often they buy; None, with a warning why, where too few came back or none fits."""
    cancelling.check()
    again = int((found.frequency > 0).sum())
    if again < ENOUGH:
        words = gettext_lazy("{number} customers bought again; at least {least} are needed.")
        context.warnings.append(format_lazy(words, number=again, least=ENOUGH))
        return None
    try:
        return fit_bgnbd(frequency=found.frequency, recency=found.recency, age=found.age)
    except ValueError:
        _warn_of_misfit(context)
        return None


def fitted_spending(context: QueryContext, found: Customers) -> SpendingModel | None:
    """The model of what a purchase is worth; None, with a warning why, where too few told it or none fits."""
    cancelling.check()
    worth = found.have_value
    if worth.sum() < ENOUGH:
        words = gettext_lazy(
            "{number} customers bought again for a known sum; at least {least} are needed to say "
            "what customers will bring."
        )
        context.warnings.append(format_lazy(words, number=int(worth.sum()), least=ENOUGH))
        return None
    try:
        spending = fit_gamma_gamma(frequency=found.frequency[worth], mean_value=found.mean_value[worth])
    except ValueError:
        _warn_of_misfit(context)
        return None
    # A mean without bound is what a few giant orders among few make.
    if not math.isfinite(spending.population_mean):
        _warn_of_misfit(context)
        return None
    return spending


def _warn_of_misfit(context: QueryContext) -> None:
    context.warnings.append(
        gettext_lazy(
            "No model of purchases fits these customers, so nothing is said of what they will bring."
        )
    )
