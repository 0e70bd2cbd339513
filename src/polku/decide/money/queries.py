"""Reading the answers about money."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.utils import timezone
from django_scopes import scope

from polku.accounts.models import Workspace
from polku.analytics.money import MoneyTerms
from polku.decide.models import MoneyAnswers
from polku.eventstore.port import Scope
from polku.eventstore.registry import store
from polku.eventstore.sales import Refunded, SalesQuestion


def answers(workspace: Workspace, *, most: int = 50) -> Sequence[MoneyAnswers]:
    """The answers given, the newest first: the first holds, the others are history."""
    with scope(workspace=workspace):
        return list(MoneyAnswers.objects.select_related("answered_by")[:most])


def money_terms(workspace: Workspace) -> MoneyTerms | None:
    """What holds now; None where nobody answered yet."""
    found = answers(workspace, most=1)
    if not found:
        return None
    newest = found[0]
    return MoneyTerms(
        margin=newest.margin,
        vat_included=newest.vat_included,
        vat_rate=newest.vat_rate,
        returned=newest.returned,
        contact_cost=newest.contact_cost,
        is_estimate=newest.basis == MoneyAnswers.Basis.ESTIMATE,
        answered_on=timezone.localtime(newest.answered_at).date(),
        answered_by=str(newest.answered_by or ""),
    )


def is_answered(workspace: Workspace) -> bool:
    """Whether anybody ever answered."""
    with scope(workspace=workspace):
        return MoneyAnswers.objects.exists()


def measured_returns(workspace: Workspace) -> Refunded | None:
    """What refunds tell of the orders of the last year with data; None where none was received. Raises StoreError as
    every question does."""
    key = workspace.key.hex
    newest = store().state(key).data_as_of
    if newest is None:
        return None
    asked = Scope(start=newest - timedelta(days=365), timezone=workspace.timezone)
    found = store().refunded(key, asked, SalesQuestion(void=frozenset(workspace.cancelled_states)))
    return found if found is not None and found.sold else None
