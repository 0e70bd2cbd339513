"""Surveys, their published versions, and the links that lead to them."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_scopes import ScopedManager

from polku.accounts.models import Workspace
from polku.journeys.models import Touchpoint


class Survey(models.Model):  # type: ignore[django-manager-missing]
    """`draft` is the definition that is being edited (definition/questions.py); what people answer is a version.

    `key` names the survey in signals, exports and commands; it never changes. Anonymity is chosen before the first
    publication and cannot be taken back (domain refuses).
    """

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("survey", "draft")
        OPEN = "open", pgettext_lazy("survey", "open")
        CLOSED = "closed", pgettext_lazy("survey", "closed")

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=60)
    name = models.CharField(_("name"), max_length=120)
    state = models.CharField(max_length=6, choices=State.choices, default=State.DRAFT)
    draft = models.JSONField()
    template = models.CharField(max_length=40, blank=True)
    is_anonymous = models.BooleanField(_("anonymous"), default=False)
    touchpoint = models.ForeignKey(
        Touchpoint, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)
    deleted_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[Survey]] = ScopedManager(workspace="workspace")

    class Meta:
        ordering: ClassVar = ["-created_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "key"], name="one_survey_per_key")
        ]

    def __str__(self) -> str:
        return self.name


class SurveyVersion(models.Model):  # type: ignore[django-manager-missing]
    """What was shown from `published_at` on. Never changed: an answer belongs to the version that was shown."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    definition = models.JSONField()
    published_at = models.DateTimeField(auto_now_add=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)

    objects: ClassVar[models.Manager[SurveyVersion]] = ScopedManager(workspace="workspace")

    class Meta:
        ordering: ClassVar = ["survey", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["survey", "number"], name="one_version_per_number")
        ]

    def __str__(self) -> str:
        return f"{self.survey_id} v{self.number}"


class SurveyLink(models.Model):  # type: ignore[django-manager-missing]
    """One way to a survey: an open link, a poster's QR code, the web, a tablet, a moment.

    The address of an open link is shown again and again, so it is not random but a keyed digest of `nonce`
    (links.py); only its SHA-256 is kept here. `fields` are hidden fields that come with every answer through it.
    """

    class Kind(models.TextChoices):
        OPEN = "open", _("open link")
        QR = "qr", _("QR code")
        WEB = "web", _("web page")
        TABLET = "tablet", _("tablet")
        EMAIL = "email", _("e-mail")
        MOMENT = "moment", _("moment")
        TEST = "test", _("test link")

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="links")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=120)
    nonce = models.CharField(max_length=32)
    digest = models.CharField(max_length=64, unique=True)
    fields = models.JSONField(default=dict, blank=True)
    settings = models.JSONField(default=dict, blank=True)
    """Of the kind: targeting of a web page, texts of an e-mail."""
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    deleted_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[SurveyLink]] = ScopedManager(workspace="workspace")

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


class LinkDay(models.Model):
    """How often a link's survey was shown and begun on a day of the workspace's calendar."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    link = models.ForeignKey(SurveyLink, on_delete=models.CASCADE, related_name="days")
    day = models.DateField()
    displays = models.PositiveIntegerField(default=0)
    starts = models.PositiveIntegerField(default=0)

    objects: ClassVar[models.Manager[LinkDay]] = ScopedManager(workspace="workspace")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["link", "day"], name="one_row_per_link_day")]

    def __str__(self) -> str:
        return f"{self.link_id} {self.day}"
