"""The customer-journey map: stages in order, touchpoints in stages, and the bindings that measure them."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from polku.accounts.models import Workspace
from polku.analytics.models import SavedQuestion


class Channel(models.TextChoices):
    """Where an encounter happens. Free text in signals; these are the ones a map offers."""

    SEARCH = "search", _("search")
    SOCIAL = "social", _("social media")
    ADVERTISING = "advertising", _("advertising")
    WEB = "web", _("web")
    MOBILE = "mobile", _("mobile")
    APP = "app", _("app")
    STORE = "store", _("store")
    EMAIL = "email", _("e-mail")
    PHONE = "phone", _("phone")
    CHAT = "chat", _("chat")
    DELIVERY = "delivery", _("delivery")
    POST = "post", _("post")
    EVENT = "event", _("event")
    WORD_OF_MOUTH = "word_of_mouth", _("word of mouth")


class Journey(models.Model):  # type: ignore[django-manager-missing]
    class Kind(models.TextChoices):
        AS_IS = "as-is", _("as-is")
        TO_BE = "to-be", _("to-be")

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="journeys")
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=5, choices=Kind.choices, default=Kind.AS_IS)
    purpose = models.TextField(_("purpose"), blank=True, max_length=2000)
    window_days = models.PositiveSmallIntegerField(
        _("window in days"), default=30, validators=[MinValueValidator(1), MaxValueValidator(730)]
    )
    template = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    reviewed_at = models.DateField(_("reviewed"), null=True, blank=True)

    objects: ClassVar[models.Manager[Journey]] = ScopedManager(workspace="workspace")

    class Meta:
        ordering: ClassVar = ["created_at", "pk"]

    def __str__(self) -> str:
        return self.name


class Stage(models.Model):  # type: ignore[django-manager-missing]
    """A column group of the map. `order_key` sorts as text; two editors can insert at once (order_keys.py)."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    journey = models.ForeignKey(Journey, on_delete=models.CASCADE, related_name="stages")
    name = models.CharField(_("name"), max_length=80)
    order_key = models.CharField(max_length=120)

    objects: ClassVar[models.Manager[Stage]] = ScopedManager(workspace="workspace")

    class Meta:
        ordering: ClassVar = ["order_key", "pk"]

    def __str__(self) -> str:
        return self.name


class Touchpoint(models.Model):  # type: ignore[django-manager-missing]
    """One encounter between customer and company."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    stage = models.ForeignKey(Stage, on_delete=models.CASCADE, related_name="touchpoints")
    name = models.CharField(_("name"), max_length=80)
    description = models.TextField(_("description"), blank=True, max_length=2000)
    channels = models.JSONField(_("channels"), default=list, blank=True)
    is_moment_of_truth = models.BooleanField(_("moment of truth"), default=False)
    is_backstage = models.BooleanField(_("backstage"), default=False)
    assumed_feeling = models.FloatField(
        _("assumed feeling"), null=True, blank=True, validators=[MinValueValidator(-1), MaxValueValidator(1)]
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, verbose_name=_("owner")
    )
    review_on = models.DateField(_("next review"), null=True, blank=True)
    order_key = models.CharField(max_length=120)

    objects: ClassVar[models.Manager[Touchpoint]] = ScopedManager(workspace="workspace")

    class Meta:
        ordering: ClassVar = ["order_key", "pk"]

    def __str__(self) -> str:
        return self.name


class Binding(models.Model):
    """The rule that makes a signal belong to a touchpoint: every part that is given must hold.

    A touchpoint with several bindings takes the signals of any of them. `names` are event names, metrics or
    contact reasons after `kind`; for orders they are order states. `url` is a pattern with `*` for any text.
    """

    class Kind(models.TextChoices):
        EVENT = "event", _("event")
        SCORE = "score", _("survey answer")
        CONTACT = "contact", _("contact")
        ORDER = "order", _("order")

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    touchpoint = models.ForeignKey(Touchpoint, on_delete=models.CASCADE, related_name="bindings")
    kind = models.CharField(_("kind of signal"), max_length=7, choices=Kind.choices)
    names = models.JSONField(default=list, blank=True)
    url = models.CharField(_("page address"), max_length=500, blank=True)
    channel = models.CharField(_("channel"), max_length=80, blank=True)
    where = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager[Binding]] = ScopedManager(workspace="workspace")

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.kind} {', '.join(self.names)}".strip()


class TouchpointQuestion(models.Model):
    """A saved question that is shown beside a touchpoint of the map."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    touchpoint = models.ForeignKey(Touchpoint, on_delete=models.CASCADE, related_name="questions")
    question = models.ForeignKey(SavedQuestion, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager[TouchpointQuestion]] = ScopedManager(workspace="workspace")

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["touchpoint", "question"], name="one_place_per_question"),
        ]

    def __str__(self) -> str:
        return f"{self.touchpoint_id}: {self.question_id}"


class Lane(models.TextChoices):
    """The lanes of a map: what can be known of customers at a touchpoint."""

    DO = "do", _("Do")
    SAY = "say", _("Say")
    FEEL = "feel", _("Feel")
    CONTACT = "contact", _("Contact us")
    BUY = "buy", _("Buy")


class MeasurementCheck(models.Model):
    """Somebody saw to it that a touchpoint's lane will be known, or the team decided that it need not be."""

    class State(models.TextChoices):
        ARRANGED = "arranged", _("seen to")
        NOT_NEEDED = "not-needed", _("not needed")

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    touchpoint = models.ForeignKey(Touchpoint, on_delete=models.CASCADE, related_name="checks")
    lane = models.CharField(max_length=7, choices=Lane.choices)
    state = models.CharField(max_length=10, choices=State.choices)
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)
    checked_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager[MeasurementCheck]] = ScopedManager(workspace="workspace")

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["touchpoint", "lane"], name="one_check_per_lane"),
        ]

    def __str__(self) -> str:
        return f"{self.touchpoint_id} {self.lane}: {self.state}"


class Deletion(models.Model):
    """What somebody deleted, kept so that it can be brought back with its old numbers (and so its links)."""

    class Kind(models.TextChoices):
        JOURNEY = "journey", _("journey")
        STAGE = "stage", _("stage")
        TOUCHPOINT = "touchpoint", _("touchpoint")
        BINDING = "binding", _("data connection")

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    name = models.CharField(max_length=200)
    journey_number = models.BigIntegerField(db_index=True)
    rows = models.JSONField(encoder=DjangoJSONEncoder)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)
    at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager[Deletion]] = ScopedManager(workspace="workspace")

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"
