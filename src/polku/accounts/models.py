"""Who may do what: users, workspaces, memberships, API keys and the audit log."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AbstractBaseUser, PermissionsMixin
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_scopes import ScopedManager


class UserManager(BaseUserManager["User"]):
    """Creates users who sign in by e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class Language(models.TextChoices):
    FINNISH = "fi", "Suomi"
    ENGLISH = "en", "English"


class User(AbstractBaseUser, PermissionsMixin):  # type: ignore[django-manager-missing]
    """A person who uses Polku (never a customer of a workspace)."""

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=Language.choices, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.name or self.email


class Workspace(models.Model):  # type: ignore[django-manager-missing]
    """One company's or client's data; nothing crosses it.

    `key` names its folder in the event store and never changes; `slug` is its name in addresses and on the
    command line.
    """

    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(max_length=80, unique=True)
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    language = models.CharField(
        _("language"), max_length=2, choices=Language.choices, default=Language.FINNISH
    )
    timezone = models.CharField(_("time zone"), max_length=64, default="Europe/Helsinki")
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    is_simulated = models.BooleanField(default=False)
    cancelled_states = models.JSONField(
        _("order states that count as cancelled or returned"), default=list, blank=True
    )
    checklist_dismissed_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class OwnerLink(models.Model):
    """The link with which somebody becomes the first owner of an installation where nobody is yet.

    Only its SHA-256 is kept. There is one at a time; it goes when it is used.
    """

    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"link of {self.created_at}"


class Role(models.TextChoices):
    """From the most to the least: each role may do all that the later ones may."""

    OWNER = "owner", pgettext_lazy("role", "owner")
    EDITOR = "editor", pgettext_lazy("role", "editor")
    ANALYST = "analyst", pgettext_lazy("role", "analyst")
    AGENT = "agent", pgettext_lazy("role", "agent")
    VIEWER = "viewer", pgettext_lazy("role", "viewer")


class Membership(models.Model):
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=10, choices=Role.choices)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager[Membership]] = ScopedManager(workspace="workspace")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "user"], name="one_membership_per_user"),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.role})"


class ApiKey(models.Model):
    """A key of the HTTP API. Only its SHA-256 is kept; the key itself is shown once, when it is made."""

    class Kind(models.TextChoices):
        WRITE = "write", _("write key (public)")
        SECRET = "secret", _("secret key")

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="api_keys")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=120)
    prefix = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[ApiKey]] = ScopedManager(workspace="workspace")

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class AuditEntry(models.Model):
    """One change that somebody made. `details` never holds personal data of customers."""

    workspace = models.ForeignKey(
        Workspace, null=True, on_delete=models.CASCADE, related_name="audit_entries"
    )
    actor = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    action = models.CharField(max_length=60)
    target = models.CharField(max_length=200, blank=True)
    details = models.JSONField(default=dict)
    at = models.DateTimeField(auto_now_add=True, db_index=True)

    objects: ClassVar[models.Manager[AuditEntry]] = ScopedManager(workspace="workspace")

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.action} {self.target}"
