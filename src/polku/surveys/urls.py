"""Addresses below /w/<workspace>/surveys/ (config/urls.py), each part with those of its own."""

from __future__ import annotations

from polku.surveys.designer.urls import urlpatterns as designer
from polku.surveys.inviting.urls import urlpatterns as inviting
from polku.surveys.moments.urls import urlpatterns as moments
from polku.surveys.onsite.urls import urlpatterns as onsite
from polku.surveys.results.urls import urlpatterns as results
from polku.surveys.tablets.urls import urlpatterns as tablets

app_name = "surveys"
urlpatterns = [*designer, *inviting, *moments, *onsite, *tablets, *results]
