"""Groups of customers. The people themselves and their signals live in the event store."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from polku.accounts.models import Workspace


class Segment(models.Model):
    """A rule over people: their properties at the end of the range and what they did up to it.

    `rule` is {"where": [{"property", "op", "value"}], "did": [selector], "did_not": [selector]}, with the
    conditions and selectors of the Query object; all of it must hold.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="segments")
    name = models.CharField(_("name"), max_length=80)
    rule = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager[Segment]] = ScopedManager(workspace="workspace")

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "name"], name="one_segment_per_name"),
        ]

    def __str__(self) -> str:
        return self.name
