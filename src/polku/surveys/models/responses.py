"""What people answered."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from polku.accounts.models import Workspace
from polku.surveys.models.invitations import Invitation
from polku.surveys.models.survey import Survey, SurveyLink, SurveyVersion


class Response(models.Model):  # type: ignore[django-manager-missing]
    """One person's answers to one version.

    Of an anonymous survey there is no person, order, invitation or device, and times are those of the calendar day.
    `flags` are enumerated words of doubt (honesty/): they never take an answer out of a score by themselves, but
    `is_held` does (too many from one place) until somebody lets it in. `told` is how many times the event store was
    told of it: a correction withdraws what was told before.
    """

    class State(models.TextChoices):
        STARTED = "started", _("begun")
        PARTIAL = "partial", _("partly answered")
        COMPLETED = "completed", _("completed")

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="responses")
    version = models.ForeignKey(SurveyVersion, on_delete=models.RESTRICT, related_name="responses")
    link = models.ForeignKey(SurveyLink, null=True, on_delete=models.SET_NULL, related_name="responses")
    invitation = models.OneToOneField(
        Invitation, null=True, on_delete=models.SET_NULL, related_name="response"
    )
    number = models.CharField(max_length=32)
    """32 hex digits, random: names the answer in signals and exports, and makes a repeated delivery harmless."""
    digest = models.CharField(max_length=64, blank=True, db_index=True)
    """SHA-256 of the token by which the answer may be resumed."""
    state = models.CharField(max_length=9, choices=State.choices, default=State.STARTED)
    language = models.CharField(max_length=2)
    channel = models.CharField(max_length=20, blank=True)
    answers = models.JSONField(default=dict)
    fields = models.JSONField(default=dict, blank=True)
    person = models.CharField(max_length=255, blank=True)
    person_kind = models.CharField(max_length=10, blank=True)
    order = models.CharField(max_length=255, blank=True)
    url = models.CharField(max_length=2000, blank=True)
    flags = models.JSONField(default=list, blank=True)
    is_held = models.BooleanField(default=False)
    wants_contact = models.BooleanField(default=False)
    contact = models.CharField(max_length=254, blank=True)
    """Where to reach whoever wants it: an e-mail address or a phone number that they wrote."""
    may_be_quoted = models.BooleanField(default=False)
    seconds = models.FloatField(null=True)
    """From the first page's display to completion."""
    told = models.PositiveIntegerField(default=0)
    is_test = models.BooleanField(default=False)
    started_at = models.DateTimeField()
    changed_at = models.DateTimeField(db_index=True)
    completed_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[Response]] = ScopedManager(workspace="workspace")

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "number"], name="one_response_per_number")
        ]
        indexes: ClassVar = [
            models.Index(fields=["survey", "state", "completed_at"], name="responses_of_survey"),
            models.Index(
                fields=["changed_at"],
                condition=models.Q(state="partial", told=0),
                name="responses_to_tell",
            ),
            models.Index(
                fields=["survey"],
                condition=models.Q(state="completed", told=0, is_test=False, is_held=False),
                name="responses_to_gather",
            ),
        ]

    def __str__(self) -> str:
        return f"response {self.pk}"


class AnswerChange(models.Model):
    """An answer that was corrected after it had been given: what it was and what it became."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="changes")
    question = models.CharField(max_length=80)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    at = models.DateTimeField()

    objects: ClassVar[models.Manager[AnswerChange]] = ScopedManager(workspace="workspace")

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.response_id} {self.question}"


class Tag(models.Model):
    """A word that people of the company give to answers."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=60)
    responses: models.ManyToManyField[Response, TaggedResponse] = models.ManyToManyField(
        Response, through="TaggedResponse", related_name="tags"
    )

    objects: ClassVar[models.Manager[Tag]] = ScopedManager(workspace="workspace")

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "name"], name="one_tag_per_name")
        ]

    def __str__(self) -> str:
        return self.name


class TaggedResponse(models.Model):
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="+")
    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="+")
    tagged_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)
    at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager[TaggedResponse]] = ScopedManager(workspace="workspace")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tag", "response"], name="one_tag_per_response")
        ]

    def __str__(self) -> str:
        return f"{self.tag_id} {self.response_id}"
