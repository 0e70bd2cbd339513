"""The public page on which a company tells customers what it did about what they said."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from polku.accounts.models import Workspace


class CustomerPage(models.Model):
    """One a workspace. It is found by the address that the company chose (`name`), or by a token that follows from
    `nonce` and the server's secret and of which only the SHA-256 is kept. `lead` stands above the words."""

    workspace = models.OneToOneField(Workspace, on_delete=models.CASCADE, related_name="+")
    nonce = models.CharField(max_length=32)
    digest = models.CharField(max_length=64, unique=True)
    name = models.SlugField(_("address"), max_length=60, unique=True, null=True, blank=True)
    lead = models.TextField(_("lead"), max_length=600, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager[CustomerPage]] = ScopedManager(workspace="workspace")

    def __str__(self) -> str:
        return self.name or str(self.pk)
