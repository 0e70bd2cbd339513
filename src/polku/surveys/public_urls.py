"""Addresses that respondents and their devices open, without signing in."""

from __future__ import annotations

from polku.surveys.answering.urls import urlpatterns as answering
from polku.surveys.onsite.public_urls import urlpatterns as onsite
from polku.surveys.tablets.public_urls import urlpatterns as tablets

app_name = "respond"
urlpatterns = [*answering, *onsite, *tablets]
