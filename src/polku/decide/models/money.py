"""The four answers about money. A row is never changed: a new answer is a new row, the older ones are its history."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from polku.accounts.models import Workspace


class MoneyAnswers(models.Model):
    """Shares are 0–1, money in the workspace's currency.

    `margin` is what is left of sales without VAT; `returned` is the share of sales that comes back beyond the orders
    whose state says so; `cancelled_states` are those states as they were when this was answered.
    """

    class Basis(models.TextChoices):
        ACCOUNTS = "accounts", _("from bookkeeping")
        ESTIMATE = "estimate", _("an estimate")

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    margin = models.FloatField()
    vat_included = models.BooleanField()
    vat_rate = models.FloatField()
    returned = models.FloatField()
    cancelled_states = models.JSONField(default=list, blank=True)
    contact_cost = models.FloatField()
    basis = models.CharField(max_length=8, choices=Basis.choices)
    answered_at = models.DateTimeField(auto_now_add=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)

    objects: ClassVar[models.Manager[MoneyAnswers]] = ScopedManager(workspace="workspace")

    class Meta:
        ordering: ClassVar = ["-answered_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(margin__gte=0, margin__lte=1), name="margin_is_a_share"
            ),
            models.CheckConstraint(
                condition=models.Q(vat_rate__gte=0, vat_rate__lt=1), name="vat_rate_is_a_share"
            ),
            models.CheckConstraint(
                condition=models.Q(returned__gte=0, returned__lt=1), name="returned_is_a_share"
            ),
            models.CheckConstraint(condition=models.Q(contact_cost__gte=0), name="contacts_cost_no_less"),
        ]

    def __str__(self) -> str:
        return f"{self.workspace_id}: {self.answered_at:%Y-%m-%d}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("an answer about money is never changed; write a new one")
        super().save(*args, **kwargs)
