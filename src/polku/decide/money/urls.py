"""Addresses below /w/<workspace>/ (decide/urls.py)."""

from __future__ import annotations

from django.urls import path

from polku.decide.money import views

urlpatterns = [path("settings/money/", views.money, name="money")]
