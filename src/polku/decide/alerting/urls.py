"""Addresses below /w/<workspace>/ (decide/urls.py)."""

from __future__ import annotations

from django.urls import path

from polku.decide.alerting import views

urlpatterns = [
    path("numbers/changes/alerts/", views.alerts, name="alerts"),
    path("numbers/changes/alerts/<int:alert>/acknowledge", views.acknowledge, name="alert-acknowledge"),
    path("settings/alerts/", views.alert_settings, name="alert-settings"),
    path("settings/alerts/test", views.test_message, name="alert-test"),
]
