"""What was counted of a workspace's customers, kept for pages that must not wait for a fit."""

from __future__ import annotations

from typing import ClassVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django_scopes import ScopedManager

from polku.accounts.models import Workspace


class KeptCustomers(models.Model):
    """The newest document on the value of customers for one choice of horizon and discount (`question`).

    `terms` names all that it depends on beside the data (answers about money, cancelled states), `version` the data.
    Where `terms` is not the present one the document is of no use; where only `version` is not, a newer is counted.
    `seconds` is how long it took.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    question = models.CharField(max_length=40)
    terms = models.CharField(max_length=64)
    version = models.BigIntegerField()
    document = models.JSONField(encoder=DjangoJSONEncoder)
    counted_at = models.DateTimeField()
    seconds = models.FloatField(default=0.0)

    objects: ClassVar[models.Manager[KeptCustomers]] = ScopedManager(workspace="workspace")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "question"], name="one_document_per_question"),
        ]

    def __str__(self) -> str:
        return f"{self.workspace_id}: {self.question}"
