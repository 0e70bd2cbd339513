"""Addresses below /w/<workspace>/ (decide/urls.py)."""

from __future__ import annotations

from django.urls import URLPattern, path

from polku.decide.revenue import views

urlpatterns: list[URLPattern] = [
    path("numbers/revenue/", views.revenue, name="revenue"),
    path("numbers/revenue/what-if/", views.what_if, name="revenue-what-if"),
    path("numbers/revenue/acquisition/", views.acquisition_page, name="acquisition"),
]
