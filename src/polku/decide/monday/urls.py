"""Addresses below /w/<workspace>/ (decide/urls.py)."""

from __future__ import annotations

from django.urls import path

from polku.decide.monday import views

urlpatterns = [
    path("monday/", views.page, name="monday"),
    path("monday/email", views.email, name="monday-email"),
]
