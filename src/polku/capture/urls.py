"""Addresses below /w/<workspace>/ (config/urls.py)."""

from __future__ import annotations

from django.urls import path, register_converter

from polku.capture.origins import OriginConverter
from polku.capture.views import install, settings, sources

register_converter(OriginConverter, "origin")

app_name = "capture"
urlpatterns = [
    path("sources/", sources.source_list, name="sources"),
    path("sources/install/", install.install, name="install"),
    path("sources/install/events/", install.install_events, name="install_events"),
    path("sources/<origin:origin>/", sources.source_page, name="source"),
    path("sources/<origin:origin>/edit/", sources.edit_source, name="source_edit"),
    path("settings/collection/", settings.collection, name="collection"),
]
