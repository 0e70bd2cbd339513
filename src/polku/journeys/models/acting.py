"""What is done about a pain: the opportunity, the work on it, and what came of it."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_scopes import ScopedManager

from polku.accounts.models import Workspace
from polku.journeys.models.maps import Touchpoint


class Opportunity(models.Model):  # type: ignore[django-manager-missing]
    """A proposed improvement at a touchpoint.

    `pain_key` names the row of the list of losses that it came from, "" where somebody wrote it without one.
    `estimate` is what that row said at the time: {"p10", "p50", "p90" (money a year), "grade", "pain", "data_as_of"}.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    touchpoint = models.ForeignKey(Touchpoint, on_delete=models.CASCADE, related_name="opportunities")
    name = models.CharField(_("name"), max_length=200)
    description = models.TextField(_("description"), blank=True, max_length=2000)
    pain_key = models.CharField(max_length=200, blank=True)
    estimate = models.JSONField(null=True, blank=True, encoder=DjangoJSONEncoder)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager[Opportunity]] = ScopedManager(workspace="workspace")

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return self.name


class Action(models.Model):
    """The work on an opportunity: who does it until when, which figure it should move, and whether it did.

    `metric` names the figure: {"figure": one of `journeys.live.changes.FIGURES` or "say", "metric", "scale"}.
    `effect` is the estimate made after the work was done (`decide`), null until then; `effect_at` when it was made.
    `you_said` and `we_did` are the words for customers; they are public while `published_at` is set.
    """

    class State(models.TextChoices):
        PLANNED = "planned", pgettext_lazy("action", "planned")
        UNDER_WAY = "under-way", pgettext_lazy("action", "under way")
        DONE = "done", pgettext_lazy("action", "done")
        DROPPED = "dropped", pgettext_lazy("action", "dropped")

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    opportunity = models.ForeignKey(Opportunity, on_delete=models.CASCADE, related_name="actions")
    name = models.CharField(_("name"), max_length=200)
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.PLANNED)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("owner"),
    )
    due_on = models.DateField(_("due"), null=True, blank=True)
    cost = models.FloatField(_("cost"), null=True, blank=True)
    metric = models.JSONField(default=dict, blank=True)
    started_on = models.DateField(null=True, blank=True)
    done_on = models.DateField(null=True, blank=True)
    effect = models.JSONField(null=True, blank=True, encoder=DjangoJSONEncoder)
    effect_at = models.DateTimeField(null=True, blank=True)
    you_said = models.TextField(blank=True, max_length=2000)
    we_did = models.TextField(blank=True, max_length=2000)
    published_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager[Action]] = ScopedManager(workspace="workspace")

    class Meta:
        ordering: ClassVar = ["due_on", "pk"]

    def __str__(self) -> str:
        return self.name
