"""Addresses that receivers of messages open, without signing in."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "messages_public"
urlpatterns: list[URLPattern] = []
