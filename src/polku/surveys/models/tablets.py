"""Tablets on the shop floor."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from polku.accounts.models import Workspace
from polku.surveys.models.survey import SurveyLink


class Tablet(models.Model):  # type: ignore[django-manager-missing]
    """A device that shows its link's survey. It is paired by a short code, once; afterwards it has a token of its own,
    of which only the SHA-256 is kept. `waiting` is how many answers it said that it still has.

    `hours` are the shop's opening hours: {"weekdays" | "saturday" | "sunday": ["09:00", "20:00"]}, by the workspace's
    clock; a part that is missing is closed. Until `testing_until` what is pressed is not kept, only noted in
    `tested_at`."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    link = models.ForeignKey(SurveyLink, on_delete=models.CASCADE, related_name="tablets")
    name = models.CharField(_("name"), max_length=80)
    code_digest = models.CharField(max_length=64, blank=True, db_index=True)
    code_until = models.DateTimeField(null=True)
    digest = models.CharField(max_length=64, blank=True, db_index=True)
    paired_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    waiting = models.PositiveIntegerField(default=0)
    battery = models.PositiveSmallIntegerField(null=True)
    program = models.CharField(max_length=40, blank=True)
    hours = models.JSONField(default=dict, blank=True)
    testing_until = models.DateTimeField(null=True)
    tested_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    deleted_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[Tablet]] = ScopedManager(workspace="workspace")

    class Meta:
        ordering: ClassVar = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class TabletPress(models.Model):
    """One press of several in quick succession, of which only the last is the answer: kept as it came."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    tablet = models.ForeignKey(Tablet, on_delete=models.CASCADE, related_name="presses")
    number = models.CharField(max_length=32)
    """Of the answer that the presses became."""
    place = models.PositiveSmallIntegerField()
    face = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    objects: ClassVar[models.Manager[TabletPress]] = ScopedManager(workspace="workspace")

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tablet", "number", "place"], name="one_press_per_place")
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.place}"
