"""Addresses below /w/<workspace>/ (decide/urls.py)."""

from __future__ import annotations

from django.urls import URLPattern, path

from polku.decide.drivers import views

urlpatterns: list[URLPattern] = [path("numbers/drivers/", views.drivers, name="drivers")]
