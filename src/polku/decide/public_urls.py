"""Addresses that customers and receivers of the e-mail of Monday open, without signing in."""

from __future__ import annotations

from django.urls import path

from polku.decide.acting.views.words import said
from polku.decide.monday.views import stop

app_name = "decide_public"
urlpatterns = [
    path("said/<str:token>", said, name="said"),
    path("monday/<str:token>/", stop, name="monday-stop"),
]
