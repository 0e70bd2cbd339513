"""Groups of customers, and the keys that join them. The people and their signals live in the event store."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
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


class JoinRule(models.Model):
    """What somebody decided about a key (`eventstore.joining_keys.JoiningKey`): whether it joins people, now and after
    each import, or is not proposed any more."""

    class State(models.TextChoices):
        ACCEPTED = "accepted"
        DECLINED = "declined"

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    carrier = models.CharField(max_length=12)
    property = models.CharField(max_length=255, blank=True)
    origin = models.CharField(max_length=80, blank=True)
    kind = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=8, choices=State.choices)
    decided_at = models.DateTimeField(auto_now=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)

    objects: ClassVar[models.Manager[JoinRule]] = ScopedManager(workspace="workspace")

    class Meta:
        ordering: ClassVar = ["decided_at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace", "carrier", "property", "origin", "kind"], name="one_rule_per_key"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.carrier} {self.property or self.origin}"
