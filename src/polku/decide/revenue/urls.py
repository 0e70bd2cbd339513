"""Addresses below /w/<workspace>/ (decide/urls.py)."""

from __future__ import annotations

from django.urls import URLPattern, path

from polku.decide.revenue import views

urlpatterns: list[URLPattern] = [path("numbers/revenue/", views.revenue, name="revenue")]
