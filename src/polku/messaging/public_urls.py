"""Addresses that receivers of messages open, without signing in."""

from __future__ import annotations

from django.urls import path

from polku.messaging.views import unsubscribing

app_name = "messages_public"
urlpatterns = [
    path("m/<str:token>/", unsubscribing.unsubscribe, name="unsubscribe"),
]
