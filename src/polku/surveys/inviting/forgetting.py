"""Who was invited is forgotten when it no longer serves anything: counts stay, people go."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django_scopes import scopes_disabled

from polku.surveys.models import Invitation

KEPT = timedelta(days=400)
"""As long as fatigue limits look back, and longer than any reminder or expiry."""
_AT_ONCE = 500


def forget_invited() -> int:
    """Empty what names or describes the person in invitations that are older and no longer wait; how many there were.

    Transactions of five hundred rows each. An answer keeps its own person; the invitation only that there was one.
    """
    emptied = 0
    with scopes_disabled():
        named = Invitation.objects.exclude(state=Invitation.State.WAITING).filter(
            created_at__lt=timezone.now() - KEPT
        )
        named = named.exclude(email="", person="", order="")
        while numbers := list(named.order_by("pk").values_list("pk", flat=True)[:_AT_ONCE]):
            with transaction.atomic():
                emptied += Invitation.objects.filter(pk__in=numbers).update(
                    email="", person="", person_kind="", order="", known={}, fields={}
                )
    return emptied
