"""Addresses below /w/<workspace>/ (decide/urls.py)."""

from __future__ import annotations

from django.urls import URLPattern, path

from polku.decide.perceived import views

urlpatterns: list[URLPattern] = [
    path("numbers/perceived-value/", views.perceived_value, name="perceived-value")
]
