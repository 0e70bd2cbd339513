"""What people said of the list of losses: inputs that they know better, and rows that they leave."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django_scopes import ScopedManager

from polku.accounts.models import Workspace
from polku.journeys.models import Journey


class InputOverride(models.Model):
    """A person's cautious, middle and high figure for an input of a row, with the reason.

    A row is never changed: the newest of a (journey, pain_key, name) holds, the older ones are its history. With
    `middle` null the person's figure is withdrawn, and what is measured holds again.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    journey = models.ForeignKey(Journey, on_delete=models.CASCADE, related_name="+")
    pain_key = models.CharField(max_length=200)
    name = models.CharField(max_length=40)
    low = models.FloatField(null=True)
    middle = models.FloatField(null=True)
    high = models.FloatField(null=True)
    reason = models.CharField(max_length=500, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager[InputOverride]] = ScopedManager(workspace="workspace")

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]
        indexes: ClassVar = [models.Index(fields=["journey", "pain_key"], name="inputs_of_a_pain")]

    def __str__(self) -> str:
        return f"{self.pain_key}: {self.name}"


class Dismissal(models.Model):
    """Somebody decided to leave a row of the list, and why; `taken_back_at` is when it came back."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    journey = models.ForeignKey(Journey, on_delete=models.CASCADE, related_name="+")
    pain_key = models.CharField(max_length=200)
    reason = models.CharField(max_length=500)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField(auto_now_add=True)
    taken_back_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager[Dismissal]] = ScopedManager(workspace="workspace")

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["journey", "pain_key"],
                condition=models.Q(taken_back_at=None),
                name="one_dismissal_per_pain",
            ),
        ]

    def __str__(self) -> str:
        return self.pain_key


class KeptLosses(models.Model):
    """The newest list of losses that was counted of a journey, for pages that must not wait for one.

    `version` names all that the document depends on; where it is not the present one, a newer is being counted.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    journey = models.OneToOneField(Journey, on_delete=models.CASCADE, related_name="+")
    version = models.CharField(max_length=200)
    document = models.JSONField(encoder=DjangoJSONEncoder)
    counted_at = models.DateTimeField()

    objects: ClassVar[models.Manager[KeptLosses]] = ScopedManager(workspace="workspace")

    def __str__(self) -> str:
        return f"{self.journey_id}: {self.version}"
