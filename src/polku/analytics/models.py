"""What people keep of their questions. The answers are never kept here: they are asked anew of the signals."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from polku.accounts.models import Workspace


class SavedQuestion(models.Model):
    """A question with a name. `kind` names its page (explore/pages.py).

    `parameters` is what its page's form was filled in with, [[name, value], …] as in an address, and not the finished
    Query object: so “the last 28 days” stay the last ones.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(max_length=40)
    parameters = models.JSONField(default=list)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    is_shared = models.BooleanField(_("shared"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects: ClassVar[models.Manager[SavedQuestion]] = ScopedManager(workspace="workspace")

    class Meta:
        ordering: ClassVar = ["-updated_at", "-pk"]

    def __str__(self) -> str:
        return self.name


class Annotation(models.Model):
    """Something that happened on a day and explains what is seen from then on: a release, a campaign. Trends of the
    whole workspace show it."""

    class Kind(models.TextChoices):
        RELEASE = "release", _("release")
        CAMPAIGN = "campaign", _("campaign")
        OTHER = "other", _("other")

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    on = models.DateField(_("day"))
    text = models.CharField(_("what happened"), max_length=200)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.OTHER)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager[Annotation]] = ScopedManager(workspace="workspace")

    class Meta:
        ordering: ClassVar = ["on", "pk"]
        indexes: ClassVar = [models.Index(fields=["workspace", "on"])]

    def __str__(self) -> str:
        return f"{self.on.isoformat()} {self.text}"


class SpendDay(models.Model):
    """What was spent on marketing on a day, by source, in the workspace's currency. It tells of no person.

    `source`, `medium` and `campaign` are written as files name them, without blanks around; "" where a file did not
    say. A day that comes again with the same three replaces the amount.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    source = models.CharField(max_length=200)
    medium = models.CharField(max_length=200, blank=True)
    campaign = models.CharField(max_length=200, blank=True)
    amount = models.DecimalField(max_digits=16, decimal_places=2)

    objects: ClassVar[models.Manager[SpendDay]] = ScopedManager(workspace="workspace")

    class Meta:
        ordering: ClassVar = ["day", "source", "medium", "campaign"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace", "day", "source", "medium", "campaign"],
                name="one_amount_a_day_and_campaign",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day.isoformat()} {self.source}"
