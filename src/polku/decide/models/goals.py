"""Where a figure of a touchpoint, a stage or a whole journey should be by a date."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django_scopes import ScopedManager

from polku.accounts.models import Workspace
from polku.journeys.limits import SIGNAL_NAME
from polku.journeys.models import Journey, Stage, Touchpoint


class Goal(models.Model):
    """A target for one figure, at a touchpoint, over a stage, or (both null) over the whole journey.

    `figure` is one of `decide.changing.figures.FIGURES` ("continued", "say", "contact" …). A score ("say") is named
    further by `metric` ("csat") and `scale` ("1-5"), contacts of one reason ("reason") by `metric`; "" otherwise.
    `target` is in the figure's own unit as the map's document has it: shares are 0–1, NPS is −100…100, contacts are
    per 100 people, "feel" is −1…1. `lower_is_better` says on which side of the target the goal is met.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    journey = models.ForeignKey(Journey, on_delete=models.CASCADE, related_name="goals")
    stage = models.ForeignKey(Stage, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    touchpoint = models.ForeignKey(
        Touchpoint, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    figure = models.CharField(max_length=20)
    metric = models.CharField(max_length=SIGNAL_NAME, blank=True)
    scale = models.CharField(max_length=40, blank=True)
    target = models.FloatField()
    lower_is_better = models.BooleanField(default=False)
    by = models.DateField()
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager[Goal]] = ScopedManager(workspace="workspace")

    class Meta:
        ordering: ClassVar = ["by", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(stage=None) | models.Q(touchpoint=None), name="goal_is_of_one_place"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.figure} {self.target} ({self.by:%Y-%m-%d})"
