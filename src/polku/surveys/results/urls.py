from __future__ import annotations

from django.urls import path

from polku.surveys.results import views

urlpatterns = [
    path("<int:survey>/results/", views.results, name="results"),
]
