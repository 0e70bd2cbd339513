"""News that must not be lost: rows written in the transaction of what they tell, drained into the event store."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class News(models.Model):
    """One piece of news. `workspace_id` is a plain number because `accounts` stands above this room."""

    workspace_id = models.BigIntegerField()
    payload = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        indexes: ClassVar = [models.Index(fields=["workspace_id", "id"], name="news_of_workspace")]

    def __str__(self) -> str:
        return f"news {self.pk} of {self.workspace_id}"
