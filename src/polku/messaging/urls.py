"""Addresses below /w/<workspace>/ (config/urls.py)."""

from __future__ import annotations

from django.urls import path

from polku.messaging.views import sender, suppressions, webhooks

app_name = "messaging"
urlpatterns = [
    path("settings/sender/", sender.sender, name="sender"),
    path("settings/no-messages/", suppressions.suppressions, name="suppressions"),
    path("settings/webhooks/", webhooks.webhooks, name="webhooks"),
    path("settings/webhooks/restore/", webhooks.restore, name="webhook_restore"),
    path("settings/webhooks/<int:webhook>/", webhooks.webhook, name="webhook"),
    path("settings/webhooks/<int:webhook>/test/", webhooks.test, name="webhook_test"),
    path("settings/webhooks/<int:webhook>/switch/", webhooks.switch, name="webhook_switch"),
    path("settings/webhooks/<int:webhook>/secret/", webhooks.rotate, name="webhook_rotate"),
    path("settings/webhooks/<int:webhook>/delete/", webhooks.delete, name="webhook_delete"),
    path(
        "settings/webhooks/<int:webhook>/deliveries/<int:delivery>/again/",
        webhooks.redeliver,
        name="webhook_redeliver",
    ),
    path("settings/no-messages/add/", suppressions.add, name="suppression_add"),
    path("settings/no-messages/restore/", suppressions.restore, name="suppression_restore"),
    path("settings/no-messages/<int:suppression>/remove/", suppressions.remove, name="suppression_remove"),
]
