"""Answering the questions about money."""

from __future__ import annotations

import math
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django_scopes import scope

from polku.accounts.domain import record_audit, update_workspace
from polku.accounts.models import User, Workspace
from polku.accounts.values import clean_choice
from polku.decide.models import MoneyAnswers

HIGHEST_VAT = 0.99
HIGHEST_COST = 10_000.0


def answer_money_questions(
    *,
    workspace: Workspace,
    margin: float,
    vat_included: bool,
    vat_rate: float,
    returned: float,
    contact_cost: float,
    basis: str,
    cancelled_states: Sequence[str],
    actor: User | None,
) -> MoneyAnswers:
    """Write an answer beside the earlier ones, and let it hold from now on.

    Shares are 0–1; a VAT rate given beside sums without VAT is kept as 0. The states that count as cancelled are the
    workspace's own setting and change with it. One transaction with its audit entries, which hold no sums.
    Raises ValidationError that names the field.
    """
    fields = {
        "margin": _share("margin", margin, most=1.0),
        "vat_included": bool(vat_included),
        "vat_rate": _share("vat_rate", vat_rate, most=HIGHEST_VAT) if vat_included else 0.0,
        "returned": _share("returned", returned, most=0.99),
        "contact_cost": _cost(contact_cost),
        "basis": clean_choice(basis, MoneyAnswers.Basis.values),
    }
    with scope(workspace=workspace), transaction.atomic():
        update_workspace(
            workspace=workspace, changes={"cancelled_states": list(cancelled_states)}, actor=actor
        )
        row = MoneyAnswers.objects.create(
            workspace=workspace,
            answered_by=actor,
            cancelled_states=workspace.cancelled_states,
            **fields,
        )
        record_audit(workspace=workspace, actor=actor, action="money_answers.created", target=workspace.name)
    return row


def _share(field: str, value: float, *, most: float) -> float:
    if not math.isfinite(value) or not 0 <= value <= most:
        raise ValidationError(
            {field: _("Give a percentage from 0 to %(most)s.") % {"most": f"{100 * most:g}"}}
        )
    return float(value)


def _cost(value: float) -> float:
    if not math.isfinite(value) or not 0 <= value <= HIGHEST_COST:
        raise ValidationError(
            {"contact_cost": _("Give a sum from 0 to %(most)s.") % {"most": f"{HIGHEST_COST:g}"}}
        )
    return float(value)
