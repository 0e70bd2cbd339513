"""Addresses below /w/<workspace>/ (config/urls.py)."""

from __future__ import annotations

from django.urls import path

from polku.messaging.views import sender, suppressions

app_name = "messaging"
urlpatterns = [
    path("settings/sender/", sender.sender, name="sender"),
    path("settings/no-messages/", suppressions.suppressions, name="suppressions"),
    path("settings/no-messages/add/", suppressions.add, name="suppression_add"),
    path("settings/no-messages/restore/", suppressions.restore, name="suppression_restore"),
    path("settings/no-messages/<int:suppression>/remove/", suppressions.remove, name="suppression_remove"),
]
