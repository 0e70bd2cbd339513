"""Addresses below /w/<workspace>/ (config/urls.py)."""

from django.urls import path

from polku.decide import views

app_name = "decide"
urlpatterns = [path("settings/money/", views.money, name="money")]
